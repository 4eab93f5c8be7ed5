"""A word and the words that it stands for: what every change of a sentence hands on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A word that stands for words[start:end] of those that were given."""

    text: str
    start: int
    end: int
    sex: str = ""  # that the words stood for: m, f or nothing

    @property
    def span(self) -> tuple[int, int]:
        """Where the words lie that it stands for."""
        return self.start, self.end
