"""Which pictures a person means by a path."""

import os
import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

SUFFIXES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".gif"),
        *(".tif", ".tiff", ".bmp", ".dib", ".avif", ".heic", ".heif", ".hif"),
    )
)
FILMS = frozenset((".mp4", ".m4v", ".mov", ".qt", ".webm", ".mkv", ".avi", ".3gp", ".3g2"))
_NUMBERS = re.compile(r"(\d+)")


def is_there(path: Path) -> bool:
    """Return whether a path stands for anything, as far as one may look."""
    return os.path.exists(path)  # noqa: PTH110 - Path's raises where it may not look


def is_folder(path: Path) -> bool:
    """Return whether a path stands for a folder, as far as one may look."""
    return os.path.isdir(path)  # noqa: PTH112 - as above


def find_pictures(paths: Iterable[Path], suffixes: Container[str] = SUFFIXES) -> Iterator[Path]:
    """Yield the pictures that paths stand for, as they are found, each once.

    A file that is named is yielded whatever it is. Of a folder, files with a picture's suffix are
    yielded in natural order (img2 before img10), its own before those of its subfolders; hidden
    ones and folders reached through links are left out. A folder that cannot be searched is
    yielded itself, so that nothing is left out in silence: whoever opens it learns why.

    Args:
        suffixes: in lower case, of files in folders.
    """
    named = tuple(paths)
    seen: set[str] = set()
    for path in named:
        for found in _within(path, suffixes):
            if len(named) > 1:  # one path holds no picture twice
                key = os.path.normcase(os.path.abspath(found))  # noqa: PTH100 - keeps links
                if key in seen:
                    continue
                seen.add(key)
            yield found


def natural(name: str) -> tuple[list[str | int], str]:
    """Return a sort key by which img2 comes before img10, whatever the case."""
    parts: list[str | int] = [*_NUMBERS.split(name.casefold())]  # words and numbers by turns
    parts[1::2] = map(int, parts[1::2])
    return parts, name


def _within(path: Path, suffixes: Container[str]) -> Iterator[Path]:
    if not is_folder(path):
        yield path
        return
    waiting = [path]  # not by recursion: folders may be nested deeper than Python's calls
    while waiting:
        folder = waiting.pop()
        pictures, subfolders, whole = _listed(folder, suffixes)
        yield from (folder / name for name in sorted(pictures, key=natural))
        if not whole:
            yield folder
        waiting += (folder / name for name in sorted(subfolders, key=natural, reverse=True))


def _listed(folder: Path, suffixes: Container[str]) -> tuple[list[str], list[str], bool]:
    """Return the names of a folder's pictures and subfolders; false where there may be more."""
    pictures: list[str] = []
    subfolders: list[str] = []
    try:
        for name, is_subfolder in listed(folder, suffixes):
            (subfolders if is_subfolder else pictures).append(name)
    except OSError:
        return pictures, subfolders, False
    return pictures, subfolders, True


def listed(folder: Path, suffixes: Container[str] = SUFFIXES) -> Iterator[tuple[str, bool]]:
    """Yield names in a folder as the disk has them, each with whether it is a subfolder's.

    Names of pictures, and of subfolders that are searched; see find_pictures.

    Raises:
        OSError: the folder cannot be searched, or not to its end.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                if not _is_link(entry):
                    yield entry.name, True
            elif Path(entry.name).suffix.lower() in suffixes:
                yield entry.name, False


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads where nobody may look
        return False


def _is_link(entry: "os.DirEntry[str]") -> bool:
    # Windows' junctions may lead to a folder that they are in; Python tells from 3.12 on.
    return entry.is_symlink() or bool(getattr(entry, "is_junction", bool)())
