"""The checkpoint of a run of lorgnette-export train."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lorgnette_export.reading import checkpoints
from lorgnette_export.reading.checkpoints import Checkpoint, CheckpointError

_CONFIG = {"encoders", "hidden", "embedding", "heads", "dropout"}


def is_run(checkpoint: Checkpoint) -> bool:
    """Tell whether a checkpoint has what makes a network of ours."""
    content = checkpoint.content
    config = content.get("config")
    return (
        {"vocabulary", "weights"} <= content.keys()
        and isinstance(config, Mapping)
        and config.keys() >= _CONFIG
    )


def read_run(checkpoint: Path) -> Mapping[str, Any]:
    """Return the content of a run's checkpoint.

    Raises:
        CheckpointError: it is none.
    """
    found = checkpoints.read(checkpoint)
    if not is_run(found):
        raise CheckpointError(
            checkpoint, "it is not the checkpoint of a run of lorgnette-export train"
        )
    return found.content
