"""Several frames of one animation: one sentence of what they agree on, and each frame's own."""

from pathlib import Path

import pytest
from PIL import Image

from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.moving import Frame


def plain(colour: str) -> Image.Image:
    return Image.new("RGB", (64, 64), colour)


def frames(*colours: str) -> list[Frame]:
    return [Frame(plain(colour), number / 2) for number, colour in enumerate(colours)]


def test_frames_that_are_alike_are_described_as_one_of_them_is(toy_model: Path) -> None:
    captioner = Captioner.open(toy_model)
    moving = captioner.describe_frames(frames("red", "red", "red"))
    still = captioner.describe(plain("red"))
    assert moving.text == still.text
    assert moving.candidates == still.candidates
    assert moving.confidence == pytest.approx(still.confidence, abs=1e-5)


def test_each_frame_tells_when_it_is_shown_and_what_is_in_it(toy_model: Path) -> None:
    captioner = Captioner.open(toy_model)
    told = captioner.describe_frames(frames("red", "blue")).frames
    assert [(frame.seconds, frame.text) for frame in told] == [
        (0.0, "A red picture."),
        (0.5, "A blue picture."),
    ]
    assert told[1].confidence == pytest.approx(captioner.describe(plain("blue")).confidence)


def test_most_frames_decide(toy_model: Path) -> None:
    captioner = Captioner.open(toy_model)
    assert captioner.describe_frames(frames("green", "red", "red")).text == "A red picture."


def test_one_frame_is_a_picture(toy_model: Path) -> None:
    captioner = Captioner.open(toy_model)
    moving = captioner.describe_frames(frames("blue"))
    assert moving.text == captioner.describe(plain("blue")).text
    assert len(moving.frames) == 1
