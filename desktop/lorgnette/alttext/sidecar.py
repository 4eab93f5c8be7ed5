"""Sidecars: the .xmp files beside a picture.

NAME.EXT.xmp is ours to write. NAME.xmp, Adobe's way, is used where it is there already and speaks
of this picture alone.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from lorgnette.alttext import xmp
from lorgnette.errors import LorgnetteError

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_PICTURES = {".xmp", ".txt"}  # files that may share a picture's name and mean that picture


class SidecarError(LorgnetteError):
    """There is a sidecar that must not be written; it is as it was."""

    hint = "Open it in the program that wrote it, or move it away."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")


def beside(image: Path) -> list[Path]:
    """Return the sidecars that speak of a picture, the one to be written first."""
    stem, ending = image.stem, image.suffix
    found = _spellings(image, stem, dict.fromkeys((ending, ending.lower(), ending.upper())))
    if ending:
        found += [path for path in _spellings(image, stem, ("",)) if _is_for(path, image)]
    return found


def place(image: Path) -> Path:
    """Return where a picture's sidecar is, or will be.

    Raises:
        SidecarError: it has two of the same rank.
    """
    found = beside(image)
    own = [path for path in found if path.stem != image.stem or not image.suffix]
    if len(own) > 1:
        names = " and ".join(path.name for path in own)
        raise SidecarError(image, f"has two sidecars, {names}")
    return found[0] if found else image.with_name(f"{image.name}.xmp")


def contents(path: Path) -> bytes:
    """Return a sidecar's bytes; of one that is too large to be a packet, enough to tell."""
    with path.open("rb") as file:
        return file.read(xmp.MAX_BYTES + 1)


def new(packet: bytes) -> bytes:
    """Return the contents of a new sidecar."""
    return _DECLARATION + packet + b"\n"


def _spellings(image: Path, stem: str, endings: Iterable[str]) -> list[Path]:
    """Return the sidecars of these names, as programs spell them; no two of them are one file."""
    start = os.path.join(image.parent, stem)  # noqa: PTH118 - many times as fast as a Path
    files: dict[tuple[int, int] | str, Path] = {}
    for ending in endings:
        for spelt in (f"{start}{ending}.xmp", f"{start}{ending}.XMP"):
            try:
                status = os.stat(spelt)  # noqa: PTH116
            except OSError:  # none of that name, or the name is too long to be one
                continue
            if stat.S_ISREG(status.st_mode):
                # A file system that ignores case shows one file under every spelling.
                key = (status.st_dev, status.st_ino) if status.st_ino else spelt
                files.setdefault(key, Path(spelt))
    return list(files.values())


def _is_for(path: Path, image: Path) -> bool:
    """Return whether a NAME.xmp speaks of this picture."""
    if path == image:
        return False
    try:
        extension = xmp.read(contents(path)).extension
    except (OSError, xmp.MalformedPacketError):
        extension = ""
    if extension:
        return extension.lower() == image.suffix.removeprefix(".").lower()
    with os.scandir(image.parent) as entries:
        return not any(
            Path(entry.name).stem == image.stem
            and entry.name != image.name
            and Path(entry.name).suffix.lower() not in _NOT_PICTURES
            for entry in entries
        )
