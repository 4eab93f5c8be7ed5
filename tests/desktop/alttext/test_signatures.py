"""Signed files stay as they are, however they are signed; a sidecar takes the words."""

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin
from tests.oracles import ExifTool

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, SidecarError, xmp

Sample = Callable[[str], Path]
WORDS = AltText(text="A cat", language="en")
TERMS = 'xmlns:dcterms="http://purl.org/dc/terms/"'
XML_SIGNATURE = (
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/>'
    "<ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>"
)


def packet(inside: str = "", attributes: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        '"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f"{attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


BESIDE = ("{}.asc", "{}.sig", "{}.sign", "{}.minisig", "{}.p7s", "{}.sigstore", "{}.sigstore.json",
          "{}.tsr", "{}.ots", "{}.c2pa")  # fmt: skip
SIGNED_PACKETS = {
    "provenance, an attribute": packet(
        attributes=f'{TERMS} dcterms:provenance="https://cai.example/manifests/1.c2pa"'
    ),
    "provenance, an element": packet(
        f"<dcterms:provenance {TERMS}>https://cai.example/1</dcterms:provenance>"
    ),
    "provenance, a resource": packet(
        f'<dcterms:provenance {TERMS} rdf:resource="http://cai.example/1"/>'
    ),
    "provenance, under another prefix": packet(
        attributes='xmlns:t="http://purl.org/dc/terms/" t:provenance="manifests/1.c2pa"'
    ),
    "provenance, inside the file": packet(
        attributes=f'{TERMS} dcterms:provenance="self#jumbf=c2pa/urn:uuid:1"'
    ),
    "provenance, in UTF-16": packet(
        attributes=f'{TERMS} dcterms:provenance="https://cai.example/1"'
    ).decode().encode("utf-16"),
    "XML signature": packet(XML_SIGNATURE),
    "XML signature, 1.1": packet(XML_SIGNATURE.replace("2000/09/xmldsig#", "2009/xmldsig11#")),
}  # fmt: skip


def embed(picture: Path) -> str:
    before = picture.read_bytes()
    written = alttext.write(picture, WORDS, Destination.EMBED)
    assert (written.destination, picture.read_bytes()) == (Destination.SIDECAR, before)
    assert alttext.read(picture).alt_text == WORDS
    return written.reason


@pytest.mark.parametrize(
    "name",
    [
        *(*BESIDE, "{}.pgp", "{}.cms", "{}.xades", "{}.jws", "{}.bundle", "{}.sha256.asc"),
        *("{}.SIG", "{}.ASC", "{}.P7S", "plain.c2pa", "plain.C2PA"),
    ],
)
def test_a_signature_beside_the_picture(name: str, sample: Sample) -> None:
    picture = sample("plain.jpg")
    (picture.parent / name.format("plain.jpg")).write_bytes(b"signature")
    assert "signed" in embed(picture)


@pytest.mark.parametrize("name", BESIDE)
def test_a_signature_beside_the_sidecar(name: str, sample: Sample) -> None:
    picture = sample("plain.jpg")
    sidecar = picture.with_name("plain.jpg.xmp")
    sidecar.write_bytes(packet())
    sidecar.with_name(name.format(sidecar.name)).write_bytes(b"signature")
    with pytest.raises(SidecarError, match="it is signed"):
        alttext.write(picture, WORDS, Destination.SIDECAR)
    assert sidecar.read_bytes() == packet()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (name, what)
        for name in ("plain.jpg", "plain.png", "exif-icc.webp", "plain.gif", "a.tif")
        for what in SIGNED_PACKETS
        if name != "plain.gif" or "UTF-16" not in what  # a zero ends a packet in a GIF
    ],
)
def test_signed_by_its_packet(name: str, what: str, sample: Sample, tmp_path: Path) -> None:
    body = SIGNED_PACKETS[what]
    if name == "a.tif":
        picture = tmp_path / name
        Image.linear_gradient("L").save(picture, tiffinfo={700: body})
    else:
        picture = sample(name)
        picture.write_bytes(_with_packet(picture.read_bytes(), body))
    assert "signed" in embed(picture)


def _with_packet(data: bytes, body: bytes) -> bytes:
    if data[:2] == b"\xff\xd8":
        whole = b"http://ns.adobe.com/xap/1.0/\0" + body
        return data[:2] + struct.pack(">BBH", 0xFF, 0xE1, len(whole) + 2) + whole + data[2:]
    if data[:4] == b"RIFF":
        whole = data + b"XMP " + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]
    if data[:3] == b"GIF":
        at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
        trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
        return data[:at] + b"\x21\xff\x0bXMP DataXMP" + body + trailer + data[at:]
    return data[:33] + _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + body) + data[33:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@pytest.mark.parametrize("what", SIGNED_PACKETS)
def test_a_signed_sidecar(what: str, sample: Sample) -> None:
    picture = sample("plain.jpg")
    sidecar = picture.with_name("plain.jpg.xmp")
    sidecar.write_bytes(SIGNED_PACKETS[what])
    with pytest.raises(SidecarError, match="it is signed"):
        alttext.write(picture, WORDS, Destination.SIDECAR)
    assert sidecar.read_bytes() == SIGNED_PACKETS[what]


def test_a_signed_png(sample: Sample) -> None:
    picture = sample("plain.png")
    data = picture.read_bytes()
    signature = _chunk(b"dSIG", b"\x30\x03\x02\x01\x01")
    picture.write_bytes(data[:33] + signature + data[33:-12] + signature + data[-12:])
    assert "dSIG" in embed(picture)


def entries(order: str, *values: tuple[int, int, int, bytes]) -> bytes:
    """Return a directory whose values all fit into their entries."""
    body = b"".join(struct.pack(f"{order}HHI", *head) + data for *head, data in values)
    return struct.pack(f"{order}H", len(values)) + body + b"\0" * 4


def camera_exif(order: str, make: bytes, note: bytes) -> bytes:
    """Return an Exif block of a camera, whose maker note begins at byte 100."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 8)
    number = f"{order}I"
    main = entries(
        order,
        (0x010F, 2, 6, struct.pack(number, 38)),
        (0x8769, 4, 1, struct.pack(number, 50)),
    )
    below = entries(order, (0x927C, 7, len(note), struct.pack(number, 100)))
    return (head + main + make).ljust(50, b"\0") + below.ljust(50, b"\0") + note


def nikon(switch: int) -> bytes:
    switches = entries(">", (1, 7, 4, b"0210"), (0x20, 1, 1, bytes([switch, 0, 0, 0])))
    note = b"Nikon\0\2\x10\0\0MM\0*" + struct.pack(">I", 8) + switches
    return camera_exif(">", b"NIKON", note)


def canon(place: int, order: str = "<") -> bytes:
    note = entries(order, (0x83, 4, 1, struct.pack(f"{order}I", place)), (6, 2, 4, b"EOS\0"))
    return camera_exif(order, b"Canon", note)


def shot(picture: Path, exif: bytes) -> None:
    Image.linear_gradient("L").save(picture, exif=b"Exif\0\0" + exif)


DECISION = b"\xff" * 4 + struct.pack("<I20sI", 2, b"sha1", 1) + struct.pack("<III20s", 0, 0, 9, b"")


@pytest.mark.parametrize("order", ["<", ">"])
def test_signed_by_a_canon_camera(order: str, tmp_path: Path, exiftool: ExifTool) -> None:
    picture = tmp_path / "IMG_0001.JPG"
    shot(picture, canon(1 << 20, order))
    data = picture.read_bytes()
    place = struct.pack(f"{order}I", 1 << 20)
    assert data.count(place) == 1
    comment = data.index(b"\xff\xdb")
    at = comment + 4
    segment = b"\xff\xfe" + struct.pack(">H", len(DECISION) + 2) + DECISION
    data = data[:comment] + segment + data[comment:]
    picture.write_bytes(data.replace(place, struct.pack(f"{order}I", at)))
    tags = exiftool.tags(picture, "-Canon:all")
    assert tags["Canon:OriginalDecisionDataOffset"] == at
    assert embed(picture) == (
        "the file is signed (by a Canon camera), and any change breaks the signature"
    )


@pytest.mark.parametrize("place", [0, 64, 1 << 20, 1 << 31])
def test_a_canon_camera_that_did_not_sign(place: int, tmp_path: Path, exiftool: ExifTool) -> None:
    """A copy by another program has the place where the data were, and no data."""
    picture = tmp_path / "IMG_0001.JPG"
    shot(picture, canon(place))
    assert exiftool.tags(picture, "-Canon:all")["Canon:OriginalDecisionDataOffset"] == place
    written = alttext.write(picture, WORDS, Destination.EMBED)
    assert (written.destination, written.reason) == (Destination.EMBED, "")


@pytest.mark.parametrize("ending", ["jpg", "tif"])
@pytest.mark.parametrize("switch", [0, 1])
def test_signed_by_a_nikon_camera(
    ending: str, switch: int, tmp_path: Path, exiftool: ExifTool
) -> None:
    picture = tmp_path / f"DSC_0001.{ending}"
    if ending == "jpg":
        shot(picture, nikon(switch))
    else:
        block = nikon(switch)
        picture.write_bytes(block)
    told = exiftool.tags(picture, "-Nikon:all")["Nikon:ImageAuthentication"]
    assert told == ("On" if switch else "Off")
    if switch:
        assert "signed (by a Nikon camera)" in embed(picture)
    else:
        written = alttext.write(picture, WORDS, Destination.EMBED)
        assert (written.destination, written.reason) == (Destination.EMBED, "")


@pytest.mark.parametrize("cut", range(100, 150, 3))
def test_a_camera_note_that_is_cut_short_is_no_signature(cut: int, tmp_path: Path) -> None:
    for block in (nikon(1), canon(64)):
        picture = tmp_path / "DSC_0001.jpg"
        shot(picture, block[:cut])
        assert alttext.write(picture, WORDS, Destination.EMBED, overwrite=True).path.exists()


def test_a_manifest_of_a_later_page(tmp_path: Path) -> None:
    picture = tmp_path / "a.tif"
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[0xCD41] = b"manifest"
    info.tagtype[0xCD41] = 7
    second = Image.linear_gradient("L")
    second.encoderinfo = {"tiffinfo": info}
    Image.linear_gradient("L").save(picture, save_all=True, append_images=[second])
    assert "C2PA" in embed(picture)


@pytest.mark.parametrize(
    "attributes",
    [
        f'{TERMS} dcterms:provenance="Bought from N. N. in 1951"',
        'xmlns:m="urn:museum#" m:provenance="https://museum.example/1"',
        f'{TERMS} dcterms:source="https://museum.example/1"',
    ],
)
def test_what_only_looks_signed_takes_words(attributes: str, sample: Sample) -> None:
    picture = sample("plain.jpg")
    picture.write_bytes(_with_packet(picture.read_bytes(), packet(attributes=attributes)))
    picture.with_name("plain.sig.jpg").write_bytes(b"another picture")
    written = alttext.write(picture, WORDS, Destination.EMBED)
    assert (written.destination, written.reason) == (Destination.EMBED, "")


def test_a_signed_picture_that_says_so_already_is_no_trouble(sample: Sample) -> None:
    picture = sample("plain.jpg")
    alttext.write(picture, WORDS, Destination.EMBED)
    picture.with_name("plain.jpg.asc").write_bytes(b"signature")
    written = alttext.write(picture, WORDS, Destination.EMBED, overwrite=True)
    assert (written.effect, written.destination, written.reason) == (
        alttext.Effect.UNCHANGED,
        Destination.EMBED,
        "",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root sets such attributes")
def test_what_surrounds_the_bytes_is_kept_or_a_sidecar_takes_the_words(sample: Sample) -> None:
    picture = sample("plain.jpg")
    try:
        os.setxattr(picture, "security.ima", b"\3signature")
    except OSError:
        pytest.skip("no such attributes here")
    assert "its signature (security.ima) cannot be kept" in embed(picture)
    assert xmp.read(picture.read_bytes()).alt_text is None
