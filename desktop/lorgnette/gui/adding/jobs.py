"""The jobs that bring pictures in; threads drain them."""

import dataclasses
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from lorgnette.files import SUFFIXES, find_pictures
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.on_disk import as_on_disk
from lorgnette.gui.batch.picture import Picture

# Files in a folder that a person may take for pictures, and that are left out.
_LIKE_PICTURES = frozenset(
    (
        *(".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf", ".pef", ".srw", ".raw"),
        *(".svg", ".svgz", ".psd", ".psb", ".xcf", ".ai", ".eps", ".pdf", ".jxl", ".jp2", ".ico"),
        *(".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v"),
    )
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is no picture of a kind known here."""

    path: Path


def find(
    found_in: Iterable[Path], language: str, caption: str = ""
) -> Generator[Picture | LeftOut]:
    """Yield the pictures that files and folders stand for, with the alt text that they have.

    Args:
        caption: what the page that they come from has as alt text.
    """
    named = [path.absolute() for path in found_in]
    for path in find_pictures(named):
        if path.suffix.lower() not in SUFFIXES and path.is_file() and not _is_picture(path):
            yield LeftOut(path)
            continue
        picture = as_on_disk(path, language)
        captions = (caption, *picture.captions) if caption else picture.captions
        yield dataclasses.replace(picture, captions=captions)
    for folder in filter(Path.is_dir, named):
        for path in folder.rglob("*"):
            if path.suffix.lower() in _LIKE_PICTURES and not path.name.startswith("."):
                yield LeftOut(path)


def _is_picture(path: Path) -> bool:
    from lorgnette.captioning import images  # takes a second the first time

    return images.is_picture(path)


def look_again(pictures: Iterable[Path], language: str) -> Generator[Picture]:
    """Yield pictures as their files say now."""
    for path in pictures:
        yield as_on_disk(path, language)


def restore(drafts: Drafts) -> Generator[Picture]:
    """Yield the batch of last time."""
    yield from drafts.pictures()
