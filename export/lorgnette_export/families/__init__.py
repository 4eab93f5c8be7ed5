"""The families that can be converted: a module each, in the order in which they are tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lorgnette_export import checkpoints
from lorgnette_export.checkpoints import Checkpoint, CheckpointError
from lorgnette_export.families import own
from lorgnette_export.families.torch_model import TorchModel


@dataclass(frozen=True, slots=True)
class Family:
    """How checkpoints of one family are known and read."""

    name: str
    recognises: Callable[[Sequence[Checkpoint]], bool]
    read: Callable[[Sequence[Checkpoint], Path | None], TorchModel]


FAMILIES = (Family(own.FAMILY, own.recognises, own.read),)


def read(paths: Sequence[Path], *, encoder_weights: Path | None = None) -> TorchModel:
    """Return the captioner that is in the files at paths.

    Raises:
        CheckpointError: a file is damaged, or they are of no family that is known.
    """
    opened = [checkpoints.read(path) for path in paths]
    for family in FAMILIES:
        if family.recognises(opened):
            return family.read(opened, encoder_weights)
    raise CheckpointError(paths[0], "its tensors are those of no family that is known here")
