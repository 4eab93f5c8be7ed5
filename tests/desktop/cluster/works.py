"""What workers caption with in tests: the real thing, and one that a picture ends."""

import functools
import os
import signal
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

from lorgnette import cli
from lorgnette.cli import caption
from lorgnette.cluster.worker import Opening
from lorgnette.jobs.outcome import Outcome


def opening(model: Path, *options: str, of: type[caption.Work] = caption.Work) -> Opening:
    """Return what opens the toy model on a worker, for the options of lorgnette caption."""
    args = cli._parser().parse_args(["caption", "--model", str(model), *options, "pictures"])
    return functools.partial(of, caption._to_be_sent(args))


class Deadly(caption.Work):
    """Captions, and ends its process at pictures that are called deadly."""

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        def perilous() -> Iterator[Path]:
            for image in images:
                if image.name.startswith("deadly"):
                    os.kill(os.getpid(), signal.SIGKILL)
                yield image

        yield from super().outcomes(perilous(), **options)


class Faulty(caption.Work):
    """Captions, and has a bug that one picture shows."""

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        def perilous() -> Iterator[Path]:
            for image in images:
                if image.name.startswith("deadly"):
                    raise ZeroDivisionError
                yield image

        yield from super().outcomes(perilous(), **options)
