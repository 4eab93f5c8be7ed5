"""Pickles, read without running anything that is in them, and without being run down by them.

A pickle is a program: it names classes and functions, and calls them. Here a class is an inert
stand-in whose instances are bags of attributes, whatever its name; a call is answered for a few
plain things (containers, numpy's numbers, dates), and any other call is refused before it happens.
"""

import io
import pickle
import pickletools
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

MAX_BYTES = 32 << 20
_MOST_STEPS = 2_000_000  # of the program: the longest real one has a tenth
_MOST_NODES = 20_000_000  # of one object, what it shares counted each time it is met
_DEEPEST = 500  # containers in containers


class UnsafePickleError(pickle.UnpicklingError):
    """The pickle asks for a call that would run code."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"it asks for {wanted}")
        self.wanted = wanted


class ExhaustingError(pickle.UnpicklingError):
    """The pickle asks for more memory or time than any that holds something."""


def loads(data: bytes) -> Any:
    """Return what a pickle of protocol 0 to 5 holds; instances come as objects with attributes.

    Raises:
        UnsafePickleError: it calls what is not on the list; nothing was called.
        pickle.UnpicklingError: it is cut off, damaged, or asks for all memory or time.
    """
    check(io.BytesIO(data))
    try:
        return _Unpickler(io.BytesIO(data), encoding="latin-1").load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # a damaged pickle raises whatever its opcodes stumble over
        raise pickle.UnpicklingError(str(error) or type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class Program:
    """The classes and functions of a pickle, in its order.

    What protocols 4 and 5 put together from two texts is left out.
    """

    named: list[str]
    called: list[str]  # of these, those that are not only made instances of


def check(file: IO[bytes]) -> Program:
    """Return what a pickle would do, without doing it; file then stands behind it.

    A few bytes may ask for a memo of gigabytes, for a text longer than the file, or for a tuple of
    tuples of tuples, each twice in the next, whose hash takes longer than anybody lives.

    Raises:
        ExhaustingError: it asks for that.
        pickle.UnpicklingError: it is cut off or damaged.
    """
    walk = _Walk()
    try:
        walk.through(file)
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # pickletools raises whatever a damaged pickle makes it stumble over
        raise pickle.UnpicklingError(str(error) or type(error).__name__) from error
    return Program(walk.named, walk.called)


class _Size(NamedTuple):
    """What an object comes to."""

    nodes: int  # what is shared counts each time it is met
    depth: int
    name: str = ""  # of a class or function


class _Walk:
    """A pickle's stack with the size of each object in place of the object."""

    def __init__(self) -> None:
        self.stack: list[_Size | None] = []  # None is a mark
        self.memo: dict[int, _Size] = {}
        self.named: list[str] = []
        self.called: list[str] = []

    def through(self, file: IO[bytes]) -> None:
        for steps, (opcode, argument, _) in enumerate(pickletools.genops(file), 1):
            if steps > _MOST_STEPS:
                raise ExhaustingError("it is a program of too many steps")
            match opcode.name:
                case "PUT" | "BINPUT" | "LONG_BINPUT" | "MEMOIZE":
                    self.keep(len(self.memo) if argument is None else argument, steps)
                case "GET" | "BINGET" | "LONG_BINGET":
                    self.stack.append(self.memo[int(argument or 0)])
                case "MARK":
                    self.stack.append(None)
                case "DUP":
                    self.stack.append(self.stack[-1])
                case "POP":
                    self.stack.pop()
                case "GLOBAL":
                    name = _modern(str(argument))
                    self.named.append(name)
                    self.stack.append(_Size(1, 1, name))
                case _:
                    self.combine(opcode, argument)

    def keep(self, place: int, steps: int) -> None:
        if not 0 <= place <= steps:  # pickle numbers what it keeps one after another
            raise ExhaustingError(f"it asks for a memo of {place} places")
        if (top := self.stack[-1]) is None:
            raise pickle.UnpicklingError("it keeps a mark")
        self.memo[place] = top

    def combine(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        """Take what an opcode takes from the stack, and put there what it makes of that."""
        taken: list[_Size] = []
        fixed = len(opcode.stack_before)
        if pickletools.markobject in opcode.stack_before:
            while (size := self.stack.pop()) is not None:
                taken.append(size)
            fixed = opcode.stack_before.index(pickletools.markobject)
        for _ in range(fixed):
            if (size := self.stack.pop()) is None:
                raise pickle.UnpicklingError("it takes a mark for an object")
            taken.append(size)
        if opcode.name in {"REDUCE", "OBJ"}:
            self.called.append(taken[-1].name)
        elif opcode.name == "INST":
            self.called.append(_modern(str(argument)))
        if opcode.stack_after:
            nodes = 1 + sum(each.nodes for each in taken)
            depth = 1 + max((each.depth for each in taken), default=0)
            if nodes > _MOST_NODES or depth > _DEEPEST:
                raise ExhaustingError("it is an object in which objects never end")
            self.stack.append(_Size(nodes, depth))


def _modern(name: str) -> str:
    """Return a name as Python 3 has it, of the module and the name that a pickle has."""
    module, _, attribute = name.partition(" ")
    modern = {"__builtin__": "builtins", "copy_reg": "copyreg"}.get(module, module)
    return f"{modern}.{attribute}"


class _Class(type):
    """The type of stand-ins: to call one would be to run its constructor, or a function."""

    def __call__(cls, *_arguments: Any, **_named: Any) -> Any:
        raise UnsafePickleError(cls.__name__)


class Bag:
    """An instance of any class: its attributes and items, and nothing that it can do."""

    held: dict[Any, Any] | None = None  # items, of what was a dict as well

    def __new__(cls, *_arguments: Any, **_named: Any) -> "Bag":
        """Make an empty one."""
        return super().__new__(cls)

    def __setstate__(self, state: Any) -> None:
        """Take attributes; of other states nobody asks for anything."""
        for part in state if isinstance(state, tuple) else (state,):
            if isinstance(part, dict):
                self.__dict__.update({k: v for k, v in part.items() if isinstance(k, str)})

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keep an item."""
        self.held = {} if self.held is None else self.held
        self.held[key] = value

    def extend(self, _items: Any) -> None:
        """Let go of what was in a list or set."""

    append = add = extend


def stand_in(name: str) -> Any:
    """Return what stands for a class or function, made anew: what a pickle does to it is gone soon.

    Where it is one of a few plain functions, it can be called. Otherwise it is a class whose
    instances, bags, can be made and filled, and a call raises UnsafePickleError.
    """
    if (plain := _PLAIN.get(name)) is not None:
        return lambda *arguments: plain(*arguments)
    return _Class(name, (Bag,), {})


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, *, encoding: str) -> None:
        super().__init__(file, encoding=encoding)
        self._classes: dict[str, Any] = {}

    def find_class(self, module: str, name: str) -> Any:
        whole = _modern(f"{module} {name}")
        if "." in name:
            raise UnsafePickleError(whole)
        return self._classes.setdefault(whole, stand_in(whole))

    def persistent_load(self, pid: Any) -> Any:
        raise UnsafePickleError(f"the persistent object {str(pid)[:40]!r}")


def _reconstructed(cls: Any, _base: Any, state: Any) -> Bag:
    """Make an instance as protocols 0 and 1 ask for it: copyreg's function, for stand-ins only."""
    if not isinstance(cls, _Class):
        raise UnsafePickleError("an instance of another class")
    made: Bag = cls.__new__(cls)  # type: ignore[call-overload]
    for key, value in state.items() if isinstance(state, dict) else ():
        made[key] = value
    return made


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


def _nothing(*_arguments: Any) -> Bag:
    """Stand in for an array, a date or a path: nobody asks what it was."""
    return Bag()


_BUILTINS: dict[str, Callable[..., Any]] = {
    "set": set,
    "frozenset": frozenset,
    "list": list,
    "dict": dict,
    "int": int,
    "long": int,
    "float": float,
    "complex": complex,
}
_NUMPY: dict[str, Callable[..., Any]] = {
    "multiarray.scalar": number,
    "multiarray._reconstruct": _nothing,
    "numeric._frombuffer": _nothing,
}
_DATES = ("date", "datetime", "time", "timedelta", "timezone")
_PATHS = ("Path", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")
_PLAIN: dict[str, Callable[..., Any]] = {
    **{f"builtins.{name}": kind for name, kind in _BUILTINS.items()},
    "copyreg._reconstructor": _reconstructed,
    **{f"collections.{name}": _mapping for name in ("OrderedDict", "Counter", "defaultdict")},
    "_codecs.encode": _bytes,
    "torchtext.vocab._default_unk_index": int,  # a function that returns 0, as int does
    "torchtext.vocab.vocab._default_unk_index": int,
    "numpy.dtype": Dtype,
    **{f"numpy.core.{name}": kind for name, kind in _NUMPY.items()},
    **{f"numpy._core.{name}": kind for name, kind in _NUMPY.items()},
    **{f"datetime.{name}": _nothing for name in _DATES},
    **{f"{module}.{name}": _nothing for module in ("pathlib", "pathlib._local") for name in _PATHS},
}
