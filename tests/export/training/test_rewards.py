"""The reward against the reference code's; the gradient against the expectation written out."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from lorgnette_export import cli
from lorgnette_export.data import captioned
from lorgnette_export.data.boxes import Box
from lorgnette_export.data.captioned import Photo
from lorgnette_export.measuring import metrics
from lorgnette_export.networks.decoder import Decoder, Shape
from lorgnette_export.training import rewards
from lorgnette_export.training.rewards import Consensus, Reward, Scorer

PEOPLE = [
    ["a dog runs on the grass", "a brown dog is running", "the dog runs fast"],
    ["two children play in the sand", "children are playing on a beach", "a child and a child"],
    ["a man rides a bicycle", "a person on a bike in the street", "a man on a bike"],
]
SAID = ["a dog on a dog", "children in the sand", "a zebra"]


def test_the_reward_is_cider_d_with_the_end_as_a_word() -> None:
    consensus = Consensus([[text.split() for text in texts] for texts in PEOPLE])
    ended = [[f"{text} {captioned.END}" for text in texts] for texts in PEOPLE]
    for said in (SAID, [texts[0] for texts in PEOPLE]):
        expected = metrics.cider_d_each([f"{text} {captioned.END}" for text in said], ended)
        found = [consensus.scores([text.split()], photo)[0] for photo, text in enumerate(said)]
        assert found == pytest.approx(list(expected), rel=1e-6, abs=1e-9)


@pytest.fixture
def decoder() -> Decoder:
    torch.manual_seed(0)
    # Three words beside the special tokens, so that all sentences can be written out.
    return Decoder(Shape(vocabulary=6, hidden=16, embedding=16, heads=2)).eval()


def looked(decoder: Decoder) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    with torch.no_grad():
        features, hidden = decoder.look([torch.randn(1, 9, 1403)])
    return features, hidden


def test_sentences_are_drawn_as_often_as_they_are_likely(decoder: Decoder) -> None:
    features, hidden = looked(decoder)
    torch.manual_seed(2)
    drawn = rewards.draw(decoder, features, hidden, samples=20_000, max_words=2)
    counts = Counter(map(tuple, drawn.tolist()))
    start, end, unknown = range(3)
    with torch.no_grad():
        first, state = decoder.step(torch.tensor([start]), features, hidden)
        first[:, [start, end, unknown]] = -torch.inf
        first = first.softmax(-1)[0]
        for word in range(3, 6):
            then, _ = decoder.step(torch.tensor([word]), features, state)
            then[:, [start, unknown]] = -torch.inf
            for after, chance in enumerate(then.softmax(-1)[0].tolist()):
                if after not in (start, unknown):
                    expected = float(first[word]) * chance
                    assert counts[word, after] / 20_000 == pytest.approx(expected, abs=0.015)


def test_the_loss_has_the_gradient_of_the_expected_reward(decoder: Decoder) -> None:
    """Of sentences of one word: the expectation over all of them can be written out."""
    features, hidden = looked(decoder)
    worth = torch.tensor([0.0, 0.0, 0.0, 0.2, 1.0, 3.0])
    start, _, unknown = range(3)
    logits = decoder.sentences(
        features, hidden, torch.tensor([[start]]), torch.ones(1, 1, dtype=torch.bool)
    )[0]
    # The end cannot be drawn first, yet it has a share of the network's own probability.
    chances = logits.index_fill(0, torch.tensor([start, unknown]), -torch.inf).softmax(-1)
    drawable = chances[3:] / chances[3:].sum().detach()
    wanted = torch.autograd.grad(-(drawable @ worth[3:]), decoder.bias, retain_graph=True)[0]
    torch.manual_seed(3)
    drawn = rewards.draw(decoder, features, hidden, samples=200_000, max_words=1)
    loss = rewards.surrogate(decoder, features, hidden, drawn, worth[drawn].reshape(1, -1))
    (found,) = torch.autograd.grad(loss, decoder.bias)
    # The baseline takes away the share of the end, which no drawn sentence has.
    centred = wanted[3:] - wanted[3:].mean()
    torch.testing.assert_close(found[3:] - found[3:].mean(), centred, rtol=0.05, atol=0.01)


def test_drawn_sentences_earn_more_and_the_cnn_stays_as_it_was(
    squares: Path, grids: Path, tmp_path: Path
) -> None:
    """A young network is tuned for two epochs, and from there learns by reward alone."""
    small = "hidden = 64\nembedding = 64\nheads = 2\nphotos = 8\nviews = 3\nleast_count = 1\n"
    steps = {
        "young": "epochs = 2\nlearning_rate = 1e-2\ntop_learning_rate = 1e-4\n",
        "rewarded": "epochs = 8\nlearning_rate = 2e-3\nsamples = 4\ncross_entropy = 0.0\n",
    }
    start: list[str | Path] = []
    for name, settings in steps.items():
        config = tmp_path / f"{name}.toml"
        config.write_text(small + settings)
        arguments = ["train", "--data", squares, "--out", tmp_path / name, "--config", config]
        arguments += ["--grids", grids, *start]
        assert cli.main([str(a) for a in arguments]) == 0
        start = ["--start", tmp_path / name / "checkpoint.pt"]
    young, rewarded = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True) for name in steps
    )
    earned = [line["drawn sentences"] for line in rewarded["history"]]
    assert np.mean(earned[-3:]) > 1.2 * np.mean(earned[:3])
    assert young["cnn"].keys() == rewarded["cnn"].keys()
    assert all(torch.equal(young["cnn"][name], rewarded["cnn"][name]) for name in young["cnn"])


def test_what_is_not_there_costs_and_other_processes_find_the_same(tmp_path: Path) -> None:
    photos = [
        Photo(file=tmp_path / "1.png", source="s", split="train", captions=("a dog on a bench",)),
        Photo(file=tmp_path / "2.png", source="s", split="train", captions=("hills",), empty=True),
    ]
    spoken = [[captioned.words(c) for c in photo.captions] for photo in photos]
    drawn = {tmp_path / "1.png": (Box("car", 0.5, 0.5, 0.1, 0.1),)}
    free = Reward.of(photos, spoken, drawn, 0.0)
    reward = Reward.of(photos, spoken, drawn, 0.5)

    def cost(text: str, photo: int) -> float:
        (without,), (found,) = (r.of_sentences([text.split()], photo) for r in (free, reward))
        return without - found

    assert cost("a dog and a car", 0) == 0  # one is said, the other drawn
    assert cost("a cat and a cup", 0) == pytest.approx(1.0)
    assert cost("green hills", 1) == 0
    assert cost("hikers on hills", 1) == pytest.approx(1.0)  # no thing of CHAIR's, but people
    said = [[["a", "cat"], ["a", "dog"]], [["a", "man"], ["hills"]]]
    here, there = Scorer(reward, 0), Scorer(reward, 2)
    assert torch.equal(here.scores(said, [0, 1])(), there.scores(said, [0, 1])())
    there.close()
