"""What is done is left out of a sentence, and what is left is a sentence."""

import pytest

from lorgnette.captioning import doing
from lorgnette.captioning.caption import Word

SURE = {"doing": 1.0, "agreed": 1.0, "confidence": 1.0, "bias": 0.0}


def words_of(sentence: str, probability: float = 0.5) -> list[Word]:
    return [Word(text=text, probability=probability) for text in sentence.split()]


def without(sentence: str) -> str | None:
    less = doing.without_doing(words_of(sentence))
    return None if less is None else " ".join(word.text for word in less)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a dog is running in the snow", "a dog in the snow"),
        ("a dog running in the snow", "a dog in the snow"),
        ("two dogs are playing", "two dogs"),
        ("a herd of zebras grazing in a field", "a herd of zebras in a field"),
        ("a man in a red shirt is sitting on a bench", "a man in a red shirt on a bench"),
        ("a dog is standing next to a herd of sheep", "a dog next to a herd of sheep"),
        ("a cat sitting on top of a desk in an office", "a cat on top of a desk in an office"),
        # what is passed is where it happens
        ("a dog is running through the water", "a dog in the water"),
        ("a bus driving down a street", "a bus on a street"),
        ("a bird is flying up into the air", "a bird in the air"),
        # what it is done with
        ("a boy is playing with a ball in the sand", "a boy with a ball in the sand"),
        ("a player throwing a ball on a field", "a player on a field"),
        ("a player throwing a ball on a base", "a player"),
        ("a player swinging a bat at a ball", "a player with a bat"),
        ("a woman hitting a ball with a racket", "a woman with a racket"),
        ("a group of people riding horses on a beach", "a group of people on horses on a beach"),
        ("a woman sitting at a table with a cup", "a woman at a table with a cup"),
        ("a man standing on a court holding a racket", "a man on a court with a racket"),
        # to what it is done a place may belong: no one sits on that table
        ("a person holding a pizza on a table", "a person with a pizza"),
        ("a person holding a phone in their hand", "a person with a phone"),
        ("a dog running with a stick in its mouth", "a dog with a stick"),
        # what is played or shot is no thing
        ("two men are playing a game of soccer on a beach", "two men on a beach"),
        ("a boy doing a trick on a skateboard", "a boy on a skateboard"),
        ("two women posing for a picture", "two women"),
        ("a man looking at a crowd of people", "a man"),
    ],
)
def test_who_is_told_with_what_and_where(before: str, after: str) -> None:
    assert without(before) == after


@pytest.mark.parametrize(
    "sentence",
    [
        "a cup on a table",
        "a tall building next to a swimming pool",
        "a woman wearing a red dress",
        "a balcony overlooking a lake",
        "this is a picture of a man running",
        "a man that is riding a horse",
        "a dog jumping over a hurdle",  # it is not on it
        "people standing around a table",
        "is running",
        "",
    ],
)
def test_another_sentence_stays(sentence: str) -> None:
    assert without(sentence) is None


def test_words_keep_their_probabilities() -> None:
    likely = [Word(text=t, probability=p) for t, p in (("dogs", 0.9), ("running", 0.2))]
    assert doing.without_doing([*likely, *words_of("in snow", 0.7)]) == [
        likely[0],
        *words_of("in snow", 0.7),
    ]


def test_a_doing_is_doubted_by_its_word_by_the_other_sentences_and_by_the_confidence() -> None:
    others = [("a", "dog", "runs"), ("a", "dog", "jumping")]
    found = doing.traits(words_of("a dog is running", 0.5), others, 0.4)
    assert found == {"doing": pytest.approx(-0.693, abs=1e-3), "agreed": 0.5, "confidence": 0.4}
    assert doing.traits(words_of("a dog in the snow"), others, 0.4) is None


@pytest.mark.parametrize(("bias", "doubted"), [(-3.0, True), (3.0, False)])
def test_what_is_less_likely_than_the_limit_is_doubted(bias: float, doubted: bool) -> None:
    weights = {**SURE, "bias": bias}
    assert doing.doubted(words_of("a dog is running"), [], 0.5, weights) is doubted
    assert not doing.doubted(words_of("a dog"), [], 0.5, weights)
    assert not doing.doubted(words_of("a dog is running"), [], 0.5, {})
