"""The jobs that bring pictures in; threads drain them."""

import contextlib
import dataclasses
from collections.abc import Container, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lorgnette.files import FILMS, SUFFIXES, find_pictures, is_folder, sha256
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.on_disk import Stamp, as_on_disk, stamp
from lorgnette.gui.batch.picture import Picture

# Files in a folder that a person may take for pictures, and that are left out.
_LIKE_PICTURES = frozenset(
    (
        *(".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf", ".pef", ".srw", ".raw"),
        *(".svg", ".svgz", ".psd", ".psb", ".xcf", ".ai", ".eps", ".pdf", ".jxl", ".jp2", ".ico"),
        *FILMS,
    )
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is no picture of a kind known here."""

    path: Path


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as its files say now."""

    picture: Picture
    stamp: Stamp
    moved_from: Path | None = None  # set where it was another name before


def find(
    found_in: Iterable[Path], language: str, caption: str = "", *, films: bool = False
) -> Generator[Seen | LeftOut]:
    """Yield the pictures that files and folders stand for, with the alt text that they have.

    Args:
        films: take those in folders, too; one that is named is taken anyway.
        caption: what the page that they come from has as alt text.
    """
    named = [path.absolute() for path in found_in]
    taken = SUFFIXES | FILMS if films else SUFFIXES
    known = SUFFIXES | FILMS
    for path in find_pictures(named, taken):
        if path.suffix.lower() not in known and not is_folder(path) and not _is_picture(path):
            yield LeftOut(path)
            continue
        now = stamp(path)  # before it is read: what changes meanwhile is looked at again
        picture = as_on_disk(path, language)
        captions = (caption, *picture.captions) if caption else picture.captions
        yield Seen(dataclasses.replace(picture, captions=captions), now)
    left_out = _LIKE_PICTURES - taken
    for path in find_pictures(filter(is_folder, named), left_out):
        if path.suffix.lower() in left_out:
            yield LeftOut(path)


def _is_picture(path: Path) -> bool:
    from lorgnette.captioning import images  # takes a second the first time

    return images.is_picture(path)


def look_again(
    pictures: Iterable[Picture], language: str, stamps: Mapping[Path, Stamp]
) -> Generator[Seen]:
    """Yield pictures whose files are not as they were when they were looked at last.

    A picture that is gone is looked for under another name in its folder, by its bytes.

    Args:
        stamps: of the files at that time; those without one are yielded in any case.
    """
    looked = list(pictures)
    known = {picture.path for picture in looked}
    for picture in looked:
        now = stamp(picture.path)
        if stamps.get(picture.path) == now:
            continue
        renamed = _renamed(picture, known, stamps) if now[0] is None else None
        if renamed is not None:
            known.add(renamed)
            yield Seen(as_on_disk(renamed, language), stamp(renamed), picture.path)
        else:
            yield Seen(as_on_disk(picture.path, language), now)


def _renamed(picture: Picture, known: Container[Path], stamps: Mapping[Path, Stamp]) -> Path | None:
    """Return the file in the picture's folder that has its bytes under another name."""
    before = stamps.get(picture.path)
    if (
        not picture.digest
        or before is None
        or before[0] is None
        or not is_folder(picture.path.parent)
    ):
        return None
    _, size = before[0]
    for file in find_pictures([picture.path.parent]):
        if file.parent != picture.path.parent:
            break  # those of its subfolders come after its own
        if file not in known:
            with contextlib.suppress(OSError):
                if file.stat().st_size == size and sha256(file) == picture.digest:
                    return file
    return None


def restore(drafts: Drafts) -> Generator[Picture]:
    """Yield the batch of last time."""
    yield from drafts.pictures()
