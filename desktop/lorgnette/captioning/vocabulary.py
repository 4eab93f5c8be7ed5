"""Token ids <-> words."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lorgnette.errors import BrokenModelError

MAX_WORDS = 200_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a model can say: a word a token id."""

    words: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "Vocabulary":
        """Return the vocabulary of a file with one word a line, the first with token id 0.

        Raises:
            BrokenModelError: the file is missing, no UTF-8, or absurdly long.
        """
        try:
            words = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BrokenModelError(f"{path} cannot be read: {error}") from error
        if words and not words[-1]:
            words.pop()
        if not 0 < len(words) <= MAX_WORDS:
            raise BrokenModelError(f"{path.name} has {len(words)} words; 1 to {MAX_WORDS} can be")
        return cls(tuple(words))

    def write(self, path: Path) -> None:
        """Write the vocabulary so that `read` gives it back."""
        path.write_text("".join(f"{word}\n" for word in self.words), encoding="utf-8", newline="\n")

    @property
    def sha256(self) -> str:
        """Of the file that `write` makes, in hex."""
        return hashlib.sha256("".join(f"{word}\n" for word in self.words).encode()).hexdigest()

    def texts(self, token_ids: Iterable[int]) -> list[str]:
        """Return the word of each token id."""
        return [self.words[token_id] for token_id in token_ids]
