"""The command as a person types it: a process of its own, real files, ExifTool as the reader."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from PIL import Image

COMMAND = [sys.executable, "-m", "lorgnette"]
exiftool = pytest.mark.skipif(shutil.which("exiftool") is None, reason="ExifTool is not installed")


def run(*arguments: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr
    return done


def caption(model: Path, *arguments: object, status: int = 0) -> list[dict[str, object]]:
    done = run("caption", "--model", model, "--format", "jsonl", *arguments, status=status)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "holiday \u00e9t\u00e9"
    folder.mkdir()
    for i, colour in enumerate(("red", "lime", "blue"), 1):
        Image.new("RGB", (64, 48), colour).save(folder / f"img{i}.jpg", quality=95)
    return folder


def test_a_line_a_picture(toy_model: Path, folder: Path) -> None:
    done = run("caption", "--model", toy_model, folder)
    assert done.stdout.splitlines() == [
        f"{folder}/img1.jpg: A red picture.",
        f"{folder}/img2.jpg: A green picture.",
        f"{folder}/img3.jpg: A blue picture.",
    ]
    assert done.stderr == ""
    assert sorted(path.name for path in folder.iterdir()) == ["img1.jpg", "img2.jpg", "img3.jpg"]


def test_json_has_every_field(toy_model: Path, folder: Path) -> None:
    (folder / "img2.jpg").write_bytes(b"no picture")
    lines = caption(toy_model, folder, status=1)
    assert [line["verdict"] for line in lines] == ["captioned", "failed", "captioned"]
    first, second = lines[0], lines[1]
    assert first["path"] == str(folder / "img1.jpg")
    assert first["alt_text"] == "A red picture."
    assert first["provider"] == "cpu"
    assert 0 < float(str(first["confidence"])) <= 1
    assert first["candidates"][0] == "A red picture."  # type: ignore[index]
    assert float(str(first["seconds"])) > 0
    assert "reason" not in first
    assert "not a picture" in str(second["reason"])


@exiftool
def test_written_sidecars_are_read_by_exiftool_and_skipped_next_time(
    toy_model: Path, folder: Path
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    caption(toy_model, "--write", "sidecar", folder)
    for name, text in (("img1.jpg", "A red picture."), ("img3.jpg", "A blue picture.")):
        assert (folder / name).read_bytes() == before[name]
        shown = subprocess.run(
            ["exiftool", "-j", "-AltTextAccessibility", folder / f"{name}.xmp"],
            capture_output=True,
            check=True,
        )
        assert json.loads(shown.stdout)[0]["AltTextAccessibility"] == text
    again = caption(toy_model, "--write", "sidecar", folder)
    assert [line["verdict"] for line in again] == ["skipped"] * 3
    assert all(line["reason"] for line in again)
    third = caption(toy_model, "--overwrite", folder)
    assert [line["verdict"] for line in third] == ["captioned"] * 3


def test_a_dry_run_writes_nothing(toy_model: Path, folder: Path) -> None:
    lines = caption(toy_model, "--write", "sidecar", "--dry-run", folder)
    assert [line["written_to"] for line in lines] == [
        str(folder / f"img{i}.jpg.xmp") for i in (1, 2, 3)
    ]
    assert len(list(folder.iterdir())) == 3
    (folder / "img2.jpg").write_bytes(b"no picture")
    run("set", folder / "img3.jpg", "A blue wall that I painted.")
    done = run(
        *("caption", "--model", toy_model, "--write", "embed", "--dry-run", folder), status=1
    )
    assert done.stderr == "Plan: 1 embedded, 1 kept as they are, 1 failed.\n"
    assert "--write" in run("caption", "--dry-run", folder, status=2).stderr


def test_a_persons_words_are_replaced_only_when_asked_and_not_in_silence(
    toy_model: Path, folder: Path
) -> None:
    picture = folder / "img1.jpg"
    run("set", picture, "My red door.")
    (kept,) = caption(toy_model, "--write", "sidecar", picture)
    assert (kept["verdict"], kept["alt_text"]) == ("skipped", "My red door.")
    (replaced,) = caption(toy_model, "--write", "sidecar", "--overwrite", picture)
    assert replaced["alt_text"] == "A red picture."
    assert "replaces a person's words: My red door." in str(replaced["reason"])
    run("undo")
    assert "My red door." in run("show", picture).stdout


def test_what_cannot_start_touches_nothing(toy_model: Path, folder: Path, tmp_path: Path) -> None:
    done = run("caption", "--model", tmp_path / "none", "--write", "sidecar", folder, status=2)
    assert "there is no model in" in done.stderr
    assert done.stdout == ""
    assert "beam" in run("caption", "--beam-size", "0", folder, status=2).stderr
    assert len(list(folder.iterdir())) == 3


def test_captions_do_not_depend_on_the_number_of_threads(toy_model: Path, folder: Path) -> None:
    kept = ("path", "alt_text", "candidates", "confidence")
    runs = [
        [{k: line[k] for k in kept} for line in caption(toy_model, "--threads", n, folder)]
        for n in (1, 4)
    ]
    assert runs[0] == runs[1]


def test_ctrl_c_keeps_what_is_done_and_says_what_remains(toy_model: Path, tmp_path: Path) -> None:
    for i in range(400):
        Image.new("RGB", (600, 400), (i % 256, 0, 0)).save(tmp_path / f"{i}.png")
    command = [*COMMAND, "caption", "--model", toy_model, "--write", "sidecar", tmp_path]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        lines = 1 + len(process.stdout.readlines())
        message = process.stderr.read()
    assert process.returncode == 130
    assert f"Stopped after {lines} pictures; {400 - lines} remain." in message
    assert len(list(tmp_path.glob("*.xmp"))) == lines < 400
    rest = caption(toy_model, "--write", "sidecar", tmp_path)
    assert sum(line["verdict"] == "skipped" for line in rest) == lines
    assert len(list(tmp_path.glob("*.xmp"))) == 400


def test_a_terminal_sees_progress(toy_model: Path, folder: Path) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    command = [*COMMAND, "caption", "--model", toy_model, folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                seen += os.read(ours, 4096)
            except OSError:  # the other end was closed
                break
    os.close(ours)
    assert process.returncode == 0
    assert b"3/3" in seen
