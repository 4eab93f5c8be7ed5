"""How likely the neutral words for people are."""

from lorgnette.captioning.caption import Word
from lorgnette.captioning.people import neutral


def test_each_word_is_as_likely_as_the_least_of_those_it_stands_for() -> None:
    model = [("a", 0.9), ("man", 0.5), ("and", 0.8), ("a", 0.7), ("woman", 0.3), ("sit", 0.6)]
    words = neutral([Word(text=text, probability=value) for text, value in model])
    assert [(word.text, word.probability) for word in words] == [
        ("two", 0.3),
        ("people", 0.3),
        ("sit", 0.6),
    ]
