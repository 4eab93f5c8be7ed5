"""Drafts for what arrives in a folder, as long as it is watched."""

import contextlib
from collections.abc import Callable, Generator

from lorgnette.alttext import Destination, SidecarNaming
from lorgnette.captioning.captioner import Captioner
from lorgnette.errors import LorgnetteError, UnreadableImageError
from lorgnette.jobs import declined
from lorgnette.jobs.arrivals import Arrivals
from lorgnette.jobs.batch import caption_batch, write_drafts
from lorgnette.jobs.joining import NOTHING, Joining
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.jobs.reading import TextReading


def draft_arrivals(
    arrivals: Arrivals,
    captioner: Captioner,
    destination: Destination,
    *,
    naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
    anyway: bool = False,
    reading: TextReading | None = None,
    joining: Joining = NOTHING,
    scenes: bool = False,
    title: str = "watch",
    tell: Callable[[str], object] = lambda _: None,
) -> Generator[Outcome]:
    """Yield what became of each picture that arrived, until arrivals are stopped.

    Pictures that have words are skipped, and those that were declined and have not changed are not
    asked about again. What could not be written is tried again later. What is ready together is
    one batch of the journal.

    Args:
        naming: as alttext.write takes it.
        anyway, reading, joining, scenes: as caption_batch takes them.
        title: what the history calls the batches.
        tell: takes a sentence for a person about what stopped a whole batch.
    """
    known = declined.Record.read()
    while arrived := arrivals.wait():
        fresh = [image for image in arrived if anyway or not known.reason(image)]
        ahead = dict.fromkeys(fresh)
        job = caption_batch(
            fresh, captioner, anyway=anyway, reading=reading, joining=joining, scenes=scenes
        )
        try:
            with contextlib.closing(job):
                for outcome in write_drafts(
                    job, destination, model=captioner.manifest.label, naming=naming, title=title
                ):
                    ahead.pop(outcome.image, None)
                    if outcome.verdict is Verdict.FAILED and not _of_the_picture(outcome.error):
                        arrivals.again(outcome.image)
                    yield outcome
        except LorgnetteError as error:  # nothing can be written without the journal
            tell(str(error))
            for image in ahead:
                arrivals.again(image)


def _of_the_picture(error: LorgnetteError | None) -> bool:
    """Return whether only another version of the picture could go better."""
    return isinstance(error, UnreadableImageError)
