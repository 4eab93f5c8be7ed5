import pytest

from lorgnette.ocr import known
from lorgnette.ocr.found import ReadWord


@pytest.mark.parametrize(
    ("text", "confidence", "sure"),
    [
        ("Outputs", 0.7, True),
        ("(outputs),", 0.61, True),
        ("Outputs", 0.55, False),
        ("Outpnts", 0.7, False),
        ("Outpnts", 0.9, True),
        ("ten", 0.7, False),
        ("1815", 0.7, False),
        ("пример", 0.7, False),
    ],
)
def test_a_word_of_the_dictionary_is_believed_at_less_certainty(
    text: str, confidence: float, sure: bool
) -> None:
    assert known.looked_up(ReadWord(text=text, confidence=confidence)).sure is sure
