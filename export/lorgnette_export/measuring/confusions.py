"""What a model confuses: its words beside those of the people who saw the same photos."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lorgnette.errors import ExitCode
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError

COMMONEST = 20
AGREED = 2  # people who must say a thing before it counts as on the photo
_THINGS = {
    word: forms[0]
    for forms in (
        line.split()
        for line in """
        man men guy guys|woman women lady ladies|boy boys|girl girls|child children kid kids|baby
        people persons|person|dog dogs puppy puppies|cat cats|horse horses|bird birds|ball balls
        water|grass|snow|sand|rock rocks|mountain mountains|beach|field|street streets|road
        building buildings|tree trees|shirt shirts|hat hats|jacket jackets
        bicycle bicycles bike bikes
        car cars|boat boats|skateboard skateboards|surfboard surfboards|wave waves|pool|fence
        table tables|chair chairs|bench benches|plate plates|food|player players|team|tennis|racket
        soccer|football|baseball|basketball|stick sticks|toy toys|room|kitchen|bathroom|bed
        """.replace("\n", "|").split("|")
    )
    for word in forms
}
_NUMBERS = {"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
_SEXES = (
    {"man", "men", "boy", "boys", "guy", "guys", "male"},
    {"woman", "women", "girl", "girls", "lady", "ladies", "female"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """How a model does with one kind of thing."""

    name: str
    photos: int  # on which AGREED people name it
    said: int  # by the model
    right: int  # of these: somebody names it, too
    found: int  # of the photos


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusions:
    """What was said, and how much of it nobody else said."""

    things: tuple[Thing, ...]  # the commonest first
    sexes: int  # captions with a man, woman, boy or girl
    sexes_wrong: int  # of these, those where all people who tell it say the other
    numbers: int  # said, from two to ten
    numbers_wrong: int  # of these, those that nobody says


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "confusions",
        help="list what a model confuses",
        description="Compares captions with people's: precision and recall of the commonest "
        "things, men and women, numbers. Prints a table for the model's card.",
    )
    parser.add_argument("captions", type=Path, metavar="FILE", help="of evaluate --captions")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    people = {photo.file.name: photo.captions for photo in captioned.read(args.data)}
    try:
        said = [json.loads(line) for line in args.captions.read_text("utf-8").splitlines()]
        pairs = [(line["caption"], people[line["file"]]) for line in said]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{args.captions} holds no captions of {args.data}: {error}") from error
    found = compare(pairs)
    print("| thing | photos | said | precision | recall |\n| --- | --- | --- | --- | --- |")
    for thing in found.things:
        precision, recall = thing.right / max(thing.said, 1), thing.found / thing.photos
        print(f"| {thing.name} | {thing.photos} | {thing.said} | {precision:.2f} | {recall:.2f} |")
    print(f"\nsex said {found.sexes} times, {found.sexes_wrong} against everybody's word")
    print(f"numbers said {found.numbers} times, {found.numbers_wrong} in nobody's caption")
    return ExitCode.OK


def compare(pairs: Sequence[tuple[str, Sequence[str]]]) -> Confusions:
    """Compare each caption of a model with the people's captions of the same photo."""
    counts = {name: [0, 0, 0, 0] for name in _THINGS.values()}
    sexes = sexes_wrong = numbers = numbers_wrong = 0
    for caption, others in pairs:
        said = set(captioned.words(caption))
        theirs = [set(captioned.words(other)) for other in others]
        named = {_THINGS[word] for word in said if word in _THINGS}
        votes = [{_THINGS[word] for word in words if word in _THINGS} for words in theirs]
        for name, count in counts.items():
            people = sum(name in vote for vote in votes)
            count[0] += people >= AGREED
            count[1] += name in named
            count[2] += name in named and people > 0
            count[3] += name in named and people >= AGREED
        for own, other in (_SEXES, _SEXES[::-1]):
            if said & own and not said & other:
                sexes += 1
                sexes_wrong += not any(w & own for w in theirs) and any(w & other for w in theirs)
        everybody = set().union(*theirs)
        numbers += len(said & _NUMBERS)
        numbers_wrong += len((said & _NUMBERS) - everybody)
    things = [
        Thing(name=name, photos=photos, said=told, right=right, found=found)
        for name, (photos, told, right, found) in counts.items()
        if photos
    ]
    things.sort(key=lambda thing: thing.photos, reverse=True)
    return Confusions(
        things=tuple(things[:COMMONEST]),
        sexes=sexes,
        sexes_wrong=sexes_wrong,
        numbers=numbers,
        numbers_wrong=numbers_wrong,
    )
