"""The job that reads the files of the batch; a thread drains it."""

from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lorgnette.jobs.status import Status, Tally, statuses


@dataclass(slots=True)
class Counted:
    """How the pictures of a folder stand, or those of all."""

    folder: Path | None = None  # None: all
    tally: Tally = field(default_factory=Tally)
    missing: list[Path] = field(default_factory=list)

    def add(self, status: Status) -> None:
        """Count one more."""
        self.tally.add(status)
        if status.standing.missing:
            self.missing.append(status.image)


def count(images: Sequence[Path]) -> Generator[list[Counted]]:
    """Yield all, then the folders in the order in which they come, once all files are read.

    Before that it yields empty lists only, so that it can be stopped between two files.
    """
    whole = Counted()
    folders: dict[Path, Counted] = defaultdict(Counted)
    for status in statuses(images):
        folder = folders[status.image.parent]
        folder.folder = status.image.parent
        for counted in (folder, whole):
            counted.add(status)
        yield []
    yield [whole, *folders.values()]
