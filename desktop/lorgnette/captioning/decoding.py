"""Choosing words: beam search over any decoder step, and what else it might say; numpy only."""

import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

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


Ended = Literal["beside", "shrinks", "refills", "competes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How a model's sentences are searched for; the defaults are lorgnette's own rules.

    A captioner of another program is searched as that program does it, or its captions are others.

    Attributes:
        beam_size: hypotheses open at once where nobody asks for another number; 1 is greedy.
        ended: what a sentence that has ended does to the beam.
            beside: it takes no place in it, of twice as many that are looked at. The start is
            never said, no sentence is empty, and the end is said after the most words.
            shrinks: it takes its place away (Show, Attend and Tell's tutorial).
            refills: its place goes to another in the next step (ImageCaptioning.pytorch).
            competes: it keeps its place until better ones push it out.
            With these three the network may say what it likes, and of one place each is greedy.
        repeat_words: the same word may follow itself.
        repeat_pairs: the same two words may follow one another again.
        unknown: the word for all unknown ones may be said.
    """

    beam_size: int = 3
    ended: Ended = "beside"
    repeat_words: bool = False
    repeat_pairs: bool = False
    unknown: bool = False


def as_elsewhere(beam_size: int = 1, ended: Ended = "shrinks") -> Search:
    """Return a search without rules of our own: greedy, unless told."""
    return Search(
        beam_size=beam_size, ended=ended, repeat_words=True, repeat_pairs=True, unknown=True
    )


LORGNETTES = Search()


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

    def without(self, silent: Collection[int]) -> "Hypothesis":
        """Return this without the tokens that are not shown, and their log-probabilities."""
        if not any(token in silent for token in self.token_ids):
            return self
        shown = [place for place, token in enumerate(self.token_ids) if token not in silent]
        end = self.token_log_probabilities[len(self.token_ids) :]
        return Hypothesis(
            tuple(self.token_ids[place] for place in shown),
            (*(self.token_log_probabilities[place] for place in shown), *end),
            self.length_exponent,
        )

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
    rules: Search = LORGNETTES,
    forks: dict[tuple[int, ...], Fork] | None = None,
    spare: int = 0,
) -> list[Hypothesis]:
    """Return up to beam_size hypotheses for one image, and spare ones, the best score first.

    By lorgnette's own rules no hypothesis says the same pair of words twice, says the same word
    twice in a row, or says a token that is no word.

    Args:
        step: (token_ids (beam,), features (beam, position, channel), hidden (beam, hidden))
            -> (log-probabilities (beam, vocabulary), hidden (beam, hidden)).
        features: (1, position, channel).
        hidden: the state the encoder starts from, (1, hidden).
        ids: the tokens that are no words.
        beam_size: 1 or more; 1 is greedy search.
        max_length: tokens, the end not counted.
        length_exponent: of the length that a log-probability is divided by.
        rules: what may be said, and how a beam goes on; its beam_size is not looked at.
        forks: gains an entry for each path, by its token ids, for `branches`.
        spare: how many more of those that ended on the way are kept; the search is the same.
    """
    rows = np.repeat(features, beam_size, axis=0)
    beam = _Beam(step, rows, hidden, ids, length_exponent, max_length, rules, forks)
    if rules.ended != "beside":
        return _as_elsewhere(beam, beam_size)[: beam_size + spare]
    finished: list[Hypothesis] = []
    for _ in range(max_length + 1):
        going: list[tuple[Hypothesis, int]] = []
        for path, row, value, word in beam.turns(2 * beam_size):
            if word == ids.end:
                finished.append(path.ended(value))
            elif len(going) < beam_size:
                going.append((path.then(word, value), row))
        finished.sort(key=lambda path: path.score, reverse=True)
        del finished[beam_size + spare :]
        if not going or _settled(finished, [path for path, _ in going], beam_size, max_length):
            break
        beam.go_on(going)
    return finished


class _Beam:
    """Open paths, and what each has left behind in the decoder."""

    def __init__(
        self,
        step: DecoderStep,
        features: Floats,
        hidden: Floats,
        ids: SpecialIds,
        length_exponent: float,
        max_length: int,
        rules: Search,
        forks: dict[tuple[int, ...], Fork] | None,
    ) -> None:
        self.step, self.features, self.hidden, self.ids = step, features, hidden, ids
        self.max_length, self.rules, self.forks = max_length, rules, forks
        self.paths = [Hypothesis(length_exponent=length_exponent)]
        self.tokens = np.array([ids.start], np.int64)

    def turns(self, count: int) -> list[tuple[Hypothesis, int, float, int]]:
        """Return the count likeliest next words of all paths: path, its row, value and token."""
        features = self.features[: len(self.paths)]
        log_probabilities, self.hidden = self.step(self.tokens, features, self.hidden)
        allowed = _allowed(log_probabilities, self.paths, self.ids, self.max_length, self.rules)
        turns = _turns(allowed, max(count, _TURNS_A_WORD + 1))
        if self.forks is not None:
            for row, path in enumerate(self.paths):
                likeliest = tuple(turns[row][: _TURNS_A_WORD + 1])  # the path itself takes one
                self.forks[path.token_ids] = Fork(self.hidden[row : row + 1], likeliest)
        sums = [path.log_probability for path in self.paths]
        best = sorted(
            (
                (sums[row] + value, row, value, word)
                for row, likeliest in enumerate(turns)
                for value, word in likeliest
            ),
            key=lambda turn: turn[0],
            reverse=True,
        )
        return [(self.paths[row], row, value, word) for _, row, value, word in best[:count]]

    def go_on(self, going: Sequence[tuple[Hypothesis, int]]) -> None:
        """Leave the open paths for those that are going, each with the row that it came from."""
        self.paths = [path for path, _ in going]
        self.hidden = self.hidden[[row for _, row in going]]
        self.tokens = np.array([path.token_ids[-1] for path in self.paths], np.int64)


def _as_elsewhere(beam: _Beam, beam_size: int) -> list[Hypothesis]:
    """Return what a search finds whose ended sentences do to the beam what its rules say."""
    end, kind = beam.ids.end, beam.rules.ended
    finished: list[Hypothesis] = []
    places = beam_size
    for _ in range(beam.max_length):
        turns = beam.turns(places)
        if kind == "competes":
            rivals = [path.log_probability for path in finished]
            sums = [path.log_probability + value for path, _, value, _ in turns]
            least = sorted([*rivals, *sums], reverse=True)[:places][-1]
            finished = [path for path in finished if path.log_probability >= least]
            turns = [turn for turn, value in zip(turns, sums, strict=True) if value >= least]
        finished += [path.ended(value) for path, _, value, word in turns if word == end]
        going = [(path.then(word, v), row) for path, row, v, word in turns if word != end]
        if kind == "shrinks":
            places = len(going)
        if not going:
            break
        beam.go_on(going)
    else:  # as many words as may be are said; what has not ended stands as it is
        ended = [path.ended(v) for path, _, v, word in beam.turns(places) if word == end]
        if kind == "shrinks" and (finished or ended):
            finished += ended
        else:
            finished += beam.paths
    return sorted(finished, key=lambda path: path.score, reverse=True)


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
    silent: Collection[int] = (),
    rules: Search = LORGNETTES,
) -> list[Hypothesis]:
    """Return up to count hypotheses that leave trunk at one word and go on greedily from there.

    They leave it where another word is likeliest; one of them at its first word, which says what
    the picture is of.

    Args:
        step, features, ids, max_length: as for beam_search.
        trunk: a hypothesis of beam_search, for the same features.
        forks: what that beam_search left.
        light: tokens that say little; none is put in the place of another.
        silent: tokens that are said and not shown; none is left or taken.
    """
    said = (*trunk.token_ids, ids.end)
    first = next(place for place, taken in enumerate(said) if taken not in silent)
    turns: list[tuple[bool, float, int, int]] = []  # first word?, log-probability, place, token id
    for place, taken in enumerate(said[:max_length]):
        others = [
            (value, token)
            for value, token in forks[trunk.token_ids[:place]].turns
            if token != taken and not (token in light and taken in light)
            if token not in silent and taken not in silent
        ]
        turns += [
            (place == first and rank == 0, value, place, token)
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
        allowed = _allowed(log_probabilities, paths, ids, max_length, rules, must_end=True)
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
    log_probabilities: Floats,
    paths: Sequence[Hypothesis],
    ids: SpecialIds,
    max_length: int,
    rules: Search,
    *,
    must_end: bool = False,
) -> Floats:
    """Return a copy of log_probabilities with -inf for what a path may not say next.

    Args:
        must_end: the end alone may be said after max_length words, whatever the rules.
    """
    allowed = log_probabilities.copy()
    allowed[:, list(ids.never)] = -np.inf
    ours = rules.ended == "beside"
    if ours:
        allowed[:, ids.start] = -np.inf
    for row, path in enumerate(paths):
        said = path.token_ids
        if len(said) >= max_length and (ours or must_end):
            end = allowed[row, ids.end]
            allowed[row] = -np.inf
            allowed[row, ids.end] = end
        elif said:
            last = said[-1]
            if not rules.repeat_words:
                allowed[row, last] = -np.inf
            if not rules.repeat_pairs:
                for word, after in itertools.pairwise(said):
                    if word == last:
                        allowed[row, after] = -np.inf
        elif ours:
            allowed[row, ids.end] = -np.inf
    return allowed
