"""Signed files stay as they are, however they are signed; a sidecar takes the words."""

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin

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
