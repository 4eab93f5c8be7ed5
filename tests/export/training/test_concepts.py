"""Captions without photos: what they are told from, and what a network learns by them."""

import dataclasses
import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.export.training.squares import COLOURS, SENTENCES, SMALL
from torch import Tensor

from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette_export import cli
from lorgnette_export.data import captioned
from lorgnette_export.data.texts import TextsError
from lorgnette_export.networks.decoder import MAX_WORDS, Decoder, load
from lorgnette_export.reading.runs import read_run
from lorgnette_export.training import concepts
from lorgnette_export.training.batches import Split
from lorgnette_export.training.loop import train

VOCABULARY = [
    *captioned.SPECIALS,
    *captioned.words("a the on and dog cat horse table sits runs red blue"),
]


def test_a_caption_is_told_from_its_own_concepts_and_few_others() -> None:
    sentences = [
        captioned.words("a red dog runs on the table"),
        captioned.words("a blue cat sits on the purple horse"),  # purple is unknown
        captioned.words("the zebra and the giraffe and the dog"),  # too much is
        captioned.words("the and a on the"),  # means nothing
    ]
    told = concepts.Texts(sentences, VOCABULARY, 4)
    assert len(told) == 2
    shown, said = told.draw(400, np.random.default_rng(0))
    assert shown.shape == (400, concepts.CELLS, 4)
    cells = torch.cdist(shown, told.concepts.weight).argmin(-1)
    meaning = {i for i, word in enumerate(VOCABULARY) if word not in FUNCTION_WORDS and i > 2}
    own = 0.0
    for heard, sentence in zip(cells.tolist(), said, strict=True):
        assert set(heard) <= meaning
        assert sentence in [
            [VOCABULARY.index(w) if w in VOCABULARY else 2 for w in words] for words in sentences
        ]
        own += len(set(heard) & set(sentence)) / len(set(heard))
    assert 0.7 < own / 400 < 1


def test_texts_in_other_words_are_refused() -> None:
    with pytest.raises(TextsError):
        concepts.Texts([captioned.words("the zebra and the giraffe")], VOCABULARY, 4)


@torch.inference_mode()
def told(
    decoder: Decoder, vocabulary: list[str], vectors: Tensor, words: Sequence[str]
) -> list[str]:
    """Return what decoder says, greedily, where the concepts among words stand for what is seen."""
    meant = [vocabulary.index(word) for word in words if word not in FUNCTION_WORDS]
    seen, hidden = decoder.look_at(vectors[meant][None])
    said, token = [], torch.tensor([vocabulary.index(captioned.START)])
    while len(said) < MAX_WORDS and vocabulary[token] != captioned.END:
        log_probabilities, hidden = decoder.step(token, seen, hidden)
        token = log_probabilities.argmax(-1)
        said.append(vocabulary[token])
    return said


def test_captions_without_photos_teach_sentences(
    squares: Path, grids: Path, tmp_path: Path
) -> None:
    """That there can be two things it knows from the texts alone, and says it of two unheard."""
    heldout, folder = SENTENCES[::5], tmp_path / "texts"
    folder.mkdir()
    lines = [f"{' '.join(words).capitalize()} ." for words in SENTENCES if words not in heldout]
    (folder / "one.txt").write_text("\n".join(lines[::2]))
    with gzip.open(folder / "two.txt.gz", "wt") as file:
        file.write("\n".join(lines[1::2]))
    config = tmp_path / "texts.toml"
    config.write_text(
        "hidden = 64\nembedding = 64\nheads = 2\ndropout = 0.1\nepochs = 16\nphotos = 8\n"
        "captions = 2\nlearning_rate = 5e-3\nleast_count = 1\ntexts = 8\ntexts_weight = 1.0\n"
    )
    arguments = ["train", "--data", squares, "--out", tmp_path / "run", "--config", config]
    assert cli.main([str(a) for a in arguments]) == 2  # nothing says where the texts are
    arguments += ["--texts", folder, "--grids", grids]
    assert cli.main([str(a) for a in arguments]) == 0
    decoder, vocabulary = load(tmp_path / "run" / "checkpoint.pt")
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    vectors = saved["texts"]["concepts.weight"]
    right = []
    for words in heldout:
        said = told(decoder, vocabulary, vectors, words)
        assert said.count("a") == 2, said
        right += [word in said for word in words]
    assert np.mean(right) > 0.75


def test_concepts_are_fitted_to_a_network_without_changing_it(
    run: Path, whole: Split, tmp_path: Path
) -> None:
    begun = read_run(run / "checkpoint.pt")
    still = dataclasses.replace(
        SMALL, hidden=64, embedding=64, epochs=1, learning_rate=0.0, weight_decay=0.0, texts=4
    )
    things = [(colour, shape) for colour in COLOURS for shape in ("square", "circle")]
    sentences = [["there", "is", "a", *thing] for thing in things]
    after = train(still, whole, {}, tmp_path / "still", begun, sentences)
    saved = torch.load(after, weights_only=True)
    for name, tensor in saved["weights"].items():
        assert torch.equal(tensor, begun["weights"][name]), name
    decoder, vocabulary = load(after)
    vectors = saved["texts"]["concepts.weight"]
    right = [set(thing) <= set(told(decoder, vocabulary, vectors, thing)) for thing in things]
    assert np.mean(right) > 0.5  # one sentence for all would be right of one in eight
