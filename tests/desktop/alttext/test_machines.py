"""What a camera or a program wrote is not offered as a caption; what a person wrote is."""

from pathlib import Path

import pytest
from PIL import Image

from lorgnette import alttext
from lorgnette.alttext.machines import is_by_one

BY_MACHINES = [
    "OLYMPUS DIGITAL CAMERA", "SONY DSC", "KONICA MINOLTA DIGITAL CAMERA", "Minolta DSC",
    "<KENOX S1050 / Samsung S1050>", "KODAK Digital Still Camera", "SAMSUNG CAMERA PICTURES",
    "MOULTRIE DIGITAL GAME CAMERA", "DIGITAL CAMERA", "Exif_JPEG_PICTURE", "Exif_JPEG_T422",
    "DCIM", "DSC_0001", "DSC01234.JPG", "P1010001", "100_1234", "IMG_20200101_120000.jpg",
    "my-upload.png", "cof", "rhdr", "oznorWO", "default", "Untitled", "AppleMark",
    "2010:01:01 00:00:00", "?", "...", "Created with GIMP", "binary comment",
    "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90", "LEAD Technologies Inc. V1.01",
    "Optimized by JPEGmini 3.9.20.0L 0x2aa7a0c5", "charset=Ascii", "null",
]  # fmt: skip
BY_PEOPLE = [
    "A woman with a digital camera", "Anna", "Beach", "Rome 2010", "2 dogs", "Apple", "Nikon",
    "My first camera", "Photo by N. N.", "Made by children", "Created by Anna, who is five",
    "3rd birthday", "New York", "Game", "Canon fire at the fort", "Hund", "\u65e5\u672c",
    "Boeing 747", "The Polaroid of 1974", "Sony tower, Tokyo", "Optical illusion",
]  # fmt: skip


@pytest.mark.parametrize("text", BY_MACHINES)
def test_words_of_machines_are_known(text: str) -> None:
    assert is_by_one(text)


@pytest.mark.parametrize("text", BY_PEOPLE)
def test_words_of_people_are_kept(text: str) -> None:
    assert not is_by_one(text)


def test_only_a_persons_caption_is_offered(tmp_path: Path) -> None:
    for text, offered in (("OLYMPUS DIGITAL CAMERA         ", []), ("Our dog", ["Our dog"])):
        exif = Image.Exif()
        exif[0x010E] = text
        Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
        reading = alttext.read(tmp_path / "a.jpg")
        assert [each.text for each in reading.suggestions] == offered
