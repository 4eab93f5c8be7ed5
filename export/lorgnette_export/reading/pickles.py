"""Vocabulary pickles, read without running anything that is in them.

A pickle is a program: it names functions and calls them. This unpickler knows containers,
strings, numbers and empty stand-ins for the vocabulary classes that people have; for any other
name it stops before anything is called.
"""

import io
import pickle
import struct
from typing import Any

MAX_BYTES = 256 << 20

# Classes whose instances are only a bag of attributes. The module is whatever the trainer's file
# was called: vocabulary, build_vocab, __main__ ...
_BAGS = frozenset({"Vocabulary", "Vocab", "Namespace", "Dictionary", "Lang", "Tokenizer"})


class UnsafePickleError(pickle.UnpicklingError):
    """The pickle asks for something that is neither container, string nor number."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"it asks for {wanted}")
        self.wanted = wanted


def loads(data: bytes) -> Any:
    """Return what a pickle of protocol 0 to 5 holds; instances come as objects with attributes.

    Raises:
        UnsafePickleError: it names a class or function that is not on the list; none was called.
        pickle.UnpicklingError: it is cut off or damaged.
    """
    try:
        return _Unpickler(io.BytesIO(data), encoding="latin-1").load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # a damaged pickle raises whatever its opcodes stumble over
        raise pickle.UnpicklingError(str(error) or type(error).__name__) from error


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, *, encoding: str) -> None:
        super().__init__(file, encoding=encoding)
        # Made anew for each pickle: what one does to its classes is gone with it.
        self._bag: type = type("Bag", (), {})

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return _PLAIN[module, name]
        if (module, name) in {("builtins", "object"), ("__builtin__", "object")}:
            return self._bag
        if module in {"copy_reg", "copyreg"} and name == "_reconstructor":
            return self._reconstructed
        if module.split(".")[0] == "torchtext" and name == "_default_unk_index":
            return int  # a function that returns 0, as this does
        if name in _BAGS:
            return self._bag
        raise UnsafePickleError(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        raise UnsafePickleError(f"the persistent object {str(pid)[:40]!r}")

    def _reconstructed(self, cls: Any, base: Any, state: Any) -> Any:
        """Make an instance as protocols 0 and 1 ask for it: copyreg's function, for bags only."""
        if cls is not self._bag or base is not self._bag or state is not None:
            raise UnsafePickleError("an instance of another class")
        return cls()


def _mapping(*arguments: Any) -> dict[Any, Any]:
    """Stand in for Counter(items), OrderedDict(items) and defaultdict(factory)."""
    items = arguments[-1] if arguments else ()
    return {} if callable(items) or items is None else dict(items)


class Dtype(str):
    """Stands for a numpy type, by its code, such as f8."""

    __slots__ = ()

    def __new__(cls, code: Any, *_flags: Any) -> "Dtype":
        """Keep the code; alignment and copying do not matter to a number."""
        return super().__new__(cls, str(code)[:8])

    def __setstate__(self, state: Any) -> None:
        """Take the state, byte order and the like, which nobody asks for."""


def number(kind: Any, data: Any) -> float | int:
    """Stand in for numpy's scalar: return a float or integer, of little-endian bytes."""
    raw = data.encode("latin-1") if isinstance(data, str) else bytes(data)
    if str(kind)[:1] == "f":
        code = {2: "<e", 4: "<f", 8: "<d"}.get(len(raw))
        if code is None:
            raise pickle.UnpicklingError("a number of unknown size")
        value: float = struct.unpack(code, raw)[0]
        return value
    return int.from_bytes(raw, "little", signed=str(kind)[:1] == "i")


def _bytes(text: Any, encoding: Any) -> bytes:
    """Stand in for _codecs.encode, by which protocols 0 to 2 write bytes."""
    if encoding != "latin1":
        raise UnsafePickleError(f"the encoding {str(encoding)[:40]!r}")
    return str(text).encode("latin-1")


_PLAIN: dict[tuple[str, str], Any] = {
    **{
        (module, name): kind
        for module in ("builtins", "__builtin__")
        for name, kind in {
            "set": set,
            "frozenset": frozenset,
            "list": list,
            "dict": dict,
            "int": int,
            "long": int,
            "float": float,
        }.items()
    },
    **{("collections", name): _mapping for name in ("OrderedDict", "Counter", "defaultdict")},
    ("_codecs", "encode"): _bytes,
    ("numpy", "dtype"): Dtype,
    ("numpy.core.multiarray", "scalar"): number,
    ("numpy._core.multiarray", "scalar"): number,
}
