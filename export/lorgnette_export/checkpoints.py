"""Files that people bring, opened without running anything that is in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import torch

from lorgnette.errors import ExitCode, LorgnetteError


class CheckpointError(LorgnetteError):
    """A checkpoint is damaged, of no known family, or does not fit the others."""

    hint = 'See "Bring your own model" in the README for what can be converted.'
    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What one file holds."""

    path: Path
    content: Mapping[str, Any]  # tensors by name, or whatever the trainer saved
    metadata: Mapping[str, str] = field(default_factory=dict)  # of a safetensors file


def read(path: Path) -> Checkpoint:
    """Return what the checkpoint at path holds.

    Raises:
        CheckpointError: the file is damaged, or holds what only running it would give.
    """
    if path.suffix == ".safetensors":
        with safetensors.safe_open(path, framework="pt") as file:
            content = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return Checkpoint(path=path, content=content, metadata=file.metadata() or {})
    return Checkpoint(path=path, content=torch.load(path, map_location="cpu", weights_only=True))
