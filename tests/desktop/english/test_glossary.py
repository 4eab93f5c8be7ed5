"""Corrections are seen for what they are, and rules change the words that they name alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorgnette.english.glossary import Rule, applied, closest, corrections, for_picture

DRAFT = "A dog runs on a soccer field."


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("A dog runs on a football field.", [Rule("soccer", "football")]),
        ("Rex runs on a soccer field.", [Rule("a dog", "Rex")]),
        ("Rex runs on a football field.", [Rule("a dog", "Rex"), Rule("soccer", "football")]),
        ("A cat runs on a soccer field.", [Rule("dog", "cat")]),
        ("A dog runs on a soccer field in Rome.", []),  # added
        ("A dog runs on a field.", []),  # taken out
        ("A dog runs, on a soccer field!", []),  # marks are no words
        ("Our summer in Lisbon began with this.", []),  # written anew
        (DRAFT, []),
        ("", []),
    ],
)
def test_what_was_corrected_is_seen(text: str, rules: list[Rule]) -> None:
    assert list(corrections(DRAFT, text)) == rules


def test_a_word_that_begins_a_sentence_is_learnt_in_small_letters() -> None:
    assert list(corrections("Soccer players on grass.", "Football players on grass.")) == [
        Rule("soccer", "football")
    ]


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        (DRAFT, "Rex runs on a football field."),
        ("Soccer players with a dog.", "Football players with Rex."),
        ("Two people and a dogged soccerplayer.", "Two people and a dogged soccerplayer."),
        ("A hot dog.", "A hot dog."),
        ("SOCCER is fun. Soccer is too.", "Football is fun. Football is too."),
    ],
)
def test_rules_change_whole_words(draft: str, text: str) -> None:
    assert applied([Rule("a dog", "Rex"), Rule("soccer", "football")], draft) == text


def test_the_article_before_follows_the_word() -> None:
    rules = [Rule("picture", "image"), Rule("apple", "pear")]
    text = "A picture of an apple, a red picture and the apple."
    assert applied(rules, text) == "An image of a pear, a red image and the pear."


def test_the_longest_comes_first_and_nothing_is_replaced_twice() -> None:
    rules = [Rule("dog", "cat"), Rule("a dog", "Rex")]
    assert applied(rules, "A dog and the dog.") == "Rex and the cat."
    rules = [Rule("dog", "cat"), Rule("cat", "dog"), Rule("hot dog", "sausage")]
    assert applied(rules, "A dog, a cat and a hot dog.") == "A cat, a dog and a sausage."


def test_a_rule_for_a_folder_holds_there_and_below_and_wins_over_one_for_all() -> None:
    rules = [Rule("dog", "Rex", "/home/album"), Rule("dog", "hound")]
    for place, text in (
        ("/home/album/1.jpg", "A Rex."),
        ("/home/album/summer/1.jpg", "A Rex."),
        ("/home/albums/1.jpg", "A hound."),
    ):
        assert applied(for_picture(rules, Path(place)), "A dog.") == text


def test_the_closest_suggestion_is_what_was_corrected() -> None:
    suggestions = ("A child in a red shirt.", "A dog on a beach.")
    assert closest(suggestions, "Rex on a beach.") == "A dog on a beach."


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_makes_rules_that_apply(draft: str, text: str) -> None:
    for rule in corrections(draft, text):
        assert rule.before == rule.before.casefold()
        applied([rule], draft)
