"""Reading the text in many pictures, one outcome each, in order."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from lorgnette.captioning import images
from lorgnette.errors import LorgnetteError
from lorgnette.ocr.found import PictureText
from lorgnette.ocr.reader import Reader

# Pixels that no side of a picture is reduced below: scans of a page keep their letters.
LEAST_SIDE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutcome:
    """What became of one picture."""

    image: Path
    text: PictureText | None = None  # set exactly when error is not
    error: LorgnetteError | None = None


def read_text(path: Path, reader: Reader) -> PictureText:
    """Return the text in the picture at path.

    Raises:
        UnreadableImageError: the file cannot be decoded.
    """
    return reader.read(images.load(path, LEAST_SIDE))


def read_batch(paths: Iterable[Path], reader: Reader) -> Generator[ReadOutcome]:
    """Yield what stands in each picture, in order; one picture's trouble stops no other."""
    for image in paths:
        try:
            yield ReadOutcome(image=image, text=read_text(image, reader))
        except LorgnetteError as error:
            yield ReadOutcome(image=image, error=error)
