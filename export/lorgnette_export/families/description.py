"""A captioner of one CNN and one LSTM or GRU, as a person describes it in a TOML file.

```toml
name = "my-captioner"            # and licence, version: what the model directory says of itself

[files]
weights = "captioner.pth"        # or { encoder = "encoder.pth", decoder = "decoder.pth" }
vocabulary = "vocab.json"

[pixels]
height = 224
width = 224
resize = "crop"                  # or "squash"
resize_side = 256
mean = [0.485, 0.456, 0.406]
deviation = [0.229, 0.224, 0.225]

[encoder]
network = "resnet"               # vgg, mobilenet_v2, mobilenet_v3, efficientnet, inception_v3
tensors = "encoder.cnn"          # the prefix of its tensors; empty if they have none
pool = [14, 14]                  # if the map is pooled to this grid
layers = ["encoder.fc"]          # linear layers and batch norms behind the mean of the map

[decoder]
embedding = "decoder.embed"
rnn = "decoder.lstm"
output = "decoder.fc"
image = "first_input"            # or "initial_state", "every_input"
initial_hidden = "decoder.init_h"
initial_cell = "decoder.init_c"

[attention]                      # if there is one
features = "decoder.attention.features"
hidden = "decoder.attention.hidden"
score = "decoder.attention.score"
activation = "tanh"              # or "relu"
gate = "decoder.gate"

[words]
start = "<start>"
end = "<end>"
unknown = "<unk>"
never = ["<pad>"]
max = 20
```
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from torch import Tensor, nn

from lorgnette_export.families import cnns, finishing
from lorgnette_export.families.recurrent import Attention, ImageUse, Layout, RecurrentDecoder
from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import (
    ACTIVATIONS,
    Look,
    Pooled,
    Preprocessing,
    Step,
    StepFromEnd,
    TorchModel,
    grid_of,
)
from lorgnette_export.reading.checkpoints import Brought, CheckpointError, Weights
from lorgnette_export.reading.vocabularies import Words

FAMILY = "description"
_WRAPPERS = {"state_dict", "model_state_dict", "model", "net", "weights"}
_SECTIONS = {
    "files": {"weights", "vocabulary"},
    "pixels": {f.name for f in dataclasses.fields(Preprocessing)},
    "encoder": {"network", "tensors", "pool", "layers", "activation"},
    "decoder": {f.name for f in dataclasses.fields(Layout)} - {"attention"},
    "attention": {f.name for f in dataclasses.fields(Attention)},
    "words": {"start", "end", "unknown", "never", "max"},
}
_MOST_REPEATED = 8  # cells that a grid has for each of the map's, each way
_MOST_WORDS = 200  # of a caption, as the app has it
_TOP = {"name", "version", "licence"}
_Made = TypeVar("_Made")


def recognises(brought: Brought) -> bool:
    """Tell whether a description was brought."""
    return brought.description is not None


def read(brought: Brought, input_size: int | None) -> TorchModel:
    """Return the model that is described.

    Raises:
        CheckpointError: the description is incomplete, or does not fit the tensors.
    """
    path, described = brought.description_path, brought.description
    if path is None or described is None:
        raise CheckpointError(brought.first, "there is no description")
    try:
        return _read(brought, described, path, input_size)
    except (TypeError, ValueError) as error:  # a text where a number belongs, and the like
        raise CheckpointError(path, f"a value is not what it must be: {error}") from error


def _read(
    brought: Brought, described: Mapping[str, Any], path: Path, input_size: int | None
) -> TorchModel:
    sections = _sections(described, path)
    tensors = Tensors(_weights(brought, described), brought.first)
    pixels = _pixels(sections["pixels"], path)
    if input_size is not None:
        pixels = pixels.at(input_size)
    attention = sections["attention"]
    layout = _made(
        Layout,
        {**sections["decoder"], "attention": _made(Attention, attention, path)}
        if attention
        else sections["decoder"],
        path,
    )
    if layout.image not in get_args(ImageUse):
        raise CheckpointError(path, f"decoder.image is one of {', '.join(get_args(ImageUse))}")
    for name in (
        layout.initial_activation,
        layout.embedding_activation,
        *([layout.attention.activation] if layout.attention else []),
    ):
        if name not in ACTIVATIONS:
            raise CheckpointError(path, f"an activation is one of {', '.join(ACTIVATIONS)}")
    decoder = RecurrentDecoder(tensors, layout)
    encoder = _encoder(sections["encoder"], tensors, decoder, pixels, path)
    words = finishing.words(brought, decoder.vocabulary, brought.first)
    words = _special(words, sections["words"], path)
    model = finishing.model(
        brought,
        family=FAMILY,
        encoder=encoder,
        decoder_step=Step(decoder),
        preprocessing=pixels,
        words=words,
        max_words=_most(sections["words"], path),
    )
    if model.start_id == model.end_id:
        count = decoder.vocabulary
        model = dataclasses.replace(
            model,
            decoder_step=StepFromEnd(decoder, model.end_id, count),
            vocabulary=dataclasses.replace(
                words.vocabulary, words=(*words.vocabulary.words, "<start>")
            ),
            start_id=count,
        )
    return dataclasses.replace(
        model,
        name=str(described.get("name", path.stem)),
        version=str(described.get("version", "0")),
        licence=str(described.get("licence", finishing.UNKNOWN_LICENCE)),
    )


def _sections(described: Mapping[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    if unknown := set(described) - set(_SECTIONS) - _TOP:
        raise CheckpointError(path, f"it says what is not known: {', '.join(sorted(unknown))}")
    sections: dict[str, dict[str, Any]] = {}
    for name, known in _SECTIONS.items():
        section = described.get(name, {})
        if not isinstance(section, Mapping):
            raise CheckpointError(path, f"[{name}] is a table")
        if unknown := set(section) - known:
            raise CheckpointError(
                path, f"[{name}] says what is not known: {', '.join(sorted(unknown))}"
            )
        sections[name] = dict(section)
    return sections


def _made(kind: type[_Made], values: dict[str, Any], path: Path) -> _Made:
    try:
        return kind(**values)
    except TypeError as error:
        missing = str(error).partition(": ")[2] or str(error)
        raise CheckpointError(path, f"{kind.__name__.lower()} lacks {missing}") from error


def _pixels(section: dict[str, Any], path: Path) -> Preprocessing:
    values: dict[str, Any] = {"height": 224, "width": 224, **section}
    for name in ("mean", "deviation"):
        if name in values:
            if len(values[name]) != 3:
                raise CheckpointError(path, f"pixels.{name} has three numbers: red, green, blue")
            values[name] = tuple(float(v) for v in values[name])
    if values.get("resize", "squash") not in {"squash", "crop"}:
        raise CheckpointError(path, "pixels.resize is squash or crop")
    return _made(Preprocessing, values, path)


def _weights(brought: Brought, described: Mapping[str, Any]) -> Weights:
    """Return all tensors by their full names, those of several files below each file's name."""
    named = described.get("files", {}).get("weights", {})
    prefixes = [f"{name}." for name in named] if isinstance(named, Mapping) else []
    found: dict[str, Tensor] = {}
    for i, checkpoint in enumerate(brought.checkpoints):
        _flatten(checkpoint.content, prefixes[i] if i < len(prefixes) else "", found)
    return found


def _flatten(content: Mapping[Any, Any], prefix: str, found: dict[str, Tensor]) -> None:
    for key, value in content.items():
        if isinstance(value, Tensor):
            found[f"{prefix}{str(key).removeprefix('module.')}"] = value
        elif isinstance(value, Mapping) and "optim" not in str(key):
            inner = "" if key in _WRAPPERS else f"{key}."
            _flatten(value, f"{prefix}{inner}", found)


def _encoder(
    section: dict[str, Any],
    tensors: Tensors,
    decoder: RecurrentDecoder,
    pixels: Preprocessing,
    path: Path,
) -> Look:
    network = section.get("network")
    if network not in cnns.NETWORKS:
        raise CheckpointError(path, f"encoder.network is one of {', '.join(cnns.NETWORKS)}")
    prefix = str(section.get("tensors", "")).strip(".")
    cnn = cnns.NETWORKS[network](tensors.within(prefix) if prefix else tensors)
    _, rows, columns = grid_of(cnn, pixels)
    grid: nn.Module | None = None
    if "pool" in section:
        height, width = (int(side) for side in section["pool"])
        if not (1 <= height <= rows * _MOST_REPEATED and 1 <= width <= columns * _MOST_REPEATED):
            raise CheckpointError(
                path, f"encoder.pool is {height} x {width}, of a map of {rows} x {columns} cells"
            )
        grid = Pooled(rows, columns, height, width)
    layers: list[nn.Module] = []
    for name in section.get("layers", []):
        if f"{name}.running_mean" in tensors:
            layers.append(tensors.vector_norm(name))
        else:
            layers.append(tensors.linear(name))
    activation = section.get("activation", "none")
    if activation not in ACTIVATIONS:
        raise CheckpointError(path, f"an activation is one of {', '.join(ACTIVATIONS)}")
    if activation != "none":
        layers.append(nn.ReLU() if activation == "relu" else nn.Tanh())
    return Look(cnn, decoder, grid=grid, head=nn.Sequential(*layers))


def _most(section: dict[str, Any], path: Path) -> int:
    most = int(section.get("max", 20))
    if not 1 <= most <= _MOST_WORDS:
        raise CheckpointError(path, f"words.max is {most}; 1 to {_MOST_WORDS} can be")
    return most


def _special(words: Words, section: dict[str, Any], path: Path) -> Words:
    ids = {word: i for i, word in reversed(list(enumerate(words.vocabulary.words)))}

    def named(key: str, found: int | None) -> int | None:
        if key not in section:
            return found
        if section[key] not in ids:
            raise CheckpointError(path, f"words.{key}: {section[key]!r} is not in the vocabulary")
        return ids[section[key]]

    never = [ids[word] for word in cast("list[str]", section.get("never", [])) if word in ids]
    return dataclasses.replace(
        words,
        start_id=named("start", words.start_id),
        end_id=named("end", words.end_id),
        unknown_id=named("unknown", words.unknown_id),
        forbidden_ids=tuple(sorted({*words.forbidden_ids, *never})),
    )
