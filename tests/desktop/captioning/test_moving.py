"""Several frames of one animation: one sentence of what they agree on, and each frame's own."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tests.desktop.captioning.seeing import with_evidence

from lorgnette import paths
from lorgnette.captioning import judging, moving, wording
from lorgnette.captioning.caption import Caption, Sighting, Word
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.evidence import EvidenceTable, WordsTable
from lorgnette.captioning.moving import Frame


def plain(colour: str) -> Image.Image:
    return Image.new("RGB", (64, 64), colour)


def frames(*colours: str) -> list[Frame]:
    return [Frame(plain(colour), number / 2) for number, colour in enumerate(colours)]


def test_frames_that_are_alike_are_described_as_one_of_them_is(toy_model: Path) -> None:
    captioner = Captioner.open(toy_model)
    moving_one = captioner.describe_frames(frames("red", "red", "red"))
    still = captioner.describe(plain("red"))
    assert moving_one.text == still.text
    assert moving_one.candidates == still.candidates
    assert moving_one.confidence == pytest.approx(still.confidence, abs=1e-5)


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
    moving_one = captioner.describe_frames(frames("blue"))
    assert moving_one.text == captioner.describe(plain("blue")).text
    assert len(moving_one.frames) == 1


def test_what_people_would_say_makes_no_scene(toy_model: Path, tmp_path: Path) -> None:
    table = EvidenceTable(outputs=4, things=())
    captioner = Captioner.open(with_evidence(toy_model, tmp_path / "seen", table))
    assert ", then" in captioner.describe_frames(frames("blue", "blue", "lime", "lime")).text
    words = WordsTable(texts=("lime", "blue"), shares=(0.1, 0.1))
    told = dataclasses.replace(table, words=words)
    captioner = Captioner.open(with_evidence(toy_model, tmp_path / "told", told))
    assert ", then" not in captioner.describe_frames(frames("blue", "blue", "lime", "lime")).text


def test_what_differs_is_told_one_after_the_other(toy_model: Path, tmp_path: Path) -> None:
    captioner = Captioner.open(with_evidence(toy_model, tmp_path / "model"))
    told = captioner.describe_frames(frames("blue", "blue", "red", "red"))
    assert told.text == "A blue picture, then a red picture."
    assert wording.sentence(told.words) == told.text
    assert told.candidates[0] == told.text
    assert {"A blue picture.", "A red picture."} <= set(told.candidates)
    apart = [captioner.describe(plain(colour)).confidence for colour in ("blue", "red")]
    assert told.confidence == pytest.approx(apart[0] * apart[1])


def test_a_scene_that_comes_again_is_told_once(toy_model: Path, tmp_path: Path) -> None:
    captioner = Captioner.open(with_evidence(toy_model, tmp_path / "model"))
    told = captioner.describe_frames(frames("blue", "red", "blue", "red"))
    assert told.text == "A blue picture, then a red picture."


def test_frames_out_of_one_photo_are_one_scene_and_another_photo_is_another() -> None:
    one, other = np.array([0.9, 0.6, 0.01, 0.0]), np.array([0.05, 0.0, 0.8, 0.9])
    panned = np.array([0.5, 0.8, 0.05, 0.0])
    seen = [each.astype(np.float32) for each in (one, panned, other, one, other)]
    assert moving.scenes(seen) == [[0, 1, 3], [2, 4]]


def said(text: str, confidence: float) -> Caption:
    words = tuple(Word(text=word, probability=confidence) for word in text.lower()[:-1].split())
    return Caption(
        text=text,
        log_probability=-1,
        confidence=confidence,
        candidates=(text,),
        words=words,
        model_words=tuple(word.text for word in words),
        model_confidence=confidence,
    )


def test_what_one_frame_of_several_shows_is_told_only_where_it_is_sure() -> None:
    dog, sure, unsure = said("A dog.", 0.7), said("A boat.", 0.8), said("A boat.", 0.5)
    assert moving.main_scenes([(1, sure), (4, dog)]) == [0, 1]
    assert moving.main_scenes([(1, unsure), (4, dog)]) == [1]
    assert moving.main_scenes([(1, unsure), (1, dog)]) == [0, 1]  # half of all there is
    assert moving.main_scenes([(2, dog), (2, dog)]) == [0]
    assert moving.main_scenes([(2, dog), (2, said("A boat.", 0.44))]) == [0]
    somebody = dataclasses.replace(said("One or more people.", 0.9), model_confidence=0.3)
    assert moving.main_scenes([(2, dog), (2, somebody)]) == [0]
    assert moving.main_scenes([(2, dog), (3, somebody)]) == [0, 1]
    assert moving.main_scenes([(3, said("", 0.1)), (2, dog)]) == [1]


def test_two_scenes_that_are_too_long_for_one_sentence_are_not_joined() -> None:
    long = said(f"A {'very ' * 14}old dog.", 0.5)
    assert moving.then(long, long) is None
    short = moving.then(long, said("A boat.", 0.5))
    assert short is not None
    assert short.text.endswith("old dog, then a boat.")


def test_what_is_seen_in_two_scenes_is_listed_once_the_likeliest_first() -> None:
    def seeing(*seen: tuple[str, float]) -> Caption:
        its = tuple(Sighting(name=n, probability=p, sure=True) for n, p in seen)
        return Caption(
            text="A dog.",
            log_probability=-1,
            confidence=0.5,
            candidates=(),
            words=(Word(text="dog", probability=1),),
            seen=its,
        )

    both = moving.then(seeing(("dog", 0.6)), seeing(("boat", 0.7), ("dog", 0.9)))
    assert both is not None
    assert [(s.name, s.probability) for s in both.seen] == [("dog", 0.9), ("boat", 0.7)]


@pytest.fixture(scope="module")
def shipped() -> Captioner:
    return Captioner.open(paths.shipped_model(), provider="cpu")


def page() -> Image.Image:
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    for line in range(28):
        draw.text((20, 10 + 16 * line), "for each in found: print(each, end='')  # " * 2, "black")
    return image


def test_a_film_that_begins_black_and_with_a_title_is_described(
    shipped: Captioner, photo: Callable[[str], Image.Image]
) -> None:
    cat = photo("chelsea")
    told = shipped.describe_frames(
        [
            Frame(Image.new("RGB", (450, 300)), 0.0),
            Frame(page(), 1.0),
            Frame(cat, 2.0),
            Frame(cat.crop((20, 0, 430, 300)), 3.0),
        ]
    )
    assert "cat" in told.text
    assert [frame.reason for frame in told.frames] == [judging.BLANK, judging.NO_PHOTO, "", ""]
    assert any(sighting.name == "cat" for sighting in told.frames[2].seen)


def test_a_drawing_stays_declined_though_one_of_its_frames_passes_for_a_photo(
    shipped: Captioner, photo: Callable[[str], Image.Image]
) -> None:
    pages = [page() for _ in range(3)]
    told = shipped.describe_frames(
        [Frame(image, number) for number, image in enumerate([*pages, photo("chelsea")])]
    )
    assert (told.text, told.reason) == ("", judging.NO_PHOTO)
    assert told.frames[3].text
