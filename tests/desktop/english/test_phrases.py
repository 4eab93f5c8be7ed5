"""Several people in one sentence."""

import pytest

from lorgnette.english.people import neutral


def said(text: str) -> str:
    return " ".join(word.text for word in neutral(text.split()))


@pytest.mark.parametrize(
    ("model", "neutral_words"),
    [
        ("a man and a woman on a boat", "two people on a boat"),
        ("man and woman", "two people"),
        ("a boy and girl are running", "two children are running"),
        ("a young man and young woman", "two young people"),
        ("two men and a woman", "three people"),
        ("the man and the woman", "the two people"),
        ("another man and woman", "two other people"),
        ("his mother and father", "their parents"),
        ("men and women", "people"),
        ("several men and a woman", "several people"),
        ("a group of men and women", "a group of people"),
        ("a man , a woman , and a child", "two people and a child"),
        ("a man , woman , and child", "two people and a child"),
        ("a man a woman and a dog", "two people and a dog"),
        ("a man woman and dog", "two people and dog"),
        ("a man and a boy", "a person and a child"),
        ("an old man and a young woman", "an old person and a young person"),
    ],
)
def test_people_that_are_joined_are_counted_only_where_the_number_is_known(
    model: str, neutral_words: str
) -> None:
    assert said(model) == neutral_words


@pytest.mark.parametrize(
    ("model", "neutral_words"),
    [
        ("a man next to a woman", "a person next to another person"),
        ("a man in red and a woman in blue", "a person in red and another person in blue"),
        ("a man in front of a man in white", "a person in front of another person in white"),
        ("the woman touches the man's face", "the person touches the other person's face"),
        ("a man by a statue of a woman", "a person by a statue of a person"),
        ("a man sees an old woman", "a person sees an old person"),
    ],
)
def test_the_second_person_is_another_one(model: str, neutral_words: str) -> None:
    assert said(model) == neutral_words
