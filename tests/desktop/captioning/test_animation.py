"""The frames of animations, with their times, as a viewer shows them."""

from pathlib import Path

import pytest
from PIL import Image

from lorgnette.captioning import animation

COLOURS = ("red", "lime", "blue")


def save(path: Path, **more: object) -> Path:
    frames = [Image.new("RGB", (64, 48), colour) for colour in COLOURS]
    lossless = {"lossless": True} if path.suffix == ".webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], **lossless, **more)
    return path


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "avif"])
def test_each_frame_with_its_time(tmp_path: Path, suffix: str) -> None:
    found = animation.frames(save(tmp_path / f"a.{suffix}", duration=[100, 200, 300]), 640)
    assert [frame.seconds for frame in found] == pytest.approx([0, 0.1, 0.3], abs=0.001)
    assert [frame.milliseconds for frame in found] == [100, 200, 300]
    seen = [frame.image.getpixel((30, 20)) for frame in found]
    wanted = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert all(
        abs(a - b) < 8
        for pixel, want in zip(seen, wanted, strict=True)
        for a, b in zip(pixel, want, strict=True)
    )


def test_frames_in_a_hurry_are_shown_as_browsers_show_them(tmp_path: Path) -> None:
    found = animation.frames(save(tmp_path / "a.gif", duration=10), 640)
    assert [frame.milliseconds for frame in found] == [100, 100, 100]


def test_frames_are_no_larger_than_asked(tmp_path: Path) -> None:
    found = animation.frames(save(tmp_path / "a.gif"), 32)
    assert {frame.image.size for frame in found} == {(32, 24)}


def test_a_long_animation_is_shown_in_part_and_in_little_memory(tmp_path: Path) -> None:
    frames = [Image.new("L", (400, 400), number % 256) for number in range(200)]
    path = tmp_path / "a.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=1000)
    found = animation.frames(path, 640)
    assert sum(frame.milliseconds for frame in found) == animation.MOST_SECONDS * 1000
    assert max(found[0].image.size) <= (animation.MOST_PIXELS / 200) ** 0.5


def test_pages_and_pictures_do_not_move(tmp_path: Path, red: Path) -> None:
    assert animation.frames(red, 640) == []
    assert animation.frames(save(tmp_path / "pages.tif"), 640) == []
