"""Scaling beside torchvision's transforms of a picture of Pillow's, written after them."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lorgnette.captioning import images
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.scaling import Interpolation, scaled
from lorgnette.errors import BrokenModelError

FILTERS: dict[Interpolation, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
# Odd and even differences on both axes; one side that fits already; far larger and smaller ones.
SIZES = [(301, 200), (200, 301), (333, 255), (256, 256), (640, 427), (427, 641), (91, 37), (257, 9)]


def resize(picture: Image.Image, size: int, kind: Interpolation) -> Image.Image:
    """transforms.Resize(size)."""
    w, h = picture.size
    short, long = (w, h) if w <= h else (h, w)
    if short == size:
        return picture
    new_short, new_long = size, int(size * long / short)
    new_w, new_h = (new_short, new_long) if w <= h else (new_long, new_short)
    return picture.resize((new_w, new_h), FILTERS[kind])


def center_crop(picture: Image.Image, height: int, width: int) -> Image.Image:
    """transforms.CenterCrop((height, width))."""
    top = round((picture.height - height) / 2.0)
    left = round((picture.width - width) / 2.0)
    return picture.crop((left, top, left + width, top + height))


def noise(size: tuple[int, int]) -> Image.Image:
    random = np.random.default_rng(size)
    return Image.fromarray(random.integers(0, 256, (size[1], size[0], 3)).astype(np.uint8))


def same(one: Image.Image, other: Image.Image) -> None:
    np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize("size", SIZES)
def test_each_way_of_scaling_is_torchvisions(size: tuple[int, int], kind: Interpolation) -> None:
    picture = noise(size)
    args = {"height": 60, "width": 81, "interpolation": kind}
    squashed = scaled(picture, resize="squash", resize_side=0, **args)  # type: ignore[arg-type]
    same(squashed, picture.resize((81, 60), FILTERS[kind]))
    cropped = scaled(picture, resize="crop", resize_side=100, **args)  # type: ignore[arg-type]
    same(cropped, center_crop(resize(picture, 100, kind), 60, 81))
    kept = scaled(
        picture, height=2048, width=2048, resize="keep", resize_side=64, interpolation=kind
    )
    same(kept, resize(picture, 64, kind))


def test_a_picture_whose_shape_is_kept_may_stay_as_it_is_up_to_the_most_there_may_be() -> None:
    args = {"height": 300, "width": 300, "resize": "keep", "resize_side": 0}
    small, large = noise((123, 45)), noise((600, 400))
    assert scaled(small, interpolation="bilinear", **args) is small  # type: ignore[arg-type]
    assert scaled(large, interpolation="bilinear", **args).size == (300, 200)  # type: ignore[arg-type]


def test_the_longest_of_pictures_is_no_reason_to_take_gigabytes() -> None:
    strip = Image.new("RGB", (200_000, 2), "red")
    args = {"height": 224, "width": 224, "interpolation": "bilinear", "resize_side": 256}
    for way in ("crop", "squash", "keep"):
        seen = scaled(strip, resize=way, **args)  # type: ignore[arg-type]
        assert max(seen.size) == 224
        assert seen.getpixel((0, 0)) == (255, 0, 0)


def changed(toy_model: Path, folder: Path, **values: object) -> Path:
    shutil.copytree(toy_model, folder)
    dataclasses.replace(Manifest.read(folder), **values).write(folder)  # type: ignore[arg-type]
    return folder


def test_a_model_scales_as_its_manifest_says(toy_model: Path, tmp_path: Path) -> None:
    picture = noise((90, 70))
    for kind, way in FILTERS.items():
        seen = Captioner.open(changed(toy_model, tmp_path / kind, interpolation=kind)).pixels(
            picture
        )
        wanted = np.asarray(picture.resize((16, 16), way), np.float32).transpose(2, 0, 1) / 255
        np.testing.assert_allclose(seen, wanted, atol=1e-6)


def test_colours_may_come_blue_first_each_with_its_own_mean(
    toy_model: Path, tmp_path: Path, red: Path
) -> None:
    folder = changed(
        toy_model, tmp_path / "bgr", colours="bgr", mean=(0.1, 0.2, 0.3), deviation=(1, 1, 1 / 255)
    )
    seen = Captioner.open(folder).pixels(images.load(red, 16))
    np.testing.assert_allclose(seen[0], 20 / 255 - 0.1, atol=1e-6)
    np.testing.assert_allclose(seen[2], 200 - 0.3 * 255, rtol=1e-5)


def test_a_model_of_another_program_sees_the_whole_picture_as_that_does(
    toy_model: Path, tmp_path: Path
) -> None:
    noise((801, 603)).save(tmp_path / "large.jpg", quality=95)
    with Image.open(tmp_path / "large.jpg") as picture:
        wanted = picture.convert("RGB").resize((16, 16), Image.Resampling.NEAREST)
    captioner = Captioner.open(
        changed(toy_model, tmp_path / "whole", whole=True, interpolation="nearest")
    )
    seen = captioner.pixels(images.load(tmp_path / "large.jpg", captioner.least_side))
    np.testing.assert_allclose(seen * 255, np.asarray(wanted).transpose(2, 0, 1), atol=1e-3)
    quick = Captioner.open(toy_model).least_side
    assert min(images.load(tmp_path / "large.jpg", quick).size) < 603


@pytest.mark.parametrize(
    "wrong",
    [
        {"interpolation": "sinc"},
        {"colours": "grey"},
        {"resize": "stretch"},
        {"resize_side": 10**6},
        {"search": {"ended": "never"}},
        {"search": {"beam_size": 0}},
        {"search": {"width": 3}},
        {"silent_ids": [99]},
    ],
)
def test_what_a_manifest_must_not_say_is_refused(
    toy_model: Path, tmp_path: Path, wrong: dict[str, object]
) -> None:
    folder = shutil.copytree(toy_model, tmp_path / "model")
    content = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**content, **wrong}))
    with pytest.raises(BrokenModelError, match=r"model\.json is incomplete or wrong"):
        Manifest.read(folder)


def test_a_manifest_from_before_means_what_it_meant(toy_model: Path) -> None:
    content = json.loads((toy_model / "model.json").read_text())
    for added in ("interpolation", "colours", "whole", "search", "silent_ids"):
        del content[added]
    model = Manifest._from(content, toy_model)
    assert model == Manifest.read(toy_model)
    assert (model.interpolation, model.search.ended) == ("bicubic", "beside")
