import argparse
import datetime
import enum
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lorgnette_export.reading import checkpoints
from lorgnette_export.reading.checkpoints import Checkpoint, CheckpointError

pytestmark = pytest.mark.torch


class Exploit:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {self.canary}",)


@pytest.mark.parametrize("old", [False, True])
def test_a_checkpoint_that_would_run_code_is_refused_and_runs_nothing(old: bool, tmp_path: Path):
    file, canary = tmp_path / "model.pth", tmp_path / "canary"
    content = {"weights": torch.ones(3), "extra": Exploit(canary)}
    torch.save(content, file, _use_new_zipfile_serialization=not old)
    with pytest.raises(CheckpointError, match=r"whole Python objects \(\w+\.system\)"):
        checkpoints.read(file)
    assert not canary.exists()
    torch.load(file, weights_only=False)  # to see that the test above tests something
    assert canary.exists()


def test_a_vocabulary_that_would_run_code_is_refused_by_name(tmp_path: Path):
    words, model, canary = tmp_path / "vocab.pkl", tmp_path / "model.pth", tmp_path / "canary"
    words.write_bytes(pickle.dumps({"word2idx": {"a": 0}, "extra": Exploit(canary)}))
    torch.save({"w": torch.ones(2)}, model)
    with pytest.raises(CheckpointError, match=r"vocab\.pkl: it wants to run code \(\w+\.system\)"):
        checkpoints.bring([model, words])
    assert not canary.exists()


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("size", [3, 70_000])
def test_a_file_that_is_cut_off_anywhere_is_refused(old: bool, size: int, tmp_path: Path):
    whole, cut = tmp_path / "whole.pth", tmp_path / "cut.pth"
    tensors = OrderedDict(a=torch.ones(size), b=torch.ones(size, dtype=torch.int64))
    torch.save(tensors, whole, _use_new_zipfile_serialization=not old)
    data = whole.read_bytes()
    checkpoints.read(whole)
    for end in range(1, len(data), max(len(data) // 60, 1)):
        cut.write_bytes(data[:end])
        with pytest.raises(CheckpointError, match=r"cut\.pth: it (ends after|is no|is damaged)"):
            checkpoints.read(cut)


def test_a_file_without_tensors_is_not_taken_for_a_checkpoint(tmp_path: Path):
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(["a"]))
    with pytest.raises(CheckpointError, match="there are no tensors"):
        checkpoints.bring([tmp_path / "x.pkl"])


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(CheckpointError, match=r"gone\.pth: it cannot be read: No such file"):
        checkpoints.bring([tmp_path / "gone.pth"])


@pytest.mark.parametrize("old", [False, True])
def test_numbers_of_numpy_beside_the_tensors_are_read(old: bool, tmp_path: Path):
    content = {"w": torch.ones(2), "loss": np.float64(0.5), "epoch": np.int64(3)}
    torch.save(content, tmp_path / "m.pth", _use_new_zipfile_serialization=not old)
    read = checkpoints.read(tmp_path / "m.pth").content
    assert (read["loss"], read["epoch"], set(read)) == (0.5, 3, set(content))


def test_one_tensor_alone_is_no_state_dict(tmp_path: Path):
    torch.save(torch.ones(3), tmp_path / "t.pt")
    with pytest.raises(CheckpointError, match="it holds one Tensor, not tensors by name"):
        checkpoints.read(tmp_path / "t.pt")


def test_encoder_and_decoder_in_one_state_dict_come_apart():
    content = {
        "encoder.conv.weight": torch.ones(1, 1, 1, 1),
        "decoder.lstm.weight_ih_l0": torch.ones(4, 1),
        "decoder.embed.weight": torch.ones(2, 1),
    }
    networks = Checkpoint(path=Path("x"), content={"model": content}).networks()
    assert [set(n) for n in networks] == [{"conv.weight"}, {"lstm.weight_ih_l0", "embed.weight"}]


def test_the_state_of_an_optimiser_is_no_network():
    network = {"embed.weight": torch.ones(2, 1)}
    state = {"state": {0: {"exp_avg": torch.ones(2, 1)}}, "param_groups": []}
    content = {"model": network, "optimizer": state, "encoder_optim": {"m": torch.ones(1)}}
    assert Checkpoint(path=Path("x"), content=content).networks() == [network]


class Colour(enum.Enum):
    """An object that is made by a call, which nobody can tell from another call."""

    RED = "red"


class Network(torch.nn.Module):
    """Parameters, buffers of both kinds, and networks in it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)
        self.norms = torch.nn.ModuleList([torch.nn.BatchNorm2d(4)])
        self.none = torch.nn.Linear(4, 2, bias=False)
        self.register_buffer("kept", torch.ones(2))
        self.register_buffer("grid", torch.ones(2), persistent=False)
        self.activation = torch.nn.functional.relu


def same(found: Any, wanted: dict[str, torch.Tensor]) -> None:
    assert found.keys() == wanted.keys()
    for name, tensor in wanted.items():
        assert torch.equal(found[name], tensor), name


@pytest.mark.parametrize("old", [False, True])
def test_harmless_objects_beside_the_tensors_are_read_past(old: bool, tmp_path: Path):
    network = Network()
    optimizer = torch.optim.Adam(network.parameters())
    sum(p.sum() for p in network.parameters()).backward()
    optimizer.step()
    content = {
        "model": network.state_dict(),
        "optimizer": optimizer,
        "scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 3),
        "criterion": torch.nn.CrossEntropyLoss() if not old else None,
        "args": argparse.Namespace(lr=0.1, out=Path("runs")),
        "when": datetime.datetime(2024, 5, 6, tzinfo=datetime.UTC),
        "losses": np.arange(3.0),
    }
    torch.save(content, tmp_path / "m.pth", _use_new_zipfile_serialization=not old)
    read = checkpoints.read(tmp_path / "m.pth")
    same(read.content["model"], network.state_dict())
    assert read.networks() == [read.content["model"]]


def test_a_whole_network_comes_as_its_state_dict(tmp_path: Path):
    network = Network()
    torch.save(network, tmp_path / "one.pth")
    same(checkpoints.read(tmp_path / "one.pth").content, network.state_dict())
    torch.save({"epoch": 3, "model": torch.nn.DataParallel(network)}, tmp_path / "wrapped.pth")
    (weights,) = checkpoints.read(tmp_path / "wrapped.pth").networks()
    same(weights, network.state_dict())


SHAPES: dict[str, Callable[[Network], Any]] = {
    "networks beside an object": lambda n: {"epoch": 3, "model": n, "colour": Colour.RED},
    "state dicts beside an object": lambda n: {"model": n.state_dict(), "colour": Colour.RED},
    "tensors beside an object": lambda n: {**n.state_dict(), "colour": Colour.RED},
    "a list": lambda n: [n.state_dict(), Colour.RED],
    "an optimizer as well": lambda n: {
        "model": n,
        "optimizer": torch.optim.Adam(n.parameters()),
        "colour": Colour.RED,
    },
    "dicts in dicts": lambda n: {"state": {"model": n.state_dict(), "colour": Colour.RED}},
    "one network, old": lambda n: n,
    "networks, old": lambda n: {"model": n, "optimizer": torch.optim.Adam(n.parameters())},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_advice_in_a_refusal_saves_the_network(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    network = Network()
    old = shape.endswith("old")
    file = tmp_path / "whole.pth"
    torch.save(SHAPES[shape](network), file, _use_new_zipfile_serialization=not old)
    with pytest.raises(CheckpointError, match="it holds whole Python objects") as caught:
        checkpoints.read(file)
    advice = str(caught.value).partition("save the tensors alone: ")[2]
    monkeypatch.chdir(tmp_path)
    exec(advice, {})  # noqa: S102 - as a person would
    (weights,) = checkpoints.read(tmp_path / "captioner.pth").networks()
    same(weights, network.state_dict())


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_advice_about_torchscript_saves_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).eval()
    torch.jit.trace(network, torch.zeros(1, 3, 8, 8)).save(tmp_path / "traced.pt")
    with pytest.raises(CheckpointError, match="it is TorchScript") as caught:
        checkpoints.read(tmp_path / "traced.pt")
    monkeypatch.chdir(tmp_path)
    exec(str(caught.value).partition("Save its tensors: ")[2], {})  # noqa: S102 - as a person would
    (weights,) = checkpoints.read(tmp_path / "captioner.pth").networks()
    same(weights, network.state_dict())


def test_words_kept_in_a_checkpoint_of_their_own_are_read(tmp_path: Path):
    torch.save({"w": torch.ones(2)}, tmp_path / "m.pth")
    torch.save({"word2idx": {"a": 0}}, tmp_path / "words.pth")
    brought = checkpoints.bring([tmp_path / "m.pth"], vocabulary=tmp_path / "words.pth")
    assert brought.words == {"word2idx": {"a": 0}}


def test_a_cnn_that_is_named_apart_is_one_of_the_checkpoints(tmp_path: Path):
    for name in ("decoder", "cnn"):
        torch.save({name: torch.ones(2)}, tmp_path / name)
    brought = checkpoints.bring([tmp_path / "decoder"], encoder_weights=tmp_path / "cnn")
    assert [set(weights) for _, weights in brought.networks()] == [{"decoder"}, {"cnn"}]


def entry(archive: zipfile.ZipFile, size: int) -> None:
    """Write a checkpoint of one tensor of so many float32, all of them zero and packed."""
    number = b"\x8a\x09" + struct.pack("<q", size) + b"\0"
    archive.writestr(
        "a/data.pkl",
        b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage"
        b"ctorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu" + number + b"tQK\x00("
        + number + b"t(K\x01t\x89ccollections\nOrderedDict\n)RtRs.",
    )  # fmt: skip
    archive.writestr("a/version", b"3\n")
    with archive.open("a/data/0", "w", force_zip64=True) as file:
        for _ in range(size >> 20):
            file.write(bytes(4 << 20))


def save_bombs(folder: Path) -> None:
    """Write small files that ask for gigabytes, or for ever."""
    huge_memo = b"Nr" + struct.pack("<I", 0x1FFFFFF0)
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
    doubled = b"".join(b"h%ch%c\x86q%c" % (i, i, i + 1) for i in range(60))
    never = b"\x80\x02)q\x00" + doubled + b"0}h\x3cNs."
    tensor = torch.zeros(1).expand(1 << 15, 1 << 16)
    (folder / "memo.pkl").write_bytes(b"\x80\x02" + huge_memo + b".")
    (folder / "memo.pth").write_bytes(head + b"\x80\x02" + huge_memo + b".")
    (folder / "hash.pkl").write_bytes(never)
    (folder / "hash.pth").write_bytes(head + never)
    for name in ("hash-zip.pth", "memo-zip.pth"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("a/data.pkl", never if "hash" in name else b"\x80\x02" + huge_memo)
    with zipfile.ZipFile(folder / "packed.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        entry(archive, 1 << 29)
    torch.save({"embed.weight": tensor}, folder / "one-number.pth")
    torch.save(
        {f"{i}": tensor for i in range(3)}, folder / "old.pth", _use_new_zipfile_serialization=False
    )
    nested: dict[str, Any] = {}
    for _ in range(200):
        nested = {"a": nested}
    torch.save(nested, folder / "nested.pth")
    (folder / "long.json").write_bytes(b"[" + b"[]," * (12 << 20) + b"[]]")
    (folder / "deep.json").write_bytes(b"[" * 200_000)
    (folder / "many.txt").write_bytes(b"a\n" * (12 << 20))
    (folder / "deep.toml").write_bytes(b"a = " + b"[" * 50_000)
    (folder / "long.toml").write_bytes(b"a." * 50_000 + b"a = 1")


OPEN = """
import resource, sys, time
from pathlib import Path
from lorgnette_export.reading import checkpoints, vocabularies
from lorgnette_export.reading.checkpoints import CheckpointError
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (1500 << 20),) * 2)
for file in sorted(Path(sys.argv[1]).iterdir()):
    for named in ("checkpoint", "words"):
        start = time.process_time()
        try:
            if named == "checkpoint":
                checkpoints.bring([file])
            else:
                vocabularies.read(checkpoints._words(file), file)
        except CheckpointError as error:
            print(file.name, named, "refused", round(time.process_time() - start, 1), error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_small_files_that_ask_for_all_memory_or_time_are_refused(tmp_path: Path):
    save_bombs(tmp_path)
    assert max(file.stat().st_size for file in tmp_path.iterdir()) < 40 << 20
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    refused = [tuple(line.split()[:2]) for line in done.stdout.splitlines()]
    assert refused == [
        (f.name, k) for f in sorted(tmp_path.iterdir()) for k in ("checkpoint", "words")
    ]
