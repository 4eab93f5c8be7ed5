"""kill -9 in the middle of a batch: the drafts are there again, no picture is damaged."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from lorgnette.gui.batch.drafts import FILE_NAME as DRAFTS
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.picture import State
from lorgnette.settings import FILE_NAME, Settings

pytestmark = pytest.mark.gui

PICTURES = 400


@pytest.fixture
def person(tmp_path: Path, toy_model: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody whose window captions with the toy model."""
    home = tmp_path / "home"
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        **{f"XDG_{name}_HOME": str(home / name) for name in ("DATA", "CONFIG", "CACHE")},
    }
    (home / "CONFIG" / "lorgnette").mkdir(parents=True)
    (home / "CONFIG" / "lorgnette" / FILE_NAME).write_text(
        json.dumps(dataclasses.asdict(Settings(model=str(toy_model), provider="cpu")))
    )
    return environment


def test_checklist_25_drafts_outlive_a_kill(person: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(PICTURES):
        Image.new("RGB", (64 + number, 900), (200, 20, 20)).save(folder / f"{number}.png")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    code = (
        "import sys\n"
        "from lorgnette.gui import app\n"
        "from lorgnette.gui.captioning import act\n"
        "taken = act.Captioning._suggested\n"
        "def tell(self, found):\n"
        "    taken(self, found)\n"
        "    print(len(found), flush=True)\n"
        "act.Captioning._suggested = tell\n"
        "app.main(sys.argv[1:])\n"
    )
    window = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], env=person, stdout=subprocess.PIPE, text=True
    )
    assert window.stdout is not None
    done = 0
    lines = iter(window.stdout.readline, "")
    for line in lines:
        done += int(line)
        if done >= 60:
            break
    # What is told now must be on disk within two seconds; more results mark that time.
    promised = done
    end = time.monotonic() + 2.0
    while time.monotonic() < end and done < PICTURES:
        done += int(next(lines, "0") or 0)
    window.send_signal(signal.SIGKILL)
    window.wait()
    window.stdout.close()

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    start = (
        "from lorgnette import paths\n"
        "from lorgnette.gui.app import open_drafts\n"
        "lock, drafts = open_drafts(paths.user_data())\n"
        "print(sorted(path.name for path in paths.user_data().glob('*.sqlite3')))\n"
        "drafts.close()\n"
    )
    restarted = subprocess.run(
        [sys.executable, "-c", start], env=person, capture_output=True, text=True, check=True
    )
    assert restarted.stdout.strip() == f"['{DRAFTS}']"  # not taken for another window's
    drafts = Drafts(Path(person["XDG_DATA_HOME"]) / "lorgnette" / DRAFTS)
    try:
        kept = [picture for picture in drafts.pictures() if picture.state is State.DRAFT]
    finally:
        drafts.close()
    assert len(kept) >= promised
    assert {picture.alt.text for picture in kept} == {"A red picture."}
