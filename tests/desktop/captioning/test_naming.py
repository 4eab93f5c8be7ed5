"""A name takes the place of a neighbour's, with article and number put right."""

import dataclasses

import pytest
from tests.desktop.captioning.seeing import seen, thing

from lorgnette.captioning.caption import Word
from lorgnette.captioning.evidence import Evidence
from lorgnette.captioning.naming import named, plural, spelled

OTTER = thing("otter", "animal", instead_of=("dog", "dogs", "cat", "animal", "polar bear", "sheep"))
GOLDFISH = thing("goldfish", "animal", plural="goldfish", words=("goldfish",), instead_of=("dog",))
BURRITO = thing("burrito", "food", instead_of=("food", "sandwich"))
BROCCOLI = thing("broccoli", "food", plural="", words=("broccoli",), instead_of=("vegetable",))
SCISSORS = thing(
    "scissors", plural="scissors", words=("scissors",), instead_of=("tool",), naming_threshold=0.6
)
UNICYCLE = thing("unicycle", "vehicle", instead_of=("bicycle", "bike"))


def renamed(sentence: str, evidence: Evidence) -> str:
    words = named([Word(text=text, probability=0.5) for text in sentence.split()], evidence)
    return " ".join(word.text for word in words)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a dog is sitting on a rock", "an otter is sitting on a rock"),
        ("a brown dog is sitting", "a brown otter is sitting"),
        ("an animal in the water", "an otter in the water"),
        ("the dog in the water", "the otter in the water"),
        ("two dogs are playing", "two otters are playing"),
        ("dogs on a beach", "otters on a beach"),
        ("two brown dogs are playing", "two brown otters are playing"),
        ("a group of dogs", "a group of otters"),
        ("a dog sits on a rock", "an otter sits on a rock"),
        ("a dog perched on a rock", "an otter perched on a rock"),
        ("a dog lying next to another dog", "an otter lying next to another otter"),
        ("a polar bear in the water", "an otter in the water"),
        ("a sheep in a field", "an otter in a field"),
        ("a herd of sheep in a field", "a herd of otters in a field"),
        ("sheep are grazing", "otters are grazing"),
        ("the sheep is grazing", "the otter is grazing"),
        ("three white sheep", "three white otters"),
        ("a man and his dog", "a man and his otter"),
        ("this is a dog", "this is an otter"),
    ],
)
def test_the_name_stands_where_the_neighbour_stood(before: str, after: str) -> None:
    assert renamed(before, seen((OTTER, 0.9))) == after


@pytest.mark.parametrize(
    "sentence",
    [
        "an otter next to a dog",  # said already
        "two otters and a dog",
        "a dog and a cat",  # which of them?
        "a dog house in a garden",
        "a dog bed",
        "a toy dog",
        "a hot dog on a plate",
        "a boat on the water",  # no neighbour
        "",
    ],
)
def test_a_sentence_stays_where_the_name_has_no_place(sentence: str) -> None:
    hot_dog = thing("hot dog", "food", words=("hot dog",))
    assert renamed(sentence, seen((OTTER, 0.9), (hot_dog, 0.1))) == sentence


@pytest.mark.parametrize("probability", [0.0, 0.5, 0.59])
def test_nothing_is_renamed_where_the_evidence_is_not_sure(probability: float) -> None:
    assert renamed("a dog", seen((OTTER, probability))) == "a dog"


def test_a_thing_that_never_names_itself_does_not() -> None:
    silent = thing("otter", "animal", instead_of=("dog",), naming_threshold=None)
    assert renamed("a dog", seen((silent, 1.0))) == "a dog"


def test_no_person_is_ever_named() -> None:
    groom = thing("groom", "person", instead_of=("man",))
    assert renamed("a man", seen((groom, 1.0))) == "a man"


def test_no_animal_is_named_where_none_is_supported() -> None:
    shy = dataclasses.replace(OTTER, threshold=None)
    assert renamed("a dog", seen((shy, 0.9), animal=0.1)) == "a dog"
    assert renamed("a dog", seen((shy, 0.9), animal=0.3)) == "an otter"


@pytest.mark.parametrize("source", ["coco", "both"])
def test_where_the_detector_contradicts_the_sentence_stays(source: str) -> None:
    dog = thing("dog", "animal", source=source)
    assert renamed("a dog in the water", seen((OTTER, 0.9), (dog, 0.8))) == "a dog in the water"
    assert renamed("a cat in the water", seen((OTTER, 0.9), (dog, 0.8))) == "a cat in the water"
    assert renamed("a dog in the water", seen((OTTER, 0.9), (dog, 0.4))) == "an otter in the water"


BEAR_WORDS = ("bear", "bears", "brown bear", "brown bears")
BEAR = thing("bear", "animal", source="coco", words=BEAR_WORDS)
MARMOT = thing("marmot", "animal", instead_of=("bear", "animal"))


@pytest.mark.parametrize("name", ["bear", "brown bear"])
def test_a_detector_that_takes_it_for_what_the_classifier_knows_and_does_not_see_is_mistaken(
    name: str,
) -> None:
    known = thing(name, "animal", instead_of=("animal",))
    for unseen, after in ((0.0, "a marmot"), (0.3, "a bear")):
        evidence = seen((MARMOT, 0.9), (BEAR, 0.95), (known, unseen))
        assert renamed("a bear on a rock", evidence) == f"{after} on a rock"
    assert renamed("a bear on a rock", seen((MARMOT, 0.9), (BEAR, 0.95))) == "a bear on a rock"


def test_a_mistaken_detector_names_nothing_itself() -> None:
    sheep = thing("sheep", "animal", plural="sheep", source="coco", instead_of=("squirrel",))
    fox = thing("fox", "animal", plural="foxes", instead_of=("sheep", "cow"))
    squirrel = thing("squirrel", "animal")
    evidence = seen((sheep, 0.9), (fox, 0.9), (squirrel, 0.0))
    assert renamed("a squirrel in the grass", evidence) == "a squirrel in the grass"


@pytest.mark.parametrize(
    ("koala", "squirrel", "after"),
    [
        (0.55, 0.0, "a koala on a branch"),
        (0.55, 0.2, "a squirrel on a branch"),
        (0.45, 0.0, "a squirrel on a branch"),
        (0.65, 0.2, "a koala on a branch"),
    ],
)
def test_what_is_only_believed_names_itself_where_nothing_is_seen_of_the_neighbour(
    koala: float, squirrel: float, after: str
) -> None:
    evidence = seen(
        (thing("koala", "animal", instead_of=("squirrel",)), koala),
        (thing("squirrel", "animal"), squirrel),
    )
    assert renamed("a squirrel on a branch", evidence) == after


def test_a_dog_that_the_detector_sees_too_may_be_called_by_its_breed() -> None:
    beagle = thing("beagle", "animal", instead_of=("dog",))
    dog = thing("dog", "animal", source="coco", words=("dog", "dogs", "beagle", "beagles"))
    assert renamed("two dogs", seen((beagle, 0.9), (dog, 0.9))) == "two beagles"


def test_a_detector_that_sees_something_else_beside_it_does_not_contradict() -> None:
    boat = thing("boat", "vehicle", source="coco")
    assert renamed("a dog on a boat", seen((OTTER, 0.9), (boat, 0.9))) == "an otter on a boat"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a plate of food", "a plate of burritos"),
        ("some food on a plate", "some burritos on a plate"),
        ("food on a plate", "a burrito on a plate"),
        ("the food on a plate", "the burrito on a plate"),
        ("a sandwich on a plate", "a burrito on a plate"),
        ("two sandwiches on a plate", "two burritos on a plate"),
    ],
)
def test_what_is_not_counted_is_told_by_what_can_be(before: str, after: str) -> None:
    assert renamed(before, seen((BURRITO, 0.9))) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a vegetable on a table", "broccoli on a table"),
        ("a green vegetable on a table", "green broccoli on a table"),
        ("the vegetable on a table", "the broccoli on a table"),
        ("two vegetables on a table", "two vegetables on a table"),
    ],
)
def test_a_name_that_is_not_counted_has_no_article(before: str, after: str) -> None:
    assert renamed(before, seen((BROCCOLI, 0.9))) == after


def test_a_pair_is_called_one() -> None:
    assert renamed("a tool is lying", seen((SCISSORS, 0.9))) == "a pair of scissors is lying"
    assert renamed("two tools", seen((SCISSORS, 0.9))) == "two pairs of scissors"


def test_a_name_with_one_form_for_both_numbers() -> None:
    assert renamed("two dogs in water", seen((GOLDFISH, 0.9))) == "two goldfish in water"


def test_a_neighbour_that_is_seen_itself_stays() -> None:
    monkey = thing("monkey", "animal", words=("monkey", "monkeys"), naming_threshold=0.4)
    dog = thing("dog", "animal", instead_of=("monkey", "animal"))
    assert renamed("a monkey on a branch", seen((dog, 0.91), (monkey, 0.75))) == (
        "a monkey on a branch"
    )
    assert renamed("a monkey on a branch", seen((dog, 0.91), (monkey, 0.3))) == "a dog on a branch"
    assert renamed("an animal on a branch", seen((dog, 0.91), (monkey, 0.75))) == (
        "a dog on a branch"
    )


def test_a_you_that_sounds_like_no_vowel_takes_a() -> None:
    assert renamed("an old bike", seen((UNICYCLE, 0.9))) == "an old unicycle"
    assert renamed("a bike", seen((UNICYCLE, 0.9))) == "a unicycle"


def test_the_likelier_of_two_names_comes_first() -> None:
    seal = thing("seal", "animal", instead_of=("dog",))
    assert renamed("a dog", seen((OTTER, 0.7), (seal, 0.9))) == "a seal"


def test_a_name_is_as_likely_as_the_thing() -> None:
    words = [Word(text=text, probability=0.5) for text in ("a", "dog", "runs")]
    assert [w.probability for w in named(words, seen((OTTER, 0.75)))] == [0.5, 0.75, 0.5]


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("dog", "dogs"),
        ("fox", "foxes"),
        ("puppy", "puppies"),
        ("monkey", "monkeys"),
        ("mouse", "mice"),
        ("wolf", "wolves"),
        ("sheep", "sheep"),
        ("polar bear", "polar bears"),
        ("bench", "benches"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_names_keep_their_capitals() -> None:
    dragon = thing("Komodo dragon", "animal", words=("komodo dragon", "komodo dragons"))
    texts = ["a", "komodo", "dragon,", "a", "lizard", "and", "two", "komodo", "dragons"]
    words = spelled([Word(text=text, probability=0.5) for text in texts], seen((dragon, 0.9)))
    expected = "a Komodo dragon, a lizard and two Komodo dragons"
    assert " ".join(word.text for word in words) == expected


def test_the_longest_name_is_spelled_as_it_is_written() -> None:
    lizard = thing("lizard", "animal")
    dragon = thing("Komodo dragon", "animal", instead_of=("lizard",))
    evidence = seen((lizard, 0.1), (dragon, 0.9))
    words = named([Word(text=text, probability=0.5) for text in ("a", "lizard")], evidence)
    assert " ".join(word.text for word in words) == "a Komodo dragon"
