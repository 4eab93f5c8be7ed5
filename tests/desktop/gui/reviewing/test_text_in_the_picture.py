"""The text in a picture: what of it is unsure is said in words, and no word of it is a person's."""

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from lorgnette.alttext import Origin
from lorgnette.gui.batch.picture import Picture, State, Suggestion
from lorgnette.gui.captioning.jobs import suggestion
from lorgnette.gui.main_window import MainWindow
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.ocr.found import Line, PictureText, ReadWord
from lorgnette.ocr.reader import TOO_MUCH

SIGN = Suggestion(
    text="A street.",
    candidates=("A street.", "A road."),
    confidence=0.1,
    model="captions/1",
    with_words='A street. Text in the picture reads: "Bus stop".',
)


def line(*words: tuple[str, float]) -> Line:
    return Line(
        words=tuple(ReadWord(text=text, confidence=confidence) for text, confidence in words),
        confidence=0.9,
        box=(0, 0, 1, 1),
        height=0.1,
    )


def test_what_is_missing_of_the_text_is_said_at_its_end() -> None:
    text = PictureText(paragraphs=(((line(("Import", 0.99)),),),), reason=TOO_MUCH)
    outcome = Outcome(image=Path("/p/a.png"), verdict=Verdict.CAPTIONED, text=text)
    assert suggestion(outcome, "captions/1", "cpu").read == f"Import\n\n[{TOO_MUCH}]"


def test_what_is_unsure_is_said_to_be_in_a_word() -> None:
    first = line(("Import", 0.99), ("metodata", 0.4), ("fron", 0.5), ("PDF", 0.99))
    text = PictureText(
        paragraphs=(((first,), (line(("A4", 1.0)), line(("12", 1.0)))), ((line(("Huong", 0.3)),),))
    )
    outcome = Outcome(image=Path("/p/a.png"), verdict=Verdict.CAPTIONED, text=text)
    assert suggestion(outcome, "captions/1", "cpu").read == (
        "Import [unsure: metodata fron] PDF\nA4   12\n\n[unsure: Huong]"
    )


@pytest.mark.parametrize("emptied", [False, True])
def test_a_draft_with_the_words_in_the_picture_stays_the_machines_and_as_unsure(
    emptied: bool,
) -> None:
    picture = Picture(path=Path("/p/a.jpg"), suggestion=SIGN)
    picture = picture.with_alt(picture.drafted("en"))
    assert picture.state is State.UNSURE
    if emptied:
        picture = picture.with_alt(picture.edited(""))
    taken = picture.with_alt(picture.edited(SIGN.with_words))
    assert taken.alt.origin is Origin.MACHINE
    assert taken.alt.model == "captions/1"
    assert taken.state is State.UNSURE


def test_words_that_were_taken_over_after_a_review_are_to_be_reviewed(
    filled: MainWindow, folder: Path
) -> None:
    path = folder / "0 red.png"
    picture = filled.batch.model.picture(path)
    assert picture is not None
    picture = dataclasses.replace(picture, suggestion=SIGN)
    reviewed = dataclasses.replace(picture.drafted("en"), reviewed=True)
    filled.batch.model.put([picture.with_alt(reviewed)])
    filled.batch.view.go_to(path)
    filled.reviewing.mend(1)
    found = filled.batch.model.picture(path)
    assert found is not None
    assert found.alt.text == SIGN.with_words
    assert found.state is State.UNSURE


def test_the_text_in_a_picture_stays_where_its_guess_is_shown(
    qtbot: QtBot, filled: MainWindow, folder: Path
) -> None:
    path = folder / "2 blue.png"
    picture = filled.batch.model.picture(path)
    assert picture is not None
    declined = Suggestion(declined=True, no_photo=True, reason="No photo.", read="Bus stop")
    filled.batch.model.put([dataclasses.replace(picture, suggestion=declined)])
    filled.batch.view.go_to(path)
    panel = filled.body.panel
    assert panel.read_section.isVisible()
    filled.actions_["guess"].trigger()
    qtbot.waitUntil(lambda: panel.field.toPlainText() == "A blue picture.")
    assert panel.read_section.isVisible()
    assert panel.read.toPlainText() == "Bus stop"


def test_a_page_that_is_spoken_takes_no_room_from_the_window(
    qtbot: QtBot, filled: MainWindow, folder: Path
) -> None:
    path = folder / "0 red.png"
    picture = filled.batch.model.picture(path)
    assert picture is not None
    page = "\n".join(f"Line {number} of the page" for number in range(60))
    read = dataclasses.replace(SIGN, read=page)
    filled.batch.model.put([dataclasses.replace(picture, suggestion=read)])
    filled.batch.view.go_to(path)
    labels = filled.statusBar().findChildren(QLabel)
    before = [label.sizeHint().height() for label in labels]
    with qtbot.waitSignal(filled.batch.announcer.said) as spoken:
        filled.actions_["say_read"].trigger()
    assert spoken.args == [page]
    assert [label.sizeHint().height() for label in labels] == before
