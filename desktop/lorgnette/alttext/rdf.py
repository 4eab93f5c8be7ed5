"""RDF in XML (ISO 16684-1, 7): the properties of a picture, in every way to spell them.

A property of the picture is an element or an attribute with no other property around it. What
makes up RDF is transparent: rdf:RDF, rdf:Description, typed nodes, lists; and so is what lies
around it, such as x:xmpmeta.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice
from typing import TypeAlias

from lorgnette.alttext.markup import RDF, XML, Document, Element, descend
from lorgnette.alttext.texts import clean

DEFAULT = "x-default"
ABOUT = (f"{RDF} about", "about")
DESCRIPTION = f"{RDF} Description"

Wanted: TypeAlias = Callable[[str], bool]  # takes a name: namespace, a space, local name
Tree: TypeAlias = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...], tuple["Tree", ...]]

_RDF = f"{RDF} RDF"
_SPELLING = f"{RDF} "
_TYPE = f"{RDF} type"
_VALUES = (f"{RDF} value", f"{RDF} resource")
_NODE_ID = f"{RDF} nodeID"
_PARSE_TYPE = f"{RDF} parseType"
_SAYING_NOTHING = {f"{XML} lang", _TYPE, _PARSE_TYPE, *ABOUT}
_MOST_STEPS = 10_000  # to the values of one property: nodes may refer to each other


@dataclass(frozen=True, slots=True)
class Property:
    """One place where a packet has a property of the picture."""

    name: str
    owner: Element  # that has the attribute, or holds the element
    element: Element | None = None  # None: it is an attribute

    @property
    def text(self) -> str:
        """Return its text, of a property that has no more than that."""
        return self.owner.attributes[self.name] if self.element is None else self.element.text


class _Place(Enum):
    OUTSIDE = auto()
    RDF = auto()  # an rdf:RDF itself
    NODE = auto()  # in it


def find_rdf(document: Document) -> Element | None:
    """Return the first rdf:RDF."""
    found = _transparent(document, lambda _: False)
    return next((element for element, place in found if place is _Place.RDF), None)


def properties(document: Document, wanted: Wanted) -> Iterator[Property]:
    """Yield the properties whose names are wanted, in order."""
    for owner, _ in _transparent(document, wanted):
        for name in owner.attributes:
            if wanted(name):
                yield Property(name, owner)
        for child in owner.children:
            if wanted(child.name):
                yield Property(child.name, owner, child)


def others(document: Document, left_out: Wanted) -> list[Tree]:
    """Return every property whose name is not left out, with its whole value and its owner's."""
    found: list[Tree] = []
    for owner, place in _transparent(document, left_out):
        if place is _Place.OUTSIDE:
            continue
        attributes = tuple(
            sorted((name, text) for name, text in owner.attributes.items() if not left_out(name))
        )
        values = tuple(
            _tree(child)
            for child in owner.children
            if not left_out(child.name) and not _is_transparent(child, place)
        )
        text = owner.text.strip()
        if values or text or not {name for name, _ in attributes} <= {*ABOUT}:
            found.append((owner.name, attributes, (text,), values))
    return found


def consists_of(description: Element, wanted: Wanted) -> bool:
    """Return whether an element is an rdf:Description of nothing but properties that are wanted."""
    names = {*description.attributes, *(child.name for child in description.children)}
    names = names.difference(ABOUT)
    return description.name == DESCRIPTION and bool(names) and all(map(wanted, names))


def says_something(found: Property) -> bool:
    """Return whether there is anything in a property, in whatever form."""
    if found.element is None:
        return bool(found.text.strip())
    return any(
        each.text.strip() or any(name not in _SAYING_NOTHING for name in each.attributes)
        for each in descend(found.element)
    )


class Values:
    """The values of a document's properties."""

    def __init__(self, document: Document) -> None:
        self._nodes: dict[str, list[Element]] = {}  # that have no address, but a name to refer to
        for element, place in _transparent(document, lambda _: False):
            if place is _Place.NODE and _NODE_ID in element.attributes:
                self._nodes.setdefault(element.attributes[_NODE_ID], []).append(element)

    def of(self, found: Property) -> list[tuple[str, str]]:
        """Return (language, text) of each value; x-default where it has no language."""
        if found.element is None:
            values = [(found.owner.language, found.text)]
        else:
            steps = self._values(found.element, frozenset())
            values = [value for value in islice(steps, _MOST_STEPS) if value is not None]
        return [
            (language or DEFAULT, text)
            for language, value in values
            if (text := clean(value, lines=True))
        ]

    def _values(
        self, element: Element, followed: frozenset[str]
    ) -> Iterator[tuple[str, str] | None]:
        """Yield (language, text), and None for each step on the way."""
        yield None
        for name in _VALUES:
            if name in element.attributes:
                yield element.language, element.attributes[name]
        node = element.attributes.get(_NODE_ID)
        if node is not None and node not in followed:
            for each in self._nodes.get(node, []):
                if each is not element:
                    yield from self._values(each, followed | {node})
        inner = [c for c in element.children if c.name.startswith(_SPELLING) and c.name != _TYPE]
        for child in inner:
            yield from self._values(child, followed)
        is_literal = element.attributes.get(_PARSE_TYPE) == "Literal"
        if not inner and (not element.children or is_literal or element.text.strip()):
            yield element.language, element.whole_text


def _transparent(document: Document, wanted: Wanted) -> Iterator[tuple[Element, _Place]]:
    """Yield the elements that may own a property; those that are wanted own none."""
    waiting = [(document.top, _Place.OUTSIDE)]
    while waiting:
        element, place = waiting.pop()
        yield element, place
        inner = _Place.OUTSIDE if place is _Place.OUTSIDE else _Place.NODE
        waiting += [
            (child, _place(child, inner))
            for child in reversed(element.children)
            if not wanted(child.name) and _is_transparent(child, place)
        ]


def _is_transparent(child: Element, place: _Place) -> bool:
    return place is not _Place.NODE or child.name.startswith(_SPELLING)


def _place(element: Element, place: _Place) -> _Place:
    if place is not _Place.OUTSIDE:
        return place
    if element.name == _RDF:
        return _Place.RDF
    return _Place.NODE if element.name.startswith(_SPELLING) else place


def _tree(element: Element) -> Tree:
    attributes = tuple(sorted(element.attributes.items()))
    children = tuple(_tree(child) for child in element.children)
    return element.name, attributes, tuple(element.texts), children
