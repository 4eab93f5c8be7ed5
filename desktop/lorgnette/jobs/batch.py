"""Captioning many pictures, one outcome each, in order; one picture's trouble stops no other."""

import contextlib
import dataclasses
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import monotonic, perf_counter

from lorgnette import alttext, films
from lorgnette.alttext import AltText, Destination, Effect, Origin, SidecarNaming, Written
from lorgnette.alttext.lint import GOOD_LENGTH, MOST_LENGTH
from lorgnette.captioning.captioner import Captioner
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.joining import NOTHING, Joining
from lorgnette.jobs.journal import Journal
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.jobs.reading import TextReading, is_no_photo
from lorgnette.jobs.scenes import described, lines
from lorgnette.jobs.writing import WriteBatch
from lorgnette.ocr import quoting
from lorgnette.ocr.found import PictureText

_WAITING = 2  # pictures a thread that are ready before they are asked for
_LOST_SECONDS = 10.0  # of captioning that a kill may cost, but for the last picture


def caption_batch(
    images: Iterable[Path],
    captioner: Captioner,
    *,
    overwrite: bool = False,
    anyway: bool = False,
    reading: TextReading | None = None,
    joining: Joining = NOTHING,
    scenes: bool = False,
) -> Generator[Outcome]:
    """Yield what became of each picture, in order; nothing is written.

    Pictures are worked on by captioner.threads threads at once, each picture by one of them: that
    keeps all cores busy with decoding and with the network alike. Closing the generator ends the
    job as soon as the pictures in work are done.

    Args:
        images: consumed only a little ahead of what is yielded, so it may be endless.
        overwrite: caption pictures that have alt text, too.
        anyway: describe even what the model would rather decline.
        reading: how the text in pictures is read; a declined picture whose text is read gets a
            draft that quotes it.
        scenes: list what happens in animations and films, in the extended description.
        joining: what their files know that goes into drafts.
    """
    waiting: deque[Future[Outcome]] = deque()
    pool = ThreadPoolExecutor(captioner.threads, thread_name_prefix="caption")
    try:
        for image in images:
            waiting.append(
                pool.submit(_outcome, image, captioner, overwrite, anyway, reading, joining, scenes)
            )
            if len(waiting) > _WAITING * captioner.threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def write_drafts(
    outcomes: Iterable[Outcome],
    destination: Destination,
    *,
    model: str,
    language: str = "en",
    naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
    overwrite: bool = False,
    dry_run: bool = False,
    title: str = "",
    journal: Journal | None = None,
    together: int = 1,
    writing: Callable[[int], object] = lambda _count: None,
) -> Generator[Outcome]:
    """Yield outcomes again, after the alt text of the captioned ones was written.

    What is written is one batch of the journal, so that it can be undone.

    Args:
        outcomes: of caption_batch; what was asked for is written before more is.
        model: label of the model, for the provenance.
        language: of the model's words, BCP 47.
        naming: as alttext.write takes it.
        overwrite: replace alt text that is there.
        dry_run: only say where each would be written.
        title: what the history calls the batch; empty: what the command line calls it.
        journal: an open one, in place of the user's; it is closed at the end.
        together: so many are written, and yielded, at once, or as many as a few seconds brought:
            that costs the disk less, and whoever is killed what was captioned meanwhile.
        writing: is called with how many outcomes are next, before what they have is written.

    Raises:
        JournalError: without it nothing is written.
    """
    with contextlib.ExitStack() as stack:
        batch = None
        if not dry_run:
            title = title or f"caption --write {destination}"
            batch = stack.enter_context(
                WriteBatch(
                    destination, naming=naming, overwrite=overwrite, title=title, journal=journal
                )
            )
        for some in _gathered(outcomes, together):
            writing(len(some))
            drafts = [(each, _draft(each, model, language)) for each in some]
            pairs = [(each.image, draft) for each, draft in drafts if draft is not None]
            if batch is None:
                written = [_planned(pair, destination, naming, overwrite) for pair in pairs]
            else:
                written = _written(batch, pairs)
            became = iter(written)
            for outcome, draft in drafts:
                if draft is not None:
                    yield _with_written(outcome, next(became))
                    continue
                if outcome.verdict is Verdict.DECLINED and batch is not None:
                    batch.decline(outcome.image, outcome.reason)
                yield outcome


def _gathered(outcomes: Iterable[Outcome], together: int) -> Iterator[list[Outcome]]:
    some: list[Outcome] = []
    since = monotonic()
    for outcome in outcomes:
        some.append(outcome)
        if len(some) >= together or monotonic() > since + _LOST_SECONDS:
            yield some
            some = []
            since = monotonic()
    if some:
        yield some


def _draft(outcome: Outcome, model: str, language: str) -> AltText | None:
    if outcome.verdict is not Verdict.CAPTIONED or outcome.caption is None:
        return None
    return AltText(
        text=outcome.alt_text,
        # What a picture reads may be in any language.
        language="" if outcome.quoted else language,
        extended_description=outcome.extended_description,
        origin=Origin.MACHINE,
        reviewed=False,
        model=outcome.text_model if outcome.quoted else model,
        confidence=outcome.confidence,
    )


def _planned(
    pair: tuple[Path, AltText], destination: Destination, naming: SidecarNaming, overwrite: bool
) -> Written | LorgnetteError:
    try:
        plan = alttext.plan(*pair, destination, naming=naming, overwrite=overwrite)
        plan.require_open()
    except LorgnetteError as error:
        return error
    return plan.outcome


def _written(
    batch: WriteBatch, pairs: list[tuple[Path, AltText]]
) -> list[Written | LorgnetteError]:
    try:
        return batch.write_together(pairs)
    except LorgnetteError as error:
        return [error for _ in pairs]


def _with_written(outcome: Outcome, became: Written | LorgnetteError) -> Outcome:
    if isinstance(became, LorgnetteError):
        return dataclasses.replace(
            outcome, verdict=Verdict.FAILED, reason=str(became), error=became
        )
    kept = became.effect is Effect.KEEP
    return dataclasses.replace(
        outcome,
        verdict=Verdict.SKIPPED if kept else Verdict.CAPTIONED,
        alt_text=became.alt_text.text,
        reason="; ".join(filter(None, (became.reason, *became.warnings))),
        written_to=None if kept else became.path,
    )


def _outcome(
    image: Path,
    captioner: Captioner,
    overwrite: bool,
    anyway: bool,
    reading: TextReading | None,
    joining: Joining,
    scenes: bool,
) -> Outcome:
    started = perf_counter()
    try:
        outcome = _tried(image, captioner, overwrite, anyway, reading, joining, scenes)
    except LorgnetteError as error:
        outcome = Outcome(image=image, verdict=Verdict.FAILED, reason=str(error), error=error)
    return dataclasses.replace(outcome, seconds=perf_counter() - started)


def _tried(
    image: Path,
    captioner: Captioner,
    overwrite: bool,
    anyway: bool,
    reading: TextReading | None,
    joining: Joining,
    scenes: bool,
) -> Outcome:
    if not overwrite:
        words = alttext.read(image)
        alttext.require_read(words)
        present = words.alt_text
        if present is not None:
            return Outcome(
                image=image,
                verdict=Verdict.SKIPPED,
                alt_text=present.text,
                reason=f"it is marked {present.state}" if present.decorative else "it has alt text",
            )
    moving = films.moving_picture(image, captioner.least_side, scenes=scenes)
    if moving is None:
        caption = captioner.caption(image, anyway=anyway)
    else:
        caption = captioner.describe_frames(moving.frames, anyway=anyway)
    told = described(moving.scenes, captioner) if moving is not None and scenes else []
    outcome = Outcome(
        image=image,
        verdict=Verdict.CAPTIONED if caption.text else Verdict.DECLINED,
        caption=caption,
        alt_text=joining.draft(image, caption.text) if caption.text else "",
        extended_description=lines(told),
        scenes=tuple(told),
        reason=caption.reason,
    )
    if films.is_film(image):  # its frames are reduced too far to be read
        return outcome
    text = None if reading is None else reading.text(image, caption)
    return outcome if reading is None or text is None else _with_text(outcome, text, reading)


def _with_text(outcome: Outcome, text: PictureText, reading: TextReading) -> Outcome:
    """Return outcome with the text in its picture, which is quoted where it has no caption."""
    outcome = dataclasses.replace(outcome, text=text, text_model=reading.reader().label)
    if outcome.caption is not None and is_no_photo(outcome.caption):
        quote = quoting.quote(text, quoting.kind(outcome.image.name), GOOD_LENGTH)
        if quote is not None:
            return dataclasses.replace(
                outcome,
                verdict=Verdict.CAPTIONED,
                alt_text=quote.alt_text,
                extended_description=quote.rest,
                quoted=quote,
                reason=text.reason,
            )
        return outcome
    told = quoting.beside(outcome.alt_text, text, MOST_LENGTH) if outcome.alt_text else ""
    if told == outcome.alt_text:
        return outcome
    draft = told if reading.into_photos else outcome.alt_text
    return dataclasses.replace(outcome, alt_text=draft, with_words=told)
