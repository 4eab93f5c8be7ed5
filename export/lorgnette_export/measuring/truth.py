"""Whether what captions say is there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lorgnette_export.data.captioned import words
from lorgnette_export.measuring import mentions


@dataclass(frozen=True, slots=True)
class Invented:
    """Shares of captions of photos that nobody is on, 0 to 1."""

    people: float  # that say somebody
    animals: float  # that say an animal
    either: float


@dataclass(frozen=True, slots=True)
class Chair:
    """CHAIR (Rohrbach et al. 2018): how much of what is said is not there, 0 to 1."""

    sentences: float  # share of captions that say a thing that is not there
    things: float  # share of the things said


def there(boxes: Collection[str], captions: Sequence[str]) -> set[str]:
    """Return the kinds of MS-COCO on a photo: those of its boxes and those of people's captions."""
    return {*boxes}.union(*(mentions.things_said(words(caption)) for caption in captions))


def chair(captions: Sequence[str], kinds: Sequence[Collection[str]]) -> Chair:
    """Return CHAIRs and CHAIRi of captions.

    Args:
        kinds: that are there, for each photo.
    """
    told = [[kind for _, kind in mentions.each(words(caption))] for caption in captions]
    wrong = [
        sum(kind not in those for kind in said) for said, those in zip(told, kinds, strict=True)
    ]
    return Chair(
        sentences=sum(map(bool, wrong)) / max(len(captions), 1),
        things=sum(wrong) / max(sum(map(len, told)), 1),
    )


def invented(captions: Sequence[str]) -> Invented:
    """Return how many captions of photos without people and animals say some."""
    people = [bool(mentions.people_said(words(caption))) for caption in captions]
    animals = [bool(mentions.animals_said(words(caption))) for caption in captions]
    count = max(len(captions), 1)
    return Invented(
        people=sum(people) / count,
        animals=sum(animals) / count,
        either=sum(map(max, people, animals)) / count,
    )
