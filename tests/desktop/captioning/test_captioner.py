"""A picture through a real model directory, damaged ones refused."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.desktop.captioning.seeing import TOY_EVIDENCE, thing, with_evidence

from lorgnette.captioning import manifest
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.people import People
from lorgnette.captioning.vocabulary import Vocabulary
from lorgnette.errors import BrokenModelError, ProviderError


def test_the_toy_model_says_what_it_sees(toy_model: Path, red: Path) -> None:
    caption = Captioner.open(toy_model).caption(red)
    assert caption.text == "A red picture."
    assert caption.candidates[0] == caption.text
    assert set(caption.candidates[1:]) == {"A green picture.", "A blue picture."}
    assert [word.text for word in caption.words] == ["a", "red", "picture"]
    assert caption.words[0].probability == pytest.approx(1, abs=1e-4)
    assert caption.words[1].probability < caption.words[0].probability
    assert 0 < caption.confidence < 1


def test_fewer_than_five_candidates_come_of_a_model_with_three_things_to_say(
    toy_model: Path, red: Path
) -> None:
    caption = Captioner.open(toy_model, beam_size=1).caption(red)
    assert sorted(caption.candidates) == ["A blue picture.", "A green picture.", "A red picture."]
    assert [word.agreed for word in caption.words] == pytest.approx([1, 1 / 3, 1])


def saying(toy_model: Path, folder: Path, **words: str) -> Path:
    """Return a copy of the toy model in which some words are other ones."""
    shutil.copytree(toy_model, folder)
    Vocabulary(
        tuple(
            words.get(word, word) for word in Vocabulary.read(toy_model / manifest.VOCABULARY).words
        )
    ).write(folder / manifest.VOCABULARY)
    files = {
        **Manifest.read(toy_model).files,
        manifest.VOCABULARY: manifest.record(folder / manifest.VOCABULARY),
    }
    dataclasses.replace(Manifest.read(toy_model), files=files).write(folder)
    return folder


def test_people_are_neutral_unless_the_model_s_words_are_asked_for(
    toy_model: Path, tmp_path: Path, red: Path
) -> None:
    folder = saying(toy_model, tmp_path / "model", red="tall", picture="man")
    assert Captioner.open(folder).caption(red).text == "A tall person."
    assert Captioner.open(folder, people=People.AS_IS).caption(red).text == "A tall man."


def test_the_model_s_own_words_are_kept_beside_the_text(
    toy_model: Path, tmp_path: Path, red: Path
) -> None:
    folder = saying(toy_model, tmp_path / "model", red="tall", picture="man")
    caption = Captioner.open(folder).caption(red)
    assert caption.text == "A tall person."
    assert caption.model_words == ("a", "tall", "man")
    assert caption.model_confidence == caption.confidence


def test_a_caption_of_which_no_word_is_left_is_declined_with_the_reason(
    toy_model: Path, tmp_path: Path, red: Path
) -> None:
    folder = saying(toy_model, tmp_path / "model", red="of", green="in", blue="at", picture="with")
    caption = Captioner.open(folder).caption(red)
    assert (caption.text, caption.words, caption.candidates) == ("", (), ())
    assert caption.reason == "the model found no words for this picture"


def test_a_wide_picture_is_squashed_whole_into_the_square(toy_model: Path) -> None:
    picture = Image.new("RGB", (300, 20), "blue")
    picture.paste("red", (0, 0, 75, 20))  # a quarter: a crop of the middle would not see it
    seen = Captioner.open(toy_model).pixels(picture)
    assert seen.shape == (3, 16, 16)
    assert seen[0].mean() == pytest.approx(0.25, abs=0.03)


def test_a_cropping_model_sees_only_the_middle(toy_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(toy_model, tmp_path / "model")
    dataclasses.replace(Manifest.read(folder), resize="crop", resize_side=20).write(folder)
    picture = Image.new("RGB", (300, 20), "blue")
    picture.paste("red", (0, 0, 75, 20))
    seen = Captioner.open(folder).pixels(picture)
    assert seen.shape == (3, 16, 16)
    np.testing.assert_allclose(seen[0], 0)


WEIGHED = ("bias", "mean", "least", "words", "margin")


@pytest.mark.parametrize("name", [manifest.ENCODER, manifest.DECODER_STEP, manifest.VOCABULARY])
def test_a_changed_byte_is_noticed(toy_model: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(toy_model, tmp_path / "model")
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(BrokenModelError, match=f"{name}.*checksum"):
        Captioner.open(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99}, "format 99"),
        ({"image_height": 1 << 20}, "image size"),
        ({"start_id": 8}, "outside the vocabulary"),
        ({"vocabulary_size": 9}, "8 words"),
        ({"resize": "stretch"}, "stretch"),
        ({"files": {}}, "does not list"),
        ({"files": {"../secret": {"sha256": "", "size": 1}}}, "does not list"),
        ({"surprise": 1}, "surprise"),
        ({"mean": [1, 2]}, "incomplete or wrong"),
        ({"mean": [10**400] * 3}, "incomplete or wrong"),
        ({"mean": [0, 0, float("nan")]}, "must lie within"),
        ({"deviation": [1, 1, 0]}, "must not be 0"),
        ({"deviation": [1, 1, float("nan")]}, "must not be 0, nor pass"),
        ({"confidence": dict.fromkeys(WEIGHED, "1")}, "incomplete or wrong"),
        ({"confidence": dict.fromkeys(WEIGHED, float("nan"))}, "must lie within"),
    ],
)
def test_a_wrong_manifest_is_refused_in_words(
    toy_model: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    folder = shutil.copytree(toy_model, tmp_path / "model")
    content = json.loads((folder / manifest.NAME).read_text())
    (folder / manifest.NAME).write_text(json.dumps(content | change))
    with pytest.raises(BrokenModelError, match=message):
        Captioner.open(folder)


def test_a_file_outside_the_model_is_never_opened(toy_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(toy_model, tmp_path / "model")
    (tmp_path / "secret").write_text("secret")
    content = json.loads((folder / manifest.NAME).read_text())
    content["files"]["../secret"] = {"sha256": "", "size": 6}
    (folder / manifest.NAME).write_text(json.dumps(content))
    with pytest.raises(BrokenModelError, match="outside its folder"):
        Captioner.open(folder)


def test_a_missing_model_says_where_it_was_sought(tmp_path: Path) -> None:
    with pytest.raises(BrokenModelError, match="there is no model in"):
        Captioner.open(tmp_path)


def test_a_file_that_is_no_graph_is_a_broken_model(toy_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(toy_model, tmp_path / "model")
    (folder / manifest.ENCODER).write_bytes(b"no graph")
    files = {
        **Manifest.read(toy_model).files,
        manifest.ENCODER: manifest.record(folder / manifest.ENCODER),
    }
    dataclasses.replace(Manifest.read(toy_model), files=files).write(folder)
    with pytest.raises(BrokenModelError, match=r"encoder\.onnx cannot be opened"):
        Captioner.open(folder)


def test_cuda_is_never_replaced_in_silence(toy_model: Path) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime offers CUDA")
    with pytest.raises(ProviderError, match="CUDA does not run here"):
        Captioner.open(toy_model, provider="cuda")
    assert Captioner.open(toy_model, provider="auto").provider == "cpu"


PEOPLE_DOGS_BOATS = {"red": "man", "green": "dog", "blue": "boat", "picture": "outside"}


def test_nobody_is_said_whom_the_evidence_does_not_see(toy_model: Path, tmp_path: Path) -> None:
    told = saying(toy_model, tmp_path / "blind", **PEOPLE_DOGS_BOATS)
    seeing = with_evidence(toy_model, tmp_path / "seeing", **PEOPLE_DOGS_BOATS)
    reddish = Image.new("RGB", (64, 48), (40, 20, 20))  # a man, it says, with eyes or without
    assert Captioner.open(told).describe(reddish).text == "A person outside."
    caption = Captioner.open(seeing).describe(reddish)
    assert caption.text == "A boat outside."
    assert caption.candidates == (caption.text,)
    red = Image.new("RGB", (64, 48), (200, 20, 20))
    assert Captioner.open(seeing).describe(red).text == "A person outside."
    green = Image.new("RGB", (64, 48), (90, 120, 20))
    assert set(Captioner.open(seeing).describe(green).candidates) == {
        "A dog outside.",
        "A person outside.",
        "A boat outside.",
    }


def test_evidence_chooses_among_sentences_where_its_weights_say_so(
    toy_model: Path, tmp_path: Path
) -> None:
    weighing = dataclasses.replace(TOY_EVIDENCE, choice={"missed": -1.0})
    folder = with_evidence(toy_model, tmp_path / "model", weighing, **PEOPLE_DOGS_BOATS)
    picture = Image.new("RGB", (64, 48), (200, 20, 150))
    assert Captioner.open(folder).describe(picture).candidates[0] == "A boat outside."
    found = Captioner.open(folder).found(picture)
    assert found[0].words == ("a", "boat", "outside")
    assert [each.worth for each in found] == sorted((e.worth for e in found), reverse=True)


def test_the_confidence_is_the_table_s_where_it_has_one(toy_model: Path, tmp_path: Path) -> None:
    sure = dataclasses.replace(TOY_EVIDENCE, confidence={"bias": 2.0, "missed": -1.0})
    folder = with_evidence(toy_model, tmp_path / "model", sure, **PEOPLE_DOGS_BOATS)
    caption = Captioner.open(folder).describe(Image.new("RGB", (64, 48), (200, 20, 150)))
    assert caption.text == "A person outside."
    assert caption.confidence == pytest.approx(1 / (1 + np.exp(-1)))


def test_an_encoder_without_the_evidence_of_its_table_is_a_broken_model(
    toy_model: Path, tmp_path: Path
) -> None:
    folder = with_evidence(toy_model, tmp_path / "model")
    shutil.copy(toy_model / manifest.ENCODER, folder)
    files = {
        name: manifest.record(folder / name)
        for name in (
            manifest.ENCODER,
            manifest.DECODER_STEP,
            manifest.VOCABULARY,
            manifest.EVIDENCE,
        )
    }
    dataclasses.replace(Manifest.read(toy_model), files=files).write(folder)
    with pytest.raises(BrokenModelError, match="evidence is missing"):
        Captioner.open(folder)


def test_evidence_of_another_length_than_the_table_says_is_a_broken_model(
    toy_model: Path, tmp_path: Path, red: Path
) -> None:
    wider = dataclasses.replace(TOY_EVIDENCE, outputs=5)
    captioner = Captioner.open(with_evidence(toy_model, tmp_path / "model", wider))
    with pytest.raises(BrokenModelError, match="4 numbers"):
        captioner.caption(red)


def test_a_thing_is_called_by_its_name(toy_model: Path, tmp_path: Path) -> None:
    folder = with_evidence(toy_model, tmp_path / "model", **PEOPLE_DOGS_BOATS)
    green = Image.new("RGB", (64, 48), (20, 220, 60))
    caption = Captioner.open(folder).describe(green)
    assert caption.text == "An otter outside."
    assert caption.words[1].probability == pytest.approx(220 / 255, abs=0.01)
    assert caption.model_words == ("an", "otter", "outside")


UNSURE = dataclasses.replace(TOY_EVIDENCE, confidence={"bias": -3.0})


def test_a_sentence_in_doubt_gives_way_to_what_is_sure(toy_model: Path, tmp_path: Path) -> None:
    folder = with_evidence(toy_model, tmp_path / "model", UNSURE, **PEOPLE_DOGS_BOATS)
    picture = Image.new("RGB", (64, 48), (200, 20, 150))
    caption = Captioner.open(folder).describe(picture)
    assert caption.text == "One or more people and a boat."
    assert " ".join(word.text for word in caption.words) == "one or more people and a boat"
    assert caption.candidates[:2] == (caption.text, "A person outside.")
    assert caption.confidence == pytest.approx(0.9 * 0.9)
    assert caption.model_words == ("a", "man", "outside")
    assert caption.model_confidence == pytest.approx(1 / (1 + np.exp(3)))
    assert Captioner.open(folder).describe(picture, anyway=True) == caption


@pytest.mark.parametrize(("bias", "text"), [(-5.0, "A person."), (5.0, "A person running.")])
def test_a_doing_in_doubt_is_left_out_of_the_draft_and_stays_among_the_candidates(
    toy_model: Path, tmp_path: Path, bias: float, text: str
) -> None:
    table = dataclasses.replace(
        TOY_EVIDENCE, confidence={"bias": 2.0}, doing={"doing": 1.0, "bias": bias}
    )
    words = {**PEOPLE_DOGS_BOATS, "picture": "running"}
    folder = with_evidence(toy_model, tmp_path / "model", table, **words)
    caption = Captioner.open(folder).describe(Image.new("RGB", (64, 48), (200, 20, 150)))
    assert caption.text == text
    assert caption.model_words == ("a", "man", "running")
    assert "A person running." in caption.candidates[:2]


@pytest.mark.parametrize(
    ("bias", "text"), [(-0.2, "One or more people and a boat."), (0.25, "A person outside.")]
)
def test_a_doubtful_sentence_that_lacks_what_is_plainly_seen_gives_way(
    toy_model: Path, tmp_path: Path, bias: float, text: str
) -> None:
    table = dataclasses.replace(TOY_EVIDENCE, confidence={"bias": bias})
    folder = with_evidence(toy_model, tmp_path / "model", table, **PEOPLE_DOGS_BOATS)
    red_and_blue = Image.new("RGB", (64, 48), (220, 20, 200))
    assert Captioner.open(folder).describe(red_and_blue).text == text


def test_where_nothing_is_sure_it_says_so_and_offers_its_own_sentence(
    toy_model: Path, tmp_path: Path
) -> None:
    folder = with_evidence(toy_model, tmp_path / "model", UNSURE, **PEOPLE_DOGS_BOATS)
    picture = Image.new("RGB", (64, 48), (110, 60, 60))
    caption = Captioner.open(folder).describe(picture)
    assert (caption.text, caption.words) == ("", ())
    assert caption.reason == "the model is not sure enough of anything in this picture"
    assert caption.candidates[0] == "A person outside."
    assert caption.confidence == pytest.approx(1 / (1 + np.exp(3)))
    anyway = Captioner.open(folder).describe(picture, anyway=True)
    assert (anyway.text, anyway.reason) == ("A person outside.", "")
    assert anyway.candidates == caption.candidates


def test_a_sentence_in_some_doubt_stands_where_nothing_is_sure(
    toy_model: Path, tmp_path: Path
) -> None:
    doubt = dataclasses.replace(TOY_EVIDENCE, confidence={"bias": -1.2})
    folder = with_evidence(toy_model, tmp_path / "model", doubt, **PEOPLE_DOGS_BOATS)
    caption = Captioner.open(folder).describe(Image.new("RGB", (64, 48), (110, 60, 60)))
    assert (caption.text, caption.reason) == ("A person outside.", "")
    assert caption.confidence == pytest.approx(1 / (1 + np.exp(1.2)))


def test_a_name_keeps_its_capitals_in_the_sentence(toy_model: Path, tmp_path: Path) -> None:
    dragon = thing("Komodo dragon", "animal", output=2, words=("x",), instead_of=("dog",))
    table = dataclasses.replace(TOY_EVIDENCE, things=(dragon,))
    folder = with_evidence(toy_model, tmp_path / "model", table, **PEOPLE_DOGS_BOATS)
    green = Image.new("RGB", (64, 48), (20, 220, 60))
    assert Captioner.open(folder).describe(green).text == "A Komodo dragon outside."


def test_what_was_seen_is_told_the_likeliest_first(toy_model: Path, tmp_path: Path) -> None:
    folder = with_evidence(toy_model, tmp_path / "model", **PEOPLE_DOGS_BOATS)
    caption = Captioner.open(folder).describe(Image.new("RGB", (64, 48), (20, 102, 204)))
    assert [(each.name, round(each.probability, 2), each.sure) for each in caption.seen] == [
        ("boat", 0.8, True),
        ("otter", 0.4, False),
    ]
    assert Captioner.open(toy_model).describe(Image.new("RGB", (64, 48), "red")).seen == ()


def test_a_thing_that_two_ways_see_is_told_once(toy_model: Path, tmp_path: Path) -> None:
    boats = (
        thing("boat", "vehicle", output=3, threshold=0.9),
        thing("boat", "vehicle", output=2, source="coco", threshold=0.3),
    )
    table = dataclasses.replace(TOY_EVIDENCE, things=boats)
    folder = with_evidence(toy_model, tmp_path / "model", table)
    caption = Captioner.open(folder).describe(Image.new("RGB", (64, 48), (20, 102, 204)))
    (boat,) = caption.seen
    assert (round(boat.probability, 2), boat.sure) == (0.4, True)
