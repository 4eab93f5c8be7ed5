"""Motion photos: a JPEG or HEIC with a few seconds of film behind the picture.

Google's and Samsung's phones write them (Motion Photo format 1.0, and Micro Video before it).
"""

import contextlib
import re
from pathlib import Path

from lorgnette.captioning import images
from lorgnette.captioning.moving import Frame
from lorgnette.errors import UnreadableImageError
from lorgnette.files import read_file, unreadable
from lorgnette.films import film
from lorgnette.films.moving_picture import MovingPicture

MOST_BYTES = 256 << 20
_MARKS = re.compile(rb"MotionPhoto|MicroVideo")
_HEAD_BYTES = 1 << 17  # in which XMP says what the file is
_TAIL_BYTES = 256  # in which Samsung's phones say so
_FIRST_BOX = re.compile(rb"\0\0\0[\x10-\x40]ftyp[ -~]{4}")
_STILL_AT = re.compile(rb"""PresentationTimestampUs\s*(?:=\s*["']|>)\s*(\d{1,12})""")
_OF_FILM = 3  # frames; the still is one more


def moving_picture(path: Path, least_side: int, *, scenes: bool = False) -> MovingPicture | None:
    """Return the motion photo at path, its still among the frames; None if it is none.

    Without what reads films, or if its film is damaged, it is a photo like others.

    Args:
        scenes: bring those of the film, too.

    Raises:
        UnreadableImageError: the file cannot be read, or the still cannot be decoded.
    """
    data = _data(path)
    if data is None or not film.can_be_read():
        return None
    first = next(_FIRST_BOX.finditer(data, 16), None)
    if first is None:
        return None
    with contextlib.suppress(UnreadableImageError):
        shown = film.moving_picture(path, least_side, scenes=scenes, start=first.start())
        said = _STILL_AT.search(data, 0, _HEAD_BYTES)
        at = int(said[1]) / 1e6 if said else shown.seconds / 2
        still = Frame(images.load(path, least_side), min(at, shown.seconds))
        step = max(1, -(-len(shown.frames) // _OF_FILM))
        frames = sorted([still, *shown.frames[::step]], key=lambda frame: frame.seconds)
        return MovingPicture(shown.seconds, tuple(frames), shown.scenes)
    return None


def _data(path: Path) -> bytes | None:
    """Return a file that says of itself that it is a motion photo."""
    try:
        head = read_file(path, _HEAD_BYTES)
        if head[:2] != b"\xff\xd8" and head[4:8] != b"ftyp":
            return None
        size = path.stat().st_size
        if size > MOST_BYTES:
            return None
        if not _MARKS.search(head):
            with path.open("rb") as file:
                file.seek(max(0, size - _TAIL_BYTES))
                if not _MARKS.search(file.read()):
                    return None
        return read_file(path)
    except OSError as error:
        raise unreadable(path, error) from error
