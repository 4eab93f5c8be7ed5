"""Beam search against looking at every sentence there is."""

import itertools

import numpy as np
import pytest

from lorgnette.captioning.decoding import (
    USUAL_LENGTH,
    DecoderStep,
    Floats,
    Fork,
    Hypothesis,
    Ints,
    SpecialIds,
    beam_search,
    branches,
)

START, END, UNKNOWN, FIRST_WORD, SIZE = 0, 1, 2, 3, 7
IDS = SpecialIds(start=START, end=END, never=(UNKNOWN,))
MAX_LENGTH = 4


def chain(seed: int) -> tuple[DecoderStep, Floats]:
    """Return a step whose words depend on the last two, and its log-probabilities."""
    logits = np.random.default_rng(seed).normal(0, 2, (SIZE, SIZE, SIZE)).astype(np.float32)
    table = logits - np.log(np.exp(logits).sum(-1, keepdims=True))

    def step(token_ids: Ints, features: Floats, hidden: Floats) -> tuple[Floats, Floats]:
        before = hidden[:, 0].astype(int)
        return table[before, token_ids], token_ids[:, None].astype(np.float32)

    return step, table


def allowed(words: tuple[int, ...]) -> bool:
    pairs = list(itertools.pairwise(words))
    return len(set(pairs)) == len(pairs) and all(a != b for a, b in pairs)


def every_hypothesis(table: Floats) -> list[Hypothesis]:
    found = []
    for length in range(1, MAX_LENGTH + 1):
        for words in itertools.product(range(FIRST_WORD, SIZE), repeat=length):
            if allowed(words):
                said = (START, START, *words, END)
                values = tuple(float(table[said[i : i + 3]]) for i in range(length + 1))
                found.append(Hypothesis(words, values))
    return sorted(found, key=lambda h: h.score, reverse=True)


def search(step: DecoderStep, beam_size: int) -> list[Hypothesis]:
    features, hidden = np.zeros((1, 1, 1), np.float32), np.zeros((1, 1), np.float32)
    return beam_search(step, features, hidden, ids=IDS, beam_size=beam_size, max_length=MAX_LENGTH)


@pytest.mark.parametrize("seed", range(20))
def test_a_wide_beam_finds_what_exhaustive_search_finds(seed: int) -> None:
    step, table = chain(seed)
    wanted = every_hypothesis(table)[:5]
    found = search(step, 400)[:5]
    assert [h.token_ids for h in found] == [h.token_ids for h in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert one.token_log_probabilities == pytest.approx(other.token_log_probabilities)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("beam_size", [1, 3])
def test_what_a_narrow_beam_finds_is_sorted_real_and_allowed(seed: int, beam_size: int) -> None:
    step, table = chain(seed)
    every = {h.token_ids: h for h in every_hypothesis(table)}
    found = search(step, beam_size)
    assert 1 <= len(found) <= beam_size
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
    for hypothesis in found:
        assert hypothesis.score == pytest.approx(every[hypothesis.token_ids].score)


def test_the_score_divides_by_a_power_of_the_length() -> None:
    short = Hypothesis((3, 4), (-1.0, -2.0, -3.0), 0.5)
    usual = Hypothesis((3,) * (USUAL_LENGTH - 1), (-1.0,) * USUAL_LENGTH, 0.5)
    assert short.log_probability == -6
    assert short.score / usual.score == pytest.approx((6 / 3**0.5) / (11 / 11**0.5))
    assert usual.score == pytest.approx(usual.log_probability)


@pytest.mark.parametrize("seed", range(20))
def test_a_larger_exponent_never_makes_the_best_shorter(seed: int) -> None:
    step, _ = chain(seed)
    features, hidden = np.zeros((1, 1, 1), np.float32), np.zeros((1, 1), np.float32)
    lengths = [
        len(
            beam_search(
                step, features, hidden, ids=IDS, beam_size=400, max_length=MAX_LENGTH,
                length_exponent=exponent,
            )[0].token_ids
        )
        for exponent in (0.0, 0.7, 1.4)
    ]  # fmt: skip
    assert lengths == sorted(lengths)


def branched(
    step: DecoderStep, count: int, light: tuple[int, ...] = ()
) -> tuple[Hypothesis, list[Hypothesis]]:
    """Return the best hypothesis of a beam search, and the branches off it."""
    features, hidden = np.zeros((1, 1, 1), np.float32), np.zeros((1, 1), np.float32)
    forks: dict[tuple[int, ...], Fork] = {}
    trunk = beam_search(
        step, features, hidden, ids=IDS, beam_size=3, max_length=MAX_LENGTH, forks=forks
    )[0]
    return trunk, branches(
        step, features, trunk, forks, ids=IDS, count=count, max_length=MAX_LENGTH, light=light
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_branch_leaves_the_trunk_at_one_word_and_goes_on_greedily(seed: int) -> None:
    step, table = chain(seed)
    every = {h.token_ids: h for h in every_hypothesis(table)}
    trunk, found = branched(step, 6)
    assert 1 <= len(found) <= 6
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
    for hypothesis in found:
        assert hypothesis.score == pytest.approx(every[hypothesis.token_ids].score)
        said = (*hypothesis.token_ids, END)
        left = next(i for i, word in enumerate(said) if word != (*trunk.token_ids, END)[i])
        for place in range(left + 1, len(said)):
            before = (START, START, *said)[place : place + 2]
            likeliest = sorted(
                (word for word in (END, *range(FIRST_WORD, SIZE))
                 if word == END or (place < MAX_LENGTH and allowed((*said[:place], word)))),
                key=lambda word: table[(*before, word)],
            )[-1]  # fmt: skip
            assert said[place] == likeliest


@pytest.mark.parametrize("seed", range(20))
def test_branches_take_the_likeliest_turns_and_one_at_the_first_word(seed: int) -> None:
    step, _ = chain(seed)
    trunk, few = branched(step, 3)
    _, all_of_them = branched(step, 100)
    assert {h.token_ids for h in few} <= {h.token_ids for h in all_of_them}
    assert any(h.token_ids[0] != trunk.token_ids[0] for h in few)


@pytest.mark.parametrize("seed", range(20))
def test_a_word_that_says_little_never_takes_the_place_of_another(seed: int) -> None:
    step, _ = chain(seed)
    light = (FIRST_WORD, FIRST_WORD + 1)
    trunk, whole = branched(step, 100)
    _, found = branched(step, 100, light)

    def turn(branch: Hypothesis) -> tuple[int, int]:
        said, kept = (*branch.token_ids, END), (*trunk.token_ids, END)
        return next(pair for pair in zip(said, kept, strict=False) if pair[0] != pair[1])

    assert {b.token_ids for b in found} == {
        b.token_ids for b in whole if not set(turn(b)) <= set(light)
    }


@pytest.mark.parametrize("seed", range(5))
def test_spare_sentences_follow_and_leave_the_search_as_it_was(seed: int) -> None:
    step, _ = chain(seed)
    features, hidden = np.zeros((1, 1, 1), np.float32), np.zeros((1, 1), np.float32)
    more = beam_search(step, features, hidden, ids=IDS, beam_size=2, max_length=MAX_LENGTH, spare=3)
    assert more[:2] == search(step, 2)
    assert len(more) > 2
    assert more == sorted(set(more), key=lambda h: h.score, reverse=True)
