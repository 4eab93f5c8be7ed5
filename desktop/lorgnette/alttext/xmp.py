"""XMP packets (ISO 16684-1): read alt text from one, and put alt text into one.

A packet is edited as text: only the bytes of our own properties change, everything else keeps its
spelling, because other programs look for it by spelling. One in another encoding than UTF-8, or
that XML forbids but programs read, is spelt as it should be on the way.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from lorgnette.alttext import lang_alt, markup, provenance, rdf
from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.alttext.lang_alt import Items
from lorgnette.alttext.markup import (
    CORE,
    DC,
    EXT,
    META,
    PHOTOSHOP,
    RDF,
    Element,
    MalformedPacketError,
)
from lorgnette.alttext.provenance import CAPTION_HASH, OURS, text_hash
from lorgnette.alttext.texts import clean

MAX_BYTES = markup.MAX_BYTES
PADDING = 2048  # in a new packet, so that later edits move no other byte

# Some programs take the accessibility fields for extensions: these are read and replaced, too.
_ALT_TEXT = (f"{CORE} AltTextAccessibility", f"{EXT} AltTextAccessibility")
_EXTENDED = (f"{CORE} ExtDescrAccessibility", f"{EXT} ExtDescrAccessibility")
_CAPTION = f"{DC} description"
_EXTENSION = f"{PHOTOSHOP} SidecarForExtension"

_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = '<?xpacket end="w"?>'
_TRAILER = re.compile(rb"<\?xpacket\s+end=")
_META_ROOTS = {f"{META} xmpmeta", f"{META} xapmeta"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a packet says about its picture."""

    alt_text: AltText | None = None
    items: tuple[tuple[str, str], ...] = ()  # alt text in all languages
    date: str = ""  # ISO 8601; when lorgnette wrote the alt text
    edited_elsewhere: bool = False  # lorgnette wrote alt text here and another program changed it
    supersedes: frozenset[str] = frozenset()  # hashes of texts elsewhere that this one replaced
    extended_description: str = ""  # alt_text has it too; there may be one without alt text
    captions: tuple[str, ...] = ()  # dc:description: meant for those who see the picture
    caption_hash: str = ""  # of the text that lorgnette copied to the caption fields; empty: none
    extension: str = ""  # the kind of file that a NAME.xmp belongs to, such as JPG
    trouble: str = ""  # why it was not read to its end, for a person
    unread: bool = False  # it speaks of alt text, and there may be more than was read


def read(packet: bytes, language: str = "") -> Words:
    """Return what a packet says, in all the ways that programs have said it.

    Args:
        language: the one to prefer where there are several, BCP 47.
    """
    if len(packet) > MAX_BYTES:
        return Words(trouble="its XMP packet is too large", unread=True)
    # Most packets have no such words; parsing a large one costs more than the rest of a reading.
    squeezed = packet.replace(b"\0", b"")
    speaks = b"Accessibility" in squeezed or OURS.encode() in squeezed
    if not speaks and not any(word in squeezed for word in (b"description", b"Sidecar")):
        return Words()
    try:
        document = markup.parse(packet)
    except MalformedPacketError as error:
        return Words(trouble=str(error), unread=speaks)
    values = rdf.Values(document)
    found: dict[str, list[rdf.Property]] = {}
    for each in rdf.properties(document, _is_read):
        found.setdefault(each.name, []).append(each)

    def items(*names: str) -> list[tuple[str, str]]:
        return _items(values, [found.get(name, []) for name in names])

    trouble = document.trouble
    if not trouble and b"ltTextAccessibility" in squeezed:
        places = [each for name in _ALT_TEXT for each in found.get(name, [])]
        if not places:
            trouble = "its XMP packet names alt text, but not where it could be found"
        elif any(rdf.says_something(each) and not values.of(each) for each in places):
            trouble = "its XMP packet has alt text in a form that is not read here"
    simple = {name: places[-1].text.strip() for name, places in found.items()}
    notes = {
        name.removeprefix(f"{OURS} "): text
        for name, text in simple.items()
        if name.startswith(f"{OURS} ")
    }
    alt_items = [(tag, clean(text)) for tag, text in items(*_ALT_TEXT)]  # one line
    extended = items(*_EXTENDED)
    alt_text, edited_elsewhere = provenance.alt_text(alt_items, extended, notes, language)
    return Words(
        alt_text=alt_text,
        items=tuple(alt_items),
        date="" if edited_elsewhere else notes.get("Date", ""),
        edited_elsewhere=edited_elsewhere,
        supersedes=frozenset(() if edited_elsewhere else notes.get("Supersedes", "").split()),
        extended_description=lang_alt.pick(extended, language)[1],
        captions=tuple(dict.fromkeys(text for _, text in items(_CAPTION))),
        caption_hash=notes.get(CAPTION_HASH, ""),
        extension=simple.get(_EXTENSION, ""),
        trouble=trouble,
        unread=speaks and bool(trouble),
    )


def merge(
    packet: bytes | None,
    alt_text: AltText,
    *,
    date: str,
    extension: str = "",
    supersedes: Iterable[str] = (),
    caption: str = "",
) -> bytes:
    """Return a packet with alt text in it; every other property keeps its bytes.

    Args:
        packet: the one there; None, or one without anything in it, makes a new one without padding.
        alt_text: cleaned; its text is not empty unless it is decorative.
        date: ISO 8601.
        extension: for a new sidecar called NAME.xmp, the EXT of its picture.
        supersedes: texts elsewhere, which cannot change, that these words stand in for.
        caption: what dc:description says from now on; empty: it stays as it is.

    Raises:
        MalformedPacketError: the packet cannot be edited without a risk to what it holds.
    """
    if packet is None or is_blank(packet):
        return _new(_Change.of(alt_text, (), (), {}, date, supersedes, caption), extension)
    document = markup.parse(packet)
    if reason := document.trouble or document.uneditable:
        raise MalformedPacketError(reason)

    def is_ours(name: str) -> bool:
        return _is_ours(name) or (bool(caption) and name == _CAPTION)

    values = rdf.Values(document)
    places = list(rdf.properties(document, is_ours))
    change = _Change.of(
        alt_text,
        _items(values, [[each for each in places if each.name == name] for name in _ALT_TEXT]),
        _items(values, [[each for each in places if each.name == name] for name in _EXTENDED]),
        {each.name: each.text.strip() for each in places if each.name.startswith(f"{OURS} ")},
        date,
        supersedes,
        caption,
    )
    edited = _splice(document.data, _edits(document, places, change, is_ours))
    after = markup.parse(edited)
    if after.trouble or rdf.others(after, is_ours) != rdf.others(document, is_ours):
        raise MalformedPacketError("its XMP packet is laid out in a way that cannot be edited")
    return edited


def is_blank(packet: bytes) -> bool:
    """Return whether there is nothing in a packet but room for one."""
    return not packet.strip(b"\0 \t\r\n")


def fit(packet: bytes, size: int | None, *, padding: int, limit: int) -> bytes:
    """Return the packet with its padding stretched or shrunk.

    Args:
        size: bytes that it should have, if it can; None for a new packet.
        padding: bytes of padding where it cannot.
        limit: bytes that it must not pass if leaving padding out can help it.
    """
    trailers = [match.start() for match in _TRAILER.finditer(packet)]
    end = trailers[-1] if trailers else len(packet)
    body, trailer = packet[:end].rstrip(b" \t\r\n\0"), packet[end:].rstrip(b"\0")
    need = len(body) + len(trailer)
    if size is not None and size >= need + 1:
        room = size - need
    else:
        room = max(1, min(padding, limit - need))
    lines = (b"\n" + b" " * 99) * (room // 100 + 1)
    return body + lines[: room - 1] + b"\n" + trailer


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith(f"{OURS} ")


def _is_read(name: str) -> bool:
    return _is_ours(name) or name in {_CAPTION, _EXTENSION}


_OURS = frozenset((*_ALT_TEXT, *_EXTENDED))


def _items(values: rdf.Values, places: Sequence[Sequence[rdf.Property]]) -> list[tuple[str, str]]:
    """Return (language, text) of properties that mean the same, the first kind's first.

    A later kind adds only the languages that the earlier ones lack.
    """
    items: list[tuple[str, str]] = []
    for kind in places:
        known = {tag.lower() for tag, _ in items}
        new = [item for each in kind for item in values.of(each)]
        items += dict.fromkeys(item for item in new if item[0].lower() not in known)
    return items


@dataclass(frozen=True, slots=True)
class _Change:
    """What will stand in a packet: our properties, each with its value; an empty one goes."""

    items: dict[str, list[tuple[str, str]]]  # a property's name -> (language, text)
    notes: dict[str, str]

    @classmethod
    def of(
        cls,
        alt_text: AltText,
        old: Items,
        old_extended: Items,
        old_values: dict[str, str],
        date: str,
        supersedes: Iterable[str],
        caption: str,
    ) -> "_Change":
        draft = alt_text.origin is Origin.MACHINE and not alt_text.reviewed
        language = alt_text.language
        items = (
            [] if alt_text.decorative else lang_alt.put(alt_text.text, language, old, draft=draft)
        )
        if alt_text.extended_description:
            extended = lang_alt.put(
                alt_text.extended_description, language, old_extended, draft=draft
            )
        else:  # a machine has none to offer and takes none away
            extended = list(old_extended) if draft else []
        default = items[0][1] if items else ""
        copied = old_values.get(f"{OURS} {CAPTION_HASH}", "")
        if default != alt_text.text and not alt_text.decorative:
            # Our words are a second language's; the notes go on speaking of x-default.
            prefix = f"{OURS} "
            notes = {name.removeprefix(prefix): value for name, value in old_values.items()}
        else:
            notes = provenance.notes_on(alt_text, default, date, supersedes)
        notes[CAPTION_HASH] = text_hash(caption) if caption else copied
        description = [(rdf.DEFAULT, caption)] if caption else []
        return cls({_ALT_TEXT[0]: items, _EXTENDED[0]: extended, _CAPTION: description}, notes)

    def __bool__(self) -> bool:
        return any(self.items.values()) or any(self.notes.values())


@dataclass(frozen=True, slots=True)
class _Spelling:
    """The prefix that a packet has, or gets, for each vocabulary; exiv2 takes one of each."""

    rdf: str = "rdf"
    core: str = "Iptc4xmpCore"
    ours: str = "lorgnette"
    dc: str = "dc"
    declaration: str = ""  # of rdf, where a new element needs it, with the space before it

    @classmethod
    def of(cls, document: markup.Document, root: Element) -> "_Spelling":
        prefixes: dict[str, str] = {}
        for element in markup.descend(document.top):
            for prefix, space in element.spaces.items():
                if prefix:
                    prefixes.setdefault(space, prefix)
        new = cls()
        core, ours = prefixes.get(CORE, new.core), prefixes.get(OURS, new.ours)
        dc = prefixes.get(DC, new.dc)
        prefix, colon, _ = root.raw.rpartition(":")
        if colon:
            return cls(prefix, core, ours, dc)
        # Where the packet makes do with a default namespace, the prefix is declared.
        return cls(core=core, ours=ours, dc=dc, declaration=f' xmlns:rdf="{RDF}"')

    def name(self, name: str) -> str:
        """Return a property's name with its prefix."""
        space, _, local = name.rpartition(" ")
        return f"{self.dc if space == DC else self.core}:{local}"


def _new(change: _Change, extension: str) -> bytes:
    description = _description(change, "", _Spelling())
    if extension:  # apart from ours, which may go again
        description = (
            f'<rdf:Description rdf:about="" xmlns:photoshop="{PHOTOSHOP}"\n'
            f"    photoshop:SidecarForExtension={quoteattr(extension)}/>\n  {description}"
        )
    whole = f'<x:xmpmeta xmlns:x="{META}">\n {_rdf(description)}\n</x:xmpmeta>\n'
    return (_BEGIN + whole + _END).encode()


def _rdf(description: str) -> str:
    return f'<rdf:RDF xmlns:rdf="{RDF}">\n  {description}\n </rdf:RDF>'


def _description(change: _Change, about: str, spelling: _Spelling) -> str:
    """Return an rdf:Description that holds our properties."""
    attributes = [f"{spelling.rdf}:about={quoteattr(about)}"]
    elements = [
        _lang_alt(spelling.name(name), items, spelling.rdf)
        for name, items in change.items.items()
        if items
    ]
    if change.items[_ALT_TEXT[0]] or change.items[_EXTENDED[0]]:
        attributes.append(f'xmlns:{spelling.core}="{CORE}"')
    if change.items[_CAPTION]:
        attributes.append(f'xmlns:{spelling.dc}="{DC}"')
    if any(change.notes.values()):
        attributes.append(f'xmlns:{spelling.ours}="{OURS}"')
    attributes += [
        f"{spelling.ours}:{name}={quoteattr(value)}"
        for name, value in change.notes.items()
        if value
    ]
    start = f"<{spelling.rdf}:Description{spelling.declaration} " + "\n    ".join(attributes)
    if not elements:
        return start + "/>"
    return "\n   ".join([start + ">", *elements]) + f"\n  </{spelling.rdf}:Description>"


def _lang_alt(name: str, items: Items, rdf: str) -> str:
    lines = "".join(
        f"<{rdf}:li xml:lang={quoteattr(tag)}>{escape(text)}</{rdf}:li>" for tag, text in items
    )
    return f"<{name}><{rdf}:Alt>{lines}</{rdf}:Alt></{name}>"


_Edit: TypeAlias = tuple[int, int, str]  # from byte, to byte, what comes there


def _edits(
    document: markup.Document,
    places: Sequence[rdf.Property],
    change: _Change,
    is_ours: rdf.Wanted,
) -> list[_Edit]:
    """Return what takes our properties out wherever they are, and puts them where they belong."""
    data = document.data
    root = rdf.find_rdf(document)
    own = [] if root is None else [c for c in root.children if rdf.consists_of(c, is_ours)]
    replaced = {id(description) for description in own}
    edits: list[_Edit] = []
    for each in places:
        if id(each.owner) in replaced:
            continue
        if each.element is not None:
            edits.append((_before(data, each.element.start), each.element.end, ""))
        else:
            edits += [
                (start, end, "")
                for name, start, end in markup.attributes(data, each.owner)
                if name == each.name
            ]
    if root is None:
        edits.append(_whole_rdf(document, change))
    elif change and own:
        text = _description(change, _about(root), _Spelling.of(document, root))
        edits.append((own[0].start, own[0].end, text))
        del own[0]
    elif change:
        text = _description(change, _about(root), _Spelling.of(document, root))
        edits.append(_inside(root, f" {text}\n ", f"\n  {text}\n "))
    return edits + [(_before(data, each.start), each.end, "") for each in own]


def _about(root: Element) -> str:
    """Return the address of the picture that the packet speaks of."""
    found = (
        each.attributes[name]
        for each in root.children
        for name in rdf.ABOUT
        if name in each.attributes
    )
    return next(found, "")


def _whole_rdf(document: markup.Document, change: _Change) -> _Edit:
    """Return what gives a packet that has none its rdf:RDF."""
    roots = [element for element in document.top.children if element.name in _META_ROOTS]
    if len(roots) != 1 or len(document.top.children) > 1 or roots[0].children:
        raise MalformedPacketError("its XMP packet has no rdf:RDF")
    text = _rdf(_description(change, "", _Spelling()))
    return _inside(roots[0], f"{text}\n", f"\n {text}\n")


def _inside(element: Element, last: str, only: str) -> _Edit:
    """Return what puts text into an element, as its last part, or its only one."""
    if element.end > element.inside:
        return element.outside, element.outside, last
    return element.inside - 2, element.inside, f">{only}</{element.raw}>"


def _before(packet: bytes, position: int) -> int:
    """Return where the white space begins that leads up to position."""
    while position and packet[position - 1] in b" \t\r\n":
        position -= 1
    return position


def _splice(packet: bytes, edits: Sequence[_Edit]) -> bytes:
    line_end = "\r\n" if b"\r\n" in packet else "\n"
    parts: list[bytes] = []
    position = 0
    for start, end, text in sorted(edits):
        parts += [packet[position:start], text.replace("\n", line_end).encode()]
        position = end
    return b"".join([*parts, packet[position:]])
