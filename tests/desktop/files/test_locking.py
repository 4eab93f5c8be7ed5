"""One lorgnette at a time."""

import subprocess
import sys
from pathlib import Path

from lorgnette import files


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
