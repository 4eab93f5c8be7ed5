import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.desktop.cluster.test_carrying import WHOLE

from lorgnette import cli
from lorgnette.cluster import results
from lorgnette.cluster.done import Done
from lorgnette.cluster.errors import ClusterError
from lorgnette.jobs.outcome import Outcome, Verdict


def done(name: str, verdict: Verdict, reason: str = "") -> Done:
    return Done(Outcome(image=Path(name), verdict=verdict, reason=reason), "w", "cpu", "toy/1")


def write(folder: Path, job: str, *every: Done, asked_for: str = "") -> None:
    with results.writer(folder, job, asked_for) as rows:
        for each in every:
            rows.add(each)


def test_a_row_says_what_became_of_a_picture(tmp_path: Path) -> None:
    write(tmp_path, "1", Done(WHOLE, "worker-1", "cpu", "toy/1"))
    (row,) = pq.read_table(tmp_path).to_pylist()
    assert row["path"] == r"/archive/caf\xe9 " + "\U0001f5bc.png"
    assert row["path_bytes"] == os.fsencode(WHOLE.image)
    assert row["candidates"] == ["A cup.", "Two cups."]
    assert row["read"] == ["Tea"]
    assert row["seen"][0]["name"] == "cup"
    assert row["seen"][0]["sure"] is True
    assert (row["verdict"], row["text"], row["confidence"]) == ("captioned", "A cup.", 0.25)
    assert (row["seconds"], row["worker"], row["model"]) == (0.125, "worker-1", "toy/1")
    assert row["written_to"] == "/archive/cup.png.xmp"
    ((path, verdict, _),) = results.read(tmp_path)
    assert (path, verdict) == (WHOLE.image, Verdict.CAPTIONED)


def test_many_rows_are_whole_files_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "ROWS", 10)
    write(tmp_path, "1", *(done(f"/a/{n}.png", Verdict.CAPTIONED) for n in range(25)))
    assert [pq.read_metadata(file).num_rows for file in sorted(tmp_path.iterdir())] == [10, 10, 5]
    assert len(list(results.read(tmp_path))) == 25


def test_the_last_job_counts_but_what_it_skipped_stays_what_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        tmp_path,
        "20260101",
        done("/a/1.png", Verdict.CAPTIONED),
        done("/a/2.png", Verdict.FAILED, "it is empty"),
        done("/b/3.png", Verdict.DECLINED, "a drawing"),
    )
    assert cli.main(["status", str(tmp_path)]) == 1
    write(
        tmp_path,
        "20260102",
        *(
            done(f"/a/{n}.png", verdict)
            for n, verdict in ((1, Verdict.SKIPPED), (2, Verdict.CAPTIONED))
        ),
        done("/b/4.png", Verdict.SKIPPED),
    )
    capsys.readouterr()
    assert cli.main(["status", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "/a/: 2 pictures, 2 captioned",
        "/b/: 2 pictures, 1 skipped, 1 declined",
        "In all: 4 pictures, 2 captioned, 1 skipped, 1 declined",
    ]
    assert cli.main(["status", "--missing", "--null", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "/b/3.png\0"
    cli.main(["status", "--format", "json", str(tmp_path)])
    told = json.loads(capsys.readouterr().out)
    assert told["pictures"] == 4
    assert told["folders"][1] == {
        "folder": "/b",
        "pictures": 2,
        "captioned": 0,
        "skipped": 1,
        "declined": 1,
        "failed": 0,
    }
    assert cli.main(["status", str(tmp_path), str(tmp_path.parent)]) == 2


def test_what_the_same_command_has_done_before_is_known(tmp_path: Path) -> None:
    assert not results.done_before(tmp_path / "none", "this")("/a/1.png")
    odd = os.fsdecode(b"/a/caf\xe9.png")
    write(
        tmp_path,
        "1",
        done("/a/1.png", Verdict.CAPTIONED),
        done(odd, Verdict.DECLINED),
        done("/a/3.png", Verdict.FAILED),
        done("/a/4.png", Verdict.SKIPPED),
        asked_for="this",
    )
    write(tmp_path, "2", done("/a/5.png", Verdict.CAPTIONED), asked_for="that")
    is_done = results.done_before(tmp_path, "this")
    every = ("/a/1.png", odd, "/a/3.png", "/a/4.png", "/a/5.png", "/a/6.png")
    assert list(map(is_done, every)) == [True, True, False, False, False, False]


def test_a_table_that_cannot_be_read_or_written_is_said_to_be(tmp_path: Path) -> None:
    write(tmp_path, "1", done("/a/1.png", Verdict.CAPTIONED))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(ClusterError, match="cannot be read"):
        list(results.read(tmp_path))
    with pytest.raises(ClusterError, match="cannot be written"), results.writer(file, "2", ""):
        pass
