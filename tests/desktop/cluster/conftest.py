"""A scheduler and workers as programs of their own, as on the machines of a cluster."""

import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
COLOURS = ((200, 20, 20), (20, 200, 20), (20, 20, 200))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Dask leave sockets of schedulers that were killed to the garbage collector."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Collect them here, where nobody minds, instead of in any later test."""
    yield
    gc.collect()


@dataclass
class Programs:
    """What runs, to be ended."""

    folder: Path
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "scheduler.json"

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def start(self, *command: object, **environment: str) -> "subprocess.Popen[bytes]":
        log = (self.folder / f"{len(self.running)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                list(map(str, command)),
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=os.environ
                | {
                    "PYTHONPATH": str(ROOT),
                    "OMP_NUM_THREADS": "1",
                    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
                    "DASK_LOGGING__DISTRIBUTED": "info",
                }
                | environment,
            )
        self.running.append(process)
        return process

    def scheduler(self, port: int = 0) -> "subprocess.Popen[bytes]":
        self.file.unlink(missing_ok=True)
        process = self.start(
            *(sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"),
            *("--port", port, "--no-dashboard", "--dashboard-address", "127.0.0.1:0"),
            *("--scheduler-file", self.file),
        )
        while not self._has_said_where():
            assert process.poll() is None, self.logs
            time.sleep(0.01)
        return process

    def _has_said_where(self) -> bool:
        try:
            return bool(self.address)
        except (FileNotFoundError, ValueError):  # not there yet, or not all of it
            return False

    def worker(self, *options: object, **environment: str) -> "subprocess.Popen[bytes]":
        return self.start(
            *(sys.executable, "-m", "distributed.cli.dask_worker", self.address),
            *("--nthreads", 1, "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"),
            *("--local-directory", self.folder, *options),
            **environment,
        )

    @property
    def logs(self) -> str:
        return "\n".join(log.read_text(errors="replace") for log in self.folder.glob("*.log"))

    def end(self) -> None:
        for process in reversed(self.running):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


@pytest.fixture
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """Return what starts schedulers and workers; they are ended with the test."""
    programs = Programs(tmp_path_factory.mktemp("programs"))
    yield programs
    programs.end()


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes an archive: count pictures in folders of 50."""

    def make(count: int, name: str = "archive") -> Path:
        folder = tmp_path / name
        made: dict[tuple[int, int, int], bytes] = {}
        for colour in COLOURS:
            Image.new("RGB", (32, 24), colour).save(tmp_path / "one.png")
            made[colour] = (tmp_path / "one.png").read_bytes()
        (tmp_path / "one.png").unlink()
        for number in range(count):
            place = folder / f"box {number // 50}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{number}.png").write_bytes(made[COLOURS[number % 3]])
        return folder

    return make


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder but what jobs keep there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".lorgnette" not in path.parts
    }
