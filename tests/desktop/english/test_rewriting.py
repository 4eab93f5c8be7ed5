"""Whole texts, in which all else keeps its spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorgnette.english.lexicon import words_of
from lorgnette.english.people import neutral
from lorgnette.english.rewriting import rewritten

WORDS = words_of(
    "a an the two three several man men woman women boy girl boys girls lady male female mother "
    "daughter policeman his her him he she himself man's girls' and or , with of in next to is are "
    "rides standing dressed as young old dog cow its player tennis"
)


def said(text: str) -> str:
    return " ".join(word.text for word in neutral(text.split()))


@pytest.mark.parametrize(
    ("text", "found", "neutral_text"),
    [
        ("Man and two girls with his dog.", "Man", "Person and two children with their dog."),
        (
            "An Asian man and an Asian woman sit in Paris.",
            "An Asian man and an Asian woman",
            "Two Asian people sit in Paris.",
        ),
        (
            "Young man and young woman, laughing.",
            "Young man and young woman",
            "Two young people, laughing.",
        ),
        (
            "Female tennis player swings her racket.",
            "Female",
            "Tennis player swings their racket.",
        ),
        (
            "\u201cA boy\u201d, says the policeman; she smiles.",
            "boy",
            "\u201cA child\u201d, says the police officer; they smile.",
        ),
        ("A man\u2019s hat  (left).", "man\u2019s", "A person\u2019s hat  (left)."),
        ("A woman waits. A man runs.", "woman", "A person waits. Another person runs."),
        ("The bike is his.", "his", "The bike is theirs."),
        ("A man, a woman, and a child.", "A man, a woman", "Two people and a child."),
        ("The girls' shoes.", "girls'", "The children's shoes."),
        ("A snowman and a woman", "woman", "A snowman and a person"),
    ],
)
def test_a_text_keeps_all_but_the_words_for_people(
    text: str, found: str, neutral_text: str
) -> None:
    rewriting = rewritten(text)
    assert rewriting is not None
    assert (rewriting.text, rewriting.found) == (neutral_text, found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Two dogs \u2013 one of them black \u2013 run (fast!).",
        "Lady Gaga sings on the Isle of Man.",
        "A child wears a \u201cBoss Lady\u201d cap.",
        "Ein Mann und sein Hund.",
    ],
)
def test_a_text_without_such_words_is_left_alone(text: str) -> None:
    assert rewritten(text) is None


@given(st.lists(st.sampled_from(sorted(WORDS - {"girls'"})), min_size=1, max_size=14))
def test_a_text_says_what_its_words_say(texts: list[str]) -> None:
    rewriting = rewritten(" ".join(texts))
    after = " ".join(texts) if rewriting is None else rewriting.text
    assert after.replace(" ,", ",") == said(" ".join(texts)).replace(" ,", ",")
