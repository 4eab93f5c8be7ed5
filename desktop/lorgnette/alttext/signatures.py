"""Whether somebody has signed a file: a change of any byte would break what they vouch for."""

import os
import re
from pathlib import Path

from lorgnette.alttext import ifd
from lorgnette.alttext.container import MalformedContainerError
from lorgnette.alttext.ifd import Form
from lorgnette.files import Source

# Of OpenPGP, signify and minisign, S/MIME, XML and JSON, Sigstore, RFC 3161 and OpenTimestamps;
# and of a sum of its bytes.
_BESIDE = (
    *(".asc", ".sig", ".sign", ".pgp", ".minisig", ".p7s", ".p7m", ".cms", ".xades", ".jws"),
    *(".sigstore", ".sigstore.json", ".bundle", ".cosign.bundle", ".tsr", ".ots"),
    *(f".{digest}.{end}" for digest in ("sha256", "sha512") for end in ("asc", "sig", "minisig")),
)
_MANIFEST = ".c2pa"  # in place of the picture's own ending, or behind it
_XML_SIGNATURE = re.compile(rb"http://www\.w3\.org/(?:2000/09|2009)/xmldsig")
# Content credentials that are kept elsewhere (C2PA 2.1, 11.5).
_PROVENANCE = re.compile(
    rb":provenance\b[^<]{0,400}?(?:https?://[^<\"']|self#jumbf|[\w-]\.c2pa\b)", re.IGNORECASE
)
_MAKE, _MAKER_NOTE = 0x010F, 0x927C
_NIKON_HEAD, _NIKON_AUTHENTICATION = b"Nikon\0\2", 0x0020  # the camera's switch for signatures
_CANON_DECISION_DATA = 0x0083  # where what Canon signs with begins in the file
_TERMS = b"http://purl.org/dc/terms/"


def beside(path: Path) -> str:
    """Return why a file must not change, by what lies beside it; empty where it may."""
    names = [path.name + ending for ending in (*_BESIDE, _MANIFEST)]
    if path.suffix.lower() != ".xmp":
        names.append(path.stem + _MANIFEST)
    for name in (spelt for each in names for spelt in (each, _in_capitals(each, path))):
        if os.path.exists(os.path.join(path.parent, name)):  # noqa: PTH110, PTH118 - fast
            return _reason(name)
    return ""


def _in_capitals(name: str, path: Path) -> str:
    """Return a name beside a file as old programs spell its ending."""
    start = path.name if name.startswith(path.name) else path.stem
    return start + name[len(start) :].upper()


def within(packet: bytes) -> str:
    """Return why a file must not change, by its XMP; empty where it may."""
    squeezed = packet.replace(b"\0", b"")
    if _XML_SIGNATURE.search(squeezed):
        return _reason("XML")
    terms = squeezed.replace(_TERMS, b"")
    if len(terms) < len(squeezed) and _PROVENANCE.search(terms):
        return _reason("C2PA, kept elsewhere")
    return ""


def by_camera(file: Source, exif: Source) -> str:
    """Return why a file must not change, by what its camera noted; empty where it may.

    Args:
        file: all of it.
        exif: its Exif block; the file itself where it is a TIFF.
    """
    try:
        form = Form.of(exif)
        main = ifd.first(exif, form)
        below = ifd.exif(exif, form, main)
        note = below.find(_MAKER_NOTE) if below is not None else None
        if note is None:
            return ""
        if exif.read(note.start, len(_NIKON_HEAD)) == _NIKON_HEAD:
            # Behind its name and version, a structure of its own.
            inner = Source.of(exif.read(note.start + 10, max(note.length - 10, 0)))
            form = Form.of(inner)
            start = ifd.beginning(inner, form)
            found = ifd.directory(inner, form, start, forgiving=True)
            signed = any(ifd.numbers(inner, form, found.find(_NIKON_AUTHENTICATION)))
            return _reason("by a Nikon camera") if signed else ""
        make = main.find(_MAKE)
        if make is None or not exif.read(make.start, make.length).startswith(b"Canon"):
            return ""
        found = ifd.directory(exif, form, note.start, forgiving=True)
        places = ifd.numbers(exif, form, found.find(_CANON_DECISION_DATA))
        # Of a copy that another program made, only the place is left.
        signed = any(place and file.read(place, 4) == b"\xff" * 4 for place in places[:1])
        return _reason("by a Canon camera") if signed else ""
    except MalformedContainerError:
        return ""


def _reason(by: str) -> str:
    return f"the file is signed ({by}), and any change breaks the signature"
