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


def thing(name: str, *outputs: int, words: tuple[str, ...] = (), kind: str = "animal") -> Thing:
    return Thing(
        name=name, plural=f"{name}s", kind=kind, outputs=outputs, source="imagenet",
        words=frozenset({name, *words}),
    )  # fmt: skip


def truth(*said: str, number: int | None = 0, **more: object) -> Truth:
    values = {
        "said": frozenset(said), "boxes": None, "node": "", "person": bool(number),
        "animal": bool(said), "number": number, "captions": 5,
        "plainly": frozenset({"person"} if number else ()) | frozenset({"animal"} if said else ()),
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
    truths = [
        truth(*(["dog"] if d else []), number=int(n)) for d, n in zip(dog, people, strict=True)
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


def test_what_was_never_seen_is_as_good_as_its_kind(measured: Measured) -> None:
    dog, otter, wrench = thing("dog", 0), thing("otter", 2), thing("wrench", 3, kind="tool")
    of_dog, of_otter, of_wrench = thresholds.find([dog, otter, wrench], measured)
    assert of_otter.fired == 0
    assert of_otter.threshold == pytest.approx(of_dog.threshold, abs=0.1)
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
