"""The jobs that let the model speak; threads drain them.

Everything heavy (numpy, onnxruntime, Pillow) is imported in here, by the thread that needs it.
"""

import dataclasses
import itertools
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from lorgnette import paths
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.picture import CANDIDATES, Moment, Suggestion
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.captioning.queue import Queue
from lorgnette.gui.saying.translation import tr
from lorgnette.settings import Settings

if TYPE_CHECKING:
    from lorgnette.captioning.caption import Caption, FrameCaption
    from lorgnette.jobs.joining import Joining
    from lorgnette.jobs.outcome import Outcome
    from lorgnette.ocr.found import Line, PictureText


def caption(
    queue: Queue, models: Models, settings: Settings, note: Callable[[Path], str]
) -> Generator[tuple[Path, Suggestion]]:
    """Yield what the captioner says of each picture in the queue, until it is empty.

    Args:
        note: tells what a person noted of a picture or its folder.

    Raises:
        BrokenModelError, ProviderError: before the first picture; the queue is as it was.
    """
    captioner = models.captioner(settings)
    from lorgnette.english.joining import Template
    from lorgnette.jobs.batch import caption_batch
    from lorgnette.jobs.joining import Joining
    from lorgnette.jobs.reading import TextReading
    from lorgnette.ocr.reader import Reader

    label = captioner.manifest.label
    reading = TextReading(
        lambda: Reader.open(
            paths.text_model(), provider=settings.provider, threads=captioner.threads
        ),
        into_photos=settings.quote_text,
    )
    joining = Joining(Template.parse(settings.template), note, settings.glossary)
    batch = caption_batch(queue, captioner, overwrite=True, reading=reading, joining=joining)
    with closing(batch) as outcomes:
        for outcome in outcomes:
            said = suggestion(outcome, label, captioner.provider)
            yield outcome.image, in_form(said, outcome.image, joining)


def guess(path: Path, models: Models, settings: Settings) -> Generator[Suggestion]:
    """Yield what the model says of a picture that it would rather not describe.

    Raises:
        UnreadableImageError, BrokenModelError, ProviderError: nothing is yielded.
    """
    from lorgnette import films

    captioner = models.captioner(settings)
    moving = films.moving_picture(path, captioner.least_side)
    said = (
        captioner.caption(path, anyway=True)
        if moving is None
        else captioner.describe_frames(moving.frames, anyway=True)
    )
    yield Suggestion(
        text=said.text,
        candidates=said.candidates[:CANDIDATES],
        doubted=_doubted(said),
        seen=_seen(said),
        confidence=said.confidence,
        model=captioner.manifest.label,
        provider=captioner.provider,
        moments=_moments(said),
    )


def in_form(said: Suggestion, image: Path, joining: "Joining") -> Suggestion:
    """Return what was said of a picture with all that is offered in the form of its draft."""
    if not said.text or said.quoted:
        return said
    try:
        candidates = tuple(joining.drafts(image, said.candidates))
    except LorgnetteError:  # gone since
        return said
    if candidates == said.candidates:
        return said
    return dataclasses.replace(said, candidates=candidates, plain=said.candidates)


def suggestion(outcome: "Outcome", model: str, provider: str) -> Suggestion:
    """Return what became of a picture as a value that the window can keep."""
    from lorgnette.captioning import judging
    from lorgnette.jobs.outcome import Verdict

    said = outcome.caption
    hint = outcome.error.hint if outcome.error is not None else ""
    return Suggestion(
        text=outcome.alt_text if outcome.verdict is Verdict.CAPTIONED else "",
        candidates=(outcome.alt_text,)
        if outcome.quoted is not None
        else said.candidates[:CANDIDATES]
        if said is not None
        else (),
        doubted=_doubted(said) if said is not None else (),
        seen=_seen(said) if said is not None else (),
        confidence=outcome.confidence,
        quoted=outcome.quoted is not None,
        extended=outcome.extended_description,
        read="" if outcome.text is None else _marked(outcome.text),
        with_words=outcome.with_words,
        declined=outcome.verdict is Verdict.DECLINED,
        no_photo=said is not None and said.reason == judging.NO_PHOTO,
        failed=outcome.verdict is Verdict.FAILED,
        reason=" ".join(filter(None, (_sentence(outcome.reason, outcome.image.name), hint))),
        model=outcome.text_model if outcome.quoted is not None else model,
        provider=provider,
        seconds=outcome.seconds,
        moments=_moments(said) if said is not None else (),
    )


def _marked(text: "PictureText") -> str:
    """Return text row by row as it stands in the picture, with what is unsure or missing.

    Both are said in words: of signs alone screen readers are silent.
    """
    paragraphs = [
        "\n".join("   ".join(map(_marked_line, row)) for row in rows) for rows in text.paragraphs
    ]
    return "\n\n".join([*paragraphs, *([f"[{text.reason}]"] if text.reason else [])])


def _marked_line(line: "Line") -> str:
    stretches = (
        (sure, " ".join(word.text for word in words))
        for sure, words in itertools.groupby(line.words, lambda word: word.sure)
    )
    return " ".join(
        words if sure else tr("[unsure: {words}]").format(words=words) for sure, words in stretches
    )


def _sentence(text: str, name: str) -> str:
    """Return text with a full stop, and a capital unless it begins with the name of its file."""
    text = text.strip().rstrip(".")
    if not text:
        return ""
    return f"{text}." if text.startswith(name) else f"{text[0].upper()}{text[1:]}."


def _doubted(said: "Caption") -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.text.strip(",.") for word in said.words if word.doubted))


def _moments(said: "Caption") -> tuple[Moment, ...]:
    return tuple(
        Moment(
            seconds=frame.seconds,
            text=frame.text,
            confidence=frame.confidence,
            reason=frame.reason,
            seen=_seen(frame),
        )
        for frame in said.frames
    )


def _seen(said: "Caption | FrameCaption") -> tuple[tuple[str, float], ...]:
    return tuple((thing.name, thing.probability) for thing in said.seen)
