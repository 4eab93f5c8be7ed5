"""Packets as programs really write them, and ours as other programs read them."""

import subprocess
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorgnette.alttext import AltText, Origin, texts, xmp
from lorgnette.alttext.markup import MalformedPacketError

CORE = 'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
EXT = 'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
DATE = "2026-11-24T12:00:00+00:00"
ENGLISH = AltText(text="A brown dog", language="en")


def packet(inside: str, attributes: str = "", *, rdf: str = "rdf") -> bytes:
    colon = f"{rdf}:"
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><{colon}RDF '
        f'xmlns:{rdf}="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<{colon}Description {colon}about="" {CORE} {EXT} {attributes}>{inside}'
        f"</{colon}Description></{colon}RDF></x:xmpmeta>"
    ).encode()


def alt(*items: tuple[str, str], kind: str = "Alt") -> str:
    lines = "".join(f'<rdf:li xml:lang="{tag}">{text}</rdf:li>' for tag, text in items)
    return (
        f"<Iptc4xmpCore:AltTextAccessibility><rdf:{kind}>{lines}</rdf:{kind}>"
        "</Iptc4xmpCore:AltTextAccessibility>"
    )


def items(data: bytes) -> list[tuple[str, str]]:
    """Return the languages and texts, as ElementTree sees them."""
    root = ET.fromstring(data.replace(b"\xef\xbb\xbf", b""))  # noqa: S314 - it is ours
    rdf = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    name = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}AltTextAccessibility"
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    return [
        (line.attrib[language], line.text or "")
        for element in root.iter(name)
        for line in element.iter(f"{rdf}li")
    ]


def read(data: bytes, language: str = "") -> AltText:
    found = xmp.read(data, language).alt_text
    assert found is not None
    return found


@pytest.mark.parametrize(
    "data",
    [
        packet(alt(("x-default", "A dog"))),
        packet(alt(("en", "A dog"))),
        packet(alt(("x-default", "A dog"), kind="Bag")),
        packet(alt(("x-default", "A dog"), kind="Seq")),
        packet(alt(("c", "A dog"))),
        packet(alt(("x-default", " \n A   dog\t"))),
        packet(alt(("x-default", "A\n dog"))),
        packet(alt(("x-default", ""), ("en-us", "A dog"))),
        packet("<Iptc4xmpCore:AltTextAccessibility>A dog</Iptc4xmpCore:AltTextAccessibility>"),
        packet(alt(("x-default", "A dog")).replace(' xml:lang="x-default"', "")),
        packet("", "Iptc4xmpCore:AltTextAccessibility='A dog'"),
        packet(
            '<Iptc4xmpCore:AltTextAccessibility rdf:parseType="Resource">'
            "<rdf:value>A dog</rdf:value></Iptc4xmpCore:AltTextAccessibility>"
        ),
        packet(alt(("x-default", "A dog")).replace("Iptc4xmpCore:", "Iptc4xmpExt:")),
        packet(alt(("x-default", "A dog")))
        .replace(b"Iptc4xmpCore:", b"f:")
        .replace(b"xmlns:Iptc4xmpCore", b"xmlns:f"),
        packet(alt(("x-default", "A dog"))).replace(b'"', b"'"),
        packet(alt(("x-default", "A dog"))).decode().encode("utf-16"),
        packet(alt(("x-default", "A dog"))).decode().encode("utf-32-be"),
        packet(alt(("x-default", "A dog"))) + b"\0\0",
        packet(alt(("x-default", "A dog")).replace("rdf:", "r:"), rdf="r"),
        packet(alt(("x-default", "A &#100;og"))),
    ],
)
def test_alt_text_is_read_in_every_shape_of_the_wild(data: bytes) -> None:
    found = read(data)
    assert (found.text, found.origin, found.reviewed) == ("A dog", Origin.HUMAN, True)


def test_a_caption_is_not_alt_text() -> None:
    caption = packet(
        '<dc:description xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Alt>'
        '<rdf:li xml:lang="x-default">Reuters</rdf:li></rdf:Alt></dc:description>'
    )
    words = xmp.read(caption)
    assert (words.alt_text, words.captions) == (None, ("Reuters",))


@pytest.mark.parametrize(
    ("language", "text", "tag"),
    [
        ("", "A dog", "en"),
        ("en", "A dog", "en"),
        ("de", "Ein Hund", "de"),
        ("de-CH", "Ein Hund", "de"),
        ("pt-br", "Um cachorro", "pt-BR"),
        ("pt", "Um cão", "pt"),
        ("ja", "A dog", "en"),
    ],
)
def test_the_wished_language_comes_first(language: str, text: str, tag: str) -> None:
    data = packet(
        alt(
            ("x-default", "A dog"),
            ("en", "A dog"),
            ("DE", "Ein Hund"),
            ("pt", "Um cão"),
            ("pt-BR", "Um cachorro"),
        )
    )
    found = read(data, language)
    assert (found.text, found.language) == (text, tag)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], ENGLISH, [("x-default", "A brown dog"), ("en", "A brown dog")]),
        ([], AltText(text="A"), [("x-default", "A")]),
        (
            [],
            AltText(text="A", language="pt_br"),
            [("x-default", "A"), ("pt", "A"), ("pt-BR", "A")],
        ),
        ([("x-default", "B")], ENGLISH, [("x-default", "A brown dog"), ("en", "A brown dog")]),
        (
            [("x-default", "Hund"), ("de", "Hund")],
            ENGLISH,
            [("x-default", "Hund"), ("de", "Hund"), ("en", "A brown dog")],
        ),
        (
            [("x-default", "dog"), ("en", "dog"), ("de", "Hund")],
            ENGLISH,
            [("x-default", "A brown dog"), ("en", "A brown dog"), ("de", "Hund")],
        ),
        (
            [("x-default", "dog"), ("en-US", "dog")],
            ENGLISH,
            [("x-default", "A brown dog"), ("en-US", "A brown dog"), ("en", "A brown dog")],
        ),
        (
            [("x-default", "dog"), ("en", "dog")],
            AltText(text="puppy"),
            [("x-default", "puppy"), ("en", "puppy")],
        ),
        ([("en", "dog")], ENGLISH, [("x-default", "A brown dog"), ("en", "A brown dog")]),
        (
            [("x-default", "Hund"), ("de", "Hund")],
            AltText(text="dog", language="en", origin=Origin.MACHINE, reviewed=False),
            [("x-default", "dog"), ("de", "Hund"), ("en", "dog")],
        ),
    ],
)
def test_languages_that_are_not_ours_stay(
    old: list[tuple[str, str]], new: AltText, expected: list[tuple[str, str]]
) -> None:
    before = packet(alt(*old)) if old else None
    after = xmp.merge(before, new, date=DATE)
    assert items(after) == expected
    assert read(after, new.language).text == new.text
    assert xmp.merge(after, new, date=DATE) == after


@pytest.mark.parametrize(
    "before",
    [
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        b'<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></RDF>',
        packet("", "Iptc4xmpCore:AltTextAccessibility='old'"),
        packet(alt(("x-default", "old")), "Iptc4xmpCore:Location = 'Rome'"),
        packet(alt(("x-default", "old")) + alt(("x-default", "older"))),
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\r\n' + packet("\r\n"),
        packet("<!-- </rdf:RDF> --><![CDATA[ ]]>"),
        packet("", 'rdf:nodeID="a" Iptc4xmpCore:Location="a &gt; b"'),
    ],
)
def test_words_find_a_place_in_any_packet(before: bytes) -> None:
    after = xmp.merge(before, ENGLISH, date=DATE)
    assert items(after) == [("x-default", "A brown dog"), ("en", "A brown dog")]
    assert xmp.merge(after, ENGLISH, date=DATE) == after
    assert (b"Rome" in after) == (b"Rome" in before)
    assert (b"\r\n" in after) == (b"\r\n" in before)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_attributes_of_ours_among_others_are_replaced(quote: str) -> None:
    attributes = (
        'xmlns:own="urn:lorgnette:ns:1.0#" xmlns:p="urn:p" p:AltTextAccessibility="stays"\n'
        'Iptc4xmpCore:AltTextAccessibility = "old > " own:Origin="machine" p:last="1"'
    )
    before = packet("", attributes.replace('"', quote))
    after = xmp.merge(before, ENGLISH, date=DATE)
    assert items(after) == [("x-default", "A brown dog"), ("en", "A brown dog")]
    assert read(after) == ENGLISH
    kept = 'xmlns:p="urn:p" p:AltTextAccessibility="stays" p:last="1"'
    assert kept.replace('"', quote).encode() in after
    assert b"machine" not in after


def test_doubled_words_among_other_properties_become_one() -> None:
    doubled = alt(("x-default", "old")) + alt(("x-default", "older"))
    before = packet(doubled, "Iptc4xmpCore:Location='Rome'")
    after = xmp.merge(before, ENGLISH, date=DATE)
    assert items(after) == [("x-default", "A brown dog"), ("en", "A brown dog")]
    decorative = xmp.merge(before, AltText(decorative=True), date=DATE)
    assert items(decorative) == []
    assert b"Rome" in decorative


def test_removing_our_words_leaves_the_packet_as_it_was() -> None:
    before = packet("", "Iptc4xmpCore:Location='Rome'")
    after = xmp.merge(xmp.merge(before, ENGLISH, date=DATE), AltText(decorative=True), date=DATE)
    assert b"AltText" not in after
    assert after.startswith(before[: before.index(b"</rdf:RDF>")])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<!DOCTYPE a><a/>", "document type"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b"<x:xmpmeta", "not well-formed"),
        (b"<a>" * 100 + b"</a>" * 100, "too deep"),
        (b"<a>description</a>", "no rdf:RDF"),
        (b"<a>\xff</a>", "no rdf:RDF"),
        (b"<a>" + b" " * xmp.MAX_BYTES + b"</a>", "too large"),
    ],
)
def test_what_is_not_a_sound_packet_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedPacketError, match=why):
        xmp.merge(data, ENGLISH, date=DATE)


def test_the_hash_shows_an_edit_by_another_program() -> None:
    draft = AltText(text="A dog", language="en", origin=Origin.MACHINE, reviewed=False)
    ours = xmp.merge(None, draft, date=DATE)
    assert xmp.read(ours).alt_text == draft
    edited = xmp.read(ours.replace(b"A dog", b"My dog"))
    assert edited.edited_elsewhere
    assert edited.alt_text == AltText(text="My dog", language="en")


def test_a_draft_takes_no_extended_description_away() -> None:
    ours = xmp.merge(None, AltText(text="A", extended_description="Long"), date=DATE)
    draft = AltText(text="B", origin=Origin.MACHINE, reviewed=False)
    assert read(xmp.merge(ours, draft, date=DATE)).extended_description == "Long"
    assert read(xmp.merge(ours, AltText(text="B"), date=DATE)).extended_description == ""


@pytest.mark.parametrize("size", [None, 10, 800, 1000, 5000])
def test_padding_makes_up_the_size(size: int | None) -> None:
    ours = xmp.merge(None, ENGLISH, date=DATE)
    fitted = xmp.fit(ours, size, padding=2048, limit=65502)
    if size in {1000, 5000}:
        assert len(fitted) == size
    assert items(fitted) == items(ours)
    assert read(fitted) == ENGLISH
    assert fitted.endswith(b'<?xpacket end="w"?>')


def test_padding_gives_way_to_the_limit() -> None:
    ours = xmp.merge(None, ENGLISH, date=DATE)
    fitted = xmp.fit(ours, None, padding=2048, limit=len(ours) + 100)
    assert len(ours) < len(fitted) <= len(ours) + 100


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("sr-LATN", "sr-Latn"),
        ("c", ""),
        ("und", ""),
        ("x-default", ""),
        ("", ""),
        ("en-", "en"),
        ('en"><', ""),
    ],
)
def test_tags_get_their_canonical_case(tag: str, expected: str) -> None:
    assert texts.language_tag(tag) == expected


TEXTS = st.text(min_size=1, max_size=300) | st.sampled_from(
    [
        "كلب بني على العشب",
        "\u202b\u05e9\u05dc\u05d5\u05dd\u202c",
        "👩\u200d👩\u200d👧 ]]>",
        "a" * 400,
        "e\u0301",
        "\u00a0x",
    ]
)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_any_text_comes_back(text: str, extended: str) -> None:
    cleaned, long = texts.clean(text), texts.clean(extended, lines=True)
    assert texts.clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    if not cleaned:
        return
    alt_text = AltText(text=cleaned, extended_description=long, language="ar")
    data = xmp.merge(None, alt_text, date=DATE)
    assert items(data)[0] == ("x-default", cleaned)
    assert read(data) == alt_text
    assert read(xmp.merge(packet("", "Iptc4xmpCore:Location='a'"), alt_text, date=DATE)) == alt_text


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=TEXTS)
def test_exiftool_reads_any_text(text: str, exiftool, tmp_path: Path) -> None:
    cleaned = texts.clean(text)
    if cleaned:
        path = tmp_path / "words.xmp"
        path.write_bytes(xmp.merge(None, AltText(text=cleaned), date=DATE))
        read_back = exiftool.run("-b", "-XMP-iptcCore:AltTextAccessibility", path)
        assert read_back == cleaned


def test_exiv2_keeps_our_namespace_when_it_edits(tmp_path: Path) -> None:
    draft = AltText(text="A dog", origin=Origin.MACHINE, reviewed=False, confidence=0.5)
    path = tmp_path / "picture.xmp"
    path.write_bytes(xmp.merge(None, draft, date=DATE))
    subprocess.run(["exiv2", "-M", "set Xmp.xmp.Rating 4", path], check=True)
    assert b"Rating" in path.read_bytes()
    assert read(path.read_bytes()) == draft


def test_what_is_mended_leaves_cdata_and_comments_as_they_are(exiftool, tmp_path) -> None:
    headline = "<![CDATA[<x> & y &amp; z < 1]]>"
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        '"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
        f"<!-- a & b -- c <![CDATA[ ---><photoshop:Headline>{headline}</photoshop:Headline>"
        "<photoshop:City>A & B < C</photoshop:City>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    merged = xmp.merge(packet, AltText(text="Words"), date="")
    assert headline.encode() in merged
    assert b"<!-- a & b - - c <![CDATA[ - -->" in merged
    path = tmp_path / "a.xmp"
    path.write_bytes(merged)
    tags = exiftool.tags(path, "-XMP-photoshop:all")
    assert tags["XMP-photoshop:Headline"] == "<x> & y &amp; z < 1"
    assert tags["XMP-photoshop:City"] == "A & B < C"


CONTROLS = [chr(code) for code in range(1, 32) if chr(code) not in "\t\n\r"]
FORBIDDEN = [
    *(each.encode() for each in (*CONTROLS, "\ufffe", "\uffff")),
    *(f"&#{ord(each)};".encode() for each in CONTROLS),
    *(b"&#x%X;" % code for code in (0, 8, 0xB, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x110000)),
]


@pytest.mark.parametrize("place", ["Iptc4xmpCore:Location='Rome%s'", "Iptc4xmpCore:%s='Rome'"])
@pytest.mark.parametrize("spelt", FORBIDDEN)
def test_characters_that_cannot_be_spelt_in_xml_are_not_lost(spelt: bytes, place: str) -> None:
    before = packet(alt(("x-default", "A cat")), place).replace(b"%s", spelt)
    with pytest.raises(MalformedPacketError, match=r"forbids|not well-formed"):
        xmp.merge(before, ENGLISH, date=DATE)
    assert xmp.read(before).alt_text == AltText(text="A cat") or xmp.read(before).unread


@pytest.mark.parametrize("spelt", FORBIDDEN)
def test_words_are_read_around_characters_that_xml_forbids(spelt: bytes) -> None:
    before = packet(alt(("x-default", "A % cat"))).replace(b"%", spelt)
    assert read(before).text.split() == ["A", "cat"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_half_a_letter_is_not_lost(encoding: str) -> None:
    whole = "\ufeff" + packet(alt(("x-default", "A cat")), "Iptc4xmpCore:Location='R?me'").decode()
    half = whole.replace("?", "\ud800").encode(encoding, "surrogatepass")
    with pytest.raises(MalformedPacketError, match=r"letters .* are damaged"):
        xmp.merge(half, ENGLISH, date=DATE)
    assert read(half).text == "A cat"
    sound = whole.replace("?", "\U0001f408").encode(encoding)
    assert "R\U0001f408me".encode() in xmp.merge(sound, ENGLISH, date=DATE)


def test_letters_of_an_old_encoding_are_whole() -> None:
    """Korean's first bytes are those of half letters, and its text is sound."""
    text = (
        "<?xml version='1.0' encoding='euc-kr'?>" + packet("", "Iptc4xmpCore:Location='%'").decode()
    )
    korean = text.encode().replace(b"%", b"\xed\xa1\xed\xb0")
    after = xmp.merge(korean, ENGLISH, date=DATE)
    assert b"\xed\xa1\xed\xb0".decode("euc-kr").encode() in after


def test_zeros_that_fill_a_packet_are_no_characters(exiftool, tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(packet("\0\0", "Iptc4xmpCore:Location='Rome\0'") + b"\0\n\0")
    before = exiftool.tags(path, "-XMP-iptcCore:Location")
    path.write_bytes(xmp.merge(path.read_bytes(), ENGLISH, date=DATE))
    assert exiftool.tags(path, "-XMP-iptcCore:Location") == before
    assert before["XMP-iptcCore:Location"] == "Rome"


def test_words_that_a_broken_instruction_swallows_are_said_to_be_there() -> None:
    packet = xmp.merge(None, AltText(text="Words"), date="")
    broken = packet.replace(b'W5M0MpCehiHzreSzNTczkc9d"?>', b"W5M0MpCehiHzreSzNTczkc9")
    assert broken != packet
    words = xmp.read(broken)
    assert (words.alt_text, words.unread) == (None, True)
    assert "names alt text" in words.trouble


def test_alt_text_in_an_unknown_form_is_said_to_be_there() -> None:
    """Here a damaged namespace hides RDF; ExifTool guesses."""
    packet = xmp.merge(None, AltText(text="Mine"), date="2026-01-01")
    words = xmp.read(packet.replace(b"www.w3.org/1999", b"www.w3.org/199"))
    assert (words.alt_text, words.unread) == (None, True)
    assert "in a form that is not read here" in words.trouble
    empty = packet.replace(b">Mine<", b"><").replace(b"TextHash", b"Text")
    assert xmp.read(empty).trouble == ""


@pytest.mark.parametrize("before", [b"\0", b"\0\0\0", b" \0"])
def test_zeros_before_a_packet_are_no_encoding(before: bytes) -> None:
    packet = before + xmp.merge(None, AltText(text="Mine"), date="2026-01-01")[41:]
    found = xmp.read(packet[: len(before)] + packet[packet.index(b"<") :]).alt_text
    assert found is not None
    assert found.text == "Mine"


def test_a_name_with_a_small_letter_is_ours_as_exiftool_has_it() -> None:
    packet = xmp.merge(None, AltText(text="Mine"), date="2026-01-01")
    small = packet.replace(b":AltText", b":altText")
    assert small != packet
    found = xmp.read(small).alt_text
    assert found is not None
    assert found.text == "Mine"
    other = xmp.merge(small, AltText(text="Other"), date="2026-01-02")
    assert b"Mine" not in other
    assert b"altText" not in other


def test_a_packet_that_is_too_large_to_read_says_so() -> None:
    words = xmp.read(b" " * ((16 << 20) + 1))
    assert (words.trouble, words.unread) == ("its XMP packet is too large", True)
