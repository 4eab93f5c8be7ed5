"""What workers caption with in tests: the real thing, and one that a picture ends."""

import argparse
import functools
import itertools
import os
import resource
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from lorgnette import alttext, cli
from lorgnette.alttext import AltText, Destination, Prepared, Written
from lorgnette.cli import caption
from lorgnette.cluster.worker import Opening
from lorgnette.jobs.outcome import Outcome


def opening(model: Path, *options: str, of: type[caption.Work] = caption.Work) -> Opening:
    """Return what opens the toy model on a worker, for the options of lorgnette caption."""
    args = cli._parser().parse_args(["caption", "--model", str(model), *options, "pictures"])
    return functools.partial(of, caption._to_be_sent(args))


class Stillborn(caption.Work):
    """Ends its process when it is opened for the first time."""

    def __init__(self, args: argparse.Namespace) -> None:
        marker = Path("opened before")
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        super().__init__(args)


class Deadly(caption.Work):
    """Captions, and ends its process at pictures that are called deadly."""

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        def perilous() -> Iterator[Path]:
            for image in images:
                _end_at(image)
                yield image

        yield from super().outcomes(perilous(), **options)


class Crowded(caption.Work):
    """The same, if it may be while another thread has a companion of the deadly one in work."""

    _is_there = threading.Event()
    _never = threading.Event()

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        def perilous() -> Iterator[Path]:
            for image in images:
                if image.name.startswith("companion"):
                    self._is_there.set()
                    self._never.wait(1)
                elif image.name.startswith("deadly"):
                    self._is_there.wait(1)
                _end_at(image)
                yield image

        yield from super().outcomes(perilous(), **options)


_put = Prepared.put


class DeadlyToWrite(caption.Work):
    """Captions, and ends its process while pictures that are called deadly are written."""

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        # For good: a thread that put it back would spare the deadly picture of another one.
        Prepared.put = _perilous
        yield from super().outcomes(images, **options)


def _perilous(new: Prepared) -> Written:
    _end_at(new.written.image)
    return _put(new)


def _end_at(image: Path) -> None:
    if image.name.startswith("deadly"):
        with Path("deaths").open("a") as file:
            file.write(f"{image.name}\n")
        os.kill(os.getpid(), signal.SIGKILL)


class Faulty(caption.Work):
    """Captions, and has a bug that one picture shows."""

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        def perilous() -> Iterator[Path]:
            for image in images:
                if image.name.startswith("deadly"):
                    raise ZeroDivisionError
                yield image

        yield from super().outcomes(perilous(), **options)


class Torn(caption.Work):
    """Captions, and ends its process once before it puts any of a chunk in place, once amid it."""

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        number = itertools.count()
        put = Prepared.put

        def perilous(new: Prepared) -> Written:
            marker = Path(f"killed before number {next(number)}")
            if marker.name[-2:] in (" 0", " 5") and not marker.exists():
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return put(new)

        with mock.patch.object(Prepared, "put", perilous):
            yield from super().outcomes(images, **options)


class Reviewed(Torn):
    """The same, while a person reviews the drafts that a lost worker has put in place."""

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        def watched() -> Iterator[Path]:
            for image in images:
                yield image
                if options["again"]:
                    alttext.write(image, AltText(text="Our Ada"), Destination.SIDECAR)

        yield from super().outcomes(watched(), **options)


def pages_asked_for() -> int:
    """Return how many pages of 4 KB the system has to give for 100 arrays of 1 MB in turn."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(100):
        b"x" * (1 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
