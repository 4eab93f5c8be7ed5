"""One text in several languages (ISO 16684-1, 8.2.2.4): which to show, and how to put one in."""

from collections.abc import Sequence
from typing import TypeAlias

from lorgnette.alttext.rdf import DEFAULT
from lorgnette.alttext.texts import language_tag

Items: TypeAlias = Sequence[tuple[str, str]]  # (language, text), the default first as a rule


def default(items: Items) -> str:
    """Return the text for those who wish for no language; empty where there is none."""
    return next((text for tag, text in items if tag.lower() == DEFAULT), "")


def pick(items: Items, language: str) -> tuple[str, str]:
    """Return the language and text to show: as wished, else the default, else the first."""
    if not items:
        return "", ""
    wished = language_tag(language).lower()
    by_tag = {tag.lower(): text for tag, text in reversed(items)}
    for tag in (wished, wished.partition("-")[0], DEFAULT, items[0][0].lower()):
        if tag in by_tag:
            break
    text = by_tag[tag]
    # x-default repeats the text of a real language; the longest tag tells most.
    same = [language_tag(name) for name, value in items if value == text]
    if tag != DEFAULT:
        same = [name for name in same if name.lower().startswith(language_tag(tag).lower())]
    return max(same, key=len, default=""), text


def put(text: str, language: str, old: Items, *, draft: bool) -> list[tuple[str, str]]:
    """Return items with text put in; other languages' items stay in order.

    Args:
        draft: a machine's words, which never hide behind another language's default.
    """
    full = language_tag(language)
    primary = full.partition("-")[0]
    before = default(old)
    others = [(tag, value) for tag, value in old if tag.lower() != DEFAULT]

    def ours(tag: str, value: str) -> bool:
        if not full:  # of no stated language: it replaces what x-default stood for
            return value == before
        tag = language_tag(tag)
        return tag in {full, primary} or (full == primary and tag.startswith(f"{primary}-"))

    owned = [value for tag, value in others if ours(tag, value)]
    foreign = [value for tag, value in others if not ours(tag, value)]
    # x-default may stand for another language's text; a second language then leaves it alone.
    second = bool(before and full and foreign) and before not in owned
    stays = second and not draft and (before in foreign or not owned)
    items = [(DEFAULT, before if stays else text)]
    items += [(tag, text if ours(tag, value) else value) for tag, value in others]
    known = {tag.lower() for tag, _ in items}
    items += [
        (tag, text) for tag in dict.fromkeys((primary, full)) if tag and tag.lower() not in known
    ]
    return items
