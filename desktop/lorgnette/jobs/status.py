"""A list to work off: which pictures have words, which have none, and where they lie."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lorgnette import alttext
from lorgnette.alttext import State, containers
from lorgnette.errors import LorgnetteError
from lorgnette.jobs import declined


class Standing(StrEnum):
    """Where a picture stands; each has exactly one."""

    REVIEWED = "reviewed"
    DRAFT = "draft"  # a machine's; no person has seen it
    DECORATIVE = "decorative"
    CAPTION = "caption"  # words for those who see it, which might serve as a start
    DECLINED = "declined"  # the model could not know what it shows
    NONE = "none"
    UNREADABLE = "unreadable"

    @property
    def missing(self) -> bool:
        """Whether somebody still has to say what the picture shows."""
        return self not in _TOLD


_TOLD = {Standing.REVIEWED, Standing.DRAFT, Standing.DECORATIVE}
_OF_STATES = {
    State.REVIEWED: Standing.REVIEWED,
    State.DRAFT: Standing.DRAFT,
    State.DECORATIVE: Standing.DECORATIVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is known of one picture's words."""

    image: Path
    standing: Standing
    conflict: bool = False  # its file and its sidecar say different things
    reason: str = ""  # for a person; of what was declined, or cannot be read


@dataclass(slots=True)
class Tally:
    """How many of some pictures stand where."""

    standings: Counter[Standing] = field(default_factory=Counter)
    conflicts: int = 0

    def add(self, status: Status) -> None:
        """Count one more."""
        self.standings[status.standing] += 1
        self.conflicts += status.conflict


def statuses(images: Iterable[Path]) -> Iterator[Status]:
    """Yield where each picture stands, in order; nothing is written."""
    record = declined.Record.read()
    for image in images:
        try:
            containers.require_picture(image)
            strange = containers.is_strange(image)
            reading = alttext.read(image)
        except LorgnetteError as error:
            yield Status(image=image, standing=Standing.UNREADABLE, reason=str(error))
            continue
        reason = ""
        if reading.alt_text is not None:
            standing = _OF_STATES[reading.alt_text.state]
        elif reading.unread:  # there may be alt text that cannot be read
            standing, reason = Standing.UNREADABLE, reading.unread
        elif strange:
            standing = Standing.UNREADABLE
            reason = f"{image.name}: it is no picture, whatever it is called"
        elif reading.suggestions:
            standing = Standing.CAPTION
        elif reason := record.reason(image):
            standing = Standing.DECLINED
        else:
            standing = Standing.NONE
        yield Status(
            image=image, standing=standing, conflict=bool(reading.conflicts), reason=reason
        )
