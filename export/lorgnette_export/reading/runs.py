"""The checkpoint of a run of lorgnette-export train."""

import json
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


def read_start(path: Path) -> Mapping[str, Any]:
    """Return what another run can begin with: a run's content, or as much of a release.

    Raises:
        CheckpointError: it is neither.
    """
    found = checkpoints.read(path)
    if "about" not in found.metadata:
        return read_run(path)
    try:
        about = json.loads(found.metadata["about"])
        shape = {name: about["shape"][name] for name in _CONFIG}
        shape["encoders"] = tuple(shape["encoders"])
        vocabulary = list(about["vocabulary"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(path, f"it is no whole release: {error!r}") from error
    return {
        "config": shape,
        "vocabulary": vocabulary,
        "weights": _under("decoder.", found),
        "cnn": _under("cnns.0.", found),
    }


def _under(prefix: str, checkpoint: Checkpoint) -> dict[str, Any]:
    content = checkpoint.content
    return {n.removeprefix(prefix): content[n] for n in content if n.startswith(prefix)}
