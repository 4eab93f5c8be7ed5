"""Which words of a text no dictionary knows, and what it would write instead.

Hunspell reads the dictionaries. One of American English comes with it; others are those of the
system and of LibreOffice, wherever they are installed.
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import hunspell

from lorgnette import paths
from lorgnette.files import CannotWriteError
from lorgnette.paths import NoFolderError

FILE_NAME = "words.txt"  # a person's own words, one a line
_PLACES = (  # where systems and LibreOffice keep dictionaries; those first that stand first
    "~/.local/share/hunspell/*.aff",
    "~/Library/Spelling/*.aff",
    "/Library/Spelling/*.aff",
    "/usr/local/share/hunspell/*.aff",
    "/usr/share/hunspell/*.aff",
    "/usr/share/myspell/**/*.aff",
    "/usr/lib/libreoffice/share/extensions/dict-*/**/*.aff",
    "/opt/libreoffice*/share/extensions/dict-*/**/*.aff",
    "/Applications/LibreOffice.app/Contents/Resources/extensions/dict-*/**/*.aff",
    "C:/Program Files/LibreOffice/share/extensions/dict-*/**/*.aff",
)
_SHIPPED = Path(hunspell.__file__).parent / "dictionaries"
# What is seen on pictures, and missing in the dictionary that comes along.
_SEEN = frozenset(
    re.findall(
        r"\w+",
        "backlit beachgoer beachgoers corndog corndogs countertop countertops donut donuts frisbee "
        "frisbees hotdog hotdogs innertube innertubes kitesurfer kitesurfers kitesurfing oversized "
        "parasail parasails pitbull pitbulls popsicle popsicles racquet racquets rollerblader "
        "rollerblades selfie selfies skatepark skateparks snowcapped surfboarder surfboarders "
        "wakeboard wakeboarder wakeboarders wakeboarding waterskier waterskiers waterskiing",
    )
)
_WORD = re.compile(r"[\w\u0300-\u036f'\u2019-]+")  # accents may stand behind their letters
_INSIDE = str.maketrans("", "", "'\u2019-")
_NO_PROSE = re.compile(r"\S*(?://|@|\w\.\w)\S*")  # addresses and names of files


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary that is at hand."""

    tag: str  # of its language, as in en-US
    affixes: Path  # the .aff file; its words lie beside it
    shipped: bool = False  # it came with the program


class Speller:
    """Dictionaries of one language, and a person's own words."""

    def __init__(self, dictionaries: Sequence[Dictionary], own: Iterable[str] = ()) -> None:
        """Open dictionaries, which takes a moment; a word that one of them knows is known."""
        self._english = any(one.tag.lower().startswith("en") for one in dictionaries)
        self._opened = []
        for one in dictionaries:
            with contextlib.suppress(OSError):  # it went away, or may not be read
                self._opened.append(
                    hunspell.Hunspell(
                        one.affixes.stem,
                        hunspell_data_dir=str(one.affixes.parent),
                        system_encoding="utf-8",
                    )
                )
        self.own = {_plain(word).casefold() for word in own}

    def knows(self, word: str) -> bool:
        """Tell whether a word is spelled as some dictionary, or a person, spells it."""
        word = _plain(word)
        if word.casefold() in self.own or (self._english and word.casefold() in _SEEN):
            return True
        answers = [known for one in self._opened if (known := _known(one, word)) is not None]
        return any(answers) or not answers  # of foreign letters a dictionary says nothing

    def others(self, word: str, most: int = 5) -> list[str]:
        """Return words that may be meant, the likeliest first."""
        found: dict[str, None] = {}
        for one in self._opened:
            with contextlib.suppress(UnicodeError):
                found.update(dict.fromkeys(one.suggest(_plain(word))))
        return list(found)[:most]

    def doubted(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the words of a text stand that nobody knows.

        Numbers, abbreviations in capitals, addresses and names of files are no words.
        """
        spared = [match.span() for match in _NO_PROSE.finditer(text)]
        for match in _WORD.finditer(text):
            if any(first <= match.start() < last for first, last in spared):
                continue
            word = match.group().strip("'\u2019-")
            start = match.start() + match.group().index(word)
            if not _plain(word).translate(_INSIDE).isalpha():
                continue
            if word.isupper() and len(word) > 1:
                continue
            if not self.knows(word) and not all(self.knows(part) for part in word.split("-")):
                yield start, start + len(word)


def found() -> list[Dictionary]:
    """Return the dictionaries at hand, one a language and region, those of the system first."""
    result: dict[str, Dictionary] = {}
    for place in _PLACES:
        pattern = Path(place).expanduser()
        for affixes in _matching(pattern):
            if affixes.with_suffix(".dic").is_file():
                tag = affixes.stem.replace("_", "-")
                result.setdefault(tag, Dictionary(tag, affixes))
    for one in shipped():
        result.setdefault(one.tag, one)
    return sorted(result.values(), key=lambda one: one.tag)


def shipped() -> list[Dictionary]:
    """Return the dictionaries that came with the program, the same on every machine."""
    return [
        Dictionary(affixes.stem.replace("_", "-"), affixes, shipped=True)
        for affixes in sorted(_SHIPPED.glob("*.aff"))
    ]


def fitting(dictionaries: Iterable[Dictionary], tag: str) -> list[Dictionary]:
    """Return the dictionaries for a text: of its region where there is one, else of its language.

    Args:
        tag: of the text's language, as in en or pt-BR.
    """
    tag = tag.replace("_", "-").lower()
    language = tag.split("-")[0]
    of_language = [one for one in dictionaries if one.tag.lower().split("-")[0] == language]
    of_region = [one for one in of_language if one.tag.lower() == tag]
    several = of_region or of_language
    return list({one.affixes.resolve(): one for one in several}.values())  # links lead to one


def own_words() -> list[str]:
    """Return the words that a person added, in order; none where they cannot be read."""
    try:
        text = (paths.user_config() / FILE_NAME).read_text(encoding="utf-8", errors="replace")
    except (OSError, NoFolderError):
        return []
    return list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))


def keep_own_words(words: Iterable[str]) -> None:
    """Keep a person's own words.

    Raises:
        CannotWriteError, NoFolderError: they are as they were.
    """
    path = paths.user_config() / FILE_NAME
    temporary = path.with_name(f".{path.name}.new")
    kept = dict.fromkeys(filter(None, map(str.strip, words)))
    try:
        temporary.write_text("".join(f"{word}\n" for word in kept), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise CannotWriteError(path, error.strerror or str(error)) from error


def _known(one: hunspell.Hunspell, word: str) -> bool | None:
    """Return whether a dictionary knows a word; None where it has not even its letters."""
    try:
        return bool(one.spell(word))
    except UnicodeError:
        return None


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).replace("\u2019", "'")


def _matching(pattern: Path) -> list[Path]:
    anchor = Path(pattern.anchor)
    if not pattern.is_absolute():
        return []  # of another system
    with contextlib.suppress(OSError):
        return sorted(anchor.glob(str(pattern.relative_to(anchor))))
    return []
