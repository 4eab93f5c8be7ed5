"""What lorgnette notes beside the words, in a vocabulary of its own: who wrote them, and when."""

import hashlib
from collections.abc import Iterable, Mapping

from lorgnette.alttext import lang_alt
from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.alttext.lang_alt import Items

OURS = "urn:lorgnette:ns:1.0#"  # never changes: files out there hold it
CAPTION_HASH = "CaptionHash"  # of the text that lorgnette copied to the caption fields


def text_hash(text: str) -> str:
    """Return what tells alt text that lorgnette wrote from a later edit by another program."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def alt_text(
    items: Items, extended: Items, notes: Mapping[str, str], language: str
) -> tuple[AltText | None, bool]:
    """Return the alt text, and whether another program has changed what lorgnette wrote.

    Args:
        items, extended: the alt text and the extended description, cleaned.
        notes: what lorgnette noted there, by local names.
        language: the one to prefer where there are several, BCP 47.
    """
    tag, text = lang_alt.pick(items, language)
    words = AltText(
        text=text, extended_description=lang_alt.pick(extended, language)[1], language=tag
    )
    decorative = notes.get("Decorative", "").lower() == "true"
    if not text and not decorative:
        return None, False
    default = lang_alt.default(items)
    written = notes.get("TextHash", "")
    if text and (decorative or not written or text_hash(default) != written):
        return words, bool(written or decorative)
    if text != default:  # another language, which a person added
        return words, False
    return AltText(
        text=text,
        extended_description=words.extended_description,
        language=tag,
        # Words of an origin that a later version may know are taken for a person's: the safe side.
        origin=_ORIGINS.get(notes.get("Origin", ""), Origin.HUMAN),
        reviewed=notes.get("Reviewed", "").lower() != "false",
        decorative=decorative,
        model=notes.get("Model", ""),
        confidence=_fraction(notes.get("Confidence", "")),
    ), False


def notes_on(words: AltText, default: str, date: str, supersedes: Iterable[str]) -> dict[str, str]:
    """Return what to note beside words, by local names; an empty value is left out.

    Args:
        default: the text that x-default has.
        date: ISO 8601.
        supersedes: texts elsewhere that the words stand in for.
    """
    return {
        "Origin": words.origin.value,
        "Reviewed": str(words.reviewed),
        "Model": words.model,
        "Confidence": "" if words.confidence is None else f"{words.confidence:.2f}",
        "Decorative": "True" if words.decorative else "",
        "TextHash": text_hash(default) if default else "",
        "Supersedes": " ".join(map(text_hash, supersedes)),
        "Date": date,
    }


_ORIGINS = {origin.value: origin for origin in Origin}


def _fraction(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None
