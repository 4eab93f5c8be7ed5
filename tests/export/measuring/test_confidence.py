"""What is known of how well a confidence must do."""

import numpy as np
import pytest

from lorgnette_export.measuring import confidence


def test_calibration_error_of_known_cases() -> None:
    sure = np.array([0.95] * 10)
    half = np.array([1.0, 0.0] * 5)
    assert confidence.expected_calibration_error(sure, half) == pytest.approx(0.45)
    assert confidence.expected_calibration_error(np.array([0.5] * 10), half) == pytest.approx(0)
    rows = confidence.reliability(np.array([0.05, 0.15, 0.17, 1.0]), np.array([0.0, 1.0, 0.0, 1.0]))
    assert [(row["count"], row["right"]) for row in rows] == [(1, 0.0), (2, 0.5), (1, 1.0)]


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    random = np.random.default_rng(7)
    sure = random.integers(0, 8, 60) / 8  # many are equal
    right = (random.random(60) < 0.4).astype(float)
    pairs = [
        1.0 if yes > no else 0.5 if yes == no else 0.0
        for yes in sure[right == 1]
        for no in sure[right == 0]
    ]
    assert confidence.auroc(sure, right) == pytest.approx(np.mean(pairs))
    assert confidence.auroc(sure, np.ones(60)) is None
