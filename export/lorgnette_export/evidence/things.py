"""The things that evidence can name: plain words over the network's outputs.

A thing is one class, several that nobody tells apart in alt text (four crabs), or a node of
WordNet over many ("dog"). classes.txt names each of ImageNet's thousand classes in their order,
nodes.txt the nodes, kinds.txt COCO's eighty kinds with other words that people use for them.
"-" is not said by itself, for it errs (what is worn or played with, scenery) or is no plain word;
it counts for the nodes above it. After "/" stands a plural that is not regular; "~" marks what is
said without article.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from lorgnette.english import beings
from lorgnette.english.lexicon import words_of
from lorgnette_export.networks.evidence import CLASSES, FIRST_KIND, KINDS

_HERE = Path(__file__).parent
# The first node among a synset's ancestors decides of what kind the thing is.
_KINDS = {
    "n00007846": "person",
    "n00015388": "animal",
    "n04524313": "vehicle",
    "n03125870": "vehicle",
    "n00021265": "food",
    "n07555863": "food",
    "n07881800": "food",
    "n13134947": "food",
    "n00017222": "plant",
    "n12992868": "plant",
    "n09287968": "place",
    "n09433442": "place",
    "n03800933": "instrument",
    "n03405725": "furniture",
    "n03051540": "clothing",
    "n03748162": "place",
    "n02913152": "building",
    "n04019101": "vehicle",
}
_KIND_OF = {  # where WordNet sees it otherwise than alt text does
    name: kind
    for kind, names in {
        "thing": "menu|cup|beehive|skateboard|missile|shopping cart|wheelbarrow|balloon|toilet",
        "plant": "potted plant|hay|acorn|rose hip|horse chestnut|mushroom",
        "place": "beach|lake|shop|grocery store|greenhouse|library|coral reef|"
        "field of yellow flowers",
    }.items()
    for name in names.split("|")
}
_INSIDE = words_of(
    "bakery barbershop bookstore greenhouse library shop church palace mosque monastery planetarium"
) | {"grocery store", "butcher shop", "candy store", "shoe store", "toy store", "movie theater"}
_GENERAL = {  # words for things of a kind that a surer name may replace
    "animal": "animal dog cat bear horse cow sheep goat bird monkey deer fox wolf rabbit squirrel "
    "mouse rat lion tiger elephant fish duck pig puppy kitten creature",
    "vehicle": "vehicle car truck bus van train boat ship bike bicycle motorcycle",
    "food": "food meal dish dessert fruit",
    "instrument": "instrument guitar",
    "furniture": "furniture chair table",
}
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
MOST_WORDS = 3  # of a phrase


class WordNet:
    """The nouns of WordNet 3.0, as Debian's wordnet-base has them."""

    def __init__(self, folder: Path) -> None:
        """Read data.noun, index.noun and noun.exc of folder."""
        self.lemmas: dict[str, list[str]] = {}
        self.above: dict[str, list[str]] = {}
        self.below: dict[str, list[str]] = defaultdict(list)
        for line in _lines(folder / "data.noun"):
            fields = line.partition(" | ")[0].split()
            node, count = f"n{fields[0]}", int(fields[3], 16)
            self.lemmas[node] = [fields[4 + 2 * i].replace("_", " ") for i in range(count)]
            pointers = fields[5 + 2 * count :]
            self.above[node] = [
                f"n{pointers[i + 1]}"
                for i in range(0, len(pointers), 4)
                if pointers[i] in {"@", "@i"}
            ]
            for node_above in self.above[node]:
                self.below[node_above].append(node)
        self._first: dict[str, str] = {}
        self._singulars: dict[str, str] = {}
        for line in _lines(folder / "index.noun"):
            fields = line.split()
            self._first[fields[0].replace("_", " ")] = f"n{fields[-int(fields[2])]}"
        self._irregular = dict(line.split()[:2] for line in _lines(folder / "noun.exc"))

    def ancestors(self, node: str) -> list[str]:
        """Return node and all above it, the nearest first."""
        found = [node]
        for each in found:
            found += [a for a in self.above[each] if a not in found]
        return found

    def said_by(self, node: str) -> set[str]:
        """Return words that say node or something under it, lower case, singular.

        Only words that mean it first of all: a toy is no dog, a kite no bird.
        """
        nodes = [node]
        for each in nodes:
            nodes += [b for b in self.below[each] if b not in nodes]
        inside = set(nodes)
        return {
            lemma.lower()
            for each in nodes
            for lemma in self.lemmas[each]
            if self._first.get(lemma.lower()) in inside
        }

    def singular(self, word: str) -> str:
        """Return word without its plural ending, where WordNet knows the rest."""
        if word not in self._singulars:
            self._singulars[word] = self._irregular.get(word) or self._regular(word)
        return self._singulars[word]

    def _regular(self, word: str) -> str:
        for ending, instead in (("ies", "y"), ("s", ""), ("es", "")):
            stem = word.removesuffix(ending) + instead
            if word.endswith(ending) and stem in self._first:
                return stem
        return word


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that evidence can name."""

    name: str
    plural: str  # "": no article and no plural
    kind: str
    outputs: tuple[int, ...]  # of the network: their sum is its probability
    source: str  # imagenet or coco
    words: frozenset[str]  # singular words and phrases of which each says it
    boxed: frozenset[str] = frozenset()  # MS-COCO's kinds of which each is it
    nodes: frozenset[str] = frozenset()  # of ImageNet's classes that are it

    @property
    def at(self) -> str:
        """What stands before it where other things are said to be inside; "" for most."""
        return "in" if self.kind == "place" and self.name in _INSIDE else ""


def said(caption: str, wordnet: WordNet, known: Container[str]) -> set[str]:
    """Return what caption says of known words and phrases, singular or as it stands.

    A word within a known phrase is not said by itself: a teddy bear is no bear.
    """
    words = _WORD.findall(caption.lower().replace("\u2019", "'"))
    found: set[str] = set()
    first = 0
    while first < len(words):
        for length in range(min(MOST_WORDS, len(words) - first), 0, -1):
            *before, last = words[first : first + length]
            forms = {" ".join([*before, last]), " ".join([*before, wordnet.singular(last)])}
            if here := {form for form in forms if form in known}:
                found |= here
                first += length
                break
        else:
            first += 1
    return found


def classes() -> list[tuple[str, str]]:
    """Return node and name of ImageNet's classes, in their order."""
    parts = (line.partition(" ") for line in _lines(_HERE / "classes.txt"))
    return [(node, name) for node, _, name in parts]


def things(wordnet: WordNet) -> list[Thing]:
    """Return everything that can be named."""
    named: dict[str, tuple[set[str], set[int]]] = defaultdict(lambda: (set(), set()))
    under: dict[str, set[int]] = defaultdict(set)
    for i, (node, name) in enumerate(classes()):
        for each in wordnet.ancestors(node):
            under[each].add(i)
        if name != "-":
            named[name][0].add(node)
            named[name][1].add(i)
    for node, name in (line.split(" ", 1) for line in _lines(_HERE / "nodes.txt")):
        named[name][0].add(node)
        named[name][1].update(under[node])
    found = [
        _thing(name, nodes, outputs, "imagenet", wordnet)
        for name, (nodes, outputs) in named.items()
    ]
    for i, line in enumerate(_lines(_HERE / "kinds.txt")):
        _, name, node, more = (part.strip() for part in f"{line} ".split("|"))
        nodes = set() if node == "-" else {node}
        thing = _thing(name, nodes, {FIRST_KIND + i}, "coco", wordnet, more)
        found.append(thing)
    return _with_words_below(found)


def _thing(
    text: str, nodes: set[str], outputs: set[int], source: str, wordnet: WordNet, more: str = ""
) -> Thing:
    name, _, plural = text.removeprefix("~").partition("/")
    words = {name.lower(), *(w.strip() for w in more.split(",") if w.strip())}
    for node in nodes:
        words |= wordnet.said_by(node)
    kinds = [_KINDS[a] for node in sorted(nodes) for a in wordnet.ancestors(node) if a in _KINDS]
    kind = _KIND_OF.get(name) or next(iter(kinds), "thing")
    return Thing(
        name=name,
        plural="" if text.startswith("~") else plural or plural_of(name),
        kind=kind,
        outputs=tuple(sorted(outputs)),
        source=source,
        words=frozenset(words),
    )


def _with_words_below(found: list[Thing]) -> list[Thing]:
    """Return found, each with the words of those whose outputs are among its own.

    And with the kinds whose names are among its words, and the nodes of its classes.
    """
    nodes = [node for node, _ in classes()]
    out = []
    for thing in found:
        alike = [
            other
            for other in found
            if other.name == thing.name or set(other.outputs) <= set(thing.outputs)
        ]
        words = thing.words.union(*(other.words for other in alike))
        outputs = {place for other in alike for place in other.outputs}
        out.append(
            replace(
                thing,
                words=words,
                boxed=frozenset(
                    kind
                    for kind, other in zip(KINDS, found[-len(KINDS) :], strict=True)
                    if other.name.lower() in words or other.name == thing.name
                ),
                nodes=frozenset(nodes[place] for place in outputs if place < CLASSES),
            )
        )
    return out


def plural_of(name: str) -> str:
    """Return the regular plural."""
    if re.search(r"(s|x|z|ch|sh)$", name):
        return f"{name}es"
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}s"


def replaceable(thing: Thing, general: Iterable[Thing]) -> list[str]:
    """Return words of the thing's kind that its name may replace in a sentence."""
    words = set(_GENERAL.get(thing.kind, "").split())
    words |= {g.name.lower() for g in general if thing.name in g.words and g.name != thing.name}
    return sorted(words - thing.words - beings.PEOPLE_WORDS)


def written_words(thing: Thing, used: Container[str]) -> list[str]:
    """Return the thing's words as they are read in sentences: those in used, and its names."""
    singular = {word for word in thing.words if word in used} | {thing.name.lower()}
    plurals = {plural_of(word) for word in singular}
    return sorted(
        singular
        | {word for word in plurals if word in used}
        | ({thing.plural.lower()} if thing.plural else set())
    )


def _lines(path: Path) -> list[str]:
    return [
        line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("  ")
    ]
