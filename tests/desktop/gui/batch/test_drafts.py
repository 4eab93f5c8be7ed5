"""The store that outlives a crash."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from lorgnette.alttext import AltText, Origin
from lorgnette.gui.batch import drafts as drafts_module
from lorgnette.gui.batch.drafts import Drafts, adopt
from lorgnette.gui.batch.picture import Picture, Suggestion

FULL = Picture(
    path=Path("/p/a.jpg"),
    alt=AltText(
        text="A dog & a “cat”.", language="en", origin=Origin.MACHINE, reviewed=True,
        model="m/1+x", confidence=0.5, extended_description="Long.\nLonger.",
    ),
    suggestion=Suggestion(
        text="A dog.", candidates=("A dog.", "A cat."), doubted=("dog",), confidence=0.5,
        seen=(("dog", 0.9), ("cat", 0.4)),
        model="m/1+x", provider="cpu", seconds=0.1,
    ),
    on_disk=AltText(text="Old."),
    kept_in="a.jpg.xmp",
    captions=("Holiday",),
    conflicts=(("a.xmp", "Other."),),
    fingerprint=2**64 - 1,
    digest="d1",
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "drafts.sqlite3"


def kept(file: Path) -> list[Picture]:
    drafts = Drafts(file)
    try:
        return list(drafts.pictures())
    finally:
        drafts.close()


def test_pictures_come_back_as_they_were(file: Path) -> None:
    drafts = Drafts(file)
    strange = Picture(path=Path("/p/\udcff.jpg"))  # a name that is no UTF-8
    drafts.keep([FULL, strange])
    drafts.close()
    assert kept(file) == [FULL, strange]


def test_order_stays_and_dropped_ones_are_gone(file: Path) -> None:
    names = ["c", "a", "b"]
    drafts = Drafts(file)
    drafts.keep(Picture(path=Path("/p", name)) for name in names)
    drafts.drop([Path("/p/a")])
    drafts.close()
    drafts = Drafts(file)
    drafts.keep([Picture(path=Path("/p/d")), Picture(path=Path("/p/c"), kept_in="x")])
    drafts.close()
    assert [picture.path.name for picture in kept(file)] == ["c", "b", "d"]


def test_an_accepted_text_is_offered_to_its_twin_only(file: Path) -> None:
    drafts = Drafts(file)
    draft = Picture(path=Path("/p/b.jpg"), alt=AltText(text="B.", reviewed=False), digest="d2")
    drafts.keep([FULL, draft])
    drafts.drop([FULL.path])
    drafts.close()
    drafts = Drafts(file)
    try:
        assert drafts.accepted("d1", Path("/q/twin.jpg")) == FULL.alt
        assert drafts.accepted("d1", FULL.path) is None
        assert drafts.accepted("d2", Path("/q/twin.jpg")) is None
    finally:
        drafts.close()


def test_a_damaged_file_is_put_aside(file: Path) -> None:
    file.write_bytes(b"this is no database, and long enough to be taken for one" * 50)
    assert kept(file) == []
    assert file.with_name("drafts.sqlite3.damaged").exists()


def test_damage_far_inside_a_file_is_found_at_the_start(file: Path) -> None:
    drafts = Drafts(file)
    drafts.keep([Picture(path=Path(f"/p/{number}.jpg")) for number in range(300)])
    drafts.close()
    data = bytearray(file.read_bytes())
    assert len(data) > 20 * 4096
    data[10 * 4096 : 18 * 4096] = b"\xa5" * (8 * 4096)
    file.write_bytes(data)
    drafts = Drafts(file)
    drafts.keep([FULL])
    drafts.close()
    assert [picture.path for picture in kept(file)] == [FULL.path]
    assert file.with_name("drafts.sqlite3.damaged").read_bytes() == data


def test_a_file_of_another_version_is_put_aside(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    assert kept(file) == []
    assert file.with_name("drafts.sqlite3.format-99").exists()


def test_a_locked_file_is_tried_again_and_told(file: Path) -> None:
    drafts = Drafts(file)
    drafts.keep([FULL])
    while not kept_now(file):
        pass
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as backup:
        backup.execute("BEGIN EXCLUSIVE")
        drafts.keep([Picture(path=Path("/p/b.jpg"))])
        while not drafts.trouble:
            pass
        assert "locked" in drafts.trouble
        backup.execute("ROLLBACK")
    drafts.close()
    assert not drafts.trouble
    assert [picture.path.name for picture in kept(file)] == ["a.jpg", "b.jpg"]


def test_a_locked_file_is_not_called_damaged(file: Path) -> None:
    Drafts(file).close()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as backup:
        backup.execute("PRAGMA journal_mode = DELETE")
        backup.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError):
            drafts_module._open(file, 0.1)
    assert [found.name for found in file.parent.glob("*.damaged")] == []


def kept_now(file: Path) -> int:
    with contextlib.closing(sqlite3.connect(file)) as database:
        return int(database.execute("SELECT count(*) FROM picture").fetchone()[0])


def test_what_another_window_kept_is_taken_over(file: Path) -> None:
    mine, other = Drafts(file), Drafts(file.with_name("drafts-2.sqlite3"))
    both, theirs, draft = Path("/p/both.jpg"), Path("/p/theirs.jpg"), Path("/p/draft.jpg")
    mine.keep([Picture(path=both, alt=AltText(text="Mine.")), Picture(path=draft)])
    other.keep(
        [
            Picture(path=both, alt=AltText(text="Theirs.")),
            Picture(path=draft, alt=AltText(text="Decided.")),
            Picture(path=theirs),
        ]
    )
    mine.close()
    other.close()
    adopt(file, file.with_name("drafts-2.sqlite3"))
    found = {picture.path: picture for picture in kept(file)}
    assert found[both].alt.text == "Mine."
    assert found[both].conflicts == (("drafts-2.sqlite3", "Theirs."),)
    assert found[draft].alt.text == "Decided."
    assert theirs in found
    assert [left.name for left in file.parent.iterdir()] == [file.name]
