"""Telling photos from drawings, and how sure to be."""

import json
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from lorgnette.captioning import judging
from lorgnette.captioning.captioner import Captioner
from lorgnette_export import cli, families
from lorgnette_export.conversion.convert import Options, convert


def test_judging_tells_photos_from_drawings_and_is_kept_through_the_export(
    run: Path, squares: Path, photo: Callable[[str], Image.Image], tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("astronaut", "coffee", "cat", "rocket"):
        whole = photo(name)
        for i in range(6):  # corners of the photo, as many as there are drawings of a kind
            left, top = i * 20, (i % 3) * 20
            whole.crop((left, top, left + 250, top + 200)).save(
                tmp_path / "photos" / f"{name}{i}.jpg"
            )
    (tmp_path / "others" / "drawing").mkdir(parents=True)
    for file in squares.glob("*.png"):
        (tmp_path / "others" / "drawing" / file.name).symlink_to(file)
    judged = tmp_path / "judged.pt"
    arguments = [
        *("judge", run / "checkpoint.pt", "--data", squares, "--out", judged),
        *("--photos", tmp_path / "photos", "--others", tmp_path / "others"),
        *("--input-size", 288),  # other than in training
    ]
    assert cli.main([str(a) for a in arguments]) == 0
    report = json.loads(judged.with_suffix(".judging.json").read_text())
    assert report["others_declined"] > 0.95
    assert report["photos_declined"] < 0.1
    model, released = tmp_path / "model", tmp_path / "released.safetensors"
    assert cli.main(["release", str(judged), "--out", str(released)]) == 0
    convert(families.read([released]), model, Options(pictures=5))
    captioner = Captioner.open(model)
    assert (captioner.manifest.image_height, captioner.manifest.image_width) == (288, 288)
    declined = captioner.caption(next(squares.glob("red-square*.png")))
    assert (declined.text, declined.reason) == ("", judging.NO_PHOTO)
    anyway = captioner.caption(next(squares.glob("red-square*.png")), anyway=True)
    assert "red" in anyway.text.lower()
    assert captioner.caption(tmp_path / "photos" / "coffee0.jpg").text
