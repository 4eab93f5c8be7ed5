"""Files and folders that people name and that are no checkpoints: the sentence that helps."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from lorgnette_export.reading import checkpoints
from lorgnette_export.reading.checkpoints import CheckpointError

pytestmark = pytest.mark.torch

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 178793939\n"


def tar() -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.pth"))
    return written.getvalue()


def packed(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return written.getvalue()


def arrays() -> bytes:
    written = io.BytesIO()
    np.savez(written, weight=np.ones(3))
    return written.getvalue()


def graph() -> bytes:
    empty = helper.make_model(helper.make_graph([], "empty", [], []))
    assert isinstance(empty, onnx.ModelProto)
    data: bytes = empty.SerializeToString()
    return data


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("encoder.pkl", b"", "it is empty"),
        ("model.pth", POINTER, "git lfs pull"),
        ("model.safetensors", POINTER, "git lfs pull"),
        ("vocab.json", POINTER, "git lfs pull"),
        ("model.pth", b"\n<!DOCTYPE html>\n<html>", "it is a web page"),
        ("vocab.pkl", b"<html lang=en>", "it is a web page"),
        ("encoder.onnx", graph(), "it is an ONNX graph; lorgnette needs the PyTorch checkpoint"),
        ("model.h5", b"\x89HDF\r\n\x1a\n", "as Keras writes"),
        (
            "model.keras",
            packed("metadata.json", "config.json", "model.weights.h5"),
            "model of Keras",
        ),
        ("model.pth.gz", gzip.compress(b"x", mtime=0), "unpack it first"),
        ("model.pth.tar", tar(), "it is a tar archive"),
        ("models.zip", packed("models/encoder.pkl"), "it is a zip archive: unpack it"),
        ("weights.npz", arrays(), "it holds arrays of NumPy"),
        ("weights.npy", b"\x93NUMPY\x01\x00", "it is an array of NumPy"),
        ("model.gguf", b"GGUF\x03", "GGUF"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(
    name: str, content: bytes, expected: str, tmp_path: Path
):
    file = tmp_path / name
    file.write_bytes(content)
    for call in (
        lambda: checkpoints.bring([file]),
        lambda: checkpoints.bring([file], vocabulary=file),
        lambda: checkpoints.bring([file], encoder_weights=file),
    ):
        with pytest.raises(CheckpointError) as caught:
            call()
        assert str(caught.value).startswith(f"{name}: ")
        assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["config.json", "pytorch_model.bin"], "transformer of Hugging Face"),
        (["config.json", "model.safetensors"], "transformer of Hugging Face"),
        (["config.json", "encoder_model.onnx", "decoder_model.onnx"], "a folder of ONNX graphs"),
        (["data.pkl", "version"], "name the packed file"),
        (["encoder.pkl", "decoder.pkl"], "name the files in it"),
        ([], "name the files in it"),
    ],
)
def test_a_folder_is_told_by_what_is_in_it(names: list[str], expected: str, tmp_path: Path):
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CheckpointError, match=expected):
        checkpoints.bring([tmp_path])
