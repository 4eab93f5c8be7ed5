"""Writing alt text for many pictures, as one batch of the journal, so that it can be undone."""

import os
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, SidecarNaming, Written
from lorgnette.errors import LorgnetteError
from lorgnette.files import Replaced
from lorgnette.jobs.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """What became of one picture of a batch."""

    image: Path
    batch: int | None = None  # its number in the journal; None until something was replaced
    written: Written | None = None  # set exactly when error is not
    error: LorgnetteError | None = None


class WriteBatch:
    """A batch of the journal, open in one thread; use it as a context."""

    def __init__(
        self,
        destination: Destination,
        *,
        naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
        overwrite: bool = False,
        mirror: bool = False,
        title: str = "write",
        journal: Journal | None = None,
    ) -> None:
        """Open the journal.

        Args:
            naming, overwrite, mirror: as alttext.write takes them.
            title: what the history calls the batch.
            journal: an open one, in place of the user's; it is closed with the batch.

        Raises:
            JournalError: without it nothing is written.
        """
        self._destination = destination
        self._naming = naming
        self._overwrite = overwrite
        self._mirror = mirror
        self._title = title
        self._journal = Journal() if journal is None else journal
        self.number: int | None = None  # in the journal; None until something was replaced

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._journal.__exit__(kind, error, traceback)

    def write(self, image: Path, alt_text: AltText) -> Written:
        """Write one picture's alt text.

        Raises:
            LorgnetteError: as alttext.write; the journal knows which files were replaced.
        """

        def record(replaced: Replaced) -> None:
            if self.number is None:
                self.number = self._journal.begin(self._title)
            self._journal.record(self.number, image, replaced)

        own = Path(os.path.abspath(image)).parent  # noqa: PTH100 - keeps links
        for folder in {own, Path(os.path.realpath(image)).parent}:
            self._journal.visit(folder)
        try:
            written = alttext.write(
                image,
                alt_text,
                self._destination,
                naming=self._naming,
                overwrite=self._overwrite,
                mirror=self._mirror,
                record=record,
            )
        except BaseException:
            self._journal.settle()
            raise
        if written.warnings:  # a second place may have refused at the last moment
            self._journal.settle()
        return written

    def decline(self, image: Path, reason: str) -> None:
        """Note that a captioner has declined a picture.

        Raises:
            JournalError: it cannot be noted.
        """
        self._journal.decline(image, reason)


def write_batch(
    pairs: Iterable[tuple[Path, AltText]],
    destination: Destination,
    *,
    naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
    overwrite: bool = False,
    mirror: bool = False,
    title: str = "write",
) -> Generator[WriteOutcome, None, None]:
    """Yield what became of each picture, in order; one picture's trouble stops no other.

    Args:
        pairs: consumed one at a time, so it may be endless.
        naming, overwrite, mirror: as alttext.write takes them.
        title: what the history calls the batch.

    Raises:
        JournalError: without it nothing is written.
    """
    with WriteBatch(
        destination, naming=naming, overwrite=overwrite, mirror=mirror, title=title
    ) as batch:
        for image, alt_text in pairs:
            try:
                written = batch.write(image, alt_text)
            except LorgnetteError as error:
                yield WriteOutcome(image=image, batch=batch.number, error=error)
            else:
                yield WriteOutcome(image=image, batch=batch.number, written=written)
