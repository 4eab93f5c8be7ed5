"""What is compared with a captioner's own program, and what is said where it differs or is not."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tests.export.conversion.test_convert import WORDS, Step, small

from lorgnette.captioning import images
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.decoding import as_elsewhere
from lorgnette.captioning.manifest import Manifest
from lorgnette_export.conversion import card, expected, gate
from lorgnette_export.conversion import convert as conversion
from lorgnette_export.conversion.convert import Options, convert
from lorgnette_export.conversion.expected import ExpectedError
from lorgnette_export.families import finishing
from lorgnette_export.families.torch_model import Preprocessing, TorchModel
from lorgnette_export.reading.checkpoints import CheckpointError

pytestmark = pytest.mark.torch

PIXELS = Preprocessing(height=32, width=32, interpolation="lanczos", whole=True)


def foreign(**changed: object) -> TorchModel:
    """Return a model as a family reads it from another program's checkpoint."""
    step = Step()
    with torch.no_grad():
        step.mix.weight[:, 16:32] *= 8  # what the picture shows
        step.out.bias[0] -= 9
    model: dict[str, object] = {
        "decoder_step": step,
        "preprocessing": PIXELS,
        "assumed": ("the picture is read as it is here",),
        "unused": ("head.weight",),
        "search": as_elsewhere(),
        "length_exponent": 0.0,
        "silent_ids": (0,),
    }
    return small(**{**model, **changed})


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photos")
    files = [folder / f"{i}.png" for i in range(6)]
    random = np.random.default_rng(0)
    for file in files:  # fine enough that each way of scaling shows something else
        dots = random.integers(0, 2, (90, 120, 3)).astype(np.uint8) * 255
        Image.fromarray(dots).save(file)
    return files


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the model directory, converted without anything to compare with."""
    out = tmp_path_factory.mktemp("alone") / "model"
    convert(foreign(), out, Options(pictures=5))
    return out


@pytest.fixture(scope="module")
def theirs(alone: Path, photos: list[Path]) -> dict[Path, str]:
    """Return the captions; that they are the owner's is tried with real programs elsewhere."""
    captioner = Captioner.open(alone, provider="cpu")
    said = {}
    for photo in photos:
        ids = captioner.hypotheses(images.load(photo, captioner.least_side))[0].token_ids
        said[photo] = " ".join(captioner.vocabulary.texts(ids))
    assert len(set(said.values())) > 3
    return said


def lines(said: dict[Path, str], file: Path) -> Path:
    file.write_text("".join(f"{photo}\t{caption}\n" for photo, caption in said.items()))
    return file


def test_nothing_is_called_passed_that_was_not_compared(alone: Path):
    written = Manifest.read(alone)
    assert "passed" not in written.gate
    assert written.gate["expected"] is None
    assert "the picture is read as it is here" in written.gate["assumed"]
    assert "pictures: scaled by LANCZOS, as Pillow does" in written.gate["assumed"]
    said = (alone / "MODEL_CARD.md").read_text()
    assert "not compared with the program that they come from" in said
    assert "- the picture is read as it is here" in said
    assert "No place was found for 1 tensors: head.weight" in said


def test_captions_that_are_equal_are_counted_in_the_manifest_and_on_the_card(
    theirs: dict[Path, str], tmp_path: Path
):
    file = lines(theirs, tmp_path / "captions.tsv")
    written = convert(foreign(), tmp_path / "model", Options(pictures=5, expect=file)).manifest
    assert written.gate["passed"] is True
    assert written.gate["expected"] == {
        "file": "captions.tsv",
        "captions": 6,
        "different": len(set(theirs.values())),
        "equal": 6,
    }
    assert "6 of 6 are those of captions.tsv" in (tmp_path / "model" / "MODEL_CARD.md").read_text()


def test_one_sentence_for_all_pictures_shows_too_little_to_pass(
    theirs: dict[Path, str], photos: list[Path], tmp_path: Path
):
    file = lines({photos[0]: theirs[photos[0]]}, tmp_path / "captions.tsv")
    written = convert(foreign(), tmp_path / "model", Options(pictures=5, expect=file)).manifest
    assert "passed" not in written.gate
    assert written.gate["expected"]["equal"] == 1
    assert "which shows little" in card.compared(written)


def test_one_caption_that_differs_is_shown_and_nothing_is_written(
    theirs: dict[Path, str], photos: list[Path], tmp_path: Path
):
    file = lines({**theirs, photos[3]: "w1 is something else"}, tmp_path / "captions.tsv")
    with pytest.raises(ExpectedError) as caught:
        convert(foreign(), tmp_path / "model", Options(pictures=5, expect=file))
    said = str(caught.value)
    assert "1 of 6 captions are not those of captions.tsv" in said
    assert f"3.png\n    expected: w1 is something else\n    found:    {theirs[photos[3]]}" in said
    assert "- the picture is read as it is here" in said
    assert "2.png" not in said
    assert [f.name for f in tmp_path.iterdir()] == ["captions.tsv"]


def test_with_force_it_is_written_and_says_that_it_differs(
    theirs: dict[Path, str], photos: list[Path], tmp_path: Path
):
    file = lines({**theirs, photos[3]: "else"}, tmp_path / "captions.tsv")
    done = convert(foreign(), tmp_path / "model", Options(pictures=5, expect=file, force=True))
    assert len(done.failures) == 1
    assert done.manifest.gate["passed"] is False
    assert done.manifest.gate["expected"]["equal"] == 5
    said = (tmp_path / "model" / "MODEL_CARD.md").read_text()
    assert "5 of 6 are those of captions.tsv" in said
    assert "written all the same, by --force" in said


def test_a_way_of_scaling_that_would_be_nearer_is_told(theirs: dict[Path, str], tmp_path: Path):
    file = lines(theirs, tmp_path / "captions.tsv")
    other = Preprocessing(height=32, width=32, interpolation="nearest", whole=True)
    with pytest.raises(ExpectedError) as caught:
        convert(foreign(preprocessing=other), tmp_path / "model", Options(pictures=5, expect=file))
    advice = 'With resize = "squash", interpolation = "lanczos" in [pixels] 6 of 6 are equal.'
    assert advice in str(caught.value)


def test_a_network_of_our_own_needs_nobody_to_compare_with(tmp_path: Path):
    written = convert(small(), tmp_path / "model", Options(pictures=5)).manifest
    assert written.gate["passed"] is True
    assert "expected" not in written.gate
    assert not (tmp_path / "model" / "MODEL_CARD.md").exists()


FORMS: dict[str, Callable[[dict[str, str]], str]] = {
    "lines": lambda said: "\n\n".join(f"{p}\t {c} " for p, c in said.items()),
    "a byte order mark": lambda said: "\ufeff" + "\r\n".join(f"{p}\t{c}" for p, c in said.items()),
    "a map": json.dumps,
    "a map of words": lambda said: json.dumps({p: c.split() for p, c in said.items()}),
    "pairs": lambda said: json.dumps(list(said.items())),
    "a list": lambda said: json.dumps(
        [{"image_id": 1, "file_name": p, "caption": c} for p, c in said.items()]
    ),
    "other names": lambda said: json.dumps([{"image": p, "text": c} for p, c in said.items()]),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_file_is_read(form: str, photos: list[Path], tmp_path: Path):
    shutil.copy(photos[0], tmp_path / "a b.png")
    (tmp_path / "list").write_text(FORMS[form]({"a b.png": "a dog", photos[1].name: "two"}))
    found = expected.read(tmp_path / "list", photos[1].parent)
    assert [(e.picture, e.caption) for e in found] == [
        (tmp_path / "a b.png", "a dog"),
        (photos[1], "two"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a.png a dog", "line 1 has no tab"),
        ("", "it has 0 captions"),
        ("{", "it is no whole JSON"),
        ('[{"image_id": 7, "caption": "a dog"}]', "entry 1 says no picture and caption"),
        ('{"a.png": 7}', "entry 1 says no picture and caption"),
        ("gone.png\ta dog", "the picture gone.png is not there"),
        (b"\xff\xfe\x00", "it cannot be read"),
    ],
)
def test_a_file_that_is_none_is_refused_before_anything_is_done(
    content: str | bytes, said: str, tmp_path: Path
):
    file = tmp_path / "captions.tsv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CheckpointError, match=said):
        conversion.check(tmp_path / "model", Options(expect=file))


@pytest.mark.parametrize(
    ("text", "equal"),
    [
        ("w1 w2 w3", True),
        ("<start> w1 w2 w3 <end>", True),
        ("W1 w2  w3 <end> w9 w9", True),
        ("<pad> w1 w2 w3 </s>", True),
        ("w1 w2", False),
        ("w1 w2 w3 w3", False),
        ("w1 <unk> w3", False),
        ("w1 w3 w2", False),
    ],
)
def test_words_are_compared_and_nothing_else(text: str, *, equal: bool, alone: Path):
    captioner = Captioner.open(alone, provider="cpu")
    assert (expected._words(text, captioner) == ["w1", "w2", "w3"]) is equal


def test_an_end_that_is_a_full_stop_may_cling_to_the_word(alone: Path):
    captioner = Captioner.open(alone, provider="cpu")
    captioner.vocabulary = type(captioner.vocabulary)(("<start>", ".", *WORDS[2:]))
    assert expected._words("a man. and", captioner) == ["a", "man"]


def test_pictures_that_other_programs_see_otherwise_are_told(tmp_path: Path):
    turned = Image.new("RGB", (40, 30), "red")
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGBA", (40, 30), (255, 0, 0, 9)).save(tmp_path / "clear.png")
    Image.new("RGB", (40, 30)).save(tmp_path / "plain.png")
    notes = [
        expected._seen_otherwise(tmp_path / n) for n in ("turned.jpg", "clear.png", "plain.png")
    ]
    assert "turns it upright" in notes[0]
    assert "over white" in notes[1]
    assert notes[2] == ""


def test_the_rules_of_lorgnette_can_be_put_in_the_place_of_a_programs():
    model = finishing.searched_as_lorgnette(foreign())
    assert (model.search.ended, model.search.beam_size, model.length_exponent) == ("beside", 3, 0.7)
    found = card.assumed(model)
    assert any(
        "no word twice in a row, no pair of words twice, no unknown word" in f for f in found
    )
    assert not card.greedy(model.search)
    assert card.greedy(foreign().search)


def test_drawn_pictures_are_compared_all_the_same(alone: Path):
    assert Manifest.read(alone).gate["captions"]["greedy"]["equal"] == 1
    assert Manifest.read(alone).gate["pictures"] == 5
    assert gate.PICTURES == 32
