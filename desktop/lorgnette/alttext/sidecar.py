"""Sidecars: the .xmp files beside a picture.

A new one is called NAME.EXT.xmp, or NAME.xmp, Adobe's way, where that is wished for and no other
file can lay claim to it; it then says which EXT it speaks of. Either is updated where it stands.
"""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lorgnette.alttext import containers, xmp
from lorgnette.errors import LorgnetteError
from lorgnette.files import NotAFileError, open_file, read_file

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
# Endings of files that may lay claim to a NAME.xmp; without one, it is their NAME.EXT.xmp.
_OWNERS = {"", *containers.OWNERS}
_ENDINGS = (
    "",
    *(spelt for suffix in sorted(containers.OWNERS) for spelt in (suffix, suffix.upper())),
)


class SidecarNaming(StrEnum):
    """What a new sidecar is called."""

    WITH_EXTENSION = "with-extension"  # NAME.EXT.xmp
    WITHOUT_EXTENSION = "without-extension"  # NAME.xmp


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture's sidecar is, or will be."""

    path: Path
    extension: str = ""  # that a new one has to name, because its own name does not
    reason: str = ""  # why it is not called as was wished, for a person


class SidecarError(LorgnetteError):
    """There is a sidecar that must not be written; it is as it was."""

    hint = "Open it in the program that wrote it, or move it away."

    def __init__(self, path: Path, reason: str, hint: str = hint) -> None:
        super().__init__(f"{path.name}: {reason}")
        self.hint = hint


def names(image: Path) -> list[str]:
    """Return the paths of all files that may be a sidecar of a picture, there or not."""
    spelt = dict.fromkeys((image.suffix, image.suffix.lower(), image.suffix.upper(), ""))
    return _spelt(image, image.stem, spelt)


def beside(image: Path) -> list[Path]:
    """Return the sidecars that speak of a picture, the one to be written first."""
    stem, ending = image.stem, image.suffix
    spelt = dict.fromkeys((ending, ending.lower(), ending.upper()))
    found = _spellings(image, stem, [each for each in spelt if not _is_others(image, each)])
    if ending:
        found += [path for path in _spellings(image, stem, ("",)) if _is_for(path, image)]
    return found


def place(image: Path, naming: SidecarNaming) -> Place:
    """Return where a picture's sidecar is, or will be.

    Args:
        naming: of a new one; one that is there keeps its name.

    Raises:
        SidecarError: it has two of the same rank.
    """
    found = beside(image)
    own = [path for path in found if path.stem != image.stem or not image.suffix]
    if len(own) > 1:
        names = " and ".join(path.name for path in own)
        raise SidecarError(image, f"has two sidecars, {names}")
    if found:
        return Place(found[0])
    full = image.with_name(f"{image.name}.xmp")
    if naming is SidecarNaming.WITH_EXTENSION or not image.suffix:
        return Place(full)
    short = image.with_name(f"{image.stem}.xmp")
    if reason := not_a_file(short):
        return Place(full, reason=f"{short.name} is taken: {reason}")
    if reason := _claimed(short, image):
        return Place(full, reason=reason)
    return Place(short, extension=image.suffix.removeprefix("."))


def not_a_file(path: Path) -> str:
    """Return why a sidecar cannot have this name, for a person; empty where it can."""
    try:
        open_file(path).close()
    except NotAFileError as error:
        return error.strerror or str(error)
    except OSError:
        return ""
    return ""


def contents(path: Path) -> bytes:
    """Return a sidecar's bytes; of one that is too large to be a packet, enough to tell."""
    return read_file(path, xmp.MAX_BYTES + 1)


def new(packet: bytes) -> bytes:
    """Return the contents of a new sidecar."""
    return _DECLARATION + packet + b"\n"


def _spellings(image: Path, stem: str, endings: Iterable[str]) -> list[Path]:
    """Return the sidecars of these names, as programs spell them."""
    return _files(_spelt(image, stem, endings))


def _spelt(image: Path, stem: str, endings: Iterable[str]) -> list[str]:
    start = os.path.join(image.parent, stem)  # noqa: PTH118 - many times as fast as a Path
    return [f"{start}{ending}{own}" for ending in endings for own in (".xmp", ".XMP")]


def _files(paths: Iterable[str]) -> list[Path]:
    """Return those of paths that are files; no two of them are one file."""
    files: dict[tuple[int, int] | str, Path] = {}
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116 - as above
        except OSError:  # none of that name, or the name is too long to be one
            continue
        if stat.S_ISREG(status.st_mode):
            # A file system that ignores case shows one file under every spelling.
            key = (status.st_dev, status.st_ino) if status.st_ino else path
            files.setdefault(key, Path(path))
    return list(files.values())


def _is_for(path: Path, image: Path) -> bool:
    """Return whether a NAME.xmp speaks of this picture."""
    if path == image:
        return False
    extension = _named_extension(path)
    if not extension:
        return not _has_namesakes(image)
    ending = f".{extension}"
    return ending.lower() == image.suffix.lower() and not _is_others(image, ending)


def _is_others(image: Path, ending: str) -> bool:
    """Return whether a picture's name with this spelling of its ending is another file's."""
    if ending == image.suffix:
        return False
    try:
        other = os.stat(os.path.join(image.parent, image.stem + ending))  # noqa: PTH116, PTH118
        return not os.path.samestat(other, image.stat())
    except OSError:
        return False


def _claimed(short: Path, image: Path) -> str:
    """Return why a picture must not have its NAME.xmp, for a person; empty where it may.

    Who may does not depend on who is written first: a plan for a whole folder comes true.
    """
    taken = _spellings(image, image.stem, ("",))
    extension = _named_extension(taken[0]).lower() if taken else ""
    start = str(image.with_suffix(""))  # a folder may be too large to be listed for each picture
    owners = [
        other.name
        for other in _files(start + ending for ending in _ENDINGS)
        if not other.samefile(image) and _precedes(other, image, extension, taken=bool(taken))
    ]
    if owners:
        return f"{short.name} is for {owners[0]}"
    return f"{taken[0].name} is for another file" if taken else ""


def _precedes(other: Path, image: Path, extension: str, *, taken: bool) -> bool:
    suffix = other.suffix.lower()
    if taken:
        return bool(extension) and suffix == f".{extension}"
    return other.name == image.stem or suffix in containers.RAW or other.name < image.name


def _named_extension(path: Path) -> str:
    """Return the EXT that a NAME.xmp says it belongs to; empty where it says none."""
    try:
        return xmp.read(contents(path)).extension
    except OSError:
        return ""


def _has_namesakes(image: Path) -> bool:
    """Return whether there are other files that a NAME.xmp might belong to."""
    try:
        with os.scandir(image.parent) as entries:
            return any(
                Path(entry.name).stem == image.stem
                and entry.name != image.name
                and Path(entry.name).suffix.lower() in _OWNERS
                and not entry.is_dir()
                for entry in entries
            )
    except OSError:  # a folder whose files may be read by name only
        return False
