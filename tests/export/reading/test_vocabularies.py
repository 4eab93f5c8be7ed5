import collections
import pickle
from pathlib import Path

import pytest

from lorgnette_export.reading import pickles, vocabularies
from lorgnette_export.reading.checkpoints import CheckpointError

FILE = Path("vocab.pkl")
LIST = ["<pad>", "<start>", "<end>", "<unk>", "a", "dog"]
BY_WORD = {word: i for i, word in enumerate(LIST)}


class Vocab:
    """As torchtext's: a list one way, a defaultdict the other, a Counter of frequencies."""

    def __init__(self) -> None:
        self.freqs = collections.Counter({"a": 9, "dog": 3})
        self.itos = LIST
        self.stoi = collections.defaultdict(int, BY_WORD)
        self.vectors = None


@pytest.mark.parametrize(
    "content",
    [
        LIST,
        BY_WORD,
        dict(enumerate(LIST)),
        {str(i): word for i, word in enumerate(LIST)},
        {"word2idx": BY_WORD, "idx": 6},
        {"idx2word": dict(enumerate(LIST)), "word2idx": {}},
        {"opt": {}, "vocab": {str(i): word for i, word in enumerate(LIST)}},
        {"itos": LIST, "stoi": BY_WORD},
        {"vocab": {"word2idx": BY_WORD}},
    ],
    ids=lambda content: str(content)[:24],
)
def test_the_forms_that_people_keep_words_in_are_read(content: object):
    words = vocabularies.read(content, FILE)
    assert words.vocabulary.words == tuple(LIST)
    assert (words.start_id, words.end_id, words.unknown_id) == (1, 2, 3)
    assert (words.pad_id, words.forbidden_ids) == (0, ())


@pytest.mark.parametrize("protocol", range(6))
def test_the_vocabulary_of_torchtext_is_read(protocol: int):
    opened = pickles.loads(pickle.dumps(Vocab(), protocol))
    assert vocabularies.read(opened, FILE).vocabulary.words == tuple(LIST)


@pytest.mark.parametrize(
    ("start", "end", "unknown"),
    [("<SOS>", "<EOS>", "<UNK>"), ("startseq", "endseq", "unk"), ("<s>", "</s>", "<unk>")],
)
def test_special_words_are_known_by_the_names_that_people_give_them(start, end, unknown):
    words = vocabularies.read(["a", start, end, unknown], FILE)
    assert (words.start_id, words.end_id, words.unknown_id) == (1, 2, 3)


def test_ids_without_a_word_and_words_that_fit_no_line_are_never_said():
    words = vocabularies.read({"<start>": 0, "<end>": 1, "a": 4, "two\nlines": 5, "b ": 6}, FILE)
    assert words.forbidden_ids == (2, 3, 5, 6)
    assert len(words) == 7
    assert len(set(words.vocabulary.words)) == 7


@pytest.mark.parametrize(
    "content", [None, 3, "text", [], {}, [1, 2], {"a": "b"}, {"a": 1.5}, {"vocab": {"a": None}}]
)
def test_what_is_no_vocabulary_is_refused(content: object):
    with pytest.raises(CheckpointError, match=r"vocab\.pkl: it is no vocabulary"):
        vocabularies.read(content, FILE)


@pytest.mark.parametrize("ids", [{"a": 10**9}, {"a": -1}])
def test_absurd_token_ids_are_refused(ids: dict[str, int]):
    with pytest.raises(CheckpointError, match="its token ids go from"):
        vocabularies.read(ids, FILE)
