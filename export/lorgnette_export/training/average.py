"""One network of several that began with the same weights: the mean of what they became.

M. Wortsman et al. (2022), "Model soups": almost as good as asking all of them, at the cost of one.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from lorgnette.errors import ExitCode
from lorgnette_export.reading.checkpoints import CheckpointError
from lorgnette_export.reading.runs import read_run


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "average",
        help="average runs that began with the same checkpoint",
        description="Writes a checkpoint whose weights are the mean of several runs' weights. Only "
        "runs with the same --start are near enough to one another for that.",
    )
    parser.add_argument("checkpoints", type=Path, nargs="+", metavar="RUN/checkpoint.pt")
    parser.add_argument("--out", type=Path, required=True, metavar="CHECKPOINT")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write one checkpoint."""
    first, *others = [read_run(path) for path in args.checkpoints]
    for path, other in zip(args.checkpoints[1:], others, strict=True):
        if not _alike(first, other):
            raise CheckpointError(path, f"it has not the shape and words of {args.checkpoints[0]}")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    networks = [name for name in ("weights", "cnn") if name in first]
    torch.save(
        {
            "config": first["config"],
            "vocabulary": first["vocabulary"],
            **{name: mean([first[name], *(o[name] for o in others)]) for name in networks},
        },
        args.out,
    )
    print(args.out)
    return ExitCode.OK


def mean(states: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Return the mean of each tensor; of counters, which have none, the first."""
    return {
        name: torch.stack([state[name] for state in states]).mean(0)
        if tensor.is_floating_point()
        else tensor
        for name, tensor in states[0].items()
    }


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    def shapes(saved: Mapping[str, Any]) -> dict[tuple[str, str], torch.Size]:
        return {
            (network, name): tensor.shape
            for network in ("weights", "cnn")
            for name, tensor in saved.get(network, {}).items()
        }

    return one["vocabulary"] == other["vocabulary"] and shapes(one) == shapes(other)
