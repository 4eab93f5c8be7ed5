"""Sentences joined with names, places and days, and what must never be joined."""

from typing import Any

import pytest

from lorgnette.english.joining import day_in_words, joined

TWO = "Two people at a table."


@pytest.mark.parametrize(
    ("sentence", "known", "text"),
    [
        (
            TWO,
            {"people": ("Anna", "Ben"), "place": "Rome", "date": "2026-05-03"},
            "Two people at a table: Anna and Ben, in Rome, 3 May 2026.",
        ),
        (TWO, {"people": ("Anna", "Ben"), "faces": 2}, "Two people at a table: Anna and Ben."),
        (
            "Three children on a beach.",
            {"people": ("Anna", "Ben", "Carla")},
            "Three children on a beach: Anna, Ben and Carla.",
        ),
        (
            "A person with a dog.",
            {"people": ("Anna",)},
            "A person with a dog: Anna.",
        ),
        (
            "A man and a woman on a bench.",
            {"people": ("Anna", "Ben")},
            "A man and a woman on a bench: Anna and Ben.",
        ),
        ("A dog on grass.", {"place": "Rome"}, "A dog on grass, in Rome."),
        ("A dog on grass.", {"date": "2026-05"}, "A dog on grass, May 2026."),
        ("A dog.", {"place": "United States"}, "A dog, in the United States."),
    ],
)
def test_what_fits_is_joined(sentence: str, known: dict[str, Any], text: str) -> None:
    assert joined(sentence, **known) == text


@pytest.mark.parametrize(
    ("sentence", "known"),
    [
        (TWO, {"people": ("Anna", "Ben", "Carla")}),  # never three
        (TWO, {"people": ("Anna",)}),
        (TWO, {"people": ("Anna", "Ben"), "faces": 3}),  # one has no name: which?
        ("A group of people at a table.", {"people": ("Anna", "Ben")}),
        ("People on a street.", {"people": ("Anna", "Ben")}),
        ("A table with food.", {"people": ("Anna",)}),
        ("A dog on grass.", {"people": ("Rex",)}),
        ("A street in Rome.", {"place": "Rome"}),
        ("", {"place": "Rome"}),
        (TWO, {}),
    ],
)
def test_what_does_not_is_left_out(sentence: str, known: dict[str, Any]) -> None:
    assert joined(sentence, **known) == sentence


def test_days_in_words() -> None:
    assert [day_in_words(day) for day in ("2026-12-31", "1931-07", "1931")] == [
        "31 December 2026",
        "July 1931",
        "1931",
    ]
