"""The decoder of most captioners: word embedding, LSTM or GRU, linear layer, perhaps attention."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import ACTIVATIONS
from lorgnette_export.reading.checkpoints import CheckpointError

ImageUse = Literal["first_input", "initial_state", "every_input"]
# What a first state may be without a layer of its own.
PICTURE, ZEROS = "picture", "zeros"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Additive attention (Bahdanau et al. 2015) before the recurrence, by its layers' names."""

    features: str  # linear, of each cell
    hidden: str  # linear, of the RNN's last output
    score: str  # linear to one number, of the activated sum
    activation: str = "tanh"
    gate: str | None = None  # linear, of the last output: a sigmoid weight for each channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The names of a decoder's layers, and what it does with the image."""

    embedding: str
    rnn: str
    output: str
    image: ImageUse  # first_input: in the place of a word; every_input: beside each word
    # Linear layers, of the mean of the cells; PICTURE: the picture's vector itself; else ZEROS.
    initial_hidden: str | None = None
    initial_cell: str | None = None
    initial_activation: str = "none"
    embedding_activation: str = "none"
    attention: Attention | None = None


class RecurrentDecoder(nn.Module):
    """One decoder for every layout.

    hidden is each layer's output, then each layer's cell if it is an LSTM, then the image's
    vector if it goes in beside each word. features are the attention's projection of each cell
    and the cell, side by side; without attention they are one number that nothing reads.
    """

    def __init__(self, tensors: Tensors, layout: Layout) -> None:
        """Build the decoder.

        Raises:
            CheckpointError: a layer is missing, or two do not fit each other.
        """
        super().__init__()
        self.layout = layout
        self.embedding = tensors.embedding(layout.embedding)
        self.cells = nn.ModuleList(_cells(tensors, layout.rnn))
        self.is_lstm = isinstance(self.cells[0], nn.LSTMCell)
        self.width = int(self.cells[0].hidden_size)  # type: ignore[arg-type]
        self.output = tensors.linear(layout.output)
        self.vocabulary = self.embedding.num_embeddings
        _fit(tensors, layout.output, self.output.out_features, self.vocabulary, "words")
        _fit(tensors, layout.output, self.output.in_features, self.width, "inputs")
        made = _initial(tensors, layout, is_lstm=self.is_lstm)
        self.initial_kinds = [m if isinstance(m, str) else "" for m in made]
        self.initial = nn.ModuleList(m if isinstance(m, nn.Module) else nn.Identity() for m in made)
        if attention := layout.attention:
            self.attend_features = tensors.linear(attention.features)
            self.attend_hidden = tensors.linear(attention.hidden)
            self.attend_score = tensors.linear(attention.score)
            self.attend_gate = tensors.linear(attention.gate) if attention.gate else None

    @property
    def states(self) -> int:
        """Return how many vectors of the RNN's width are carried on."""
        return len(self.cells) * (2 if self.is_lstm else 1)

    def look(self, vector: Tensor, grid: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and the hidden from which the first word is said.

        Args:
            vector: (image, channel), what goes into the RNN as the image.
            grid: (image, position, channel), what attention sees.
        """
        if self.layout.attention is None:
            features = vector[:, None, :1]
        else:
            features = torch.cat([self.attend_features(grid), grid], -1)
        states: list[Tensor] = []
        activation = ACTIVATIONS[self.layout.initial_activation]
        for kind, layer in list(zip(self.initial_kinds, self.initial, strict=True))[
            : 2 if self.is_lstm else 1
        ]:
            if kind == ZEROS:
                states += [vector.new_zeros(vector.shape[0], self.width)] * len(self.cells)
                continue
            # A layer of its own takes the mean of what attention sees; else it is the vector.
            seen = grid.mean(1) if self.layout.attention and kind != PICTURE else vector
            states += self._for_each_layer(activation(layer(seen)))
        if self.layout.image == "first_input":
            _, states = self._recur(vector, states)
        carried = [vector] if self.layout.image == "every_input" else []
        return features, torch.cat([*states, *carried], -1)

    def _for_each_layer(self, start: Tensor) -> list[Tensor]:
        """Return the first state of each layer: one for all, or one behind the other."""
        count, found = len(self.cells), start.shape[-1]
        if found == self.width:
            return [start] * count
        if found == self.width * count:
            return list(torch.split(start, self.width, -1))
        raise ValueError(
            f"what the first state is made of has {found} numbers, the RNN's state {self.width}"
        )

    def begin_with_zeros(self) -> int:
        """Give zeros an id behind the vocabulary, for the start of a sentence; return it."""
        words = self.embedding.weight
        longer = nn.Embedding(len(words) + 1, words.shape[1])
        longer.load_state_dict({"weight": torch.cat([words, torch.zeros(1, words.shape[1])])})
        self.embedding = longer
        return len(words)

    def say(self, hidden: Tensor) -> Tensor:
        """Return log-probabilities (image, vocabulary) of the word that hidden itself says."""
        last = (len(self.cells) - 1) * self.width
        said: Tensor = self.output(hidden[:, last : last + self.width]).log_softmax(-1)
        return said

    def step(self, tokens: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-probabilities (image, vocabulary) and hidden after the word."""
        states = list(torch.split(hidden[:, : self.states * self.width], self.width, -1))
        image = hidden[:, self.states * self.width :]
        word = ACTIVATIONS[self.layout.embedding_activation](self.embedding(tokens))
        inputs = [word]
        if self.layout.image == "every_input":
            inputs.append(image)
        if self.layout.attention is not None:
            inputs.append(self._attend(features, states[len(self.cells) - 1]))
        output, states = self._recur(torch.cat(inputs, -1), states)
        return self.output(output).log_softmax(-1), torch.cat([*states, image], -1)

    def _attend(self, features: Tensor, last: Tensor) -> Tensor:
        attention = self.layout.attention
        if attention is None:
            raise ValueError("there is no attention")
        keys, cells = torch.split(
            features, [self.attend_features.out_features, self.attend_features.in_features], -1
        )
        sums = keys + self.attend_hidden(last)[:, None]
        weights = self.attend_score(ACTIVATIONS[attention.activation](sums)).softmax(1)
        context: Tensor = (weights * cells).sum(1)
        if self.attend_gate is not None:
            context = torch.sigmoid(self.attend_gate(last)) * context
        return context

    def _recur(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        count = len(self.cells)
        outputs, memories = list(states[:count]), list(states[count:])
        for i, cell in enumerate(self.cells):
            if self.is_lstm:
                outputs[i], memories[i] = cell(x, (outputs[i], memories[i]))
            else:
                outputs[i] = cell(x, outputs[i])
            x = outputs[i]
        return x, [*outputs, *memories]


def _initial(
    tensors: Tensors, layout: Layout, *, is_lstm: bool
) -> tuple[nn.Linear | str, nn.Linear | str]:
    """Return what the first output and the first cell are made by: a layer, PICTURE or ZEROS.

    Raises:
        CheckpointError: it is not said, or the picture would reach nothing.
    """
    named = [layout.initial_hidden, layout.initial_cell]
    if layout.initial_cell is not None and not is_lstm:
        raise CheckpointError(tensors.path, "a GRU has no cell; leave initial_cell out")
    if layout.image == "initial_state" and named == [None, None]:
        if is_lstm:
            raise CheckpointError(
                tensors.path,
                'the picture would reach nothing: image = "initial_state" says neither layer nor '
                "state. Where the picture's vector itself is the LSTM's first state, say "
                f'initial_hidden = "{PICTURE}", and initial_cell = "{PICTURE}" or "{ZEROS}"',
            )
        named[0] = PICTURE
    made: list[nn.Linear | str] = []
    for name in named:
        if name is None or (name == ZEROS and f"{name}.weight" not in tensors):
            made.append(ZEROS)
        elif name == PICTURE and f"{name}.weight" not in tensors:
            made.append(PICTURE)
        else:
            made.append(tensors.linear(name))
    unseen = made == [ZEROS, ZEROS] and layout.image == "initial_state"
    if unseen and layout.attention is None:
        raise CheckpointError(
            tensors.path, "the picture would reach nothing: both first states are zeros"
        )
    return made[0], made[1]


def _cells(tensors: Tensors, name: str) -> list[nn.LSTMCell | nn.GRUCell]:
    """Return the layers of an nn.LSTM or nn.GRU, or the one of an nn.LSTMCell or nn.GRUCell."""
    part = tensors.within(name)
    if any(n.endswith("_reverse") for n in part.names()):
        raise CheckpointError(tensors.path, f"{name} runs both ways; captions are said forwards")
    suffixes = [""]
    if "weight_ih" not in part:
        numbers = sorted(
            int(n.removeprefix("weight_ih_l")) for n in part.names() if n.startswith("weight_ih_l")
        )
        if not numbers:
            raise CheckpointError(tensors.path, f"there is no LSTM or GRU called {name}")
        suffixes = [f"_l{number}" for number in numbers]
    cells: list[nn.LSTMCell | nn.GRUCell] = []
    for suffix in suffixes:
        inputs, recurrent = part.take(f"weight_ih{suffix}"), part.take(f"weight_hh{suffix}")
        width = recurrent.shape[1]
        gates = recurrent.shape[0] / width
        if gates not in {3, 4} or inputs.shape[0] != recurrent.shape[0]:
            raise CheckpointError(
                tensors.path,
                f"{name} is neither LSTM nor GRU: its weights are "
                f"{tuple(inputs.shape)} and {tuple(recurrent.shape)}",
            )
        biased = f"bias_ih{suffix}" in part
        kind = nn.LSTMCell if gates == 4 else nn.GRUCell
        cell = kind(inputs.shape[1], width, bias=biased)
        own = {"weight_ih": inputs, "weight_hh": recurrent}
        if biased:
            own |= {n: part.take(f"{n}{suffix}") for n in ("bias_ih", "bias_hh")}
        cell.load_state_dict(own)
        cells.append(cell)
    return cells


def _fit(tensors: Tensors, name: str, found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise CheckpointError(
            tensors.path, f"{tensors.prefix}{name} has {found} {what}, not the {wanted} expected"
        )
