"""Animations of every kind that Pillow writes are told by the frames of each part."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.desktop.films import clips

from lorgnette.films import moving_picture

KINDS = ["gif", "webp", "png", "avif"]


def animation(path: Path, count: int = 30, **options: object) -> Path:
    """Write an animation of 100 milliseconds a frame."""
    shown = [Image.fromarray(clips.picture(number / 10)) for number in range(count)]
    settings = {"duration": 100} | options
    shown[0].save(path, save_all=True, append_images=shown[1:], **settings)
    return path


@pytest.mark.parametrize("suffix", KINDS)
def test_each_part_of_an_animation_is_seen(tmp_path: Path, suffix: str) -> None:
    found = moving_picture(animation(tmp_path / f"a.{suffix}"), 48)
    assert found is not None
    corners = [np.asarray(frame.image)[-4:, -4:].mean(axis=(0, 1)) for frame in found.frames]
    parts = [int(corner.argmax()) for corner in corners]
    assert parts == sorted(parts)
    assert set(parts) == {0, 1, 2}
    assert found.seconds == pytest.approx(3.0, abs=0.01)
    assert [round(scene.start, 2) for scene in found.scenes] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("suffix", KINDS)
def test_a_picture_of_one_frame_does_not_move(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(clips.picture(0)).save(path)
    assert moving_picture(path, 48) is None


def test_pages_and_views_do_not_move(tmp_path: Path) -> None:
    for name in ("a.tif", "a.mpo"):
        assert moving_picture(animation(tmp_path / name, 3), 48) is None


def test_a_frame_that_stands_for_no_time_stands_as_long_as_in_browsers(tmp_path: Path) -> None:
    found = moving_picture(animation(tmp_path / "a.gif", 10, duration=0), 48)
    assert found is not None
    assert found.seconds == pytest.approx(1.0)


def test_an_animation_that_is_cut_off_is_told_as_far_as_it_goes(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    found = moving_picture(path, 48)
    assert found is not None
    assert 1 < found.seconds < 2.5


def test_pictures_in_one_heic_file_are_seen_one_after_the_other(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    path = tmp_path / "a.heic"
    file = pillow_heif.HeifFile()
    for at in (0.0, 1.0, 2.0):
        file.add_from_pillow(Image.fromarray(clips.picture(at)))
    file.save(path)
    found = moving_picture(path, 48)
    assert found is not None
    assert len(found.frames) == 3


def test_a_still_animation_is_told_by_one_frame(tmp_path: Path) -> None:
    first = Image.fromarray(clips.picture(0))
    other = first.copy()
    other.putpixel((90, 60), (255, 255, 255))
    first.save(tmp_path / "a.gif", save_all=True, append_images=[other, first, other], duration=100)
    found = moving_picture(tmp_path / "a.gif", 48)
    assert found is not None
    assert len(found.frames) == 1
