"""The notes of the rules, in sentences."""

from lorgnette.alttext.lint import GOOD_LENGTH, MOST_LENGTH, Note, Rule
from lorgnette.gui.saying.translation import tr


def sentence(note: Note) -> str:
    """Return what a note says to a person."""
    return _sentences()[note.rule].format(found=note.found, good=GOOD_LENGTH, most=MOST_LENGTH)


def mending(note: Note) -> str:
    """Return what mending a note does; empty where only a person can mend it."""
    if note.mended is None:
        return ""
    return {
        Rule.DECORATIVE_TEXT: tr("Delete the text"),
        Rule.PREFIX: tr("Cut it"),
        Rule.HEDGE: tr("Cut it"),
        Rule.STAMMER: tr("Say it once"),
        Rule.MARKUP: tr("Cut it"),
        Rule.JUDGING: tr("Cut it"),
        Rule.CAPITALS: tr("Use small letters"),
        Rule.EMOJI: tr("Cut it"),
        Rule.FULL_STOP: tr("Add a full stop"),
        Rule.PERSON: tr("Use neutral words"),
    }.get(note.rule, tr("Mend it"))


def _sentences() -> dict[Rule, str]:
    return {
        Rule.EMPTY: tr("There is no text yet, and the picture is not marked decorative."),
        Rule.DECORATIVE_TEXT: tr("A decorative picture has no text: screen readers skip it."),
        Rule.FILE_NAME: tr("“{found}” is a file name or an address, not a description."),
        Rule.PLACEHOLDER: tr("“{found}” stands for any picture, it describes none."),
        Rule.PREFIX: tr("“{found}” is not needed: screen readers say that it is a picture."),
        Rule.HEDGE: tr("“{found}” belongs to a draft: say what is there, or leave it out."),
        Rule.LONG: tr("More than {good} characters: the extended description can hold the rest."),
        Rule.TOO_LONG: tr("More than {most} characters: some programs cut the text off."),
        Rule.SHORT: tr("Very short: does it say what matters?"),
        Rule.SAME_ELSEWHERE: tr("Another picture, which looks otherwise, has the very same text."),
        Rule.SAME_AS_CAPTION: tr("The caption of the picture says the same already."),
        Rule.UNTOUCHED: tr("Accepted as the machine wrote it, without a change."),
        Rule.PERSON: tr("“{found}” may be a guess: does it matter here, and is it known?"),
        Rule.JUDGING: tr("“{found}” judges: say what can be seen instead."),
        Rule.STAMMER: tr("“{found}” says the same words twice."),
        Rule.MARKUP: tr("“{found}” is read aloud as it stands, or breaks the page."),
        Rule.CAPITALS: tr("Capitals throughout may be spelled out letter by letter."),
        Rule.EMOJI: tr("“{found}” is read out by its long name."),
        Rule.FULL_STOP: tr("A full stop at the end lets speech pause."),
        Rule.COUNT: tr("“{found}” was counted by a machine: please count again."),
        Rule.TEXT_IN_IMAGE: tr(
            "This looks like a screenshot or text: say what it reads, in quotation marks."
        ),
        Rule.FALSE_FAVOURITE: tr("“{found}” is often seen where there is none: look closely."),
    }
