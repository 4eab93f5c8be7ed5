"""Which pictures look nearly the same: photos as a burst takes them, and different ones."""

import itertools
from collections.abc import Callable

import pytest
from PIL import Image, ImageEnhance
from PySide6.QtGui import QImage

from lorgnette.gui.batch.likeness import alike, fingerprint

pytestmark = pytest.mark.gui

PHOTOS = ("astronaut", "camera", "cat", "coffee", "coins", "page", "rocket")


def fingerprint_of(picture: Image.Image) -> int | None:
    small = picture.convert("RGB")
    small.thumbnail((192, 192))
    data = small.tobytes()
    size = (small.width, small.height, 3 * small.width)
    return fingerprint(QImage(data, *size, QImage.Format.Format_RGB888))


def cut(picture: Image.Image, left: float, top: float, scale: float = 1.0) -> Image.Image:
    """Return what a camera sees that was moved by these shares of the width."""
    width, height = picture.width * 0.9, picture.height * 0.9
    x, y = picture.width * (0.05 + left), picture.height * (0.05 + top)
    return picture.crop((round(x), round(y), round(x + width * scale), round(y + height * scale)))


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_of_a_burst_looks_like_the_next_one(
    photo: Callable[[str], Image.Image], name: str
) -> None:
    first = fingerprint_of(cut(photo(name), 0, 0))
    for other in (
        ImageEnhance.Brightness(cut(photo(name), 0, 0)).enhance(1.2),
        ImageEnhance.Brightness(cut(photo(name), 0, 0)).enhance(0.8),
        cut(photo(name), 0.005, 0.005),
        cut(photo(name), 0, 0, 0.99),
    ):
        assert alike(first, fingerprint_of(other))


def test_different_photos_do_not(photo: Callable[[str], Image.Image]) -> None:
    found = [fingerprint_of(photo(name)) for name in PHOTOS]
    found.append(fingerprint_of(photo("astronaut").transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    assert not any(itertools.starmap(alike, itertools.combinations(found, 2)))


def test_plain_areas_have_no_fingerprint_and_look_like_nothing() -> None:
    red, blue = (fingerprint_of(Image.new("RGB", (64, 48), c)) for c in ("#c81414", "#1414c8"))
    assert red is None
    assert not alike(red, blue)
    assert not alike(red, red)


def test_each_bit_says_that_it_gets_brighter_to_the_right() -> None:
    ramp = Image.linear_gradient("L").rotate(90)
    assert fingerprint_of(ramp) == 2**64 - 1
    assert fingerprint_of(ramp.rotate(180)) == 0
