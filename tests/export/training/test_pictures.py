"""Training from pictures: what the network is shown, and a real run made small."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from tests.export.training.squares import SMALL

from lorgnette_export import cli
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError
from lorgnette_export.networks import efficientnet_lite
from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.reading.runs import read_run, read_start
from lorgnette_export.training import batches, features, pictures
from lorgnette_export.training.config import read_config
from lorgnette_export.training.loop import train
from lorgnette_export.training.pictures import Pictures

LITE2 = ENCODERS["efficientnet-lite2"]
SIZE = 64  # of what the network is shown here: a sixteenth of the work


def shown(folder: Path, cache: Path, size: int = pictures.SIDE) -> Pictures:
    photos = [photo for photo in captioned.read(folder) if photo.split == "train"]
    pixels = pictures.compute([photo.file for photo in photos], cache)
    return Pictures(photos=photos, pixels=pictures.held(pixels), encoder=LITE2, size=size)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


def test_the_first_views_are_the_photo_and_its_mirror_image(squares: Path, cache: Path) -> None:
    split = shown(squares, cache)
    (seen,) = split.batch([3, 3], [0, 1])
    encoder = dataclasses.replace(LITE2, image_size=pictures.SIDE)
    with Image.open(split.photos[3].file) as opened:
        image = opened.convert("RGB")
    for found, picture in zip(seen, (image, ImageOps.mirror(image)), strict=True):
        expected = torch.from_numpy(features.pixels_of(picture, encoder))
        torch.testing.assert_close(found, expected, atol=0.02, rtol=0)


def test_other_views_are_crops_that_come_out_the_same_again(squares: Path, cache: Path) -> None:
    split = shown(squares, cache, SIZE)
    (once,) = split.batch([0] * 6, [17, 18, 19, 20, 21, 22])
    (again,) = split.batch([0] * 3, [20, 21, 22])
    assert torch.equal(once[3:], again)
    assert once.shape == (6, 3, SIZE, SIZE)
    assert len({tuple(view.flatten().tolist()) for view in once}) == 6
    # Red on white stays red on white, whatever is cut off and however it is coloured.
    assert split.photos[0].file.name.startswith("red")
    assert (once[:, 0] >= once[:, 2] - 0.05).all()


def test_what_was_read_is_not_read_again_and_what_cannot_be_is_black(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.png" for number in range(3)]
    for file in (files[0], files[2]):
        Image.new("RGB", (40, 30), "white").save(file)
    files[1].write_bytes(b"no picture")
    found = pictures.compute(files, tmp_path / "cache")
    assert found.shape == (3, pictures.SIDE, pictures.SIDE, 3)
    assert [int(square.mean()) for square in found] == [255, 0, 255]
    for file in files:
        file.unlink()
    assert np.array_equal(pictures.compute(files, tmp_path / "cache"), found)


@pytest.fixture(scope="session")
def end_to_end(squares: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that trained the whole CNN, by the command line."""
    folder = tmp_path_factory.mktemp("end to end")
    config = folder / "whole.toml"
    config.write_text(
        "hidden = 64\nembedding = 64\nheads = 2\ndropout = 0.1\nepochs = 4\nphotos = 4\n"
        f"captions = 2\nlearning_rate = 1e-2\nleast_count = 1\npictures = true\nsize = {SIZE}\n"
        "whole_cnn = true\ntop_learning_rate = 1e-4\nfrozen = 0.2\nleast_area = 0.9\nwatch = 4\n"
    )
    arguments = ["train", "--data", squares, "--out", folder / "run", "--config", config]
    assert cli.main([str(a) for a in [*arguments, "--grids", cache]]) == 0
    return folder / "run"


def test_the_whole_cnn_learns_from_pictures(end_to_end: Path) -> None:
    history = json.loads((end_to_end / "history.json").read_text())
    assert ["squares" in line for line in history] == [False] * 3 + [True]
    assert history[-1]["loss"] < history[0]["loss"] / 2
    saved = read_run(end_to_end / "checkpoint.pt")
    before = efficientnet_lite.pretrained().state_dict()
    changed = {n for n in before if not torch.equal(before[n], saved["cnn"][n])}
    assert {"_conv_stem.weight", "_blocks.3._project_conv.weight", "_conv_head.weight"} <= changed
    assert not any("running" in name for name in changed)
    # What evidence stands on is no longer there.
    arguments = ["evidence", end_to_end / "checkpoint.pt", "--out", end_to_end / "evidence.pt"]
    assert cli.main([str(a) for a in [*arguments, "--like", end_to_end / "checkpoint.pt"]]) == 2


def test_rewards_are_earned_from_a_release_by_pictures(
    end_to_end: Path, squares: Path, cache: Path, tmp_path: Path
) -> None:
    release = tmp_path / "one.safetensors"
    arguments = ["release", end_to_end / "checkpoint.pt", "--out", release]
    assert cli.main([str(a) for a in arguments]) == 0
    begun, run = read_start(release), read_run(end_to_end / "checkpoint.pt")
    assert begun["vocabulary"] == run["vocabulary"]
    for part in ("weights", "cnn"):
        for name, value in run[part].items():
            torch.testing.assert_close(begun[part][name].to(value), value, rtol=1e-3, atol=1e-5)
    rewarded = dataclasses.replace(
        SMALL, hidden=64, embedding=64, pictures=True, size=SIZE, epochs=1, samples=3, price=0.5,
        learning_rate=1e-3, top_learning_rate=1e-5,
    )  # fmt: skip
    after = train(rewarded, shown(squares, cache, SIZE), {}, tmp_path / "rewarded", begun)
    (line,) = torch.load(after, weights_only=True)["history"]
    assert line["drawn sentences"] > 1  # of 10; without what the release knew, next to nothing


def test_a_run_by_the_clock_ends_when_its_time_is_up(
    squares: Path, cache: Path, tmp_path: Path
) -> None:
    timed = dataclasses.replace(
        SMALL, pictures=True, size=SIZE, epochs=10_000, minutes=0.02, watch=10_000
    )
    split = shown(squares, cache, SIZE)
    after = torch.load(train(timed, split, {"val": split}, tmp_path / "run"), weights_only=True)
    assert 1 <= len(after["history"]) < 1000
    assert "val" in after["history"][-1]  # however it ends, it is measured
    assert after["seconds"] >= 60 * timed.minutes


def test_settings_that_do_not_fit_are_named(tmp_path: Path) -> None:
    for content, word in (
        ("whole_cnn = true", "whole_cnn takes pictures"),
        ('encoders = ["efficientnet-lite2", "efficientnet-lite2-imagenet"]', "pictures = true"),
        ("second = 2", "second is 2"),
    ):
        (tmp_path / "one.toml").write_text(content)
        with pytest.raises(DataError, match=word):
            read_config(tmp_path / "one.toml")


def test_batches_are_made_ahead_and_their_faults_come_through() -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise DataError("the disk is gone")

    found = batches.ahead(items())
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(DataError, match="gone"):
        next(found)


def test_what_a_model_wrote_is_taken_as_seldom_as_is_asked(squares: Path, cache: Path) -> None:
    split = shown(squares, cache, SIZE)
    photos = [
        dataclasses.replace(photo, machine=number % 2 == 0, captions=("a first", "the second"))
        for number, photo in enumerate(split.photos)
    ]
    split = dataclasses.replace(split, photos=photos)
    vocabulary = [*captioned.SPECIALS, "a", "first", "the", "second"]
    captions = batches.Captions.of(
        [[captioned.words(c) for c in photo.captions] for photo in photos], vocabulary
    )
    config = dataclasses.replace(SMALL, machine=0.5, second=0.0, photos=4)
    rows, firsts = [], []
    for some, _, tokens, _ in batches.minibatches(
        split, captions, config, np.random.default_rng(0)
    ):
        rows += some
        firsts += tokens[:: config.captions, 1].tolist()
    assert len(rows) == len(set(rows)) == batches.photos_an_epoch(photos, config)
    assert sum(photos[row].machine for row in rows) == len(photos) // 4
    assert {t for row, t in zip(rows, firsts, strict=True) if photos[row].machine} == {3}
    assert {t for row, t in zip(rows, firsts, strict=True) if not photos[row].machine} == {3, 5}
