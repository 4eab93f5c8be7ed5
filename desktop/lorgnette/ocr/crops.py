"""Tilted boxes of a picture -> upright strips of the height that the recogniser reads."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from lorgnette.ocr.regions import Floats

MOST_WIDTH = 1600  # pixels; longer strips are cut in two where nothing stands
_LETTERS = 0.92  # of a box's height: a little larger, small letters are told apart better
# Where small letters are made larger, BICUBIC leaves edges that the recogniser takes for strokes.
_SCALING = Image.Resampling.BILINEAR
_LEVEL = 0.5  # pixels that a line may climb before it has to be turned
_TALL = 1.5  # times as high as wide: then a line runs upwards or downwards


def tall(box: Floats) -> bool:
    """Tell whether the line in box runs upwards or downwards."""
    width, height = sides(box)
    return height > _TALL * width


def sides(box: Floats) -> tuple[float, float]:
    """Return the width and the height of box, in its own pixels."""
    return float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[3] - box[0]))


def turned(box: Floats, quarters: int) -> Floats:
    """Return box with the corners so that its line begins quarters of a turn clockwise."""
    return np.roll(box, -quarters, axis=0)


def part(box: Floats, begins: float, ends: float) -> Floats:
    """Return what of box is between two shares of its line."""
    along = np.stack([box[1] - box[0], box[2] - box[3]]).astype(np.float32)
    left, right = box[[0, 3]] + along * begins, box[[0, 3]] + along * ends
    return np.stack([left[0], right[0], right[1], left[1]])


def lower(box: Floats, share: float) -> Floats:
    """Return box with that share of its height, in the middle."""
    edge = (box[3] - box[0]) * np.float32((1 - share) / 2)
    lowered: Floats = box + np.stack([edge, edge, -edge, -edge])
    return lowered


def strip(image: Image.Image, box: Floats, high: int) -> Image.Image:
    """Return what stands in box, that many pixels high; box[0] becomes the top left corner."""
    box = lower(box, _LETTERS)
    width, height = sides(box)
    size = (max(round(width * high / max(height, 1.0)), high // 2), high)
    (left, top), (right, bottom) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
    climbs = max(abs(box[1, 1] - box[0, 1]), abs(box[3, 0] - box[0, 0]))
    if climbs <= _LEVEL and box[0, 0] < box[1, 0] and box[0, 1] < box[3, 1]:
        left, top = max(left, 0.0), max(top, 0.0)
        right, bottom = min(right, image.width), min(bottom, image.height)
        if right - left >= 1 and bottom - top >= 1:
            return image.resize(size, _SCALING, (left, top, right, bottom))
    # Affine transforms do not average, so they run at the picture's own scale.
    own = (max(round(width), 1), max(round(height), 1))
    x, y = (box[1] - box[0]) / own[0], (box[3] - box[0]) / own[1]
    across = (x[0], y[0], box[0, 0], x[1], y[1], box[0, 1])
    cut = image.transform(
        own,
        Image.Transform.AFFINE,
        tuple(map(float, across)),
        Image.Resampling.BICUBIC,
        fillcolor=_colour_at(image, *box[0].tolist()),
    )
    return cut.resize(size, _SCALING)


def pieces(line: Image.Image, left: int = 0) -> Iterator[tuple[int, Image.Image]]:
    """Yield line, or parts of at most MOST_WIDTH pixels, cut where nothing stands.

    With each comes where it begins; line itself does so at left.
    """
    if line.width <= MOST_WIDTH:
        yield left, line
        return
    parts = -(-line.width // MOST_WIDTH)
    wanted = line.width // parts
    columns = np.asarray(line.convert("L"), np.float32).std(axis=0)
    low = min(wanted * 3 // 4, MOST_WIDTH - 1)
    near = columns[low : min(wanted * 5 // 4, MOST_WIDTH)]
    at = low + _widest_quiet(near)
    yield left, line.crop((0, 0, at, line.height))
    yield from pieces(line.crop((at, 0, line.width, line.height)), left + at)


def _widest_quiet(columns: Floats) -> int:
    """Return the middle of the longest stretch in which columns hardly vary."""
    quiet = np.concatenate([[False], columns <= columns.min() + 4, [False]]).astype(np.int8)
    first, last = (np.flatnonzero(np.diff(quiet) == step) for step in (1, -1))
    longest = int(np.argmax(last - first))
    return int(first[longest] + last[longest]) // 2


def _colour_at(image: Image.Image, x: float, y: float) -> Any:
    """Return the colour at a point, or nearest to it."""
    x, y = (min(max(int(at), 0), side - 1) for at, side in zip((x, y), image.size, strict=True))
    return image.getpixel((x, y))
