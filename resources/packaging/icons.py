"""The icon of the program in the forms that desktops want, all drawn from one SVG."""

from pathlib import Path

from PIL import Image
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)


def save_png(svg: Path, size: int, target: Path) -> Path:
    """Draw svg as a PNG of size by size pixels; return target."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    target.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(target), "PNG"):
        raise OSError(f"{target} could not be written")
    return target


def save_icon(svg: Path, target: Path) -> Path:
    """Draw svg as an icon of Windows (.ico) or macOS (.icns) with all its sizes; return target."""
    largest = 1024 if target.suffix == ".icns" else 256
    drawn = target.with_suffix(".png")
    with Image.open(save_png(svg, largest, drawn)) as image:
        sizes = [(size, size) for size in (16, 24, 32, 48, 64, 128, 256)]
        image.save(target, sizes=sizes) if target.suffix == ".ico" else image.save(target)
    return target
