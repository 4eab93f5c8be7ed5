"""Words are seen in whatever place ExifTool sees them, and others can take their place."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from tests.oracles import exiv2

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, jpeg, xmp
from lorgnette.files import Source

Sample = Callable[[str], Path]
WORDS = "A person's words"
# Without an end mark, so that no place is preferred for it, and shorter than a segment.
PACKET = xmp.merge(None, AltText(text=WORDS), date="2026-01-01")


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def resource(kind: int, body: bytes, mark: bytes = b"8BIM", name: bytes = b"") -> bytes:
    named = bytes([len(name)]) + name + (b"" if len(name) % 2 else b"\0")
    padding = b"\0" * (len(body) % 2)
    return mark + struct.pack(">H", kind) + named + struct.pack(">I", len(body)) + body + padding


def directory(entries: list[tuple[int, int, bytes]], at: int, order: str, following: int) -> bytes:
    """Return a TIFF directory that will stand at a place, its values behind it."""
    head = struct.pack(f"{order}H", len(entries))
    values = at + 2 + 12 * len(entries) + 4
    tail = b""
    for tag, kind, value in sorted(entries):
        count = len(value) // {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}[kind]
        if len(value) > 4:
            place = struct.pack(f"{order}I", values + len(tail))
            tail += value + b"\0" * (len(value) % 2)
        else:
            place = value.ljust(4, b"\0")
        head += struct.pack(f"{order}HHI", tag, kind, count) + place
    return head + struct.pack(f"{order}I", following) + tail


def exif(where: str, order: str = "<", kind: int = 1) -> bytes:
    """Return Exif with the packet in a directory."""
    start = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
    entry = [(700, kind, PACKET)]
    if where == "first":
        return start + directory(entry, 8, order, 0)
    if where == "thumbnail's":
        first = directory([(0x0112, 3, struct.pack(f"{order}H", 1))], 8, order, 26)
        return start + first + directory(entry, 26, order, 0)
    pointer = {"exif": 34665, "sub": 330}[where]
    first = directory([(pointer, 4, struct.pack(f"{order}I", 26))], 8, order, 0)
    return start + first + directory(entry, 26, order, 0)


def in_jpeg(*segments: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:2] + b"".join(segments) + data[2:]


def in_png(*chunks: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:33] + b"".join(chunks) + data[33:]


def in_webp(part: bytes) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        whole = data + part
        return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]

    return changed


def extended(pointer: bytes) -> Callable[[bytes], bytes]:
    """Return what puts the words into the extension of a packet that says so somehow."""
    packet = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:xmpNote="http://ns.adobe.com/xmp/note/">%s</rdf:Description></rdf:RDF>' % pointer
    )
    return in_jpeg(
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet), segment(0xE1, EXTENSION)
    )


def packed(data: bytes) -> bytes:
    """Return Exif as drafts of PNG's had it compressed."""
    return b"\0" + struct.pack(">I", len(data)) + zlib.compress(data)


def riff_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def behind(*parts: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data + b"".join(parts)


def profile(kind: bytes, data: bytes) -> tuple[bytes, bytes]:
    digits = data.hex().encode()
    lines = b"\n".join(digits[i : i + 72] for i in range(0, len(digits), 72))
    return b"Raw profile type %s\0" % kind, b"\n%s\n%8d\n%s\n" % (kind, len(data), lines)


def profile_chunk(kind: bytes, data: bytes, *, compressed: bool = False) -> bytes:
    keyword, text = profile(kind, data)
    if compressed:
        return chunk(b"zTXt", keyword + b"\0" + zlib.compress(text))
    return chunk(b"tEXt", keyword + text)


def later_page(data: bytes) -> bytes:
    """Return a TIFF file whose second page has the packet."""
    return _appended(data, second=True)


def below_a_page(data: bytes) -> bytes:
    return _appended(data, second=False)


def _appended(data: bytes, *, second: bool) -> bytes:
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    data += b"\0" * (len(data) % 2)
    if second:
        link = first + 2 + 12 * count
        new = directory([(700, 1, PACKET)], len(data), "<", 0)
        return data[:link] + struct.pack("<I", len(data)) + data[link + 4 :] + new
    below = len(data)
    data += directory([(700, 7, PACKET)], below, "<", 0)
    data += b"\0" * (len(data) % 2)
    entries = [data[first + 2 + 12 * i : first + 14 + 12 * i] for i in range(count)]
    entries.append(struct.pack("<HHII", 330, 4, 1, below))
    entries.sort(key=lambda entry: struct.unpack_from("<H", entry))
    copy = struct.pack("<H", count + 1) + b"".join(entries) + b"\0\0\0\0"
    return data[:4] + struct.pack("<I", len(data)) + data[8:] + copy


def with_tag(tag: int, value: bytes) -> Callable[[Path], None]:
    from PIL import TiffImagePlugin

    def made(path: Path) -> None:
        info = TiffImagePlugin.ImageFileDirectory_v2()
        info[tag] = value
        info.tagtype[tag] = 7
        Image.linear_gradient("L").save(path, tiffinfo=info)

    return made


UUID = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC") + PACKET
GUID = b"0123456789ABCDEF" * 2
# As long as a packet is, so that what is cut off shows.
EXTENSION = (
    b"http://ns.adobe.com/xmp/extension/\0" + GUID + struct.pack(">II", len(PACKET), 0) + PACKET
)
APP1 = b"http://ns.adobe.com/xap/1.0/\0" + PACKET
KEYWORD = b"XML:com.adobe.xmp\0"
IRB = resource(0x03ED, b"\0" * 16) + resource(0x0424, PACKET)
JXL = bytes.fromhex("0000000C4A584C200D0A870A") + box(b"ftyp", b"jxl \0\0\0\0jxl ")
PLACES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    **{
        f"Exif, {where} directory, {order}": (
            "plain.jpg",
            in_jpeg(segment(0xE1, b"Exif\0\0" + exif(where, order))),
        )
        for where in ("first", "thumbnail's", "exif", "sub")
        for order in "<>"
    },
    "Exif, of an undefined type": (
        "plain.jpg",
        in_jpeg(segment(0xE1, b"Exif\0\0" + exif("first", kind=7))),
    ),
    "Exif behind stray bytes": (
        "plain.jpg",
        in_jpeg(segment(0xE1, b"\xff\xe1Exif\0\0" + exif("first"))),
    ),
    "Exif with another number": (
        "plain.jpg",
        in_jpeg(segment(0xE1, b"Exif\0\0II\x55\0" + exif("first")[4:])),
    ),
    "Exif spelt in capitals": (
        "plain.jpg",
        in_jpeg(segment(0xE1, b"EXIF\0\0" + exif("first"))),
    ),
    "a second Exif segment": (
        "exif-icc-comment.jpg",
        in_jpeg(segment(0xE1, b"Exif\0\0" + exif("first"))),
    ),
    "Exif in two segments": (
        "plain.jpg",
        in_jpeg(
            segment(0xE1, b"Exif\0\0" + exif("first")[:300]),
            segment(0xE1, b"Exif\0\0" + exif("first")[300:]),
        ),
    ),
    "image resource": ("plain.jpg", in_jpeg(segment(0xED, b"Photoshop 3.0\0" + IRB))),
    "image resource with a name": (
        "plain.jpg",
        in_jpeg(segment(0xED, b"Photoshop 3.0\0" + resource(0x0424, PACKET, name=b"abc"))),
    ),
    "image resource behind another program's": (
        "plain.jpg",
        in_jpeg(segment(0xED, b"Photoshop 3.0\0" + resource(1, b"abc", b"MeSa") + IRB)),
    ),
    "image resource in two segments": (
        "plain.jpg",
        in_jpeg(
            segment(0xED, b"Photoshop 3.0\0" + IRB[:200]),
            segment(0xED, b"Photoshop 3.0\0" + IRB[200:]),
        ),
    ),
    "image resource of Photoshop 2.5": (
        "plain.jpg",
        in_jpeg(segment(0xED, b"Adobe_Photoshop2.5:\0\1\0\0\xff\0\0\n" + IRB)),
    ),
    "XMP without a head": ("plain.jpg", in_jpeg(segment(0xE1, PACKET))),
    "XMP with another head": ("plain.jpg", in_jpeg(segment(0xE1, b"XMP\0" + PACKET))),
    "garbage before the segment": (
        "plain.jpg",
        in_jpeg(segment(0xFE, b"A"), b"\0\1garbage\0", segment(0xE1, APP1)),
    ),
    "garbage before a later segment": (
        "exif-icc-comment.jpg",
        lambda data: data.replace(b"\xff\xdb", b"\0" * 5 + segment(0xE1, APP1) + b"\xff\xdb", 1),
    ),
    "tEXt": ("plain.png", in_png(chunk(b"tEXt", KEYWORD + PACKET))),
    "zTXt": ("plain.png", in_png(chunk(b"zTXt", KEYWORD + b"\0" + zlib.compress(PACKET)))),
    "iTXt, compressed": (
        "plain.png",
        in_png(chunk(b"iTXt", KEYWORD + b"\1\0\0\0" + zlib.compress(PACKET))),
    ),
    "tXMP": ("plain.png", in_png(chunk(b"tXMP", PACKET))),
    "behind the picture": (
        "plain.png",
        lambda data: data[:-12] + chunk(b"iTXt", KEYWORD + b"\0\0\0\0" + PACKET) + data[-12:],
    ),
    **{
        f"profile {kind.decode()}, compressed: {compressed}": (
            "plain.png",
            in_png(profile_chunk(kind, data, compressed=compressed)),
        )
        for kind, data in {
            b"xmp": PACKET,
            b"APP1": APP1,
            b"exif": b"Exif\0\0" + exif("first"),
            b"8bim": IRB,
        }.items()
        for compressed in (False, True)
    },
    "eXIf": ("plain.png", in_png(chunk(b"eXIf", exif("first")))),
    "eXIf with a head": ("plain.png", in_png(chunk(b"eXIf", b"Exif\0\0" + exif("sub")))),
    "EXIF": (
        "exif-icc.webp",
        in_webp(b"EXIF" + struct.pack("<I", len(exif("first"))) + exif("first")),
    ),
    "eXIf, compressed": ("plain.png", in_png(chunk(b"eXIf", packed(exif("first"))))),
    "zxIf": ("plain.png", in_png(chunk(b"zxIf", packed(exif("first"))))),
    "behind IEND": ("plain.png", behind(chunk(b"iTXt", KEYWORD + bytes(4) + PACKET))),
    "extension, its name in CDATA": (
        "plain.jpg",
        extended(b"<xmpNote:HasExtendedXMP><![CDATA[%s]]></xmpNote:HasExtendedXMP>" % GUID),
    ),
    "extension, its name a resource": (
        "plain.jpg",
        extended(b"<xmpNote:HasExtendedXMP rdf:resource='%s'/>" % GUID),
    ),
    "XMP, spelt backwards": ("exif-icc.webp", in_webp(riff_chunk(b"_PMX", PACKET))),
    "behind the length of a WebP": ("lossless.webp", behind(riff_chunk(b"XMP ", PACKET))),
    "a later page": ("plain.tif", later_page),
    "a directory below a page": ("plain.tif", below_a_page),
}
NEW_FILES: dict[str, Callable[[Path], object]] = {
    "resources.tif": with_tag(34377, IRB),
    "uuid.heic": lambda path: path.write_bytes(
        box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(4)) + box(b"uuid", UUID)
    ),
    "uuid.avif": lambda path: path.write_bytes(
        box(b"ftyp", b"avif\0\0\0\0mif1avif") + box(b"uuid", UUID)
    ),
    "track.heic": lambda path: path.write_bytes(
        box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
        + box(b"moov", box(b"trak", box(b"udta", box(b"XMP_", PACKET))))
    ),
    "jumb.jxl": lambda path: path.write_bytes(
        JXL + box(b"jumb", box(b"jumd", bytes(17)) + box(b"xml ", PACKET))
    ),
    "xml.jxl": lambda path: path.write_bytes(JXL + box(b"xml ", PACKET)),
    "exif.jxl": lambda path: path.write_bytes(JXL + box(b"Exif", bytes(4) + exif("first"))),
    "uuid.jp2": lambda path: _with_box(path, box(b"uuid", UUID)),
    "exif.jp2": lambda path: _with_box(path, box(b"uuid", b"JpgTiffExif->JP2" + exif("first"))),
    "resources.psd": lambda path: path.write_bytes(
        b"8BPS\0\1\0\0\0\0\0\0\0\3\0\0\0\1\0\0\0\1\0\x08\0\3\0\0\0\0"
        + struct.pack(">I", len(IRB)) + IRB + bytes(4) + b"\0\0\1\2\3"
    ),
}  # fmt: skip


def _with_box(path: Path, extra: bytes) -> None:
    Image.linear_gradient("L").convert("RGB").save(path)
    path.write_bytes(path.read_bytes() + extra)


def check(picture: Path, exiftool) -> None:
    seen = exiftool.run("-a", "-G1", "-s", "-XMP-iptcCore:AltTextAccessibility", picture)
    assert WORDS in seen
    found = alttext.read(picture)
    assert found.alt_text is not None
    assert (found.alt_text.text, found.unread) == (WORDS, "")
    before = picture.read_bytes()
    new = AltText(text="Other words", language="en")
    kept = alttext.write(picture, new, Destination.EMBED)
    assert (kept.effect, picture.read_bytes()) == (alttext.Effect.KEEP, before)
    alttext.write(picture, new, Destination.EMBED, overwrite=True)
    assert alttext.read(picture).alt_text == new


@pytest.mark.parametrize("place", PLACES)
def test_words_are_seen_and_replaced(place: str, sample: Sample, exiftool) -> None:
    name, change = PLACES[place]
    picture = sample(name)
    with Image.open(picture) as image:
        pixels = image.tobytes()
    before = picture.read_bytes()
    picture.write_bytes(change(before))
    assert picture.read_bytes() != before
    check(picture, exiftool)
    with Image.open(picture) as image:
        assert image.tobytes() == pixels


@pytest.mark.parametrize("name", NEW_FILES)
def test_words_are_seen_where_they_are_not_written(name: str, tmp_path: Path, exiftool) -> None:
    picture = tmp_path / name
    NEW_FILES[name](picture)
    check(picture, exiftool)


@pytest.mark.parametrize("suffix", [".heic", ".avif"])
def test_what_exiftool_puts_into_exif_is_seen(suffix: str, tmp_path: Path, exiftool) -> None:
    if suffix == ".heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    picture = tmp_path / f"a{suffix}"
    Image.linear_gradient("L").convert("RGB").save(picture, exif=b"Exif\0\0" + exif("first"))
    assert WORDS in exiftool.run("-a", "-XMP-iptcCore:AltTextAccessibility", picture)
    found = alttext.read(picture).alt_text
    assert found is not None
    assert found.text == WORDS


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("brotli.jxl", JXL + box(b"brob", b"xml \x0b\2\x80")),
        (
            "damaged.png",
            b"\x89PNG\r\n\x1a\n" + chunk(b"zTXt", KEYWORD + b"\0no zlib") + chunk(b"IEND", b""),
        ),
        (
            "damaged-profile.png",
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"tEXt", b"Raw profile type xmp\0\nxmp\n2\nno digits")
            + chunk(b"IEND", b""),
        ),
    ],
)
def test_what_cannot_be_read_is_said(name: str, data: bytes, tmp_path: Path) -> None:
    picture = tmp_path / name
    picture.write_bytes(data)
    found = alttext.read(picture)
    assert found.alt_text is None
    assert found.unread.startswith(f"{name}: its ")


BROKEN_RESOURCE = resource(0x0424, PACKET).replace(struct.pack(">I", len(PACKET)), bytes(4), 1)
DAMAGED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "an image resource of no length": (
        "plain.jpg",
        in_jpeg(segment(0xED, b"Photoshop 3.0\0" + BROKEN_RESOURCE)),
    ),
    "an extension of no packet": ("plain.jpg", in_jpeg(segment(0xE1, EXTENSION))),
    "Exif with a wrong head": (
        "plain.jpg",
        in_jpeg(segment(0xE1, b"Exif\0\0" + b"XX" + exif("first")[2:])),
    ),
    "Exif cut short": ("plain.jpg", in_jpeg(segment(0xE1, b"Exif\0\0" + exif("first")[:-9]))),
    "in UTF-16": (
        "plain.png",
        in_png(struct.pack(">I4s", 1 << 30, b"iTXt") + PACKET.decode().encode("utf-16-be")),
    ),
    "a chunk that is too long": (
        "plain.png",
        in_png(struct.pack(">I4s", 1 << 30, b"teSt"), chunk(b"iTXt", KEYWORD + bytes(4) + PACKET)),
    ),
    "a chunk's length that lies": (
        "lossless.webp",
        behind(riff_chunk(b"junk", bytes(9))[:-3], riff_chunk(b"XMP ", PACKET)),
    ),
    "a block that is none": ("plain.gif", lambda data: data[:-1] + b"?" + PACKET),
    "a directory of too many entries": (
        "plain.tif",
        lambda data: later_page(data)[:4] + struct.pack("<I", len(data) - 1) + later_page(data)[8:],
    ),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_words_behind_damage_are_said_to_be_there(damage: str, sample: Sample) -> None:
    name, change = DAMAGED[damage]
    picture = sample(name)
    picture.write_bytes(change(picture.read_bytes()))
    before = picture.read_bytes()
    assert alttext.read(picture).unread.startswith(f"{name}: it is damaged, and names alt text")
    with pytest.raises(alttext.UnreadWordsError):
        alttext.write(picture, AltText(text="Other words"), Destination.SIDECAR)
    assert (picture.read_bytes(), list(picture.parent.iterdir())) == (before, [picture])


def test_damage_that_speaks_of_no_alt_text_is_nobodys_trouble(sample: Sample) -> None:
    picture = sample("plain.jpg")
    picture.write_bytes(in_jpeg(segment(0xED, b"Photoshop 3.0\0rubbish"))(picture.read_bytes()))
    assert alttext.read(picture).troubles == ()


@pytest.mark.parametrize("name", ["odd.webp", "small.webp", "xmp.heic", "capitals.heic"])
def test_what_only_exiv2_sees_is_seen(name: str, tmp_path: Path) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    packet = PACKET if len(PACKET) % 2 else PACKET + b" "
    picture = tmp_path / name
    image = Image.linear_gradient("L").convert("RGB")
    if name.endswith("heic"):
        image.save(picture, xmp=packet)
        other = b"application/xmp+xml" if name == "xmp.heic" else b"APPLICATION/rdf+XML"
        picture.write_bytes(picture.read_bytes().replace(b"application/rdf+xml", other))
    else:
        image.save(picture, lossless=True)
        part = (
            riff_chunk(b"XMP ", packet)[:-1] if name == "odd.webp" else riff_chunk(b"xmp ", packet)
        )
        picture.write_bytes(in_webp(part)(picture.read_bytes()))
    assert WORDS in exiv2(picture, "-K", "Xmp.iptc.AltTextAccessibility", "-Pt")
    found = alttext.read(picture).alt_text
    assert found is not None
    assert found.text == WORDS


def test_an_extension_that_many_packets_name_is_there_once() -> None:
    naming = in_jpeg(segment(0xE1, b"<?xpacket?>HasExtendedXMP='%s'" % GUID))
    data = in_jpeg(segment(0xE1, EXTENSION))(b"\xff\xd8\xff\xda\0\2")
    for _ in range(50):
        data = naming(data)
    assert jpeg.look(Source.of(data)).packets[50:] == (PACKET,)
