"""A person's circumstances: odd names, no rights, no room, nobody who listens. One line each.

Whole processes, as a person starts them: what an interpreter does at its end is part of it.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from lorgnette.errors import ExitCode

COMMAND = (sys.executable, "-m", "lorgnette")
NOT_UTF8 = os.fsdecode(b"caf\xe9.png")
# Root may do anything; without its capabilities it is a person like others.
AS_A_PERSON = (
    ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    if hasattr(os, "geteuid") and os.geteuid() == 0
    else ()
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes, rights and shells of POSIX")
Lorgnette = Callable[..., subprocess.CompletedProcess[bytes]]


def run(
    *arguments: object, prefix: Sequence[str] = (), cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the program to its end; a traceback is never right, nor is waiting."""
    done = subprocess.run(
        [*prefix, *COMMAND, *map(os.fspath, map(str, arguments))],
        env={**os.environ, **environment},
        cwd=cwd,
        capture_output=True,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"Exception ignored" not in done.stderr, done.stderr.decode()
    return done


def shell(line: str, *, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line in which $lorgnette is the program; pipes end as their first part does."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        env={**os.environ, "lorgnette": " ".join(COMMAND), **environment},
        cwd=cwd,
        capture_output=True,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"Exception ignored" not in done.stderr, done.stderr.decode()
    return done


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), "red").save(path, "PNG")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return picture(tmp_path / "pictures" / "a.png").parent


def test_what_is_no_file_holds_nobody_up(folder: Path, toy_model: Path) -> None:
    os.mkfifo(folder / "b.jpg")
    (folder / "c.png").symlink_to("b.jpg")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "d.jpg"))
    (folder / "e.jpg").symlink_to("/dev/zero")
    (folder / "f.png").symlink_to("f.png")
    (folder / "g.png").write_bytes(b"")
    picture(folder / "z.png")
    done = run("caption", "--model", toy_model, "--write", "sidecar", folder)
    assert done.returncode == ExitCode.SOME_FAILED
    lines = done.stdout.decode().splitlines()
    assert [Path(line.split(":")[0]).name for line in lines] == [
        *("a.png", "b.jpg", "c.png", "d.jpg", "e.jpg", "f.png", "g.png", "z.png")
    ]
    for line, reason in zip(
        lines,
        [
            *("A red picture", "a named pipe", "a named pipe", "a socket", "a device"),
            *("symbolic links", "it is empty", "A red picture"),
        ],
        strict=True,
    ):
        assert reason in line
    assert done.stderr == b"Written: 2 sidecars, 6 failed.\n"
    for command in (["show"], ["set", "words"], ["read"]):
        for name in ("b.jpg", "d.jpg", "e.jpg", "f.png"):
            done = run(command[0], folder / name, *command[1:])
            assert done.returncode in (1, 2)
            assert name in done.stderr.decode()
            assert "damaged" not in done.stderr.decode()
    done = run("export-text", folder, "--format", "jsonl")
    assert done.returncode == 1
    exported = [json.loads(line)["file_name"] for line in done.stdout.splitlines()]
    assert exported == ["a.png", "g.png", "z.png"]
    assert done.stderr.count(b"left out") == 5
    assert run("undo").returncode == 0
    assert not [path for path in folder.iterdir() if "tmp" in path.name or path.suffix == ".xmp"]


@pytest.mark.parametrize("encoding", ["utf-8:strict", "utf-8:surrogateescape", "ascii", "cp1252"])
def test_a_name_in_another_encoding_is_a_name(encoding: str, folder: Path, toy_model: Path) -> None:
    """UTF-8 in the locale of a desktop is strict, in the plain one of C it is not."""
    try:
        picture(folder / NOT_UTF8)
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    picture(folder / "z\U0001f408.png")
    done = run("caption", "--model", toy_model, folder, PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert done.stdout.count(b"A red picture.") == 3
    assert b"caf\\xe9.png: A red" in done.stdout
    cat = b"\\U0001f408" if encoding[0] != "u" else "\U0001f408".encode()
    assert cat in done.stdout
    done = run(
        "caption", "--model", toy_model, "--format", "jsonl", folder, PYTHONIOENCODING=encoding
    )
    paths = [json.loads(line)["path"] for line in done.stdout.decode("utf-8").splitlines()]
    assert str(folder / NOT_UTF8) in paths
    done = run("set", folder / NOT_UTF8, "A cat \U0001f408, \u00e9.", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert (folder / f"{NOT_UTF8}.xmp").exists()
    done = run("show", folder / NOT_UTF8, PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert b"A cat" in done.stdout
    done = run("history", PYTHONIOENCODING=encoding)
    assert b"set caf\\xe9.png: 1 file" in done.stdout
    assert json.loads(run("history", "--format", "json").stdout)[0]["title"] == r"set caf\xe9.png"
    done = run("export-text", folder, "--format", "html", PYTHONIOENCODING=encoding)
    assert (done.returncode, b"left out" in done.stderr) == (1, True)
    done.stdout.decode("utf-8")
    done = run("undo", PYTHONIOENCODING=encoding)
    assert done.stdout.endswith(b"caf\\xe9.png.xmp: restored\n")
    assert not (folder / f"{NOT_UTF8}.xmp").exists()


def test_a_name_acts_on_no_screen(folder: Path, toy_model: Path) -> None:
    names = ("line\nforged.png", "clear\x1b[2J\x9b.png", "turn\u202egnp.exe.png", "tab\tcr\r.png")
    for name in names:
        picture(folder / name)
    for command in (
        ["caption", "--model", toy_model, "--write", "sidecar", folder],
        ["caption", "--model", toy_model, folder / "gone\n\x1b.png"],
        ["read", folder / "gone\n\x1b.png"],
        ["set", folder / names[0], "words"],
        ["undo"],
        ["history"],
        ["show", folder / "gone\x1b.png"],
        ["export-text", folder, "--format", "txt"],
        ["export-text", folder, "--format", "markdown"],
        ["export-text", folder, "--format", "html"],
    ):
        done = run(*command)
        for output in (done.stdout.decode(), done.stderr.decode()):
            assert not {"\x1b", "\x9b", "\u202e", "\t", "\r"} & set(output)
            assert not [line for line in output.splitlines() if line.startswith("forged")]
    done = run("caption", "--model", toy_model, "--format", "jsonl", folder)
    paths = [json.loads(line)["path"] for line in done.stdout.splitlines()]
    assert {Path(path).name for path in paths} == {"a.png", *names}


def test_what_may_not_be_read_is_said(folder: Path, toy_model: Path) -> None:
    if AS_A_PERSON and shutil.which("setpriv") is None:
        pytest.skip("root may read anything, and setpriv is not installed")
    picture(folder / "private" / "b.png")
    hidden = picture(folder / "locked" / "c.png")
    picture(folder / "z.png")
    denied = picture(folder / "denied.png")
    denied.chmod(0)
    (folder / "private").chmod(0)
    (folder / "locked").chmod(0o600)  # to be listed, but not entered
    long = folder / ("a" * 300 + ".png")
    caption = ("caption", "--model", toy_model)
    try:
        done = run(*caption, folder, prefix=AS_A_PERSON)
        assert done.returncode == ExitCode.SOME_FAILED
        said = done.stdout.decode()
        assert said.count("A red picture.") == 2
        assert "/private: failed: private: it is a folder that cannot be read" in said
        assert "denied.png: you have no permission to read it" in said
        for path in (folder / "private", folder / "private" / "b.png", hidden, long, denied):
            for command in (caption, ("show",), ("read",)):
                done = run(*command, path, prefix=AS_A_PERSON)
                assert done.returncode == 1
                assert path.name[:9] in (done.stdout + done.stderr).decode()
                assert b"damaged" not in done.stderr
            done = run("set", path, "words", prefix=AS_A_PERSON)
            assert done.returncode in (1, 2)
        done = run(*caption, hidden, long, folder / "z.png", prefix=AS_A_PERSON)
        assert done.returncode == 1
        assert [line.split(": ")[1] for line in done.stdout.decode().splitlines()] == [
            *("failed", "failed", "A red picture.")
        ]
        for named, out in ((folder, "private"), (folder / "private", "private"), (long, "aaa")):
            done = run("export-text", named, "--format", "csv", prefix=AS_A_PERSON)
            assert done.returncode == 1
            assert f"{out}" in done.stderr.decode()
            assert "left out" in done.stderr.decode()
        done = run("export-text", folder, "--format", "txt", prefix=AS_A_PERSON)
        assert (done.returncode, b"private: left out" in done.stderr) == (1, True)
        (folder / "private").chmod(0o300)  # its files can be read, if one knows their names
        done = run("show", folder / "private" / "b.png", prefix=AS_A_PERSON)
        assert done.returncode == 0
        done = run("set", folder / "private" / "b.png", "words", prefix=AS_A_PERSON)
        assert done.returncode == 0
        (folder / "private").chmod(0o500)  # nothing can be written
        done = run("set", folder / "private" / "b.png", "other", prefix=AS_A_PERSON)
        assert done.returncode == 1
        assert b"Permission denied" in done.stderr
    finally:
        for path in (folder / "private", folder / "locked"):
            path.chmod(0o700)


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/nothing", "home", "read-only", "file"])
def test_no_place_for_what_is_ours(place: str, folder: Path, toy_model: Path) -> None:
    if AS_A_PERSON and shutil.which("setpriv") is None:
        pytest.skip("root may write anywhere, and setpriv is not installed")
    where: dict[str, str] = {"XDG_DATA_HOME": place}
    if place == "home":  # as of a user of a container, or of a service
        where = dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), "")
        where["HOME"] = "/proc/home"
    elif place == "read-only":
        closed = folder.parent / "closed"
        closed.mkdir(mode=0o500)
        where = {"XDG_DATA_HOME": str(closed)}
    elif place == "file":
        (folder.parent / "file").write_bytes(b"")
        where = {"XDG_DATA_HOME": str(folder.parent / "file")}
    for command in (
        ["set", "a.png", "words"],
        ["undo"],
        ["history"],
        ["export-text", ".", "--format", "txt"],
        ["caption", "--model", toy_model, "--write", "sidecar", "a.png"],
    ):
        done = run(*command, cwd=folder, prefix=AS_A_PERSON, **where)
        assert done.returncode == ExitCode.CANNOT_RUN
        (first, hint) = done.stderr.decode().splitlines()[-2:]
        assert first.startswith("lorgnette: the folder ")
        assert "cannot be used" in first
        assert "HOME" in hint
    # What needs no folder of its own works without one.
    for command in (["show", "a.png"], ["caption", "--model", toy_model, "a.png"]):
        assert run(*command, cwd=folder, prefix=AS_A_PERSON, **where).returncode == 0
    assert [path.name for path in folder.iterdir()] == ["a.png"]


def test_an_output_that_takes_no_more(folder: Path, toy_model: Path) -> None:
    caption = f"$lorgnette caption --model '{toy_model}' a.png"
    for command in (caption, f"{caption} --format jsonl", "$lorgnette show a.png",
                    "$lorgnette show a.png --format json", "$lorgnette export-text . --format csv",
                    "$lorgnette history --format json", "$lorgnette read a.png a.png",
                    f"$lorgnette model '{toy_model}'"):  # fmt: skip
        done = shell(f"{command} >/dev/full", cwd=folder)
        assert done.returncode == ExitCode.CANNOT_RUN, command
        assert b"cannot write the output: No space left on device" in done.stderr
        done = shell(f"{command} >&-", cwd=folder)
        assert done.returncode == ExitCode.CANNOT_RUN, command
        assert b"standard output is closed" in done.stderr
    assert shell("$lorgnette --help >/dev/full", cwd=folder).returncode == ExitCode.CANNOT_RUN
    done = shell(f"{caption} --write sidecar >&-", cwd=folder)
    assert (done.returncode, list(folder.glob("*.xmp"))) == (ExitCode.CANNOT_RUN, [])


def test_notes_that_get_nowhere_stop_nothing(folder: Path, toy_model: Path) -> None:
    """Nor do they get into the files that are written meanwhile."""
    caption = f"$lorgnette caption --verbose --model '{toy_model}' --write embed ."
    for closed in ("2>&-", "2>/dev/full", "<&- 2>&-"):
        before = (folder / "a.png").read_bytes()
        done = shell(f"{caption} {closed}", cwd=folder)
        assert done.returncode == 0
        assert done.stdout == b"a.png: A red picture.\n"
        assert b"model toy" not in (folder / "a.png").read_bytes()
        assert run("undo").returncode == 0
        assert (folder / "a.png").read_bytes() == before
    assert shell("$lorgnette show gone.png 2>&-", cwd=folder).returncode == 1


def test_who_stops_reading_is_no_error_and_no_success(folder: Path, toy_model: Path) -> None:
    for number in range(40):
        picture(folder / f"{number}.png")
    done = shell(f"$lorgnette caption --model '{toy_model}' . | head -n 1", cwd=folder)
    assert done.returncode == ExitCode.NOBODY_READS == 128 + 13
    assert (done.stdout.count(b"\n"), done.stderr) == (1, b"")
    done = shell("$lorgnette history | head -n 1", cwd=folder)  # all was said by then
    assert done.returncode == 0


def window(*arguments: object, **environment: str) -> tuple[int, list[str]]:
    """Start the window where nobody sees it; return how it ended and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from lorgnette.gui.app import main; sys.exit(main())",
         *map(str, arguments)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        capture_output=True,
        timeout=120,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stderr.decode().splitlines()


@pytest.mark.gui
@pytest.mark.parametrize(
    ("platform", "why"),
    [("xcb", "display"), ("wayland", "plugin|wl_display"), ("nonsense", "plugin")],
)
def test_a_window_without_a_screen(platform: str, why: str) -> None:
    code, said = window(QT_QPA_PLATFORM=platform, DISPLAY="", WAYLAND_DISPLAY="nowhere")
    assert code == ExitCode.CANNOT_RUN
    what, hint = said[-2:]  # where there is a libwayland, it has said something before
    assert what.startswith("lorgnette: the window cannot be opened: ")
    assert re.search(why, what)
    assert hint == "Open it where there is a screen; the commands need none."


@pytest.mark.gui
def test_a_window_without_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = window(XDG_DATA_HOME=str(tmp_path / "file" / "data"))
    assert code == ExitCode.CANNOT_RUN
    assert len(said) == 2
    assert "cannot be used: Not a directory" in said[0]


@pytest.mark.gui
def test_a_window_whose_drafts_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "lorgnette" / "drafts.sqlite3").mkdir(parents=True)
    code, said = window(XDG_DATA_HOME=str(tmp_path))
    assert code == ExitCode.SOME_FAILED
    assert said[0] == "lorgnette: drafts.sqlite3 could not be written: unable to open database file"
    assert (tmp_path / "lorgnette" / "drafts.sqlite3").is_dir()  # nobody's data, but not ours


@pytest.mark.parametrize("command", ["status", "export-text", "caption"])
def test_a_folder_that_is_gone_while_one_is_in_it(
    folder: Path, tmp_path: Path, toy_model: Path, command: str
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    options = {
        "status": "a.png b.png",
        "export-text": "--format csv --output o.csv .",
        "caption": f"--model {toy_model} a.png b.png",
    }
    done = shell(f"rmdir {gone}; $lorgnette {command} {options[command]}", cwd=gone)
    assert done.returncode == ExitCode.CANNOT_RUN
    assert b"the folder that you are in is gone" in done.stderr
    done = shell(f"rmdir {gone}; $lorgnette show {folder / 'a.png'}", cwd=_made(gone))
    assert done.returncode == ExitCode.OK


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_plan_tells_of_a_folder_that_takes_no_files(tmp_path: Path, toy_model: Path) -> None:
    folder = tmp_path / "shut"
    folder.mkdir()
    Image.new("RGB", (64, 48), "red").save(folder / "a.png")
    (tmp_path / "table.csv").write_text("path,text\nshut/a.png,A gate\n")
    folder.chmod(0o555)
    plans = (
        ("import-text", tmp_path / "table.csv"),
        *(("caption", folder, "--model", toy_model, "--dry-run", "--write", place)
          for place in ("sidecar", "embed")),
    )  # fmt: skip
    for arguments in plans:
        done = run(*arguments, prefix=AS_A_PERSON)
        assert done.returncode == ExitCode.SOME_FAILED
        assert b"nothing can be written in" in done.stdout + done.stderr
    folder.chmod(0o755)
