"""The caption that a picture's own file has is offered as long as nobody chose other words."""

import dataclasses
from pathlib import Path

from lorgnette.alttext import AltText, Origin
from lorgnette.gui.batch.picture import Picture, Suggestion
from lorgnette.gui.reviewing import notes


def offered(picture: Picture) -> list[str]:
    lines = notes.offers(picture, None, lambda _: None, lambda: None)
    return [str(dataclasses.astuple(line)) for line in lines]


def test_a_caption_is_offered_beside_a_draft_and_no_more_once_words_are_chosen() -> None:
    draft = AltText(text="A group.", origin=Origin.MACHINE, reviewed=False)
    picture = Picture(
        path=Path("/p/a.jpg"), alt=draft, suggestion=Suggestion(text="A group."),
        captions=("Class 3b.",),
    )  # fmt: skip
    assert "Class 3b." in "".join(offered(picture))
    assert not offered(picture.with_alt(dataclasses.replace(draft, reviewed=True)))
