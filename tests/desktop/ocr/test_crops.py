import numpy as np
import pytest
from PIL import Image

from lorgnette.ocr import crops


@pytest.mark.parametrize("x", [-3.5, 0.5, 1.5, 2.5, 38.5, 39.5])
def test_a_tilted_box_may_begin_anywhere(x: float) -> None:
    image = Image.new("RGB", (40, 30), "navy")
    box = np.array([[x, 2.5], [x + 20, 5.5], [x + 19, 15.5], [x - 1, 12.5]], np.float32)
    strip = crops.strip(image, box)
    assert strip.height == crops.HEIGHT
    assert strip.getcolors() == [(strip.width * strip.height, (0, 0, 128))]
