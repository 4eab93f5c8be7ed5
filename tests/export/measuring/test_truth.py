"""Things that are not there, counted by hand."""

import pytest

from lorgnette_export.measuring import truth


def test_a_thing_is_there_if_a_box_or_anybody_has_it() -> None:
    assert truth.there({"cup"}, ["A man eats.", "Somebody with a sandwich."]) == {
        "cup",
        "person",
        "sandwich",
    }


def test_chair_is_the_share_of_captions_and_of_things_said() -> None:
    found = truth.chair(
        ["a man with a dog and a ball", "a woman and a man", "a hill", "two dogs on a bench"],
        [{"person", "dog"}, {"person"}, {"bench"}, {"bird"}],
    )
    assert found.sentences == pytest.approx(2 / 4)  # the ball; dogs and bench
    assert found.things == pytest.approx(3 / 7)


def test_saying_nothing_invents_nothing() -> None:
    assert truth.chair(["", ""], [set(), {"dog"}]) == truth.Chair(0.0, 0.0)
    assert truth.invented([""]) == truth.Invented(people=0.0, animals=0.0, either=0.0)


def test_people_and_animals_are_counted_apart_and_together() -> None:
    found = truth.invented(
        ["a man on a hill", "a man and his dog", "birds over the sea", "a statue of a man"]
    )
    assert found == truth.Invented(people=0.5, animals=0.5, either=0.75)
