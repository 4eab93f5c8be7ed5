"""What killed writers left behind."""

import os
import subprocess
import sys
from pathlib import Path

from lorgnette import files


def test_dead_writers_files_go_and_living_ones_stay(tmp_path: Path) -> None:
    host, _, token = files.process_name().split("-")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = {
        f".{host}-{dead.pid}-{token}-abc.lorgnette-tmp": False,
        f".{host}-{os.getpid()}-00000000-abc.lorgnette-tmp": False,  # our number, an earlier life
        f".{files.process_name()}-abc.lorgnette-tmp": True,
        f".{host}-{os.getppid()}-00000000-abc.lorgnette-tmp": True,
        f".00000000-{dead.pid}-{token}-abc.lorgnette-tmp": True,  # another computer's
        "notes.lorgnette-tmp": True,
    }
    for name in names:
        (tmp_path / name).touch()
    files.remove_stale_temporaries(tmp_path)
    assert {name: (tmp_path / name).exists() for name in names} == names
