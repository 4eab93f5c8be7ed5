"""What is told of a model's captions: sets of photos, and figures on each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lorgnette_export.data.boxes import Box
from lorgnette_export.data.captioned import Photo, words
from lorgnette_export.measuring import confidence, metrics, truth
from lorgnette_export.measuring.naming import Names, node_of

Figures = dict[str, Any]  # by name; those of drafts are in a dictionary of their own, "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said of a photo."""

    model: str  # the sentence in the model's own words; "" where the photo cannot be read
    draft: str  # what the app drafts; "" where it declines
    confidence: float
    seen: str = ""  # what the model saw and how surely: "cup 0.97, table 0.8"
    unreadable: bool = False


def sets(photos: Sequence[Photo]) -> dict[str, list[int]]:
    """Return places in photos by the name of a set.

    Captions of a model are in sets of their own, by what they can tell: "written, nobody there".
    Sets that are parts of one, coco and coco2, are together in one more, "coco + coco2".
    """
    found: dict[str, list[int]] = {}
    for place, photo in enumerate(photos):
        found.setdefault(set_of(photo), []).append(place)
    wholes: dict[str, list[str]] = {}
    for name, places in found.items():
        if not photos[places[0]].machine:
            wholes.setdefault(re.sub(r"\d+$", "", name), []).append(name)
    for parts in wholes.values():
        if len(parts) > 1:
            found[" + ".join(parts)] = [place for name in parts for place in found[name]]
    return found


def set_of(photo: Photo) -> str:
    """Return the name of the set that photo counts in."""
    if not photo.machine:
        return photo.source
    if photo.empty:
        return f"{photo.source}, nobody there"
    return f"{photo.source}, {'things' if node_of(photo.file) else 'others'}"


def measure(
    photos: Sequence[Photo],
    said: Sequence[Said],
    seen: Mapping[Path, Sequence[Box]],
    names: Names | None,
) -> tuple[dict[str, Figures], list[str]]:
    """Return the figures on each of `sets`, and what was left out.

    Args:
        seen: the boxes of those photos that somebody drew some for.
        names: None where no WordNet is at hand.
    """
    tokens = metrics.tokens([each.model for each in said], [photo.captions for photo in photos])
    placed = sets(photos)
    likeness = metrics.score(tokens, placed)
    found = {}
    for name, places in placed.items():
        its = [photos[place] for place in places]
        of = [said[place] for place in places]
        found[name] = {
            "machine": its[0].machine,
            "photos": len(places),
            "unreadable": sum(each.unreadable for each in of),
            "declined": _mean([not each.draft and not each.unreadable for each in of]),
            **likeness[name],
            **_confidence(its, of),
            "with boxes": sum(photo.file in seen for photo in its),
            **_truth(its, [each.model for each in of], seen, names),
            "draft": _truth(its, [each.draft for each in of], seen, names),
        }
    return found, [tokens.left_out] if tokens.left_out else []


def _confidence(photos: Sequence[Photo], said: Sequence[Said]) -> Figures:
    scores = metrics.cider_d_each(
        [" ".join(words(each.model)) for each in said],
        [[" ".join(words(caption)) for caption in photo.captions] for photo in photos],
    )
    right = (scores >= confidence.RIGHT).astype(float)
    sure = np.array([each.confidence for each in said])
    return {
        "right": float(right.mean()),
        "AUROC": confidence.auroc(sure, right),
        "ECE": confidence.expected_calibration_error(sure, right),
    }


def _truth(
    photos: Sequence[Photo],
    captions: Sequence[str],
    seen: Mapping[Path, Sequence[Box]],
    names: Names | None,
) -> Figures:
    """Return what captions say that is there, or is not: each figure where photos can tell it."""
    found: Figures = {}
    pairs = list(zip(photos, captions, strict=True))
    if boxed := [(photo, caption) for photo, caption in pairs if photo.file in seen]:
        chair = truth.chair(
            [caption for _, caption in boxed],
            [
                truth.there({box.kind for box in seen[photo.file]}, photo.captions)
                for photo, _ in boxed
            ],
        )
        found |= {"CHAIRs": chair.sentences, "CHAIRi": chair.things}
    if empty := [caption for photo, caption in pairs if photo.empty]:
        invented = truth.invented(empty)
        found |= {
            "people said": invented.people,
            "animals said": invented.animals,
            "either said": invented.either,
        }
    nodes = [(caption, node) for photo, caption in pairs if (node := node_of(photo.file))]
    if names is not None and nodes:
        found["names the thing"] = _mean([names.named(caption, node) for caption, node in nodes])
    return found


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values)
