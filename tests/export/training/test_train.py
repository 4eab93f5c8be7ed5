"""A real run made small: drawn squares, the real CNN, a decoder of a few thousand weights."""

import argparse
import json
from pathlib import Path

import pytest
import torch

from lorgnette_export import cli
from lorgnette_export.data.captioned import DataError
from lorgnette_export.networks import efficientnet_lite
from lorgnette_export.training import train


def test_it_learns_what_is_drawn(run: Path, squares: Path) -> None:
    history = json.loads((run / "history.json").read_text())
    assert [line["epoch"] for line in history] == list(range(1, 13))
    assert history[-1]["loss"] < history[0]["loss"] / 2
    assert history[-1]["squares"] > 5  # CIDEr-D of unseen positions; 10 is the greatest


def test_the_top_can_be_tuned_from_an_earlier_run(
    run: Path, squares: Path, grids: Path, tmp_path: Path
) -> None:
    config = tmp_path / "tune.toml"
    config.write_text(
        "hidden = 64\nembedding = 64\nheads = 2\nepochs = 1\nphotos = 8\ncaptions = 2\n"
        "learning_rate = 1e-4\ntop_learning_rate = 1e-4\nviews = 3\nleast_count = 1\n"
    )
    arguments = [
        *("train", "--data", squares, "--out", tmp_path / "run", "--config", config),
        *("--start", run / "checkpoint.pt", "--grids", grids),
    ]
    assert cli.main([str(a) for a in arguments]) == 0
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["history"][0]["squares"] > 5
    for name, before in efficientnet_lite.pretrained().state_dict().items():
        changed = not torch.equal(before, saved["cnn"][name])
        number = name.split(".")[1] if name.startswith("_blocks") else ""
        is_top = name.startswith(("_conv_head", "_bn1.")) or (
            number and int(number) >= efficientnet_lite.TRUNK_BLOCKS
        )
        if not name.endswith(("running_mean", "running_var", "num_batches_tracked")):
            assert changed == bool(is_top), name
        else:
            assert not changed, name


def test_an_encoder_without_its_weights_is_named(run: Path, squares: Path, tmp_path: Path) -> None:
    config = tmp_path / "detector.toml"
    config.write_text('encoders = ["mobilenet-detector"]\n')
    with pytest.raises(DataError, match="mobilenet-detector"):
        train.run(
            argparse.Namespace(
                data=squares, out=tmp_path, config=config, start=None,
                seed=None, grids=None, detector=None, threads=None,
            )
        )  # fmt: skip


def test_a_start_of_another_size_is_named(run: Path, squares: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"hidden is 64 in .*checkpoint.pt, and 512 in"):
        train.run(
            argparse.Namespace(
                data=squares, out=tmp_path, config=None, start=run / "checkpoint.pt",
                seed=None, grids=None, detector=None, threads=None,
            )
        )  # fmt: skip
    config = tmp_path / "detector.toml"
    config.write_text('encoders = ["mobilenet-detector"]\nhidden = 64\nembedding = 64\nheads = 2\n')
    with pytest.raises(
        DataError, match="sees with efficientnet-lite2; the configuration must name"
    ):
        train.run(
            argparse.Namespace(
                data=squares, out=tmp_path, config=config, start=run / "checkpoint.pt",
                seed=None, grids=None, detector=None, threads=None,
            )
        )  # fmt: skip
