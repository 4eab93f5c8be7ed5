"""The words that stand for a picture, and where they come from."""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Who wrote the words."""

    HUMAN = "human"
    MACHINE = "machine"
    MACHINE_EDITED = "machine-edited"  # a person changed a machine's draft


class State(StrEnum):
    """What a person has decided about a picture's alt text."""

    MISSING = "missing"
    DRAFT = "draft"  # a machine's; no person has seen it
    REVIEWED = "reviewed"
    DECORATIVE = "decorative"  # needs none: alt=""


class Destination(StrEnum):
    """Where alt text is kept."""

    SIDECAR = "sidecar"  # an .xmp file beside the picture
    EMBED = "embed"  # inside the picture's own file


@dataclass(frozen=True, slots=True, kw_only=True)
class AltText:
    """Alt text with its provenance; decorative ones have no text."""

    text: str = ""
    extended_description: str = ""
    language: str = ""  # BCP 47; empty: unknown
    origin: Origin = Origin.HUMAN
    reviewed: bool = True
    decorative: bool = False
    model: str = ""  # name/version+hash of the captioner; empty for a person's own words
    confidence: float | None = None  # 0 to 1

    @property
    def state(self) -> State:
        """Return what a person has decided, as far as the file says."""
        if self.decorative:
            return State.DECORATIVE
        if not self.text:
            return State.MISSING
        return State.REVIEWED if self.reviewed or self.origin is Origin.HUMAN else State.DRAFT
