"""lorgnette caption --cluster, as a person types it."""

import contextlib
import dataclasses
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PIL import Image
from tests.desktop.captioning.seeing import TOY_EVIDENCE, with_evidence
from tests.desktop.cluster.conftest import Programs, contents

from lorgnette import cli
from lorgnette.cluster import folder, job
from lorgnette.paths import user_data

COMMAND = (sys.executable, "-m", "lorgnette")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for each in told:
        del each["seconds"]
    return sorted(told, key=lambda each: str(each["path"]))


def test_it_says_what_is_said_alone(
    programs: Programs,
    toy_model: Path,
    archive: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    programs.scheduler()
    programs.worker("--nthreads", 2)
    pictures = archive(130)
    (pictures / "box 1" / "60.png").write_bytes(b"no picture")
    monkeypatch.chdir(pictures.parent)
    command = ["caption", "--model", str(toy_model), "--format", "jsonl", pictures.name]
    assert cli.main(command) == 1
    alone = lines(capsys)
    file = str(programs.file)
    assert cli.main([*command, "--cluster", file]) == 1
    assert lines(capsys) == alone
    written = [*command, "--cluster", file, "--write", "sidecar", "--dry-run"]
    assert cli.main(written) == 1
    planned = lines(capsys)
    before = contents(pictures)
    assert cli.main([*written[:-1], "--output", "tables", "--threads", "1"]) == 1
    assert lines(capsys) == planned
    assert len(contents(pictures)) == len(before) + 129
    assert cli.main(["status", "tables"]) == 1
    assert "In all: 130 pictures, 129 captioned, 1 failed" in capsys.readouterr().out
    assert cli.main(written[:-1]) == 1  # what has words is skipped, and leaves no job
    assert {line["verdict"] for line in lines(capsys)} == {"skipped", "failed"}
    (made,) = (pictures / ".lorgnette" / "jobs").iterdir()
    assert not list((made / "chunks").iterdir())
    hint = f"; lorgnette undo --job {made.name}"
    assert history(capsys) == [f"caption --write sidecar: 129 files{hint}"]
    assert cli.main(["undo", "--job", made.name, "--folder", str(pictures / "box 0")]) == 0
    assert len(contents(pictures)) == len(before) + 79
    assert history(capsys) == [f"caption --write sidecar: 129 files, 50 undone{hint}"]
    shutil.rmtree(user_data() / "jobs")  # as on another machine
    assert history(capsys) == []
    monkeypatch.chdir(pictures / "box 1")
    assert history(capsys) == [f"caption --write sidecar: 129 files, 50 undone{hint}"]
    assert cli.main(["undo", "--job", made.name]) == 0
    assert history(capsys) == ["caption --write sidecar: 129 files, 129 undone"]
    cli.main(["history", "--format", "json"])
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["job"], told["batch"], told["undone"]) == (made.name, None, 129)
    assert contents(pictures) == before


def test_films_of_folders_are_described_there_too(
    programs: Programs, toy_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("av")
    from tests.desktop.films import clips

    programs.scheduler()
    programs.worker("--nthreads", 1)
    (tmp_path / "films").mkdir()
    clips.write(tmp_path / "films" / "clip.mp4")
    Image.new("RGB", (64, 48), "red").save(tmp_path / "films" / "still.png")
    command = ["caption", "--model", str(toy_model), "--format", "jsonl", "--films", "--scenes"]
    command.append(str(tmp_path / "films"))
    assert cli.main(command) == 0
    alone = lines(capsys)
    assert cli.main([*command, "--cluster", str(programs.file)]) == 0
    assert lines(capsys) == alone
    assert alone[0]["scenes"]


def history(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what the history says of jobs."""
    capsys.readouterr()
    assert cli.main(["history"]) == 0
    told = [re.fullmatch(r"  job  [\d-]+ [\d:]+  (.*)\n", line) for line in
            capsys.readouterr().out.splitlines(keepends=True)]  # fmt: skip
    return [each[1] for each in told if each]


def test_without_writing_the_same_command_goes_on_from_its_table(
    programs: Programs,
    toy_model: Path,
    archive: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    programs.scheduler()
    programs.worker()
    pictures = archive(100)
    bad = pictures / "box 1" / "60.png"
    whole = bad.read_bytes()
    bad.write_bytes(b"no picture")
    tables = str(tmp_path / "tables")
    command = ["caption", "--model", str(toy_model), "--cluster", str(programs.file)]
    assert cli.main([*command, "--output", tables, str(pictures / "box 1")]) == 1
    capsys.readouterr()
    bad.write_bytes(whole)
    assert cli.main([*command, "--output", tables, str(pictures)]) == 0
    told = capsys.readouterr().out
    assert told.count("skipped: the table has it already") == 49
    assert told.count(": A ") == 51
    cli.main(["status", tables])
    assert "In all: 100 pictures, 100 captioned" in capsys.readouterr().out
    for anew in (["--overwrite"], ["--note", "At sea"]):
        assert cli.main([*command, "--output", tables, *anew, str(pictures)]) == 0
        assert "the table has it" not in capsys.readouterr().out


def test_a_job_that_could_not_begin_leaves_nothing(
    toy_model: Path, archive: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = archive(3)
    before = sorted(pictures.rglob("*"))
    command = ["caption", "--model", str(toy_model), "--cluster", "nowhere.json"]
    assert cli.main([*command, "--write", "sidecar", str(pictures)]) == 2
    assert sorted(pictures.rglob("*")) == before
    assert history(capsys) == []


def test_the_history_tells_of_jobs_whose_end_nobody_saw(
    archive: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = archive(1)
    kept = folder.make(folder.new_name(), [pictures], None, "caption --write embed")
    hint = f"; lorgnette undo --job {kept.job}"
    said = "caption --write embed: not ended, or its end was not seen"
    assert history(capsys) == [said + hint]
    pictures.rename(pictures.with_name("away"))
    assert history(capsys) == [f"caption: what undoes it is not there now, in {kept.path}"]


def test_a_second_ctrl_c_ends_at_once_and_nothing_is_lost(
    toy_model: Path, archive: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = archive(1500)
    before = contents(pictures)
    command = [*COMMAND, "caption", "--model", toy_model, "--cluster", "local", "--threads", "2"]
    with subprocess.Popen(
        [*command, "--write", "sidecar", pictures],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        noted = process.stderr.read()
        process.stdout.read()
    assert process.returncode == 130, noted
    assert "Traceback" not in noted
    (job_,) = re.findall(r"lorgnette undo --job (\S+) takes it back", noted)
    psutil.wait_procs(children, 60)
    assert 0 < len(list(pictures.rglob("*.xmp"))) < 1500
    assert cli.main(["undo", "--job", job_]) == 0
    assert contents(pictures) == before


def test_a_cluster_of_this_machine_ends_on_ctrl_c_and_goes_on_later(
    toy_model: Path, archive: Callable[..., Path]
) -> None:
    pictures = archive(1500)
    command = [*COMMAND, "caption", "--model", toy_model, "--cluster", "local", "--threads", "2"]
    command += ["--write", "sidecar", pictures]
    ours, theirs = pty.openpty()  # Ctrl+C of a terminal reaches the workers, too
    termios.tcsetwinsize(theirs, (24, 100))
    seen = bytearray()

    def watch() -> None:
        with contextlib.suppress(OSError):  # the other end was closed
            while True:
                seen.extend(os.read(ours, 4096))

    watching = threading.Thread(target=watch)
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        watching.start()
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        count = 1 + len(process.stdout.readlines())
    watching.join()
    os.close(ours)
    assert process.returncode == 130, seen.decode()
    assert f"Stopped after {count} pictures; {1500 - count} remain.".encode() in seen
    assert b"pictures/s" in seen
    assert len(list(pictures.rglob("*.xmp"))) == count < 1500


def test_a_cluster_of_this_machine_listens_on_the_loopback_alone(toy_model: Path) -> None:
    with job.connected("local", 1) as connection, connection.connect() as client:
        assert client.scheduler.address.startswith("tls://127.0.0.1:")
        client.wait_for_workers(1)
        me = psutil.Process()
        listening = [
            each.laddr
            for process in (me, *me.children(recursive=True))
            for each in process.net_connections("inet")
            if each.status == psutil.CONN_LISTEN
        ]
    assert listening
    assert {place.ip for place in listening} == {"127.0.0.1"}
    assert 8787 not in {place.port for place in listening}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--cluster", "nowhere.json"], "there is no cluster nowhere.json"),
        (["--cluster", "tcp://127.0.0.1:9"], "does not answer"),
        (["--output", "tables"], "--output and --journal need --cluster"),
    ],
)
def test_what_cannot_start_says_why(
    options: list[str],
    said: str,
    toy_model: Path,
    red: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job, "ANSWER_SECONDS", 0.3)
    assert cli.main(["caption", "--model", str(toy_model), *options, str(red)]) == 2
    assert said in capsys.readouterr().err


def test_a_job_that_nobody_knows_is_not_undone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in (["--job", "no-such"], ["--job", "../x"], ["--folder", str(tmp_path)]):
        assert cli.main(["undo", *options]) == 2
    assert "There is no job no-such here" in capsys.readouterr().err


def test_what_was_declined_is_known_to_status_afterwards(
    programs: Programs, toy_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unsure = dataclasses.replace(TOY_EVIDENCE, confidence={"bias": -3.0})
    model = with_evidence(toy_model, tmp_path / "model", unsure)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.new("RGB", (64, 48), (110, 80, 60)).save(pictures / "dim.png")
    programs.scheduler()
    programs.worker()
    command = ["caption", "--model", str(model), "--cluster", str(programs.file)]
    assert cli.main([*command, "--write", "sidecar", str(pictures)]) == 0
    capsys.readouterr()
    cli.main(["status", str(pictures)])
    assert capsys.readouterr().out == f"{pictures}/: 1 picture, 1 declined\n"
    assert not (pictures / ".lorgnette").exists()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_cluster_of_this_machine_looks_up_no_name_and_reaches_nobody(
    toy_model: Path, red: Path, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    subprocess.run(
        [
            *("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=%network,openat"),
            *("-e", "signal=none", "-o", trace, *COMMAND, "caption", "--model", toy_model),
            *("--cluster", "local", "--threads", "1", red),
        ],
        check=True,
        capture_output=True,
    )
    talk = [
        line
        for line in trace.read_text(encoding="utf-8", errors="replace").splitlines()
        if re.search(r"sin6?_(addr|port)|resolv\.conf|/etc/hosts", line)
    ]
    assert talk
    assert [line for line in talk if '"127.0.0.1"' not in line] == []
