"""XMP packets (ISO 16684-1): read alt text from one, and put alt text into one.

A packet is edited as text: only the bytes of our own properties change, everything else keeps its
spelling, because other programs look for it by spelling.
"""

import codecs
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import TypeAlias
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from lorgnette.alttext.alt_text import AltText, Origin

MAX_BYTES = 16 << 20
MAX_DEPTH = 64
PADDING = 2048  # in a new packet, so that later edits move no other byte

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
DC = "http://purl.org/dc/elements/1.1/"
NOTE = "http://ns.adobe.com/xmp/note/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
XML = "http://www.w3.org/XML/1998/namespace"
OURS = "urn:lorgnette:ns:1.0#"  # never changes: files out there hold it

ALT_TEXT = f"{CORE} AltTextAccessibility"
EXTENDED = f"{CORE} ExtDescrAccessibility"
EXTENDED_PACKET = f"{NOTE} HasExtendedXMP"

_DEFAULT = "x-default"
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = '<?xpacket end="w"?>'
_TRAILER = re.compile(rb"<\?xpacket\s+end=")
_TAG_PARTS = re.compile(rb""""[^"]*"|'[^']*'|>""")
_ATTRIBUTE = re.compile(rb"""\s*([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')""")
_NAME = re.compile(rb"<([^\s/>]+)")
_BREAKS = re.compile("[ \t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")


class MalformedPacketError(Exception):
    """The packet is not XMP that can be edited safely; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a packet says about its picture."""

    alt_text: AltText | None = None
    date: str = ""  # ISO 8601; when lorgnette wrote the alt text
    edited_elsewhere: bool = False  # lorgnette wrote alt text here and another program changed it
    extended_description: str = ""  # alt_text has it too; there may be one without alt text
    captions: tuple[str, ...] = ()  # dc:description: meant for those who see the picture
    extended_packet: str = ""  # the GUID of the packet that continues this one
    extension: str = ""  # the kind of file that a NAME.xmp belongs to, such as JPG


@dataclass(slots=True)
class Element:
    """An XML element and where its bytes lie."""

    name: str  # namespace, a space, local name
    attributes: dict[str, str]
    start: int  # of <
    inside: int  # the byte after the start tag
    outside: int = 0  # of the end tag; equal to inside when the element closes itself
    end: int = 0
    text: str = ""
    children: list["Element"] = field(default_factory=list)


def clean(text: str, *, lines: bool = False) -> str:
    """Return text as it is kept: NFC, without control characters, white space folded.

    Args:
        lines: keep the ends of lines.
    """
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip(" ")  # most texts are clean, and need no look at each character
    kept = "".join(
        character
        for character in text
        if _BREAKS.match(character)
        or (
            unicodedata.category(character) not in {"Cc", "Cs"}
            and ord(character) & 0xFFFE != 0xFFFE
        )
    )
    whole = unicodedata.normalize("NFC", kept)
    if lines:
        folded = [
            _BREAKS.sub(" ", line).strip(" ")
            for line in re.split("\r\n|[\n\r\x85\u2028\u2029]", whole)
        ]
        return "\n".join(folded).strip("\n")
    return _BREAKS.sub(" ", whole).strip(" ")


def language_tag(language: str) -> str:
    """Return a BCP 47 tag in its canonical case; empty for none, or one that names no language."""
    parts = language.strip().replace("_", "-").split("-")
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]) or parts[0].lower() in {"und", "mul", "zxx"}:
        return ""
    tag = [parts[0].lower()]
    for part in parts[1:]:
        if not re.fullmatch(r"[A-Za-z0-9]{1,8}", part):
            break
        if len(part) == 4 and part.isalpha():
            tag.append(part.title())
        else:
            tag.append(part.upper() if len(part) == 2 and part.isalpha() else part.lower())
    return "-".join(tag)


def text_hash(text: str) -> str:
    """Return what tells alt text that lorgnette wrote from a later edit by another program."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read(packet: bytes, language: str = "") -> Words:
    """Return what a packet says, in all the malformed ways that programs have said it.

    Args:
        language: the one to prefer where there are several, BCP 47.

    Raises:
        MalformedPacketError: not well-formed, too large, or with a document type.
    """
    data = _utf8(packet)
    if not any(
        word in data
        for word in (b"Accessibility", b"description", OURS.encode(), b"HasExt", b"Sidecar")
    ):
        return Words()  # most packets; parsing a large one costs more than the rest of a reading
    rdf = _find_rdf(parse(data))
    descriptions = _descriptions(rdf)
    simple = _simple_values(descriptions)
    items = [
        (tag, clean(text))  # alt text is one line
        for tag, text in _first_items(descriptions, ALT_TEXT, f"{EXT} AltTextAccessibility")
    ]
    extended_items = _first_items(descriptions, EXTENDED, f"{EXT} ExtDescrAccessibility")
    _, extended = _pick(extended_items, language)
    alt_text, edited_elsewhere = _alt_text(items, _pick(items, language), extended, simple)
    captions = _first_items(descriptions, f"{DC} description")
    return Words(
        alt_text=alt_text,
        date="" if edited_elsewhere else simple.get(f"{OURS} Date", ""),
        edited_elsewhere=edited_elsewhere,
        extended_description=extended,
        captions=tuple(dict.fromkeys(caption for _, caption in captions)),
        extended_packet=simple.get(EXTENDED_PACKET, ""),
        extension=simple.get(f"{PHOTOSHOP} SidecarForExtension", ""),
    )


def merge(packet: bytes | None, alt_text: AltText, *, date: str, extension: str = "") -> bytes:
    """Return a packet with alt text in it; every other property keeps its bytes.

    Args:
        packet: the one there; None makes a new one without padding.
        alt_text: cleaned; its text is not empty unless it is decorative.
        date: ISO 8601.
        extension: for a new sidecar called NAME.xmp, the EXT of its picture.

    Raises:
        MalformedPacketError: the packet cannot be edited without a risk to what it holds.
    """
    if packet is None:
        description = _description(_Change.of(alt_text, (), (), {}, date), "", "rdf:")
        if extension:  # apart from ours, which may go again
            description = (
                f'<rdf:Description rdf:about="" xmlns:photoshop="{PHOTOSHOP}"\n'
                f"    photoshop:SidecarForExtension={quoteattr(extension)}/>\n  {description}"
            )
        skeleton = (
            f'<x:xmpmeta xmlns:x="adobe:ns:meta/">\n <rdf:RDF xmlns:rdf="{RDF}">\n'
            f"  {description}\n </rdf:RDF>\n</x:xmpmeta>\n"
        )
        return (_BEGIN + skeleton + _END).encode()
    try:
        packet.decode()
    except UnicodeDecodeError as error:
        raise MalformedPacketError("its XMP packet is not in UTF-8") from error
    rdf = _find_rdf(parse(packet))
    descriptions = _descriptions(rdf)
    change = _Change.of(
        alt_text,
        _first_items(descriptions, ALT_TEXT),
        _first_items(descriptions, EXTENDED),
        _simple_values(descriptions),
        date,
    )
    edited = _splice(packet, _edits(packet, rdf, change))
    if _others(_find_rdf(parse(edited))) != _others(rdf):
        raise MalformedPacketError("its XMP packet is laid out in a way that cannot be edited")
    return edited


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


def parse(data: bytes) -> Element:
    """Return the root element, with the byte positions of every element.

    Raises:
        MalformedPacketError: not well-formed UTF-8 XML, too large, too deep, or with a DOCTYPE.
    """
    if len(data) > MAX_BYTES:
        raise MalformedPacketError("its XMP packet is too large")
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    top = Element("", {}, 0, 0)
    stack = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > MAX_DEPTH:
            raise MalformedPacketError("its XMP packet is nested too deeply")
        at = parser.CurrentByteIndex
        element = Element(name, attributes, at, _tag_end(data, at))
        stack[-1].children.append(element)
        stack.append(element)

    def end(_name: str) -> None:
        element = stack.pop()
        if data[element.inside - 2 : element.inside] == b"/>":
            element.outside = element.end = element.inside
        else:
            element.outside = parser.CurrentByteIndex
            element.end = data.index(b">", element.outside) + 1

    def text(part: str) -> None:
        stack[-1].text += part

    def refuse(*_: object) -> None:
        raise MalformedPacketError("its XMP packet has a document type declaration")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data.rstrip(b"\0"), True)
    except (expat.ExpatError, UnicodeError) as error:
        raise MalformedPacketError(f"its XMP packet is not well-formed: {error}") from error
    finally:  # the handlers hold the parser: without this, each call leaves a cycle behind
        parser.StartElementHandler = parser.EndElementHandler = None
    return top.children[0]


def _utf8(packet: bytes) -> bytes:
    if len(packet) > MAX_BYTES:
        raise MalformedPacketError("its XMP packet is too large")
    for start, encoding in _ENCODINGS:
        if packet.startswith(start):
            try:
                text = packet.decode(encoding)
            except UnicodeDecodeError as error:
                raise MalformedPacketError(f"its XMP packet is not in {encoding}") from error
            return text.rstrip("\0").encode()
    return packet


_ENCODINGS = (  # UTF-32 first: its marks begin with those of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)


def _tag_end(data: bytes, start: int) -> int:
    end = data.find(b">", start) + 1
    tag = data[start:end]
    if b"'" not in tag and tag.count(b'"') % 2 == 0:
        return end  # the > is in no attribute
    for part in _TAG_PARTS.finditer(data, start):
        if part[0] == b">":
            return part.end()
    raise MalformedPacketError("its XMP packet has a tag without an end")


def _find_rdf(root: Element) -> Element:
    waiting = [root]
    for element in waiting:
        if element.name == f"{RDF} RDF":
            return element
        waiting += element.children
    raise MalformedPacketError("its XMP packet has no rdf:RDF")


def _descriptions(rdf: Element) -> list[Element]:
    return [child for child in rdf.children if child.name == f"{RDF} Description"]


def _simple_values(descriptions: Sequence[Element]) -> dict[str, str]:
    values: dict[str, str] = {}
    for description in descriptions:
        values |= description.attributes
        values |= {child.name: child.text.strip() for child in description.children}
    return values


def _first_items(descriptions: Sequence[Element], *names: str) -> list[tuple[str, str]]:
    """Return (language, text) of the first of these properties that holds any text."""
    for name in names:
        for description in descriptions:
            if text := clean(description.attributes.get(name, ""), lines=True):
                return [(_DEFAULT, text)]
            for child in description.children:
                if child.name == name and (items := _items(child)):
                    return items
    return []


def _items(element: Element) -> list[tuple[str, str]]:
    containers = [
        c for c in element.children if c.name in {f"{RDF} {k}" for k in ("Alt", "Bag", "Seq")}
    ]
    lines = containers[0].children if containers else [element]
    items = []
    for line in lines:
        values = [child.text for child in line.children if child.name == f"{RDF} value"]
        text = clean(values[0] if values else line.text, lines=True)
        if text:
            items.append((line.attributes.get(f"{XML} lang", _DEFAULT), text))
    return items


def _pick(items: Sequence[tuple[str, str]], language: str) -> tuple[str, str]:
    """Return the language and text to show: as wished, else x-default, else the first."""
    if not items:
        return "", ""
    wished = language_tag(language).lower()
    by_tag = {tag.lower(): text for tag, text in reversed(items)}
    for tag in (wished, wished.partition("-")[0], _DEFAULT, items[0][0].lower()):
        if tag in by_tag:
            break
    text = by_tag[tag]
    # x-default repeats the text of a real language; the longest tag tells most.
    same = [language_tag(name) for name, value in items if value == text]
    if tag != _DEFAULT:
        same = [name for name in same if name.lower().startswith(language_tag(tag).lower())]
    return max(same, key=len, default=""), text


def _alt_text(
    items: Sequence[tuple[str, str]],
    picked: tuple[str, str],
    extended: str,
    simple: dict[str, str],
) -> tuple[AltText | None, bool]:
    """Return the alt text, and whether another program has changed what lorgnette wrote."""

    def own(name: str) -> str:
        return simple.get(f"{OURS} {name}", "")

    language, text = picked
    decorative = own("Decorative").lower() == "true"
    if not text and not decorative:
        return None, False
    default = next((value for tag, value in items if tag == _DEFAULT), "")
    written = own("TextHash")
    if text and (decorative or not written or text_hash(default) != written):
        alt_text = AltText(text=text, extended_description=extended, language=language)
        return alt_text, bool(written or decorative)
    if text != default:  # another language, which a person added
        return AltText(text=text, extended_description=extended, language=language), False
    alt_text = AltText(
        text=text,
        extended_description=extended,
        language=language,
        origin=_origin(own("Origin")),
        reviewed=own("Reviewed").lower() != "false",
        decorative=decorative,
        model=own("Model"),
        confidence=_fraction(own("Confidence")),
    )
    return alt_text, False


def _origin(value: str) -> Origin:
    # Words of an origin that a later version may know are taken for a person's: the safe side.
    return _ORIGINS.get(value, Origin.HUMAN)


_ORIGINS = {origin.value: origin for origin in Origin}


def _fraction(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


@dataclass(frozen=True, slots=True)
class _Change:
    """What will stand in a packet: our properties, each with its value; an empty one goes."""

    items: dict[str, list[tuple[str, str]]]  # a property -> (language, text)
    provenance: dict[str, str]

    @classmethod
    def of(
        cls,
        alt_text: AltText,
        old: Sequence[tuple[str, str]],
        old_extended: Sequence[tuple[str, str]],
        old_values: dict[str, str],
        date: str,
    ) -> "_Change":
        draft = alt_text.origin is Origin.MACHINE and not alt_text.reviewed
        items = [] if alt_text.decorative else _languages(alt_text, old, draft=draft)
        if alt_text.extended_description:
            extended = replace(alt_text, text=alt_text.extended_description)
            extended_items = _languages(extended, old_extended, draft=draft)
        else:  # a machine has none to offer and takes none away
            extended_items = list(old_extended) if draft else []
        default = items[0][1] if items else ""
        if default != alt_text.text and not alt_text.decorative:
            # Our words are a second language's; the provenance goes on speaking of x-default.
            prefix = f"{OURS} "
            provenance = {
                name.removeprefix(prefix): value
                for name, value in old_values.items()
                if name.startswith(prefix)
            }
        else:
            provenance = {
                "Origin": alt_text.origin.value,
                "Reviewed": str(alt_text.reviewed),
                "Model": alt_text.model,
                "Confidence": "" if alt_text.confidence is None else f"{alt_text.confidence:.2f}",
                "Decorative": "True" if alt_text.decorative else "",
                "TextHash": text_hash(default) if default else "",
                "Date": date,
            }
        return cls({ALT_TEXT: items, EXTENDED: extended_items}, provenance)


def _languages(
    alt_text: AltText, old: Sequence[tuple[str, str]], *, draft: bool
) -> list[tuple[str, str]]:
    """Return the items of a lang-alt with text put in; other languages' items stay in order."""
    text = alt_text.text
    full = language_tag(alt_text.language)
    primary = full.partition("-")[0]
    default = next((value for tag, value in old if tag.lower() == _DEFAULT), "")
    others = [(tag, value) for tag, value in old if tag.lower() != _DEFAULT]

    def ours(tag: str, value: str) -> bool:
        if not full:  # of no stated language: it replaces what x-default stood for
            return value == default
        tag = language_tag(tag)
        return tag in {full, primary} or (full == primary and tag.startswith(f"{primary}-"))

    owned = [value for tag, value in others if ours(tag, value)]
    foreign = [value for tag, value in others if not ours(tag, value)]
    # x-default may stand for another language's text; a second language then leaves it alone.
    second = bool(default and full and foreign) and default not in owned
    stays = second and not draft and (default in foreign or not owned)
    items = [(_DEFAULT, default if stays else text)]
    items += [(tag, text if ours(tag, value) else value) for tag, value in others]
    known = {tag.lower() for tag, _ in items}
    items += [
        (tag, text) for tag in dict.fromkeys((primary, full)) if tag and tag.lower() not in known
    ]
    return items


def _lang_alt(name: str, items: Sequence[tuple[str, str]], rdf: str, declaration: str) -> str:
    lines = "".join(
        f"<{rdf}li xml:lang={quoteattr(tag)}>{escape(text)}</{rdf}li>" for tag, text in items
    )
    return f"<{name}{declaration}><{rdf}Alt>{lines}</{rdf}Alt></{name}>"


def _description(change: _Change, about: str, rdf: str, declaration: str = "") -> str:
    """Return an rdf:Description that holds our properties."""
    attributes = [f"{rdf}about={quoteattr(about)}"]
    properties = [
        _lang_alt(f"Iptc4xmpCore:{name.partition(' ')[2]}", items, rdf, "")
        for name, items in change.items.items()
        if items
    ]
    if properties:
        attributes.append(f'xmlns:Iptc4xmpCore="{CORE}"')
    if any(change.provenance.values()):
        attributes.append(f'xmlns:lorgnette="{OURS}"')
    attributes += [
        f"lorgnette:{name}={quoteattr(value)}" for name, value in change.provenance.items() if value
    ]
    start = f"<{rdf}Description{declaration} " + "\n    ".join(attributes)
    if not properties:
        return start + "/>"
    return "\n   ".join([start + ">", *properties]) + f"\n  </{rdf}Description>"


_Edit: TypeAlias = tuple[int, int, str]  # from byte, to byte, what comes there


def _edits(packet: bytes, rdf: Element, change: _Change) -> list[_Edit]:
    edits: list[_Edit] = []
    left = dict(change.items)  # what has no place of its own yet
    prefix, colon, _ = _raw_name(packet, rdf).rpartition(":")
    # An rdf: prefix is declared where the packet makes do with a default namespace.
    marker, declaration = (f"{prefix}:", "") if colon else ("rdf:", f' xmlns:rdf="{RDF}"')
    descriptions = _descriptions(rdf)
    own = [description for description in descriptions if _is_all_ours(description)]
    for description in descriptions:
        if description in own:
            continue
        named = {name for name in description.attributes if _is_ours(name)}
        if named:
            edits += _attribute_edits(packet, description, named)
        for child in description.children:
            if not _is_ours(child.name):
                continue
            items = left.get(child.name)
            if items:
                text = _lang_alt(_raw_name(packet, child), items, marker, declaration)
                edits.append((child.start, child.end, text))
                left[child.name] = []
            else:
                edits.append((_before(packet, child.start), child.end, ""))
    text = ""
    if any(left.values()) or any(change.provenance.values()):
        first = descriptions[0].attributes if descriptions else {}
        about = first.get(f"{RDF} about", first.get("about", ""))
        text = _description(_Change(left, change.provenance), about, marker, declaration)
    if text and own:
        edits.append((own[0].start, own[0].end, text))
        del own[0]
    elif text and rdf.end == rdf.inside:
        name = _raw_name(packet, rdf)
        edits.append((rdf.inside - 2, rdf.inside, f">\n  {text}\n </{name}>"))
    elif text:
        edits.append((rdf.outside, rdf.outside, f" {text}\n "))
    edits += [(_before(packet, each.start), each.end, "") for each in own]
    return edits


def _is_all_ours(description: Element) -> bool:
    names = {*description.attributes, *(child.name for child in description.children)}
    names -= {f"{RDF} about", "about"}
    return bool(names) and all(_is_ours(name) for name in names)


def _attribute_edits(packet: bytes, description: Element, named: set[str]) -> Iterator[_Edit]:
    """Yield what takes attributes out of a start tag, given their expanded names."""
    spaces: dict[bytes, str] = {}
    root = parse(packet)
    chain = [root]
    while chain[-1].start != description.start:
        chain.append(next(c for c in chain[-1].children if c.start <= description.start < c.end))
    for element in chain:
        for part in _attributes(packet, element):
            prefix, _, local = part[1].partition(b":")
            if prefix == b"xmlns":
                spaces[local] = unescape(part[2][1:-1].decode())
    for part in _attributes(packet, description):
        prefix, _, local = part[1].partition(b":")
        if f"{spaces.get(prefix, '')} {local.decode()}" in named:
            yield part.start(), part.end(), ""


def _attributes(packet: bytes, element: Element) -> Iterator[re.Match[bytes]]:
    name = _NAME.match(packet, element.start)
    assert name is not None  # noqa: S101 - expat has seen a tag here
    position = name.end()
    while part := _ATTRIBUTE.match(packet, position):
        yield part
        position = part.end()


def _raw_name(packet: bytes, element: Element) -> str:
    name = _NAME.match(packet, element.start)
    assert name is not None  # noqa: S101 - expat has seen a tag here
    return name[1].decode()


def _is_ours(name: str) -> bool:
    return name in {ALT_TEXT, EXTENDED} or name.startswith(f"{OURS} ")


def _before(packet: bytes, position: int) -> int:
    """Return where the white space begins that leads up to position."""
    return len(packet[:position].rstrip(b" \t\r\n"))


def _splice(packet: bytes, edits: Sequence[_Edit]) -> bytes:
    line_end = "\r\n" if b"\r\n" in packet else "\n"
    parts: list[bytes] = []
    position = 0
    for start, end, text in sorted(edits):
        parts += [packet[position:start], text.replace("\n", line_end).encode()]
        position = end
    return b"".join([*parts, packet[position:]])


_Tree: TypeAlias = tuple[str, tuple[tuple[str, str], ...], str, tuple["_Tree", ...]]


def _tree(element: Element) -> _Tree:
    return (
        element.name,
        tuple(sorted(element.attributes.items())),
        element.text,
        tuple(_tree(child) for child in element.children),
    )


def _others(rdf: Element) -> list[tuple[str, str] | _Tree]:
    """Return every property that is not ours, with its whole value."""
    found: list[tuple[str, str] | _Tree] = []
    for description in _descriptions(rdf):
        found += [
            (name, value)
            for name, value in sorted(description.attributes.items())
            if not _is_ours(name) and name not in {f"{RDF} about", "about"}
        ]
        found += [_tree(child) for child in description.children if not _is_ours(child.name)]
    return found
