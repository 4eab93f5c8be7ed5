"""Choosing words: beam search over any decoder step, and what else it might say; numpy only."""

import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
DecoderStep = Callable[[Ints, Floats, Floats], tuple[Floats, Floats]]

LENGTH_EXPONENT = 0.7  # what captioners want whose manifest says nothing else
MOST_LENGTH_EXPONENT = 2.0
USUAL_LENGTH = 11  # words of a caption, its end counted: where a score is the log-probability
_TURNS_A_WORD = 2  # other words that are tried in the place of one word


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialIds:
    """Token ids that are no words."""

    start: int
    end: int
    never: tuple[int, ...] = ()  # the unknown word, padding: must not be said


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A sentence: token ids without start and end, and each one's log-probability.

    token_log_probabilities has one more entry than token_ids when the end was said: the end's.
    """

    token_ids: tuple[int, ...] = ()
    token_log_probabilities: tuple[float, ...] = ()
    length_exponent: float = LENGTH_EXPONENT

    @property
    def log_probability(self) -> float:
        """Of the whole sentence, its end included; natural logarithm."""
        return sum(self.token_log_probabilities)

    @property
    def score(self) -> float:
        """What hypotheses are ranked by: log-probability over a power of the length.

        So scaled that it is the log-probability of a caption of usual length, whatever the power.
        """
        return self.log_probability * self.worth(len(self.token_log_probabilities))

    def worth(self, length: int) -> float:
        """Return what a log-probability is multiplied by at a length, the end counted."""
        return math.pow(USUAL_LENGTH / max(length, 1), self.length_exponent)

    def then(self, token_id: int, log_probability: float) -> "Hypothesis":
        """Return this with a word more."""
        values = (*self.token_log_probabilities, log_probability)
        return Hypothesis((*self.token_ids, token_id), values, self.length_exponent)

    def ended(self, log_probability: float) -> "Hypothesis":
        """Return this with its end said."""
        values = (*self.token_log_probabilities, log_probability)
        return Hypothesis(self.token_ids, values, self.length_exponent)

    def before(self, place: int) -> "Hypothesis":
        """Return the first words of this, as many as place."""
        values = self.token_log_probabilities[:place]
        return Hypothesis(self.token_ids[:place], values, self.length_exponent)


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a path stood that beam search went along: from here another word can be said."""

    hidden: Floats  # (1, hidden), after the path's last word
    turns: tuple[tuple[float, int], ...]  # log-probability and token id of the likeliest next words


def beam_search(
    step: DecoderStep,
    features: Floats,
    hidden: Floats,
    *,
    ids: SpecialIds,
    beam_size: int,
    max_length: int,
    length_exponent: float = LENGTH_EXPONENT,
    forks: dict[tuple[int, ...], Fork] | None = None,
    spare: int = 0,
) -> list[Hypothesis]:
    """Return up to beam_size hypotheses for one image, and spare ones, the best score first.

    No hypothesis says the same pair of words twice, says the same word twice in a row, or says
    a token that is no word.

    Args:
        step: (token_ids (beam,), features (beam, position, channel), hidden (beam, hidden))
            -> (log-probabilities (beam, vocabulary), hidden (beam, hidden)).
        features: (1, position, channel).
        hidden: the state the encoder starts from, (1, hidden).
        ids: the tokens that are no words.
        beam_size: 1 or more; 1 is greedy search.
        max_length: tokens, the end not counted.
        length_exponent: of the length that a log-probability is divided by.
        forks: gains an entry for each path, by its token ids, for `branches`.
        spare: how many more of those that ended on the way are kept; the search is the same.
    """
    paths: list[Hypothesis] = [Hypothesis(length_exponent=length_exponent)]
    finished: list[Hypothesis] = []
    tokens = np.array([ids.start], np.int64)
    features = np.repeat(features, beam_size, axis=0)
    for _ in range(max_length + 1):
        log_probabilities, hidden = step(tokens, features[: len(paths)], hidden)
        allowed = _allowed(log_probabilities, paths, ids, max_length)
        turns = _turns(allowed, max(2 * beam_size, _TURNS_A_WORD + 1))
        if forks is not None:
            for row, path in enumerate(paths):
                likeliest = tuple(turns[row][: _TURNS_A_WORD + 1])  # the path itself takes one
                forks[path.token_ids] = Fork(hidden[row : row + 1], likeliest)
        sums = [path.log_probability for path in paths]
        best = sorted(
            (
                (sums[row] + value, row, value, word)
                for row, likeliest in enumerate(turns)
                for value, word in likeliest
            ),
            key=lambda turn: turn[0],
            reverse=True,
        )
        open_paths: list[Hypothesis] = []
        open_rows: list[int] = []
        for _, row, value, word in best[: 2 * beam_size]:
            path = paths[row]
            if word == ids.end:
                finished.append(path.ended(value))
            elif len(open_paths) < beam_size:
                open_paths.append(path.then(word, value))
                open_rows.append(row)
        finished.sort(key=lambda path: path.score, reverse=True)
        del finished[beam_size + spare :]
        if not open_paths or _settled(finished, open_paths, beam_size, max_length):
            break
        paths, hidden = open_paths, hidden[open_rows]
        tokens = np.array([path.token_ids[-1] for path in paths], np.int64)
    return finished


def branches(
    step: DecoderStep,
    features: Floats,
    trunk: Hypothesis,
    forks: Mapping[tuple[int, ...], Fork],
    *,
    ids: SpecialIds,
    count: int,
    max_length: int,
    light: Collection[int] = (),
) -> list[Hypothesis]:
    """Return up to count hypotheses that leave trunk at one word and go on greedily from there.

    They leave it where another word is likeliest; one of them at its first word, which says what
    the picture is of.

    Args:
        step, features, ids, max_length: as for beam_search.
        trunk: a hypothesis of beam_search, for the same features.
        forks: what that beam_search left.
        light: tokens that say little; none is put in the place of another.
    """
    turns: list[tuple[bool, float, int, int]] = []  # first word?, log-probability, place, token id
    for place, taken in enumerate((*trunk.token_ids, ids.end)):
        others = [
            (value, token)
            for value, token in forks[trunk.token_ids[:place]].turns
            if token != taken and not (token in light and taken in light)
        ]
        turns += [
            (place == 0 and rank == 0, value, place, token)
            for rank, (value, token) in enumerate(others[:_TURNS_A_WORD])
        ]
    paths, finished, rows = [], [], []
    for _, value, place, token in sorted(turns, reverse=True)[:count]:
        before = trunk.before(place)
        if token == ids.end:
            finished.append(before.ended(value))
        else:
            paths.append(before.then(token, value))
            rows.append(forks[before.token_ids].hidden)
    features = np.repeat(features, len(paths), axis=0)
    while paths:
        tokens = np.array([path.token_ids[-1] for path in paths], np.int64)
        hidden = np.concatenate(rows)
        log_probabilities, hidden = step(tokens, features[: len(paths)], hidden)
        allowed = _allowed(log_probabilities, paths, ids, max_length)
        going, rows = [], []
        for row, (path, ((value, token),)) in enumerate(
            zip(paths, _turns(allowed, 1), strict=True)
        ):
            if token == ids.end:
                finished.append(path.ended(value))
            else:
                going.append(path.then(token, value))
                rows.append(hidden[row : row + 1])
        paths = going
    return sorted(finished, key=lambda path: path.score, reverse=True)


def _turns(allowed: Floats, count: int) -> list[list[tuple[float, int]]]:
    """Return each path's count likeliest next words, log-probability and token id, best first.

    Fewer where fewer may be said. One maximum after another is five times as fast as sorting out
    the best of a vocabulary in one go, for the few that a beam asks for.

    Args:
        allowed: (beam, vocabulary), -inf for what may not be said; it is used up.
    """
    rows = np.arange(len(allowed))
    found: list[list[tuple[float, int]]] = [[] for _ in rows]
    for _ in range(min(count, allowed.shape[1])):
        tokens = allowed.argmax(axis=1)
        values = allowed[rows, tokens]
        allowed[rows, tokens] = -np.inf
        for turns, value, token in zip(found, values.tolist(), tokens.tolist(), strict=True):
            if math.isfinite(value):
                turns.append((value, token))
    return found


def _settled(
    finished: list[Hypothesis], open_paths: list[Hypothesis], beam_size: int, max_length: int
) -> bool:
    """Tell whether no open path can still overtake the worst finished one."""
    if len(finished) < beam_size:
        return False
    best = max(open_paths, key=lambda path: path.log_probability)
    return best.log_probability * best.worth(max_length + 1) <= finished[beam_size - 1].score


def _allowed(
    log_probabilities: Floats, paths: Sequence[Hypothesis], ids: SpecialIds, max_length: int
) -> Floats:
    """Return a copy of log_probabilities with -inf for what a path may not say next."""
    allowed = log_probabilities.copy()
    allowed[:, [ids.start, *ids.never]] = -np.inf
    for row, path in enumerate(paths):
        said = path.token_ids
        if len(said) == max_length:
            end = allowed[row, ids.end]
            allowed[row] = -np.inf
            allowed[row, ids.end] = end
        elif said:
            last = said[-1]
            allowed[row, last] = -np.inf
            for word, after in itertools.pairwise(said):
                if word == last:
                    allowed[row, after] = -np.inf
        else:
            allowed[row, ids.end] = -np.inf
    return allowed
