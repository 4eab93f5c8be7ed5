from collections.abc import Callable, Sequence

import pytest
from PIL import Image, ImageDraw, ImageFont

from lorgnette import paths
from lorgnette.ocr.reader import Reader

Drawer = Callable[..., Image.Image]


@pytest.fixture(scope="session")
def reader() -> Reader:
    """Return a reader with the text model that is shipped."""
    return Reader.open(paths.text_model(), provider="cpu", threads=1)


@pytest.fixture(scope="session")
def drawn() -> Drawer:
    """Return a function that draws lines, one below the other."""

    def draw(
        lines: Sequence[str],
        size: int = 24,
        ink: str = "black",
        ground: str = "white",
        space: tuple[int, int] = (480, 200),
    ) -> Image.Image:
        image = Image.new("RGB", space, ground)
        pen = ImageDraw.Draw(image)
        for number, line in enumerate(lines):
            font = ImageFont.load_default(size)
            pen.text((20, 20 + number * size * 1.6), line, ink, font)
        return image

    return draw
