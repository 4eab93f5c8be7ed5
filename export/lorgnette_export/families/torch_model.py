"""What every family comes to: two networks in the form of the two graphs, and what goes with them.

The encoder maps pixels (image, 3, height, width) to features (image, position, channel) and
hidden (image, hidden). The decoder step maps token_ids (beam,), features (beam, position,
channel) and hidden (beam, hidden) to log-probabilities (beam, vocabulary) and hidden after the
word. Whatever an RNN carries from word to word is laid side by side in hidden.
"""

from dataclasses import dataclass
from typing import Literal

from torch import nn

from lorgnette.captioning.vocabulary import Vocabulary

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """How a picture becomes pixels: (x / 255 - mean) / deviation, in RGB."""

    height: int
    width: int
    resize: Literal["squash", "crop"] = "squash"  # crop: short side to resize_side, then the middle
    resize_side: int = 0
    mean: tuple[float, float, float] = IMAGENET_MEAN
    deviation: tuple[float, float, float] = IMAGENET_DEVIATION


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchModel:
    """A captioner in PyTorch, ready to be exported."""

    family: str
    name: str
    version: str
    licence: str
    encoder: nn.Module
    decoder_step: nn.Module
    preprocessing: Preprocessing
    vocabulary: Vocabulary
    start_id: int
    end_id: int
    unknown_id: int | None
    forbidden_ids: tuple[int, ...] = ()
    max_words: int = 20
