"""What the candidates say in the place of a word."""

import pytest

from lorgnette.gui.reviewing.other_words import other_words

CANDIDATES = (
    "A wooden table with a cup",
    "A metal table with a cup",
    "A small round table with a cup",
    "A wooden bench with two cups",
    "Wooden chairs",
)


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("wooden", ["metal", "small round"]),
        ("table", ["bench"]),
        ("cup", ["cups"]),
        ("with", []),
    ],
)
def test_the_first_candidates_come_first(word: str, others: list[str]) -> None:
    text = CANDIDATES[0]
    assert other_words(text, text.index(word), CANDIDATES) == others


def test_a_capital_stays_and_a_place_without_a_word_has_none() -> None:
    text = "Dogs run in the grass."
    assert other_words(text, 0, ["Two cats run in the grass.", "cats run in the grass."]) == [
        "Two cats",
        "Cats",
    ]
    assert other_words(text, 2, ["Cats run in the grass."]) == []
    assert other_words("", 0, ["Cats run."]) == []
