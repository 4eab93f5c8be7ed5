"""No connection, no name looked up, no file outside our own folders: as the kernel sees it.

Whole programs run under strace, with nothing of them replaced, so that a new version of a library
that begins to talk fails here. They are held for as long as a library may wait before it does:
ONNX Runtime, when it is not told to be silent, opens its first socket after nine seconds.
"""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

HELD_SECONDS = 30
LORGNETTE = (sys.executable, "-m", "lorgnette")
COLOURS = ("red", "lime", "blue")
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-y", "-s", "4096", "-e", "signal=none")
CREATING = "open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"
CALLS = f"trace=%network,{CREATING},mknod,mknodat,unlink,unlinkat,rmdir"
CALL = re.compile(r"^(?P<process>\d+)\s+(?P<call>\w+)\((?P<arguments>.*)$")
NAMED = re.compile(r'(?:(?:AT_FDCWD|\d+)<(?P<folder>[^>]*)>, )?"(?P<name>(?:[^"\\]|\\.)*)"')
# Files that looking up a name reads; and what it asks of programs that do it for others.
RESOLVING = ("/etc/resolv.conf", "/etc/hosts", "hosts\\0", "/run/systemd/resolve/")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace knows Linux alone")


@dataclass
class Traced:
    """A program under strace, in a home of its own."""

    home: Path
    allowed: tuple[Path, ...] = ()  # folders that it was told to write to
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: object, **environment: str) -> "subprocess.Popen[bytes]":
        """Start a program; nothing but what is named here is in its environment."""
        for name in ("home", "temporary", "working"):
            (self.home / name).mkdir(exist_ok=True)
        trace = self.home / f"trace-{len(self.processes)}"
        process = subprocess.Popen(
            [*STRACE, "-e", CALLS, "-o", str(trace), *map(str, command)],
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(self.home / "home"),
                "TMPDIR": str(self.home / "temporary"),
                "LANG": "C.UTF-8",
                "PYTHONDONTWRITEBYTECODE": "1",  # the compiled code lies where the program does
                "OMP_NUM_THREADS": "1",
            }
            | environment,
            cwd=self.home / "working",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.processes.append(process)
        return process

    def run(self, *command: object, **environment: str) -> str:
        """Run a program to its end; return what it said."""
        process = self.start(*command, **environment)
        said, _ = process.communicate(timeout=900)
        assert process.returncode == 0, said.decode()
        return said.decode()

    @property
    def calls(self) -> Iterator[tuple[str, str]]:
        """Yield the calls of all programs, with their arguments as strace writes them."""
        for trace in sorted(self.home.glob("trace-*")):
            for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
                if match := CALL.match(line):
                    yield match["call"], match["arguments"]

    @property
    def talk(self) -> list[str]:
        """Return the calls that reach, or prepare to reach, beyond this computer."""
        return [
            f"{call}({arguments}"
            for call, arguments in self.calls
            if re.search(r"\b(AF|PF)_(?!UNIX|LOCAL|UNSPEC)\w+", arguments)
            or any(name in arguments for name in RESOLVING)
        ]

    @property
    def strays(self) -> list[str]:
        """Return what was made, and left, outside the folders that are ours or were named."""
        made: dict[Path, None] = {}
        for call, arguments in self.calls:
            names = [
                Path(match["folder"] or self.home / "working", match["name"])
                for match in NAMED.finditer(arguments)
            ]
            if re.search(r"= -1 E", arguments) or not names:
                continue
            if call.startswith(("unlink", "rmdir")):
                made.pop(names[0], None)
            elif call.startswith("rename"):
                made.pop(names[0], None)
                made[names[1]] = None
            elif call.startswith(("link", "symlink")):
                made[names[1]] = None
            elif call.startswith(("mkdir", "mknod", "creat")) or "O_CREAT" in arguments:
                made[names[0]] = None
        own = [
            self.home / "home" / place / "lorgnette"
            for place in (".local/share", ".config", ".cache")
        ]
        ours = (*own, *self.allowed)
        parents = {parent for folder in own for parent in folder.parents}
        return [
            str(path)
            for path in map(Path, map(os.path.normpath, made))
            if path != Path(os.devnull)
            and path not in parents
            and not any(path.is_relative_to(folder) for folder in ours)
        ]


@pytest.fixture(scope="module")
def trace() -> Iterator[Callable[[Path], Traced]]:
    """Return a function that makes a home for programs under strace; end them all afterwards."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    probe = subprocess.run([*STRACE, "-o", os.devnull, "true"], capture_output=True, text=True)
    if probe.returncode:
        pytest.skip(f"strace may not trace here: {probe.stderr.strip()}")
    made = []

    def trace(home: Path) -> Traced:
        made.append(Traced(home))
        return made[-1]

    yield trace
    for process in (process for traced in made for process in traced.processes):
        if process.poll() is None:
            process.kill()
        with process:
            pass


@pytest.fixture
def traced(trace: Callable[[Path], Traced], tmp_path: Path) -> Traced:
    return trace(tmp_path)


@dataclass
class Held:
    """A program that has run for HELD_SECONDS, and the pictures that it was started with."""

    traced: Traced
    pictures: Path

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        return self.traced.processes[0]


@pytest.fixture(scope="module")
def held(
    trace: Callable[[Path], Traced], toy_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Held]:
    """Hold the command line in the middle of a batch, and the window, both at once."""
    programs = {}
    for name in ("caption", "gui"):
        home = tmp_path_factory.mktemp(name)
        pictures = home / "pictures"
        pictures.mkdir()
        for number in range(60):
            Image.new("RGB", (64, 48), COLOURS[number % 3]).save(pictures / f"{number}.jpg")
        programs[name] = Held(trace(home), pictures)
    _caption(programs["caption"], toy_model)
    _open_window(programs["gui"], toy_model)
    time.sleep(HELD_SECONDS)
    return programs


def _caption(held: Held, model: Path) -> None:
    held.traced.allowed = (held.pictures,)
    captioning = held.traced.start(
        *(*LORGNETTE, "caption", "--model", model, "--format", "jsonl"),
        *("--write", "sidecar", held.pictures),
    )
    assert captioning.stdout is not None
    # Nobody reads, so that it stands still in the middle of the batch, with all its libraries.
    fcntl.fcntl(captioning.stdout, fcntl.F_SETPIPE_SZ, 4096)


def _open_window(held: Held, model: Path) -> None:
    home = held.traced.home / "home"
    config = home / ".config" / "lorgnette"
    config.mkdir(parents=True)
    (config / "settings.json").write_text(json.dumps({"model": str(model)}))
    # Fonts of which the system has no index: fontconfig makes one.
    fonts = home / ".local" / "share" / "fonts"
    fonts.mkdir(parents=True)
    for font in Path("/usr/share/fonts").rglob("DejaVuSans.ttf"):
        shutil.copy(font, fonts)
    held.traced.start(*LORGNETTE, "gui", held.pictures, QT_QPA_PLATFORM="offscreen")


def test_what_it_is_meant_to_see_is_seen(traced: Traced) -> None:
    """The other tests here can fail."""
    code = (
        "import os, socket, subprocess, sys, threading\n"
        "def talk():\n"
        "    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:\n"
        "        s.connect(('127.0.0.1', 9))\n"
        "thread = threading.Thread(target=talk); thread.start(); thread.join()\n"
        "os.close(os.open(os.path.expanduser('~/.stray'), os.O_CREAT | os.O_WRONLY))\n"
        "os.mkdir('stray')\n"
        "subprocess.run(['mkdir', os.environ['TMPDIR'] + '/stray'], check=True)\n"
    )
    traced.run(sys.executable, "-c", code)
    assert any("127.0.0.1" in call for call in traced.talk)
    assert {Path(path).name for path in traced.strays} == {".stray", "stray"}
    assert len(traced.strays) == 3
    resolving = Traced(traced.home / "resolving")
    resolving.home.mkdir()
    code = "import contextlib, socket\nwith contextlib.suppress(OSError):\n    "
    resolving.run(sys.executable, "-c", f"{code}socket.getaddrinfo('name.invalid', 443)\n")
    assert resolving.talk


def test_the_command_line_is_silent(held: dict[str, Held], toy_model: Path) -> None:
    traced, pictures = held["caption"].traced, held["caption"].pictures
    captioning = held["caption"].process
    assert captioning.poll() is None
    said, _ = captioning.communicate(timeout=120)
    assert captioning.returncode == 0
    assert [json.loads(line)["verdict"] for line in said.splitlines()[:60]] == ["captioned"] * 60
    one = pictures / "1.jpg"
    traced.run(*LORGNETTE, "set", one, "Grass.", "--write", "embed")
    assert "Grass." in traced.run(*LORGNETTE, "show", one)
    assert "60 files" in traced.run(*LORGNETTE, "history")
    for form in ("csv", "html"):
        traced.run(*LORGNETTE, "export-text", "--format", form, pictures)
    traced.run(*LORGNETTE, "export-text", "--format", "txt", pictures)
    traced.run(*LORGNETTE, "undo")
    traced.run(*LORGNETTE, "model", toy_model)
    assert traced.talk == []
    assert traced.strays == []


@pytest.mark.gui
def test_the_window_is_silent(held: dict[str, Held]) -> None:
    traced, window = held["gui"].traced, held["gui"].process
    assert window.poll() is None
    # strace hands the signal on to nobody: the window is its child.
    children = Path(f"/proc/{window.pid}/task/{window.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGTERM)
    window.communicate(timeout=60)
    thumbnails = traced.home / "home" / ".cache" / "lorgnette" / "thumbnails"
    assert list(thumbnails.rglob("*.jpg"))  # it was at work
    assert any("onnxruntime" in arguments for _, arguments in traced.calls)
    assert traced.talk == []
    assert traced.strays == []


@pytest.mark.torch
def test_the_workshop_is_silent(traced: Traced, tmp_path: Path) -> None:
    folder = tmp_path / "squares"
    (folder / "captions").mkdir(parents=True)
    listed = []
    for number in range(9):
        colour = COLOURS[number % 3]
        picture = Image.new("RGB", (96, 96), "white")
        ImageDraw.Draw(picture).rectangle((10 + number, 16, 60 + number, 66), fill=colour)
        picture.save(folder / f"{number}.png")
        listed.append({
            "file": f"{number}.png",
            "split": "val" if number > 5 else "train",
            "captions": [f"A {colour} square."],
        })  # fmt: skip
    content = {"set": "squares", "images": listed}
    (folder / "captions" / "squares.json").write_text(json.dumps(content))
    config = tmp_path / "small.toml"
    config.write_text(
        "hidden = 8\nembedding = 8\nheads = 2\nepochs = 1\nphotos = 4\ncaptions = 1\n"
        "least_count = 1\n"
    )
    run, model = tmp_path / "run", tmp_path / "model"
    traced.allowed = (run, model, tmp_path / "curves.svg")
    steps = (
        ("train", "--data", folder, "--out", run, "--config", config),
        ("curves", run, "--out", tmp_path / "curves.svg"),
        ("convert", run / "checkpoint.pt", "--out", model),
        ("evaluate", "--data", folder, "--model", model),
    )
    # In one process: PyTorch takes ten seconds to load under strace.
    spelt = [[str(part) for part in step] for step in steps]
    code = f"from lorgnette_export import cli\nassert not any(map(cli.main, {spelt!r}))"
    traced.run(sys.executable, "-c", code)
    assert traced.talk == []
    assert traced.strays == []
