"""Captioning many pictures, one outcome each, in order; one picture's trouble stops no other."""

import dataclasses
from collections.abc import Generator, Iterable
from pathlib import Path
from time import perf_counter

from lorgnette.alttext import Destination
from lorgnette.captioning.captioner import Captioner
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.outcome import Outcome, Verdict


def caption_batch(
    images: Iterable[Path],
    captioner: Captioner,
    *,
    destination: Destination | None = None,
    overwrite: bool = False,
    language: str = "en",
) -> Generator[Outcome]:
    """Yield what became of each picture; close the generator to stop.

    Args:
        destination: where drafts are written; None writes nothing.
        overwrite: caption pictures that have alt text, too.
        language: of the model's words, BCP 47.
    """
    for image in images:
        started = perf_counter()
        try:
            outcome = _caption_one(image, captioner, destination, overwrite, language)
        except LorgnetteError as error:
            outcome = Outcome(image=image, verdict=Verdict.FAILED, reason=str(error), error=error)
        yield dataclasses.replace(outcome, seconds=perf_counter() - started)
