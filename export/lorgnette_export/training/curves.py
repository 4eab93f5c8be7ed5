"""How runs went, as a picture: what they scored after each epoch, on new photos and on old."""

import argparse
import json
import math
from pathlib import Path

import numpy as np

from lorgnette.errors import ExitCode
from lorgnette_export.data.captioned import DataError

_COLUMNS = 4


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "curves",
        help="draw how runs went",
        description="Draws CIDEr-D after each epoch of one or more runs, a panel each, in the "
        "order given.",
    )
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="folders of runs")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=".svg or .png")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw one picture."""
    histories = {}
    for folder in args.runs:
        try:
            histories[folder.name] = json.loads((folder / "history.json").read_text())
        except (OSError, ValueError) as error:
            raise DataError(f"{folder} is not the folder of a run: {error}") from error
    draw(histories, args.out)
    print(args.out)
    return ExitCode.OK


def draw(histories: dict[str, list[dict[str, float]]], out: Path) -> None:
    """Draw histories by the names of their runs.

    Args:
        histories: for each epoch its number, the mean loss, and the score of each watched split.
        out: the picture; its ending says the format.
    """
    from matplotlib.figure import Figure

    columns = min(len(histories), _COLUMNS)
    rows = math.ceil(len(histories) / columns)
    figure = Figure(figsize=(4.5 * columns, 3.6 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    panels, unused = np.split(grid.ravel(), [len(histories)])
    for panel in unused:
        panel.remove()
    for panel, (name, history) in zip(panels, histories.items(), strict=True):
        epochs = [line["epoch"] for line in history]
        for split in (key for key in history[0] if key not in ("epoch", "loss")):
            panel.plot(epochs, [line[split] for line in history], marker="o", label=split)
        panel.set(title=name, xlabel="epoch")
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.grid(visible=True, alpha=0.3)
    for panel in grid[:, 0]:
        panel.set_ylabel("CIDEr-D, greedy")
    panels[-1].legend()
    figure.savefig(out)
