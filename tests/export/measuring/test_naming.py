"""Names of ImageNet's things, by WordNet as Debian has it."""

from pathlib import Path

import pytest

from lorgnette_export.evidence.things import WordNet
from lorgnette_export.measuring.naming import WORDNET, Names, node_of

BEAGLE, OTTER, ESPRESSO, SCHOOL_BUS = "n02088364", "n02444819", "n07920052", "n04146614"


@pytest.fixture(scope="module")
def names() -> Names:
    if not (WORDNET / "data.noun").is_file():
        pytest.skip("WordNet is not installed (Debian's wordnet-base)")
    return Names(WordNet(WORDNET))


@pytest.mark.parametrize(
    ("caption", "node", "named"),
    [
        ("A beagle in the grass.", BEAGLE, True),
        ("Two dogs are running.", BEAGLE, True),
        ("a hound", BEAGLE, True),
        ("an animal", BEAGLE, False),
        ("a cat", BEAGLE, False),
        ("otters in water", OTTER, True),
        ("a dog in water", OTTER, False),
        ("a cup of coffee", ESPRESSO, True),
        ("a cup on a table", ESPRESSO, False),
        ("a yellow bus", SCHOOL_BUS, True),
        ("a school", SCHOOL_BUS, False),
        ("", OTTER, False),
    ],
)
def test_a_thing_is_named_by_its_own_words_and_those_that_mean_few_others(
    names: Names, caption: str, node: str, named: bool
) -> None:
    assert names.named(caption, node) == named


def test_nodes_stand_in_the_names_of_files() -> None:
    assert node_of(Path("unlabelled/insample_n02444819_otter_0de1c3.webp")) == OTTER
    assert node_of(Path("n02444819_10026.JPEG")) == OTTER
    assert node_of(Path("000000000139.jpg")) is None
