"""Writing alt text for many pictures, as one batch of the journal, so that it can be undone."""

import contextlib
import os
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from lorgnette import alttext, files
from lorgnette.alttext import AltText, Destination, Prepared, SidecarNaming, Written
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.journal import Journal

_MOST_BYTES = 64 << 20  # of new versions that lie beside the old ones at once, but for the last


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
        (became,) = self.write_together([(image, alt_text)])
        if isinstance(became, LorgnetteError):
            raise became
        return became

    def write_together(
        self, pairs: Iterable[tuple[Path, AltText]]
    ) -> list[Written | LorgnetteError]:
        """Write alt text and return what became of each picture.

        All new versions are built beside the old ones, then recorded at once, then put in place:
        a kill at any moment leaves each file as it was, or in place and recorded.

        Raises:
            JournalError, CannotWriteError: the journal knows which files were replaced.
        """
        rest = deque(pairs)
        became: list[Written | LorgnetteError] = []
        while rest:
            became += self._write_some(rest)
        return became

    def _write_some(self, rest: deque[tuple[Path, AltText]]) -> list[Written | LorgnetteError]:
        """Write the first few, as many as have nothing to do with one another."""
        with contextlib.ExitStack() as stack:
            ready = self._prepare(rest, stack)
            try:
                return self._put(ready)
            except BaseException:
                self._journal.settle()
                raise

    def _prepare(
        self, rest: deque[tuple[Path, AltText]], stack: contextlib.ExitStack
    ) -> list[tuple[Path, Prepared | LorgnetteError]]:
        ready: list[tuple[Path, Prepared | LorgnetteError]] = []
        taken: set[Path] = set()
        size = 0
        while rest and size < _MOST_BYTES:
            image, alt_text = rest[0]
            own = Path(os.path.abspath(image)).parent  # noqa: PTH100 - keeps links
            real = Path(os.path.realpath(image))
            for folder in {own, real.parent}:
                self._journal.visit(folder)
            try:
                # Who has some locks waits for no other one: two who did might wait for each other.
                stack.enter_context(files.locked(image, 0 if ready else files.LOCK_SECONDS))
            except LorgnetteError as error:
                if not ready:
                    rest.popleft()
                    ready.append((image, error))
                break
            try:
                new = stack.enter_context(
                    alttext.prepared(
                        image,
                        alt_text,
                        self._destination,
                        naming=self._naming,
                        overwrite=self._overwrite,
                        mirror=self._mirror,
                    )
                )
            except LorgnetteError as error:
                if size and isinstance(error, files.CannotWriteError):
                    break  # there may be room for it once the others are in place
                ready.append((image, error))
            else:
                if size and new.lacks_room:
                    break
                if not taken.isdisjoint((real, *new.targets)):
                    break  # what it was made for is not there any more once the others are
                taken.update((real, *new.targets))
                size += sum(each.new_size for each in new.replaced)
                ready.append((image, new))
            rest.popleft()
        return ready

    def _put(
        self, ready: list[tuple[Path, Prepared | LorgnetteError]]
    ) -> list[Written | LorgnetteError]:
        news = [(image, new) for image, new in ready if isinstance(new, Prepared)]
        changes = [(image, each) for image, new in news for each in new.replaced]
        if changes:
            if self.number is None:
                self.number = self._journal.begin(self._title)
            self._journal.record(self.number, changes)
        became: list[Written | LorgnetteError] = []
        in_doubt = False  # whether all that was recorded took place
        for _, new in ready:
            if isinstance(new, LorgnetteError):
                became.append(new)
                continue
            try:
                written = new.put()
            except LorgnetteError as error:
                in_doubt = True
                became.append(error)
            else:
                in_doubt = in_doubt or written != new.written
                became.append(written)
        synced: set[Path] = set()
        for index, (_, new) in enumerate(ready):
            if isinstance(new, Prepared):
                try:
                    files.sync_names(each for each in new.targets if each.parent not in synced)
                except LorgnetteError as error:
                    became[index] = error
                else:
                    synced.update(each.parent for each in new.targets)
        if in_doubt:
            self._journal.settle()
        return became

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
