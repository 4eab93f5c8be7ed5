"""Sidecars: the .xmp files beside a picture.

NAME.EXT.xmp is ours to write. NAME.xmp, Adobe's way, is used where it is there already and speaks
of this picture alone.
"""

import os
import stat
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
    found = _spellings(image.name, image)
    if image.suffix:
        found += [path for path in _spellings(image.stem, image) if _is_for(path, image)]
    return found


def place(image: Path) -> Path:
    """Return where a picture's sidecar is, or will be.

    Raises:
        SidecarError: it has two of the same rank.
    """
    own = _spellings(image.name, image)
    if len(own) > 1:
        names = " and ".join(path.name for path in own)
        raise SidecarError(image, f"has two sidecars, {names}")
    return next(iter(beside(image)), image.with_name(f"{image.name}.xmp"))


def new(packet: bytes) -> bytes:
    """Return the contents of a new sidecar."""
    return _DECLARATION + packet + b"\n"


def _spellings(stem: str, image: Path) -> list[Path]:
    """Return the sidecars of a stem, as programs spell them; no two of them are one file."""
    ending = image.suffix
    stems = [stem]
    if ending and stem.endswith(ending):
        base = stem.removesuffix(ending)
        stems += [base + ending.lower(), base + ending.upper()]
    spelt = [image.with_name(each + end) for each in stems for end in (".xmp", ".XMP")]
    files: dict[tuple[int, int] | Path, Path] = {}
    for path in spelt:
        try:
            status = path.stat()
        except OSError:  # none of that name, or the name is too long to be one
            continue
        if not stat.S_ISREG(status.st_mode):
            continue
        # A file system that ignores case shows one file under every spelling.
        files.setdefault((status.st_dev, status.st_ino) if status.st_ino else path, path)
    return list(files.values())


def _is_for(path: Path, image: Path) -> bool:
    """Return whether a NAME.xmp speaks of this picture."""
    if path == image:
        return False
    try:
        extension = xmp.read(path.read_bytes()).extension
    except xmp.MalformedPacketError:
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
