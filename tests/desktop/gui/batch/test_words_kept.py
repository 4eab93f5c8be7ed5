"""No word of a person is ever gone without an undo that brings it back, whatever acts follow."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QApplication

from lorgnette.alttext import AltText, Origin
from lorgnette.gui.batch.history import CHOOSING, DRAFTING, TYPING, change
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.picture import Picture, State, Suggestion, why

PATH = Path("/p/a.jpg")
FOUND = AltText(text="Words in the file.", extended_description="And many more.")
SUGGESTIONS = [
    Suggestion(text="A dog.", candidates=("A dog.", "A wolf."), confidence=0.9),
    Suggestion(text="A cat.", candidates=("A cat.", "A lion."), confidence=0.2),
    Suggestion(declined=True, reason="No."),
    Suggestion(failed=True, reason="Gone."),
]
ACTS = st.sampled_from(
    ["type", "extend", "empty", "decorate", "undecorate", "choose", "draft", "accept", "redraft",
     "undo", "redo"]
)  # fmt: skip


class Session:
    """A person, a model and one picture."""

    def __init__(self, picture: Picture) -> None:
        self.model = BatchModel()
        self.model.add([picture])
        self.history = QUndoStack()
        self.typed = {picture.alt.text, picture.alt.extended_description} - {""}

    @property
    def picture(self) -> Picture:
        picture = self.model.picture(PATH)
        assert picture is not None
        return picture

    def put(self, alt: AltText, merge: int = -1) -> None:
        change(self.history, self.model, [(self.picture, alt)], "step", merge=merge)

    def act(self, name: str, number: int) -> None:
        picture = self.picture
        if name == "type":
            self.typed.add(f"Typed {number}.")
            self.put(picture.edited(f"Typed {number}."))
        elif name == "extend" and not picture.alt.decorative:
            self.typed.add(f"Long {number}.")
            self.put(dataclasses.replace(picture.alt, extended_description=f"Long {number}."))
        elif name == "empty":
            self.put(picture.edited(""))
        elif name == "decorate":
            self.put(picture.decorated())
        elif name == "undecorate" and picture.alt.decorative:
            self.put(picture.undecorated("en"))
        elif name == "choose" and picture.suggestion and picture.suggestion.candidates:
            text = picture.suggestion.candidates[-1]
            self.put(dataclasses.replace(picture.edited(text), reviewed=False), CHOOSING)
        elif name == "draft" and picture.drafted("en").text:
            self.put(picture.drafted("en"))
        elif name == "accept" and picture.alt.text:
            self.put(dataclasses.replace(picture.alt, reviewed=True))
        elif name == "redraft":
            self.redraft(SUGGESTIONS[number % len(SUGGESTIONS)])
        elif name in {"undo", "redo"}:
            getattr(self.history, name)()

    def redraft(self, suggestion: Suggestion) -> None:
        picture = self.picture
        after = picture.with_suggestion(suggestion, "en")
        if after.alt != picture.alt:
            assert not picture.chosen
        self.model.put([dataclasses.replace(after, alt=picture.alt)])
        self.put(after.alt, DRAFTING)

    def visible(self) -> set[str]:
        words = (self.picture.alt, self.picture.beneath or AltText())
        return {text for alt in words for text in (alt.text, alt.extended_description)} - {""}


@pytest.mark.usefixtures("qapp")
@given(st.lists(ACTS.filter(lambda act: act != "undo"), max_size=25), st.booleans())
def test_every_word_of_a_person_is_there_or_comes_back(acts: list[str], found: bool) -> None:
    assert QApplication.instance() is not None
    session = Session(Picture(path=PATH, alt=FOUND if found else AltText(reviewed=False)))
    for number, act in enumerate(acts):
        session.act(act, number)
    final, seen = session.picture.alt, session.visible()
    while session.history.canUndo():
        session.history.undo()
        seen |= session.visible()
    assert session.typed <= seen
    while session.history.canRedo():
        session.history.redo()
    assert session.picture.alt == final


@given(st.lists(ACTS, max_size=25))
def test_each_undo_is_taken_back_by_the_next_redo(acts: list[str]) -> None:
    session = Session(Picture(path=PATH, alt=FOUND))
    for number, act in enumerate(acts):
        session.act(act, number)
        if session.history.canUndo():
            before = session.picture
            session.history.undo()
            session.history.redo()
            assert session.picture == before


def test_decorative_on_and_off_gives_back_all_of_it() -> None:
    session = Session(Picture(path=PATH, alt=FOUND))
    session.act("decorate", 0)
    assert session.picture.state is State.DECORATIVE
    session.act("redraft", 0)
    session.act("undecorate", 0)
    assert session.picture.alt == FOUND


def test_a_new_draft_replaces_only_what_nobody_chose() -> None:
    session = Session(Picture(path=PATH, alt=AltText(reviewed=False)))
    session.redraft(SUGGESTIONS[0])
    session.act("extend", 1)
    session.redraft(SUGGESTIONS[1])
    assert (session.picture.alt.text, session.picture.alt.extended_description) == (
        "A cat.", "Long 1.",
    )  # fmt: skip
    session.act("choose", 0)
    session.redraft(SUGGESTIONS[0])
    assert session.picture.alt.text == "A lion."
    assert session.picture.alt.origin is Origin.MACHINE


def test_a_draft_that_came_meanwhile_is_no_part_of_the_step_that_is_undone() -> None:
    session = Session(Picture(path=PATH, alt=AltText(reviewed=False)))
    session.act("extend", 1)
    picture = session.picture.with_suggestion(SUGGESTIONS[0], "en")
    session.model.put([picture])
    session.history.undo()
    assert (session.picture.alt.text, session.picture.alt.extended_description) == ("A dog.", "")


def test_typing_is_undone_word_by_word() -> None:
    session = Session(Picture(path=PATH, alt=AltText(reviewed=False)))
    for end in range(1, len("A red door") + 1):
        session.put(session.picture.edited("A red door"[:end]), TYPING)
    texts = []
    while session.history.canUndo():
        session.history.undo()
        texts.append(session.picture.alt.text)
    assert texts == ["A red ", "A ", ""]


def test_what_is_typed_over_or_rubbed_out_comes_back() -> None:
    session = Session(Picture(path=PATH, alt=AltText(reviewed=False)))
    typed = ["R", "Re", "Red", "A", "A d", "A do", "A d", "A ", "A c"]
    for text in typed:  # a word, all of it typed over, two letters rubbed out, another one
        session.put(session.picture.edited(text), TYPING)
    texts = []
    while session.history.canUndo():
        session.history.undo()
        texts.append(session.picture.alt.text)
    assert texts == ["A ", "A do", "Red", ""]


@pytest.mark.usefixtures("qapp")
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from(["", "a", " ", "b c"])),
        max_size=20,
    )
)
def test_nothing_that_stood_there_is_gone_however_it_is_typed(
    edits: list[tuple[int, int, str]],
) -> None:
    session = Session(Picture(path=PATH, alt=AltText(reviewed=False)))
    texts = []
    for start, end, put_in in edits:
        text = session.picture.alt.text
        texts.append(f"{text[: min(start, end)]}{put_in}{text[max(start, end) :]}"[:20])
        session.put(session.picture.edited(texts[-1]), TYPING)
    ends = [session.picture.alt.text]
    while session.history.canUndo():
        session.history.undo()
        ends.append(session.picture.alt.text)
    for text in texts:  # all of it stands before or after some step, with perhaps more around it
        assert any(is_part(text, end) for end in ends)


def is_part(text: str, whole: str) -> bool:
    """Tell whether whole is text with letters put in."""
    letters = iter(whole)
    return all(letter in letters for letter in text)


def test_what_is_on_disk_now_is_shown_and_the_words_stay() -> None:
    picture = Picture(path=PATH, alt=FOUND, on_disk=FOUND, kept_in="a.jpg.xmp")
    other = AltText(text="Changed elsewhere.")
    now = picture.seen_again(Picture(path=PATH, alt=other, on_disk=other, kept_in="a.jpg.xmp"))
    assert now.alt == FOUND
    assert not now.written
    assert now.conflicts == (("a.jpg.xmp", "Changed elsewhere."),)
    failed = Suggestion(failed=True, reason="No.")
    unread = picture.seen_again(Picture(path=PATH, suggestion=failed))
    assert unread.alt == FOUND
    assert "gone" not in why(unread)
    gone = picture.seen_again(Picture(path=PATH, suggestion=failed, gone=True))
    assert gone.alt == FOUND
    assert "gone" in why(gone)
