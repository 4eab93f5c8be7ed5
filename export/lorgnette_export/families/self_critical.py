"""ruotianluo's ImageCaptioning.pytorch: its fc, att2in2 and topdown decoders.

The project came of self-critical training (Rennie et al. 2017); topdown is after Anderson et al.
2018. The decoders see a Caffe-style ResNet's map: its mean, and the map pooled to 14 x 14. The
CNN is no part of their checkpoints: it is the resnet101.pth of the project's data folder. Token 0
is start, end and padding in one. Names as in captioning/models/AttModel.py and FCModel.py.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lorgnette.captioning.decoding import as_elsewhere
from lorgnette.captioning.vocabulary import Vocabulary
from lorgnette_export.families import cnns, finishing
from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import (
    Look,
    Pooled,
    Preprocessing,
    StepFromEnd,
    TorchModel,
)
from lorgnette_export.reading import vocabularies
from lorgnette_export.reading.checkpoints import Brought, CheckpointError, Weights

FAMILY = "ruotianluo"
_GRID = 14  # att_size
# The project gives pictures of any size to the CNN as they are; photos of today would take it
# minutes. Its own training pictures have no side of more than 640.
_PIXELS = Preprocessing(
    height=1024, width=1024, resize="keep", interpolation="bilinear", whole=True
)
_SQUARE = Preprocessing(height=448, width=448, interpolation="bilinear", whole=True)
_END = 0


class _Maxout(nn.Module):
    """An LSTM whose input transform is the larger of two: LSTMCore and Att2in2Core."""

    def __init__(self, tensors: Tensors) -> None:
        super().__init__()
        self.i2h = tensors.linear("i2h")
        self.h2h = tensors.linear("h2h")
        self.width = self.h2h.in_features

    def forward(
        self, x: Tensor, output: Tensor, cell: Tensor, seen: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return output and cell after x; seen is added to both input transforms."""
        sums = self.i2h(x) + self.h2h(output)
        gates, transforms = torch.split(sums, [3 * self.width, 2 * self.width], -1)
        let_in, keep, let_out = torch.sigmoid(gates).chunk(3, -1)
        if seen is not None:
            transforms = transforms + seen
        one, other = transforms.chunk(2, -1)
        after = keep * cell + let_in * torch.maximum(one, other)
        return let_out * torch.tanh(after), after


class _Attention(nn.Module):
    def __init__(self, tensors: Tensors) -> None:
        super().__init__()
        self.h2att = tensors.linear("h2att")
        self.alpha_net = tensors.linear("alpha_net")

    def forward(self, output: Tensor, keys: Tensor, cells: Tensor) -> Tensor:
        sums = torch.tanh(keys + self.h2att(output)[:, None])
        weights = self.alpha_net(sums).softmax(1)
        seen: Tensor = (weights * cells).sum(1)
        return seen


class _FC(nn.Module):
    """FCModel and NewFCModel: the image's mean is the first input."""

    def __init__(self, tensors: Tensors, *, core: str, image: str) -> None:
        super().__init__()
        self.embed = tensors.embedding("embed")
        self.image = tensors.linear(image)
        self.core = _Maxout(tensors.within(core))
        self.logit = _logit(tensors)

    def look(self, vector: Tensor, _grid: Tensor) -> tuple[Tensor, Tensor]:
        zeros = vector.new_zeros(vector.shape[0], self.core.width)
        return vector[:, None, :1], torch.cat(self.core(self.image(vector), zeros, zeros), -1)

    def step(self, tokens: Tensor, _features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        output, cell = self.core(self.embed(tokens), *hidden.chunk(2, -1))
        return self.logit(output).log_softmax(-1), torch.cat([output, cell], -1)


class _Attending(nn.Module):
    """What att2in2 and topdown share: embeddings with ReLU, projected cells."""

    def __init__(self, tensors: Tensors) -> None:
        super().__init__()
        self.embed = nn.Sequential(tensors.embedding("embed.0"), nn.ReLU())
        self.att_embed = _att_embed(tensors.within("att_embed"))
        self.ctx2att = tensors.linear("ctx2att")
        self.logit = _logit(tensors)

    def cells(self, grid: Tensor) -> Tensor:
        """Return the attention's keys and the embedded cells, side by side."""
        images, positions, channels = grid.shape
        cells = self.att_embed(grid.reshape(-1, channels)).reshape(images, positions, -1)
        return torch.cat([self.ctx2att(cells), cells], -1)

    def split(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys and cells."""
        keys, cells = torch.split(
            features, [self.ctx2att.out_features, self.ctx2att.in_features], -1
        )
        return keys, cells


class _Att2in2(_Attending):
    def __init__(self, tensors: Tensors) -> None:
        super().__init__(tensors)
        core = tensors.within("core")
        self.core = _Maxout(core)
        self.a2c = core.linear("a2c")
        self.attention = _Attention(core.within("attention"))

    def look(self, vector: Tensor, grid: Tensor) -> tuple[Tensor, Tensor]:
        return self.cells(grid), vector.new_zeros(vector.shape[0], 2 * self.core.width)

    def step(self, tokens: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        output, cell = hidden.chunk(2, -1)
        seen = self.a2c(self.attention(output, *self.split(features)))
        output, cell = self.core(self.embed(tokens), output, cell, seen)
        return self.logit(output).log_softmax(-1), torch.cat([output, cell], -1)


class _TopDown(_Attending):
    def __init__(self, tensors: Tensors) -> None:
        super().__init__(tensors)
        self.fc_embed = nn.Sequential(tensors.linear("fc_embed.0"), nn.ReLU())
        core = tensors.within("core")
        self.att_lstm = _lstm(core, "att_lstm")
        self.lang_lstm = _lstm(core, "lang_lstm")
        self.attention = _Attention(core.within("attention"))

    def look(self, vector: Tensor, grid: Tensor) -> tuple[Tensor, Tensor]:
        zeros = vector.new_zeros(vector.shape[0], 4 * self.att_lstm.hidden_size)
        return self.cells(grid), torch.cat([zeros, self.fc_embed(vector)], -1)

    def step(self, tokens: Tensor, features: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        width = self.att_lstm.hidden_size
        attending, saying, memory, words, image = torch.split(
            hidden, [width, width, width, width, hidden.shape[-1] - 4 * width], -1
        )
        x = torch.cat([saying, image, self.embed(tokens)], -1)
        attending, memory = self.att_lstm(x, (attending, memory))
        seen = self.attention(attending, *self.split(features))
        saying, words = self.lang_lstm(torch.cat([seen, attending], -1), (saying, words))
        after = torch.cat([attending, saying, memory, words, image], -1)
        return self.logit(saying).log_softmax(-1), after


def recognises(brought: Brought) -> bool:
    """Tell whether one of the networks is a decoder of the project."""
    return any(_kind(weights) for _, weights in brought.networks())


def read(brought: Brought, input_size: int | None) -> TorchModel:
    """Return the model.

    Raises:
        CheckpointError: the CNN or the words are missing, or the decoder saw no ResNet's map.
    """
    networks = brought.networks()
    path, weights = next((c.path, w) for c, w in networks if _kind(w))
    resnet = next(((c, w) for c, w in networks if "layer1.0.conv1.weight" in w), None)
    if resnet is None:
        raise CheckpointError(
            path,
            "its checkpoint holds no CNN; name the ResNet that made its features as well "
            "(data/imagenet_weights/resnet101.pth of the project)",
        )
    _no_regions(brought)
    said = Tensors(weights, path)
    decoder = _decoder(said, _kind(weights))
    finishing.nothing_left(said)
    seen = Tensors(resnet[1], resnet[0].path)
    cnn = cnns.resnet(seen, caffe=True)
    pixels = _PIXELS if input_size is None else _SQUARE.at(input_size)
    vocabulary = len(weights[_embedding(weights)])
    words, unknown = _words(brought, vocabulary, path)
    return TorchModel(
        family=FAMILY,
        name=path.stem,
        version="0",
        licence=finishing.UNKNOWN_LICENCE,
        encoder=Look(cnn, decoder, grid=Pooled(_GRID, _GRID)),
        decoder_step=StepFromEnd(decoder, _END, vocabulary),
        preprocessing=pixels,
        vocabulary=words,
        start_id=vocabulary,
        end_id=_END,
        unknown_id=unknown,
        # eval.py: greedy, and the unknown word suppressed.
        search=dataclasses.replace(as_elsewhere(1, "refills"), unknown=False),
        length_exponent=0.0,
        assumed=(
            "the CNN is a ResNet with the strides of Caffe's (misc/resnet.py), its map pooled to "
            "14 x 14 cells; its pictures are divided by 255 and normalised as ImageNet's",
        ),
    )


def _kind(weights: Weights) -> str:
    if "core.att_lstm.weight_ih" in weights and "core.lang_lstm.weight_ih" in weights:
        return "topdown"
    if "core.a2c.weight" in weights and "att_embed.0.weight" in weights:
        return "att2in2"
    if "core.i2h.weight" in weights and "img_embed.weight" in weights:
        return "fc"
    if "_core.i2h.weight" in weights and "fc_embed.weight" in weights:
        return "newfc"
    return ""


def _embedding(weights: Weights) -> str:
    return "embed.weight" if "embed.weight" in weights else "embed.0.weight"


def _decoder(tensors: Tensors, kind: str) -> _FC | _Att2in2 | _TopDown:
    if kind == "fc":
        return _FC(tensors, core="core", image="img_embed")
    if kind == "newfc":
        return _FC(tensors, core="_core", image="fc_embed")
    return _Att2in2(tensors) if kind == "att2in2" else _TopDown(tensors)


def _words(brought: Brought, size: int, decoder: Path) -> tuple[Vocabulary, int | None]:
    """Return the words, a name for token 0 before them and one for the start behind them."""
    if brought.words_path is None:
        raise CheckpointError(decoder, "its words are missing; name infos_*.pkl as well")
    found = vocabularies.read(brought.words, brought.words_path)
    if len(found) != size:
        raise CheckpointError(
            brought.words_path,
            f"the vocabulary has {len(found) - 1} words, the decoder {size - 1}: they are of "
            "different trainings",
        )
    return Vocabulary(("<end>", *found.vocabulary.words[1:], "<start>")), found.unknown_id


def _no_regions(brought: Brought) -> None:
    """Refuse a decoder that was trained on an object detector's regions: their shape is a map's."""
    options: Any = brought.words.get("opt") if isinstance(brought.words, Mapping) else None
    folder = str(getattr(options, "input_att_dir", ""))
    if "cocobu" in folder:  # bottom-up features, by the name that the project gives them
        raise CheckpointError(
            brought.first,
            f"it was trained on an object detector's regions ({Path(folder).name}), not on a "
            "ResNet's map; it cannot caption without that detector",
        )


def _logit(tensors: Tensors) -> nn.Module:
    if "logit.weight" in tensors:
        return tensors.linear("logit")
    part = tensors.within("logit")
    parts: list[nn.Module] = []
    for name in part.children():
        parts += [part.linear(name), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def _att_embed(part: Tensors) -> nn.Module:
    """Return linear layer and ReLU, with the batch norms before and behind of use_bn 1 and 2."""
    parts: list[nn.Module] = []
    for name in part.children():
        if f"{name}.running_mean" in part:
            parts.append(part.vector_norm(name))
        else:
            parts += [part.linear(name), nn.ReLU()]
    return nn.Sequential(*parts)


def _lstm(part: Tensors, name: str) -> nn.LSTMCell:
    weight = part.take(f"{name}.weight_ih")
    cell = nn.LSTMCell(weight.shape[1], weight.shape[0] // 4)
    cell.load_state_dict({key: part.take(f"{name}.{key}") for key in cell.state_dict()})
    return cell
