"""A grammar of XMP packets: all that RDF in XML allows, and what programs write besides."""

from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
ALT_TEXT = "AltTextAccessibility"


@dataclass(frozen=True)
class Packet:
    """A packet, and the alt texts that were put into it."""

    data: bytes
    texts: tuple[str, ...]


WORDS = st.sampled_from(
    [
        "A dog", "Ein Käfer", "Un château", "猫が寝ている", "كلب بني", "🐈 asleep", "a < b & c > d",
        "]]>", 'She says "no"', "it's", "&amp; twice", "<b>not bold</b>", "100 % {sure}", "\\n",
    ]
)  # fmt: skip
LANGUAGES = st.sampled_from(["x-default", "en", "en-US", "de", "DE", "pt_BR", "zh-Hant", "c", "x"])
WHITE = st.sampled_from(["", "", " ", "\n", "\r\n", "\t\n  "])
QUOTES = st.sampled_from(['"', "'"])


def quoted(text: str, quote: str) -> str:
    entities = {quote: "&quot;" if quote == '"' else "&apos;"}
    return f"{quote}{escape(text, entities)}{quote}"


@st.composite
def references(draw: st.DrawFn, text: str) -> str:
    """Return text in a spelling of XML: escaped, in CDATA, by references, with comments inside."""
    match draw(st.integers(0, 7)):
        case 0 if "]]>" not in text:
            return f"<![CDATA[{text}]]>"
        case 1:
            return "".join(f"&#x{ord(character):X};" for character in text)
        case 2:
            return "".join(f"&#{ord(character)};" for character in text)
        case 3:
            return f"{draw(WHITE)}{escape(text)}{draw(WHITE)}"
        case 4:
            return escape(text).replace(">", "&gt;").replace("'", "&apos;").replace('"', "&quot;")
        case _:
            return escape(text)


@dataclass(frozen=True)
class Spelling:
    """The prefixes of a packet."""

    rdf: str
    core: str
    nodes: list[str] = field(default_factory=list)  # that a property refers to

    def name(self, local: str) -> str:
        return f"{self.rdf}:{local}" if self.rdf else local


@st.composite
def item(draw: st.DrawFn, spelling: Spelling, name: str, text: str, language: str | None) -> str:
    """Return an item of a list, or a property, that has one text."""
    r = spelling.name
    attributes = f" xml:lang={quoted(language, draw(QUOTES))}" if language is not None else ""
    written = draw(references(text))
    prefix = spelling.rdf or "rdf"  # attributes need one
    match draw(st.integers(0, 15)):
        case 0:
            kind = f' {prefix}:parseType="Resource"'
            return f"<{name}{attributes}{kind}><{r('value')}>{written}</{r('value')}></{name}>"
        case 1:
            value = f"<{r('value')}>{written}</{r('value')}><q:q xmlns:q='urn:q#'>x</q:q>"
            return f"<{name}{attributes}><{r('Description')}>{value}</{r('Description')}></{name}>"
        case 2:
            value = f"{prefix}:value={quoted(text, draw(QUOTES))}"
            return f"<{name}{attributes} {value}/>"
        case 3:
            value = f"{prefix}:value={quoted(text, draw(QUOTES))}"
            return f"<{name}{attributes}><{r('Description')} {value}/></{name}>"
        case _:
            return f"<{name}{attributes}>{written}</{name}>"


@st.composite
def alt_text(draw: st.DrawFn, spelling: Spelling, texts: dict[str, str]) -> str:
    """Return the property as an element."""
    r = spelling.name
    name = f"{spelling.core}:{ALT_TEXT}" if spelling.core else ALT_TEXT
    declared = "" if spelling.core else f' xmlns="{CORE}"'
    space = draw(WHITE)
    if len(texts) == 1 and draw(st.integers(0, 3)) == 0:
        ((_, text),) = texts.items()
        whole = draw(item(spelling, name, text, None))
        return whole.replace(f"<{name}", f"<{name}{declared}", 1)
    li = st.sampled_from([r("li")] * 15 + [r("_1")])
    lines = [
        draw(
            item(
                spelling,
                draw(li),
                text,
                None if language == "x-default" and draw(st.booleans()) else language,
            )
        )
        for language, text in texts.items()
    ]
    kind = r(draw(st.sampled_from(["Alt"] * 8 + ["Bag", "Seq"])))
    inner = space.join(["", *lines, ""])
    match draw(st.integers(0, 11)):
        case 0 if spelling.rdf and spelling.core:  # a node apart, which has no address
            spelling.nodes.append(
                f"<{kind} {spelling.rdf}:nodeID='n1'>{inner}</{kind}>"
                if draw(st.booleans())
                else f"<{r('Description')} {spelling.rdf}:nodeID='n1'><{kind}>{inner}</{kind}>"
                f"</{r('Description')}>"
            )
            return f"<{name} {spelling.rdf}:nodeID='n1'/>"
        case 1:
            outer = f" xml:lang={quoted(draw(LANGUAGES), draw(QUOTES))}"
            return f"<{name}{declared}{outer}><{kind}>{inner}</{kind}></{name}>"
        case 2:
            outer = f" xml:lang={quoted(draw(LANGUAGES), draw(QUOTES))}"
            return f"<{name}{declared}><{kind}{outer}>{inner}</{kind}></{name}>"
    comment = draw(st.sampled_from(["", "", "<!-- a <b> -- c -->".replace("--  ", ""), "<?pi x?>"]))
    comment = comment.replace(" -- ", " - ")
    return f"<{name}{declared}>{space}{comment}<{kind}>{inner}</{kind}>{space}</{name}>"


OTHERS = [
    ('xmp:Rating="4"', ""),
    ("", "<xmp:Label>Red</xmp:Label>"),
    (
        "",
        "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>By N. N. &amp; co.</rdf:li>"
        "</rdf:Alt></dc:description>",
    ),
    ("", "<dc:subject><rdf:Bag><rdf:li>cat</rdf:li><rdf:li>dog</rdf:li></rdf:Bag></dc:subject>"),
    (
        "",
        "<xmpMM:DerivedFrom rdf:parseType='Resource'><stRef:documentID>d</stRef:documentID>"
        "</xmpMM:DerivedFrom>",
    ),
    (
        "",
        "<xmpMM:History><rdf:Seq><rdf:li stEvt:action='saved' stEvt:when='2020-01-01'/>"
        "<rdf:li rdf:parseType='Resource'><stEvt:action>a &lt; b</stEvt:action></rdf:li>"
        "</rdf:Seq></xmpMM:History>",
    ),
    ("photoshop:City='Rome &gt; Paris'", ""),
    ("", "<photoshop:Headline><![CDATA[<x> & y]]></photoshop:Headline>"),
]
NAMESPACES = (
    "xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/' "
    "xmlns:stRef='http://ns.adobe.com/xap/1.0/sType/ResourceRef#' "
    "xmlns:stEvt='http://ns.adobe.com/xap/1.0/sType/ResourceEvent#' "
    "xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'"
)


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """Return a packet."""
    rdf, core = draw(
        st.sampled_from(["rdf"] * 6 + ["r", "RDF", ""]).flatmap(
            lambda rdf: st.tuples(
                st.just(rdf),  # one of the two may go without a prefix
                st.sampled_from(["Iptc4xmpCore"] * 3 + ["f", "dc2", "ns0"] + [""] * bool(rdf)),
            )
        )
    )
    spelling = Spelling(rdf, core)
    r = spelling.name
    rdf_prefix = spelling.rdf or "rdf"
    texts = draw(st.dictionaries(LANGUAGES, WORDS, min_size=1, max_size=3))
    declaration = "" if not spelling.core else f" xmlns:{spelling.core}={quoteattr(CORE)}"
    rdf_declaration = f' xmlns:rdf="{RDF}"'
    if spelling.rdf == "":
        rdf_declaration += f' xmlns="{RDF}"'
    elif spelling.rdf != "rdf":
        rdf_declaration += f' xmlns:{spelling.rdf}="{RDF}"'
    where = draw(st.sampled_from(["wrapper", "rdf", "description"]))
    abouts = draw(
        st.sampled_from(
            [f"{rdf_prefix}:about=''"] * 6 + [f"{rdf_prefix}:about='uuid:1'", "about=''", ""]
        )
    )
    others = draw(st.lists(st.sampled_from(OTHERS), max_size=3, unique=True))
    as_attribute = len(texts) == 1 and bool(spelling.core) and draw(st.integers(0, 3)) == 0
    core = "" if as_attribute else draw(alt_text(spelling, texts))
    attribute = ""
    if as_attribute:
        ((_, text),) = texts.items()
        attribute = f"{spelling.core}:{ALT_TEXT}{draw(WHITE)}={quoted(text, draw(QUOTES))}"
    descriptions = []
    together = draw(st.booleans())
    for attributes, inside in others:
        descriptions.append((attributes, inside))
    if together and descriptions:
        attributes, inside = descriptions[-1]
        descriptions[-1] = (f"{attributes} {attribute}", draw(st.permutations([inside, core])))
        descriptions[-1] = (descriptions[-1][0], "".join(descriptions[-1][1]))
    else:
        descriptions.insert(draw(st.integers(0, len(descriptions))), (attribute, core))
    space = draw(WHITE)
    nodes = []
    for attributes, inside in descriptions:
        start = f"{r('Description')} {abouts} {NAMESPACES}"
        start += declaration if where == "description" else ""
        if draw(st.integers(0, 9)) == 0 and inside and not attributes.strip():
            nested = f"<{r('Description')}>{inside}</{r('Description')}>"
            nodes.append(f"<{start}>{nested}</{r('Description')}>")
        elif inside:
            nodes.append(f"<{start} {attributes}>{space}{inside}{space}</{r('Description')}>")
        else:
            nodes.append(f"<{start} {attributes}/>")
    nodes += spelling.nodes
    rdf = f"<{r('RDF')}{rdf_declaration}{declaration if where == 'rdf' else ''}>"
    rdf += f"{space}{space.join(nodes)}{space}</{r('RDF')}>"
    wrapped = where == "wrapper" or draw(st.booleans())
    if wrapped:
        meta = draw(st.sampled_from(["x:xmpmeta"] * 6 + ["x:xapmeta", "xmp:xmpmeta"]))
        prefix = meta.partition(":")[0]
        outer = declaration if where == "wrapper" else ""
        rdf = f"<{meta} xmlns:{prefix}='adobe:ns:meta/'{outer}>{space}{rdf}{space}</{meta}>"
    if draw(st.booleans()):
        begin = draw(st.sampled_from(["\ufeff", ""]))
        rdf = (
            f'<?xpacket begin="{begin}" id="W5M0MpCehiHzreSzNTczkc9d"?>{space}{rdf}'
            f"{space}<?xpacket end='w'?>"
        )
    return draw(encoded(rdf, tuple(texts.values())))


@st.composite
def encoded(draw: st.DrawFn, text: str, texts: tuple[str, ...]) -> Packet:
    """Return a packet in one of the encodings, with or without a declaration of it."""
    encoding, mark = draw(
        st.sampled_from(
            [("utf-8", "")] * 12
            + [
                ("utf-8", "\ufeff"), ("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff"),
                ("utf-16-le", ""), ("utf-16-be", ""), ("utf-32-le", "\ufeff"),
                ("utf-32-be", ""), ("iso-8859-1", ""), ("us-ascii", ""), ("windows-1252", ""),
            ]
        )
    )  # fmt: skip
    single = encoding in {"iso-8859-1", "us-ascii", "windows-1252"}
    if single and "<![CDATA[" in text:  # where references mean nothing
        single, encoding = False, "utf-8"
    declared = encoding.partition("-le")[0].partition("-be")[0]
    begin = (
        "" if draw(st.booleans()) and not single else f"<?xml version='1.0' encoding='{declared}'?>"
    )
    if single:
        text = text.replace("\ufeff", "")
    data = (mark + begin + text).encode(encoding, "xmlcharrefreplace" if single else "strict")
    tail = draw(st.sampled_from(["", "", "\n", "\0", " " * 50])).encode(encoding)
    return Packet(data + tail, texts)
