import numpy as np
import pytest
from PIL import Image

from lorgnette.ocr import crops


@pytest.mark.parametrize("x", [-3.5, 0.5, 1.5, 2.5, 38.5, 39.5])
def test_a_tilted_box_may_begin_anywhere(x: float) -> None:
    image = Image.new("RGB", (40, 30), "navy")
    box = np.array([[x, 2.5], [x + 20, 5.5], [x + 19, 15.5], [x - 1, 12.5]], np.float32)
    strip = crops.strip(image, box, 48)
    assert strip.height == 48
    assert strip.getcolors() == [(strip.width * strip.height, (0, 0, 128))]
    grey = crops.strip(image.convert("L"), box, 24)
    assert grey.getcolors() == [(grey.width * grey.height, image.convert("L").getpixel((0, 0)))]


def test_a_part_of_a_tilted_line_is_cut_along_it() -> None:
    box = np.array([[10, 20], [110, 30], [109, 40], [9, 30]], np.float32)
    assert crops.part(box, 0, 1) == pytest.approx(box)
    half = np.array([[60, 25], [85, 27.5], [84, 37.5], [59, 35]])
    assert crops.part(box, 0.5, 0.75) == pytest.approx(half)


def test_a_long_strip_is_cut_in_its_gaps_and_each_piece_tells_where_it_begins() -> None:
    line = Image.new("L", (3700, 20), "white")
    for left in range(0, 3700, 100):
        line.paste(0, (left, 4, left + 60, 16))
    pieces = list(crops.pieces(line))
    assert len(pieces) > 2
    assert all(piece.width <= crops.MOST_WIDTH for _, piece in pieces)
    assert [left for left, _ in pieces] == np.cumsum(
        [0, *(piece.width for _, piece in pieces[:-1])]
    ).tolist()
    assert all(left % 100 >= 60 for left, _ in pieces[1:])


def test_a_lower_box_keeps_its_middle_and_its_length() -> None:
    box = np.array([[10, 20], [110, 40], [106, 60], [6, 40]], np.float32)
    lowered = crops.lower(box, 0.5)
    assert lowered.mean(axis=0) == pytest.approx(box.mean(axis=0))
    assert crops.sides(lowered)[0] == pytest.approx(crops.sides(box)[0])
    assert crops.sides(lowered)[1] == pytest.approx(crops.sides(box)[1] / 2)
