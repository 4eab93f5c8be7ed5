"""lorgnette gui: open the window."""

import argparse

from lorgnette.cli.options import path_argument


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "gui",
        help="open the window",
        description="Opens the window, with pictures in it if some are named.",
    )
    parser.add_argument(
        "paths", nargs="*", type=path_argument, metavar="PATH", help="a picture or a folder"
    )
    parser.set_defaults(run=run, prints=False)


def run(args: argparse.Namespace) -> int:
    """Open the window and return when it is closed."""
    from lorgnette.gui.app import main  # Qt only where a window is wanted

    return main([str(path) for path in args.paths])
