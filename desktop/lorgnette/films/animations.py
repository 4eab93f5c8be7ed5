"""Animations that Pillow opens: GIF, WebP, APNG, AVIF sequences, HEIC files of several pictures."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from lorgnette.captioning import images
from lorgnette.captioning.moving import ENOUGH_FRAMES, Frame
from lorgnette.files import open_file, unreadable
from lorgnette.films import shots
from lorgnette.films.moving_picture import MovingPicture, Scene

MOST_SAMPLES = 32
MOST_PIXELS = 1_000_000_000  # of all frames that are decoded; what comes later is not seen
_KINDS = frozenset(
    {"GIF", "PNG", "WEBP", "AVIF", "HEIF"}
)  # a TIFF's pages, an MPO's views do not move
_HEADS = (b"GIF8", b"\x89PNG", b"RIFF")
_UNTIMED = 0.1  # seconds of a frame that does not say how long it stands, as in browsers
_BROWSERS_LEAST = 0.011  # of what is said; they take less for nothing said
_PAGE = 1.0  # seconds of each picture in a HEIC file, which says nothing of time


def moving_picture(path: Path, least_side: int) -> MovingPicture | None:
    """Return the animation at path; None if the file has one frame only.

    Raises:
        UnreadableImageError: as images.load.
    """
    if not _may_move(path):
        return None
    return images.opened(path, lambda image: _taken(image, least_side))


def _may_move(path: Path) -> bool:
    """Tell by its first bytes whether a file may hold an animation: most pictures cannot."""
    try:
        with open_file(path) as file:
            head = file.read(12)
    except OSError as error:
        raise unreadable(path, error) from error
    return head.startswith(_HEADS) or head[4:8] == b"ftyp"


def _taken(image: Image.Image, least_side: int) -> MovingPicture | None:
    count = getattr(image, "n_frames", 1)
    if image.format not in _KINDS or count < 2:
        return None
    step = -(-count // MOST_SAMPLES)
    samples: list[shots.Sample] = []
    kept: list[Image.Image] = []
    end = 0.0
    for number, (seconds, lasts, frame) in enumerate(_frames(image, count)):
        end = seconds + lasts
        if number % step == 0:
            upright = images.finished(frame, least_side)
            glance = upright.resize(shots.GLANCE, Image.Resampling.BOX, reducing_gap=2)
            samples.append(shots.sample(np.asarray(glance), seconds))
            kept.append(upright)
    choice = shots.choose(samples, ENOUGH_FRAMES)
    frames = [Frame(each, samples[number].seconds) for number, each in enumerate(kept)]
    starts = [*(samples[shot.first].seconds for shot, _ in choice.scenes), end]
    starts[0] = 0.0
    return MovingPicture(
        end,
        tuple(frames[number] for number in choice.for_sentence),
        tuple(
            Scene(starts[place], starts[place + 1], frames[number])
            for place, (_, number) in enumerate(choice.scenes)
        ),
    )


def _frames(image: Image.Image, count: int) -> Iterator[tuple[float, float, Image.Image]]:
    """Yield when each frame begins, how long it stands, and the picture, which is then reused."""
    # A frame that only stands in for the animation where nothing can play it.
    first = 1 if getattr(image, "default_image", False) and count > 2 else 0
    most = max(2, MOST_PIXELS // max(1, image.width * image.height))
    seconds = 0.0
    for number in range(first, min(count, first + most)):
        try:
            image.seek(number)
            image.load()
        except (EOFError, OSError, SyntaxError, ValueError):
            if number == first:
                raise
            return  # cut off: what was seen so far is told
        lasts = _PAGE if image.format == "HEIF" else _lasts(image.info.get("duration"))
        yield seconds, lasts, image
        seconds += lasts


def _lasts(milliseconds: object) -> float:
    said = milliseconds / 1000 if isinstance(milliseconds, int | float) else 0.0
    return said if said >= _BROWSERS_LEAST else _UNTIMED
