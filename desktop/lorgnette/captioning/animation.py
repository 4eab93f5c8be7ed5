"""The frames of an animation one after the other, as a viewer shows them."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from lorgnette.captioning import images

KINDS = {"GIF", "PNG", "WEBP", "AVIF"}  # the pages of others are no animation
MOST_SECONDS = 30.0
MOST_FRAMES = 600
MOST_PIXELS = 24_000_000  # of all frames that are kept
_HURRIED = 10  # milliseconds up to which browsers show a frame for longer
_UNHURRIED = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame, and when and how long it is shown."""

    image: Image.Image  # RGB, upright
    seconds: float  # from the beginning
    milliseconds: int


def frames(path: Path, side: int) -> list[Shown]:
    """Return the frames of the animation at path; none of a picture that does not move.

    At most MOST_SECONDS and MOST_FRAMES of it, each with its longer side at most side, and less
    where they would take much memory.

    Raises:
        UnreadableImageError: as `images.load`.
    """
    return images.opened(path, lambda image: _frames(image, side))


def _frames(image: Image.Image, side: int) -> list[Shown]:
    count = getattr(image, "n_frames", 1)
    if image.format not in KINDS or count < 2:
        return []
    least = min(side, int((MOST_PIXELS / min(count, MOST_FRAMES)) ** 0.5))
    found: list[Shown] = []
    seconds = 0.0
    for number in range(min(count, MOST_FRAMES)):
        image.seek(number)
        image.load()
        # WebP tells a frame's time only once it is decoded.
        milliseconds = round(image.info.get("duration") or 0)
        if milliseconds <= _HURRIED:
            milliseconds = _UNHURRIED
        frame = images.finished(image, least)
        frame.thumbnail((least, least))
        found.append(Shown(frame, seconds, milliseconds))
        seconds += milliseconds / 1000
        if seconds >= MOST_SECONDS:
            break
    return found
