"""What a captioner's own program says of pictures, and whether its model says the same."""

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from PIL import Image

from lorgnette.captioning import images
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.scaling import Interpolation
from lorgnette_export.conversion.gate import GateError
from lorgnette_export.reading import vocabularies
from lorgnette_export.reading.checkpoints import CheckpointError

MOST = 5000  # captions
_MOST_BYTES = 16 << 20
_SHOWN = 8  # differences in a message
_TRIED = 6  # pictures on which other ways of scaling are tried
_PICTURE_KEYS = ("picture", "file_name", "image", "filename", "image_path", "file", "path")
_CAPTION_KEYS = ("caption", "text", "sentence", "captions")
_TOKEN = re.compile(r"<[^<>\s]*>|\w+|[^\w\s]")
_ORIENTATION = 0x0112


class ExpectedError(GateError):
    """The candidate does not say what its own program says; nothing was written."""

    hint = (
        "Its networks, pixels or search were read otherwise than your program has them. What was "
        'assumed stands above; a TOML file says it ("Bring your own model" in the README).'
    )


@dataclass(frozen=True, slots=True)
class Expected:
    """A picture, and what the captioner's own program says of it."""

    picture: Path
    caption: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A caption beside the one that was expected."""

    expected: Expected
    found: str
    equal: bool

    @property
    def line(self) -> str:
        """The difference in words."""
        seen = f"\n    ({note})" if (note := _seen_otherwise(self.expected.picture)) else ""
        name = self.expected.picture.name
        found = self.found or "nothing"
        return f"{name}\n    expected: {self.expected.caption}\n    found:    {found}{seen}"


def read(file: Path, pictures: Path | None) -> list[Expected]:
    """Return what file says: lines PICTURE<tab>CAPTION, or JSON.

    Args:
        pictures: a folder in which pictures are looked for that do not lie beside the file.

    Raises:
        CheckpointError: it cannot be read so, or a picture is not there.
    """
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise CheckpointError(file, "it is too large for a list of captions")
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(file, f"it cannot be read: {error}") from error
    pairs = list(_json(text, file) if text.lstrip()[:1] in {"{", "["} else _lines(text, file))
    if not 0 < len(pairs) <= MOST:
        raise CheckpointError(file, f"it has {len(pairs)} captions; 1 to {MOST} can be")
    return [Expected(_found(name, file, pictures), caption) for name, caption in pairs]


def _lines(text: str, file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, tab, caption = line.partition("\t")
        if not tab:
            raise CheckpointError(
                file, f"line {number} has no tab; it is PICTURE, a tab and what your program says"
            )
        yield name.strip(), caption.strip()


def _json(text: str, file: Path) -> Iterator[tuple[str, str]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(file, f"it is no whole JSON: {error}") from error
    entries: list[Any] = list(content.items()) if isinstance(content, dict) else content
    for number, entry in enumerate(entries, 1):
        name = caption = None
        if isinstance(entry, Mapping):
            name = next((entry[key] for key in _PICTURE_KEYS if key in entry), None)
            caption = next((entry[key] for key in _CAPTION_KEYS if key in entry), None)
        elif isinstance(entry, list | tuple) and len(entry) == 2:
            name, caption = entry
        if isinstance(caption, list) and all(isinstance(word, str) for word in caption):
            caption = " ".join(caption)  # word by word
        if not isinstance(name, str) or not isinstance(caption, str):
            raise CheckpointError(
                file,
                f"entry {number} says no picture and caption; JSON is {{picture: caption}}, or a "
                "list of {file_name: ..., caption: ...}",
            )
        yield name, caption


def _found(name: str, file: Path, pictures: Path | None) -> Path:
    places = [file.parent / name, *([] if pictures is None else [pictures / name])]
    for place in places:
        if place.is_file():
            return place
    raise CheckpointError(
        file,
        f"the picture {name} is not there; its place is told from the folder of this file, or "
        "from that of --images",
    )


def compare(captioner: Captioner, expected: Sequence[Expected]) -> list[Compared]:
    """Return what the app says beside what was expected, word for word.

    Capital letters, spaces and the words for start, end and padding do not count.
    """
    found = []
    for each in expected:
        text = _said(captioner, images.load(each.picture, captioner.least_side))
        equal = _words(text, captioner) == _words(each.caption, captioner)
        found.append(Compared(each, text, equal))
    return found


def _said(captioner: Captioner, picture: Image.Image) -> str:
    token_ids = captioner.hypotheses(picture)[0].token_ids
    return " ".join(captioner.vocabulary.texts(token_ids))


def _words(text: str, captioner: Captioner) -> list[str]:
    model, words = captioner.manifest, captioner.vocabulary.words
    end = words[model.end_id].casefold()
    silent = {words[i].casefold() for i in (model.start_id, *model.silent_ids)} - {end}
    silent |= {*vocabularies.STARTS, *vocabularies.PADS}
    found: list[str] = []
    for part in text.casefold().split():
        if part in {end, *vocabularies.ENDS}:
            break
        if part not in silent:
            found += _TOKEN.findall(part)
    return found[: found.index(end)] if end in found else found


def different(compared: Sequence[Compared]) -> int:
    """Return how many different captions were expected: of one alone nothing can be learnt."""
    return len({each.expected.caption.casefold() for each in compared})


def other_ways(captioner: Captioner, expected: Sequence[Expected]) -> str:
    """Return the way of scaling that makes more captions equal, where there is one."""
    model = captioner.manifest
    if model.resize == "keep":
        return ""
    few = expected[:_TRIED]
    loaded = [images.load(each.picture, images.MAX_PIXELS) for each in few]
    side = max(model.image_height, model.image_width)
    ways: list[tuple[str, dict[str, Any]]] = []
    for name in get_args(Interpolation):
        for resize, by in (("squash", 0), ("crop", side), ("crop", round(side * 8 / 7))):
            said = f'resize = "{resize}"' + (f", resize_side = {by}" if by else "")
            way = {"resize": resize, "resize_side": by, "interpolation": name, "whole": True}
            ways.append((f'{said}, interpolation = "{name}"', way))
    ways.append(('colours = "bgr"', {"colours": "bgr"}))

    def equal() -> int:
        return sum(
            _words(_said(captioner, picture), captioner) == _words(each.caption, captioner)
            for each, picture in zip(few, loaded, strict=True)
        )

    best, most = "", equal()
    try:
        for said, way in ways:
            captioner.manifest = dataclasses.replace(model, **way)
            if (count := equal()) > most:
                best, most = f"With {said} in [pixels] {count} of {len(few)} are equal.", count
    finally:
        captioner.manifest = model
    return best


def refusal(out: Path, file: Path, compared: Sequence[Compared], advice: str) -> str:
    """Return the message that not all captions are as expected."""
    differing = [each for each in compared if not each.equal]
    lines = [
        f"{out} was not written: {len(differing)} of {len(compared)} captions are not those of "
        f"{file.name}:",
        *(f"  {each.line}" for each in differing[:_SHOWN]),
    ]
    if len(differing) > _SHOWN:
        lines.append(f"  ... and {len(differing) - _SHOWN} more")
    return "\n".join([*lines, *([advice] if advice else [])])


def _seen_otherwise(picture: Path) -> str:
    """Return what of a picture the app sees otherwise than most programs do."""
    with Image.open(picture) as image:
        if image.getexif().get(_ORIENTATION, 1) not in {0, 1}:
            return "lorgnette turns it upright, as its Exif says; many programs do not"
        if "A" in image.mode or "transparency" in image.info:
            return "lorgnette lays it over white where it is transparent; many programs do not"
        if image.info.get("icc_profile"):
            return "lorgnette converts its colours to sRGB, by its profile; many programs do not"
    return ""
