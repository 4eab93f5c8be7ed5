"""What the files of a picture know already: who is on it, where and when it was taken.

All of it is read, nothing is guessed: names that a person gave to faces (MWG 2.0 and Microsoft's
regions), IPTC's persons, places and events, the people among digiKam's and Lightroom's keywords,
and the dates of Exif, XMP and IIM.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lorgnette.alttext import markup, rdf, sidecar
from lorgnette.alttext.container import About, Fact
from lorgnette.alttext.markup import (
    AREA,
    CORE,
    DC,
    EXIF,
    EXT,
    PHOTOSHOP,
    RDF,
    REGIONS,
    XMP,
    Document,
    Element,
    MalformedPacketError,
)
from lorgnette.alttext.reading import look
from lorgnette.alttext.texts import clean

_MICROSOFT = "http://ns.microsoft.com/photo/1.2/t/Region"
_SIMPLE = {
    f"{PHOTOSHOP} City": About.CITY,
    f"{PHOTOSHOP} State": About.STATE,
    f"{PHOTOSHOP} Country": About.COUNTRY,
    f"{CORE} Location": About.SUBLOCATION,
    f"{PHOTOSHOP} Headline": About.HEADLINE,
    f"{DC} title": About.TITLE,
    f"{EXT} Event": About.EVENT,
    f"{DC} subject": About.KEYWORD,
    f"{EXIF} DateTimeOriginal": About.DATE,
    f"{PHOTOSHOP} DateCreated": About.DATE,
    f"{EXIF} DateTimeDigitized": About.DIGITISED,
    f"{XMP} CreateDate": About.DIGITISED,
}
_PERSON = f"{EXT} PersonInImage"
_PERSON_DETAILS = f"{EXT} PersonInImageWDetails"
_PLACES = (f"{EXT} LocationShown", f"{EXT} LocationCreated")  # the first one tells more
_IN_PLACE = {
    f"{EXT} Sublocation": About.SUBLOCATION,
    f"{EXT} City": About.CITY,
    f"{EXT} ProvinceState": About.STATE,
    f"{EXT} CountryName": About.COUNTRY,
}
_PLACE_PARTS = set(_IN_PLACE.values())
# Keywords with the ones above them, parted by the sign that the program has chosen.
_TREES = {
    "http://www.digikam.org/ns/1.0/ TagsList": "/",
    "http://ns.adobe.com/lightroom/1.0/ hierarchicalSubject": "|",
    "http://ns.microsoft.com/photo/1.0/ LastKeywordXMP": "/",
    "http://ns.microsoft.com/photo/1.0 LastKeywordXMP": "/",  # as ExifTool spells it
}
_PEOPLE_ROOTS = {
    *("people", "persons", "faces", "personen", "menschen", "personnes", "personas", "persone"),
    *("pessoas", "personer", "osoby", "henkil\u00f6t", "\u043b\u044e\u0434\u0438"),
}
_NOBODY = {
    "unknown",
    "unconfirmed",
    "ignored",
    "unnamed",
    "unbekannt",
    "unbest\u00e4tigt",
    "inconnu",
}
_DATE = re.compile(r"(\d{4})(?:[-:]?(\d\d)(?:[-:]?(\d\d))?)?(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the files of a picture know already."""

    people: tuple[str, ...] = ()  # from left to right where that is known
    faces: int = 0  # that somebody marked, named or not; 0: nobody marked any
    sublocation: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    date: str = ""  # ISO 8601: a year, a month or a day
    event: str = ""
    headline: str = ""
    title: str = ""
    keywords: tuple[str, ...] = ()

    @property
    def town(self) -> str:
        """Return the place as a sentence names it: "in Rome"; empty where only a spot is known."""
        return self.city or self.state or self.country

    @property
    def place(self) -> str:
        """Return where it was taken, from the smallest to the largest."""
        parts = (self.sublocation, self.city, self.state, self.country)
        return ", ".join(dict.fromkeys(filter(None, parts)))


def read(image: Path) -> Known:
    """Return what a picture's file and its sidecars know.

    Raises:
        UnreadableImageError: there is no such file, or it may not be read.
    """
    contents, _, _ = look(image)
    packets = [*contents.packets]
    for path in sidecar.beside(image):
        with contextlib.suppress(OSError):
            packets.append(sidecar.contents(path))
    facts: list[Fact] = []
    faces: list[_Face] = []
    people: list[str] = []
    places: list[dict[About, str]] = []
    for packet in packets:
        with contextlib.suppress(MalformedPacketError):
            document = markup.parse(packet)
            facts += _facts(document)
            faces = faces or list(_faces(document))
            people += _people(document)
            places += _places(document)
    places += [_first_of(facts), _first_of(contents.facts)]
    facts += contents.facts
    known = _first_of(facts)
    # Parts of one place come from one source: two may speak of what is shown and of where it was.
    place = next((found for found in places if found.keys() & _PLACE_PARTS), {})
    named = [face.name for face in sorted(faces, key=lambda face: face.left) if face.name]
    return Known(
        people=_unique([*named, *people]),
        faces=len(faces),
        sublocation=place.get(About.SUBLOCATION, ""),
        city=place.get(About.CITY, ""),
        state=place.get(About.STATE, ""),
        country=place.get(About.COUNTRY, ""),
        date=known.get(About.DATE) or known.get(About.DIGITISED, ""),
        event=known.get(About.EVENT, ""),
        headline=known.get(About.HEADLINE, ""),
        title=known.get(About.TITLE, ""),
        keywords=_unique(fact.text for fact in facts if fact.about is About.KEYWORD),
    )


def _first_of(facts: Iterable[Fact]) -> dict[About, str]:
    """Return the first text of each kind that says something."""
    found: dict[About, str] = {}
    for fact in facts:
        text = _day(fact.text) if fact.about in {About.DATE, About.DIGITISED} else fact.text
        if text:
            found.setdefault(fact.about, text)
    return found


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for text in filter(None, texts):
        found.setdefault(text.casefold(), text)
    return tuple(found.values())


def _day(text: str) -> str:
    """Return the date that a text begins with, in ISO 8601; empty where it is none."""
    match = _DATE.match(text)
    if match is None:
        return ""
    year, month, day = (int(part or 0) for part in match.groups())
    with contextlib.suppress(ValueError):
        if year > 1800 and date(year, month or 1, day or 1):
            parts = [f"{year:04}", f"{month:02}", f"{day:02}"]
            return "-".join(parts[: 3 if month and day else 2 if month else 1])
    return ""


def _facts(document: Document) -> Iterator[Fact]:
    values = rdf.Values(document)
    for each in rdf.properties(document, _SIMPLE.__contains__):
        for _, text in values.of(each):
            yield Fact(_SIMPLE[each.name], clean(text))


def _places(document: Document) -> Iterator[dict[About, str]]:
    for name in _PLACES:
        for each in _structures(document, name):
            yield {about: each[part] for part, about in _IN_PLACE.items() if part in each}


def _structures(document: Document, name: str) -> Iterator[dict[str, str]]:
    """Yield what the structures in a property tell."""
    for each in rdf.properties(document, lambda found: found == name):
        if each.element is not None:
            yield from map(_told, _items(each.element))


def _people(document: Document) -> Iterator[str]:
    values = rdf.Values(document)
    for each in rdf.properties(document, lambda name: name == _PERSON):
        yield from (clean(text) for _, text in values.of(each))
    for person in _structures(document, _PERSON_DETAILS):
        yield person.get(f"{EXT} PersonName", "")
    for each in rdf.properties(document, _TREES.__contains__):
        sign = _TREES[each.name]
        paths = [clean(text).split(sign) for _, text in values.of(each)]
        for path in paths:
            above = any(other[: len(path)] == path and other != path for other in paths)
            if len(path) > 1 and path[0].strip().casefold() in _PEOPLE_ROOTS and not above:
                name = path[-1].strip()
                if name.casefold() not in _NOBODY:
                    yield name


@dataclass(frozen=True, slots=True)
class _Face:
    name: str  # empty: nobody has named it
    left: float  # where it is, 0 to 1


def _faces(document: Document) -> Iterator[_Face]:
    """Yield the faces that were marked, by the first of the ways that is used."""
    for element in markup.descend(document.top):
        if element.name in {f"{REGIONS} RegionList", f"{_MICROSOFT}Info# Regions"}:
            found = [face for item in _items(element) if (face := _face(item)) is not None]
            if found:
                yield from found
                return


def _face(item: Element) -> _Face | None:
    told = _told(item)
    if told.get(f"{REGIONS} Type", "Face").casefold() != "face":
        return None
    name = told.get(f"{REGIONS} Name") or told.get(f"{_MICROSOFT}# PersonDisplayName", "")
    if name.casefold() in _NOBODY:
        name = ""
    place = told.get(f"{AREA} x") or told.get(f"{_MICROSOFT}# Rectangle", "").split(",")[0]
    with contextlib.suppress(ValueError):
        return _Face(name, float(place))
    return _Face(name, 1.0)


def _items(element: Element) -> Iterator[Element]:
    """Yield the items of a list, however it is spelt; the element itself where it is none."""
    lists = [child for child in element.children if child.name.startswith(_LISTS)]
    items = [item for each in lists for item in each.children]
    yield from items or [element]


_LISTS = (f"{RDF} Bag", f"{RDF} Seq", f"{RDF} Alt")


def _told(structure: Element) -> dict[str, str]:
    """Return what a structure tells, by names; and what the structures in it do."""
    told: dict[str, str] = {}

    def collect(element: Element, name: str) -> None:
        for each, text in element.attributes.items():
            told.setdefault(each, clean(text))
        if not element.name.startswith(f"{RDF} "):
            name = element.name
        if text := clean(element.text):
            told.setdefault(name, text)
        for child in element.children:
            collect(child, name)

    collect(structure, "")
    return told
