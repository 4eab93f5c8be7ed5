"""Every kind of picture comes out upright, in sRGB, over white; every bad one in words."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageOps

from lorgnette.captioning import images
from lorgnette.errors import UnreadableImageError

Photo = Callable[[str], Image.Image]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean absolute difference of two pictures' pixels, 0 to 255."""
    assert one.size == other.size
    assert one.mode == other.mode == "RGB"
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean())


@pytest.mark.parametrize(
    ("suffix", "options", "limit"),
    [
        ("jpg", {"quality": 95, "subsampling": 0}, 3),
        ("png", {}, 0),
        ("webp", {"lossless": True}, 0),
        ("gif", {}, 12),
        ("tiff", {"compression": "tiff_lzw"}, 0),
        ("bmp", {}, 0),
        ("avif", {"quality": 95}, 4),
        ("heic", {"quality": 95}, 4),
    ],
)
def test_every_container_gives_its_pixels(
    photo: Photo, tmp_path: Path, suffix: str, options: dict[str, object], limit: float
) -> None:
    original = photo("astronaut").resize((128, 96))
    path = tmp_path / f"photo.{suffix}"
    if suffix == "heic":
        pillow_heif.from_pillow(original).save(path, **options)
    else:
        original.save(path, **options)
    assert difference(images.load(path, 64), original) <= limit


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_orientation_comes_out_upright(photo: Photo, tmp_path: Path, orientation: int) -> None:
    upright = photo("astronaut").resize((120, 80))
    lying = upright
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in undo:
        lying = upright.transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.png"
    lying.save(path, exif=exif)
    assert difference(images.load(path, 64), upright) == 0


def test_a_picture_that_lies_right_is_copied_once() -> None:
    original = Image.new("RGB", (64, 48), (200, 20, 20))
    Image.core.reset_stats()
    upright = images.finished(original, 64)
    assert Image.core.get_stats()["new_count"] == 1
    original.paste((0, 0, 0), (0, 0, 64, 48))  # as the next frame of an animation does
    assert upright.getpixel((5, 5)) == (200, 20, 20)


def test_transparency_lies_over_white(tmp_path: Path) -> None:
    for mode, colour in (("RGBA", (255, 0, 0, 0)), ("LA", (0, 0))):
        path = tmp_path / f"{mode}.png"
        Image.new(mode, (40, 40), colour).save(path)
        assert images.load(path, 16).getpixel((5, 5)) == (255, 255, 255)
    palette = Image.new("P", (40, 40), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    palette.save(tmp_path / "palette.png", transparency=1)
    assert images.load(tmp_path / "palette.png", 16).getpixel((5, 5)) == (255, 255, 255)
    palette.save(tmp_path / "opaque.png")
    assert images.load(tmp_path / "opaque.png", 16).getpixel((5, 5)) == (10, 20, 30)


def test_deep_and_grey_pictures_keep_their_range(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 64 * 64, dtype=np.uint16).reshape(64, 64)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    Image.fromarray(ramp).save(tmp_path / "deep.tiff")
    Image.fromarray((ramp / 65535).astype(np.float32)).save(tmp_path / "float.tiff")
    Image.fromarray((ramp // 257).astype(np.uint8)).save(tmp_path / "grey.png")
    for name in ("deep.png", "deep.tiff", "float.tiff", "grey.png"):
        loaded = np.asarray(images.load(tmp_path / name, 64), np.int16)
        assert np.abs(loaded[..., 0] - ramp // 257).max() <= 1, name
        assert (loaded[..., 0] == loaded[..., 2]).all(), name


def test_cmyk_comes_out_as_rgb(photo: Photo, tmp_path: Path) -> None:
    original = photo("astronaut").resize((128, 96))
    path = tmp_path / "print.jpg"
    original.convert("CMYK").save(path, quality=95)
    assert difference(images.load(path, 64), original) < 4


def test_a_colour_profile_is_honoured(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    wanted = Image.new("RGB", (40, 40), (200, 60, 40))
    seen = ImageCms.profileToProfile(wanted, ImageCms.createProfile("sRGB"), lab, outputMode="LAB")
    assert seen is not None
    seen.save(tmp_path / "lab.tiff")
    assert difference(images.load(tmp_path / "lab.tiff", 16), wanted) < 2


def test_a_broken_colour_profile_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "odd.png"
    Image.new("RGB", (40, 40), (200, 60, 40)).save(path, icc_profile=b"no profile at all")
    assert images.load(path, 16).getpixel((5, 5)) == (200, 60, 40)


def test_a_large_photo_is_decoded_small_and_looks_the_same(photo: Photo, tmp_path: Path) -> None:
    original = photo("astronaut").resize((2400, 1800))
    original.save(tmp_path / "large.jpg", quality=95)
    original.save(tmp_path / "large.png")
    for name in ("large.jpg", "large.png"):
        small = images.load(tmp_path / name, 200)
        assert 200 <= min(small.size) <= 400, name
        size = (200, 200)
        assert difference(small.resize(size), original.resize(size)) < 4, name


def test_small_pictures_are_not_enlarged(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2)).save(tmp_path / "dot.png")
    assert images.load(tmp_path / "dot.png", 260).size == (3, 2)


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1 << 20))
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_bad_files_say_why(photo: Photo, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    photo("astronaut").save(buffer, "JPEG")
    contents = {
        "text.jpg": (b"this is a letter, not a picture", "not a picture"),
        "empty.png": (b"", "empty"),
        "cut.jpg": (buffer.getvalue()[:5000], "cut off"),
        "cut.bmp": (b"BM", "cut off"),
        "bomb.png": (png_header(60_000, 60_000), "60000 x 60000 pixels"),
        "short.png": (png_header(2000, 2000), "cut off"),
        "noise.heic": (b"\0\0\0\x18ftypheic" + bytes(100), "damaged|cut off|not a picture"),
    }
    for name, (data, reason) in contents.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UnreadableImageError, match=reason):
            images.load(tmp_path / name, 64)
    with pytest.raises(UnreadableImageError, match="no such file"):
        images.load(tmp_path / "nowhere.jpg", 64)
    with pytest.raises(UnreadableImageError, match="folder"):
        images.load(tmp_path, 64)


@pytest.mark.parametrize("data", [b"h", b"hi", b"hi\n", b"\xff\xd8", b"\x89PN"])
def test_a_file_of_a_few_bytes_is_no_picture(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "few.png").write_bytes(data)
    with pytest.raises(UnreadableImageError, match="not a picture of a kind known here"):
        images.load(tmp_path / "few.png", 64)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "tiff", "bmp", "avif"])
def test_every_truncation_is_a_reason_or_a_picture(
    photo: Photo, tmp_path: Path, suffix: str
) -> None:
    whole = tmp_path / f"whole.{suffix}"
    photo("coffee").resize((60, 40)).save(whole)
    data = whole.read_bytes()
    cut = tmp_path / f"cut.{suffix}"
    for length in range(0, len(data), max(len(data) // 40, 1)):
        cut.write_bytes(data[:length])
        try:
            assert images.load(cut, 16).mode == "RGB"
        except UnreadableImageError as error:
            assert error.reason


def test_exif_of_a_draft_survives_the_reduction(photo: Photo, tmp_path: Path) -> None:
    upright = photo("astronaut").resize((2000, 1000))
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "phone.jpg"
    upright.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif, quality=95)
    loaded = images.load(path, 100)
    assert loaded.width > loaded.height
    assert difference(loaded.resize((200, 100)), ImageOps.fit(upright, (200, 100))) < 5


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    if form == "HEIF":
        pillow_heif.from_pillow(picture).save(buffer, **options)
    else:
        picture.save(buffer, form, **options)
    return buffer.getvalue()


def png_note(data: bytes, kind: bytes, body: bytes, *, crc: int = 0) -> bytes:
    """Return a PNG with one more chunk; a crc other than 0 makes its checksum wrong."""
    checksum = struct.pack(">I", zlib.crc32(kind + body) ^ crc)
    return data[:33] + struct.pack(">I", len(body)) + kind + body + checksum + data[33:]


def jpeg_note(data: bytes, marker: int, body: bytes) -> bytes:
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + data[2:]


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 1
    return exif


BROKEN_NOTES = {
    "exif.png": lambda p: png_note(saved(p, "PNG"), b"eXIf", b"Exif\0\0no Exif"),
    "raw-profile.png": lambda p: png_note(
        saved(p, "PNG"), b"tEXt", b"Raw profile type exif\0\nexif\n4\nzz"
    ),
    "checksum.png": lambda p: png_note(saved(p, "PNG"), b"tEXt", b"a\0b", crc=1),
    "short.png": lambda p: png_note(saved(p, "PNG"), b"pHYs", b"\0"),
    "profile.png": lambda p: png_note(saved(p, "PNG"), b"iCCP", b"a\0\7zz"),
    "long-text.png": lambda p: png_note(
        saved(p, "PNG"), b"zTXt", b"workflow\0\0" + zlib.compress(bytes(3 << 20))
    ),
    "exif.webp": lambda p: saved(p, "WEBP", lossless=True, exif=b"Exif\0\0no Exif"),
    "exif.jpg": lambda p: jpeg_note(saved(p, "JPEG", quality=95), 0xE1, b"Exif\0\0no Exif"),
    "photoshop.jpg": lambda p: jpeg_note(
        saved(p, "JPEG", quality=95), 0xED, b"Photoshop 3.0\0008BIM\3\355\0\0\0\0\0\20"
    ),
    "pictures.jpg": lambda p: jpeg_note(saved(p, "JPEG", quality=95), 0xE2, b"MPF\0MM\0*\0\0\0\1"),
    "gap.jpg": lambda p: saved(p, "JPEG", quality=95).replace(b"\xff\xdb", b"  \xff\xdb", 1),
    "exif.avif": lambda p: saved(p, "AVIF", quality=95, exif=turned()).replace(
        b"MM\0*\0\0\0\x08", b"no Exif!"
    ),
    "exif.heic": lambda p: saved(p, "HEIF", quality=95, exif=b"Exif\0\0no Exif"),
}


@pytest.mark.filterwarnings(r"ignore:::PIL\.")
@pytest.mark.parametrize("name", BROKEN_NOTES)
def test_a_broken_note_is_no_broken_picture(photo: Photo, tmp_path: Path, name: str) -> None:
    original = photo("astronaut").resize((128, 96))
    (tmp_path / name).write_bytes(BROKEN_NOTES[name](original))
    assert difference(images.load(tmp_path / name, 64), original) < 4


@pytest.mark.filterwarnings(r"ignore:::PIL\.")
@pytest.mark.parametrize(
    ("kind", "count", "value"),
    [(3, 1, b"\0\0"), (3, 1, b"\0\x09"), (2, 2, b"6\0"), (7, 4, b"\6\6\6\6")],
)
def test_an_orientation_that_is_none_turns_nothing(
    photo: Photo, tmp_path: Path, kind: int, count: int, value: bytes
) -> None:
    original = photo("astronaut").resize((120, 80))
    entry = struct.pack(">HHI", 0x0112, kind, count) + value.ljust(4, b"\0")
    exif = b"MM\0*\0\0\0\x08\0\1" + entry + bytes(4)
    (tmp_path / "photo.png").write_bytes(png_note(saved(original, "PNG"), b"eXIf", exif))
    assert difference(images.load(tmp_path / "photo.png", 64), original) == 0


@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
@pytest.mark.parametrize("brand", [b"mif1", b"msf1", b"heic", b"avif", b"MA1B", b"iso8"])
def test_brands_may_come_in_any_order(
    photo: Photo, tmp_path: Path, form: str, brand: bytes
) -> None:
    original = photo("astronaut").resize((128, 96))
    data = saved(original, form, quality=95)
    assert data[4:8] == b"ftyp"
    (tmp_path / "picture.any").write_bytes(data[:8] + brand + data[12:])
    assert difference(images.load(tmp_path / "picture.any", 64), original) < 4


def tiff(tags: dict[int, tuple[int, ...]]) -> bytes:
    """Return a whole TIFF of 64 x 64 grey pixels, with some of its tags changed."""
    pixels = bytes(64 * 64)
    all_tags = {256: (64,), 257: (64,), 258: (8,), 259: (1,), 262: (1,), 273: (8,), 277: (1,)}
    all_tags |= {278: (64,), 279: (len(pixels),)} | tags
    start = 8 + len(pixels)
    later = start + 2 + 12 * len(all_tags) + 4
    entries, values = b"", b""
    for tag, numbers in sorted(all_tags.items()):
        value = struct.pack(f"<{len(numbers)}H", *numbers)
        if len(value) > 4:
            value, values = struct.pack("<I", later + len(values)), values + value
        entries += struct.pack("<HHI", tag, 3, len(numbers)) + value.ljust(4, b"\0")
    directory = struct.pack("<H", len(all_tags)) + entries + bytes(4)
    return b"II*\0" + struct.pack("<I", start) + pixels + directory + values


@pytest.mark.parametrize(
    "tags",
    [
        {259: (34712,)},  # JPEG 2000
        {259: (50001,)},  # WebP
        {259: (60000,)},
        {262: (32803,)},  # the raw colours of a sensor
        {258: (64,), 339: (3,)},
        {258: (3,)},
        {277: (3,), 262: (2,), 258: (32, 32, 32)},
    ],
)
def test_what_is_whole_but_not_supported_is_not_called_damaged(
    tags: dict[int, tuple[int, ...]], tmp_path: Path
) -> None:
    (tmp_path / "odd.tif").write_bytes(tiff({}))
    assert images.load(tmp_path / "odd.tif", 16).size == (16, 16)
    (tmp_path / "odd.tif").write_bytes(tiff(tags))
    with pytest.raises(UnreadableImageError, match="this kind of TIFF is not supported") as refused:
        images.load(tmp_path / "odd.tif", 16)
    assert "damaged" not in refused.value.hint


@pytest.mark.skipif(os.name == "nt", reason="libtiff is out of reach there")
@pytest.mark.filterwarnings("ignore::UserWarning")  # pytest's filter goes before the program's
def test_libraries_say_nothing_themselves(
    photo: Photo, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """They would write between the lines of an output, or over a progress bar."""
    path = tmp_path / "a.tif"
    failed = 0
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "group4"):
        picture = photo("coffee").resize((60, 40))
        if compression == "group4":
            picture = picture.convert("1")
        picture.save(path, compression=compression)
        whole = path.read_bytes()
        for at in range(8, len(whole), len(whole) // 20):
            path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
            try:
                images.load(path, 16)
            except UnreadableImageError:
                failed += 1
    assert failed
    assert capfd.readouterr() == ("", "")
