"""Captioning many pictures, one outcome each, in order; one picture's trouble stops no other."""

import contextlib
import dataclasses
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Effect, Origin, SidecarNaming
from lorgnette.captioning.captioner import Captioner
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.jobs.writing import WriteBatch

_WAITING = 2  # pictures a thread that are ready before they are asked for


def caption_batch(
    images: Iterable[Path],
    captioner: Captioner,
    *,
    overwrite: bool = False,
    anyway: bool = False,
) -> Generator[Outcome]:
    """Yield what became of each picture, in order; nothing is written.

    Pictures are worked on by captioner.threads threads at once, each picture by one of them: that
    keeps all cores busy with decoding and with the network alike. Closing the generator ends the
    job as soon as the pictures in work are done.

    Args:
        images: consumed only a little ahead of what is yielded, so it may be endless.
        overwrite: caption pictures that have alt text, too.
        anyway: describe even what the model would rather decline.
    """
    waiting: deque[Future[Outcome]] = deque()
    pool = ThreadPoolExecutor(captioner.threads, thread_name_prefix="caption")
    try:
        for image in images:
            waiting.append(pool.submit(_outcome, image, captioner, overwrite, anyway))
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
) -> Generator[Outcome]:
    """Yield outcomes again, after the alt text of the captioned ones was written.

    What is written is one batch of the journal, so that it can be undone.

    Args:
        outcomes: of caption_batch; each is written before the next one is asked for.
        model: label of the model, for the provenance.
        language: of the model's words, BCP 47.
        naming: as alttext.write takes it.
        overwrite: replace alt text that is there.
        dry_run: only say where each would be written.

    Raises:
        JournalError: without it nothing is written.
    """
    with contextlib.ExitStack() as stack:
        batch = None
        if not dry_run:
            title = f"caption --write {destination}"
            batch = stack.enter_context(
                WriteBatch(destination, naming=naming, overwrite=overwrite, title=title)
            )
        for outcome in outcomes:
            if outcome.verdict is not Verdict.CAPTIONED or outcome.caption is None:
                yield outcome
                continue
            draft = AltText(
                text=outcome.alt_text,
                language=language,
                origin=Origin.MACHINE,
                reviewed=False,
                model=model,
                confidence=outcome.caption.confidence,
            )
            try:
                if batch is None:
                    plan = alttext.plan(
                        outcome.image, draft, destination, naming=naming, overwrite=overwrite
                    )
                    written = plan.outcome
                else:
                    written = batch.write(outcome.image, draft)
            except LorgnetteError as error:
                yield dataclasses.replace(
                    outcome, verdict=Verdict.FAILED, reason=str(error), error=error
                )
                continue
            kept = written.effect is Effect.KEEP
            yield dataclasses.replace(
                outcome,
                verdict=Verdict.SKIPPED if kept else Verdict.CAPTIONED,
                alt_text=written.alt_text.text,
                reason="; ".join(filter(None, (written.reason, *written.warnings))),
                written_to=None if kept else written.path,
            )


def _outcome(image: Path, captioner: Captioner, overwrite: bool, anyway: bool) -> Outcome:
    started = perf_counter()
    try:
        outcome = _tried(image, captioner, overwrite, anyway)
    except LorgnetteError as error:
        outcome = Outcome(image=image, verdict=Verdict.FAILED, reason=str(error), error=error)
    return dataclasses.replace(outcome, seconds=perf_counter() - started)


def _tried(image: Path, captioner: Captioner, overwrite: bool, anyway: bool) -> Outcome:
    if not overwrite:
        present = alttext.read(image).alt_text
        if present is not None:
            return Outcome(
                image=image,
                verdict=Verdict.SKIPPED,
                alt_text=present.text,
                reason=f"it is marked {present.state}" if present.decorative else "it has alt text",
            )
    caption = captioner.caption(image, anyway=anyway)
    if not caption.text:
        return Outcome(
            image=image, verdict=Verdict.DECLINED, caption=caption, reason=caption.reason
        )
    return Outcome(image=image, verdict=Verdict.CAPTIONED, caption=caption, alt_text=caption.text)
