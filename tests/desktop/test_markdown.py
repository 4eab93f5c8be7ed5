"""Qt's reader of Markdown, which is md4c, shows what was meant."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument, QTextFormat

from lorgnette import markdown

pytestmark = pytest.mark.gui

PIECES = st.sampled_from((
    *("~~", "**", "__", "`", "|", "$x$", "<b>", "&amp;", "#", "==", ":cat:", "^", "{.a}", "\\"),
    *("[a](b)", "![", "](", "http://a.example/", "www.a.example", "1. ", "- ", "> ", "A dog"),
    *("\u00e9", "\U0001f408", "'s", '"', "(so)", "a@b.example", "---", "+ ", "[^1]", "<!--"),
))  # fmt: skip


def alternatives(document: str) -> list[str]:
    """The alternative texts in a document, as Qt found them, by image."""
    parsed = QTextDocument()
    parsed.setMarkdown(document, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
    found: dict[str, str] = {}
    block = parsed.begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            form = fragments.fragment().charFormat()
            if form.isImageFormat():
                name = form.toImageFormat().name()
                part = form.property(QTextFormat.Property.ImageAltText) or ""
                # Two parts that are alike are one fragment of two characters.
                part *= fragments.fragment().length()
                found[name] = found.get(name, "") + part
            fragments += 1
        block = block.next()
    return list(found.values())


@given(st.lists(PIECES, min_size=1, max_size=6).map("".join))
def test_words_are_shown_as_they_are(qapp: object, text: str) -> None:
    words = " ".join(text.split())
    assert alternatives(f"- ![{markdown.escaped(text)}](<./a.png>)\n") == [words]


def test_the_reader_obeys_what_is_not_escaped(qapp: object) -> None:
    assert alternatives("![a ~~b~~ *c*](<./a.png>)") == ["a b c"]


def test_most_sentences_stay_as_they_are() -> None:
    for text in ("A dog's ball - 5 EUR, at 10:30.", "Two people; one waves."):
        assert markdown.escaped(text) == text
    assert re.fullmatch(r"a \\:cat: b", markdown.escaped("a :cat: b"))
