"""Damage as files meet it: cut, flipped, overwritten, doubled, moved; and lengths that lie."""

import random
import struct

from hypothesis import strategies as st

SEEDS = st.integers(0, (1 << 64) - 1)
_NUMBERS = (0, 1, 2, 3, 7, 8, 12, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
            0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)  # fmt: skip
_MARKS = (b"\xff\xd8", b"\xff\xd9", b"\xff\xda", b"\xff\xe1", b"\xff\xff", b"8BIM", b"IEND",
          b"XMP ", b"uuid", b"meta", b"<?xpacket end='r'?>", b"<", b">", b"&", b"\0",
          b"</rdf:RDF>", b"]]>", b"<!--", b"\xef\xbb\xbf", b"\xff\xfe", b"II*\0")  # fmt: skip


def damaged(whole: bytes, seed: int, near: tuple[bytes, ...] = ()) -> bytes:
    """Return bytes after one to four mishaps.

    Args:
        seed: what tells these mishaps from all others.
        near: marks in the file about which mishaps are likelier than elsewhere.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        if data:
            _mishap(data, chance, near)
    return bytes(data)


def _mishap(data: bytearray, chance: random.Random, near: tuple[bytes, ...]) -> None:
    at = _place(data, chance, near)
    part = bytes(data[at : at + chance.choice((1, 1, 2, 3, 4, 8, 16, 64, 300))])
    match chance.randrange(10):
        case 0:
            del data[at : at + len(part)]
        case 1:
            data[at:at] = part
        case 2:
            data[at:at] = chance.choice(_MARKS)
        case 3:
            mark = chance.choice(_MARKS)
            data[at : at + len(mark)] = mark
        case 4 if at > len(data) // 2:
            del data[at:]
        case 5 | 6:
            form = chance.choice((">H", "<H", ">I", "<I"))
            most = (1 << 8 * struct.calcsize(form)) - 1
            number = struct.pack(form, min(chance.choice(_NUMBERS), most))
            data[at : at + len(number)] = number
        case 7:
            other = chance.randrange(len(data))
            data[other:other] = part
        case 8:
            data[at : at + len(part)] = bytes(len(part))
        case _:
            data[at] ^= 1 << chance.randrange(8)


def _place(data: bytearray, chance: random.Random, near: tuple[bytes, ...]) -> int:
    marks = [found for mark in near if (found := data.find(mark)) >= 0]
    if marks and chance.randrange(4):
        return min(max(chance.choice(marks) + chance.randint(-12, 24), 0), len(data) - 1)
    return chance.randrange(len(data))
