"""Animations and films: the frames that tell what happens in them."""

from pathlib import Path

from lorgnette.errors import UnreadableImageError
from lorgnette.files import FILMS, open_file, unreadable
from lorgnette.films import animations, film, motion_photos
from lorgnette.films.moving_picture import MovingPicture, Scene

__all__ = ["MovingPicture", "Scene", "is_film", "moving_picture"]


def is_film(path: Path) -> bool:
    """Tell whether a path stands for a film, by its first bytes or, failing these, by its name."""
    try:
        with open_file(path) as file:
            head = file.read(film.HEAD_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error
    return bool(film.demuxer(head)) or path.suffix.lower() in FILMS


def moving_picture(path: Path, least_side: int, *, scenes: bool = False) -> MovingPicture | None:
    """Return what moves at path: a film, an animation, a motion photo; None of what stands still.

    Args:
        least_side: pixels below which no side of a frame is reduced.
        scenes: bring those of a film, too, which takes more memory.

    Raises:
        UnreadableImageError: it is a film and cannot be decoded, or not opened at all. Of what is
            no film, whoever loads it as a picture learns what is wrong.
    """
    if is_film(path):
        return film.moving_picture(path, least_side, scenes=scenes)
    try:
        return animations.moving_picture(path, least_side) or motion_photos.moving_picture(
            path, least_side, scenes=scenes
        )
    except UnreadableImageError:
        return None
