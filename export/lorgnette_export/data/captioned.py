"""Photos with captions, in the layouts that people have; words; splits."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lorgnette.errors import ExitCode, LorgnetteError

START, END, UNKNOWN = "<start>", "<end>", "<unk>"
SPECIALS = (START, END, UNKNOWN)
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_SIDES = {"left": "right", "right": "left", "leftmost": "rightmost", "rightmost": "leftmost"}


class DataError(LorgnetteError):
    """The folder holds no captions in a layout that is known here."""

    hint = (
        "Point --data at a folder with captions/*.json, COCO's annotations/captions_*.json or a "
        "Karpathy dataset_*.json, and the photos beside it."
    )
    exit_code = ExitCode.CANNOT_RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo with captions."""

    file: Path
    source: str  # the data set's name: figures are reported for each apart
    split: str
    captions: tuple[str, ...]
    machine: bool = False  # the captions are a model's: figures on them stand apart
    empty: bool = False  # somebody looked, and no person and no animal is on it


def read(folder: Path) -> list[Photo]:
    """Return the captioned photos under folder, in the order of their files.

    Raises:
        DataError: no captions file was found, or one is not in a known layout.
    """
    found: list[Photo] = []
    for file in sorted(
        {
            *folder.glob("*.json"),
            *folder.glob("captions/*.json"),
            *folder.glob("annotations/*.json"),
        }
    ):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(f"{file} cannot be read: {error}") from error
        if not isinstance(content, dict) or "images" not in content:
            continue
        if "annotations" in content:
            found += _coco(content, file, folder)
        elif content["images"] and "sentences" in content["images"][0]:
            found += _karpathy(content, file, folder)
        elif content["images"] and "captions" in content["images"][0]:
            found += _plain(content, file, folder)
    if not found:
        raise DataError(f"{folder} holds no captioned photos")
    return found


def _plain(content: dict[str, Any], file: Path, folder: Path) -> list[Photo]:
    return [
        Photo(
            file=folder / image["file"],
            source=content.get("set", file.stem),
            split=image["split"],
            captions=tuple(image["captions"]),
            machine=bool(image.get("machine")),
            empty=bool(image.get("empty")),
        )
        for image in content["images"]
    ]


def _coco(content: dict[str, Any], file: Path, folder: Path) -> list[Photo]:
    """Read captions_train2017.json and its like."""
    split = "train" if _part(file).startswith("train") else "val"
    where = coco_folder(file, folder)
    captions: dict[int, list[str]] = {}
    for annotation in content["annotations"]:
        if "caption" not in annotation:
            return []  # instances_*.json and person_keypoints_*.json lie in the same folder
        captions.setdefault(annotation["image_id"], []).append(annotation["caption"])
    return [
        Photo(
            file=where / image["file_name"],
            source="coco",
            split=split,
            captions=tuple(captions[image["id"]]),
        )
        for image in content["images"]
        if image["id"] in captions
    ]


def coco_folder(file: Path, folder: Path) -> Path:
    """Return where the photos of MS-COCO's captions_train2017.json and its like lie in folder."""
    part = _part(file)
    return next((f for f in (folder / part, folder / "images" / part) if f.is_dir()), folder)


def _part(file: Path) -> str:
    return file.stem.rsplit("_", 1)[-1]


def _karpathy(content: dict[str, Any], file: Path, folder: Path) -> list[Photo]:
    """Read dataset_flickr8k.json, dataset_flickr30k.json and dataset_coco.json."""
    name = str(content.get("dataset", file.stem.removeprefix("dataset_")))
    roots = (folder, folder / "images", folder / name, folder / f"{name}_images")
    photos = []
    for image in content["images"]:
        inside = Path(image.get("filepath", ""), image["filename"])
        root = next((r for r in roots if (r / inside).exists()), folder)
        photos.append(
            Photo(
                file=root / inside,
                source=name,
                split="train" if image["split"] == "restval" else image["split"],
                captions=tuple(s["raw"] for s in image["sentences"]),
            )
        )
    return photos


def words(caption: str) -> list[str]:
    """Return the words of caption, lower case, without punctuation."""
    return _WORD.findall(caption.lower().replace("\u2019", "'"))


def mirrored(said: Iterable[str]) -> list[str]:
    """Return words with left and right swapped, as they hold of the mirror image."""
    return [_SIDES.get(word, word) for word in said]


def vocabulary_of(captions: Iterable[Sequence[str]], least_count: int) -> list[str]:
    """Return the special tokens and each word seen least_count times or more, commonest first."""
    counts = Counter(word for caption in captions for word in caption)
    kept = [(-count, word) for word, count in counts.items() if count >= least_count]
    return [*SPECIALS, *(word for _, word in sorted(kept))]
