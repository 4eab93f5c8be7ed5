"""The settings of a run, and the TOML file that they come from."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from lorgnette_export.data.captioned import DataError
from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.training import features

_ABOVE_TRUNK = {"efficientnet-lite2-imagenet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A training run; kept in its checkpoint."""

    encoders: tuple[str, ...] = ("efficientnet-lite2",)
    hidden: int = 512
    embedding: int = 320
    heads: int = 8
    dropout: float = 0.4
    epochs: int = 9
    minutes: float = 0.0  # above 0, the run ends then at the latest, and rates fall by the clock
    photos: int = 32  # an iteration
    captions: int = 3  # of each of them
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    label_smoothing: float = 0.1
    warmup: float = 0.03  # share of the run
    least_count: int = 4  # of a word in the training captions
    views: int = features.PLAIN_VIEWS  # of each training photo; see features.compute
    top_learning_rate: float = 0.0  # above 0, the CNN's last blocks are trained as well
    samples: int = 0  # above 0, self-critical: so many sentences are drawn of each photo
    cross_entropy: float = 0.15  # weight of people's captions beside the drawn ones
    texts: int = 0  # captions without photos, an iteration
    texts_weight: float = 0.5  # of their cross-entropy beside that of people's captions
    averaging: float = 0.0  # above 0, what is kept is a moving average of the weights: its decay
    bfloat16: bool = True
    seed: int = 0
    # From pictures, augmented anew each time, instead of from grids that were computed once:
    pictures: bool = False
    size: int = 260  # of the squares that the network is shown
    whole_cnn: bool = False  # top_learning_rate is for all of the CNN, which then has no evidence
    least_area: float = 0.55  # of a picture that a crop shows
    frozen: float = 0.0  # share of the run before the CNN learns, too
    # What is learned of captions that a model wrote:
    machine: float = 1.0  # share of their photos that an epoch goes through
    second: float = 0.5  # share of their captions that are not the photo's first one
    # Self-critical:
    price: float = 0.0  # CIDEr-D that saying a thing costs which neither boxes nor captions have
    watch: int = 1  # epochs from one measuring on val to the next


def read_config(path: Path) -> Config:
    """Return the configuration of a TOML file.

    Raises:
        DataError: the file names what is not known, or cannot be read.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if "encoders" in content:
            content["encoders"] = tuple(content["encoders"])
        config = Config(**content)
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path}: {error}") from error
    if unknown := set(config.encoders) - set(ENCODERS):
        raise DataError(f"{path}: no encoder is called {', '.join(sorted(unknown))}")
    if config.top_learning_rate and config.encoders[0] != "efficientnet-lite2":
        raise DataError(f"{path}: only efficientnet-lite2, named first, can be tuned")
    if config.whole_cnn and not (config.pictures and config.top_learning_rate):
        raise DataError(f"{path}: whole_cnn takes pictures, and a top_learning_rate above 0")
    if _ABOVE_TRUNK.intersection(config.encoders) and not config.pictures:
        raise DataError(f"{path}: {', '.join(_ABOVE_TRUNK)} takes pictures = true")
    if _ABOVE_TRUNK.intersection(config.encoders) and config.whole_cnn:
        raise DataError(f"{path}: {', '.join(_ABOVE_TRUNK)} stands on a trunk that is not trained")
    for name in ("least_area", "frozen", "machine", "second"):
        if not 0 <= getattr(config, name) <= 1:
            raise DataError(f"{path}: {name} is {getattr(config, name)}; take 0 to 1")
    if not 0 <= config.averaging < 1:
        raise DataError(f"{path}: averaging is {config.averaging}; take a decay below 1, or 0")
    if config.samples < 0 or config.samples == 1:
        raise DataError(f"{path}: samples are compared with one another; take 0, or 2 or more")
    if config.texts < 0:
        raise DataError(f"{path}: texts is {config.texts}; take 0 or more")
    return config
