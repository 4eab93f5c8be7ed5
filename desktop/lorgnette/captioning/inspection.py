"""What an ONNX file says of itself, read before anything opens it.

ONNX is protobuf; only a few fields are wanted here, so that the app needs neither the package
onnx nor to trust that every version of onnxruntime refuses what this refuses. Field numbers are
those of onnx.proto.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lorgnette.errors import BrokenModelError

_MAX_DEPTH = 32  # of graphs within graphs
_EXTERNAL = 1  # TensorProto.DataLocation
# Messages by name: field number -> message in it that may hold a tensor.
_INSIDE = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
}


@dataclass(frozen=True, slots=True)
class Inspected:
    """What an ONNX file needs and names."""

    opset: int  # of the standard operators; 0 if the file does not say
    external: tuple[str, ...]  # files that its tensors lie in, as they are named there


def inspect(path: Path) -> Inspected:
    """Return what the ONNX file at path needs, without opening any file that it names.

    Raises:
        BrokenModelError: it is no ONNX file, or a damaged one.
    """
    data = memoryview(path.read_bytes())
    try:
        opset = 0
        for number, value in _fields(data):
            if number == 8 and isinstance(value, memoryview):
                domain, version = b"", 0
                for inner, part in _fields(value):
                    if inner == 1 and isinstance(part, memoryview):
                        domain = bytes(part)
                    elif inner == 2 and isinstance(part, int):
                        version = part
                if domain in {b"", b"ai.onnx"}:
                    opset = version
        return Inspected(opset, tuple(dict.fromkeys(_external(data, "model", 0))))
    except (ValueError, IndexError) as error:
        raise BrokenModelError(
            f"{path.name} cannot be opened: it is no ONNX file, or a damaged one"
        ) from error


def _external(message: memoryview, kind: str, depth: int) -> Iterator[str]:
    """Yield the location of each tensor in message that lies in another file."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    inside = _INSIDE.get(kind, {})
    location, is_external = "", False
    for number, value in _fields(message):
        if kind == "tensor":
            if number == 14:
                is_external = is_external or value == _EXTERNAL
            elif number == 13 and isinstance(value, memoryview):
                entry = {n: bytes(v) for n, v in _fields(value) if isinstance(v, memoryview)}
                is_external = True  # whatever data_location says: there is no other use for it
                if entry.get(1) == b"location":
                    location = entry.get(2, b"").decode(errors="replace")
        elif number in inside and isinstance(value, memoryview):
            yield from _external(value, inside[number], depth + 1)
    if is_external:
        yield location


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value); numbers of a fixed width come as their bytes."""
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if wire == 2:
            size, at = _varint(message, at)
        elif wire in {1, 5}:
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if size > end - at:
            raise ValueError("cut off")
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
