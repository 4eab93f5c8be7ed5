import pickle
from argparse import Namespace
from pathlib import Path

import pytest
import torch
from tests.export.layouts import (
    WORDS,
    AttModel,
    FCModel,
    Oracle,
    ResNet,
    caffe,
    check_captions,
    filled,
    resnet_features,
    run,
)
from torch import nn

from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.vocabulary import Vocabulary

pytestmark = pytest.mark.torch

# prepro_labels numbers words from 1 and puts UNK last; 0 is start, end and padding.
VOCAB = {str(i): f"word{i}" for i in range(1, WORDS - 1)} | {str(WORDS - 1): "UNK"}


def saved(folder: Path, decoder: nn.Module, att_dir: str = "data/cocotalk_att") -> tuple[Path, ...]:
    """Return model-best.pth and infos_*.pkl as utils.save_checkpoint writes them, and the CNN."""
    files = folder / "model-best.pth", folder / "infos_fc-best.pkl", folder / "resnet101.pth"
    torch.save(decoder.state_dict(), files[0])
    infos = {"opt": Namespace(input_att_dir=att_dir), "vocab": VOCAB, "best_val_score": 0.9}
    files[1].write_bytes(pickle.dumps(infos, protocol=2))
    torch.save(filled(ResNet()).state_dict(), files[2])
    return files


@pytest.mark.parametrize(
    "decoder",
    [FCModel(), AttModel("att2in2", use_bn=0), AttModel("topdown", use_bn=2, logit_layers=2)],
    ids=["fc", "att2in2", "topdown"],
)
def test_decoders_say_in_the_app_what_they_say_in_pytorch(decoder: nn.Module, tmp_path: Path):
    filled(decoder, ending=0)
    files = saved(tmp_path, decoder)
    out = tmp_path / "model"
    cnn = ("--encoder-weights", files[2]) if isinstance(decoder, FCModel) else files[2:]
    assert run("convert", *files[:2], *cnn, "--out", out, "--input-size", 96) == 0
    model = Manifest.read(out)
    assert (model.family, model.end_id, model.start_id) == ("ruotianluo", 0, WORDS)
    assert model.unknown_id == WORDS - 1
    words = Vocabulary.read(out / "vocabulary.txt").words
    assert (words[0], words[1], words[-1]) == ("<end>", "word1", "<start>")
    resnet = caffe(filled(ResNet()))
    oracle = Oracle(lambda pixels: resnet_features(resnet, pixels), decoder, start=0)
    check_captions(out, oracle)


def test_the_cnn_that_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    model, infos, _ = saved(tmp_path, FCModel())
    assert run("convert", model, infos, "--out", tmp_path / "model") == 2
    assert "data/imagenet_weights/resnet101.pth" in capsys.readouterr().err


def test_a_decoder_of_detected_regions_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    files = saved(tmp_path, AttModel("topdown", use_bn=0), att_dir="data/cocobu_att")
    assert run("convert", *files, "--out", tmp_path / "model") == 2
    assert "trained on an object detector's regions (cocobu_att)" in capsys.readouterr().err


def test_a_vocabulary_of_another_training_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    model, infos, cnn = saved(tmp_path, FCModel())
    fewer = {"vocab": {k: v for k, v in VOCAB.items() if int(k) < 50}}
    infos.write_bytes(pickle.dumps(fewer, protocol=2))
    assert run("convert", model, infos, cnn, "--out", tmp_path / "model") == 2
    assert "the vocabulary has 49 words, the decoder 59" in capsys.readouterr().err
