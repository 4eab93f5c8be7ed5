"""What photos hold, by people's boxes, by what their captions say, by the class they stand for."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lorgnette.english import beings
from lorgnette_export.data import boxes, captioned
from lorgnette_export.data.boxes import Box
from lorgnette_export.data.captioned import Photo
from lorgnette_export.evidence.things import Thing, WordNet, said
from lorgnette_export.networks.efficientnet_lite import GRID
from lorgnette_export.networks.evidence import KINDS, MOST_PEOPLE

MANY_CAPTIONS = 4  # from which what no caption says of the plainer things is not there
_LEAST_PERSON = 0.004  # share of the picture; smaller ones count only where there are no others
_LEAST_IN_CELL = 0.35  # share of a cell, or of the box, that makes a cell's label
_CLASS = re.compile(r"_(n\d{8})_")
ANIMALS = frozenset(KINDS[KINDS.index("bird") : KINDS.index("giraffe") + 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is known of one photo."""

    said: frozenset[str]  # words and phrases of the table that its captions say
    boxes: tuple[Box, ...] | None  # None: nobody drew any
    node: str  # of WordNet, of the class it was taken for; "" for most
    person: bool
    animal: bool
    number: int | None  # of people, at most MOST_PEOPLE
    captions: int
    plainly: frozenset[str] = frozenset()  # "person", "animal": said by most captions

    def holds(self, thing: Thing) -> bool:
        """Tell whether anything says that thing is there."""
        return bool(
            self.said & thing.words
            or self.node in thing.nodes
            or (self.boxes is not None and thing.boxed & {box.kind for box in self.boxes})
        )


def read(
    photos: Sequence[Photo], data: Path, things: Sequence[Thing], wordnet: WordNet
) -> list[Truth]:
    """Return what is known of photos.

    A class is read from a file name with a synset's number in it.
    """
    drawn = boxes.read(data)
    known = frozenset(word for thing in things for word in thing.words)
    return [_truth(photo, drawn.get(photo.file), known, wordnet) for photo in photos]


def _truth(
    photo: Photo, drawn: tuple[Box, ...] | None, known: frozenset[str], wordnet: WordNet
) -> Truth:
    words: set[str] = set()
    person = animal = 0
    for caption in photo.captions:
        words |= said(caption, wordnet, known)
        plain = captioned.words(caption)
        person += beings.people_counted(plain) != (0, 0)
        animal += bool(beings.animals_said(plain))
    most = len(photo.captions) / 2
    plainly = {name for name, count in (("person", person), ("animal", animal)) if count > most}
    node = _CLASS.search(photo.file.name)
    if drawn is not None:
        kinds = {box.kind for box in drawn}
        person += "person" in kinds
        animal += bool(kinds & ANIMALS)
    return Truth(
        said=frozenset(words),
        boxes=drawn,
        node=node[1] if node else "",
        person=person > 0 and not photo.empty,
        animal=animal > 0 and not photo.empty,
        number=_number(drawn)
        if drawn is not None
        else _number_said(photo.captions)
        if person
        else 0,
        captions=len(photo.captions),
        plainly=frozenset() if photo.empty else frozenset(plainly),
    )


def cells(drawn: Sequence[Box], mirrored: bool = False) -> npt.NDArray[np.float32]:
    """Return (position, kinds): 1 where a box covers a good part of the cell, or lies in it."""
    out = np.zeros((GRID, GRID, len(KINDS)), np.float32)
    edges = np.arange(GRID + 1) / GRID
    for box in drawn:
        x = 1 - box.x if mirrored else box.x
        parts = []
        for centre, size in ((box.y, box.height), (x, box.width)):
            low, high = centre - size / 2, centre + size / 2
            parts.append(np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0, 1))
        covered = np.outer(*parts)
        enough = _LEAST_IN_CELL * min(1 / GRID**2, max(covered.max(), 1e-9))
        out[..., KINDS.index(box.kind)][covered >= enough] = 1
    return out.reshape(GRID**2, -1)


def _number(drawn: Sequence[Box]) -> int:
    sizes = [box.width * box.height for box in drawn if box.kind == "person"]
    large = [size for size in sizes if size >= _LEAST_PERSON]
    return min(len(large) or len(sizes), MOST_PEOPLE)


def _number_said(captions: Sequence[str]) -> int | None:
    """Return the number of people that most captions agree on, if they do."""
    counted = [beings.people_counted(captioned.words(caption)) for caption in captions]
    votes = Counter(
        MOST_PEOPLE if most is None else min(fewest, MOST_PEOPLE) for fewest, most in counted
    )
    ((number, count),) = votes.most_common(1)
    return number if len(captions) >= MANY_CAPTIONS and count * 5 >= len(captions) * 3 else None
