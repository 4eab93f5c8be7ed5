"""The job that decodes what moves; a thread drains it."""

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from lorgnette.errors import LorgnetteError

if TYPE_CHECKING:
    from lorgnette.captioning.animation import Shown
    from lorgnette.captioning.moving import Frame

SIDE = 640  # pixels of the longer side of a frame that is played
LEAST_SIDE = 360  # pixels of the shorter side of a frame that was looked at


class Kind(StrEnum):
    """What moves."""

    NOTHING = "nothing"
    ANIMATION = "animation"  # it can be played
    FILM = "film"
    OTHER = "other"  # a motion photo, several pictures in one file


@dataclass(frozen=True, slots=True)
class Played:
    """A frame as the window shows it."""

    image: QImage
    seconds: float  # from the beginning
    milliseconds: int = 0  # that it is shown, where it plays


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a file: all of an animation, of others those that tell it and its scenes."""

    path: Path
    kind: Kind
    seconds: float = 0.0  # how long it is
    frames: tuple[Played, ...] = ()


def decode(path: Path) -> Generator[Frames]:
    """Yield what moves at path."""
    try:
        yield _decoded(path)
    except LorgnetteError:  # the panel says why already
        yield Frames(path, Kind.NOTHING)


def _decoded(path: Path) -> Frames:
    from lorgnette import films  # numpy and Pillow, which threads bring in
    from lorgnette.captioning import animation

    film = films.is_film(path)
    if not film and (shown := animation.frames(path, SIDE)):
        frames = tuple(Played(_qt(each), each.seconds, each.milliseconds) for each in shown)
        seconds = frames[-1].seconds + frames[-1].milliseconds / 1000
        return Frames(path, Kind.ANIMATION, seconds, frames)
    moving = films.moving_picture(path, LEAST_SIDE, scenes=True)
    if moving is None:
        return Frames(path, Kind.NOTHING)
    each = {frame.seconds: frame for frame in moving.frames}
    each |= {scene.frame.seconds: scene.frame for scene in moving.scenes}
    frames = tuple(Played(_qt(each[seconds]), seconds) for seconds in sorted(each))
    return Frames(path, Kind.FILM if film else Kind.OTHER, moving.seconds, frames)


def _qt(frame: "Frame | Shown") -> QImage:
    picture = frame.image
    borrowed = QImage(
        picture.tobytes(),
        picture.width,
        picture.height,
        3 * picture.width,
        QImage.Format.Format_RGB888,
    )
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)  # it owns its bytes
