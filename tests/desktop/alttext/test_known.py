"""What files know already, in the shapes that programs leave; ExifTool makes them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.oracles import ExifTool

from lorgnette.alttext import known
from lorgnette.alttext.known import Known

Shape = Callable[..., Path]


@pytest.fixture
def shape(sample: Callable[[str], Path], exiftool: ExifTool) -> Shape:
    """Return a function that makes a picture as ExifTool is told."""

    def made(*arguments: str, name: str = "plain.jpg") -> Path:
        picture = sample(name)
        said = exiftool.run("-overwrite_original", "-struct", *arguments, picture)
        assert "1 image files updated" in said, said
        return picture

    return made


def region(name: str, x: float, kind: str = "Face") -> str:
    area = f"Area={{X={x},Y=0.5,W=0.1,H=0.1,Unit=normalized}}"
    return f"{{{area},Name={name},Type={kind}}}"


def regions(*each: str) -> str:
    dimensions = "AppliedToDimensions={W=120,H=80,Unit=pixel}"
    return f"-XMP-mwg-rs:RegionInfo={{{dimensions},RegionList=[{','.join(each)}]}}"


@pytest.mark.parametrize("name", ["plain.jpg", "plain.png", "lossy.webp", "plain.tif"])
def test_faces_from_left_to_right(shape: Shape, name: str) -> None:
    picture = shape(
        regions(region("Ben", 0.8), region("Anna", 0.2), region("Rex", 0.5, "Pet")), name=name
    )
    found = known.read(picture)
    assert (found.people, found.faces) == (("Anna", "Ben"), 2)


def test_faces_that_nobody_has_named_count(shape: Shape) -> None:
    picture = shape(regions(region("Anna", 0.2), "{Area={X=0.5,Y=0.5,W=0.1,H=0.1},Type=Face}"))
    found = known.read(picture)
    assert (found.people, found.faces) == (("Anna",), 2)


def test_microsofts_regions(shape: Shape) -> None:
    picture = shape(
        "-XMP-MP:RegionInfoMP={Regions=[{PersonDisplayName=Ben,Rectangle=0.6|, 0.1|, 0.2|, 0.2},"
        "{PersonDisplayName=Anna,Rectangle=0.1|, 0.1|, 0.2|, 0.2}]}"
    )
    found = known.read(picture)
    assert (found.people, found.faces) == (("Anna", "Ben"), 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["-XMP-iptcExt:PersonInImage=Anna", "-XMP-iptcExt:PersonInImage=Ben"],
        ["-XMP-iptcExt:PersonInImageWDetails=[{PersonName=Anna},{PersonName=Ben}]"],
        [
            "-XMP-digiKam:TagsList=People/Family/Anna",
            "-XMP-digiKam:TagsList=People/Family",
            "-XMP-digiKam:TagsList=Personen/Ben",
            "-XMP-digiKam:TagsList=People/Unknown",
            "-XMP-digiKam:TagsList=Places/Rome",
        ],
        ["-XMP-lr:HierarchicalSubject=People|Anna", "-XMP-lr:HierarchicalSubject=People|Ben"],
        ["-XMP-microsoft:LastKeywordXMP=People/Anna", "-XMP-microsoft:LastKeywordXMP=People/Ben"],
    ],
)
def test_names_in_other_places(shape: Shape, arguments: list[str]) -> None:
    found = known.read(shape(*arguments))
    assert (found.people, found.faces) == (("Anna", "Ben"), 0)


def test_one_person_is_named_once(shape: Shape) -> None:
    picture = shape(
        regions(region("Anna", 0.2)),
        *("-XMP-iptcExt:PersonInImage=anna", "-XMP-iptcExt:PersonInImage=Ben"),
        "-XMP-digiKam:TagsList=People/Anna",
    )
    assert known.read(picture).people == ("Anna", "Ben")


LEGACY = ["-XMP-photoshop:City=Milan", "-XMP-photoshop:Country=Italy"]
CREATED = ["-XMP-iptcExt:LocationCreated=[{City=Rome,CountryName=Italy}]"]
SHOWN = ["-XMP-iptcExt:LocationShown=[{Sublocation=Colosseum,City=Roma,ProvinceState=Lazio}]"]
IIM = ["-IPTC:City=K\u00f6ln", "-IPTC:Country-PrimaryLocationName=Germany"]


@pytest.mark.parametrize(
    ("arguments", "place", "town"),
    [
        (LEGACY, "Milan, Italy", "Milan"),
        ([*LEGACY, *CREATED], "Rome, Italy", "Rome"),
        ([*LEGACY, *CREATED, *SHOWN], "Colosseum, Roma, Lazio", "Roma"),
        (IIM, "K\u00f6ln, Germany", "K\u00f6ln"),
        ([*IIM, *LEGACY], "Milan, Italy", "Milan"),
        (["-XMP-iptcCore:Location=The old mill"], "The old mill", ""),
        (["-GPSLatitude=41.9", "-GPSLatitudeRef=N"], "", ""),  # numbers are no place
    ],
)
def test_a_place_comes_from_one_source(
    shape: Shape, arguments: list[str], place: str, town: str
) -> None:
    found = known.read(shape(*arguments))
    assert (found.place, found.town) == (place, town)


@pytest.mark.parametrize(
    ("arguments", "date"),
    [
        (["-EXIF:DateTimeOriginal=2026:05:03 12:00:00"], "2026-05-03"),
        (["-EXIF:CreateDate=2026:05:04 12:00:00"], "2026-05-04"),
        (
            ["-EXIF:CreateDate=2026:05:04 12:00:00", "-XMP-photoshop:DateCreated=1931"],
            "1931",
        ),
        (["-XMP-photoshop:DateCreated=1931:07"], "1931-07"),
        (["-IPTC:DateCreated=2026:05:03"], "2026-05-03"),
        (["-EXIF:DateTimeOriginal#=0000:00:00 00:00:00"], ""),
        (["-EXIF:ModifyDate=2026:05:03 12:00:00"], ""),  # of the file, not of the photo
    ],
)
def test_the_day(shape: Shape, arguments: list[str], date: str) -> None:
    assert known.read(shape(*arguments)).date == date


def test_what_else_there_is(shape: Shape) -> None:
    picture = shape(
        *("-XMP-iptcExt:Event=A wedding", "-XMP-photoshop:Headline=Big day", "-XMP-dc:Title=T"),
        *("-XMP-dc:Subject=cat", "-XMP-dc:Subject=sofa", "-IPTC:Keywords=Cat"),
    )
    found = known.read(picture)
    assert (found.event, found.headline, found.title) == ("A wedding", "Big day", "T")
    assert found.keywords == ("cat", "sofa")


def test_sidecars_know_too(shape: Shape, exiftool: ExifTool) -> None:
    picture = shape("-EXIF:DateTimeOriginal=2026:05:03 12:00:00")
    sidecar = picture.with_name(f"{picture.name}.xmp")
    exiftool.run("-XMP-iptcExt:PersonInImage=Anna", sidecar)
    found = known.read(picture)
    assert (found.people, found.date) == (("Anna",), "2026-05-03")


def test_nothing_is_guessed(sample: Callable[[str], Path]) -> None:
    assert known.read(sample("plain.jpg")) == Known()
    broken = sample("packet.jpg")
    broken.write_bytes(broken.read_bytes().replace(b"</rdf:RDF>", b"</rdf:XXX>"))
    assert known.read(broken).people == ()
