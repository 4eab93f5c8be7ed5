"""What is sure, and nothing else."""

import dataclasses

import pytest
from tests.desktop.captioning.seeing import seen, thing

from lorgnette.captioning.evidence import Evidence
from lorgnette.captioning.sure import Sentence, invents, overlooks, sure
from lorgnette.captioning.wording import sentence

PERSON = thing("person", "person", plural="people", source="coco", precision=0.97)
DOG = thing("dog", "animal", source="coco", precision=0.95)
CUP, TABLE, BOOK = thing("cup"), thing("table"), thing("book")
BEACH, LIBRARY = thing("beach", "place"), thing("library", "place", at="in")
NOBODY = (0.9, 0.05, 0.05)


def text(evidence: Evidence, *sentences: Sentence) -> str:
    found = sure(evidence, sentences)
    return "" if found is None else sentence(found.words)


def said(words: str, probability: float = 0.9) -> Sentence:
    texts = tuple(words.split())
    return Sentence(texts, (probability,) * (len(texts) + 1))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0.1, 0.8, 0.1), "A person and a dog."),
        ((0.0, 0.1, 0.8, 0.1), "Two people and a dog."),
        ((0.0, 0.1, 0.1, 0.8), "Several people and a dog."),
        ((0.0, 0.4, 0.4, 0.2), "One or more people and a dog."),
        ((0.8, 0.1, 0.1), "A dog."),
    ],
)
def test_people_come_first_with_their_number_where_it_is_sure(
    numbers: tuple[float, ...], expected: str
) -> None:
    assert text(seen((PERSON, 0.9), (DOG, 0.9), numbers=numbers)) == expected


def test_nobody_is_listed_whom_the_evidence_does_not_see() -> None:
    low = dataclasses.replace(PERSON, threshold=0.05)
    assert text(seen((low, 0.1), (CUP, 0.9), numbers=(0.4, 0.3, 0.3))) == "A cup."


def test_animals_come_before_things_and_the_place_last() -> None:
    evidence = seen((CUP, 0.9), (BEACH, 0.95), (DOG, 0.7))
    assert text(evidence) == "A dog, a cup and a beach."
    assert text(seen((CUP, 0.9), (LIBRARY, 0.95))) == "A cup in a library."
    assert text(seen((CUP, 0.9), (TABLE, 0.8), (LIBRARY, 0.9))) == "A cup and a table in a library."
    assert text(seen((LIBRARY, 0.95))) == "A library."


def test_no_more_than_four_things_are_listed() -> None:
    names = ["cup", "table", "book", "lamp", "chair"]
    evidence = seen(*((thing(name), 0.9 - 0.01 * n) for n, name in enumerate(names)))
    assert text(evidence) == "A cup, a table, a book and a lamp."


def test_only_what_reaches_its_own_threshold_is_listed() -> None:
    shy = thing("table", threshold=0.95)
    never = thing("book", threshold=None)
    assert text(seen((CUP, 0.5), (shy, 0.9), (never, 1.0))) == "A cup."
    assert sure(seen((CUP, 0.4), (shy, 0.9)), []) is None


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        (thing("TV"), "A TV."),
        (thing("orange"), "An orange."),
        (thing("scissors", plural="scissors"), "Scissors."),
        (thing("broccoli", plural=""), "Broccoli."),
        (thing("sheep", plural="sheep"), "A sheep."),
    ],
)
def test_the_article_fits(things: object, expected: str) -> None:
    assert text(seen((things, 0.9))) == expected  # type: ignore[arg-type]


def test_several_are_told_where_all_sentences_tell_several() -> None:
    dogs, one = said("two dogs are running"), said("a dog is running")
    assert text(seen((DOG, 0.9)), dogs, dogs) == "Dogs."
    assert text(seen((DOG, 0.9)), dogs, one) == "A dog."
    assert text(seen((thing("bus", plural="buses", words=("bus", "buses")), 0.9)), said("a bus"))


def test_a_thing_and_its_kind_are_one() -> None:
    dog = thing("dog", "animal", source="coco", words=("dog", "dogs", "beagle", "beagles"))
    beagle = thing("beagle", "animal", instead_of=("dog",))
    assert text(seen((dog, 0.95), (beagle, 0.8))) == "A beagle."
    assert text(seen((dog, 0.95), (beagle, 0.3))) == "A dog."


@pytest.mark.parametrize("name", ["cup of espresso", "measuring cup"])
def test_a_thing_in_the_name_of_another_is_not_told_twice(name: str) -> None:
    longer = thing(name)
    assert text(seen((CUP, 0.95), (longer, 0.6))) == f"A {name}."
    assert text(seen((CUP, 0.95), (thing("cupboard"), 0.6))) == "A cup and a cupboard."


def test_two_names_that_say_each_other_are_said_once() -> None:
    couch = thing("couch", words=("couch", "sofa"))
    sofa = thing("sofa", words=("couch", "sofa"))
    assert text(seen((couch, 0.9), (sofa, 0.8))) == "A couch."
    assert text(seen((couch, 0.8), (sofa, 0.8))) in {"A couch.", "A sofa."}


def test_where_detector_and_classifier_contradict_neither_is_said() -> None:
    otter = thing("otter", "animal", instead_of=("dog", "cat"))
    assert text(seen((DOG, 0.9), (otter, 0.9), (CUP, 0.6))) == "A cup."
    assert sure(seen((DOG, 0.9), (otter, 0.9)), []) is None
    assert text(seen((DOG, 0.4), (otter, 0.9))) == "An otter."


def test_where_the_detector_is_mistaken_the_classifier_is_believed() -> None:
    truck = thing("truck", "vehicle", source="coco")
    forklift = thing("forklift", "vehicle", instead_of=("truck",))
    known = thing("truck", "vehicle")
    assert text(seen((truck, 0.9), (forklift, 0.7), (known, 0.05))) == "A forklift."
    assert sure(seen((truck, 0.9), (forklift, 0.7), (known, 0.2)), []) is None


def test_a_relation_is_told_only_where_the_sentences_agree_on_it() -> None:
    evidence = seen((CUP, 0.9), (TABLE, 0.8))
    agreed = [said("a cup on a table"), said("a cup on a wooden table"), said("the cup on a table")]
    assert text(evidence, *agreed) == "A cup on a table."
    assert text(evidence, *agreed[:2]) == "A cup and a table."
    assert text(evidence, *agreed, said("a cup under a table")) == "A cup and a table."
    assert text(evidence, *agreed, said("a table with a cup")) == "A cup and a table."
    doubted = [said("a cup on a table", 0.5)] * 3
    assert text(evidence, *doubted) == "A cup and a table."


def test_the_confidence_is_that_all_of_it_is_right() -> None:
    found = sure(seen((DOG, 0.99), (CUP, 0.99), numbers=(0.0, 0.9, 0.1)), [])
    assert found is not None
    assert found.confidence == pytest.approx(0.95 * 0.9 * 0.9)
    alone = sure(seen((DOG, 0.6)), [])
    assert alone is not None
    assert alone.confidence == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("sentence", "probability", "overlooked"),
    [
        ("a black and white photo", 0.8, True),
        ("a black and white photo", 0.7, False),
        ("a lens cap on a table", 0.8, False),
        ("two caps", 0.8, False),
    ],
)
def test_what_is_plainly_seen_may_not_be_overlooked(
    sentence: str, probability: float, overlooked: bool
) -> None:
    evidence = seen((thing("lens cap"), probability), (thing("cap"), 0.1), (PERSON, 0.95))
    assert overlooks(sentence.split(), evidence) is overlooked


def test_the_detector_sees_many_things_that_need_not_be_said() -> None:
    assert not overlooks(["a", "dog"], seen((thing("cup", source="coco"), 0.95), (BEACH, 0.95)))


@pytest.mark.parametrize(
    ("source", "probability", "invented"),
    [("coco", 0.05, True), ("coco", 0.2, False), ("imagenet", 0.05, False)],
)
def test_a_thing_is_invented_that_the_detector_knows_and_does_not_see(
    source: str, probability: float, invented: bool
) -> None:
    evidence = seen((thing("cup", source=source), probability), (DOG, 0.01), (PERSON, 0.95))
    assert invents(["a", "man", "holding", "a", "cup"], evidence) is invented
