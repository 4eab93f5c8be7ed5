"""What draws a picture, without what surrounds it: a damaged note is no damaged picture."""

import struct
import zlib

_PNG = b"\x89PNG\r\n\x1a\n"
_DRAWS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_SOI, _SOS, _APP0, _APP14, _APP15, _COMMENT = 0xD8, 0xDA, 0xE0, 0xEE, 0xEF, 0xFE
_ADOBE = b"Adobe"  # says how colours are meant


def bare(data: bytes) -> bytes | None:
    """Return a JPEG or PNG file without its notes; None for other files, and damaged ones.

    What is cut out is Exif, profiles, texts and bytes that belong to nothing.
    """
    if data.startswith(_PNG):
        return _bare_png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _bare_jpeg(data)
    return None


def _bare_png(data: bytes) -> bytes | None:
    parts = [_PNG]
    position = len(_PNG)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if kind in _DRAWS:
            if end > len(data):
                return None
            crc = zlib.crc32(data[position + 4 : end - 4])
            if crc != int.from_bytes(data[end - 4 : end], "big"):
                return None
            parts.append(data[position:end])
        if kind == b"IEND":
            return b"".join(parts)
        position = end
    return None


def _bare_jpeg(data: bytes) -> bytes | None:
    parts = [data[:2]]
    position = 2
    while 0 <= (position := data.find(b"\xff", position)) < len(data) - 3:
        marker = data[position + 1]
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == _SOS:
            return b"".join([*parts, data[position:]])
        if marker in {0x00, 0x01, 0xFF} or marker & 0xF8 == 0xD0:  # fill, or no segment
            position += 1
            continue
        if marker == _SOI or end < position + 4:
            return None
        is_note = marker == _COMMENT or _APP0 <= marker <= _APP15
        means_colour = marker == _APP14 and data[position + 4 :].startswith(_ADOBE)
        if not is_note or (means_colour and end - position >= 16):
            parts.append(data[position:end])
        position = end
    return None
