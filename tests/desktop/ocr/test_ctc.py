import numpy as np
import pytest

from lorgnette.ocr import ctc

CHARACTERS = ("", "a", "b", " ")


def said(*columns: tuple[int, float]) -> list[ctc.Spelt]:
    best, certainty = zip(*columns, strict=True)
    return ctc.words(np.array(best), np.array(certainty, np.float32), CHARACTERS)


def test_a_character_that_goes_on_is_said_once_and_after_a_blank_again() -> None:
    (word,) = said((0, 0.9), (1, 0.7), (1, 0.9), (0, 0.9), (1, 0.8), (2, 0.6))
    assert word.text == "aab"
    assert word.confidence == pytest.approx(0.6)
    assert word.certain == pytest.approx((0.9, 0.8, 0.6))


def test_spaces_part_words_and_each_has_its_own_confidence() -> None:
    words = said((3, 0.9), (1, 0.5), (3, 0.9), (3, 0.9), (2, 0.99))
    assert [(word.text, round(word.confidence, 2)) for word in words] == [("a", 0.5), ("b", 0.99)]


def test_words_are_parted_in_the_middle_of_their_gaps() -> None:
    columns = [(0, 0.9), (1, 0.9), (3, 0.9), (3, 0.9), (0, 0.9), (2, 0.9), (0, 0.9), (0, 0.9)]
    assert [(word.begins, word.ends) for word in said(*columns)] == [(0, 3 / 8), (3 / 8, 1)]


def test_blanks_say_nothing() -> None:
    assert said((0, 0.9), (0, 0.9)) == []


def test_a_letter_that_was_left_out_makes_its_word_doubtful() -> None:
    # "a", a gap in which "b" is likely, "a"; then a space and "b", beside which "b" is likely.
    best = np.array([1, 0, 1, 3, 2, 0])
    second = np.array([0, 2, 0, 0, 0, 2])
    likely = np.array([0.01, 0.3, 0.01, 0.01, 0.01, 0.4], np.float32)
    lacking = ctc.left_out(best, second, likely)
    assert lacking == pytest.approx([0, 0.3, 0, 0, 0, 0])
    words = ctc.words(best, np.full(6, 0.99, np.float32), CHARACTERS, lacking)
    assert [word.text for word in words] == ["aa", "b"]
    assert [word.confidence for word in words] == pytest.approx([0.7, 0.99])


def test_nothing_is_left_out_of_what_says_nothing_but_what_is_likely_there() -> None:
    assert ctc.left_out(np.array([0, 0]), np.array([1, 0]), np.array([0.4, 0.1], np.float32)) == (
        pytest.approx([0.4, 0.1])
    )
