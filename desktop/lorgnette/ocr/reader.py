"""Reader.open(text model); read(picture) -> PictureText."""

import contextlib
import ctypes
import dataclasses
import functools
import hashlib
import itertools
import json
import math
import re
import statistics
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageStat

from lorgnette.errors import BrokenModelError
from lorgnette.graphs import Graph, choose_provider
from lorgnette.ocr import crops, ctc, known, layout, regions
from lorgnette.ocr.found import Line, PictureText, ReadWord
from lorgnette.ocr.regions import Floats

MANIFEST = "text-model.json"
DETECTOR = "detector.onnx"
RECOGNISER = "recogniser.onnx"
QUICK = "quick.onnx"
CHARACTERS = "characters.txt"

PIXELS = "x"  # what all graphs take
PROBABILITIES = "fetch_name_0"  # of the detector, for each pixel
# Of both recognisers a column's likeliest class, and how likely; of the quick one the next, too.
BEST, CERTAINTY, SECOND, LIKELY = "best", "certainty", "second", "likely"
OUTPUTS = {
    DETECTOR: (PROBABILITIES,),
    RECOGNISER: (BEST, CERTAINTY),
    QUICK: (BEST, CERTAINTY, SECOND, LIKELY),
}
HEIGHT = {RECOGNISER: 48, QUICK: 24}  # pixels of the strips that they were taught on

LEAST_SIDE = 8  # pixels: no letter is smaller
_STEP = 32  # pixels: sides of what the detector sees are multiples of it
# Pixels that are looked at in one go from afar; in fewer, lines of small letters run together.
_GLANCE = 640 * 640
_TILE = 440_000  # pixels that are looked at in one go closely; more costs memory
_MOST_TILES = 50  # beside each other
_MOST_SEEN = 2_400_000  # pixels of a picture that are looked at at all
_LARGEST = 3.0  # times that a small picture is made larger
_MARGIN = 32  # pixels around a tile that its neighbours see, too
_FLAT = 12  # of 0 to 255: a tile that varies less is empty
_LARGE = 72  # pixels; letters as high as that are better seen from afar than in tiles
_MOST_LINES = 1000
_MOST_COLUMNS = 300_000  # pixels of all strips together
_SAMPLE = 6  # lines that tell which way is up, and whether they are English
_DOUBTFUL = 0.92  # confidence of a sample below which the other way up is tried
_SURER = 0.1  # by which it has to be surer: few pages are upside down, and "60N" is "N09" then

# Confidence from which a word of the quick recogniser is taken, and that of two looks on average
# from which it is, too. Thin letters and points go missing with certainty ("frst", "12" for "1.2"):
# numbers are not taken at one look, nor are English words that the dictionary lacks.
_NUMBER = (math.inf, 0.98)  # and single letters
_ENGLISH = {True: (0.92, 0.8), None: (0.95, 0.92), False: (math.inf, 0.98)}  # the dictionary has it
_LONG = 5  # letters: with one of them wrong, a word seldom is another word
_LONG_ENGLISH = (0.75, 0.75)
_FOREIGN = (0.98, 0.93)
_CLOSER = 0.9  # of a line's height is seen at the second look
_LETTERS = "aI"  # that are words; others by themselves are as often icons
_MOST_ASKED = 0.5  # of a line that is asked for in parts; from here on it is read as a whole

# A picture that is looked at in a smaller size than this shows no letters of usual type.
_FAR = 0.25
_GREEK = re.compile("[\u03ac-\u03ce]{2}")  # the recogniser leaves out those with an accent
_MISSPELT = 0.5  # the confidence that is left of such words

TOO_NARROW = "it is too narrow for words"
TOO_LARGE = "it is too large for small letters to be seen: cut out a part, and read that"
TOO_MUCH = "it holds more text than was read: these are the first lines"


class Reader:
    """A text model that was opened; any number of threads may use it, one picture at a time."""

    def __init__(
        self, graphs: Mapping[str, Graph], characters: tuple[str, ...], label: str
    ) -> None:
        self.label = label
        self._graphs = graphs
        self._characters = characters
        # One picture's maps take 100 MB: pictures wait for each other rather than for memory.
        self._one_at_a_time = threading.Lock()

    @classmethod
    def open(cls, folder: Path, *, provider: str = "auto", threads: int = 1) -> "Reader":
        """Return the reader of a text model.

        Args:
            provider: auto, cpu or cuda, as for captions.
            threads: of the CPU for one picture.

        Raises:
            BrokenModelError: the folder does not hold a whole text model.
            ProviderError: cuda was asked for and does not run here.
        """
        label = check(folder)
        chosen = choose_provider(provider)
        graphs = {
            name: Graph(
                folder / name,
                inputs=(PIXELS,),
                outputs=outputs,
                provider=chosen,
                threads=threads,
                sizes_vary=True,
            )
            for name, outputs in OUTPUTS.items()
        }
        return cls(graphs, classes(folder), label)

    def read(self, image: Image.Image, *, least_height: float = 0.0) -> PictureText:
        """Return the text in an upright RGB picture, in reading order.

        Args:
            least_height: of a line, as a share of the picture's shorter side; where it is given
                the picture is looked at from afar only, which is quick.
        """
        if min(image.size) < LEAST_SIDE:
            return PictureText(reason=TOO_NARROW)
        with self._one_at_a_time:
            try:
                return self._read(image, least_height)
            finally:
                _give_back_memory()

    def _read(self, image: Image.Image, least_height: float) -> PictureText:
        boxes, cut = self._find(image, far_only=least_height > 0)
        boxes = boxes[[min(crops.sides(box)) >= least_height * min(image.size) for box in boxes]]
        if not len(boxes):
            return PictureText(reason="" if least_height else _unseen(image))
        # The lines that tell which way is up are not read a second time.
        seen = {QUICK: image.convert("L"), RECOGNISER: image}
        quick = functools.cache(
            lambda line, turn: self._spelt(QUICK, seen, crops.turned(boxes[line], turn))
        )
        sample, likely = _sample(boxes)
        english = known.mostly_english(
            word.text
            for line in sample
            for word in quick(line, likely)[0]
            if word.confidence >= _FOREIGN[0]
        )
        recognise = functools.cache(
            lambda line, turn: self._recognise(
                seen, boxes[line], turn, *quick(line, turn), english=english
            )
        )
        turn = _turn(sample, likely, recognise)
        order = layout.paragraphs(_level(boxes, image.size, turn))
        columns = 0
        said: dict[int, Line] = {}
        for number in (line for rows in order for row in rows for line in row):
            if len(said) == _MOST_LINES or columns >= _MOST_COLUMNS:
                cut = True
                break
            for quarters in _turns(boxes[number], turn):
                line, width = recognise(number, quarters)
                columns += width
                if number not in said or line.confidence > said[number].confidence:
                    said[number] = line
        said = dict(zip(said, known.looked_up(said.values()), strict=True))
        kept = (
            [[said[line] for line in row if line in said and said[line].words] for row in rows]
            for rows in order
        )
        paragraphs = tuple(tuple(tuple(row) for row in rows if row) for rows in kept if any(rows))
        if not paragraphs and not least_height:
            return PictureText(reason=_unseen(image))
        return PictureText(paragraphs=paragraphs, reason=TOO_MUCH if cut else "")

    def _find(self, image: Image.Image, *, far_only: bool) -> tuple[Floats, bool]:
        """Return boxes around lines, in pixels of image, and whether some were left out."""
        size = np.array(image.size, np.float64)
        scale = min(math.sqrt(_GLANCE / size.prod()), _LARGEST)
        width, height = (_stepped(side * scale) for side in image.size)
        far, cut = regions.boxes(
            self._map(image.resize((width, height), Image.Resampling.BICUBIC)), _MOST_LINES * 3
        )
        far *= (size / (width, height)).astype(np.float32)
        if scale >= 1 or far_only:
            return far, cut
        closer = min(math.sqrt(_MOST_SEEN / size.prod()), 1.0)
        width, height = (max(round(side * closer), 1) for side in image.size)
        seen = image.resize((width, height), Image.Resampling.BICUBIC)
        near, cut = regions.boxes(self._tiled(seen), _MOST_LINES * 3)
        near *= (size / (width, height)).astype(np.float32)
        far = far[[min(crops.sides(box)) * closer >= _LARGE for box in far]]
        if len(far) and len(near):
            middle = near.mean(axis=1)
            inside = (middle[:, None] >= far.min(axis=1)) & (middle[:, None] <= far.max(axis=1))
            near = near[~inside.all(axis=2).any(axis=1)]
        return np.concatenate([far, near]), cut

    def _tiled(self, image: Image.Image) -> Floats:
        """Return the map of image, looked at in tiles that overlap."""
        width, height = image.size
        across, down = _grid(width, height)
        wide, high = math.ceil(width / across), math.ceil(height / down)
        whole = np.zeros((height, width), np.float32)
        for top in range(0, height, high):
            for left in range(0, width, wide):
                a, c = _around(left, left + wide, width)
                b, d = _around(top, top + high, height)
                tile = image.crop((a, b, c, d))
                if _flat(tile):
                    continue
                # Only sides of small pictures are stretched to fit the detector, and back again.
                fitting = tile.resize((_stepped(c - a), _stepped(d - b)), Image.Resampling.BICUBIC)
                seen = np.asarray(Image.fromarray(self._map(fitting)).resize(tile.size))
                whole[top : top + high, left : left + wide] = seen[
                    top - b : top + high - b, left - a : left + wide - a
                ]
        return whole

    def _map(self, image: Image.Image) -> Floats:
        """Return how likely each pixel belongs to text: (height, width)."""
        (out,) = self._graphs[DETECTOR].run({PIXELS: _pixels(image)})
        probability: Floats = out[0, 0]
        return probability

    def _recognise(
        self,
        seen: Mapping[str, Image.Image],
        box: Floats,
        quarters: int,
        quick: list[ctc.Spelt],
        width: int,
        *,
        english: bool,
    ) -> tuple[Line, int]:
        """Return the line in box, and how wide the strip was that it was read from.

        What the quick recogniser is not certain of is asked of the other one.

        Args:
            seen: the picture as each of the two sees it.
            quick: what the quick one read.
            width: of the strip that it read.
            english: the picture's text seems to be.
        """
        level = crops.turned(box, quarters)
        doubtful = functools.partial(_doubtful, english=english)
        doubted = [word for word in quick if doubtful(word)]
        letters = sum(len(word.text) for word in quick)
        if sum(len(word.text) for word in doubted) > _MOST_ASKED * letters or not quick:
            spelt, width = self._spelt(RECOGNISER, seen, level)
        else:
            spelt = []
            for asked, group in itertools.groupby(quick, doubtful):
                words = list(group)
                if asked:
                    between = crops.part(level, words[0].begins, words[-1].ends)
                    confirmed = self._confirmed(seen, between, words, english=english)
                    words = confirmed or self._spelt(RECOGNISER, seen, between)[0]
                spelt += words
        certain = [value for word in spelt for value in word.certain]
        size = seen[RECOGNISER].size
        whole = np.array(size, np.float32)
        left, top = np.clip(box.min(axis=0) / whole, 0, 1).tolist()
        right, bottom = np.clip(box.max(axis=0) / whole, 0, 1).tolist()
        line = Line(
            words=tuple(ReadWord(text=word.text, confidence=_confidence(word)) for word in spelt),
            confidence=sum(certain) / len(certain) if certain else 0.0,
            box=(left, top, right, bottom),
            height=crops.sides(box)[quarters % 2 == 0] / min(size),
            letters=letters,
        )
        return line, width

    def _confirmed(
        self, seen: Mapping[str, Image.Image], box: Floats, words: list[ctc.Spelt], *, english: bool
    ) -> list[ctc.Spelt]:
        """Return the words in box if a second look of the quick recogniser bears them out."""
        enough = [_enough(word.text, english=english)[1] for word in words]
        if any(
            (word.confidence + 1) / 2 < least for word, least in zip(words, enough, strict=True)
        ):
            return []  # however certain the second look is
        again, _ = self._spelt(QUICK, seen, crops.lower(box, _CLOSER))
        if [word.text for word in again] != [word.text for word in words]:
            return []
        looks = list(zip(words, again, enough, strict=True))
        if any((one.confidence + other.confidence) / 2 < least for one, other, least in looks):
            return []
        return [max(one, other, key=lambda word: word.confidence) for one, other, _ in looks]

    def _spelt(
        self, name: str, seen: Mapping[str, Image.Image], box: Floats
    ) -> tuple[list[ctc.Spelt], int]:
        """Return the words that a recogniser reads in box, and the width of the strip."""
        strip = crops.strip(seen[name], box, HEIGHT[name])
        found: list[ctc.Spelt] = []
        for left, piece in crops.pieces(strip):
            best, certainty, *next_best = self._graphs[name].run({PIXELS: _pixels(piece)})
            classes = best.astype(np.int64)
            lacking = None
            if next_best:
                second, likely = next_best
                lacking = ctc.left_out(classes, second.astype(np.int64), likely)
            for word in ctc.words(classes, certainty, self._characters, lacking):
                begins, ends = (
                    (left + share * piece.width) / strip.width for share in (word.begins, word.ends)
                )
                found.append(dataclasses.replace(word, begins=begins, ends=ends))
        return found, strip.width


def _unseen(image: Image.Image) -> str:
    """Return why nothing may have been found in image; "" where that is no wonder."""
    return TOO_LARGE if image.width * image.height * _FAR**2 > _MOST_SEEN else ""


def _confidence(word: ctc.Spelt) -> float:
    return min(word.confidence, _MISSPELT) if _GREEK.search(word.text) else word.confidence


def _doubtful(word: ctc.Spelt, *, english: bool) -> bool:
    return word.confidence < _enough(word.text, english=english)[0]


def _enough(text: str, *, english: bool) -> tuple[float, float]:
    """Return from which confidence a word is taken, at one look and of two on average."""
    if any(map(str.isdigit, text)) or (len(text) == 1 and text not in _LETTERS):
        return _NUMBER
    if not english:
        return _FOREIGN
    has = known.in_dictionary(text)
    return _LONG_ENGLISH if has and text.isalpha() and len(text) >= _LONG else _ENGLISH[has]


def _sample(boxes: Floats) -> tuple[list[int], int]:
    """Return the longest lines, and by how many quarters clockwise they are likely turned."""
    sides = np.array([crops.sides(box) for box in boxes])
    upwards = sides[:, 1] > sides[:, 0] * 1.5
    lengths = sides.max(axis=1)
    sideways = bool(lengths[upwards].sum() > lengths.sum() / 2)
    of_page = np.flatnonzero(upwards == sideways)
    return of_page[np.argsort(-lengths[of_page], kind="stable")[:_SAMPLE]].tolist(), int(sideways)


def _turn(sample: list[int], likely: int, recognise: Callable[[int, int], tuple[Line, int]]) -> int:
    """Return by how many quarters clockwise the page was turned: 0 to 3."""

    def certain(turn: int) -> float:
        return statistics.median(recognise(line, turn)[0].confidence for line in sample)

    first, other = certain(likely), likely + 2
    if not likely and first >= _DOUBTFUL:
        return likely
    return likely if first >= certain(other) - (0.0 if likely else _SURER) else other


def classes(folder: Path) -> tuple[str, ...]:
    """Return what the recogniser of a text model tells apart: none, its characters, a space."""
    characters = (folder / CHARACTERS).read_text(encoding="utf-8").removesuffix("\n")
    return ("", *characters.split("\n"), " ")


def check(folder: Path) -> str:
    """Return what provenance calls the text model in folder, after seeing that it is whole.

    Raises:
        BrokenModelError: one is missing, or was changed.
    """
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        files, label = content["files"], f"{content['name']}/{content['version']}"
        wrong = [
            name
            for name in (*OUTPUTS, CHARACTERS)
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != files[name]["sha256"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenModelError(f"there is no whole text model in {folder}: {error}") from error
    if wrong:
        raise BrokenModelError(f"{folder}: {', '.join(wrong)} is damaged or was changed")
    return label


def _give_back_memory() -> None:
    """Let glibc hand to the system what it would keep for the next picture: 150 MB of a screen."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):  # musl has no such function
            ctypes.CDLL(None).malloc_trim(0)


def _flat(image: Image.Image) -> bool:
    return all(high - low < _FLAT for low, high in ImageStat.Stat(image).extrema)


def _grid(width: int, height: int) -> tuple[int, int]:
    """Return into how many tiles across and down, so that few pixels are looked at twice."""
    grids = list[tuple[float, int, int]]()
    for across in range(1, _MOST_TILES):
        wide = width / across + 2 * _MARGIN
        if (room := _TILE / wide - 2 * _MARGIN) > 0:
            down = math.ceil(height / room)
            grids.append((wide * (height + 2 * _MARGIN * down) * across, across, down))
    _, across, down = min(grids)
    return across, down


def _around(first: int, last: int, side: int) -> tuple[int, int]:
    """Return where a tile with its margins begins and ends, a multiple of _STEP apart if it can."""
    begins, ends = max(first - _MARGIN, 0), min(last + _MARGIN, side)
    begins = max(ends - math.ceil((ends - begins) / _STEP) * _STEP, 0)
    return begins, min(begins + math.ceil((ends - begins) / _STEP) * _STEP, side)


def _pixels(image: Image.Image) -> Floats:
    """Return what graphs see of a picture, -1 to 1: (1, BGR or grey, height, width)."""
    pixels = np.atleast_3d(np.asarray(image, np.float32))[:, :, ::-1].transpose(2, 0, 1)[None]
    return np.ascontiguousarray(pixels / 127.5 - 1)


def _stepped(side: float) -> int:
    longest = _GLANCE // _STEP
    return min(max(round(side / _STEP), 1) * _STEP, longest)


def _turns(box: Floats, page: int) -> tuple[int, ...]:
    """Return how box may be turned: as its page, or both ways where it stands across it."""
    width, height = crops.sides(box)
    if page % 2 == 0:
        return (1, 3) if height > 1.5 * width else (page,)
    return (0, 2) if width > 1.5 * height else (page,)


def _level(boxes: Floats, size: tuple[int, int], turn: int) -> Floats:
    """Return boxes as they lie after the page was turned back."""
    width, height = size
    x, y = boxes[..., 0], boxes[..., 1]
    back = {
        0: (x, y),
        1: (y, width - x),
        2: (width - x, height - y),
        3: (height - y, x),
    }[turn]
    return np.roll(np.stack(back, axis=-1), -turn, axis=1)
