"""Options that more than one command has, so that they are called and explained alike."""

import argparse

from lorgnette.alttext import SidecarNaming


def add_sidecar_naming(parser: argparse.ArgumentParser) -> None:
    """Add --sidecar-naming to a command that writes."""
    parser.add_argument(
        "--sidecar-naming",
        type=SidecarNaming,
        choices=list(SidecarNaming),
        default=SidecarNaming.WITH_EXTENSION,
        metavar="{with-extension,without-extension}",
        help="what a new sidecar is called: NAME.EXT.xmp (default), or NAME.xmp where no other "
        "picture can lay claim to it; one that is there keeps its name",
    )
