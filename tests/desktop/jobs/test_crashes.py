"""Killed at any moment, a writer leaves whole pictures and nothing that the next start keeps."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills forked children")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder in memory where there is one: a kill loses no cached data anyway."""
    memory = Path("/dev/shm")  # noqa: S108
    path = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    yield path
    shutil.rmtree(path)


@pytest.mark.parametrize(("how", "least"), [("STEPS", 60), ("RANDOM", 20)])
def test_killed_writers_do_no_harm(how: str, least: int, folder: Path) -> None:
    driver = Path(__file__).with_name("crash_driver.py")
    done = subprocess.run(
        [sys.executable, driver, folder, how], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    kills = [int(line.split()[1]) for line in done.stdout.splitlines()]
    assert len(kills) == 2
    assert min(kills) >= least
