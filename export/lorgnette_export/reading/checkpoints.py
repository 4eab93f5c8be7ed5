"""Files that people bring, opened without running anything that is in them."""

import io
import json
import pickle
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import torch
from torch import Tensor

from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette_export.reading import pickles

Weights = Mapping[str, Tensor]

_ZIP = b"PK\x03\x04"
# What torch.save wrote before version 1.6 opens with: the integer 0x1950a86a20f9469cfc6c.
_OLD_TORCH = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_MIB = 1 << 20
# Bytes of a number of each storage class that a torch pickle may name.
_ITEM_SIZES = {
    "DoubleStorage": 8,
    "FloatStorage": 4,
    "HalfStorage": 2,
    "BFloat16Storage": 2,
    "LongStorage": 8,
    "IntStorage": 4,
    "ShortStorage": 2,
    "CharStorage": 1,
    "ByteStorage": 1,
    "BoolStorage": 1,
}

# numpy's numbers, which many keep beside the tensors (a loss, a score), by our stand-ins.
_NUMBERS: list[Any] = [
    (pickles.number, "numpy.core.multiarray.scalar"),
    (pickles.number, "numpy._core.multiarray.scalar"),
    (pickles.Dtype, "numpy.dtype"),
]


class CheckpointError(LorgnetteError):
    """A checkpoint is damaged, of no known family, or does not fit the others."""

    hint = 'See "Bring your own model" in the README for what can be converted, and how.'
    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What one file with tensors holds."""

    path: Path
    content: Mapping[str, Any]  # tensors by name, or whatever the trainer saved
    metadata: Mapping[str, str] = field(default_factory=dict)  # of a safetensors file

    def networks(self) -> list[Weights]:
        """Return the tensors of each network in the file.

        Wrappers that trainers put around a state dict are taken off: a dict of several, the
        `module.` of DataParallel, one state dict that holds an encoder and a decoder.
        """
        found: list[Weights] = []
        for weights in _state_dicts(self.content):
            if all(name.startswith("module.") for name in weights):
                weights = {name.removeprefix("module."): t for name, t in weights.items()}
            found += _halves(weights)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """All that a person brought for one conversion."""

    checkpoints: tuple[Checkpoint, ...]
    words: Any = None  # content of the vocabulary's file
    words_path: Path | None = None
    description: Mapping[str, Any] | None = None  # content of a TOML file
    description_path: Path | None = None
    encoder_weights: Path | None = None  # of a CNN that is in none of the checkpoints

    @property
    def first(self) -> Path:
        """Return the file that a message about all of them names."""
        return self.checkpoints[0].path

    def networks(self) -> list[tuple[Checkpoint, Weights]]:
        """Return each network and the checkpoint that it comes from."""
        return [(c, weights) for c in self.checkpoints for weights in c.networks()]


def bring(
    paths: list[Path], *, vocabulary: Path | None = None, encoder_weights: Path | None = None
) -> Brought:
    """Return what is in the files at paths, each recognised by its first bytes.

    Raises:
        CheckpointError: a file is missing, damaged, or would have to be run to be read.
    """
    checkpoints: list[Checkpoint] = []
    words: Any = None
    words_path: Path | None = None
    description: Mapping[str, Any] | None = None
    description_path: Path | None = None
    for path in [*paths, *([vocabulary] if vocabulary else [])]:
        if path.suffix == ".toml":
            description, description_path = _toml(path), path
            weights, of_words = _described(description, path)
            checkpoints += [read(file) for file in weights]
            if of_words is not None and vocabulary is None:
                words, words_path = _words(of_words), of_words
        elif path == vocabulary or not _holds_tensors(path):
            words, words_path = _words(path), path
        else:
            checkpoints.append(read(path))
    if not checkpoints:
        raise CheckpointError(paths[0], "there are no tensors in it; name the checkpoint as well")
    return Brought(
        checkpoints=tuple(checkpoints),
        words=words,
        words_path=words_path,
        description=description,
        description_path=description_path,
        encoder_weights=encoder_weights,
    )


def read(path: Path) -> Checkpoint:
    """Return what the checkpoint at path holds.

    Raises:
        CheckpointError: the file is missing, damaged, or holds what only running it would give.
    """
    if path.suffix == ".safetensors":
        return _safetensors(path)
    head = _head(path)
    if not (head.startswith(_ZIP) or _OLD_TORCH in head):
        raise CheckpointError(path, "it is no PyTorch checkpoint")
    if short := _cut_off(path):
        raise CheckpointError(path, short)
    try:
        with torch.serialization.safe_globals(_NUMBERS):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(path, _refusal(path, error)) from error
    except Exception as error:  # torch raises whatever a damaged file makes it stumble over
        raise CheckpointError(path, f"it is damaged: {_first_line(error)}") from error
    if not isinstance(content, Mapping):
        raise CheckpointError(
            path, f"it holds one {type(content).__name__}, not tensors by name (a state dict)"
        )
    return Checkpoint(path=path, content=content)


def _safetensors(path: Path) -> Checkpoint:
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            names = file.keys()
            content = {name: file.get_tensor(name) for name in names}
            return Checkpoint(path=path, content=content, metadata=file.metadata() or {})
    except (OSError, safetensors.SafetensorError) as error:
        raise CheckpointError(path, f"it is damaged or cut off: {error}") from error


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise CheckpointError(path, f"it cannot be read: {error.strerror}") from error


def _holds_tensors(path: Path) -> bool:
    head = _head(path)
    return path.suffix == ".safetensors" or head.startswith(_ZIP) or _OLD_TORCH in head


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(path, f"it cannot be read: {error}") from error


def _described(description: Mapping[str, Any], path: Path) -> tuple[list[Path], Path | None]:
    """Return the files with tensors and the vocabulary's that a description names."""
    files = description.get("files", {})
    if not isinstance(files, Mapping):
        raise CheckpointError(path, "[files] is a table")
    weights = files.get("weights", {})
    names = weights.values() if isinstance(weights, Mapping) else [weights]
    words = files.get("vocabulary")
    return [path.parent / str(n) for n in names], None if words is None else path.parent / str(
        words
    )


def _words(path: Path) -> Any:
    """Return what a vocabulary's file holds: JSON, a word a line, or a pickle."""
    try:
        if path.stat().st_size > pickles.MAX_BYTES:
            raise CheckpointError(path, "it is too large for a vocabulary")
        data = path.read_bytes()
    except OSError as error:
        raise CheckpointError(path, f"it cannot be read: {error.strerror}") from error
    if path.suffix == ".txt":
        try:
            return data.decode("utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise CheckpointError(path, f"it is no UTF-8: {error}") from error
    if data.lstrip()[:1] in {b"{", b"["} and path.suffix == ".json":
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise CheckpointError(path, f"it is no whole JSON: {error}") from error
    if data.startswith(_ZIP) or _OLD_TORCH in data[:64]:
        return read(path).content
    try:
        return pickles.loads(data)
    except pickles.UnsafePickleError as error:
        raise CheckpointError(
            path,
            f"it wants to run code ({error.wanted}); nothing of it was run. A vocabulary holds "
            "words and numbers only: save yours as JSON",
        ) from error
    except pickle.UnpicklingError as error:
        raise CheckpointError(path, f"it is no whole vocabulary pickle: {error}") from error


def _refusal(path: Path, error: pickle.UnpicklingError) -> str:
    """Say why torch would not read a file with weights_only."""
    name = next(
        (w for w in _named(path) if not w.startswith(("torch.", "collections.", "_codecs."))),
        "",
    )
    if name:
        return (
            f"it holds whole Python objects ({name}), which only running them would open; nothing "
            "of it was run. Where it was trained, save the tensors alone: "
            'checkpoint = torch.load("' + path.name + '", weights_only=False); '
            "torch.save({k: v.state_dict() for k, v in checkpoint.items() if hasattr(v, "
            '"state_dict")}, "captioner.pth"), or torch.save(checkpoint.state_dict(), '
            '"captioner.pth") where it is one network'
        )
    return f"it is damaged: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


class _Inventory(pickle.Unpickler):
    """What a torch pickle names, without opening any of it: classes, functions, storages."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, encoding="latin-1")
        self.named: list[str] = []
        self.stored: dict[str, int] = {}  # bytes of each storage

    def find_class(self, module: str, name: str) -> Any:
        self.named.append(f"{module}.{name}")
        return type(name, (_Nothing,), {})

    def persistent_load(self, pid: Any) -> Any:
        """Note ("storage", class, key, device, elements), which torch writes for a tensor.

        Old files also name ("module", class, its file, its source) where a class comes first.
        """
        if pid[0] == "module":
            return pid[1]
        _, kind, key, _, elements, *_ = pid
        self.stored[key] = elements * _ITEM_SIZES.get(kind.__name__, 4)
        return None


class _Nothing(dict[Any, Any]):
    """Stands for an instance of any class, or for what any function returns."""

    def __init__(self, *_arguments: Any) -> None:
        super().__init__()

    def __setstate__(self, state: Any) -> None:
        """Take the state, which nobody asks for."""


def _inventories(file: io.BytesIO, count: int) -> tuple[list[_Inventory], bool]:
    """Return what each of count pickles in a row names, and whether they were all whole."""
    inventories: list[_Inventory] = []
    for _ in range(count):
        inventories.append(_Inventory(file))
        try:
            inventories[-1].load()
        except Exception:  # noqa: BLE001 - cut off or damaged here
            return inventories, False
    return inventories, True


def _named(path: Path) -> list[str]:
    """Return the classes and functions that a checkpoint's pickles ask for."""
    data = path.read_bytes()
    if not data.startswith(_ZIP):
        return [name for one in _inventories(io.BytesIO(data), 5)[0] for name in one.named]
    return _inventories(io.BytesIO(_first_entry(data)), 1)[0][0].named


def _cut_off(path: Path) -> str:
    """Say how much of a file is missing, or nothing if it is whole as far as can be told."""
    data = path.read_bytes()
    if data.startswith(_ZIP):
        if zipfile.is_zipfile(path):
            return ""
        (content,), _ = _inventories(io.BytesIO(_first_entry(data)), 1)
        expected = sum(content.stored.values())
    else:
        # Magic number, protocol, machine, content, keys of the storages; then each storage's
        # number of elements in eight bytes, and the storage.
        file = io.BytesIO(data)
        parts, whole = _inventories(file, 5)
        stored = parts[3].stored if len(parts) > 3 else {}
        expected = file.tell() + sum(size + 8 for size in stored.values())
        if whole and len(data) >= expected:
            return ""
    there = f"it ends after {len(data) / _MIB:.1f}"
    if expected > len(data):
        return f"{there} of {expected / _MIB:.1f} MiB: download it again"
    return f"{there} MiB, before its end: download it again"


def _first_entry(archive: bytes) -> bytes:
    """Return what follows the header of a zip's first entry, which in torch's is data.pkl."""
    name, extra = (int.from_bytes(archive[i : i + 2], "little") for i in (26, 28))
    return archive[30 + name + extra :]


def _state_dicts(content: Mapping[str, Any]) -> Iterator[Weights]:
    tensors = {k: v for k, v in content.items() if isinstance(k, str) and isinstance(v, Tensor)}
    if tensors:
        yield tensors
    for key, value in content.items():
        if isinstance(value, Mapping) and "optim" not in str(key).lower():
            yield from _state_dicts(value)


def _halves(weights: Weights) -> list[Weights]:
    """Return encoder and decoder apart where one state dict holds both under two names."""
    parts: dict[str, dict[str, Tensor]] = {}
    for name, tensor in weights.items():
        first, _, rest = name.partition(".")
        parts.setdefault(first, {})[rest] = tensor
    convolved = {p for p, ts in parts.items() if any(t.dim() == 4 for t in ts.values())}
    recurrent = {p for p, ts in parts.items() if any("weight_ih" in name for name in ts)}
    if len(parts) == 2 and len(convolved) == 1 and len(recurrent) == 1 and convolved != recurrent:
        return list(parts.values())
    return [weights]
