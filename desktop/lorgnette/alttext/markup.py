"""XML as programs write it into pictures: read with the place of each part, so as to edit it.

No entity is ever expanded but XML's own five. What is not quite well-formed is mended first, where
all readers agree on what was meant; of what is broken, the part before the damage is read.
"""

import codecs
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from lorgnette.alttext.texts import MIXED

MAX_BYTES = 16 << 20
ENOUGH = MAX_BYTES + 1  # bytes to read of what may be a packet: one too large is told to be so
MAX_DEPTH = 64
MAX_ELEMENTS = 200_000  # more than the longest histories that programs leave

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
DC = "http://purl.org/dc/elements/1.1/"
NOTE = "http://ns.adobe.com/xmp/note/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
META = "adobe:ns:meta/"
XMP = "http://ns.adobe.com/xap/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
REGIONS = "http://www.metadataworkinggroup.com/schemas/regions/"
AREA = "http://ns.adobe.com/xmp/sType/Area#"
XML = "http://www.w3.org/XML/1998/namespace"

# What prefixes stand for where nothing declares them: names that programs print are copied.
_USUAL = {
    "": "",
    "rdf": RDF,
    "Iptc4xmpCore": CORE,
    "iptcCore": CORE,
    "Iptc4xmpExt": EXT,
    "dc": DC,
    "xmpNote": NOTE,
    "photoshop": PHOTOSHOP,
    "x": META,
    "xml": XML,
}
_KNOWN = {uri.rstrip("/"): uri for uri in (RDF, CORE, EXT, DC, NOTE, PHOTOSHOP, META)}
_CORE_VERSION = re.compile(r"http://iptc\.org/std/Iptc4xmpCore/\d+\.\d+/xmlns/?")

_WRAPPER = (b"<w>", b"</w>")  # makes one document of several, and of what lies around them
_TAG_PARTS = re.compile(rb""""[^"]*"|'[^']*'|>""")
_ATTRIBUTE = re.compile(rb"""\s*([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')""")
_NAME = re.compile(rb"<([^\s/>]+)")

_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}\?>")
_ENCODING = re.compile(r"""(<\?xml\s[^>]{0,200}?\sencoding\s*=\s*["'])([A-Za-z][\w.:-]*)""")
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_LOOSE_AND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,8}|#x[0-9A-Fa-f]{1,8});)")
_LOOSE_LESS = re.compile(r"<(?![A-Za-z_:/?!\x80-\U0010ffff])")
_OPAQUE = re.compile(r"<!--|<!\[CDATA\[")  # what is between these and their ends is no markup
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")  # half a letter of UTF-16, as if of UTF-8
_HALF_LETTERS = "the letters in its XMP packet are damaged"
_COMMENT_DASH = re.compile(r"-(?=-|\Z)")  # where XML allows none in a comment
_OLD_ENCODINGS = (  # those of Python that are encodings of texts, as it calls them
    *("iso8859", "iso2022", "cp", "koi8", "mac", "gb", "big5", "shift_jis", "euc", "hz"),
    *("johab", "tis", "ptcp", "kz"),
)
_STATEFUL = ("iso2022", "hz")  # these pass for ASCII


class MalformedPacketError(Exception):
    """The packet cannot be read, or edited safely; the message says why."""


@dataclass(slots=True)
class Element:
    """An XML element and where its bytes lie."""

    name: str  # namespace, a space, local name
    raw: str  # with its prefix
    attributes: dict[str, str]
    names: tuple[str, ...]  # of the attributes, in the order in which they stand
    language: str  # xml:lang in force; empty: none
    start: int  # of <
    inside: int  # the byte after the start tag
    outside: int = 0  # of the end tag; equal to inside when the element closes itself
    end: int = 0
    texts: list[str] = field(default_factory=list)  # before, between and after its children
    children: list["Element"] = field(default_factory=list)
    spaces: dict[str, str] = field(default_factory=dict)  # declared here: prefix -> namespace

    @property
    def text(self) -> str:
        """Return the text in it, without that in its children."""
        return "".join(self.texts)

    @property
    def whole_text(self) -> str:
        """Return the text in it and in its children."""
        parts = self.texts[:1]
        for child, text in zip(self.children, self.texts[1:], strict=True):
            parts += [child.whole_text, text]
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Document:
    """XML that was read."""

    data: bytes  # UTF-8, well-formed where there is no trouble; positions count in it
    top: Element  # around everything
    trouble: str = ""  # why it was not read to its end; empty where it was
    uneditable: str = ""  # why an edit would lose something, for a person


def parse(packet: bytes) -> Document:
    """Return what a packet holds, in whatever encoding.

    Raises:
        MalformedPacketError: too large, or nested too deeply.
    """
    if len(packet) > MAX_BYTES:
        raise MalformedPacketError("its XMP packet is too large")
    text, uneditable = _decoded(packet)
    prolog = _PROLOG.match(text, text.startswith("\ufeff"))
    doctype = prolog and _DOCTYPE.match(text, prolog.end())
    if doctype:
        text = text[: doctype.start()] + " " * len(doctype[0]) + text[doctype.end() :]
        uneditable = "its XMP packet has a document type declaration"
    data = text.encode("utf-8", "replace")
    top, trouble = _parsed(data)
    if trouble:
        mended = _mended(text).encode("utf-8", "replace")
        if mended != data:
            data = mended
            top, trouble = _parsed(data)
            if _has_forbidden(text):
                uneditable = "its XMP packet has characters that XML forbids"
    return Document(data, top, trouble, uneditable)


def descend(element: Element) -> Iterator[Element]:
    """Yield an element and all in it, in order."""
    waiting = [element]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += reversed(element.children)


def attributes(data: bytes, element: Element) -> Iterator[tuple[str, int, int]]:
    """Yield (name, start, end) of an element's attributes, the white space before included."""
    tag = _NAME.match(data, element.start)
    position = element.inside if tag is None else tag.end()
    names = iter(element.names)
    while position < element.inside and (part := _ATTRIBUTE.match(data, position)):
        if not part[1].startswith(b"xmlns"):
            yield next(names), part.start(), part.end()
        position = part.end()


def _decoded(packet: bytes) -> tuple[str, str]:
    """Return the text of a packet from its first mark on, and why an edit would lose something.

    Its declaration, if any, says UTF-8.
    """
    uneditable = ""
    for start, encoding in _ENCODINGS:
        if packet.startswith(start):
            try:
                text = packet.decode(encoding)
            except UnicodeDecodeError:
                text = packet.decode(encoding, "replace")
                uneditable = _HALF_LETTERS
            break
    else:
        text, uneditable = _eight_bits(packet)
    begin = max(text.find("<"), 0)
    mark = "\ufeff" if text[:begin].endswith("\ufeff") else ""
    text = text[begin:].rstrip("\0")
    if declared := _ENCODING.match(text):
        text = f"{declared[1]}UTF-8{text[declared.end() :]}"
    return mark + text, uneditable


def _eight_bits(packet: bytes) -> tuple[str, str]:
    """Return as _decoded, of a packet whose letters have a byte each, or several."""
    head = packet[:1000].decode("latin-1")
    declared = _ENCODING.match(head, max(head.find("<"), 0))
    try:
        encoding = codecs.lookup(declared[2]).name if declared else ""
    except LookupError:
        encoding = ""
    is_old = encoding.startswith(_OLD_ENCODINGS)
    # A declaration is believed only where the bytes are no UTF-8: many programs copy it blindly.
    for name in (encoding, "utf-8") if encoding.startswith(_STATEFUL) else ("utf-8", encoding):
        if name == "utf-8" or is_old:
            with contextlib.suppress(UnicodeDecodeError):
                return packet.decode(name), ""
    return packet.decode("utf-8", MIXED), _HALF_LETTERS if _SURROGATE.search(packet) else ""


_ENCODINGS = (  # UTF-32 first: its marks begin with those of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<\0", "utf-32-be"),  # without a mark, so that zeros before other text are not one
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<\0", "utf-16-be"),
)


def _mended(text: str) -> str:
    """Return text with what XML forbids, but readers let pass, spelt as it was meant."""
    text = _ILLEGAL.sub(_white, text)
    parts = []
    position = 0
    while opening := _OPAQUE.search(text, position):
        closing = "-->" if opening[0] == "<!--" else "]]>"
        end = text.find(closing, opening.end())
        if end < 0:
            break
        parts += [_mended_markup(text[position : opening.start()]), opening[0]]
        inside = text[opening.end() : end]  # in CDATA everything means itself
        parts += [_COMMENT_DASH.sub("- ", inside) if closing == "-->" else inside, closing]
        position = end + 3
    return "".join([*parts, _mended_markup(text[position:])])


def _mended_markup(text: str) -> str:
    text = _REFERENCE.sub(_legal_reference, text)
    return _LOOSE_LESS.sub("&lt;", _LOOSE_AND.sub("&amp;", text))


def _has_forbidden(text: str) -> bool:
    """Return whether there are characters that cannot be spelt in XML at all.

    Zeros are not: they are filling, which every reader leaves out.
    """
    return any(each != "\0" for each in _ILLEGAL.findall(text)) or any(
        _legal_reference(each) != each[0] for each in _REFERENCE.finditer(text)
    )


def _white(match: re.Match[str]) -> str:
    return " " if match[0].isspace() else ""


def _legal_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code > 0x10FFFF:
        return ""
    illegal = _ILLEGAL.match(chr(code))
    return _white(illegal) if illegal else match[0]


def _parsed(data: bytes) -> tuple[Element, str]:
    """Return the element around everything, and why the parser stopped before the end.

    Raises:
        MalformedPacketError: nested too deeply, or of too many elements.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.ordered_attributes = True
    shift = len(_WRAPPER[0])
    top = Element("", "", {}, (), "", 0, 0, len(data), len(data))
    stack = [top]
    parts: list[str] = []  # of the text since the last tag
    count = 0

    def start(raw: str, pairs: list[str]) -> None:
        nonlocal count
        at = parser.CurrentByteIndex - shift
        if at < 0:  # the wrapper
            return
        count += 1
        if len(stack) > MAX_DEPTH:
            raise MalformedPacketError("its XMP packet is nested too deeply")
        if count > MAX_ELEMENTS:
            raise MalformedPacketError("its XMP packet has too many parts")
        spaces = {}
        values = []
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            if name == "xmlns" or name.startswith("xmlns:"):
                spaces[name[6:]] = _canonical(value)
            else:
                values.append((name, value))
        element = Element("", raw, {}, (), "", at, _tag_end(data, at), spaces=spaces)
        stack.append(element)
        element.name = _expanded(raw, stack, is_attribute=False)
        element.names = tuple(_expanded(name, stack, is_attribute=True) for name, _ in values)
        for name, (_, value) in zip(element.names, values, strict=True):
            element.attributes[name] = value
        element.language = element.attributes.get(f"{XML} lang", stack[-2].language)
        end_text(stack[-2])
        stack[-2].children.append(element)

    def end_text(element: Element) -> None:
        element.texts.append("".join(parts))
        parts.clear()

    def end(_name: str) -> None:
        if len(stack) == 1:
            return
        element = stack.pop()
        end_text(element)
        if data[element.inside - 2 : element.inside] == b"/>":
            element.outside = element.end = element.inside
        else:
            element.outside = parser.CurrentByteIndex - shift
            element.end = data.index(b">", element.outside) + 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = parts.append
    trouble = ""
    try:
        parser.Parse(_WRAPPER[0])
        parser.Parse(_without_declarations(data))
        parser.Parse(_WRAPPER[1], True)
    except expat.ExpatError as error:
        trouble = f"its XMP packet is not well-formed: {error}"
    finally:  # the handlers hold the parser: without this, each call leaves a cycle behind
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = None
    for element in reversed(stack):  # what was open when the damage came
        end_text(element)
        element.outside = element.end = len(data)
    return top, trouble


def _without_declarations(data: bytes) -> bytes:
    """Return data with blanks for what may stand at the start of a document alone."""
    if data.startswith(codecs.BOM_UTF8):
        data = b"   " + data[3:]
    if b"<?xml" not in data:
        return data
    return _DECLARATION.sub(lambda match: b" " * len(match[0]), data)


def _canonical(namespace: str) -> str:
    """Return a namespace as it should be spelt: without it, a slash or a version parts programs."""
    if _CORE_VERSION.fullmatch(namespace):
        return CORE
    return _KNOWN.get(namespace.rstrip("/"), namespace)


def _expanded(raw: str, stack: list[Element], *, is_attribute: bool) -> str:
    prefix, colon, local = raw.rpartition(":")
    if is_attribute and not colon:
        return raw
    for element in reversed(stack):
        if prefix in element.spaces:
            return _name(element.spaces[prefix], local)
    return _name(_USUAL.get(prefix, prefix), local)


def _name(space: str, local: str) -> str:
    if space in {CORE, EXT}:  # these begin with a capital, which some programs do not know
        local = local[:1].upper() + local[1:]
    return f"{space} {local}".lstrip()


def _tag_end(data: bytes, start: int) -> int:
    end = data.find(b">", start) + 1
    tag = data[start:end]
    if b"'" not in tag and tag.count(b'"') % 2 == 0:
        return end  # the > is in no attribute
    for part in _TAG_PARTS.finditer(data, start):
        if part[0] == b">":
            return part.end()
    raise AssertionError("expat has seen the end of this tag")
