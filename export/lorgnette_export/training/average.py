"""One network of several that began with the same weights: the mean of what they became.

M. Wortsman et al. (2022), "Model soups": almost as good as asking all of them, at the cost of one.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from lorgnette.errors import ExitCode
from lorgnette_export.data.captioned import DataError
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
    parser.add_argument(
        "--start", type=Path, metavar="CHECKPOINT", help="what they began with, for --further"
    )
    parser.add_argument(
        "--further",
        type=float,
        default=0.0,
        metavar="X",
        help="how much further to go than the mean, the way from --start to it being 1: short runs "
        "by reward are often still on their way when they end (default: %(default)s)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="CHECKPOINT")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write one checkpoint."""
    if (args.start is None) == bool(args.further):
        raise DataError("--start and --further go together: how far, and from where")
    paths = [*args.checkpoints, *([args.start] if args.start else [])]
    first, *others = every = [read_run(path) for path in paths]
    for path, other in zip(paths[1:], others, strict=True):
        if not _alike(first, other):
            raise CheckpointError(path, f"it has not the shape and words of {paths[0]}")
    start = every.pop() if args.start else None
    args.out.parent.mkdir(parents=True, exist_ok=True)
    networks = [name for name in ("weights", "cnn") if name in first]
    torch.save(
        {
            "config": first["config"],
            "vocabulary": first["vocabulary"],
            **{
                name: _beyond(
                    mean([run[name] for run in every]), start[name] if start else {}, args.further
                )
                for name in networks
            },
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


def _beyond(
    states: dict[str, torch.Tensor], start: Mapping[str, torch.Tensor], further: float
) -> dict[str, torch.Tensor]:
    """Return states moved on by so much of their way from start."""
    return {
        name: tensor + further * (tensor - start[name])
        if name in start and tensor.is_floating_point()
        else tensor
        for name, tensor in states.items()
    }


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    def shapes(saved: Mapping[str, Any]) -> dict[tuple[str, str], torch.Size]:
        return {
            (network, name): tensor.shape
            for network in ("weights", "cnn")
            for name, tensor in saved.get(network, {}).items()
        }

    return one["vocabulary"] == other["vocabulary"] and shapes(one) == shapes(other)
