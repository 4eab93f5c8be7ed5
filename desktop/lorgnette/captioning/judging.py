"""What a caption is worth: can the picture be described at all, and how likely is it right?"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from lorgnette.captioning.decoding import Hypothesis

LEAST_SIDE = 32  # pixels; icons and spacers are smaller
BLANK_DEVIATION = 2.5  # of 0 to 255: below it nothing can be seen
_GLANCE = 64  # pixels a side that are looked at for it

TINY = "this picture is too small to tell what it shows"
BLANK = "this picture is blank, or nearly so"
NO_PHOTO = "this looks like a screenshot, text or a drawing, not a photo"


def refusal(image: Image.Image, photo_probability: float, photo_threshold: float) -> str:
    """Return why an upright RGB picture is not described, in words for a person; "" if it can be.

    Args:
        photo_probability: what the model makes of it, 0 to 1.
        photo_threshold: below it the picture is taken for no photo.
    """
    if min(image.size) < LEAST_SIDE:
        return TINY
    seen = np.asarray(image.resize((_GLANCE, _GLANCE), Image.Resampling.BOX), np.float32)
    if float(seen.std(axis=(0, 1)).max()) < BLANK_DEVIATION:
        return BLANK
    return NO_PHOTO if photo_probability < photo_threshold else ""


def traits(hypotheses: Sequence[Hypothesis]) -> dict[str, float]:
    """Return what the confidence in the first of hypotheses is computed from.

    mean and least: of the words' log-probabilities; words: how many; margin: how much better its
    score is than the second one's.
    """
    best = hypotheses[0]
    values = best.token_log_probabilities or (0.0,)
    return {
        "mean": sum(values) / len(values),
        "least": min(values),
        "words": float(len(best.token_ids)),
        "margin": best.score - hypotheses[1].score if len(hypotheses) > 1 else 0.0,
    }


def confidence(hypotheses: Sequence[Hypothesis], weights: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that the first of hypotheses is right.

    Args:
        weights: of traits() and "bias", fitted by logistic regression against people's captions;
            empty where nobody has fitted any: then it is the geometric mean of the words'
            probabilities, which is not calibrated.
    """
    found = traits(hypotheses)
    return weighed(found, weights) if weights else math.exp(found["mean"])


def weighed(traits: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that a logistic regression makes of traits.

    Args:
        weights: of traits, and "bias".
    """
    logit = weights["bias"] + sum(
        weight * traits[name] for name, weight in weights.items() if name != "bias"
    )
    return 1 / (1 + math.exp(-max(min(logit, 50.0), -50.0)))
