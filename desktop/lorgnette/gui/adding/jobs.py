"""The jobs that bring pictures in; threads drain them."""

from collections.abc import Generator, Iterable
from pathlib import Path

from lorgnette.files import find_pictures
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.on_disk import as_on_disk
from lorgnette.gui.batch.picture import Picture


def find(found_in: Iterable[Path], language: str) -> Generator[Picture]:
    """Yield the pictures that files and folders stand for, with the alt text that they have."""
    for path in find_pictures(path.absolute() for path in found_in):
        yield as_on_disk(path, language)


def look_again(pictures: Iterable[Path], language: str) -> Generator[Picture]:
    """Yield pictures as their files say now."""
    for path in pictures:
        yield as_on_disk(path, language)


def restore(drafts: Drafts) -> Generator[Picture]:
    """Yield the batch of last time."""
    yield from drafts.pictures()
