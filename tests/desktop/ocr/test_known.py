import pytest

from lorgnette.ocr import known
from lorgnette.ocr.found import Line, ReadWord


def sure(*words: tuple[str, float]) -> list[str]:
    """Return what is sure of a line."""
    read = tuple(ReadWord(text=text, confidence=confidence) for text, confidence in words)
    (line,) = known.looked_up([Line(words=read, confidence=1, box=(0, 0, 1, 1), height=0.1)])
    return [word.text for word in line.words if word.sure]


@pytest.mark.parametrize(
    ("text", "confidence", "wanted"),
    [
        ("Outputs", 0.7, True),
        ("(outputs),", 0.61, True),
        ("Outputs", 0.55, False),
        ("Outpnts", 0.7, False),
        ("ten", 0.7, False),
        ("1815", 0.7, False),
        ("1815", 0.9, True),
        ("пример", 0.7, False),
    ],
)
def test_a_word_of_the_dictionary_is_believed_at_less_certainty(
    text: str, confidence: float, wanted: bool
) -> None:
    assert (sure((text, confidence)) == [text]) is wanted


def test_among_english_words_one_that_no_dictionary_has_must_be_certain() -> None:
    english = [("minutes", 0.99), ("left", 0.99), ("before", 0.9)]
    assert sure(*english, ("mnutes", 0.95)) == ["minutes", "left", "before"]
    assert sure(*english, ("Vew", 0.95), ("View", 0.95))[3:] == ["View"]
    assert sure(*english, ("TOTP", 0.9))[3:] == ["TOTP"]
    assert sure(*english, ("Lorgnette", 0.99)) == ["minutes", "left", "before", "Lorgnette"]
    german = [("Haltestelle", 0.9), ("zwischen", 0.9), ("Hafenstrasse", 0.9)]
    assert sure(*german) == [text for text, _ in german]
