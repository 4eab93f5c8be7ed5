"""The notes beside a text: what the rules find, and other words that the person may want."""

import functools
from collections.abc import Callable

from lorgnette import paths
from lorgnette.alttext import lint
from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.reviewing import lint_words
from lorgnette.gui.reviewing.lines import Line
from lorgnette.gui.saying.translation import tr

_WITHOUT_WORDS = {State.MISSING, State.FAILED, State.DECLINED}
_LEVEL_LOOKS = {
    lint.Level.ERROR: ("error", "failed"),
    lint.Level.WARNING: ("warning", "unsure"),
    lint.Level.INFORMATION: ("information", "draft"),
}


def of_rules(
    picture: Picture, text: str, use: Callable[[str], None], *, elsewhere: bool
) -> list[Line]:
    """Return what the rules find in a text of a picture.

    Args:
        use: puts a mended text in its place.
        elsewhere: whether a picture that looks otherwise has the same text.
    """
    if picture.state in _WITHOUT_WORDS and not text:
        return []
    context = lint.Context(
        file_name=picture.path.name,
        language=picture.alt.language,
        decorative=picture.alt.decorative,
        from_machine=picture.alt.origin is Origin.MACHINE,
        reviewed=picture.alt.reviewed,
        captions=picture.captions,
        elsewhere=elsewhere,
        holds_text=picture.suggestion is not None and picture.suggestion.no_photo,
    )
    return [
        Line(
            *_LEVEL_LOOKS[note.level],
            lint_words.sentence(note),
            lint_words.mending(note),
            None if note.mended is None else functools.partial(use, note.mended),
        )
        for note in lint.check(text, context)
    ]


def of_file(picture: Picture, find: Callable[[], None], remove: Callable[[], None]) -> list[Line]:
    """Return what can be done where a picture's file is gone."""
    if not picture.gone:
        return []
    return [
        Line("warning", "failed", tr("This file is gone, or was renamed."), tr("Find it…"), find),
        Line("information", "draft", tr("Its words stay in the batch."), tr("Take it out"), remove),
    ]


def of_pasted(picture: Picture, save: Callable[[], None]) -> list[Line]:
    """Return that a pasted picture lies where nobody looks for it."""
    lies_there = picture.path.name.startswith("pasted-") and picture.path.parent.name == "pasted"
    if picture.gone or not lies_there or picture.path.parent != paths.user_data("pasted"):
        return []
    return [
        Line(
            "information",
            "draft",
            tr("This picture was pasted, and lies in lorgnette's own folder."),
            tr("Save it…"),
            save,
        )
    ]


def offers(
    picture: Picture,
    earlier: AltText | None,
    use: Callable[[str], None],
    show_guess: Callable[[], None],
) -> list[Line]:
    """Return other words that the person may want: what was held back, written, found.

    Args:
        earlier: the words that the same picture has under another name.
        use: puts other words in place of the text.
        show_guess: shows what the model held back.
    """
    lines = []
    if picture.state is State.DECLINED and picture.suggestion is not None:
        lines.append(
            Line(
                "state-declined",
                "declined",
                tr("The model has a guess, and holds it back because it is likely wrong."),
                tr("Show the guess anyway"),
                show_guess,
            )
        )
    found = []
    if picture.suggestion is not None and picture.suggestion.with_words:
        found.append((tr("With the words in the picture: {text}"), picture.suggestion.with_words))
    if earlier is not None:
        found.append(
            (tr("The same picture has this text under another name: {text}"), earlier.text)
        )
    found += [
        (tr("The file {name} says: {{text}}").format(name=name), text)
        for name, text in picture.conflicts
    ]
    if picture.state in _WITHOUT_WORDS or not picture.chosen:
        found += [(tr("Its caption says: {text}"), text) for text in picture.captions]
    return lines + [
        Line(
            "information",
            "draft",
            sentence.format(text=text),
            tr("Use this text"),
            functools.partial(use, text),
        )
        for sentence, text in found
        if text and text != picture.alt.text
    ]
