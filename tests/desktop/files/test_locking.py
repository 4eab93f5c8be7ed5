"""One lorgnette at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lorgnette import files, paths


def test_a_lock_keeps_another_process_out(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from lorgnette import files\n"
        "files.locking.LOCK_SECONDS = 0.05\n"
        "try:\n    with files.locked(Path(sys.argv[1])): print('in')\n"
        "except files.CannotWriteError as error: print(error)\n"
    )

    target = tmp_path / "file.bin"

    def other() -> str:
        command = [sys.executable, "-c", script, target]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with files.locked(target):
        assert "another lorgnette" in other()
    assert other() == "in\n"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pipes in folders")
def test_a_pipe_in_the_place_of_a_lock_is_not_waited_for(tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    with files.locked(target):
        (lock,) = paths.user_data("locks").iterdir()
    lock.unlink()
    os.mkfifo(lock)
    with files.locked(target):
        pass
