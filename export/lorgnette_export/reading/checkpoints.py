"""Files that people bring, opened without running anything that is in them."""

import io
import json
import pickle
import re
import tomllib
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import safetensors
import torch
from torch import Tensor

from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette_export.reading import kinds, pickles

Weights = Mapping[str, Tensor]

_ZIP = b"PK\x03\x04"
# What torch.save wrote before version 1.6 opens with: the integer 0x1950a86a20f9469cfc6c.
_OLD_TORCH = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_MIB = 1 << 20
_MOST_TOML = 1 << 16
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

_DEEPEST = 30  # dicts in dicts
_SPARE = 64 << 20  # bytes that a file may hold less than its tensors take


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
    given = [*paths, *([vocabulary] if vocabulary else [])]
    for path in [*given, *([encoder_weights] if encoder_weights else [])]:
        _head(path)  # before a minute is spent on those before it
    for path in given:
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
    if encoder_weights is not None and _holds_tensors(encoder_weights):
        checkpoints.append(read(encoder_weights))
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

    Objects that trainers keep beside the tensors (options, dates, arrays, optimizers) come as
    bags of attributes, whole networks as their state dicts; nothing is run.

    Raises:
        CheckpointError: the file is missing, damaged, or holds what only running it would give.
    """
    head = _head(path)
    if path.suffix == ".safetensors":
        return _safetensors(path)
    if not (head.startswith(_ZIP) or _OLD_TORCH in head):
        raise CheckpointError(path, "it is no PyTorch checkpoint")
    try:
        inventories = _zipped(path) if head.startswith(_ZIP) else _old(path)
    except pickles.ExhaustingError as error:
        raise CheckpointError(
            path, f"it is no checkpoint that anybody has saved: {error}"
        ) from error
    names = {name for inventory in inventories for name in inventory.program.named}
    known: list[Any] = [(pickles.stand_in(name), name) for name in names]
    known += [(pickles.Bag, "what a call returned"), (pickles.Dtype, "a type of numpy")]
    try:
        with torch.serialization.safe_globals(known):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(path, _refusal(path, inventories, error)) from error
    except Exception as error:  # torch raises whatever a damaged file makes it stumble over
        raise CheckpointError(path, f"it is damaged: {_first_line(error)}") from error
    return Checkpoint(path=path, content=_named(path, content))


def _named(path: Path, content: Any) -> dict[str, Any]:
    """Return content as tensors by name, once it is sure that they are what the file holds."""
    if isinstance(content, list | tuple):
        content = dict(enumerate(content))
    most = path.stat().st_size * 8 + _SPARE  # a few tensors may be views of one another
    taken = 0

    def plain(value: Any, depth: int) -> Any:
        nonlocal taken
        if depth > _DEEPEST:
            raise CheckpointError(path, "it is damaged: dicts in dicts that never end")
        if isinstance(value, pickles.Bag) and "_parameters" in vars(value):
            value = _state_dict(value)
        if isinstance(value, Mapping):
            return {key: plain(each, depth + 1) for key, each in value.items()}
        if isinstance(value, Tensor):
            if value.layout != torch.strided or value.device.type != "cpu" or value.is_quantized:
                raise CheckpointError(
                    path, "it holds quantised or sparse tensors; save the network as it was trained"
                )
            taken += value.numel() * value.element_size()
            if taken > most:
                raise CheckpointError(
                    path, f"it is damaged: its tensors would take {taken / 2**30:.1f} GiB and more"
                )
        return value

    found = plain(content, 0)
    if not isinstance(found, dict):
        raise CheckpointError(
            path, f"it holds one {type(content).__name__}, not tensors by name (a state dict)"
        )
    return found


def _state_dict(module: pickles.Bag) -> dict[str, Any]:
    """Return what state_dict() of a network would, from its attributes."""
    own = vars(module)
    left_out = own.get("_non_persistent_buffers_set", ())
    found = {**own["_parameters"]}
    found |= {k: v for k, v in own.get("_buffers", {}).items() if k not in left_out}
    for name, part in own.get("_modules", {}).items():
        if isinstance(part, pickles.Bag) and "_parameters" in vars(part):
            found |= {f"{name}.{inner}": value for inner, value in _state_dict(part).items()}
    return {name: value for name, value in found.items() if isinstance(value, Tensor)}


def _safetensors(path: Path) -> Checkpoint:
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            names = file.keys()
            content = {name: file.get_tensor(name) for name in names}
            return Checkpoint(path=path, content=content, metadata=file.metadata() or {})
    except (OSError, safetensors.SafetensorError) as error:
        raise CheckpointError(path, f"it is damaged or cut off: {error}") from error


def _head(path: Path) -> bytes:
    """Return the first bytes of a file that may be a checkpoint or a vocabulary."""
    try:
        if path.is_dir():
            raise CheckpointError(path, kinds.folder(path))
        if path.exists() and not path.is_file():
            raise CheckpointError(path, "it is no file, but a pipe or a device")
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise CheckpointError(path, f"it cannot be read: {error.strerror}") from error
    if why := kinds.unlike(path, head):
        raise CheckpointError(path, why)
    return head


def _holds_tensors(path: Path) -> bool:
    head = _head(path)
    return path.suffix == ".safetensors" or head.startswith(_ZIP) or _OLD_TORCH in head[:64]


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _MOST_TOML:
            raise CheckpointError(path, "it is too large for a description of a network")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
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
    head = _head(path)
    if head.startswith(_ZIP) or _OLD_TORCH in head[:64]:
        return read(path).content
    try:
        if path.stat().st_size > pickles.MAX_BYTES:
            raise CheckpointError(path, "it is too large for a vocabulary")
        data = path.read_bytes()
    except OSError as error:
        raise CheckpointError(path, f"it cannot be read: {error.strerror}") from error
    if path.suffix == ".txt":
        try:
            return data.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise CheckpointError(path, f"it is no UTF-8: {error}") from error
    if path.suffix == ".json":
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise CheckpointError(path, f"it is no whole JSON: {error}") from error
    try:
        return pickles.loads(data)
    except pickles.UnsafePickleError as error:
        raise CheckpointError(
            path,
            f"it wants to run code ({error.wanted}); nothing of it was run. A vocabulary holds "
            "words and numbers only: save yours as JSON, word -> number",
        ) from error
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            path,
            f"it is no whole vocabulary pickle: {error}. JSON is called .json, and a list with a "
            "word a line .txt",
        ) from error


def _refusal(path: Path, inventories: Sequence["_Inventory"], error: pickle.UnpicklingError) -> str:
    """Say why torch would not read a file with weights_only."""
    programs = [each.program for each in inventories]
    asked = [
        *(name for each in inventories for name in each.modules),
        *(name for each in programs for name in each.called),
        *(name for each in programs for name in each.named),
    ]
    plain = re.compile(r"torch\._|torch\.(\w+Storage|Size|device)$|collections\.|_codecs\.|$")
    name = next((name for name in asked if not plain.match(name)), "")
    if not name:
        return f"it is damaged: {_first_line(error)}"
    return (
        f"it holds whole Python objects ({name}), which only running them would open; nothing of "
        f"it was run. Where it was trained, save the tensors alone: import torch; {advice(path)}"
    )


def advice(path: Path) -> str:
    """Return the Python that saves the tensors of any checkpoint alone, where its classes are."""
    return (
        f'checkpoint = torch.load("{path.name}", map_location="cpu", weights_only=False); '
        "tensors = lambda v: v.state_dict() if isinstance(v, torch.nn.Module) "
        "else {k: tensors(w) for k, w in v.items()} if isinstance(v, dict) "
        "else {k: tensors(w) for k, w in enumerate(v)} if isinstance(v, (list, tuple)) "
        "else v if isinstance(v, torch.Tensor) else None; "
        'torch.save(tensors(checkpoint), "captioner.pth")'
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


class _Inventory(pickle.Unpickler):
    """What a torch pickle names, without opening any of it: classes, functions, storages."""

    def __init__(self, file: IO[bytes]) -> None:
        start = file.tell()
        self.program = pickles.check(file)
        file.seek(start)
        super().__init__(file, encoding="latin-1")
        self.modules: list[str] = []  # classes of networks, in old files
        self.stored: dict[str, int] = {}  # bytes of each storage

    def find_class(self, module: str, name: str) -> Any:
        return type(name, (_Nothing,), {"asked": f"{module}.{name}"})

    def persistent_load(self, pid: Any) -> Any:
        """Note ("storage", class, key, device, elements), which torch writes for a tensor.

        Old files also name ("module", class, its file, its source) where a class comes first.
        """
        if pid[0] == "module":
            self.modules.append(pid[1].asked)
            return pid[1]
        _, kind, key, _, elements, *_ = pid
        self.stored[key] = elements * _ITEM_SIZES.get(kind.__name__, 4)
        return None


class _Nothing(dict[Any, Any]):
    """Stands for an instance of any class, or for what any function returns."""

    __hash__ = object.__hash__  # type: ignore[assignment] # it may be a key

    def __init__(self, *_arguments: Any) -> None:
        super().__init__()

    def __setstate__(self, state: Any) -> None:
        """Take the state, which nobody asks for."""

    def append(self, _item: Any) -> None:
        """Let go of an item; so do the two below."""

    extend = add = append


def _inventory(file: IO[bytes]) -> tuple[_Inventory | None, bool]:
    """Return what a pickle names as far as it goes, and whether it is whole."""
    inventory = None
    try:
        inventory = _Inventory(file)
        inventory.load()
    except pickles.ExhaustingError:
        raise
    except Exception:  # noqa: BLE001 - cut off or damaged here
        return inventory, False
    return inventory, True


def _zipped(path: Path) -> list[_Inventory]:
    """Return what the pickle of a checkpoint names that is a zip archive, as torch.save writes it.

    Raises:
        CheckpointError: it is cut off, damaged or another archive, or unpacks to more than it is.
    """
    size = path.stat().st_size
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            # Its first entry is data.pkl, behind a header.
            header = file.read(30)
            file.seek(30 + sum(int.from_bytes(header[i : i + 2], "little") for i in (26, 28)))
            inventory, _ = _inventory(file)
        expected = sum(inventory.stored.values()) if inventory else 0
        raise CheckpointError(path, _cut_off(size, expected))
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if why := kinds.unlike_archive(path, names):
                raise CheckpointError(path, why)
            if len(set(names)) < len(names):
                raise CheckpointError(path, "it is damaged: two of its entries have one name")
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > size + _SPARE:
                raise CheckpointError(
                    path, f"it would unpack to {unpacked / 2**30:.1f} GiB; torch.save packs nothing"
                )
            (pickled,) = (entry for entry in entries if entry.filename.endswith("/data.pkl"))
            if pickled.file_size > pickles.MAX_BYTES:
                raise CheckpointError(path, "it is damaged: its data.pkl is too large")
            data = archive.read(pickled)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, zlib.error) as error:
        raise CheckpointError(path, f"it is damaged: {_first_line(error)}") from error
    inventory, _ = _inventory(io.BytesIO(data))
    return [inventory] if inventory else []


def _old(path: Path) -> list[_Inventory]:
    """Return what the pickles of a checkpoint name that torch.save wrote before version 1.6.

    Raises:
        CheckpointError: it is cut off.
    """
    # Magic number, protocol, machine, content, keys of the storages; then each storage's number
    # of elements in eight bytes, and the storage.
    found: list[_Inventory] = []
    whole = True
    with path.open("rb") as file:
        while whole and len(found) < 5:
            inventory, whole = _inventory(file)
            found += [inventory] if inventory else []
        stored = found[3].stored if len(found) > 3 else {}
        expected = file.tell() + sum(size + 8 for size in stored.values())
    size = path.stat().st_size
    if not whole or size < expected:
        raise CheckpointError(path, _cut_off(size, expected))
    return found


def _cut_off(size: int, expected: int) -> str:
    """Say how much of a file is missing, as far as can be told."""
    there = f"it ends after {size / _MIB:.1f}"
    if expected > size:
        return f"{there} of {expected / _MIB:.1f} MiB: download it again"
    return f"{there} MiB, before its end: download it again"


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
