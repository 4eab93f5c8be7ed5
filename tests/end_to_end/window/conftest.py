"""A desktop of its own for each session, and somebody who uses the window by keys alone."""

import dataclasses
import functools
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lorgnette.settings import FILE_NAME, Settings

HERE = Path(__file__).parent
TOOLS = ("xvfb-run", "dbus-run-session", "openbox", "xdotool", "gdbus")
COLOURS = {"red": (200, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 200)}


def missing() -> str:
    for tool in TOOLS:
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    probe = subprocess.run(["/usr/bin/python3", "-c", "import pyatspi"], capture_output=True)
    return "" if probe.returncode == 0 else "the system's Python has no pyatspi"


def _play(
    home: Path,
    model: Path,
    *,
    reader: str = "reader.py",
    arguments: Sequence[str] = (),
    pictures: int = 6,
    opened: bool = False,
    **environment: str,
) -> dict[str, Any]:
    """Let a reader play in a desktop of its own and return what it wrote down.

    Args:
        arguments: of the reader, behind the folder and its output.
        pictures: in the folder, of three colours by turns.
        opened: start the window with the folder in it, and caption nothing; else without.
    """
    if why := missing():
        pytest.skip(why)
    folder = home / "holiday"
    folder.mkdir()
    for number in range(pictures):
        name = list(COLOURS)[number % 3]
        (folder / f"{number} {name}.png").write_bytes(_picture(name, 64 + number % 6))
    settings = Settings(model=str(model), provider="cpu", caption_on_add=not opened)
    for name in ("DATA", "CONFIG", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(home / name)
    (home / "CONFIG" / "lorgnette").mkdir(parents=True)
    (home / "CONFIG" / "lorgnette" / FILE_NAME).write_text(
        json.dumps(dataclasses.asdict(settings)), encoding="utf-8"
    )
    out = home / "out.json"
    program = f"{sys.executable} -m lorgnette gui"
    done = subprocess.run(
        [
            *("bash", HERE / "session.sh"),
            *("/usr/bin/python3", HERE / reader, folder, out, *arguments),
        ],
        env={
            **os.environ,
            "HOME": str(home),
            "APP": f"{program} {shlex.quote(str(folder))}" if opened else program,
        }
        | environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{out.exists() and out.read_text()}"
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return result


@functools.cache
def _picture(colour: str, width: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, 48), COLOURS[colour]).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="session")
def play() -> Callable[..., dict[str, Any]]:
    """Return a function that lets a reader play in a folder, with a model."""
    return _play
