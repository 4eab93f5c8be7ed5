"""Words as they are kept: clean text, tags of languages, and bytes in whatever encoding."""

import codecs
import re
import unicodedata

MIXED = "lorgnette-mixed"  # for bytes.decode("utf-8", MIXED)

_BREAKS = re.compile("[ \t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")


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


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    # The five bytes that Windows leaves out are control characters, which nobody keeps.
    text = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in wrong)
    return text, error.end


# Bytes that are no UTF-8 are those of Windows' first code page, in most files out there.
codecs.register_error(MIXED, _as_windows_1252)
