import numpy as np
import pytest

from lorgnette.ocr import ctc
from lorgnette.ocr.found import ReadWord

CHARACTERS = ("", "a", "b", " ")


def said(*columns: tuple[int, float]) -> tuple[list[ReadWord], list[float]]:
    best, certainty = zip(*columns, strict=True)
    return ctc.words(np.array(best), np.array(certainty, np.float32), CHARACTERS)


def test_a_character_that_goes_on_is_said_once_and_after_a_blank_again() -> None:
    words, certain = said((0, 0.9), (1, 0.7), (1, 0.9), (0, 0.9), (1, 0.8), (2, 0.6))
    assert [word.text for word in words] == ["aab"]
    assert words[0].confidence == pytest.approx(0.6)
    assert certain == pytest.approx([0.9, 0.8, 0.6])


def test_spaces_part_words_and_each_has_its_own_confidence() -> None:
    words, _ = said((3, 0.9), (1, 0.5), (3, 0.9), (3, 0.9), (2, 0.99))
    assert [(word.text, round(word.confidence, 2)) for word in words] == [("a", 0.5), ("b", 0.99)]


def test_blanks_say_nothing() -> None:
    assert said((0, 0.9), (0, 0.9)) == ([], [])
