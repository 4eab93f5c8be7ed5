"""Drawn squares, and a run that has learnt them."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from tests.export.training.squares import COLOURS

from lorgnette_export import cli
from lorgnette_export.data import captioned
from lorgnette_export.networks import efficientnet_lite
from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.training import features
from lorgnette_export.training.batches import Split


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder: squares and circles in four colours, six of each."""
    folder = tmp_path_factory.mktemp("squares")
    (folder / "captions").mkdir()
    images = []
    for number in range(6):
        for colour in COLOURS:
            for shape in ("square", "circle"):
                name = f"{colour}-{shape}-{number}.png"
                picture = Image.new("RGB", (96, 96), "white")
                draw = ImageDraw.Draw(picture)
                box = (10 + number * 4, 16, 60 + number * 4, 66)
                (draw.rectangle if shape == "square" else draw.ellipse)(box, fill=colour)
                picture.save(folder / name)
                images.append(
                    {
                        "file": name,
                        "split": "val" if number == 5 else "train",
                        "captions": [f"A {colour} {shape}.", f"There is a {colour} {shape} ."],
                    }
                )
    (folder / "captions" / "squares.json").write_text(
        json.dumps({"set": "squares", "images": images})
    )
    return folder


@pytest.fixture(scope="session")
def grids(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the grids of all runs: the CNN becomes a graph once, not in each test."""
    return tmp_path_factory.mktemp("grids")


@pytest.fixture(scope="session")
def run(squares: Path, grids: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run, trained through the command line."""
    folder = tmp_path_factory.mktemp("runs")
    config = folder / "small.toml"
    config.write_text(
        "hidden = 64\nembedding = 64\nheads = 2\ndropout = 0.1\nepochs = 12\nphotos = 8\n"
        "captions = 2\nlearning_rate = 1e-2\nleast_count = 1\n"
    )
    arguments = ["train", "--data", squares, "--out", folder / "run", "--config", config]
    arguments += ["--grids", grids]
    assert cli.main([str(a) for a in arguments]) == 0
    return folder / "run"


@pytest.fixture(scope="session")
def whole(squares: Path, grids: Path) -> Split:
    """Return the photos to learn from, and their grids."""
    photos = [photo for photo in captioned.read(squares) if photo.split == "train"]
    encoder = ENCODERS["efficientnet-lite2"]

    def made() -> features.Runner:
        return features.runner(encoder, efficientnet_lite.pretrained())

    files = [photo.file for photo in photos]
    return Split(photos=photos, grids=[features.compute(files, encoder, made, grids)])
