"""The forms in which people keep a vocabulary -> words by token id, and which are no words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lorgnette.captioning.vocabulary import MAX_WORDS, Vocabulary
from lorgnette_export.reading.checkpoints import CheckpointError
from lorgnette_export.reading.pickles import Bag

_DEEPEST = 4  # objects in objects
STARTS = ("<start>", "<bos>", "<sos>", "<s>", "startseq", "<startseq>", "[bos]", "[cls]")
ENDS = ("<end>", "<eos>", "</s>", "endseq", "<endseq>", "[eos]", "[sep]")
_UNKNOWNS = ("<unk>", "<unknown>", "unk", "[unk]", "<oov>")
PADS = ("<pad>", "[pad]", "<padding>")
_BY_ID = ("idx2word", "ix_to_word", "itos", "ix2word", "id2word", "index2word", "i2w")
_BY_WORD = ("word2idx", "word_to_ix", "stoi", "word2ix", "word2id", "word2index", "w2i", "wordmap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words by token id, and the ids of those that are none."""

    vocabulary: Vocabulary
    start_id: int | None
    end_id: int | None
    unknown_id: int | None
    pad_id: int | None
    forbidden_ids: tuple[int, ...]  # ids that no word has

    def __len__(self) -> int:
        return len(self.vocabulary.words)


def read(content: Any, path: Path) -> Words:
    """Return the words of a vocabulary that is a list, a map either way, or an object with one.

    Raises:
        CheckpointError: it has none of the known forms.
    """
    by_id = _by_id(content, path)
    if not by_id:
        raise CheckpointError(path, "it is no vocabulary: no words by number, nor numbers by word")
    size = max(by_id) + 1
    if min(by_id) < 0 or size > MAX_WORDS:
        raise CheckpointError(path, f"its token ids go from {min(by_id)} to {size - 1}")
    words, forbidden = [], []
    for i in range(size):
        word = by_id.get(i, "")
        if not word or word != " ".join(word.split()):  # a line of vocabulary.txt must hold it
            word = f"<unused-{i}>"
            forbidden.append(i)
        words.append(word)
    folded = [word.casefold() for word in words]

    def first(names: Sequence[str]) -> int | None:
        return next((folded.index(name) for name in names if name in folded), None)

    return Words(
        vocabulary=Vocabulary(tuple(words)),
        start_id=first(STARTS),
        end_id=first(ENDS),
        unknown_id=first(_UNKNOWNS),
        pad_id=first(PADS),
        forbidden_ids=tuple(forbidden),
    )


def _by_id(content: Any, path: Path, depth: int = 0) -> dict[int, str]:
    if depth > _DEEPEST:
        return {}
    if isinstance(content, Bag) and content.held:
        content = {**vars(content), **content.held}
    if isinstance(content, Mapping):
        if found := _of_map(content, path):
            return found
        fields = content
    elif isinstance(content, Sequence) and not isinstance(content, str):
        if not all(isinstance(word, str) for word in content):
            return {}
        _few(len(content), path)
        return dict(enumerate(content))
    else:
        fields = getattr(content, "__dict__", {})
    for name in (*_BY_ID, *_BY_WORD, "vocab", "vocabulary", "word_map"):
        for key in (name, f"_{name}"):
            if key in fields and (found := _by_id(fields[key], path, depth + 1)):
                return found
    return {}


def _few(count: int, path: Path) -> None:
    if count > MAX_WORDS:
        raise CheckpointError(path, f"it has {count} words; {MAX_WORDS} can be")


def _of_map(content: Mapping[Any, Any], path: Path) -> dict[int, str]:
    pairs = list(content.items())
    if pairs and all(isinstance(part, int | str) for part in pairs[0]):
        _few(len(pairs), path)
    if pairs and all(isinstance(v, str) for _, v in pairs):
        ids = [_integer(k) for k, _ in pairs]
        if None not in ids:
            return {i: v for i, (_, v) in zip(ids, pairs, strict=True) if i is not None}
    if pairs and all(isinstance(k, str) for k, _ in pairs):
        ids = [_integer(v) for _, v in pairs]
        if None not in ids:
            # The first word keeps an id: torchtext's stoi gives many words that of the unknown.
            found: dict[int, str] = {}
            for i, (word, _) in zip(ids, pairs, strict=True):
                if i is not None:
                    found.setdefault(i, word)
            return found
    return {}


def _integer(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
