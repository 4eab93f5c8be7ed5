"""Captions without photos: what is read of a file, and what they are told from."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette_export.data import captioned, texts
from lorgnette_export.data.texts import TextsError

VOCABULARY = [
    *captioned.SPECIALS,
    *captioned.words("a the on and dog cat horse table sits runs red blue"),
]


def test_sentences_are_read_and_stumps_are_not(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_bytes(
        b"A dog runs on the table .\r\n"
        b"larg squar concret wall peopl\n"  # stems
        b"a dog\n\n" + b"a dog " * 10 + b"\n"
        b"A caf\xe9 and a dog on a table."  # not UTF-8, and without an end of line
    )
    with gzip.open(tmp_path / "packed.txt.gz", "wt") as file:
        file.write("a dog runs on the table\na cat's dog sits on the table")
    (tmp_path / "notes.md").write_text("a dog that nobody asked to be read")
    assert texts.read(tmp_path) == [
        captioned.words("a dog runs on the table"),
        captioned.words("a cat's dog sits on the table"),
        captioned.words("a caf and a dog on a table"),
    ]


@pytest.mark.parametrize("name", ["none", "damaged", "cut"])
def test_what_holds_no_texts_is_named(tmp_path: Path, name: str) -> None:
    whole = gzip.compress(b"a dog runs on the table\n" * 100)
    file = tmp_path / f"{name}.txt.gz"
    if name == "damaged":
        file.write_bytes(b"no gzip at all")
    elif name == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TextsError, match=re.escape(str(tmp_path if name == "none" else file))):
        texts.read(tmp_path)


def test_a_caption_is_told_from_its_own_concepts_and_few_others() -> None:
    sentences = [
        captioned.words("a red dog runs on the table"),
        captioned.words("a blue cat sits on the purple horse"),  # purple is unknown
        captioned.words("the zebra and the giraffe and the dog"),  # too much is
        captioned.words("the and a on the"),  # means nothing
    ]
    told = texts.Texts(sentences, VOCABULARY, 4)
    assert len(told) == 2
    shown, said = told.draw(400, np.random.default_rng(0))
    assert shown.shape == (400, texts.CELLS, 4)
    cells = torch.cdist(shown, told.concepts.weight).argmin(-1)
    meaning = {i for i, word in enumerate(VOCABULARY) if word not in FUNCTION_WORDS and i > 2}
    own = 0.0
    for concepts, sentence in zip(cells.tolist(), said, strict=True):
        assert set(concepts) <= meaning
        assert sentence in [
            [VOCABULARY.index(w) if w in VOCABULARY else 2 for w in words] for words in sentences
        ]
        own += len(set(concepts) & set(sentence)) / len(set(concepts))
    assert 0.7 < own / 400 < 1


def test_texts_in_other_words_are_refused() -> None:
    with pytest.raises(TextsError):
        texts.Texts([captioned.words("the zebra and the giraffe")], VOCABULARY, 4)
