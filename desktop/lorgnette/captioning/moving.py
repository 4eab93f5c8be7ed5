"""Several frames of one animation or film, looked at together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lorgnette.captioning.decoding import DecoderStep, Floats, Ints

MOST_FRAMES = 12  # that one sentence is told from


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of an animation or film.

    Attributes:
        image: RGB, upright, reduced to no less than `Captioner.least_side`.
        seconds: from the beginning, when it is shown.
    """

    image: Image.Image
    seconds: float


def together(step: DecoderStep, frames: int) -> DecoderStep:
    """Return a decoder step that looks at several frames and says what they agree on.

    Each frame has its own features and hidden state; the log-probabilities of a word are the mean
    of all frames' (a product of experts), so that a word which one of them rules out is not said.

    Args:
        frames: how many stand side by side in features, (beam, frame * position, channel), and in
            hidden, (beam, frame * hidden).
    """

    def say(token_ids: Ints, features: Floats, hidden: Floats) -> tuple[Floats, Floats]:
        beam = len(token_ids)
        log_probabilities, after = step(
            np.repeat(token_ids, frames),
            features.reshape(beam * frames, -1, features.shape[-1]),
            hidden.reshape(beam * frames, -1),
        )
        each = log_probabilities.reshape(beam, frames, -1)
        return each.mean(axis=1), after.reshape(beam, -1)

    return say


def side_by_side(values: Sequence[Floats]) -> Floats:
    """Return what each frame has, (1, ...), in one row: (1, frame * first, ...)."""
    return np.concatenate(values, axis=1)
