"""From which probability on evidence is believed: so that nine of ten such words are right.

Measured on photos that the head did not learn from, of several sets, each of which weighs the
same: everyday photos with people's captions and boxes, landscapes, and photos of ImageNet's
classes. A thing is right where boxes, a reference or the photo's class say it or something under
it. Where only something above it is said ("dog" for a beagle) nobody knows, and the photo is left
out. What was seen too rarely to be measured leans on the things of its kind and source: each
share is computed with PRIOR photos more that are as those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lorgnette_export.evidence.things import Thing
from lorgnette_export.evidence.truth import Truth
from lorgnette_export.networks.evidence import ANIMAL, FIRST_KIND, FIRST_NUMBER, MOST_PEOPLE

PRECISION = 0.9
NAMING_PRECISION = 0.95  # from which a name may take the place of another word
# Of what is seen too rarely to be measured alone, for captions are silent about most things that
# are there: on photos of classes that are known, 98 of 100 words from there on are right.
RARE_PRECISION = 0.8
PRIOR = 2.0
LEAST_IN_ANY_SET = 0.75
FOLDS = 5
LEAST_FIRED = 10  # photos from which a thing's own precision is told, not its kind's
# Share of the photos of which most captions say people, or animals, that may lie below the
# probability under which none may be said.
MISSED = 0.02
_STEPS = np.concatenate([np.arange(0.4, 0.9, 0.05), np.arange(0.9, 0.99, 0.02), [0.99]])
_RIGHT, _WRONG, _UNKNOWN = 1, 0, -1
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Photos with what the network says and what is known, a row each."""

    probabilities: npt.NDArray[np.float32]  # (photo, network's outputs)
    truths: Sequence[Truth]
    sets: Ints  # which set a photo is of, 0 upwards

    @property
    def folds(self) -> Ints:
        """Which fold each photo is of."""
        order: Ints = np.random.default_rng(0).permutation(len(self.truths))
        return order % FOLDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was measured of a thing."""

    threshold: float | None
    naming_threshold: float | None
    fired: int  # photos of other folds than the threshold's on which it was believed
    right: int
    there: int  # photos that have it
    rows: Ints  # the photos on which it was believed, by a threshold that other folds set


def of_thing(probabilities: npt.NDArray[np.float32], thing: Thing) -> Floats:
    """Return the probability of thing for each photo."""
    summed: Floats = probabilities[:, list(thing.outputs)].sum(1, dtype=np.float64)
    return summed.clip(0, 1)


def find(things: Sequence[Thing], measured: Measured) -> list[Found]:
    """Return the thresholds of things and how good they are on folds that did not set them."""
    sets = [np.flatnonzero(measured.sets == i) for i in range(measured.sets.max() + 1)]
    sizes = np.array([len(each) for each in sets], float)
    judged = _judged(things, measured.truths)
    values = [of_thing(measured.probabilities, thing) for thing in things]
    pools = [pool_of(thing) for thing in things]
    results: list[list[tuple[float | None, float | None]]] = []
    folds = measured.folds
    for fold in (*range(FOLDS), None):
        used = folds != fold if fold is not None else np.ones(len(folds), bool)
        counts = [
            _counts(v[used], j[used], measured.sets[used], len(sets))
            for v, j in zip(values, judged, strict=True)
        ]
        rare = [c[0, :, 0].sum() < LEAST_FIRED for c in counts]
        pooled = {
            pool: np.sum(
                [
                    np.zeros_like(counts[0]),
                    *(
                        c
                        for c, p, seldom in zip(counts, pools, rare, strict=True)
                        if p == pool and (seldom or pool.startswith("coco"))
                    ),
                ],
                0,
            )
            for pool in set(pools)
        }
        results.append(
            [
                (
                    _threshold(c, pooled[p], sizes, RARE_PRECISION if seldom else PRECISION),
                    _threshold(c, pooled[p], sizes, NAMING_PRECISION),
                )
                for c, p, seldom in zip(counts, pools, rare, strict=True)
            ]
        )
    found = []
    for i, (value, judge) in enumerate(zip(values, judged, strict=True)):
        believed = np.zeros(len(value), bool)
        for fold in range(FOLDS):
            limit = results[fold][i][0]
            if limit is not None:
                believed |= (folds == fold) & (value >= limit)
        found.append(
            Found(
                threshold=results[-1][i][0],
                naming_threshold=results[-1][i][1],
                fired=int((believed & (judge != _UNKNOWN)).sum()),
                right=int((believed & (judge == _RIGHT)).sum()),
                there=int((judge == _RIGHT).sum()),
                rows=np.flatnonzero(believed),
            )
        )
    return found


def pool_of(thing: Thing) -> str:
    """Return the name of the pool that a thing leans on while it is seen too rarely."""
    kind = thing.kind if thing.kind in {"animal", "vehicle"} else "thing"
    return f"{thing.source} {kind}"


def _judged(things: Sequence[Thing], truths: Sequence[Truth]) -> list[Ints]:
    """Return, for each thing, of each photo whether it is right to say it there."""
    holds = [np.array([truth.holds(thing) for truth in truths], bool) for thing in things]
    no_class = np.array([not truth.node for truth in truths], bool)
    judged = []
    for thing, held in zip(things, holds, strict=True):
        name = thing.name.lower()
        above = [
            other
            for general, other in zip(things, holds, strict=True)
            if name in general.words and general.name != thing.name
        ]
        unknown = no_class & np.any([np.zeros_like(held), *above], 0)
        judged.append(np.where(held, _RIGHT, np.where(unknown, _UNKNOWN, _WRONG)))
    return judged


def _counts(values: Floats, judged: Ints, sets: Ints, number: int) -> npt.NDArray[np.float64]:
    """Return (step, set, 2): how many photos are believed and how many of these are right."""
    out = np.zeros((len(_STEPS), number, 2))
    known = judged != _UNKNOWN
    for i, step in enumerate(_STEPS):
        fired = known & (values >= step)
        if fired.any():
            out[i, :, 0] = np.bincount(sets[fired], minlength=number)
            out[i, :, 1] = np.bincount(sets[fired & (judged == _RIGHT)], minlength=number)
    return out


def _threshold(counts: Floats, pooled: Floats, sizes: Floats, precision: float) -> float | None:
    """Return the least step from which the precision is reached, or None."""
    alike = _share(pooled, sizes, np.full(len(_STEPS), 0.5))
    shares = _share(counts, sizes, alike)
    each = (counts[..., 1] + PRIOR * alike[:, None]) / (counts[..., 0] + PRIOR)
    good = (shares >= precision) & (each >= LEAST_IN_ANY_SET).all(1)
    steps = np.flatnonzero(good)
    return float(round(_STEPS[steps[0]], 3)) if len(steps) else None


def _share(counts: Floats, sizes: Floats, prior: Floats) -> Floats:
    """Return the share of right ones at each step; every set weighs as if it had as many photos."""
    scale = sizes.mean() / sizes
    fired, right = (counts * scale[:, None]).sum(1).T
    shares: Floats = (right + PRIOR * prior) / (fired + PRIOR)
    return shares


def people(measured: Measured) -> dict[str, Any]:
    """Return the table of people and what was measured of it."""
    numbers = measured.probabilities[:, FIRST_NUMBER : FIRST_NUMBER + MOST_PEOPLE + 1]
    known = np.array([t.number is not None for t in measured.truths])
    right = numbers.argmax(1) == np.array([t.number for t in measured.truths])
    sure = numbers.max(1)
    somebody = numbers.argmax(1) > 0
    limit = next(
        (
            round(float(step), 2)
            for step in np.arange(0.3, 0.99, 0.01)
            if (at := known & somebody & (sure >= step)).sum() and right[at].mean() >= PRECISION
        ),
        None,
    )
    at = known & somebody & (sure >= (1.1 if limit is None else limit))
    there = np.array(["person" in t.plainly for t in measured.truths])
    person = measured.probabilities[:, FIRST_KIND]
    return {
        "outputs": list(range(FIRST_NUMBER, FIRST_NUMBER + MOST_PEOPLE + 1)),
        "threshold": limit,
        "precision": float(right[at].mean()) if at.any() else 0.0,
        "none_below": _denied_below(person[there]),
    }


def animals(measured: Measured) -> dict[str, Any]:
    """Return the table of "some animal"."""
    there = np.array(["animal" in t.plainly for t in measured.truths])
    return {
        "outputs": [ANIMAL],
        "none_below": _denied_below(measured.probabilities[there, ANIMAL]),
    }


def report(
    things: Sequence[Thing],
    found: Sequence[Found],
    measured: Measured,
    people: dict[str, Any],
    animals: dict[str, Any],
) -> dict[str, Any]:
    """Return what there is to tell of all things together, of people and of classes."""
    fired, right = sum(f.fired for f in found), sum(f.right for f in found)
    said = np.zeros(len(measured.truths), bool)
    named = np.zeros(len(measured.truths), bool)
    for thing, each in zip(things, found, strict=True):
        said[each.rows] = True
        named[[row for row in each.rows if measured.truths[row].node in thing.nodes]] = True
    numbers = measured.probabilities[:, FIRST_NUMBER : FIRST_NUMBER + MOST_PEOPLE + 1]
    known = np.array([t.number is not None for t in measured.truths])
    counted = numbers.argmax(1) == np.array([t.number for t in measured.truths])
    person = np.array([t.person for t in measured.truths])
    animal = np.array([t.animal for t in measured.truths])
    classes = np.array([bool(t.node) for t in measured.truths])
    nobody = measured.probabilities[:, FIRST_KIND] < people["none_below"]
    no_animal = measured.probabilities[:, ANIMAL] < animals["none_below"]
    return {
        "photos": len(measured.truths),
        "believed": fired,
        "right": right / max(fired, 1),
        "sayable_things": sum(f.threshold is not None for f in found),
        "photos_with_something_to_say": [
            _mean(said[measured.sets == i]) for i in range(measured.sets.max() + 1)
        ],
        "number_of_people_right": _mean(counted[known]),
        "number_of_people_said": float((numbers.max(1) >= (people["threshold"] or 2)).mean()),
        "number_of_people_said_right": people["precision"],
        "class_named": _mean(named[classes]),
        "nobody_where_nobody_is": _mean(nobody[~person]),
        "nobody_where_somebody_is": _mean(nobody[person]),
        "no_animal_where_none_is": _mean(no_animal[~animal]),
        "no_animal_where_one_is": _mean(no_animal[animal]),
    }


def _mean(values: npt.NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _denied_below(there: npt.NDArray[np.float32]) -> float:
    """Return the probability below which hardly any photo lies that has them."""
    return float(np.quantile(there, MISSED)) if len(there) else 0.0
