"""Reading the text in many pictures, and which of those that are captioned are read, too."""

import functools
import re
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lorgnette.captioning import images
from lorgnette.captioning.caption import Caption
from lorgnette.errors import LorgnetteError
from lorgnette.ocr.found import PictureText
from lorgnette.ocr.reader import Reader

# Pixels that no side of a picture is reduced below: scans of a page keep their letters.
LEAST_SIDE = 2000
_GLANCE = 640  # pixels a side, enough for words that are plainly large
_LARGE = 0.04  # of a photo's shorter side: letters as high as that are plainly large
# What bears large words: where a caption or what was seen speaks of none of it, a photo is not
# looked at again, and costs nothing.
_BEARERS = re.compile(
    r"\b(sign|signs|poster|posters|banner|banners|billboard|jersey|jerseys|number|numbers|bib|"
    r"newspaper|book|books|magazine|label|labels|menu|letters|lettering|words|writing|written|text|"
    r"logo|graffiti|truck|bus|buses|store|shop|storefront|screen|monitor)\b",
    re.IGNORECASE,
)


class ReadText(StrEnum):
    """When the text in a picture is read before captioning ends."""

    AUTO = "auto"  # declined pictures, and photos that seem to bear plainly large words
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutcome:
    """What became of one picture."""

    image: Path
    text: PictureText | None = None  # set exactly when error is not
    error: LorgnetteError | None = None


class TextReading:
    """How a batch reads the text in its pictures; the reader is opened when one is to be read."""

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        when: ReadText = ReadText.AUTO,
        *,
        into_photos: bool = False,
    ) -> None:
        """Keep what a batch needs.

        Args:
            open_reader: called once at most, in a thread of the batch.
            into_photos: the words on a photo go into its draft, not only beside it.
        """
        self.into_photos = into_photos
        self._open = functools.cache(open_reader)
        self._opening = threading.Lock()
        self._when = when

    def reader(self) -> Reader:
        """Return the reader, opened now if it was not before."""
        with self._opening:
            return self._open()

    def text(self, image: Path, caption: Caption) -> PictureText | None:
        """Return the text in a picture that was captioned or declined; None if it was not read.

        Raises:
            LorgnetteError: the file cannot be decoded, or the text model is not whole.
        """
        if self._when is ReadText.NEVER:
            return None
        if self._when is ReadText.ALWAYS or is_no_photo(caption):
            return read_text(image, self.reader())
        said = [*caption.candidates, *(thing.name for thing in caption.seen if thing.sure)]
        if not _BEARERS.search(" ".join(said)):
            return None
        return self.reader().read(images.load(image, _GLANCE), least_height=_LARGE)


def is_no_photo(caption: Caption) -> bool:
    """Tell whether the model declined for what the picture is, not for what it is unsure of."""
    return not caption.text and not caption.candidates


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
