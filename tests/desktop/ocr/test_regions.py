import math

import numpy as np
import pytest
import skimage.measure
from PIL import Image, ImageDraw

from lorgnette.ocr import regions


@pytest.mark.parametrize("share", [0.05, 0.4, 0.6, 0.95])
def test_regions_are_those_that_scikit_image_finds(share: float) -> None:
    marked = np.random.default_rng(7).random((61, 83)) < share
    runs = regions._runs(marked)
    label = regions._components(runs)
    drawn = np.zeros(marked.shape, np.int64)
    for row, first, last, number in zip(runs.row, runs.first, runs.last, label, strict=True):
        drawn[row, first : last + 1] = number + 1
    wanted = skimage.measure.label(marked, connectivity=2)
    pairs = set(zip(wanted.ravel().tolist(), drawn.ravel().tolist(), strict=True))
    assert len(pairs) == wanted.max() + 1 == drawn.max() + 1


def test_a_spiral_is_one_region() -> None:
    marked = np.zeros((99, 99), np.bool_)
    for turn in range(0, 48, 4):
        marked[turn, turn : 99 - turn] = marked[turn : 99 - turn, 98 - turn] = True
        marked[98 - turn, turn + 2 : 99 - turn] = marked[turn + 4 : 99 - turn, turn + 2] = True
    assert (
        regions._components(regions._runs(marked)).max() + 1
        == skimage.measure.label(marked, connectivity=2).max()
    )


@pytest.mark.parametrize("angle", [0, 3, -12, 40, 89])
def test_a_tilted_bar_gets_a_box_of_its_size_and_tilt(angle: float) -> None:
    turn = math.radians(angle)
    along = np.array([math.cos(turn), math.sin(turn)])
    across = np.array([-along[1], along[0]])
    middle = np.array([150, 150])
    corners = [
        middle + x * along * 100 + y * across * 10 for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    image = Image.new("L", (300, 300))
    ImageDraw.Draw(image).polygon([tuple(corner) for corner in corners], 255)
    (box,), cut = regions.boxes(np.asarray(image, np.float32) / 255, 10)
    assert not cut
    assert np.allclose(box.mean(axis=0), middle, atol=1.5)
    sides = sorted((np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[3] - box[0])))
    grown = 2 * 200 * 20 * 1.6 / (2 * (200 + 20))
    assert sides == pytest.approx([20 + grown, 200 + grown], abs=6)
    longest = max((box[1] - box[0], box[3] - box[0]), key=np.linalg.norm)
    assert abs(np.dot(longest / np.linalg.norm(longest), along)) > 0.999
    # The corner that a reader of upright text would begin at comes first, then clockwise.
    assert box[0].sum() == box.sum(axis=1).min()
    one, other = box[1] - box[0], box[2] - box[1]
    assert one[0] * other[1] - one[1] * other[0] > 0


def test_what_is_faint_or_thin_is_no_line_and_the_largest_are_kept() -> None:
    probability = np.zeros((120, 200), np.float32)
    probability[5:15, 10:100] = 0.45  # marked, but not likely on the whole
    probability[30:32, 10:100] = 0.9  # thinner than any letter
    probability[40:50, 10:60] = 0.9
    probability[60:80, 10:190] = 0.9
    boxes, cut = regions.boxes(probability, 10)
    assert len(boxes) == 2
    assert not cut
    boxes, cut = regions.boxes(probability, 1)
    assert cut
    assert boxes[0, :, 1].mean() == 70


def test_nothing_marked_gives_no_boxes() -> None:
    assert regions.boxes(np.zeros((32, 32), np.float32), 10)[0].shape == (0, 4, 2)
