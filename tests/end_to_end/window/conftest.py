"""A desktop of its own for each session, and somebody who uses the window by keys alone."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
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


def _play(home: Path, model: Path, **environment: str) -> dict[str, Any]:
    """Play the main path in a desktop of its own and return what the reader wrote down."""
    if why := missing():
        pytest.skip(why)
    folder = home / "holiday"
    folder.mkdir()
    for number in range(6):
        name = list(COLOURS)[number % 3]
        Image.new("RGB", (64 + number, 48), COLOURS[name]).save(folder / f"{number} {name}.png")
    settings = Settings(model=str(model), provider="cpu")
    for name in ("DATA", "CONFIG", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(home / name)
    (home / "CONFIG" / "lorgnette").mkdir(parents=True)
    (home / "CONFIG" / "lorgnette" / FILE_NAME).write_text(
        json.dumps(dataclasses.asdict(settings)), encoding="utf-8"
    )
    out = home / "out.json"
    done = subprocess.run(
        ["bash", HERE / "session.sh", "/usr/bin/python3", HERE / "reader.py", folder, out],
        env={**os.environ, "HOME": str(home), "APP": f"{sys.executable} -m lorgnette gui"}
        | environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{out.exists() and out.read_text()}"
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return result


@pytest.fixture(scope="session")
def play() -> Callable[..., dict[str, Any]]:
    """Return a function that plays the main path in a folder, with a model."""
    return _play
