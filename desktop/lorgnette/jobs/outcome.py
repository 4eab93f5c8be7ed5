"""What became of one picture; the only thing that a job yields."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lorgnette.captioning.caption import Caption
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.scenes import SceneWords
from lorgnette.ocr.found import PictureText
from lorgnette.ocr.quoting import Quote


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
    extended_description: str = ""  # drafted: what the alt text has no room for
    scenes: tuple[SceneWords, ...] = ()  # of an animation or a film, where they were asked for
    text: PictureText | None = None  # in the picture; None where it was not read
    quoted: Quote | None = None  # set when the draft is what the picture reads, not what it shows
    with_words: str = ""  # the draft, and after it the words on the photo; empty without any
    text_model: str = ""  # label of what read it; for the provenance
    reason: str = ""  # for a person; empty when captioned, unless the destination changed
    error: LorgnetteError | None = None  # set exactly when failed
    written_to: Path | None = None
    seconds: float = 0.0

    @property
    def confidence(self) -> float | None:
        """How likely the draft is right, 0 to 1; None without one."""
        if self.quoted is not None:
            return self.quoted.confidence
        return None if self.caption is None else self.caption.confidence
