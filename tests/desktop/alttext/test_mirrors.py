"""Copies in the caption fields: what other programs read there, and what must stay as it was."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.desktop.alttext.conftest import PROFILE
from tests.fuzz import examples
from tests.oracles import ExifTool, exiv2

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Effect, Origin, Written, exif, iim, photoshop
from lorgnette.alttext.container import CannotMirrorError
from lorgnette.jobs.journal import Journal
from lorgnette.jobs.writing import WriteBatch

Sample = Callable[[str], Path]
Pixels = Callable[[Path], list[tuple[str, bytes]]]

TEXT = 'A t\u00e1bby "cat" & \u732b <3'
NEW = "Another text"
FIELDS = {  # as ExifTool calls them
    "XMP-dc:Description": "dc:description",
    "IFD0:ImageDescription": "Exif ImageDescription",
    "IFD0:XPComment": "Windows XPComment",
    "ExifIFD:UserComment": "Exif UserComment",
    "IPTC:Caption-Abstract": "IIM Caption-Abstract",
}
OF_SUFFIX = {
    ".jpg": ["IFD0:ImageDescription", "IFD0:XPComment", "ExifIFD:UserComment"],
    ".png": ["IFD0:ImageDescription"],
    ".webp": ["IFD0:ImageDescription", "ExifIFD:UserComment"],
    ".gif": [],
    ".tif": ["IFD0:ImageDescription", "IFD0:XPComment"],
}


def mirror(
    picture: Path,
    text: str = TEXT,
    *,
    destination: Destination = Destination.EMBED,
    mirror: bool = True,
    **of_words: Any,
) -> Written:
    words = AltText(text=text, language="en", **of_words)
    return alttext.write(picture, words, destination, overwrite=True, mirror=mirror)


def captions(exiftool: ExifTool, picture: Path) -> dict[str, str]:
    """Return the caption fields that ExifTool finds, by what they are called here."""
    names = [f"-{name}" for name in FIELDS]
    tags = exiftool.tags(picture, "-charset", "iptc=UTF8", *names)
    return {FIELDS[name]: str(text) for name, text in tags.items() if name in FIELDS}


def others(exiftool: ExifTool, picture: Path) -> dict[str, Any]:
    """Return all that ExifTool finds, but for what may change."""
    tags = exiftool.tags(picture, "-u", "-ee3", "-b", "-n")
    framing = {"SourceFile", "ExifTool:Warning", "MPF0:MPImageLength", "MPF0:MPImageStart"}
    groups = ("System", "Composite", "XMP-iptcCore", "XMP-lorgnette", "XMP-x", "ExifTool", "MP")
    may_change = {*FIELDS, *framing, "IPTC:CodedCharacterSet", "Photoshop:IPTCDigest"}
    may_change |= {"ExifIFD:ExifVersion", "File:CurrentIPTCDigest", "File:ExifByteOrder"}
    may_change |= {"RIFF:WebP_Flags", "IFD0:XMP", "XMP-rdf:About", "RIFF:AlphaIsUsed"}
    may_change |= {"RIFF:ImageWidth", "RIFF:ImageHeight", "RIFF:VP8Version"}
    may_change |= {"RIFF:HorizontalScale", "RIFF:VerticalScale", "File:FileType"}
    return {
        name: text
        for name, text in tags.items()
        if name not in may_change and not name.startswith(groups)
    }


@pytest.fixture
def bare(picture: Path, exiftool: ExifTool) -> Path:
    """A picture of each sample that has no caption, after ExifTool has taken it away."""
    if captions(exiftool, picture):
        arguments = [f"-{name}=" for name in FIELDS]
        said = exiftool.run("-overwrite_original", *arguments, picture)
        if "1 image files updated" not in said:
            pytest.skip("ExifTool cannot take its caption away")
    return picture


def test_every_program_reads_every_field(bare: Path, exiftool: ExifTool, pixels: Pixels) -> None:
    before, seen = others(exiftool, bare), pixels(bare)
    written = mirror(bare)
    suffix = bare.suffix.replace("jpeg", "jpg").replace("mpo", "jpg").replace("tiff", "tif")
    fields = ["dc:description", *(FIELDS[name] for name in OF_SUFFIX[suffix])]
    if bare.name == "big.tif":
        fields.remove("Windows XPComment")
    assert (written.copied_to, written.warnings) == (tuple(fields), ())
    assert written.destination is Destination.EMBED
    assert captions(exiftool, bare) == dict.fromkeys(fields, TEXT)
    assert exiftool.alt_text(bare) == TEXT
    assert others(exiftool, bare) == before
    assert pixels(bare) == seen
    assert "rror" not in exiftool.run("-validate", "-error", "-a", bare)
    found = alttext.read(bare)
    assert (found.suggestions, found.stale) == ((), ())  # its own copies are no suggestions


def test_exiv2_and_pillow_read_them_too(bare: Path) -> None:
    mirror(bare)
    if bare.suffix == ".gif":
        pytest.skip("a GIF has no Exif, and neither of them reads its XMP")
    with Image.open(bare) as image:
        exif = image.getexif()
        described = exif[0x010E]
        comment = exif.get_ifd(0x8769).get(0x9286)
    order = "utf-16-be" if exif.endian == ">" else "utf-16-le"
    assert described == TEXT.encode().decode("latin-1")  # which is how Pillow takes any bytes
    assert comment is None or comment.removeprefix(b"UNICODE\0").decode(order) == TEXT
    if bare.name != "big.tif":  # which exiv2 0.27 does not read
        assert exiv2(bare, "-pa").count(TEXT) >= 3


def test_undo_takes_all_of_it_back(bare: Path) -> None:
    before = bare.read_bytes()
    for text in (TEXT, NEW, TEXT):
        with WriteBatch(Destination.EMBED, overwrite=True, mirror=True) as batch:
            batch.write(bare, AltText(text=text))
    with Journal() as journal:
        for _ in range(3):
            assert [undone.restored for undone in journal.undo()] == [True]
    assert bare.read_bytes() == before


def test_the_same_again_changes_nothing_and_new_words_go_everywhere(
    bare: Path, exiftool: ExifTool
) -> None:
    mirror(bare)
    once, before = bare.read_bytes(), others(exiftool, bare)
    assert mirror(bare).effect is Effect.UNCHANGED
    words = AltText(text=TEXT, language="en")
    again = alttext.write(bare, words, Destination.SIDECAR, mirror=True)
    assert (again.effect, again.path) == (Effect.UNCHANGED, bare)
    assert bare.read_bytes() == once
    # What was copied once follows, whether or not it is asked for again.
    written = mirror(bare, NEW, mirror=False)
    assert set(captions(exiftool, bare).values()) == {NEW}
    assert set(written.copied_to) == set(captions(exiftool, bare))
    assert others(exiftool, bare) == before


@pytest.mark.parametrize("name", ["packet.jpg", "packet.png", "packet.webp", "packet.tif"])
def test_a_persons_caption_stays(name: str, sample: Sample, exiftool: ExifTool) -> None:
    picture = sample(name)
    before = captions(exiftool, picture)
    written = mirror(picture)
    assert written.copied_to == ()
    assert written.warnings[0].startswith("its caption stays as it is: ")
    assert captions(exiftool, picture) == before
    assert exiftool.alt_text(picture) == TEXT
    written = mirror(picture, destination=Destination.SIDECAR)
    assert written.copied_to == ()
    assert captions(exiftool, picture.with_name(f"{name}.xmp")) == {}


def test_what_another_program_writes_into_a_copy_stays(sample: Sample, exiftool: ExifTool) -> None:
    picture = sample("plain.jpg")
    mirror(picture)
    exiftool.run("-overwrite_original", "-EXIF:ImageDescription=Our cat", picture)
    found = alttext.read(picture)
    assert [(each.where, each.text) for each in found.suggestions] == [
        ("Exif ImageDescription", "Our cat")
    ]
    assert found.stale == (
        f"dc:description says something else than Exif ImageDescription: {TEXT}",
    )
    before = captions(exiftool, picture)
    written = mirror(picture, NEW)
    assert written.warnings == ("its caption stays as it is: Exif ImageDescription says: Our cat",)
    assert captions(exiftool, picture) == before
    assert exiftool.alt_text(picture) == NEW


def test_a_comment_of_its_own_stays_and_the_captions_are_filled(
    sample: Sample, exiftool: ExifTool
) -> None:
    picture = sample("plain.jpg")
    exiftool.run("-overwrite_original", "-EXIF:UserComment=scan 12 of 40", picture)
    written = mirror(picture)
    assert written.copied_to == ("dc:description", "Exif ImageDescription")
    assert written.warnings == ("its comment stays as it is: Exif UserComment says: scan 12 of 40",)
    found = captions(exiftool, picture)
    assert found.pop("Exif UserComment") == "scan 12 of 40"
    assert found == {"dc:description": TEXT, "Exif ImageDescription": TEXT}


def test_a_cameras_own_words_give_way(sample: Sample, exiftool: ExifTool) -> None:
    picture = sample("plain.jpg")
    exiftool.run("-overwrite_original", "-EXIF:ImageDescription=OLYMPUS DIGITAL CAMERA", picture)
    mirror(picture)
    assert captions(exiftool, picture)["Exif ImageDescription"] == TEXT


def test_a_year_may_be_somebodys_caption(sample: Sample, exiftool: ExifTool) -> None:
    picture = sample("plain.jpg")
    exiftool.run("-overwrite_original", "-EXIF:ImageDescription=1987", picture)
    assert mirror(picture).copied_to == ()
    assert captions(exiftool, picture) == {"Exif ImageDescription": "1987"}


@pytest.mark.parametrize(
    "words", [{"origin": Origin.MACHINE, "reviewed": False}, {"decorative": True}]
)
def test_only_reviewed_text_is_copied(
    words: dict[str, Any], sample: Sample, exiftool: ExifTool
) -> None:
    picture = sample("plain.jpg")
    written = mirror(picture, NEW, **words)
    assert (written.copied_to, captions(exiftool, picture)) == ((), {})
    mirror(picture)
    written = mirror(picture, NEW, mirror=False, **words)
    assert f"its caption fields still say: {TEXT}" in written.warnings
    assert set(captions(exiftool, picture).values()) == {TEXT}
    if "decorative" not in words:
        still = "dc:description still has the text from before: " + TEXT
        assert still in alttext.read(picture).stale


def test_a_sidecar_gets_a_copy(sample: Sample, exiftool: ExifTool) -> None:
    picture = sample("plain.png")
    before = picture.read_bytes()
    for text in (TEXT, NEW):
        written = mirror(picture, text, destination=Destination.SIDECAR)
        assert written.copied_to == ("dc:description",)
        assert captions(exiftool, written.path) == {"dc:description": text}
        assert exiv2(written.path, "-px").count(text) >= 3
    assert picture.read_bytes() == before
    # Words in two places change in both, and so do the copies in them.
    mirror(picture, NEW)
    mirror(picture, TEXT, destination=Destination.SIDECAR)
    assert set(captions(exiftool, picture).values()) == {TEXT}


def test_a_second_language_leaves_the_copies(sample: Sample, exiftool: ExifTool) -> None:
    picture = sample("plain.jpg")
    mirror(picture)
    words = AltText(text="Eine Katze", language="de")
    alttext.write(picture, words, Destination.EMBED, overwrite=True, mirror=True)
    assert set(captions(exiftool, picture).values()) == {TEXT}


# Shapes that programs leave, made with ExifTool; none has a caption.
SHAPES = {
    "lightroom": [
        "-IPTC:Keywords=cat",
        "-IPTC:City=K\u00f6ln",
        "-IPTC:CodedCharacterSet=UTF8",
        "-XMP-dc:Subject=cat",
        "-XMP-dc:Title=A title",
        "-XMP-xmp:CreatorTool=Adobe Photoshop Lightroom Classic 13.0",
        "-IPTCDigest=new",
        "-EXIF:Make=NIKON CORPORATION",
        "-EXIF:DateTimeOriginal=2026:05:03 12:00:00",
        "-EXIF:GPSLatitude=41.9",
        "-EXIF:GPSLatitudeRef=N",
    ],
    "old latin": ["-charset", "iptc=latin", "-IPTC:City=K\u00f6ln", "-IPTC:Keywords=Stra\u00dfe"],
    "plain iim": ["-IPTC:City=Rome", "-Photoshop:URL=https://example.org/"],
    "digikam": [
        "-XMP-digiKam:TagsList=People/Anna",
        "-XMP-MP:RegionInfoMP={Regions=[{PersonDisplayName=Anna}]}",
        "-EXIF:Orientation#=6",
    ],
    "windows": [
        "-EXIF:XPTitle=A title",
        "-EXIF:XPKeywords=cat",
        "-EXIF:Rating=4",
        "-XMP-MicrosoftPhoto:RatingPercent=75",
        "-EXIF:UserComment= ",
    ],
    "apple": ["-MakerNotes:all=", "-EXIF:ExifImageWidth=120", "-EXIF:SubSecTime=12"],
    "thumbnail": ["-ThumbnailImage<=THUMBNAIL", "-EXIF:Copyright=N. N."],
}


@pytest.fixture(params=sorted(SHAPES))
def shaped(
    request: pytest.FixtureRequest, tmp_path: Path, sample: Sample, exiftool: ExifTool
) -> Iterator[Path]:
    """A JPEG as a program leaves it."""
    picture = sample("plain.jpg")
    thumbnail = tmp_path / "thumbnail.jpg"
    Image.new("RGB", (16, 12), (0, 90, 0)).save(thumbnail, icc_profile=PROFILE)
    arguments = [each.replace("THUMBNAIL", str(thumbnail)) for each in SHAPES[request.param]]
    said = exiftool.run("-overwrite_original", "-m", *arguments, picture)
    assert "1 image files updated" in said or request.param == "apple", said
    return picture


def test_real_shapes_keep_all_they_have(
    shaped: Path, exiftool: ExifTool, request: pytest.FixtureRequest
) -> None:
    before = others(exiftool, shaped)
    first = shaped.read_bytes()
    latin = "old latin" in request.node.name
    text = "A t\u00e1bby cat" if latin else TEXT
    with WriteBatch(Destination.EMBED, mirror=True) as batch:
        written = batch.write(shaped, AltText(text=text, language="en"))
    assert (written.destination, written.warnings) == (Destination.EMBED, ())
    assert others(exiftool, shaped) == before
    names = ["-charset", "iptc=latin"] if latin else []
    tags = exiftool.tags(shaped, *names, *(f"-{name}" for name in FIELDS))
    del tags["SourceFile"]
    assert set(tags.values()) == {text}
    assert ("IPTC:Caption-Abstract" in tags) == ("IPTC:City" in before)
    if "lightroom" in request.node.name:  # a digest that fitted goes on fitting
        digests = exiftool.tags(shaped, "-IPTCDigest", "-CurrentIPTCDigest")
        assert digests["Photoshop:IPTCDigest"] == digests["File:CurrentIPTCDigest"]
    assert exiv2(shaped, "-pa").count(text) >= 3
    with Journal() as journal:
        assert [undone.restored for undone in journal.undo()] == [True]
    assert shaped.read_bytes() == first


def test_letters_that_old_records_lack_are_not_guessed(sample: Sample, exiftool: ExifTool) -> None:
    picture = sample("plain.jpg")
    exiftool.run("-overwrite_original", *SHAPES["old latin"], picture)
    written = mirror(picture)
    assert written.copied_to == ()
    assert "lacks some letters" in written.warnings[0]
    assert captions(exiftool, picture) == {}
    assert exiftool.alt_text(picture) == TEXT


def test_a_tiff_with_records_and_resources(sample: Sample, exiftool: ExifTool) -> None:
    picture = sample("pages.tiff")
    exiftool.run("-overwrite_original", *SHAPES["plain iim"], "-IPTCDigest=new", picture)
    before = others(exiftool, picture)
    mirror(picture)
    found = captions(exiftool, picture)
    assert found["IIM Caption-Abstract"] == found["Exif ImageDescription"] == TEXT
    assert others(exiftool, picture) == before


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (segment(0xE1, b"Exif\0\0MM\0*\0\0\xff\0"), "its Exif block is damaged"),
        (segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + b"\0" * 6) * 2, "more than one Exif block"),
        (
            segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x07\x1c\x02\x5a\0\x04Ro\0"),
            "its IIM records are damaged",
        ),
        (
            segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x07\x1c\x02\x5a\0\x02Ro\0") * 2,
            "more than one set of IIM records",
        ),
        (
            segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + b"\0" * 65400),
            "no room for more",
        ),
    ],
)
def test_blocks_that_cannot_be_written_stay_and_alt_text_is_embedded(
    part: bytes, said: str, sample: Sample, exiftool: ExifTool
) -> None:
    picture = sample("plain.jpg")
    data = picture.read_bytes()
    picture.write_bytes(data[:20] + part + data[20:])
    written = mirror(picture)
    assert written.destination is Destination.EMBED
    assert written.copied_to == ()
    assert said in written.warnings[0]
    assert part in picture.read_bytes()
    assert exiftool.alt_text(picture) == TEXT


def test_what_follows_the_picture_keeps_its_place(sample: Sample) -> None:
    """Where nothing may move, alt text has room in the packet, and the copies have none."""
    picture = sample("plain.jpg")
    alttext.write(picture, AltText(text="Old"), Destination.EMBED)
    picture.write_bytes(picture.read_bytes() + b"AXS! that counts from the start")
    written = mirror(picture)
    assert (written.destination, written.copied_to) == (Destination.EMBED, ())
    assert "counts from" in written.warnings[0] or "count from" in written.warnings[0]


def test_further_pictures_are_found_where_they_are(sample: Sample, pixels: Pixels) -> None:
    picture = sample("two-pictures.mpo")
    before = pixels(picture)
    mirror(picture)
    mirror(picture, TEXT * 20)
    assert pixels(picture) == before


ENTRIES = st.lists(
    st.builds(
        lambda tag, kind, count, value: struct.pack(">HHI4s", tag, kind, count, value),
        st.sampled_from([0x0103, 0x010E, 0x8769, 0x9286, 0x9C9C]),
        st.integers(0, 13),
        st.integers(0, 40),
        st.one_of(st.binary(min_size=4, max_size=4), st.just(b"\0\0\0\x08")),
    ),
    max_size=4,
)
BLOCKS = st.builds(
    lambda entries, after, tail: (
        b"MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + b"".join(entries) + after + tail
    ),
    ENTRIES,
    st.sampled_from([b"\0\0\0\0", b"\0\0\0\x08"]),
    st.binary(max_size=60),
)


@given(BLOCKS)
@examples(150)
def test_whatever_an_exif_block_is_it_is_refused_or_keeps_its_rest(block: bytes) -> None:
    texts = {exif.IMAGE_DESCRIPTION: TEXT, exif.EXIF_COMMENT: TEXT}
    seen = exif.Look.at([block], texts.keys())
    try:
        new = exif.with_captions(block, texts)
    except CannotMirrorError:
        return
    if not seen.trouble:
        after = exif.Look.at([new], texts.keys())
        assert after == replace(seen, captions=texts)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([(1, 0), (1, 90), (2, 0), (2, 25), (2, 90), (2, 120), (3, 10)]),
            st.binary(max_size=12),
        )
    ),
    st.sampled_from([TEXT, NEW]),
    st.binary(max_size=4),
)
@examples(150)
def test_whatever_records_hold_they_are_refused_or_keep_their_rest(
    datasets: list[tuple[tuple[int, int], bytes]], text: str, tail: bytes
) -> None:
    records = b"".join(
        struct.pack(">BBBH", 0x1C, *number, len(body)) + body for number, body in datasets
    )
    try:
        new = iim.with_caption(records + tail, text)
    except CannotMirrorError:
        return
    assert iim.caption(new) == text
    assert iim.rest(new) == iim.rest(records + tail)


def test_a_flood_of_records_is_refused_in_no_time() -> None:
    """What copied the rest for each of them would not end today."""
    records = b"\x1c\x02\x19\0\0" * 200_000
    with pytest.raises(CannotMirrorError, match="too many IIM records"):
        iim.with_caption(records, TEXT)
    resources = b"8BIM\x04\x05\0\0\0\0\0\0" * 200_000
    with pytest.raises(CannotMirrorError, match="too many Photoshop resources"):
        photoshop.with_caption(resources, TEXT)
