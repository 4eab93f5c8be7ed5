"""What was written can be undone, and only that."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lorgnette import files, paths
from lorgnette.alttext import AltText, Destination
from lorgnette.jobs import journal as journal_module
from lorgnette.jobs.journal import Journal, JournalError, UnknownBatchError
from lorgnette.jobs.writing import WriteBatch, write_batch

WORDS = AltText(text="A red picture", language="en")


def embed(picture: Path, text: str = WORDS.text, title: str = "write") -> None:
    with WriteBatch(Destination.EMBED, overwrite=True, title=title) as batch:
        batch.write(picture, AltText(text=text))


def undo(batch: int | None = None) -> list[tuple[str, bool, str]]:
    with Journal() as journal:
        return [(each.path.name, each.restored, each.reason) for each in journal.undo(batch)]


def test_a_batch_is_undone_newest_first(red: Path) -> None:
    before = red.read_bytes()
    os.utime(red, ns=(5, 10**18 + 3))
    pairs = [(red, AltText(text=text)) for text in ("One", "Two")]
    outcomes = list(write_batch(pairs, Destination.EMBED, overwrite=True, title="two"))
    assert [each.written.alt_text.text for each in outcomes if each.written] == ["One", "Two"]
    assert undo() == [(red.name, True, "")] * 2
    assert red.read_bytes() == before
    assert red.stat().st_mtime_ns == 10**18 + 3


def test_a_new_sidecar_goes_and_an_old_one_comes_back(red: Path) -> None:
    sidecar = red.with_name("red.png.xmp")
    for text in ("One", "Two"):
        with WriteBatch(Destination.SIDECAR, overwrite=True) as batch:
            batch.write(red, AltText(text=text))
        if text == "One":
            one, time = sidecar.read_bytes(), sidecar.stat().st_mtime_ns
    assert undo() == [("red.png.xmp", True, "")]
    assert (sidecar.read_bytes(), sidecar.stat().st_mtime_ns) == (one, time)
    assert undo() == [("red.png.xmp", True, "")]
    assert not sidecar.exists()


def test_a_file_that_changed_since_is_left_alone(red: Path, photo) -> None:
    embed(red)
    photo("cat").save(red)
    theirs = red.read_bytes()
    assert undo() == [(red.name, False, "has changed since")]
    assert red.read_bytes() == theirs
    with Journal() as journal:
        assert [(each.files, each.undone, each.changed) for each in journal.history()] == [
            (1, 0, 1)
        ]
        with pytest.raises(UnknownBatchError, match="nothing to undo"):
            journal.undo()
    red.unlink()
    assert undo(1) == [(red.name, False, "is no longer there")]


@pytest.mark.parametrize("destination", Destination)
def test_a_drive_that_is_away_is_undone_when_it_is_back(
    destination: Destination, tmp_path: Path, photo
) -> None:
    drive, away = tmp_path / "drive", tmp_path / "away"
    drive.mkdir()
    picture = drive / "cat.png"
    photo("cat").save(picture)
    before = picture.read_bytes()
    with WriteBatch(destination) as batch:
        written = batch.write(picture, AltText(text="One"))
    drive.rename(away)
    for _ in range(2):
        ((name, restored, reason),) = undo()
        assert (name, restored) == (written.path.name, False)
        assert "its folder is not there" in reason
    away.rename(drive)
    assert undo() == [(written.path.name, True, "")]
    assert (picture.read_bytes(), list(drive.iterdir())) == (before, [picture])


def test_older_batches_wait_for_the_newer(red: Path) -> None:
    before = red.read_bytes()
    embed(red, "One", "first")
    embed(red, "Two", "second")
    with Journal() as journal:
        assert [(each.title, each.files) for each in journal.history()] == [
            ("second", 1),
            ("first", 1),
        ]
    assert undo(1) == [(red.name, False, "has changed since")]
    assert undo(2) == [(red.name, True, "")]
    assert undo(1) == [(red.name, True, "")]
    assert red.read_bytes() == before


def test_an_unknown_batch_is_said_to_be_so(red: Path) -> None:
    embed(red)
    with Journal() as journal, pytest.raises(UnknownBatchError, match="no batch 7"):
        journal.undo(7)


def test_batches_that_wrote_nothing_are_not_listed(red: Path) -> None:
    embed(red)
    embed(red)
    with Journal() as journal:
        assert len(journal.history()) == 1


def dated(batch: int, moment: datetime) -> None:
    database = sqlite3.connect(paths.user_data() / "journal.sqlite3")
    with database:
        database.execute(
            "UPDATE batch SET started = ? WHERE id = ?",
            [moment.isoformat(timespec="seconds"), batch],
        )
    database.close()


def test_old_batches_are_forgotten(red: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    embed(red, "Text 1")
    dated(1, now - timedelta(days=journal_module.KEPT_DAYS + 1))
    for number in range(2, journal_module.KEPT_DAYS + 2):
        with Journal() as journal:
            assert journal.begin("a day's work") == number
            assert [each.id for each in journal.history()] == [1]
        dated(number, now - timedelta(days=journal_module.KEPT_DAYS + 1 - number))
    embed(red, "Text 2")
    with Journal() as journal:
        assert [each.title for each in journal.history()] == ["write"]
        assert [each.id for each in journal.history()] == [journal_module.KEPT_DAYS + 2]
    monkeypatch.setattr(journal_module, "KEPT_BYTES", 1)
    embed(red, "Text 3")
    with Journal() as journal:
        assert [each.id for each in journal.history()] == [journal_module.KEPT_DAYS + 3]


def test_a_clock_that_jumps_makes_nothing_forgotten(red: Path) -> None:
    before = red.read_bytes()
    for number, year in enumerate((2015, 2026, 1970, 2099, 2026, 2015), 1):
        embed(red, f"Text {number}")
        dated(number, datetime(year, 1, number, tzinfo=UTC))
    with Journal() as journal:
        assert [each.id for each in journal.history()] == [6, 5, 4, 3, 2, 1]
        for _ in range(6):
            assert [each.restored for each in journal.undo()] == [True]
    assert red.read_bytes() == before


def test_nothing_is_written_without_a_journal(red: Path) -> None:
    before = red.read_bytes()
    (paths.user_data() / "journal.sqlite3").write_bytes(b"not a database, but words" * 99)
    with pytest.raises(JournalError, match="not a database"):
        embed(red)
    assert red.read_bytes() == before


def test_a_failed_replacement_leaves_no_row(red: Path) -> None:
    """Another program comes between the record and the replacement."""

    class Intruding(Journal):
        def record(self, batch: int, changes: Iterable[tuple[Path, files.Replaced]]) -> None:
            super().record(batch, changes)
            os.utime(red, ns=(1, 1))

    before = red.read_bytes()
    with WriteBatch(Destination.EMBED) as batch:
        batch._journal.__class__ = Intruding
        with pytest.raises(files.ChangedMeanwhileError):
            batch.write(red, WORDS)
    assert red.read_bytes() == before
    with Journal() as journal:
        assert journal.history() == []


@pytest.mark.parametrize(("then", "state"), [("new", "done"), ("old", None), ("else", "foreign")])
def test_the_next_start_settles_what_a_crash_left(then: str, state: str | None, red: Path) -> None:
    """A row says planned until its file is seen to be the old one, the new one or another."""
    before = red.read_bytes()
    embed(red)
    path = paths.user_data() / "journal.sqlite3"
    host, pid, _ = files.process_name().split("-")
    dead = f"{host}-{pid}-00000000"  # our number, in an earlier life
    litter = red.with_name(f".{dead}-abc.lorgnette-tmp")
    litter.touch()
    database = sqlite3.connect(path)
    with database:
        database.execute("UPDATE change SET state = 'planned', process = ?", [dead])
        database.execute("INSERT INTO visit VALUES (?, ?)", [dead, os.fsencode(red.parent)])
    if then != "new":
        red.write_bytes(before if then == "old" else b"another program's")
    with Journal():
        pass
    found = database.execute("SELECT state FROM change").fetchone()
    assert found == (None if state is None else (state,))
    assert database.execute("SELECT COUNT(*) FROM visit").fetchone() == (0,)
    assert not litter.exists()
    database.close()


LOST = """
import os, signal, sys
from pathlib import Path
from lorgnette.files.temporaries import temporary_for
from lorgnette.jobs.journal import Journal
journal, target = map(Path, sys.argv[1:])
visited = set()
with Journal(journal, visited=visited) as before:
    before.visit(target.parent)
Journal(journal, visited=visited).visit(target.parent)
temporary_for(target).write_bytes(b"half a pict")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_jobs_journal_tells_what_a_machine_that_is_lost_has_left(
    red: Path, tmp_path: Path
) -> None:
    """It was lost with a second chunk of the same folder.

    Nobody waits for it, so that it seems to run, as all do that other machines have.
    """
    file = tmp_path / "job.sqlite3"
    with subprocess.Popen([sys.executable, "-c", LOST, file, red]) as lost:
        os.waitid(os.P_PID, lost.pid, os.WEXITED | os.WNOWAIT)
        with Journal():  # which knows nothing of it
            pass
        assert len(list(red.parent.glob("*.lorgnette-tmp"))) == 1
        with Journal(file):
            pass
        assert not list(red.parent.glob("*.lorgnette-tmp"))
        with closing(sqlite3.connect(file)) as database:
            assert not database.execute("SELECT * FROM visit").fetchall()


def test_a_crash_between_undoing_and_noting_it_is_no_trouble(red: Path) -> None:
    before = red.read_bytes()
    embed(red)
    red.write_bytes(before)
    assert undo() == [(red.name, True, "")]
    assert red.read_bytes() == before


def test_it_knows_its_own_files(red: Path) -> None:
    embed(red)
    with Journal() as journal:
        assert journal.wrote(red)
        red.write_bytes(b"")
        assert not journal.wrote(red)


def test_a_damaged_record_restores_nothing(red: Path) -> None:
    embed(red)
    ours = red.read_bytes()
    database = sqlite3.connect(paths.user_data() / "journal.sqlite3")
    with database:
        database.execute("UPDATE change SET inverse = ?", [journal_module._packed((b"junk",))])
    database.close()
    ((_, restored, reason),) = undo()
    assert (restored, "damaged" in reason, red.read_bytes()) == (False, True, ours)


def test_it_opens_while_another_writes(red: Path) -> None:
    with ThreadPoolExecutor() as pool, WriteBatch(Destination.EMBED, overwrite=True) as batch:
        opened = pool.submit(_open_often)
        while not opened.done():
            for text in ("One", "Two"):
                batch.write(red, AltText(text=text))
        opened.result()


def _open_often() -> None:
    for _ in range(50):
        with Journal():
            pass
