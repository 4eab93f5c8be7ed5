"""The job that decodes an animation; a thread drains it."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from lorgnette.errors import LorgnetteError

SIDE = 640  # pixels of the longer side of a frame that is played


@dataclass(frozen=True, slots=True)
class Played:
    """A frame as the window shows it."""

    image: QImage
    seconds: float  # from the beginning
    milliseconds: int  # that it is shown


@dataclass(frozen=True, slots=True)
class Animation:
    """The frames of a file; none where it does not move, or cannot be read."""

    path: Path
    frames: tuple[Played, ...]

    @property
    def seconds(self) -> float:
        """How long it takes to show them once."""
        last = self.frames[-1]
        return last.seconds + last.milliseconds / 1000


def decode(path: Path) -> Generator[Animation]:
    """Yield the animation at path."""
    from lorgnette.captioning import animation  # numpy and Pillow, which threads bring in

    try:
        found = animation.frames(path, SIDE)
    except LorgnetteError:  # the panel says why already
        found = []
    frames = []
    for shown in found:
        picture = shown.image
        borrowed = QImage(
            picture.tobytes(),
            picture.width,
            picture.height,
            3 * picture.width,
            QImage.Format.Format_RGB888,
        )
        image = borrowed.convertToFormat(QImage.Format.Format_RGB32)  # it owns its bytes
        frames.append(Played(image, shown.seconds, shown.milliseconds))
    yield Animation(path, tuple(frames))
