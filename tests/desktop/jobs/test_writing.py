"""Writing many pictures at once, by several programs at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Effect
from lorgnette.errors import UnreadableImageError
from lorgnette.jobs.writing import write_batch

WRITER = """
import sys
from pathlib import Path
from lorgnette.alttext import AltText, Destination
from lorgnette.jobs.writing import write_batch
folder, text, destination, overwrite = sys.argv[1:]
pictures = sorted(Path(folder).glob("*.png"))
print("ready", flush=True)
sys.stdin.readline()
pairs = ((picture, AltText(text=f"{text} {picture.stem}")) for picture in pictures)
for outcome in write_batch(pairs, Destination(destination), overwrite=overwrite == "yes"):
    print(outcome.written.effect if outcome.written else outcome.error)
"""


def test_one_pictures_trouble_stops_no_other(red: Path) -> None:
    missing = red.with_name("missing.png")
    pairs = [(missing, AltText(text="A")), (red, AltText(text="A"))]
    outcomes = list(write_batch(pairs, Destination.SIDECAR))
    assert isinstance(outcomes[0].error, UnreadableImageError)
    assert outcomes[1].written is not None
    assert outcomes[1].written.effect is Effect.WRITE


@pytest.mark.parametrize("destination", ["embed", "sidecar"])
@pytest.mark.parametrize("overwrite", ["yes", "no"])
def test_two_at_once_leave_whole_files(destination: str, overwrite: str, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(12):
        Image.new("RGB", (40, 30), (number, 0, 0)).save(folder / f"{number:02}.png")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, folder, text, destination, overwrite],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for text in ("One", "Two")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    effects = [writer.communicate()[0].split() for writer in writers]
    for number, pair in enumerate(zip(*effects, strict=True)):
        expected = {"write"} if overwrite == "yes" else {"write", "keep"}
        assert set(pair) == expected
        picture = folder / f"{number:02}.png"
        found = alttext.read(picture)
        assert found.alt_text is not None
        assert found.alt_text.text in {f"One {picture.stem}", f"Two {picture.stem}"}
        with Image.open(picture) as image:
            image.load()
    assert not [path for path in folder.iterdir() if path.name.endswith("-tmp")]
