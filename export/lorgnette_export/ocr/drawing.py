"""Drawing.strip(chance) -> a strip as the detector would cut it out of a page, and its characters.

Text is drawn in many fonts and looks, as screens, prints and scans have it; a part of it is in
scripts, or upside down, as the quick recogniser cannot read it and is to say so.
"""

import functools
import gettext
import io
import random
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from lorgnette.ocr import reader

Bytes = npt.NDArray[np.uint8]

HEIGHT = reader.HEIGHT[reader.QUICK]  # pixels of a strip
OTHER = "\ufffd"  # stands for every character that is not of the alphabet
_BLOCKS = ((0x21, 0x7E), (0xA1, 0x17F), (0x218, 0x21B))
_MORE = "–—‘’“”†•…‰€™→←↑↓✓"  # noqa: RUF001
_ALIKE = "´¨¸¯ªº­ĲĳĿŀŉſ"  # noqa: RUF001 - nobody tells them from others
_NOWHERE = "\U000e0fff\uffff\u3abc\ua0aa"  # no font of Latin letters has them
_SIZES = ((10, 19), (18, 33), (32, 60))  # pixels of letters: small ones are common
_LONGEST = 130  # characters
_PLAIN = 0.8  # of the strips are as a screen shows them, nothing added
_SAVED = 0.3  # of those were saved as JPEG
_JOINED = 0.3  # are drawn with the ligatures of their font
_FEW = 100  # lines of a language, with which it is left out
_STRANGE = re.compile(r"%[-+ #0-9.]*[a-z]{1,2}|\$?\{[^}]*\}|<[^>]*>|[\x00-\x1f]")


def alphabet(known: Sequence[str]) -> tuple[str, ...]:
    """Return the characters that are told apart, of those that the text model knows."""
    wanted = [chr(n) for first, last in _BLOCKS for n in range(first, last + 1)] + list(_MORE)
    return tuple(c for c in wanted if c in set(known) and c not in _ALIKE)


@dataclass(frozen=True, slots=True)
class Font:
    """A font's file, and which characters it has."""

    path: Path
    characters: frozenset[str]


class Texts:
    """Lines of text: messages of programs, prose, code, and what stands in forms and tables."""

    def __init__(self, messages: Path, others: Sequence[Path], characters: Sequence[str]) -> None:
        """Read the texts.

        Args:
            messages: a folder of catalogues of translations, as /usr/share/locale.
            others: files of text, one line of it a line.
            characters: the alphabet.
        """
        self._rare = [c for c in characters if not c.isascii()]
        self._all = list(characters)
        self._latin, self._foreign = list[list[str]](), list[list[str]]()
        for folder in sorted(messages.iterdir()):
            lines = _messages(folder)
            latin = [line for line in lines if set(line) <= {" ", *characters}]
            for chosen, kept in ((latin, self._latin), (set(lines) - set(latin), self._foreign)):
                if len(chosen) >= _FEW:
                    kept.append(sorted(chosen))
        self._others = [line for path in others for line in _lines(path)]

    def line(self, chance: random.Random) -> str:
        """Return a line of one to _LONGEST characters."""
        kind = chance.random()
        if kind < 0.45:
            text = " ".join(self._message(chance) for _ in range(chance.choice((1, 1, 2, 3))))
        elif kind < 0.75:
            text = chance.choice(self._others)
        elif kind < 0.93:
            text = " ".join(self._form(chance) for _ in range(chance.randint(1, 6)))
        else:
            text = " ".join(self._letters(chance) for _ in range(chance.randint(1, 6)))
        words = text.split() or ["a"]
        if chance.random() < 0.15:
            chance.shuffle(words)
        if chance.random() < 0.05:
            at = chance.randrange(len(words))
            words[at] = chance.choice(("“{}”", '"{}"', "'{}'", "({})", "[{}]", "«{}»")).format(
                words[at]
            )
        if chance.random() < 0.04:
            words.insert(0, chance.choice(("•", "-", "*", "→", ">", "✓", "1.", "a)")))
        start = chance.randrange(len(words)) if chance.random() < 0.5 else 0
        longest = chance.choice((6, 12, 20, 30, 45, 60, 80, _LONGEST))
        text = " ".join(words[start:])
        if len(text) > longest:
            text = text[:longest].rsplit(" ", 1)[0]
        casing = chance.random()
        if casing < 0.08:
            text = text.upper()
        elif casing < 0.12:
            text = text.title()
        return text.strip() or "a"

    def foreign(self, chance: random.Random) -> str:
        """Return a line of another script."""
        return chance.choice(chance.choice(self._foreign))[: chance.choice((8, 20, 40))].strip()

    def _message(self, chance: random.Random) -> str:
        return chance.choice(chance.choice(self._latin))

    def _form(self, chance: random.Random) -> str:
        """Return what stands in forms, tables and lines of addresses."""
        digits = "".join(chance.choice(string.digits) for _ in range(chance.randint(1, 8)))
        name = "".join(chance.choice(string.ascii_lowercase) for _ in range(chance.randint(2, 9)))
        word = chance.choice(self._message(chance).split() or ["x"])
        return chance.choice(
            (
                digits,
                digits,
                f"{chance.randint(0, 999):,}.{chance.randint(0, 99):02}",
                f"{chance.randint(0, 999)},{chance.randint(0, 99):02} €",
                f"${chance.randint(1, 99999):,}.{chance.randint(0, 99):02}",
                f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}",
                f"{chance.randint(1, 31)}.{chance.randint(1, 12)}.{chance.randint(1900, 2040)}",
                f"{chance.randint(1900, 2040)}-{chance.randint(1, 12):02}-{chance.randint(1, 31)}",
                f"{chance.randint(1, 100)}%",
                f"{chance.randint(1, 100)} %",
                f"v{chance.randint(0, 9)}.{chance.randint(0, 99)}.{chance.randint(0, 99)}",
                f"https://{name}.{chance.choice(('org', 'com', 'de', 'fr'))}/{word}?q={digits}",
                f"{name}@{word}.com",
                f"/usr/{name}/{word}.{chance.choice(('py', 'txt', 'jpg', 'html'))}",
                f"{name}_{word}({digits})",
                f"{word}={digits};",
                f"#{digits}",
                f"({word})",
                f"[{digits}]",
                f"{word}: {digits}",
                f"{word}/{name}",
                f"{word}-{name}",
                f"{name}{digits}",
                f"{word.upper()} {digits}",
                f"+{chance.randint(1, 99)} {digits[:3]} {digits[3:]}",
                f"{chance.choice(string.ascii_uppercase)}{chance.choice(string.ascii_uppercase)}"
                f"{digits[:4]} {digits[4:]}",
                f"{chance.randint(-40, 99)} °C",
                f"{chance.randint(1, 20)}×{chance.randint(1, 20)}",  # noqa: RUF001
                f"p < 0.{digits}",
                f"Fig. {digits[:2]}",
                f"{digits}{chance.choice(('px', 'kg', 'm/s', 'MB', 'GHz', 'km', 'h', 'mm', 'kB'))}",
            )
        )

    def _letters(self, chance: random.Random) -> str:
        """Return letters that make no word."""
        pool = chance.choice(
            (
                self._all,
                self._rare,
                list(string.ascii_letters),
                list(string.ascii_uppercase),
                list(string.digits + string.punctuation),
                list("Il1|i!jtfrO0oQCGSs5B8Zz2cevuwmnrh.,;:'`-"),
                list("Il1|i!jtfr.,;:'(-"),
            )
        )
        return "".join(chance.choice(pool) for _ in range(chance.randint(1, 9)))


def _messages(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in sorted((folder / "LC_MESSAGES").glob("*.mo")):
        try:
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        except (OSError, ValueError, IndexError):  # of a header that is not as it should be
            continue
        for text in catalogue.values():
            for line in str(text).splitlines():
                plain = " ".join(_STRANGE.sub(" ", line).replace("_", "").split())
                if plain and "Project-Id" not in plain:
                    found.add(plain)
    return found


def _lines(path: Path) -> list[str]:
    lines = path.read_text("utf-8", errors="ignore").splitlines()
    return [line.strip() for line in lines if line.strip()] or ["a"]


def fonts(folder: Path, characters: Sequence[str], *, left_out: str = "") -> list[list[Font]]:
    """Return the fonts of a folder that have Latin letters, by family.

    Args:
        left_out: a pattern of names of files that are not to be taught.
    """
    families: dict[str, list[Font]] = {}
    for path in sorted(folder.rglob("*.[ot]tf")):
        if left_out and re.search(left_out, path.name):
            continue
        try:
            font = ImageFont.truetype(str(path), 20)
            missing = {bytes(font.getmask(c)) for c in _NOWHERE} | {b""}
            has = frozenset(c for c in characters if bytes(font.getmask(c)) not in missing)
            capitals = bytes(font.getmask("a")) == bytes(font.getmask("A"))
        except (OSError, ValueError):
            continue
        if capitals or len(has & set(string.ascii_letters + string.digits)) < 62:
            continue
        family = re.split(r"[-_.\d]", path.name)[0][:10]
        families.setdefault(family, []).append(Font(path, has))
    return list(families.values())


@functools.lru_cache(400)
def _opened(path: Path, size: int, *, joined: bool = False) -> ImageFont.FreeTypeFont:
    layout = ImageFont.Layout.RAQM if joined else ImageFont.Layout.BASIC
    return ImageFont.truetype(str(path), size, layout_engine=layout)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws strips of text.

    Attributes:
        families: of fonts of Latin letters.
        common: of what most screens show, drawn as often as all others.
        foreign: files of fonts that have other scripts.
    """

    texts: Texts
    families: Sequence[Sequence[Font]]
    common: Sequence[Sequence[Font]]
    foreign: Sequence[Path]
    numbers: Mapping[str, int]  # of each character of the alphabet, a space and OTHER

    def strip(self, chance: random.Random) -> tuple[Bytes, list[int]]:
        """Return a strip of HEIGHT pixels in shades of grey, and its characters' numbers."""
        kind = chance.random()
        families = self.common if chance.random() < 0.5 else self.families
        font = chance.choice(chance.choice(families))
        size = chance.randint(*chance.choices(_SIZES, (6, 3, 1))[0])
        if kind < 0.05:
            text = self.texts.foreign(chance)
            path = chance.choice(self.foreign)
            has: frozenset[str] | None = None
        else:
            text, path, has = self.texts.line(chance), font.path, font.characters
            text = "".join(c for c in text if c == " " or c not in self.numbers or c in has)
            text = "".join(c for c in text if c in self.numbers) or "a"
            text = " ".join(text.split()) or "a"
        plain = chance.random() < _PLAIN
        letters = _opened(path, size, joined=chance.random() < _JOINED)
        drawn = _drawn(text, letters, size, chance, plain=plain)
        said = [self.numbers.get(c, self.numbers[OTHER]) for c in text]
        if 0.05 <= kind < 0.09:
            drawn = drawn.transpose(Image.Transpose.ROTATE_180)
            said = [self.numbers[OTHER] if c != " " else self.numbers[" "] for c in reversed(text)]
        return np.asarray(drawn), said


def _drawn(
    text: str, font: ImageFont.FreeTypeFont, size: int, chance: random.Random, *, plain: bool
) -> Image.Image:
    spread = not plain and chance.random() < 0.05
    gaps = not plain and chance.random() < 0.15
    parts = list(_parts(text, chance, spread=spread, gaps=gaps))
    width = sum(font.getlength(part) + after * size for part, after in parts)
    pad = size * 2
    ground, ink = _shades(chance, plain=plain)
    canvas = Image.new("L", (int(width) + 2 * pad, size * 5), ground)
    if not plain and chance.random() < 0.1:
        canvas = _shaded(canvas, chance)
    draw = ImageDraw.Draw(canvas)
    draw.fontmode = "1" if not plain and chance.random() < 0.04 else "L"
    x, y = pad + chance.random(), size * 2.0 + chance.random()
    boxes = []
    for part, after in parts:
        draw.text((x, y), part, ink, font)
        boxes.append(draw.textbbox((x, y), part, font))
        x += font.getlength(part) + after * size
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[2] for b in boxes), max(b[3] for b in boxes)
    bottom = max(bottom, top + size * 0.4)
    if chance.random() < 0.3:  # what stands above and below reaches into the strip
        pitch = size * chance.uniform(1.15, 1.6)
        for down in (-pitch, pitch):
            draw.text((pad - chance.random() * size, y + down), text[::-1], ink, font)
    if not plain and chance.random() < 0.06:
        draw.line((left, bottom + 1, right, bottom + 1), ink)
    if not plain and chance.random() < 0.1:
        away = size * chance.uniform(0.2, 0.6)
        shade = chance.randrange(256)
        draw.rectangle((left - away, top - away, right + away, bottom + away), None, shade)
    height = bottom - top
    above, below = chance.uniform(0.0, 0.3), chance.uniform(-0.06, 0.28)
    whole = height / (1 - above - below)
    box = [
        left - whole * chance.uniform(0.03, 0.3),
        top - above * whole,
        right + whole * chance.uniform(0.0, 0.3),
        bottom + below * whole,
    ]
    if not plain:
        canvas, box = _worn(canvas, box, chance)
    elif chance.random() < _SAVED:
        canvas = _saved(canvas, chance)
    return _cut(canvas, box)


def _parts(
    text: str, chance: random.Random, *, spread: bool, gaps: bool
) -> Iterator[tuple[str, float]]:
    """Yield parts of text, and how far the next one is moved on, in sizes of the letters."""
    if spread:
        step = chance.uniform(-0.02, 0.2)
        for character in text:
            yield character, step
    elif gaps:
        for word in text.split(" "):
            yield word, chance.choice((0.2, 0.25, 0.3, 0.4, 0.6, 1.0, 2.0))
    else:
        yield text, 0.0


def _shades(chance: random.Random, *, plain: bool) -> tuple[int, int]:
    """Return a ground and an ink."""
    if plain:
        pair = (chance.randint(235, 255), chance.randint(0, 60))
    else:
        while True:
            pair = (chance.randrange(256), chance.randrange(256))
            if abs(pair[0] - pair[1]) >= 50:
                break
    return pair if chance.random() < 0.65 else (pair[1], pair[0])


def _shaded(canvas: Image.Image, chance: random.Random) -> Image.Image:
    """Return a canvas whose ground is not the same everywhere."""
    coarse = np.random.default_rng(chance.randrange(2**32)).integers(-30, 30, (3, 6))
    ground = np.asarray(canvas.resize((6, 3)), np.int64) + coarse
    small = Image.fromarray(ground.clip(0, 255).astype(np.uint8))
    return small.resize(canvas.size, Image.Resampling.BICUBIC)


def _worn(
    canvas: Image.Image, box: list[float], chance: random.Random
) -> tuple[Image.Image, list[float]]:
    """Return both after what became of a picture on its way to the reader."""
    if chance.random() < 0.2:
        angle = chance.gauss(0, 0.4)
        centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        tilt = min(1.0, 6.0 * (box[3] - box[1]) / (box[2] - box[0]))
        canvas = canvas.rotate(angle * tilt, Image.Resampling.BICUBIC, center=centre)
    pixels = box[3] - box[1]
    if chance.random() < 0.25:  # the picture was made smaller or larger
        scale = chance.uniform(max(0.6, min(13 / pixels, 1.0)), 1.6)
        size = (max(round(canvas.width * scale), 8), max(round(canvas.height * scale), 8))
        way = chance.choice((Image.Resampling.BILINEAR, Image.Resampling.BICUBIC))
        box = [
            at * side / whole
            for at, side, whole in zip(box, size * 2, canvas.size * 2, strict=True)
        ]
        canvas = canvas.resize(size, way)
    if chance.random() < 0.12:
        blur = chance.uniform(0.2, 0.03 * (box[3] - box[1]) + 0.3)
        canvas = canvas.filter(ImageFilter.GaussianBlur(blur))
    elif chance.random() < 0.15:  # a third of a pixel to each side, as of pixels in three colours
        canvas = canvas.filter(ImageFilter.Kernel((3, 3), (0, 0, 0, 1, 2, 1, 0, 0, 0), scale=4))
    if chance.random() < 0.1:
        noise = np.random.default_rng(chance.randrange(2**32)).normal(
            0, chance.uniform(2, 14), (canvas.height, canvas.width)
        )
        noisy = np.asarray(canvas, np.float32) + noise
        canvas = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    if chance.random() < 0.35:
        canvas = _saved(canvas, chance)
    return canvas, box


def _saved(canvas: Image.Image, chance: random.Random) -> Image.Image:
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=chance.randint(45, 92))
    saved = Image.open(file)
    saved.load()
    return saved


def _cut(canvas: Image.Image, box: list[float]) -> Image.Image:
    left, top, right, bottom = box
    left, top = max(left, 0.0), max(top, 0.0)
    right, bottom = min(right, canvas.width), min(bottom, canvas.height)
    width = max(round((right - left) * HEIGHT / (bottom - top)), HEIGHT // 2)
    return canvas.resize((width, HEIGHT), Image.Resampling.BILINEAR, (left, top, right, bottom))
