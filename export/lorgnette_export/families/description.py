"""A captioner of one CNN and one LSTM or GRU, as a person describes it in a TOML file.

README, "Anything else with one CNN and one LSTM or GRU", has all that it can say. What tensors
cannot tell, and what changes every caption, must be said (_MUST); of the rest it is noted what was
assumed.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from torch import Tensor, nn

from lorgnette.captioning.decoding import MOST_LENGTH_EXPONENT, Ended
from lorgnette.captioning.manifest import MAX_BEAM
from lorgnette.captioning.scaling import Interpolation, Resize
from lorgnette_export.families import cnns, finishing
from lorgnette_export.families.recurrent import Attention, ImageUse, Layout, RecurrentDecoder
from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import (
    ACTIVATIONS,
    MOST_SIDE,
    Look,
    Pooled,
    Preprocessing,
    Step,
    StepFromEnd,
    StepFromZeros,
    TorchModel,
    grid_of,
)
from lorgnette_export.reading.checkpoints import Brought, CheckpointError, Weights
from lorgnette_export.reading.vocabularies import Words

FAMILY = "description"
_WRAPPERS = {"state_dict", "model_state_dict", "model", "net", "weights"}
# What can be said of each CNN beside its tensors.
_OF_CNN = {
    "resnet": {"caffe"},
    "vgg": {"last_pooling", "last_activation"},
    "densenet": {"last_activation"},
    "inception_v3": {"transform_input"},
}
# What must be said: of two networks with the same tensors, each is as common as the other.
_MUST = {
    "vgg": ("last_pooling", "whether it pools behind its last convolution"),
    "densenet": (
        "last_activation",
        "whether a ReLU follows its last norm: true for torchvision's whole network, false where "
        "only its module features was taken",
    ),
    "inception_v3": (
        "transform_input",
        "torchvision's option of that name, which its pretrained weights set to true",
    ),
}
_SECTIONS = {
    "files": {"weights", "vocabulary"},
    "pixels": ({f.name for f in dataclasses.fields(Preprocessing)} - {"whole"})
    | {"normalise", "range"},
    "encoder": {"network", "tensors", "pool", "layers", "activation"}.union(*_OF_CNN.values()),
    "decoder": {f.name for f in dataclasses.fields(Layout)} - {"attention"},
    "attention": {f.name for f in dataclasses.fields(Attention)},
    "words": {"start", "end", "unknown", "never", "max"},
    "search": {
        "beam_size", "ended", "repeat_words", "repeat_pairs", "unknown", "length_exponent",
    },
}  # fmt: skip
# Of a family that is known, whose networks need no description.
_OF_FAMILY = {"files", "pixels", "words", "search"}
_RANGES = (1, 255)
# As torchvision's Resize, of which the pixels of most captioners are made.
_USUAL = Preprocessing(height=224, width=224, interpolation="bilinear", whole=True)
_MOST_REPEATED = 8  # cells that a grid has for each of the map's, each way
_MOST_WORDS = 200  # of a caption, as the app has it
_TOP = {"name", "version", "licence", "family"}
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
    sections = sections_of(described, path)
    tensors = Tensors(_weights(brought, described), brought.first)
    pixels = _pixels(_USUAL, sections["pixels"], path)
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
    starts = sections["words"].get("start") != ""
    model = finishing.model(
        brought,
        family=FAMILY,
        encoder=encoder,
        decoder_step=Step(decoder),
        preprocessing=_USUAL,
        # Where there is no start, the end stands for it until the model has one of its own.
        words=words if starts else _with_some_start(words),
        assumed=_assumed(sections, layout, starts=starts),
    )
    if not starts:
        model = _without_start(model, decoder, layout)
    elif model.start_id == model.end_id:
        count = decoder.vocabulary
        model = dataclasses.replace(
            model,
            decoder_step=StepFromEnd(decoder, model.end_id, count),
            vocabulary=finishing.with_start(words.vocabulary),
            start_id=count,
        )
    model = dataclasses.replace(
        model,
        name=path.stem,
        unused=tuple(tensors.left()),
    )
    return overlaid(model, described, path, input_size)


def overlaid(
    model: TorchModel, described: Mapping[str, Any], path: Path, input_size: int | None
) -> TorchModel:
    """Return model with the pixels, the search and the names that a description says.

    Raises:
        CheckpointError: they cannot be.
    """
    try:
        sections = sections_of(described, path)
        pixels = _pixels(model.preprocessing, sections["pixels"], path)
        if input_size is not None:
            pixels = pixels.at(input_size)
        model = _searched(model, sections["search"], path)
        max_words = _most(sections["words"], model.max_words, path)
    except (TypeError, ValueError) as error:
        raise CheckpointError(path, f"a value is not what it must be: {error}") from error
    said = {f"pixels.{key}" for key in sections["pixels"]}
    said |= {"pixels.mean"} if "normalise" in sections["pixels"] else set()
    said |= {f"search.{key}" for key in sections["search"]}
    said |= {f"words.{key}" for key in sections["words"]}
    return dataclasses.replace(
        model,
        preprocessing=pixels,
        max_words=max_words,
        said=frozenset(said),
        name=str(described.get("name", model.name)),
        version=str(described.get("version", model.version)),
        licence=str(described.get("licence", model.licence)),
    )


def family_of(brought: Brought) -> str | None:
    """Return the family that a description names in the place of describing networks.

    Raises:
        CheckpointError: it describes a network all the same.
    """
    path, described = brought.description_path, brought.description
    if path is None or described is None or "family" not in described:
        return None
    filled = {name for name, section in sections_of(described, path).items() if section}
    if more := filled - _OF_FAMILY:
        raise CheckpointError(
            path, f"with a family its networks are known; leave out [{'], ['.join(sorted(more))}]"
        )
    if set(described.get("words", {})) - {"max"}:
        raise CheckpointError(path, "with a family, [words] says max alone")
    return str(described["family"])


def _assumed(
    sections: Mapping[str, Mapping[str, Any]], layout: Layout, *, starts: bool
) -> list[str]:
    """Return what was not said of the networks, and what it was taken for."""
    found = []
    encoder = sections["encoder"]
    if encoder["network"] == "resnet" and "caffe" not in encoder:
        found.append("encoder.caffe = false: strides and first pooling as torchvision's")
    if "layers" not in encoder and layout.image != "initial_state":
        found.append("encoder.layers: none; the mean of the map is the picture's vector")
    if layout.image != "initial_state" and layout.initial_hidden is None:
        found.append("decoder.initial_hidden and initial_cell: the first state is zeros")
    elif layout.image == "initial_state" and layout.initial_hidden and not layout.initial_cell:
        found.append("decoder.initial_cell: zeros, if it is an LSTM")
    if layout.image == "first_input" and starts and "start" not in sections["words"]:
        found.append("words.start: the start word follows the picture")
    return found


def _with_some_start(words: Words) -> Words:
    return (
        words if words.start_id is not None else dataclasses.replace(words, start_id=words.end_id)
    )


def _without_start(model: TorchModel, decoder: RecurrentDecoder, layout: Layout) -> TorchModel:
    if layout.image == "first_input":
        return finishing.without_start(model, decoder)
    start = decoder.begin_with_zeros()
    return dataclasses.replace(
        model,
        decoder_step=StepFromZeros(decoder),
        vocabulary=finishing.with_start(model.vocabulary),
        start_id=start,
    )


def _searched(model: TorchModel, section: dict[str, Any], path: Path) -> TorchModel:
    exponent = float(section.pop("length_exponent", model.length_exponent))
    if not 0 <= exponent <= MOST_LENGTH_EXPONENT:
        raise CheckpointError(
            path, f"search.length_exponent is {exponent}; 0 to {MOST_LENGTH_EXPONENT:g} can be"
        )
    search = dataclasses.replace(model.search, **section)
    kinds = get_args(Ended)
    if search.ended not in kinds:
        raise CheckpointError(path, f"search.ended is one of {', '.join(kinds)}")
    if type(search.beam_size) is not int or not 1 <= search.beam_size <= MAX_BEAM:
        raise CheckpointError(path, f"search.beam_size is 1 to {MAX_BEAM}")
    for name in ("repeat_words", "repeat_pairs", "unknown"):
        if not isinstance(getattr(search, name), bool):
            raise CheckpointError(path, f"search.{name} is true or false")
    return dataclasses.replace(model, search=search, length_exponent=exponent)


def sections_of(described: Mapping[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    """Return all sections of a description, those that it lacks empty.

    Raises:
        CheckpointError: it says what is not known.
    """
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


def _pixels(usual: Preprocessing, section: dict[str, Any], path: Path) -> Preprocessing:
    """Return usual with what a description says."""
    values = dict(section)
    normalise, most = values.pop("normalise", True), values.pop("range", 1)
    if not isinstance(normalise, bool) or (not normalise and {"mean", "deviation"} & set(values)):
        raise CheckpointError(
            path, "pixels.normalise is true or false; with false there is no mean and no deviation"
        )
    if most not in _RANGES:
        raise CheckpointError(path, "pixels.range is 1 or 255: what white comes to")
    if "range" in section and normalise and not {"mean", "deviation"} <= set(values):
        raise CheckpointError(
            path, "with pixels.range say mean and deviation, too, or normalise = false"
        )
    if not normalise:
        values |= {"mean": (0.0,) * 3, "deviation": (1.0,) * 3}
    for name in {"mean", "deviation"} & set(values):
        if not isinstance(values[name], list | tuple) or len(values[name]) != 3:
            raise CheckpointError(path, f"pixels.{name} has three numbers, one a colour")
        values[name] = tuple(float(v) / most for v in values[name])
    if 0 in values.get("deviation", ()):
        raise CheckpointError(path, "pixels.deviation must not be 0")
    for name, known in (
        ("resize", get_args(Resize)),
        ("interpolation", get_args(Interpolation)),
        ("colours", ("rgb", "bgr")),
    ):
        if values.get(name, known[0]) not in known:
            raise CheckpointError(path, f"pixels.{name} is one of {', '.join(known)}")
    if values.get("resize") == "keep":  # as it is, unless it is larger
        values = {"height": MOST_SIDE, "width": MOST_SIDE, **values}
    side = values.get("resize_side", 0)
    made = dataclasses.replace(usual, **values)
    if type(side) is not int or not 0 <= side <= MOST_SIDE:
        raise CheckpointError(path, f"pixels.resize_side is 0 to {MOST_SIDE}")
    if made.resize == "crop" and made.resize_side < max(made.height, made.width):
        raise CheckpointError(
            path,
            f"pixels.resize_side is {made.resize_side}; with crop it is the short side of the "
            f"picture of which {made.width} x {made.height} are cut out",
        )
    return made


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
    options = {key: section[key] for key in _OF_CNN.get(network, ()) if key in section}
    if other := set().union(*_OF_CNN.values()) & set(section) - set(options):
        raise CheckpointError(path, f"encoder.{min(other)} cannot be said of a {network}")
    if not all(isinstance(value, bool) for value in options.values()):
        raise CheckpointError(path, f"encoder.{', '.join(sorted(options))}: true or false")
    if network in _MUST and _MUST[network][0] not in options:
        name, meaning = _MUST[network]
        raise CheckpointError(
            path, f"its tensors cannot tell; say in [encoder] {name} = true or false: {meaning}"
        )
    prefix = str(section.get("tensors", "")).strip(".")
    cnn = cnns.NETWORKS[network](tensors.within(prefix) if prefix else tensors, **options)
    _, rows, columns = grid_of(cnn, pixels)
    if pixels.resize == "keep" and decoder.layout.attention and "pool" not in section:
        raise CheckpointError(
            path, "attention over pictures that keep their shape needs encoder.pool"
        )
    grid: nn.Module | None = None
    if "pool" in section:
        height, width = (int(side) for side in section["pool"])
        if not (1 <= height <= rows * _MOST_REPEATED and 1 <= width <= columns * _MOST_REPEATED):
            raise CheckpointError(
                path, f"encoder.pool is {height} x {width}, of a map of {rows} x {columns} cells"
            )
        grid = Pooled(height, width)
    layers = [_layer(str(name), tensors) for name in section.get("layers", [])]
    activation = section.get("activation", "none")
    if activation not in ACTIVATIONS:
        raise CheckpointError(path, f"an activation is one of {', '.join(ACTIVATIONS)}")
    if activation != "none":
        layers.append(_LAYERS[activation]())
    return Look(cnn, decoder, grid=grid, head=nn.Sequential(*layers))


_LAYERS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}


def _layer(name: str, tensors: Tensors) -> nn.Module:
    """Return the layer called name: linear, a norm, or an activation by its own name."""
    if name in _LAYERS and f"{name}.weight" not in tensors:
        return _LAYERS[name]()
    if f"{name}.running_mean" in tensors:
        return tensors.vector_norm(name)
    return tensors.linear(name)


def _most(section: dict[str, Any], usual: int, path: Path) -> int:
    most = int(section.get("max", usual))
    if not 1 <= most <= _MOST_WORDS:
        raise CheckpointError(path, f"words.max is {most}; 1 to {_MOST_WORDS} can be")
    return most


def _special(words: Words, section: dict[str, Any], path: Path) -> Words:
    ids = {word: i for i, word in reversed(list(enumerate(words.vocabulary.words)))}

    def named(key: str, found: int | None) -> int | None:
        if key not in section or (key == "start" and section[key] == ""):
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
