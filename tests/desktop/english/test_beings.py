"""Who is said to be there."""

import pytest

from lorgnette.english.beings import animals_said, people_counted, people_said


@pytest.mark.parametrize(
    ("sentence", "people", "animals"),
    [
        ("a man with his dog", ["man", "his"], ["dog"]),
        ("a hot dog and a teddy bear", [], []),
        ("two bears and a teddy bear", [], ["bears"]),
        ("a passenger train in a city", [], []),
        ("a baseball player in the field", ["player"], []),
        ("a couple of boats", [], []),
        ("a couple in a boat", ["couple"], []),
        ("a herd of zebras", [], ["herd", "zebras"]),
        ("a mountain above a lake", [], []),
    ],
)
def test_people_and_animals_are_found(sentence: str, people: list[str], animals: list[str]) -> None:
    assert people_said(sentence.split()) == people
    assert animals_said(sentence.split()) == animals


@pytest.mark.parametrize(
    ("sentence", "counted"),
    [
        ("a boat", (0, 0)),
        ("a man and two children", (3, 3)),
        ("two young men are walking", (2, 2)),
        ("a group of people", (2, None)),
        ("a family and a dog", (2, None)),
        ("a baseball player", (1, 1)),
        ("a couple sitting on a bench", (2, 2)),
        ("a couple of dogs", (0, 0)),
        ("two dogs and a child", (1, 1)),
        ("two dogs and children", (2, None)),
        ("a man holds his bag", (1, 1)),
        ("a passenger train", (0, 0)),
    ],
)
def test_people_are_counted(sentence: str, counted: tuple[int, int | None]) -> None:
    assert people_counted(sentence.split()) == counted
