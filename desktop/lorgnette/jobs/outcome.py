"""What became of one picture; the only thing that a job yields."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lorgnette.captioning.caption import Caption
from lorgnette.errors import LorgnetteError


class Verdict(StrEnum):
    """The kinds of outcome."""

    CAPTIONED = "captioned"
    SKIPPED = "skipped"  # it has alt text already
    DECLINED = "declined"  # the model cannot know what this picture shows
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one picture."""

    image: Path
    verdict: Verdict
    caption: Caption | None = None  # set when captioned or declined
    alt_text: str = ""  # drafted; the one that is there already when skipped
    reason: str = ""  # for a person; empty when captioned, unless the destination changed
    error: LorgnetteError | None = None  # set exactly when failed
    written_to: Path | None = None
    seconds: float = 0.0
