"""Thresholds on made-up photos whose truth is known."""

import numpy as np
import pytest

from lorgnette_export.data.boxes import Box
from lorgnette_export.evidence import thresholds
from lorgnette_export.evidence.things import Thing
from lorgnette_export.evidence.thresholds import Measured
from lorgnette_export.evidence.truth import Truth
from lorgnette_export.networks.evidence import (
    ANIMAL,
    FIRST_KIND,
    FIRST_NUMBER,
    KINDS,
    OUTPUTS,
)

PHOTOS = 3000
RARE = 20


def thing(name: str, *outputs: int, words: tuple[str, ...] = (), kind: str = "animal") -> Thing:
    return Thing(
        name=name, plural=f"{name}s", kind=kind, outputs=outputs, source="imagenet",
        words=frozenset({name, *words}),
    )  # fmt: skip


def truth(*said: str, number: int | None = 0, **more: object) -> Truth:
    plainly = {name for name, there in (("person", number), ("animal", "dog" in said)) if there}
    values = {
        "said": frozenset(said), "boxes": None, "node": "", "person": bool(number),
        "animal": "dog" in said, "number": number, "captions": 5,
        "plainly": frozenset(plainly),
    }  # fmt: skip
    return Truth(**(values | more))


@pytest.fixture(scope="module")
def measured() -> Measured:
    """Return photos of dogs and others; 0 tells dogs truly, 1 at random, 2 tells nothing."""
    random = np.random.default_rng(0)
    probabilities = np.zeros((PHOTOS, OUTPUTS), np.float32)
    probability = random.random(PHOTOS)
    dog = random.random(PHOTOS) < probability  # calibrated
    probabilities[:, 0] = probability
    probabilities[:, 1] = random.random(PHOTOS)
    people = random.integers(0, 3, PHOTOS)
    probabilities[np.arange(PHOTOS), FIRST_NUMBER + people] = 0.9
    probabilities[:, FIRST_KIND] = np.where(people > 0, 0.5, 0.1) + 0.3 * random.random(PHOTOS)
    probabilities[:, ANIMAL] = probability
    rare = {row: 10 + row // 5 for row in range(5 * RARE)}  # five photos of each rare animal
    for row, place in rare.items():
        probabilities[row, place] = 0.9
    truths = [
        truth(*(["dog"] if d else []), f"rare {rare.get(row)}", number=int(n))
        for row, (d, n) in enumerate(zip(dog, people, strict=True))
    ]
    return Measured(probabilities=probabilities, truths=truths, sets=np.arange(PHOTOS) % 2)


def test_a_threshold_gives_the_precision_and_noise_gets_none(measured: Measured) -> None:
    dog, noise = thing("dog", 0), thing("cat", 1, kind="thing")
    found, nothing = thresholds.find([dog, noise], measured)
    assert found.threshold is not None
    assert 0.75 <= found.threshold <= 0.85  # calibrated: the mean above 0.8 is 0.9
    assert found.right / found.fired == pytest.approx(0.9, abs=0.03)
    assert found.naming_threshold is not None
    assert found.naming_threshold > found.threshold
    assert nothing.threshold is None
    assert nothing.fired == 0


def test_what_was_never_seen_is_as_good_as_other_rare_things(measured: Measured) -> None:
    rare = [thing(f"rare {10 + i}", 10 + i) for i in range(RARE)]
    otter, wrench = thing("otter", 2), thing("wrench", 3, kind="tool")
    *of_rare, of_otter, of_wrench = thresholds.find([*rare, otter, wrench], measured)
    assert sum(found.right for found in of_rare) == sum(found.fired for found in of_rare) > 0
    assert of_otter.fired == 0
    assert of_otter.threshold is not None
    assert of_wrench.threshold is None


def test_what_only_something_above_is_said_of_is_neither_right_nor_wrong(
    measured: Measured,
) -> None:
    beagle = thing("beagle", 0)
    alone = thresholds.find([beagle], measured)[0]
    below = thresholds.find([beagle, thing("dog", 0, words=("beagle",))], measured)[0]
    assert alone.threshold is None  # no photo says "beagle"
    assert below.there == 0
    assert below.right == 0


def test_people_are_denied_where_few_are_missed(measured: Measured) -> None:
    people, animals = thresholds.people(measured), thresholds.animals(measured)
    person = measured.probabilities[:, FIRST_KIND]
    there = np.array([t.person for t in measured.truths])
    assert (person[there] < people["none_below"]).mean() <= thresholds.MISSED + 0.001
    assert (person[~there] < people["none_below"]).all()
    assert people["threshold"] <= 0.9
    assert people["precision"] == 1.0
    assert 0 < animals["none_below"] < 0.5


def test_boxes_and_classes_tell_as_well_as_words() -> None:
    dog = Thing(
        name="dog", plural="dogs", kind="animal", outputs=(0,), source="coco",
        words=frozenset({"dog"}), boxed=frozenset({"dog"}), nodes=frozenset({"n02088364"}),
    )  # fmt: skip
    box = Box(kind="dog", x=0.5, y=0.5, width=0.1, height=0.1)
    assert truth(boxes=(box,)).holds(dog)
    assert truth(node="n02088364").holds(dog)
    assert truth("dog").holds(dog)
    assert not truth("cat", boxes=(), node="n02442845").holds(dog)
    assert box.kind in KINDS
