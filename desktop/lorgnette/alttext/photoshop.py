"""Photoshop's image resources: in its own files, where they are only read, and in others'.

A resource is a block of `8BIM`, a number, a name and data (Adobe's file format specification).
"""

import hashlib
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from lorgnette.alttext import iim
from lorgnette.alttext.container import (
    MAX_BLOCKS,
    CannotMirrorError,
    Container,
    Contents,
    MalformedContainerError,
)
from lorgnette.alttext.markup import MAX_BYTES
from lorgnette.files import Source

_MARKS = {b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"}  # the first is Photoshop's own
_IIM, _XMP, _DIGEST = 0x0404, 0x0424, 0x0425
_HEAD = 26  # bytes of a PSD file's head


def inside(resources: bytes) -> Contents:
    """Return the words in a block of image resources, as far as it is sound."""
    found: list[Contents] = []
    end = 0
    for kind, data, following in _resources(resources):
        end = following
        if kind in {_IIM, _XMP}:
            found.append(Contents(packets=(data,)) if kind == _XMP else iim.inside(data))
    rest = resources[end:].strip(b"\0")
    return Contents.of([*found, Contents(partial=bool(rest) or end > len(resources) + 1)])


def _resources(block: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield a number, data, and where the next begins, of each resource."""
    position = 0
    for _ in range(MAX_BLOCKS):
        if block[position : position + 4] not in _MARKS or len(block) < position + 12:
            return
        kind = int.from_bytes(block[position + 4 : position + 6], "big")
        name = 1 + block[position + 6]
        at = position + 6 + name + name % 2
        length = int.from_bytes(block[at : at + 4], "big")
        position = at + 4 + length + length % 2
        yield kind, block[at + 4 : at + 4 + length], position


def look(source: Source) -> Contents:
    """Return the words in a PSD file's resources, which follow its head and its colours."""
    start = _HEAD + 4 + int.from_bytes(source.read(_HEAD, 4), "big")
    length = int.from_bytes(source.read(start, 4), "big")
    return inside(source.read(start + 4, min(length, MAX_BYTES)))


class _Resource(NamedTuple):
    kind: int
    head: bytes  # up to the length field
    body: bytes
    padding: bytes


def _sound_resources(data: bytes) -> Iterator[_Resource]:
    """Yield Photoshop's image resources.

    Raises:
        MalformedContainerError: something else comes.
    """
    position = 0
    end = len(data.rstrip(b"\0"))  # zeros may follow
    for _ in range(MAX_BLOCKS):
        if position >= end:
            return
        name = position + 6
        if data[position : position + 4] not in _MARKS or len(data) < position + 12:
            raise MalformedContainerError("its Photoshop resources are damaged")
        length_at = name + 1 + data[name]
        length_at += (length_at - name) % 2
        start = length_at + 4
        stop = start + int.from_bytes(data[length_at:start], "big")
        if stop > len(data):
            raise MalformedContainerError("its Photoshop resources are damaged")
        after = min(stop + (stop - start) % 2, len(data))
        kind = int.from_bytes(data[position + 4 : position + 6], "big")
        yield _Resource(kind, data[position:length_at], data[start:stop], data[stop:after])
        position = after
    raise MalformedContainerError("it has too many Photoshop resources")


def records(data: bytes) -> bytes:
    """Return the records in Photoshop's resources, as far as these are sound; empty: none."""
    try:
        for each in _sound_resources(data):
            if each.kind == _IIM:
                return each.body
    except MalformedContainerError:
        pass
    return b""


def rest(data: bytes) -> int:
    """Return a checksum of all resources, but for the caption in them.

    Raises:
        MalformedContainerError: they are damaged.
    """
    found = [
        (each.head, iim.rest(each.body) if each.kind == _IIM else each.body)
        for each in _sound_resources(data)
        if each.kind != _DIGEST
    ]
    return zlib.crc32(repr(found).encode())


def with_caption(data: bytes, text: str) -> bytes:
    """Return Photoshop's resources with text as the caption in their records.

    A digest that fits the records goes on fitting them; all else keeps its bytes.

    Raises:
        CannotMirrorError: they are damaged, or the text cannot be put there.
    """
    try:
        found = list(_sound_resources(data))
    except MalformedContainerError as error:
        raise CannotMirrorError(str(error)) from error
    changed: dict[bytes, bytes] = {}
    old = b""
    for each in found:
        if each.kind == _IIM and not old:
            old = each.body
            new = iim.with_caption(old, text)
            changed[each.body] = new
            changed[hashlib.md5(old, usedforsecurity=False).digest()] = hashlib.md5(
                new, usedforsecurity=False
            ).digest()
    parts = []
    for each in found:
        body, padding = each.body, each.padding
        if each.kind in {_IIM, _DIGEST} and body in changed:
            body = changed[body]
            padding = b"\0" * (len(body) % 2)
        parts.append(each.head + len(body).to_bytes(4, "big") + body + padding)
    used = sum(len(each.head) + 4 + len(each.body) + len(each.padding) for each in found)
    return b"".join(parts) + data[used:]


CONTAINER = Container(
    name="Photoshop",
    suffixes=frozenset({".psd", ".psb"}),
    matches=lambda head: head.startswith(b"8BPS"),
    look=look,
)
