"""Whether somebody has signed a file: a change of any byte would break what they vouch for."""

import os
import re
from pathlib import Path

# Of OpenPGP, signify and minisign, S/MIME, Sigstore, RFC 3161 and OpenTimestamps.
_BESIDE = (
    ".asc",
    ".sig",
    ".sign",
    ".minisig",
    ".p7s",
    ".sigstore",
    ".sigstore.json",
    ".tsr",
    ".ots",
)
_MANIFEST = ".c2pa"  # in place of the picture's own ending, or behind it
_XML_SIGNATURE = re.compile(rb"http://www\.w3\.org/(?:2000/09|2009)/xmldsig")
# Content credentials that are kept elsewhere (C2PA 2.1, 11.5).
_PROVENANCE = re.compile(
    rb":provenance\b[^<]{0,400}?(?:https?://[^<\"']|self#jumbf|[\w-]\.c2pa\b)", re.IGNORECASE
)
_TERMS = b"http://purl.org/dc/terms/"


def beside(path: Path) -> str:
    """Return why a file must not change, by what lies beside it; empty where it may."""
    names = [path.name + ending for ending in (*_BESIDE, _MANIFEST)]
    if path.suffix.lower() != ".xmp":
        names.append(path.stem + _MANIFEST)
    for name in names:
        if os.path.exists(os.path.join(path.parent, name)):  # noqa: PTH110, PTH118 - fast
            return _reason(name)
    return ""


def within(packet: bytes) -> str:
    """Return why a file must not change, by its XMP; empty where it may."""
    squeezed = packet.replace(b"\0", b"")
    if _XML_SIGNATURE.search(squeezed):
        return _reason("XML")
    terms = squeezed.replace(_TERMS, b"")
    if len(terms) < len(squeezed) and _PROVENANCE.search(terms):
        return _reason("C2PA, kept elsewhere")
    return ""


def _reason(by: str) -> str:
    return f"the file is signed ({by}), and any change breaks the signature"
