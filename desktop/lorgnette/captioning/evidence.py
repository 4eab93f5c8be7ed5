"""What an encoder saw, apart from what its RNN says: things, people, animals, and how surely.

A model directory may hold evidence.json: what each number of the encoder's output `evidence`
stands for, from which probability on it is believed, and how often it was right on pictures that
were kept apart. A model without it has no evidence, and only its sentences are to be had.
"""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lorgnette.captioning.decoding import Floats
from lorgnette.english import beings
from lorgnette.errors import BrokenModelError

FORMAT = 1
MAX_BYTES = 4 << 20
MAX_OUTPUTS = 20_000
MAX_THINGS = 5_000
MAX_WORDS = 400  # of one thing
MAX_WEIGHT = 1e6
MAX_TEXT = 60  # characters of a name or a phrase
PERSON, ANIMAL, PLACE = "person", "animal", "place"  # kinds that mean something here
UNSEEN_BELOW = 0.1  # probability of a thing that is "not seen at all"
# How much of a sentence people would say of the picture; all 0 where the model cannot tell.
EXPECTED_TRAITS = ("expected", "least_expected", "lift", "agreeing", "unheard")
# What `choosing.traits` finds in a sentence; the names that weights may have.
TRAITS = (
    "score",
    "mean",
    "least",
    "words",
    "common",
    "things",
    "seen",
    "least_seen",
    "unseen",
    "missed",
    "people",
    *EXPECTED_TRAITS,
)
# What it finds in the picture, whatever the sentence says: how sure to be depends on it, too.
PICTURE_TRAITS = ("somebody", "animal", "alone", "likely")
CONFIDENCE_TRAITS = (*TRAITS, *PICTURE_TRAITS, "margin", "bias")
DOING_TRAITS = ("doing", "agreed", "confidence", "bias")  # what `doing.traits` finds


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A kind of thing that the encoder can see.

    Attributes:
        name: as it is written in a sentence: "otter", "TV".
        plural: empty for what is not counted ("grass"), the name itself for pairs ("scissors").
        words: words or phrases that say it, in any number; lower case.
        outputs: of the encoder; their sum, at most 1, is the probability that it is there.
        threshold: of the probability, from which it is believed; None: never.
        precision, found: shares, on photos kept apart: of those believed, right; of those that
            have it, believed.
        photos: how many of those have it.
        instead_of: words or phrases of its own kind that its name may take the place of.
        naming_threshold: from which it does so; None: never.
        at: of a place in which all that is seen lies: "in"; of other places: empty.
    """

    name: str
    plural: str
    kind: str
    words: tuple[str, ...]
    outputs: tuple[int, ...]
    source: str
    threshold: float | None
    precision: float
    found: float
    photos: int
    instead_of: tuple[str, ...]
    naming_threshold: float | None
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTable:
    """How people are counted.

    Attributes:
        outputs: of the encoder: probabilities of nobody, one, two, ..., that many or more.
        threshold: of a number's probability, from which it is believed; None: never.
        precision: share of the numbers believed that were right, on photos kept apart.
        none_below: of the probability that anybody is there, below which nobody may be said.
    """

    outputs: tuple[int, ...]
    threshold: float | None
    precision: float
    none_below: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimalsTable:
    """The same for "is any animal there".

    Its probability is the sum of outputs, or that of an animal that is believed if it is greater.
    """

    outputs: tuple[int, ...]
    none_below: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsTable:
    """Words that people say of pictures: how likely they say each of this one.

    The last outputs of the encoder are their probabilities.

    Attributes:
        texts: lower case.
        shares: of each, how likely people say it of any picture.
    """

    texts: tuple[str, ...]
    shares: tuple[float, ...]
    places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places = {text: place for place, text in enumerate(self.texts)}
        object.__setattr__(self, "places", places)


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing and how likely it is in the picture, 0 to 1."""

    thing: Thing
    probability: float


@dataclass(frozen=True, slots=True)
class Mention:
    """Where words[start:end] of a sentence say one of things."""

    start: int
    end: int
    things: tuple[int, ...]  # their places in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTable:
    """What the output `evidence` of an encoder means: evidence.json.

    Attributes:
        outputs: numbers of a picture that the encoder gives.
        choice: weights of TRAITS by which sentences are ranked; empty: by the search's score.
        confidence: weights of CONFIDENCE_TRAITS for how likely the sentence is right; empty: as
            the manifest has it.
        doing: weights of DOING_TRAITS for how likely people say that what a sentence says is done
            is done; empty: it is told as it is.
    """

    outputs: int
    things: tuple[Thing, ...]
    people: PeopleTable | None = None
    animals: AnimalsTable | None = None
    words: WordsTable | None = None
    choice: Mapping[str, float] = field(default_factory=dict)
    confidence: Mapping[str, float] = field(default_factory=dict)
    doing: Mapping[str, float] = field(default_factory=dict)
    _phrases: Mapping[tuple[str, ...], tuple[int, ...]] = field(
        init=False, repr=False, compare=False
    )
    _longest: int = field(init=False, repr=False, compare=False)
    # outputs of all things one after the other, and where each thing's begin
    _summands: npt.NDArray[np.intp] = field(init=False, repr=False, compare=False)
    _firsts: npt.NDArray[np.intp] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        phrases: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, thing in enumerate(self.things):
            for phrase in dict.fromkeys((*thing.words, thing.name, thing.plural)):
                if phrase:
                    phrases[tuple(phrase.lower().split())].append(number)
        object.__setattr__(self, "_phrases", {key: tuple(ids) for key, ids in phrases.items()})
        object.__setattr__(self, "_longest", max(map(len, phrases), default=0))
        outputs = [np.array(thing.outputs, np.intp) for thing in self.things]
        none = np.zeros(0, np.intp)
        counts = np.array([0, *map(len, outputs)], np.intp)
        object.__setattr__(self, "_summands", np.concatenate([none, *outputs]))
        object.__setattr__(self, "_firsts", counts.cumsum()[:-1])

    @classmethod
    def read(cls, path: Path) -> "EvidenceTable":
        """Return the table of a file.

        Raises:
            BrokenModelError: it is missing, damaged, or says what cannot be.
        """
        try:
            if path.stat().st_size > MAX_BYTES:
                raise BrokenModelError(f"{path} is too large for a table of evidence")
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise BrokenModelError(f"{path} cannot be read: {error}") from error
        if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
            raise BrokenModelError(f"{path} is no table of evidence of format {FORMAT}")
        try:
            return cls._from(content)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BrokenModelError(f"{path} is incomplete or wrong: {error}") from error

    @classmethod
    def _from(cls, content: dict[str, Any]) -> "EvidenceTable":
        outputs = content["outputs"]
        if type(outputs) is not int or not 1 <= outputs <= MAX_OUTPUTS:
            raise ValueError(f"outputs must be 1 to {MAX_OUTPUTS}")
        things = content["things"]
        if not isinstance(things, list) or len(things) > MAX_THINGS:
            raise ValueError(f"there must be at most {MAX_THINGS} things")
        people, animals, words = (content.get(name) for name in ("people", "animals", "words"))
        if unknown := set(content) - {f.name for f in dataclasses.fields(cls) if f.init}:
            raise ValueError(f"{', '.join(sorted(unknown))} is not known here")
        return cls(
            outputs=outputs,
            things=tuple(_thing(each, outputs) for each in things),
            people=None if people is None else _people(people, outputs),
            animals=None if animals is None else _animals(animals, outputs),
            words=None if words is None else _words(words, outputs),
            choice=_weights(content.get("choice", {}), TRAITS),
            confidence=_weights(content.get("confidence", {}), CONFIDENCE_TRAITS),
            doing=_weights(content.get("doing", {}), DOING_TRAITS),
        )

    def write(self, path: Path) -> None:
        """Write the table so that `read` gives it back."""
        content = {
            "format": FORMAT,
            "outputs": self.outputs,
            "people": None if self.people is None else dataclasses.asdict(self.people),
            "animals": None if self.animals is None else dataclasses.asdict(self.animals),
            "words": None
            if self.words is None
            else {"texts": self.words.texts, "shares": self.words.shares},
            "choice": dict(self.choice),
            "confidence": dict(self.confidence),
            "doing": dict(self.doing),
            "things": [dataclasses.asdict(thing) for thing in self.things],
        }
        text = json.dumps(content, indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")

    def of(self, probabilities: Floats) -> "Evidence":
        """Return what the encoder saw in one picture.

        Args:
            probabilities: (outputs,), 0 to 1.
        """
        values = np.nan_to_num(probabilities.astype(float), nan=0.0).clip(0.0, 1.0)
        sums: list[float] = []
        if self.things:
            sums = np.add.reduceat(values[self._summands], self._firsts).clip(max=1.0).tolist()
        each = tuple(sums)
        sure = {
            number
            for number, (thing, probability) in enumerate(zip(self.things, each, strict=True))
            if thing.threshold is not None and probability >= thing.threshold
        }
        numbers: tuple[float, ...] = ()
        someone = some_animal = 1.0
        if self.people is not None:
            numbers = tuple(float(values[place]) for place in self.people.outputs)
            someone = max(
                (p for thing, p in zip(self.things, each, strict=True) if thing.kind == PERSON),
                default=1 - numbers[0],
            )
        if self.animals is not None:
            named = (each[number] for number in sure if self.things[number].kind == ANIMAL)
            some_animal = max(_summed(values, self.animals.outputs), *named, 0.0)
        return Evidence(
            table=self,
            probabilities=each,
            sure_of=frozenset(sure),
            numbers=numbers,
            someone=someone,
            some_animal=some_animal,
            likely=sum(probability > 0.5 for probability in each),
            words=tuple(values[self.seen :].tolist()),
        )

    @property
    def seen(self) -> int:
        """How many outputs tell what is there; those that follow tell what people would say."""
        return self.outputs - (0 if self.words is None else len(self.words.texts))

    def mentions(self, words: Sequence[str]) -> list[Mention]:
        """Return where words say things, the longest phrase first at each place.

        Args:
            words: lower case.
        """
        found = []
        place = 0
        while place < len(words):
            for end in range(min(place + self._longest, len(words)), place, -1):
                things = self._phrases.get(tuple(words[place:end]))
                if things:
                    found.append(Mention(place, end, things))
                    place = end
                    break
            else:
                place += 1
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the encoder saw in one picture.

    Attributes:
        probabilities: of each of the table's things, in their order.
        sure_of: the places of those that are believed.
        numbers: probabilities of nobody, one person, two, ..., that many or more; empty where
            the model does not count.
        someone, some_animal: probability that anybody, or any animal, is there; 1 where the model
            cannot tell.
        likely: how many of the things are likelier than not.
        words: probabilities of the table's words; empty where the model knows none.
    """

    table: EvidenceTable
    probabilities: tuple[float, ...]
    sure_of: frozenset[int]
    numbers: tuple[float, ...]
    someone: float
    some_animal: float
    likely: int
    words: tuple[float, ...] = ()

    @property
    def sure(self) -> tuple[Seen, ...]:
        """The things that are believed, the likeliest first."""
        seen = (Seen(self.table.things[n], self.probabilities[n]) for n in self.sure_of)
        return tuple(sorted(seen, key=lambda s: (-s.probability, s.thing.name)))

    @property
    def nobody(self) -> bool:
        """Whether no person may be said."""
        return self.table.people is not None and self.someone < self.table.people.none_below

    @property
    def no_animal(self) -> bool:
        """Whether no animal may be said."""
        return self.table.animals is not None and self.some_animal < self.table.animals.none_below

    @property
    def people(self) -> int | None:
        """How many people are there; the last of numbers means that many or more; None: unsure."""
        table = self.table.people
        if table is None or table.threshold is None:
            return None
        likeliest = max(self.numbers)
        return self.numbers.index(likeliest) if likeliest >= table.threshold else None

    def unsupported(self) -> frozenset[str]:
        """Return words that must not be said: for people or animals where none are seen.

        A word of a thing of another kind that is seen may be said: "dog" beside a hot dog.
        """
        words: set[str] = set()
        if self.nobody:
            words |= beings.PEOPLE_WORDS
        if self.no_animal:
            words |= beings.ANIMAL_WORDS
            for thing in self.table.things:
                if thing.kind == ANIMAL:
                    words |= {phrase for phrase in thing.words if " " not in phrase}
        if words:
            for seen in self.sure:
                if seen.thing.kind not in {PERSON, ANIMAL}:
                    words -= {word for phrase in seen.thing.words for word in phrase.split()}
        return frozenset(words)


def _summed(values: Floats, outputs: Sequence[int]) -> float:
    return min(sum(float(values[place]) for place in outputs), 1.0)


def _thing(content: Any, outputs: int) -> Thing:
    if not isinstance(content, dict):
        raise TypeError("a thing is no object")
    thing = Thing(
        **{
            **content,
            "words": tuple(_phrase(word) for word in _list(content["words"])),
            "instead_of": tuple(_phrase(word) for word in _list(content["instead_of"])),
            "outputs": _outputs(content["outputs"], outputs),
            "threshold": _share(content["threshold"], none=True),
            "naming_threshold": _share(content["naming_threshold"], none=True),
            "precision": _share(content["precision"]),
            "found": _share(content["found"]),
        }
    )
    for text in (thing.kind, thing.at or "in"):
        _phrase(text)
    for text in (thing.name, thing.plural or thing.name):
        _name(text)
    if not isinstance(thing.source, str) or type(thing.photos) is not int:
        raise TypeError(f"source or photos of {thing.name} is of another type")
    return thing


def _people(content: dict[str, Any], outputs: int) -> PeopleTable:
    table = PeopleTable(
        **{
            **content,
            "outputs": _outputs(content["outputs"], outputs),
            "threshold": _share(content["threshold"], none=True),
            "precision": _share(content["precision"]),
            "none_below": _share(content["none_below"]),
        }
    )
    if len(table.outputs) < 2:
        raise ValueError("people need outputs for nobody and for somebody at least")
    return table


def _animals(content: dict[str, Any], outputs: int) -> AnimalsTable:
    return AnimalsTable(
        **{
            **content,
            "outputs": _outputs(content["outputs"], outputs),
            "none_below": _share(content["none_below"]),
        }
    )


def _words(content: dict[str, Any], outputs: int) -> WordsTable:
    texts, shares = content["texts"], content["shares"]
    if not isinstance(texts, list) or not isinstance(shares, list) or not texts:
        raise ValueError("words need a list of texts and one of shares")
    if not len(texts) == len(shares) <= outputs or len(set(texts)) != len(texts):
        raise ValueError("words need a share and an output each")
    return WordsTable(
        **{
            **content,
            "texts": tuple(_phrase(text) for text in texts),
            "shares": tuple(_share(share) for share in shares),
        }
    )


def _list(values: Any) -> list[Any]:
    if not isinstance(values, list) or len(values) > MAX_WORDS:
        raise ValueError(f"a list must have at most {MAX_WORDS} entries")
    return values


def _name(text: Any) -> str:
    if not isinstance(text, str) or not 0 < len(text) <= MAX_TEXT or not text.isprintable():
        raise ValueError(f"{text!r:.80} is no word or phrase")
    if text != " ".join(text.split()):
        raise ValueError(f"{text!r} must have single spaces")
    return text


def _phrase(text: Any) -> str:
    if _name(text) != text.lower():
        raise ValueError(f"{text!r} must be lower case")
    return str(text)


def _outputs(values: Any, outputs: int) -> tuple[int, ...]:
    if not isinstance(values, list) or not values or len(values) > outputs:
        raise ValueError("outputs must be a list of numbers")
    if not all(type(place) is int and 0 <= place < outputs for place in values):
        raise ValueError(f"an output lies outside 0 to {outputs - 1}")
    return tuple(values)


def _share(value: Any, *, none: bool = False) -> float | None:
    if value is None and none:
        return None
    if type(value) not in {int, float} or not 0 <= value <= 1:
        raise ValueError(f"{value!r:.80} is no number from 0 to 1")
    return float(value)


def _weights(content: Any, names: Sequence[str]) -> dict[str, float]:
    if not isinstance(content, dict) or (content and not set(content) <= set(names)):
        raise ValueError(f"weights must be of {', '.join(names)}")
    for value in content.values():
        if type(value) not in {int, float} or not abs(value) <= MAX_WEIGHT:
            raise ValueError(f"{value!r:.80} is no weight")
    if content and "bias" in names and "bias" not in content:
        raise ValueError("weights of the confidence need a bias")
    return {name: float(value) for name, value in content.items()}
