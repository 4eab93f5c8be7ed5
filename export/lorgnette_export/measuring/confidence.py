"""How well a confidence tells captions that are right from others."""

import numpy as np
import numpy.typing as npt

RIGHT = 0.5  # CIDEr-D against the people's captions of a photo, from which a caption is right
Floats = npt.NDArray[np.float64]


def reliability(confidence: Floats, right: Floats, bins: int = 10) -> list[dict[str, float]]:
    """Return, for each tenth of the confidence, how many there are and how many are right."""
    tenth = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        {
            "count": int((tenth == i).sum()),
            "confidence": float(confidence[tenth == i].mean()),
            "right": float(right[tenth == i].mean()),
        }
        for i in range(bins)
        if (tenth == i).any()
    ]


def expected_calibration_error(confidence: Floats, right: Floats) -> float:
    """Return the mean distance of confidence from what is right, by tenths (Guo et al. 2017)."""
    rows = reliability(confidence, right)
    return sum(row["count"] * abs(row["confidence"] - row["right"]) for row in rows) / len(right)


def auroc(confidence: Floats, right: Floats) -> float | None:
    """Return how often a right caption has more confidence than another: 0.5 is chance, 1 always.

    Equal ones count half. None where all are right, or none.
    """
    yes, no = confidence[right > 0], np.sort(confidence[right == 0])
    if not len(yes) or not len(no):
        return None
    below = np.searchsorted(no, yes, "left").sum() + np.searchsorted(no, yes, "right").sum()
    return float(below / (2 * len(yes) * len(no)))
