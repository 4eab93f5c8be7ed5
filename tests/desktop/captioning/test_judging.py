"""Silence where nothing can be known; a confidence that follows its weights."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from lorgnette.captioning import judging
from lorgnette.captioning.decoding import Hypothesis

SURE = Hypothesis((5, 6), (-0.1, -0.2, -0.3))
DOUBTFUL = Hypothesis((5, 7, 8), (-0.1, -2.0, -1.0, -0.9))
NO_WEIGHT = dict.fromkeys(("bias", "mean", "least", "words", "margin"), 0.0)


def test_a_photo_is_described(photo: Callable[[str], Image.Image]) -> None:
    assert judging.refusal(photo("coffee"), 0.9, 0.5) == ""


def test_what_looks_like_no_photo_is_not(photo: Callable[[str], Image.Image]) -> None:
    assert judging.refusal(photo("page"), 0.4, 0.5) == judging.NO_PHOTO


def test_tiny_and_blank_pictures_are_not_whatever_the_model_says() -> None:
    assert judging.refusal(Image.new("RGB", (500, 31), "red"), 1.0, 0.5) == judging.TINY
    assert judging.refusal(Image.new("RGB", (500, 400), "red"), 1.0, 0.5) == judging.BLANK
    noise = np.random.default_rng(0).integers(120, 130, (400, 500, 3), np.uint8)
    assert judging.refusal(Image.fromarray(noise), 1.0, 0.5) == judging.BLANK


def test_traits_are_of_the_best_hypothesis() -> None:
    found = judging.traits([SURE, DOUBTFUL])
    assert found["mean"] == pytest.approx(-0.2)
    assert found["least"] == pytest.approx(-0.3)
    assert found["words"] == 2
    assert found["margin"] == pytest.approx(SURE.score - DOUBTFUL.score)
    assert judging.traits([SURE])["margin"] == 0


def test_confidence_is_logistic_in_its_traits() -> None:
    assert judging.confidence([SURE], NO_WEIGHT) == 0.5
    weights = NO_WEIGHT | {"bias": 1.0, "mean": 2.0}
    assert judging.confidence([SURE], weights) == pytest.approx(1 / (1 + math.exp(-0.6)))
    assert judging.confidence([DOUBTFUL], weights) < judging.confidence([SURE], weights)
    assert 0 < judging.confidence([DOUBTFUL], NO_WEIGHT | {"bias": -1e9}) < 1e-6


def test_without_weights_it_is_the_mean_probability_of_a_word() -> None:
    assert judging.confidence([SURE], {}) == pytest.approx(math.exp(-0.2))
