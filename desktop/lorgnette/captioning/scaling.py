"""From a picture of any size to the one that a network was trained to see."""

from typing import Literal

from PIL import Image

Resize = Literal["squash", "crop", "keep"]
Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]

_LEAST_KEPT = 32
_MOST_LONG = 64  # sides of a picture to its other side; of longer ones the middle is taken first

_FILTERS: dict[Interpolation, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def scaled(
    image: Image.Image,
    *,
    height: int,
    width: int,
    resize: Resize,
    resize_side: int,
    interpolation: Interpolation,
) -> Image.Image:
    """Return image as a network sees it; pixel by pixel what torchvision makes of it.

    Args:
        resize: squash: to width x height, whatever its shape. crop: the short side to resize_side,
            then the middle. keep: the short side to resize_side, or as it is where that is 0, and
            no larger than width x height, in its own shape.
    """
    if resize == "squash":
        return _resized(image, (width, height), interpolation)
    if resize == "crop":
        side = max(resize_side, width, height)
        middle = _middle(image)
        whole = _resized(middle, _short_sided(middle.size, side), interpolation)
        # torchvision's CenterCrop rounds halves to even.
        left, top = round((whole.width - width) / 2), round((whole.height - height) / 2)
        return whole.crop((left, top, left + width, top + height))
    size = image.size if resize_side == 0 else _short_sided(image.size, resize_side)
    if size[0] > width or size[1] > height:
        wider = size[0] * height > size[1] * width
        size = (
            (width, size[1] * width // size[0]) if wider else (size[0] * height // size[1], height)
        )
    # A CNN has nothing left of less after its poolings; programs elsewhere stop there.
    return _resized(image, (max(size[0], _LEAST_KEPT), max(size[1], _LEAST_KEPT)), interpolation)


def _middle(image: Image.Image) -> Image.Image:
    """Return the middle of a picture so long that scaling all of it would take gigabytes."""
    most = min(image.size) * _MOST_LONG
    if max(image.size) <= most:
        return image
    width, height = min(image.width, most), min(image.height, most)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _short_sided(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return size with its short side as long as side; torchvision cuts fractions off."""
    width, height = size
    if width <= height:
        return side, int(side * height / width)
    return int(side * width / height), side


def _resized(
    image: Image.Image, size: tuple[int, int], interpolation: Interpolation
) -> Image.Image:
    return image if image.size == size else image.resize(size, _FILTERS[interpolation])
