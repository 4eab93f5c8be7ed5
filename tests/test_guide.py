"""The guide's own commands find the words, and its table says what the containers do."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from tests.desktop.alttext.conftest import SAMPLES

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination

GUIDE = Path(__file__).parents[1] / "resources" / "guide" / "reading-back.md"
TEXT = "A cat on a sofa"
COMMANDS = re.findall(r"^(?:exiftool|exiv2) .+$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_find_the_words(command: str, tmp_path: Path) -> None:
    picture = tmp_path / "photo.jpg"
    Image.new("RGB", (64, 48)).save(picture)
    words = AltText(text=TEXT, language="en")
    alttext.write(picture, words, Destination.SIDECAR)
    alttext.write(picture, words, Destination.EMBED, overwrite=True, mirror=True)
    done = subprocess.run(
        shlex.split(command), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    fields = max(1, len(re.findall(r"-XMP-dc|-ImageD|-XPC|-UserC|-K", command)))
    assert done.stdout.count(TEXT) >= fields


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("JPEG", "plain.jpg"),
        ("PNG", "plain.png"),
        ("WebP", "lossy.webp"),
        ("TIFF", "plain.tif"),
        ("GIF", "plain.gif"),
    ],
)
def test_its_table_says_which_fields_are_filled(row: str, name: str, tmp_path: Path) -> None:
    SAMPLES[name](tmp_path / name)
    words = AltText(text=TEXT)
    written = alttext.write(tmp_path / name, words, Destination.EMBED, mirror=True)
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    head = next(line for line in lines if line.startswith("| file |"))
    cells = next(line for line in lines if line.startswith(f"| {row} |")).split("|")[2:-1]
    columns = [re.sub(r"[*]", "", cell).strip() for cell in head.split("|")[2:-1]]
    filled = tuple(
        column for column, cell in zip(columns, cells, strict=True) if cell.strip()[:3] == "yes"
    )
    assert written.copied_to == filled
