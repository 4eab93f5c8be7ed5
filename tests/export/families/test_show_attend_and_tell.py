import json
from pathlib import Path

import pytest
import torch
from tests.export.layouts import (
    WORDS,
    Oracle,
    ShowAttendDecoder,
    ShowAttendEncoder,
    check_captions,
    filled,
    run,
)

from lorgnette.captioning.manifest import Manifest

pytestmark = pytest.mark.torch

# create_input_files numbers words from 1, then <unk>, <start>, <end>; <pad> is 0.
WORD_MAP = {f"word{i}": i for i in range(1, WORDS - 3)} | {
    "<unk>": WORDS - 3,
    "<start>": WORDS - 2,
    "<end>": WORDS - 1,
    "<pad>": 0,
}


@pytest.fixture(scope="module")
def word_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("words") / "WORDMAP_flickr8k_5_cap_per_img_5_min_word_freq.json"
    file.write_text(json.dumps(WORD_MAP))
    return file


def test_the_tutorial_says_in_the_app_what_it_says_in_pytorch(tmp_path: Path, word_map: Path):
    encoder = filled(ShowAttendEncoder())
    decoder = filled(ShowAttendDecoder(), ending=WORDS - 1)
    checkpoint = tmp_path / "captioner.pth"
    torch.save({"encoder": encoder.state_dict(), "decoder": decoder.state_dict()}, checkpoint)
    out = tmp_path / "model"
    assert run("convert", checkpoint, word_map, "--out", out, "--input-size", 96) == 0
    model = Manifest.read(out)
    assert (model.family, model.resize, model.forbidden_ids) == ("sgrvinod", "squash", (0,))
    assert (model.start_id, model.end_id, model.unknown_id) == (WORDS - 2, WORDS - 1, WORDS - 3)
    check_captions(out, Oracle(lambda pixels: (encoder(pixels),), decoder))


@pytest.mark.parametrize("old", [False, True])
def test_pickled_modules_are_refused_with_the_way_to_save_their_tensors(
    tmp_path: Path, word_map: Path, capsys: pytest.CaptureFixture[str], old: bool
):
    decoder = ShowAttendDecoder()
    content = {
        "epoch": 3,
        "decoder": decoder,
        "decoder_optimizer": torch.optim.Adam(decoder.parameters()),
    }
    checkpoint = tmp_path / "BEST_checkpoint_flickr8k.pth.tar"
    torch.save(content, checkpoint, _use_new_zipfile_serialization=not old)
    assert run("convert", checkpoint, word_map, "--out", tmp_path / "model") == 2
    said = capsys.readouterr().err
    assert "it holds whole Python objects (tests.export.layouts.ShowAttendDecoder)" in said
    assert 'torch.save({k: v.state_dict() for k, v in checkpoint.items() if hasattr(v, "' in said
