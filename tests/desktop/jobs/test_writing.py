"""Writing many pictures at once, by several programs at once."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from lorgnette import alttext, paths
from lorgnette.alttext import AltText, Destination, Effect, Prepared, Written
from lorgnette.errors import UnreadableImageError
from lorgnette.files import ChangedMeanwhileError, locking
from lorgnette.files.replacing import SPARE_BYTES
from lorgnette.jobs import writing
from lorgnette.jobs.journal import Journal
from lorgnette.jobs.writing import WriteBatch, write_batch

WRITER = """
import sys
from pathlib import Path
from lorgnette.alttext import AltText, Destination
from lorgnette.jobs.writing import WriteBatch
folder, text, destination, overwrite, together = sys.argv[1:]
pictures = sorted(Path(folder).glob("*.png"))
print("ready", flush=True)
sys.stdin.readline()
pairs = [(picture, AltText(text=f"{text} {picture.stem}")) for picture in pictures]
with WriteBatch(Destination(destination), overwrite=overwrite == "yes") as batch:
    for start in range(0, len(pairs), int(together)):
        for became in batch.write_together(pairs[start : start + int(together)]):
            print(getattr(became, "effect", became))
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
@pytest.mark.parametrize("together", [1, 12])
def test_two_at_once_leave_whole_files(
    destination: str, overwrite: str, together: int, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(12):
        Image.new("RGB", (40, 30), (number, 0, 0)).save(folder / f"{number:02}.png")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, folder, text, destination, overwrite, str(together)],
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


WORDS = AltText(text="Some words")


@pytest.fixture
def several(tmp_path: Path) -> list[Path]:
    """Return six pictures."""
    pictures = [tmp_path / "pictures" / f"{number}.png" for number in range(6)]
    pictures[0].parent.mkdir()
    for picture in pictures:
        Image.new("RGB", (40, 30), (200, 0, 0)).save(picture)
    return pictures


def states() -> list[str]:
    """Return what the journal says of each file, as another program sees it."""
    with closing(sqlite3.connect(paths.user_data() / "journal.sqlite3")) as database:
        return [state for (state,) in database.execute("SELECT state FROM change")]


def undo() -> list[bool]:
    with Journal() as journal:
        return [each.restored for each in journal.undo()]


@pytest.mark.parametrize("most", [writing._MOST_BYTES, 1])
def test_those_written_together_are_recorded_before_any_is_in_place(
    several: list[Path], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless they would take up too much room beside the old ones."""
    seen: list[list[str]] = []
    put = Prepared.put

    def watched(new: Prepared) -> Written:
        seen.append(states())
        assert alttext.read(new.written.image).alt_text is None
        return put(new)

    monkeypatch.setattr(Prepared, "put", watched)
    monkeypatch.setattr(locking, "_locks_nothing", True)
    monkeypatch.setattr(writing, "_MOST_BYTES", most)
    with WriteBatch(Destination.SIDECAR) as batch:
        became = batch.write_together([(picture, WORDS) for picture in several])
    assert [getattr(each, "effect", each) for each in became] == [Effect.WRITE] * 6
    if most > 1:
        assert seen == [["planned"] * 6] * 6
    else:
        assert seen == [["done"] * number + ["planned"] for number in range(6)]
    assert states() == ["done"] * 6
    assert undo() == [True] * 6


@pytest.mark.parametrize("destination", Destination)
def test_those_written_together_need_no_more_room_than_one_alone(
    destination: Destination, several: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk has room for three new versions beside the old ones, and six are written.

    Also where a picture only follows its sidecar, lest it say something else.
    """
    monkeypatch.setattr(locking, "_locks_nothing", True)
    folder = several[0].parent
    for image in several:
        alttext.write(image, WORDS, Destination.EMBED)
    room = int(3.5 * several[0].stat().st_size)

    def usage(_: Path) -> SimpleNamespace:
        taken = sum(path.stat().st_size for path in folder.glob("*.lorgnette-tmp"))
        return SimpleNamespace(free=SPARE_BYTES + room - taken)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    with WriteBatch(destination, overwrite=True) as batch:
        became = batch.write_together([(image, AltText(text="Others")) for image in several])
    assert [getattr(each, "effect", each) for each in became] == [Effect.WRITE] * 6
    assert [getattr(each, "warnings", each) for each in became] == [()] * 6
    assert all(b"Others" in image.read_bytes() for image in several)
    assert all(undo())
    assert all(b"Others" not in image.read_bytes() for image in several)


def test_one_that_is_changed_meanwhile_is_left_alone(
    several: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Prepared.put

    def beset(new: Prepared) -> Written:
        if new.written.image == several[2]:
            several[2].with_name("2.png.xmp").write_text("another program's")
        return put(new)

    monkeypatch.setattr(Prepared, "put", beset)
    with WriteBatch(Destination.SIDECAR) as batch:
        became = batch.write_together([(picture, WORDS) for picture in several])
    assert isinstance(became[2], ChangedMeanwhileError)
    assert [getattr(each, "effect", None) for each in became].count(Effect.WRITE) == 5
    assert several[2].with_name("2.png.xmp").read_text() == "another program's"
    assert not list(several[0].parent.glob(".*"))
    assert undo() == [True, True, True, False, True, True]
    assert several[2].with_name("2.png.xmp").read_text() == "another program's"


def test_two_names_of_one_picture_are_written_one_after_the_other(
    several: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "_locks_nothing", True)  # as on a worker
    link = several[1].with_name("link.png")
    link.symlink_to(several[1])
    pairs = [(image, AltText(text=image.name)) for image in (*several, link)]
    with WriteBatch(Destination.EMBED) as batch:
        became = batch.write_together(pairs)
    assert [getattr(each, "effect", each) for each in became] == [Effect.WRITE] * 6 + [Effect.KEEP]
    assert undo() == [True] * 6
