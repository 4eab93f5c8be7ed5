"""Drawn squares, and a run that has learnt them."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from tests.export.training.squares import COLOURS

from lorgnette_export import cli


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
def run(squares: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run, trained through the command line."""
    folder = tmp_path_factory.mktemp("runs")
    config = folder / "small.toml"
    config.write_text(
        "hidden = 64\nembedding = 64\nheads = 2\ndropout = 0.1\nepochs = 12\nphotos = 8\n"
        "captions = 2\nlearning_rate = 1e-2\nleast_count = 1\n"
    )
    arguments = ["train", "--data", squares, "--out", folder / "run", "--config", config]
    assert cli.main([str(a) for a in arguments]) == 0
    return folder / "run"
