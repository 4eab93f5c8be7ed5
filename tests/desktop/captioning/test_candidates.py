"""Which candidates are offered, and which words are marked."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorgnette.captioning.candidates import (
    DOUBTED_BELOW,
    FARTHEST,
    MOST,
    Candidate,
    different,
    marked,
)
from lorgnette.captioning.caption import Word


def candidate(text: str, score: float = -1, probability: float = 1) -> Candidate:
    return Candidate(
        tuple(Word(text=word, probability=probability) for word in text.split()), score
    )


def texts(candidates: list[Candidate]) -> list[str]:
    return [" ".join(word.text for word in one.words) for one in candidates]


def test_articles_and_verb_forms_make_no_candidate_different() -> None:
    found = [
        candidate("a dog runs on the grass"),
        candidate("the dog is running on grass"),
        candidate("two dogs, on sand"),
    ]
    assert texts(different(found)) == ["a dog runs on the grass", "two dogs, on sand"]


def test_the_first_stays_first_and_novelty_counts_beside_the_score() -> None:
    found = [
        candidate("a brown dog on a bench", -12.0),
        candidate("a small brown dog on a bench", -11.0),
        candidate("a cat in a basket", -14.0),
    ]
    assert texts(different(found)) == [
        "a brown dog on a bench",
        "a cat in a basket",
        "a small brown dog on a bench",
    ]


def test_what_the_model_hardly_believes_is_left_out() -> None:
    near, far = -1 - 0.9 * FARTHEST, -1 - 1.1 * FARTHEST
    found = [candidate("a dog"), candidate("a cat", near), candidate("a cow", far)]
    assert texts(different(found)) == ["a dog", "a cat"]


def test_nothing_comes_of_candidates_that_say_nothing() -> None:
    assert different([]) == []
    assert different([candidate(""), candidate("in the")]) == []


@given(
    st.lists(
        st.tuples(
            st.lists(
                st.sampled_from(["a", "the", "dog", "dogs", "cat", "runs", "running", "red"]),
                max_size=4,
            ),
            st.floats(-4, 0),
        ),
        max_size=20,
    )
)
def test_no_two_candidates_say_the_same(found: list[tuple[list[str], float]]) -> None:
    chosen = different([candidate(" ".join(words), score) for words, score in found])
    assert len(chosen) <= MOST
    plain = [[word.text for word in one.words if word.text not in {"a", "the"}] for one in chosen]
    assert all(one != other for one, other in itertools.combinations(plain, 2))


def test_a_word_is_doubted_below_the_threshold_unless_it_means_nothing_alone() -> None:
    low, high = DOUBTED_BELOW / 2, DOUBTED_BELOW * 2
    words = [
        Word(text="in", probability=low),
        Word(text="red", probability=low),
        Word(text="water,", probability=high),
    ]
    assert [word.doubted for word in marked(words, [])] == [False, True, False]


def test_a_word_is_agreed_on_by_the_candidates_that_say_it() -> None:
    said = [candidate("a dog runs"), candidate("the dog is running"), candidate("a cat, a dog")]
    agreed = {word.text: word.agreed for word in marked(said[0].words, said)}
    assert agreed == {
        "a": pytest.approx(2 / 3),
        "dog": pytest.approx(1),
        "runs": pytest.approx(2 / 3),
    }
