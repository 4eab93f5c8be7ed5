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
    Search,
    SpecialIds,
    as_elsewhere,
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


def owners(step: DecoderStep, beam_size: int, ended: str, most: int) -> list[int]:
    """Search as programs elsewhere do, without rules: written after each of them."""
    features = np.zeros((beam_size, 1, 1), np.float32)
    if ended == "greedy":
        said, token, hidden = [], START, np.zeros((1, 1), np.float32)
        for _ in range(most):
            values, hidden = step(np.array([token]), features[:1], hidden)
            token = int(values[0].argmax())
            if token == END:
                break
            said.append(token)
        return said
    places = beam_size
    open_ = [(0.0, [START], np.zeros(1, np.float32))]
    complete: list[tuple[float, list[int]]] = []
    for t in range(most + (ended == "shrinks")):
        values, after = step(
            np.array([words[-1] for _, words, _ in open_]),
            features[: len(open_)],
            np.stack([state for _, _, state in open_]),
        )
        sums = values + np.array([total for total, _, _ in open_])[:, None]
        best = [
            (float(sums.flat[i]), [*open_[i // SIZE][1], int(i % SIZE)], after[i // SIZE])
            for i in np.argsort(-sums, axis=None)[:places]
        ]
        if ended == "competes":
            kept = [(total, words, None) for total, words in complete]
            best = sorted([*best, *kept], key=lambda each: -each[0])[:places]
            complete = []
        complete += [(total, words) for total, words, _ in best if words[-1] == END]
        open_ = [each for each in best if each[1][-1] != END]
        if ended == "shrinks":
            places = len(open_)
        if not open_:
            break
        if t == most - 1 and ended != "shrinks":
            complete += [(total, words) for total, words, _ in open_]
    if not complete:
        complete = [(total, words[:-1]) for total, words, _ in open_]
    words = max(complete, key=lambda each: each[0])[1][1:]
    return [word for word in words if word != END]


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize(
    ("beam_size", "ended"),
    [(1, "greedy"), (3, "shrinks"), (5, "shrinks"), (3, "refills"), (4, "competes")],
)
def test_a_search_of_another_program_finds_what_that_finds(
    seed: int, beam_size: int, ended: str
) -> None:
    step, _ = chain(seed)
    rules = as_elsewhere(beam_size, "shrinks" if ended == "greedy" else ended)  # type: ignore[arg-type]
    found = beam_search(
        step,
        np.zeros((1, 1, 1), np.float32),
        np.zeros((1, 1), np.float32),
        ids=SpecialIds(start=START, end=END),
        beam_size=beam_size,
        max_length=9,
        length_exponent=0,
        rules=rules,
    )
    assert list(found[0].token_ids) == owners(step, beam_size, ended, 9)


def test_each_rule_can_be_left_out() -> None:
    """Words 3, 4 and 5 follow one another for ever, and the start and the unknown are likely."""
    table = np.full((SIZE, SIZE), -5000.0, np.float32)
    for before, after in ((START, 3), (3, 3), (4, 5), (5, 4)):
        table[before, after] = -0.1
    table[3, 4] = -1.0
    table[4, UNKNOWN] = table[UNKNOWN, 4] = -0.05
    table[:, END] = -1000.0

    def step(tokens: Ints, features: Floats, hidden: Floats) -> tuple[Floats, Floats]:
        return table[tokens], hidden

    def said(rules: Search, never: tuple[int, ...] = (UNKNOWN,)) -> tuple[int, ...]:
        zeros = np.zeros((1, 1, 1), np.float32), np.zeros((1, 1), np.float32)
        ids = SpecialIds(start=START, end=END, never=never)
        return beam_search(
            step, *zeros, ids=ids, beam_size=1, max_length=8, length_exponent=1, rules=rules
        )[0].token_ids

    assert said(Search()) == (3, 4, 5, 4)
    assert said(Search(repeat_words=True)) == (3, 3, 4, 5, 4)
    assert said(Search(repeat_pairs=True)) == (3, 4, 5, 4, 5, 4, 5, 4)
    assert said(as_elsewhere()) == (3,) * 8
    assert UNKNOWN in said(Search(repeat_pairs=True), never=())


def test_tokens_that_are_not_shown_go_with_their_probabilities() -> None:
    whole = Hypothesis((START, 3, 0, 4), (-0.1, -1.0, -0.2, -2.0, -3.0))
    assert whole.without((START,)) == Hypothesis((3, 4), (-1.0, -2.0, -3.0))
    assert whole.without((9,)) is whole


@pytest.mark.parametrize("seed", range(10))
def test_other_sentences_end_although_the_first_one_never_did(seed: int) -> None:
    step, table = chain(seed)
    table[..., END] = -50  # nobody says it
    zeros = np.zeros((1, 1, 1), np.float32), np.zeros((1, 1), np.float32)
    forks: dict[tuple[int, ...], Fork] = {}
    ids, rules = SpecialIds(start=START, end=END), as_elsewhere()
    (trunk,) = beam_search(
        step, *zeros, ids=ids, beam_size=1, max_length=MAX_LENGTH, rules=rules, forks=forks
    )
    assert len(trunk.token_ids) == len(trunk.token_log_probabilities) == MAX_LENGTH
    found = branches(
        step, zeros[0], trunk, forks, ids=ids, count=6, max_length=MAX_LENGTH, rules=rules
    )
    assert found
    assert all(len(each.token_ids) <= MAX_LENGTH for each in found)
    assert trunk.token_ids not in {each.token_ids for each in found}
