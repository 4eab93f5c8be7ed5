"""What every family comes to: two networks in the form of the two graphs, and what goes with them.

The encoder maps pixels (image, 3, height, width) to features (image, position, channel) and
hidden (image, hidden). The decoder step maps token_ids (beam,), features (beam, position,
channel) and hidden (beam, hidden) to log-probabilities (beam, vocabulary) and hidden after the
word. Whatever an RNN carries from word to word is laid side by side in hidden.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn

from lorgnette.captioning.decoding import LENGTH_EXPONENT, LORGNETTES, Search
from lorgnette.captioning.images import MAX_PIXELS
from lorgnette.captioning.scaling import Interpolation, Resize
from lorgnette.captioning.vocabulary import Vocabulary

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
LEAST_SIDE, MOST_SIDE = 8, 1024  # pixels that a CNN sees; more takes gigabytes
_EXAMPLE = (192, 256)  # height and width
_NEVER = -100.0  # log-probability of a token that is no word; finite, so that it can be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """How a picture becomes pixels: (x / 255 - mean) / deviation, channel by channel of colours.

    resize is as in scaling.scaled: with keep, height and width are the most that there may be.
    """

    height: int
    width: int
    resize: Resize = "squash"
    resize_side: int = 0
    interpolation: Interpolation = "bicubic"
    whole: bool = False  # nothing is reduced before it is scaled, as in programs elsewhere
    colours: Literal["rgb", "bgr"] = "rgb"
    mean: tuple[float, float, float] = IMAGENET_MEAN
    deviation: tuple[float, float, float] = IMAGENET_DEVIATION

    def __post_init__(self) -> None:
        sides = (self.height, self.width)
        if not all(isinstance(s, int) and LEAST_SIDE <= s <= MOST_SIDE for s in sides):
            raise ValueError(
                f"pictures are {self.height} x {self.width} pixels; {LEAST_SIDE} to {MOST_SIDE} "
                "can be"
            )

    @property
    def least_side(self) -> int:
        """Pixels below which no side of a picture may be reduced before it is scaled."""
        return MAX_PIXELS if self.whole else max(self.height, self.width, self.resize_side)

    @property
    def example(self) -> tuple[int, int]:
        """Height and width of a picture as the encoder may see it."""
        return _EXAMPLE if self.resize == "keep" else (self.height, self.width)

    def at(self, size: int) -> "Preprocessing":
        """Return the same for a square of size pixels; with keep, for no more than that."""
        side = round(self.resize_side * size / min(self.height, self.width))
        return replace(self, height=size, width=size, resize_side=side)


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
    silent_ids: tuple[int, ...] = ()  # said, and not shown
    max_words: int = 20
    search: Search = LORGNETTES
    length_exponent: float = LENGTH_EXPONENT
    photo_threshold: float | None = None  # set where the encoder gives photo_probability, too
    confidence: Mapping[str, float] = field(default_factory=dict)  # weights; see judging
    evidence: Mapping[str, Any] | None = None  # evidence.json; set where the encoder gives evidence
    # What was assumed, for tensors cannot tell; None where the network is our own, and nothing was.
    assumed: tuple[str, ...] | None = None
    said: frozenset[str] = frozenset()  # of pixels and search, what a person said in words
    unused: tuple[str, ...] = ()  # tensors that have no place in the networks


class Speaker(Protocol):
    """What says one word more."""

    def step(self, tokens: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-probabilities (image, vocabulary) after the last tokens, and hidden."""


class Decoder(Speaker, Protocol):
    """An RNN that says words about what a CNN has seen."""

    def look(self, vector: Tensor, grid: Tensor) -> tuple[Tensor, Tensor]:
        """Return features (image, position, channel) and hidden (image, hidden).

        Args:
            vector: what the whole image comes to, (image, channel).
            grid: what each cell shows, (image, position, channel).
        """


class Step(nn.Module):
    """The decoder step graph of any decoder."""

    def __init__(self, decoder: Speaker) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, token_ids: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-probabilities and hidden after the word."""
        return self.decoder.step(token_ids, features, hidden)


class StepFromEnd(Step):
    """The step of a decoder that has one id for start, end and padding.

    The app tells start and end apart, so that the start gets an id of its own here, behind the
    vocabulary, with the embedding of the end.
    """

    def __init__(self, decoder: Speaker, end_id: int, vocabulary: int) -> None:
        super().__init__(decoder)
        self.end_id = end_id
        self.start_id = vocabulary

    def forward(self, token_ids: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-probabilities, one more than the decoder has, and hidden after the word."""
        tokens = torch.where(token_ids == self.start_id, self.end_id, token_ids)
        said, after = self.decoder.step(tokens, features, hidden)
        never = said.new_full((said.shape[0], 1), _NEVER)
        return torch.cat([said, never], -1), after


class StepFromZeros(Step):
    """The step of a decoder whose start is an id behind its words, with zeros for an embedding."""

    def forward(self, token_ids: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-probabilities, one more than the decoder has, and hidden after the word."""
        said, after = self.decoder.step(token_ids, features, hidden)
        return torch.cat([said, said.new_full((said.shape[0], 1), _NEVER)], -1), after


class FirstSpeaker(Speaker, Protocol):
    """What says its first word to the picture itself."""

    def say(self, hidden: Tensor) -> Tensor:
        """Return log-probabilities (image, vocabulary) of the word that follows hidden."""


class StepFromPicture(Step):
    """The step of a decoder whose first word is what it says to the picture, without a start.

    The start gets an id of its own behind the vocabulary, whose embedding nobody needs.
    """

    def __init__(self, decoder: FirstSpeaker, vocabulary: int) -> None:
        super().__init__(decoder)
        self.speaker = decoder
        self.start_id = vocabulary

    def forward(self, token_ids: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-probabilities, one more than the decoder has, and hidden after the word."""
        starts = token_ids == self.start_id
        said, after = self.decoder.step(torch.where(starts, 0, token_ids), features, hidden)
        said = torch.where(starts[:, None], self.speaker.say(hidden), said)
        after = torch.where(starts[:, None], hidden, after)
        never = said.new_full((said.shape[0], 1), _NEVER)
        return torch.cat([said, never], -1), after


class Look(nn.Module):
    """The encoder graph: a CNN, what is made of its last map, and the decoder's first look."""

    def __init__(
        self,
        cnn: nn.Module,
        decoder: Decoder,
        *,
        grid: nn.Module | None = None,
        head: nn.Module | None = None,
    ) -> None:
        """Put the parts together.

        Args:
            grid: applied to the map before it becomes cells, such as pooling to a fixed size.
            head: applied to the mean of the map, (image, channel).
        """
        super().__init__()
        self.cnn = cnn
        self.decoder = decoder
        self.grid = grid if grid is not None else nn.Identity()
        self.head = head if head is not None else nn.Identity()

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and hidden."""
        seen = self.cnn(pixels)
        cells = self.grid(seen).flatten(2).transpose(1, 2)
        return self.decoder.look(self.head(seen.mean((2, 3))), cells)


class Pooled(nn.Module):
    """Adaptive average pooling to rows x columns, as two products with matrices.

    PyTorch's own has no ONNX operator where sizes do not divide.
    """

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns

    def forward(self, seen: Tensor) -> Tensor:
        """Return (image, channel, rows, columns)."""
        rows = _means(seen.shape[2], self.rows).to(seen.dtype)
        columns = _means(seen.shape[3], self.columns).to(seen.dtype)
        return rows @ seen @ columns.T


def _means(size: int, count: int) -> Tensor:
    """Return (count, size): in row i the weights of the cells from i / count to (i + 1) / count."""
    rows = torch.arange(count)[:, None]
    first = rows * size // count
    last = ((rows + 1) * size + count - 1) // count
    cells = torch.arange(size)[None]
    return ((cells >= first) & (cells < last)).float() / (last - first).float()


@torch.inference_mode()
def grid_of(cnn: nn.Module, preprocessing: Preprocessing) -> tuple[int, int, int]:
    """Return channels, rows and columns of what cnn makes of a picture."""
    seen = cnn.eval()(torch.zeros(1, 3, *preprocessing.example))
    return seen.shape[1], seen.shape[2], seen.shape[3]


Activation = Callable[[Tensor], Tensor]
ACTIVATIONS: dict[str, Activation] = {
    "none": lambda x: x,
    "relu": torch.relu,
    "tanh": torch.tanh,
}
