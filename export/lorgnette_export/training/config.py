"""The settings of a run, and the TOML file that they come from."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from lorgnette_export.data.captioned import DataError
from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.training import features


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A training run; kept in its checkpoint."""

    encoders: tuple[str, ...] = ("efficientnet-lite2",)
    hidden: int = 512
    embedding: int = 320
    heads: int = 8
    dropout: float = 0.4
    epochs: int = 9
    photos: int = 32  # an iteration
    captions: int = 3  # of each of them
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    label_smoothing: float = 0.1
    warmup: float = 0.03  # share of the iterations
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
    if not 0 <= config.averaging < 1:
        raise DataError(f"{path}: averaging is {config.averaging}; take a decay below 1, or 0")
    if config.samples < 0 or config.samples == 1:
        raise DataError(f"{path}: samples are compared with one another; take 0, or 2 or more")
    if config.texts < 0:
        raise DataError(f"{path}: texts is {config.texts}; take 0 or more")
    return config
