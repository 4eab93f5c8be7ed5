"""The captioner that lorgnette trains: frozen CNN grids, an LSTM, attention after the recurrence.

The photo is the first input of the LSTM, as in Show and Tell (Vinyals et al. 2015); each later
state looks at the grid through scaled dot products (Vaswani et al. 2017), after the recurrence as
in Luong et al. 2015, so that a whole sentence is trained in one call of the LSTM. The output layer
is tied to the word embedding (Press and Wolf 2017).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.reading.checkpoints import CheckpointError
from lorgnette_export.reading.runs import read_run

MAX_WORDS = 20  # of a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of a decoder; kept in its checkpoint."""

    encoders: tuple[str, ...] = ("efficientnet-lite2",)
    vocabulary: int
    hidden: int = 512
    embedding: int = 320
    heads: int = 8
    dropout: float = 0.4


class Decoder(nn.Module):
    """Grids -> sentences."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.hidden
        self.projections = nn.ModuleList(
            nn.Linear(ENCODERS[name].channels, width) for name in shape.encoders
        )
        self.norm = nn.LayerNorm(width)
        self.keys = nn.Linear(width, width)
        self.values = nn.Linear(width, width)
        self.image_input = nn.Linear(width, shape.embedding)
        self.image_hidden = nn.Linear(width, width)
        self.embedding = nn.Embedding(shape.vocabulary, shape.embedding)
        nn.init.normal_(self.embedding.weight, std=shape.embedding**-0.5)
        self.lstm = nn.LSTM(shape.embedding, width, batch_first=True)
        self.query = nn.Linear(width, width)
        self.mix = nn.Linear(2 * width, shape.embedding)
        self.image_output = nn.Linear(width, shape.embedding, bias=False)
        self.bias = nn.Parameter(torch.zeros(shape.vocabulary))
        self.dropout = nn.Dropout(shape.dropout)

    def look(self, grids: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return the features of images and the state that the LSTM starts from.

        Args:
            grids: for each encoder of the shape, (image, position, channel); cell by cell they
                show the same part of the image.

        Returns:
            features, (image, position, 2 * hidden): keys and values as `attend` takes them; and
            hidden, (image, 2 * hidden + embedding): the LSTM's output and cell after it has seen
            the image, and the image's constant share of each word's output.
        """
        parts = [project(g) for g, project in zip(grids, self.projections, strict=True)]
        return self.look_at(torch.stack(parts).sum(0))

    def look_at(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        """Do as look() does with cells that are projected already, (image, position, hidden)."""
        whole = functional.relu(self.norm(cells.to(self.norm.weight.dtype)))
        mean, grid = whole.mean(1), self.dropout(whole)
        start = torch.tanh(self.image_hidden(mean))
        state = (start[None], torch.zeros_like(start)[None])
        _, (output, cell) = self.lstm(self.image_input(mean)[:, None], state)
        hidden = torch.cat([output[0], cell[0], self.image_output(mean)], -1)
        return self._laid_out(self.keys(grid), self.values(grid)), hidden

    def _laid_out(self, keys: Tensor, values: Tensor) -> Tensor:
        """Return keys and values, both (image, position, hidden), as one tensor of twice the width.

        In memory the keys come first, (head, size, position), then the values, (head, position,
        size): what two products of `attend` want. Turning them there would be a third of a step.
        """
        images, positions, width = keys.shape
        heads = self.shape.heads
        turned = [
            keys.reshape(images, positions, heads, -1).permute(0, 2, 3, 1),
            values.reshape(images, positions, heads, -1).permute(0, 2, 1, 3),
        ]
        return torch.cat([part.flatten(1) for part in turned], 1).reshape(
            images, positions, 2 * width
        )

    def heard(self, tokens: Tensor) -> Tensor:
        """Return words as the LSTM hears them: of unit variance, unlike the tied output layer."""
        words: Tensor = self.embedding(tokens)
        return words * math.sqrt(self.shape.embedding)

    def attend(self, output: Tensor, features: Tensor) -> Tensor:
        """Return what the grid says to output, (image, length, hidden), in the same shape."""
        images, length, width = output.shape
        heads, size = self.shape.heads, width // self.shape.heads
        keys, values = features.reshape(images, 2, heads, -1).unbind(1)
        keys = keys.reshape(images, heads, size, -1)
        values = values.reshape(images, heads, -1, size)
        query = self.query(output).reshape(images, length, heads, size).transpose(1, 2)
        weights = (query @ keys / math.sqrt(size)).softmax(-1)
        seen: Tensor = (weights @ values).transpose(1, 2).reshape(images, length, width)
        return seen

    def words(self, output: Tensor, context: Tensor, image: Tensor) -> Tensor:
        """Return logits over the vocabulary for each of output (..., hidden)."""
        mixed = torch.tanh(self.mix(torch.cat([output, context], -1)) + image)
        return functional.linear(self.dropout(mixed), self.embedding.weight, self.bias)

    def sentences(self, features: Tensor, hidden: Tensor, tokens: Tensor, real: Tensor) -> Tensor:
        """Return the logits of each real word of given sentences.

        Args:
            features: of look(), (image, position, 2 * hidden).
            hidden: of look().
            tokens: (image * sentences, length): what has been said, the start first; the
                sentences of one image follow one another.
            real: (image * sentences, length), False on padding.

        Returns:
            (number of real, vocabulary), row by row.
        """
        width = self.shape.hidden
        images, (rows, length) = len(features), tokens.shape
        each = rows // images
        start = hidden.repeat_interleave(each, 0)
        output, _ = self.lstm(
            self.dropout(self.heard(tokens)),
            (start[None, :, :width].contiguous(), start[None, :, width : 2 * width].contiguous()),
        )
        output = self.dropout(output)
        context = self.attend(output.reshape(images, each * length, width), features)
        image = start[:, None, 2 * width :].expand(-1, length, -1)
        return self.words(output[real], context.reshape(rows, length, width)[real], image[real])

    def step(self, tokens: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Say one word more.

        Args:
            tokens: the last words, (image,).
            features: (image, position, 2 * hidden).
            hidden: (image, 2 * hidden + embedding).

        Returns:
            log-probabilities (image, vocabulary), and hidden after the word.
        """
        width = self.shape.hidden
        output, (last, cell) = self.lstm(
            self.heard(tokens)[:, None],
            (hidden[None, :, :width].contiguous(), hidden[None, :, width : 2 * width].contiguous()),
        )
        image = hidden[:, 2 * width :]
        logits = self.words(output[:, 0], self.attend(output, features)[:, 0], image)
        return logits.log_softmax(-1), torch.cat([last[0], cell[0], image], -1)


def load(checkpoint: Path) -> tuple[Decoder, list[str]]:
    """Return the decoder of a run's checkpoint, in evaluation mode, and its vocabulary.

    Raises:
        CheckpointError: it is none, or its weights are of other sizes than it says.
    """
    saved = read_run(checkpoint)
    config = saved["config"]
    shape = Shape(
        encoders=tuple(config["encoders"]),
        vocabulary=len(saved["vocabulary"]),
        hidden=config["hidden"],
        embedding=config["embedding"],
        heads=config["heads"],
        dropout=config["dropout"],
    )
    try:
        decoder = Decoder(shape)
        decoder.load_state_dict(saved["weights"])
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(checkpoint, f"its weights do not fit: {error}") from error
    return decoder.eval(), list(saved["vocabulary"])
