import os
import pickle
from collections import OrderedDict
from pathlib import Path

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


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "there are no tensors"),
        (b"\x80\x04K\x01.", "there are no tensors"),
    ],
)
def test_a_file_without_tensors_is_not_taken_for_a_checkpoint(
    content: bytes, expected: str, tmp_path: Path
):
    (tmp_path / "x.pkl").write_bytes(content or pickle.dumps(["a"]))
    with pytest.raises(CheckpointError, match=expected):
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
