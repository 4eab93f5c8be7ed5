import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from lorgnette import alttext, cli, paths
from lorgnette.alttext import Destination
from lorgnette.captioning.captioner import Captioner
from lorgnette.english.joining import Template
from lorgnette.jobs.batch import caption_batch, write_drafts
from lorgnette.jobs.joining import Joining
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.jobs.reading import ReadText, TextReading
from lorgnette.ocr.reader import Reader

pytestmark = pytest.mark.model

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
WORDS = (
    "Import metadata from PDF",
    "Choose the source for the metadata import.",
    "Nothing is changed before you press Continue.",
    "Entries that are there already are kept.",
)


@pytest.fixture(scope="module")
def captioner() -> Captioner:
    return Captioner.open(paths.shipped_model(), provider="cpu", threads=2)


@pytest.fixture
def screenshot(tmp_path: Path) -> Path:
    image = Image.new("RGB", (560, 300), "#f4f4f4")
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(WORDS):
        pen.text((24, 30 + 60 * number), line, "black", ImageFont.load_default(20))
    path = tmp_path / "Screenshot 2026-03-01.png"
    image.save(path)
    return path


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """Return a photo of a cat with a sign."""
    photo = Image.open(SAMPLES / "cat.jpg").convert("RGB")
    ImageDraw.Draw(photo).rectangle((0, 0, 150, 44), "white")
    ImageDraw.Draw(photo).text((12, 8), "Bus stop", "black", ImageFont.load_default(28))
    path = tmp_path / "cat.png"
    photo.save(path)
    return path


def reading(when: ReadText = ReadText.AUTO, *, into_photos: bool = False) -> TextReading:
    return TextReading(
        lambda: Reader.open(paths.text_model(), provider="cpu"), when, into_photos=into_photos
    )


def outcome(path: Path, captioner: Captioner, how: TextReading) -> Outcome:
    (only,) = caption_batch([path], captioner, reading=how)
    return only


def test_a_declined_picture_gets_a_draft_that_quotes_it_and_both_reach_the_file(
    screenshot: Path, captioner: Captioner
) -> None:
    found = outcome(screenshot, captioner, reading())
    assert found.verdict is Verdict.CAPTIONED
    assert found.alt_text.startswith('A screenshot that reads: "Import metadata from PDF Choose')
    assert len(found.alt_text) <= 125
    for line in WORDS:
        assert line in found.extended_description
    assert found.confidence is not None
    assert found.confidence > 0.9
    list(write_drafts([found], Destination.SIDECAR, model="captions/1"))
    kept = alttext.read(screenshot).alt_text
    assert kept is not None
    assert kept.text == found.alt_text
    assert kept.extended_description == found.extended_description
    assert kept.language == ""  # nobody knows which language a picture is written in
    assert kept.model.startswith("PP-OCRv6")
    assert not kept.reviewed


def test_never_reads_nothing_and_opens_no_model(screenshot: Path, captioner: Captioner) -> None:
    def fail() -> Reader:
        raise AssertionError("the text model was opened")

    found = outcome(screenshot, captioner, TextReading(fail, ReadText.NEVER))
    assert found.verdict is Verdict.DECLINED
    assert found.text is None
    cat = outcome(SAMPLES / "cat.jpg", captioner, TextReading(fail, ReadText.AUTO))
    assert cat.text is None  # nothing that was said or seen bears words


def test_a_photo_keeps_its_caption_and_its_words_follow_where_that_is_chosen(
    signed: Path, captioner: Captioner
) -> None:
    plain = outcome(SAMPLES / "cat.jpg", captioner, reading(ReadText.NEVER)).alt_text
    found = outcome(signed, captioner, reading(ReadText.ALWAYS))
    assert found.text is not None
    assert "Bus stop" in [line.text for line in found.text.lines]
    assert found.alt_text
    assert "Bus stop" not in found.alt_text
    told = outcome(signed, captioner, reading(ReadText.ALWAYS, into_photos=True))
    assert told.alt_text == f'{found.alt_text} Text in the picture reads: "Bus stop".'
    assert plain  # the sample is no declined picture


def test_the_words_on_a_photo_follow_its_draft_in_the_form_that_drafts_have(
    signed: Path, captioner: Captioner
) -> None:
    form = Joining(Template.parse("{note}. {caption}"), lambda _: "At home", ())
    for into_photos in (False, True):
        how = reading(ReadText.ALWAYS, into_photos=into_photos)
        (found,) = caption_batch([signed], captioner, reading=how, joining=form)
        assert found.with_words.startswith("At home. ")
        assert found.with_words.endswith(' Text in the picture reads: "Bus stop".')
        assert (found.alt_text == found.with_words) == into_photos


def test_jsonl_has_lines_with_confidence_and_box(
    screenshot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["caption", "--format", "jsonl", "--provider", "cpu", str(screenshot)]
    assert cli.main(command) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["text"][0]["text"] == WORDS[0]
    left, top, right, bottom = content["text"][0]["box"]
    assert 0 < left < right < 1
    assert 0 < top < bottom < 0.3
    assert content["extended_description"].startswith(WORDS[0])
    assert content["confidence"] > 0.9
    assert cli.main([*command, "--read-text", "never"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["verdict"] == "declined"
    assert "text" not in content
