"""How much of rendered pages is read, and in which order: pages with known words, many looks.

Run as `python tests/benchmarks/reading_pages.py [PAGES] [--worst N]`. Pages are screens, scans,
signs, tables and two columns in the fonts that are installed (DejaVu and URW, as Debian has them),
10 to 40 pixels, light and dark, some as JPEG of quality 60, some tilted by up to 2 degrees.
"""

import argparse
import io
import math
import random
import statistics
import time
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lorgnette import paths
from lorgnette.ocr.found import PictureText
from lorgnette.ocr.reader import Reader

DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
URW = Path("/usr/share/fonts/opentype/urw-base35")
FONTS = (
    DEJAVU / "DejaVuSans.ttf",
    DEJAVU / "DejaVuSans-Bold.ttf",
    DEJAVU / "DejaVuSerif.ttf",
    DEJAVU / "DejaVuSansMono.ttf",
    URW / "NimbusSans-Regular.otf",
    URW / "NimbusSansNarrow-Regular.otf",
    URW / "NimbusRoman-Regular.otf",
    URW / "NimbusRoman-Italic.otf",
    URW / "P052-Roman.otf",
    URW / "URWGothic-Book.otf",
    URW / "C059-Roman.otf",
)
# The window of many programs, letters of many languages; words that nobody could guess from others.
TEXT = """
Import metadata from the file, choose a source and press Continue. Nothing was saved: the disk is
full. Bus stop, line 42 to Harbour Street; first departure 05:17, last departure 23:58. Opening
hours Monday to Friday 9.00-18.30. Please do not lean out of the window. Open recent notebook,
close all tabs, split view (left or right), export as PDF, rename, delete, duplicate. Total amount
due: 1,284.50 EUR, payable within 30 days to account DE89 3704 0044. Größe ändern, Übung öffnen,
süßer Käse; garçon, forêt, naïve, où, cœur, élève, Noël. Mañana, señor, ¿qué tal? corazón,
pingüino. Ação, coração, português, avô. Smørrebrød, ålesund, fjære, Ærø. Żółć, źdźbło, łódź, gęś.
Příliš žluťoučký kůň. Győr, szűk, hétfő. Știință, țară, învăța. Ağaç, çiğdem, ışık. Chapter seven:
how the lake was frozen over and thirteen geese walked home. Results improved by 12% (p < 0.05) in
group B; see table 3 and figure 4. Warning! Hot surface. Version 2.14.1 is ready to install.
user@example.org, https://example.org/help?page=7 #release. Temperature 21 °C, humidity 48 %, wind
3 m/s from the north-west. The quick brown fox jumps over the lazy dog while seventy wizards vex
Jack.
"""  # noqa: RUF001 - the Turkish dotless i is meant
WORDS = TEXT.split()
COLOURS = [
    ("white", "black"),
    ("#fdf6e3", "#333333"),
    ("#1e1e1e", "#d4d4d4"),
    ("#0d1117", "#8b949e"),
    ("#f0f0f0", "#777777"),
    ("#003399", "#ffffff"),
    ("#ffd400", "#111111"),
]


@dataclass(frozen=True, slots=True)
class Placed:
    """A line as it was drawn."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Page:
    """A picture, its lines in reading order, and where points of the drawing lie in it."""

    kind: str
    image: Image.Image
    lines: list[Placed]
    angle: float
    look: str


class Drawing:
    """Lines of words drawn on a page."""

    def __init__(self, size: tuple[int, int], chance: random.Random, least: int = 10) -> None:
        self.chance = chance
        self.ground, self.ink = chance.choice(COLOURS)
        self.image = Image.new("RGB", size, self.ground)
        self.draw = ImageDraw.Draw(self.image)
        self.path = chance.choice(FONTS)
        self.size = chance.choice(
            [s for s in (10, 11, 12, 13, 14, 16, 18, 20, 24, 32) if s >= least]
        )
        self.font = ImageFont.truetype(self.path, self.size)
        self.lines: list[Placed] = []

    def words(self, width: float, font: ImageFont.FreeTypeFont | None = None) -> str:
        """Return words that fill a line of width, drawn from WORDS in a row."""
        font = font or self.font
        fitting = [word for word in WORDS if font.getlength(word) <= width] or ["of"]
        at = self.chance.randrange(len(fitting))
        text = fitting[at]
        while True:
            at += 1
            longer = f"{text} {fitting[at % len(fitting)]}"
            if font.getlength(longer) > width:
                return text
            text = longer

    def put(
        self, x: float, y: float, text: str, font: ImageFont.FreeTypeFont | None = None
    ) -> None:
        """Draw one line and remember it."""
        font = font or self.font
        self.draw.text((x, y), text, self.ink, font)
        self.lines.append(Placed(text, self.draw.textbbox((x, y), text, font)))

    def column(self, x: float, y: float, width: float, bottom: float) -> None:
        """Draw running text in paragraphs."""
        lines = 0
        while y + self.size * 1.3 < bottom:
            last = lines >= 3 and self.chance.random() < 0.2
            self.put(x, y, self.words(width * self.chance.uniform(0.3, 0.7) if last else width))
            y += self.size * (2.3 if last else 1.3)
            lines = 0 if last else lines + 1


def prose(chance: random.Random) -> Drawing:
    """Draw one column with a heading."""
    d = Drawing((chance.randrange(500, 1100), chance.randrange(300, 700)), chance)
    head = ImageFont.truetype(d.path, d.size * 2)
    d.put(30, 20, d.words(d.image.width * 0.6, head), head)
    d.column(30, 20 + d.size * 4, d.image.width - 60, d.image.height - 20)
    return d


def columns(chance: random.Random) -> Drawing:
    """Draw a heading over two columns."""
    d = Drawing((chance.randrange(800, 1400), chance.randrange(400, 800)), chance)
    d.size = min(d.size, 18)
    d.font = ImageFont.truetype(d.path, d.size)
    head = ImageFont.truetype(d.path, round(d.size * 1.8))
    d.put(40, 20, d.words(d.image.width * 0.7, head), head)
    middle, gap = d.image.width / 2, d.size * 1.2
    for left in (40, middle + gap):
        d.column(left, 20 + d.size * 3.5, middle - gap - 40, d.image.height - 20)
    return d


def table(chance: random.Random) -> Drawing:
    """Draw a table, read row by row."""
    d = Drawing((chance.randrange(700, 1200), chance.randrange(300, 800)), chance)
    widths = [d.size * chance.randrange(9, 14) for _ in range(4)]
    across = [sum(widths[:i]) + 20 for i in range(4) if sum(widths[: i + 1]) < d.image.width - 20]
    y = 20.0
    while y + d.size * 2 < d.image.height:
        for x, width in zip(across, widths, strict=False):
            text = d.words(width - d.size * 2)
            if chance.random() < 0.3:
                text = f"{chance.randrange(100, 99999)}"
            d.put(x, y, text)
        y += d.size * chance.choice([1.7, 1.7, 1.7])
    return d


def screen(chance: random.Random) -> Drawing:
    """Draw a window: a bar of menus, a list on the left, text beside it."""
    d = Drawing((chance.choice([800, 1024, 1280]), chance.choice([480, 600, 768])), chance)
    d.size = min(d.size, 16)
    d.font = ImageFont.truetype(d.path, d.size)
    x = 12.0
    for word in ("File", "Edit", "View", "Insert", "Window", "Help"):
        d.put(x, 6, word)
        x += d.font.getlength(word) + d.size * 1.6
    d.draw.line((0, d.size * 2 + 6, d.image.width, d.size * 2 + 6), d.ink)
    side, y = d.size * 14, d.size * 3.0
    while y + d.size * 2 < d.image.height:
        d.put(20, y, d.words(side - 60))
        y += d.size * 2.1
    d.draw.line((side, d.size * 2 + 6, side, d.image.height), d.ink)
    d.column(side + d.size * 2, d.size * 3, d.image.width - side - d.size * 4, d.image.height - 20)
    return d


def sign(chance: random.Random) -> Drawing:
    """Draw a few large words."""
    d = Drawing((chance.randrange(300, 900), chance.randrange(200, 600)), chance)
    d.size = chance.choice([28, 40, 64, 90])
    d.font = ImageFont.truetype(d.path, d.size)
    y = 20.0
    while y + d.size * 1.5 < d.image.height:
        text = d.words(d.image.width - 60)
        if d.font.getlength(text) < d.image.width - 20:
            d.put((d.image.width - d.font.getlength(text)) / 2, y, text)
        y += d.size * 1.5
    return d


KINDS = (prose, columns, table, screen, sign)


def page(number: int) -> Page:
    """Return the page of a number, always the same."""
    chance = random.Random(number)  # noqa: S311
    drawing = KINDS[number % len(KINDS)](chance)
    image, angle = drawing.image, 0.0
    if chance.random() < 0.3:
        angle = chance.uniform(-2, 2)
        image = image.rotate(
            angle, Image.Resampling.BICUBIC, expand=False, fillcolor=drawing.ground
        )
    quality = 0
    if chance.random() < 0.5:
        quality = 60
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        image = Image.open(file).convert("RGB")
    size = image.size
    shown = [
        line
        for line in drawing.lines
        if all(
            3 < x < size[0] - 3 and 3 < y < size[1] - 3
            for x, y in (turned(p, size, angle) for p in corners(line.box))
        )
    ]
    for line in drawing.lines:
        if line not in shown:  # a line that the tilt pushed over the edge is nobody's to read
            left, top, right, bottom = line.box
            blank = [turned(p, size, angle) for p in corners((left, top, right, bottom))]
            ImageDraw.Draw(image).polygon(blank, drawing.ground)
    look = (
        f"{drawing.path.stem} {drawing.size} {drawing.ink} on {drawing.ground} "
        f"quality {quality}, {angle:.1f}°"
    )
    return Page(KINDS[number % len(KINDS)].__name__, image, shown, angle, look)


def corners(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Return the four corners of a box."""
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def turned(point: tuple[float, float], size: tuple[int, int], angle: float) -> tuple[float, float]:
    """Return where a point of the drawing lies after the page was turned."""
    turn = math.radians(angle)
    x, y = point[0] - size[0] / 2, point[1] - size[1] / 2
    return (
        x * math.cos(turn) + y * math.sin(turn) + size[0] / 2,
        -x * math.sin(turn) + y * math.cos(turn) + size[1] / 2,
    )


def distance(one: str, other: str) -> int:
    """Return how many characters have to be changed, added or left out (Levenshtein)."""
    codes = np.frombuffer(other.encode("utf-32-le"), np.uint32)
    index = np.arange(len(codes) + 1)
    row = index.copy()
    for number, character in enumerate(one, start=1):
        new = np.empty_like(row)
        new[0] = number
        new[1:] = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        row = np.minimum.accumulate(new - index) + index
    return int(row[-1])


@dataclass(frozen=True, slots=True)
class Score:
    """How well a page was read."""

    characters: int
    wrong: int
    in_order: bool
    quoted: int  # sure words
    quoted_right: int
    misread: list[tuple[str, str]]


def score(made: Page, text: PictureText) -> Score:
    """Compare what was read with what was drawn, line by line where they stand."""
    size = made.image.size
    read: dict[int, list[tuple[float, str]]] = defaultdict(list)
    sequence, stray = [], 0
    for line in text.lines:
        left, top, right, bottom = line.box
        middle = ((left + right) / 2 * size[0], (top + bottom) / 2 * size[1])
        x, y = turned(middle, size, -made.angle)
        near = [
            number
            for number, placed in enumerate(made.lines)
            if placed.box[0] - 4 <= x <= placed.box[2] + 4
            and placed.box[1] - 4 <= y <= placed.box[3] + 4
        ]
        if not near:
            stray += len(line.text)
            continue
        number = min(near, key=lambda n: abs(sum(made.lines[n].box[1::2]) / 2 - y))
        read[number].append((x, line.text))
        sequence.append(number)
    wrong, misread = stray, []
    for number, placed in enumerate(made.lines):
        said = " ".join(text for _, text in sorted(read[number]))
        wanted = unicodedata.normalize("NFC", placed.text)
        missed = distance(wanted, said)
        wrong += missed
        if missed:
            misread.append((wanted, said))
    there = defaultdict(int)
    for word in " ".join(line.text for line in made.lines).split():
        there[word] += 1
    sure = [word.text for line in text.lines for word in line.words if word.sure]
    right = 0
    for word in sure:
        if there[word]:
            there[word] -= 1
            right += 1
    return Score(
        sum(len(line.text) for line in made.lines),
        wrong,
        sequence == sorted(sequence),
        len(sure),
        right,
        misread,
    )


def main() -> None:
    """Read pages and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="?", type=int, default=200)
    parser.add_argument("--worst", type=int, default=0, help="pages to show, the worst first")
    parser.add_argument("--keep", type=Path, help="a folder for the pictures of those")
    args = parser.parse_args()
    reader = Reader.open(paths.text_model(), provider="cpu", threads=1)
    scores: list[tuple[int, Page, Score]] = []
    seconds = []
    for number in range(args.pages):
        made = page(number)
        started = time.process_time()
        text = reader.read(made.image)
        seconds.append(time.process_time() - started)
        found = score(made, text)
        scores.append((number, made, found))
        print(
            f"{number}: {made.kind} {found.wrong} of {found.characters} wrong, order "
            f"{'right' if found.in_order else 'wrong'}, {seconds[-1]:.2f} s",
            flush=True,
        )
    for kind in ("", *(each.__name__ for each in KINDS)):
        of_kind = [s for _, made, s in scores if not kind or made.kind == kind]
        drawn = sum(s.characters for s in of_kind)
        right = 1 - sum(s.wrong for s in of_kind) / drawn
        pages = statistics.mean(max(0.0, 1 - s.wrong / s.characters) for s in of_kind)
        order = statistics.mean(s.in_order for s in of_kind)
        quoted = sum(s.quoted for s in of_kind)
        print(
            f"{kind or 'all':8} {len(of_kind)} pages, {drawn} characters: {right:.2%} right "
            f"(mean of pages {pages:.2%}), order right on {order:.1%}, "
            f"{sum(s.quoted_right for s in of_kind) / max(quoted, 1):.2%} of {quoted} quoted words"
        )
    print(f"{statistics.mean(seconds):.2f} s a page (CPU), at most {max(seconds):.2f}")
    worst = sorted(scores, key=lambda each: (each[2].in_order, -each[2].wrong))[: args.worst]
    for number, made, found in worst:
        print(
            f"\npage {number} {made.kind} {made.image.size} {made.look}: {found.wrong} of "
            f"{found.characters} wrong, order {'right' if found.in_order else 'WRONG'}"
        )
        for wanted, said in found.misread[:6]:
            print(f"   {wanted}\n   {said}")
        if args.keep:
            made.image.save(args.keep / f"{number}.png")


if __name__ == "__main__":
    main()
