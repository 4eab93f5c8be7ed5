"""Words that say that somebody, or an animal, is there."""

from collections.abc import Sequence
from itertools import pairwise

from lorgnette.english.lexicon import ANIMALS, words_of

_SINGULAR_PEOPLE = words_of(
    "person man woman boy girl child kid baby toddler infant teenager teen adult lady gentleman "
    "guy male female someone somebody anyone everyone everybody spectator onlooker bystander "
    "pedestrian passerby tourist visitor traveler traveller passenger commuter villager hiker "
    "climber mountaineer walker runner jogger skier snowboarder skater skateboarder surfer "
    "windsurfer swimmer diver bather sunbather beachgoer rower kayaker canoeist paddler sailor "
    "fisherman fisher angler hunter camper cyclist bicyclist biker motorcyclist rider driver "
    "pilot racer player batter pitcher catcher umpire referee golfer wrestler gymnast athlete "
    "dancer singer musician guitarist drummer performer artist photographer worker farmer "
    "policeman policewoman officer soldier firefighter fireman guardsman cowboy cowgirl chef "
    "baker vendor shopper customer waiter waitress server student teacher doctor nurse bride "
    "groom mother father mom dad parent brother sister son daughter husband wife friend "
    "grandmother grandfather businessman businesswoman skydiver bartender hairdresser barber "
    "cheerleader bowler boxer acrobat scout guest"
)
_MANY_PEOPLE = words_of(
    "people persons men women boys girls children kids babies ladies gentlemen policemen firemen "
    "fishermen guardsmen businessmen businesswomen wives crowd crowds family families audience "
    "team teams couple couples trio"
) | {f"{word}s" for word in _SINGULAR_PEOPLE if not word.endswith(("man", "one", "body", "child"))}
_PRONOUNS = words_of("he she him his her hers himself herself who whose whom")

PEOPLE_WORDS = _SINGULAR_PEOPLE | _MANY_PEOPLE | _PRONOUNS
ANIMAL_WORDS = (ANIMALS - {"boxer", "lab"}) | words_of(
    "stallion boar boars gosling goslings roosters gulls pelican pelicans heron herons egret "
    "egrets stork storks dove doves sparrow sparrows crow crows raven ravens eagles hawks falcon "
    "falcons vulture vultures peacocks ostriches hummingbird tigers leopards cheetahs jaguar "
    "coyote antelopes gazelles mules bunnies hare beaver otters apes gorillas baboon kangaroos "
    "wallaby rhinoceros hippopotamus lizards snakes whales jellyfish crab crabs lobster insects "
    "butterflies bees spiders herd herds flock flocks terriers retrievers labradors hounds paw "
    "paws livestock poultry wildlife pet pets"
)

# What is no living being although a word for one stands in it.
_NO_BEINGS = {
    tuple(words.split())
    for words in (
        "hot dog", "hot dogs", "teddy bear", "teddy bears", "stuffed animal", "stuffed animals",
        "stuffed bear", "stuffed bears", "toy dog", "rubber duck", "rubber ducks", "bird house",
        "bird bath", "bird feeder", "dog house", "fish market", "fish tank", "computer mouse",
        "man made", "family room", "family home", "driver seat", "passenger train",
        "passenger jet", "passenger plane", "passenger car", "passenger seat", "passenger bus",
        "passenger ship", "record player", "dvd player", "cd player", "couple of", "team of",
    )
}  # fmt: skip
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip


def people_said(words: Sequence[str]) -> list[str]:
    """Return the words that say that somebody is there, pronouns too; words are lower case."""
    return _said(words, PEOPLE_WORDS)


def animals_said(words: Sequence[str]) -> list[str]:
    """Return the words that say that an animal is there; words are lower case."""
    return _said(words, ANIMAL_WORDS)


def _said(words: Sequence[str], beings: frozenset[str]) -> list[str]:
    return [words[place] for place in _places(words, beings)]


def _places(words: Sequence[str], beings: frozenset[str]) -> list[int]:
    nothing = {
        place + offset
        for place, pair in enumerate(pairwise(words))
        if pair in _NO_BEINGS
        for offset in (0, 1)
    }
    return [n for n, word in enumerate(words) if word in beings and n not in nothing]


def people_counted(words: Sequence[str]) -> tuple[int, int | None]:
    """Return the fewest and the most people that words say; None where there may be any number.

    "A man and two children" are 3 and 3; "a group of people" 2 or more; no word for anybody 0, 0.
    """
    named = set(_places(words, PEOPLE_WORDS - _PRONOUNS))
    fewest, known = 0, True
    number = None  # said before a word for people: "two young men"
    for place, word in enumerate(words):
        if place in named and place + 1 not in named:  # "baseball player", "child player": one
            if word in _SINGULAR_PEOPLE:
                fewest += 1
            else:
                number = _ALWAYS.get(word, number)
                fewest += number or 2
                known = known and number is not None
        number = _NUMBERS.get(word, None if place in named or word in _STOPS else number)
    return fewest, fewest if known else None


_ALWAYS = {"couple": 2, "trio": 3}
# After these a number said before belongs to something else.
_STOPS = words_of("a an the and with in on at of to from by for is are near under , while")
