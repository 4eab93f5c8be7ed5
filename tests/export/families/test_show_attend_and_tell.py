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


@pytest.mark.parametrize("kept", ["tensors", "networks", "networks, old"])
def test_the_tutorial_says_in_the_app_what_it_says_in_pytorch(
    tmp_path: Path,
    word_map: Path,
    kept: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    encoder = filled(ShowAttendEncoder())
    decoder = filled(ShowAttendDecoder(), ending=WORDS - 1)
    checkpoint = tmp_path / "BEST_checkpoint_flickr8k.pth.tar"
    content = {"encoder": encoder, "decoder": decoder}
    if kept == "tensors":
        content = {name: network.state_dict() for name, network in content.items()}
    else:
        content["decoder_optimizer"] = torch.optim.Adam(decoder.parameters())
    old = kept.endswith("old")
    torch.save(content, checkpoint, _use_new_zipfile_serialization=not old)
    out = tmp_path / "model"
    arguments = ("convert", checkpoint, word_map, "--out", out, "--input-size", 96)
    if old:
        assert run(*arguments) == 2
        said = capsys.readouterr().err
        assert "it holds whole Python objects (tests.export.layouts.ShowAttendEncoder)" in said
        advice = said.partition("save the tensors alone: ")[2].splitlines()[0]
        monkeypatch.chdir(tmp_path)
        exec(advice, {})  # noqa: S102 - as a person would
        arguments = ("convert", "captioner.pth", *arguments[2:])
    assert run(*arguments) == 0
    model = Manifest.read(out)
    assert (model.family, model.resize, model.interpolation) == ("sgrvinod", "squash", "bilinear")
    assert (model.search.beam_size, model.silent_ids) == (5, (0, WORDS - 2))
    assert (model.start_id, model.end_id, model.unknown_id) == (WORDS - 2, WORDS - 1, WORDS - 3)
    check_captions(out, Oracle(lambda pixels: (encoder(pixels),), decoder))
