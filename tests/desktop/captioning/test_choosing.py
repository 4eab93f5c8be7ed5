"""What a sentence is chosen by."""

import math

import numpy as np
import pytest
from tests.desktop.captioning.seeing import seen, thing

from lorgnette.captioning.choosing import confidence_traits, ranked, traits
from lorgnette.captioning.decoding import Hypothesis
from lorgnette.captioning.evidence import (
    CONFIDENCE_TRAITS,
    EXPECTED_TRAITS,
    PICTURE_TRAITS,
    TRAITS,
    EvidenceTable,
    WordsTable,
)

CUP, TABLE, DOG = thing("cup"), thing("table"), thing("dog", "animal")


def of(sentence: str, *others: str, **more: object) -> dict[str, float]:
    words = sentence.split()
    hypothesis = Hypothesis(tuple(range(len(words))), (*tuple(-0.1 for _ in words), -1.0))
    evidence = seen((CUP, 0.8), (TABLE, 0.5), (DOG, 0.001), numbers=(0.1, 0.6, 0.3), **more)
    return traits(hypothesis, words, [other.split() for other in others], evidence)


def test_the_traits_are_those_that_weights_may_have() -> None:
    found = of("a cup")
    assert tuple(found) == (*TRAITS, *PICTURE_TRAITS)
    sentence = ranked([Hypothesis((1,), (-1.0,))], [("cup",)], seen((CUP, 0.8)))
    assert set(confidence_traits(sentence)) | {"bias"} == set(CONFIDENCE_TRAITS)


def test_what_the_search_made_of_it() -> None:
    found = of("a cup on a table")
    assert found["mean"] == pytest.approx(-1.5 / 6)
    assert found["least"] == -1
    assert found["words"] == 5


def test_how_well_the_things_that_are_said_are_seen() -> None:
    found = of("a cup on a table with a dog")
    assert found["things"] == 3
    assert found["seen"] == pytest.approx((math.log(0.8) + math.log(0.5) + math.log(0.01)) / 3)
    assert found["least_seen"] == pytest.approx(math.log(0.01))
    assert found["unseen"] == 1
    assert found["missed"] == 0
    assert of("a cup next to a cup")["things"] == 1


def test_what_is_in_the_picture_whatever_is_said_of_it() -> None:
    found = of("a wall", animal=0.5)
    assert found["alone"] == pytest.approx(math.log(0.6 / 0.4))
    assert found["animal"] == pytest.approx(0)
    assert found["somebody"] == pytest.approx(math.log(0.9 / 0.1))
    assert found["likely"] == 1  # the cup; the table is as likely as not
    assert {name: of("a dog", animal=0.5)[name] for name in PICTURE_TRAITS} == {
        name: found[name] for name in PICTURE_TRAITS
    }


def test_what_is_plainly_seen_and_not_said() -> None:
    assert of("a wall")["missed"] == 2
    assert of("some cups")["missed"] == 1


@pytest.mark.parametrize(
    ("sentence", "probability"),
    [
        ("a wall", 0.1),
        ("a man at a wall", 0.6),
        ("a man and a woman", 0.3),
        ("a group of people", 0.3),
        ("seven people", 0.3),
        ("a man with his hat", 0.6),
    ],
)
def test_the_number_of_people_said_is_held_against_those_counted(
    sentence: str, probability: float
) -> None:
    assert of(sentence)["people"] == pytest.approx(math.log(probability))


def expected(sentence: str) -> dict[str, float]:
    words = WordsTable(texts=("dog", "running", "a"), shares=(0.1, 0.2, 0.9))
    evidence = EvidenceTable(outputs=3, things=(), words=words).of(np.array([0.4, 0.05, 0.9]))
    found = traits(Hypothesis((1,), (-1.0,)), sentence.split(), [], evidence)
    return {name: found[name] for name in EXPECTED_TRAITS}


def test_how_far_people_would_say_what_a_sentence_says() -> None:
    found = expected("a dog is running after a running dachshund")
    assert found["expected"] == pytest.approx((math.log(0.4) + math.log(0.05)) / 2)
    assert found["least_expected"] == pytest.approx(math.log(0.05))
    assert found["lift"] == pytest.approx((math.log(4) + math.log(0.25)) / 2)
    assert found["agreeing"] == pytest.approx(0.45)
    assert found["unheard"] == 1  # a dachshund
    assert expected("a dachshund") == dict.fromkeys(EXPECTED_TRAITS, 0.0) | {"unheard": 1}


def test_a_model_without_words_expects_none() -> None:
    found = of("a dog is running")
    assert {found[name] for name in EXPECTED_TRAITS} == {0.0}


def test_what_the_others_say_too() -> None:
    assert of("a cup", "a cup", "a cup")["common"] == 1
    assert of("a cup", "the wall")["common"] == 0
    assert of("a cup")["common"] == 0
    assert 0.3 < of("a red cup", "a blue cup")["common"] < 0.6


def test_evidence_decides_only_where_its_weights_are_known() -> None:
    hypotheses = [Hypothesis((n,), (value,)) for n, value in enumerate((-3.0, -2.0, -1.0))]
    texts = [("dog",), ("wall",), ("cup",)]
    no_weights = ranked(hypotheses, texts, seen((CUP, 0.8), (DOG, 0.01)))
    assert [each.words for each in no_weights] == [("dog",), ("cup",), ("wall",)]
    assert [each.words for each in ranked(hypotheses, texts, None)] == [
        ("dog",),
        ("cup",),
        ("wall",),
    ]
    weighed = ranked(hypotheses, texts, seen((CUP, 0.8), (DOG, 0.01), choice={"seen": 1.0}))
    assert [each.words for each in weighed] == [("wall",), ("cup",), ("dog",)]
