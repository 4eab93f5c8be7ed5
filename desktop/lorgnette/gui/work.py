"""The jobs that the window's threads drain: finding pictures, captioning them.

Everything heavy (numpy, onnxruntime, Pillow) is imported in here, by the thread that needs it.
"""

import gc
import os
import threading
from collections import Counter, OrderedDict
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lorgnette import paths
from lorgnette.alttext.alt_text import AltText, Destination
from lorgnette.alttext.sidecar import SidecarNaming
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.picture import Picture, Suggestion
from lorgnette.gui.saying.translation import tr
from lorgnette.settings import Settings

if TYPE_CHECKING:
    from lorgnette.captioning.caption import Caption
    from lorgnette.captioning.captioner import Captioner
    from lorgnette.jobs.outcome import Outcome


CANDIDATES = 5  # that the panel has room and keys for


class Queue:
    """The pictures that wait for the captioner; the window may change it while it is drained."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Path, None] = OrderedDict()

    def add(self, pictures: Iterable[Path]) -> None:
        """Let pictures wait, those that wait already where they are."""
        with self._lock:
            for path in pictures:
                self._waiting.setdefault(path)

    def remove(self, pictures: Iterable[Path]) -> None:
        """Let pictures wait no more."""
        with self._lock:
            for path in pictures:
                self._waiting.pop(path, None)

    def clear(self) -> list[Path]:
        """Return those that waited; none waits any more."""
        with self._lock:
            left = list(self._waiting)
            self._waiting.clear()
        return left

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Path]:
        """Yield each picture as its turn comes, until none waits."""
        while True:
            with self._lock:
                if not self._waiting:
                    return
                path, _ = self._waiting.popitem(last=False)
            yield path


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedModel:
    """What is in use, for the settings and the details of a picture."""

    label: str  # name/version+hash
    provider: str


class Models:
    """The captioner that is open; opened by the first thread that needs it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[str, str, int, str] | None = None
        self._captioner: Captioner | None = None

    def captioner(self, settings: Settings) -> "Captioner":
        """Return a captioner as the settings want it.

        Raises:
            BrokenModelError: the model directory does not hold a whole model.
            ProviderError: the execution provider does not run here.
        """
        from lorgnette.captioning.captioner import Captioner
        from lorgnette.captioning.people import People

        key = (settings.model, settings.provider, settings.beam_size, settings.people)
        with self._lock:
            if self._captioner is None or key != self._key:
                self._captioner = Captioner.open(
                    model_folder(settings),
                    provider=settings.provider,
                    beam_size=settings.beam_size,
                    people=People(settings.people),
                    threads=max(1, (os.cpu_count() or 2) - 1),  # one core for the window
                )
                self._key = key
            return self._captioner

    @property
    def in_use(self) -> OpenedModel | None:
        """What is open; None before the first use."""
        captioner = self._captioner
        if captioner is None:
            return None
        return OpenedModel(label=captioner.manifest.label, provider=captioner.provider)


def model_folder(settings: Settings) -> Path:
    """Return the model directory that the settings name."""
    return Path(settings.model) if settings.model else paths.shipped_model()


def open_model(models: Models, settings: Settings) -> Generator[OpenedModel]:
    """Yield the model once it is open, so that the first picture need not wait for it."""
    models.captioner(settings)
    # All that was imported stays for good: looking through it for garbage, again and again as
    # the batch grows, would hold every thread for 20 ms.
    gc.freeze()
    if models.in_use is not None:
        yield models.in_use


def find(found_in: Iterable[Path], language: str) -> Generator[Picture]:
    """Yield the pictures that files and folders stand for, with the alt text that they have."""
    from lorgnette.captioning import images

    for path in images.find(path.absolute() for path in found_in):
        yield as_on_disk(path, language)


def restore(drafts: Drafts) -> Generator[Picture]:
    """Yield the batch of last time."""
    from lorgnette.captioning import images  # noqa: F401 - its sort keys are wanted on adding

    yield from drafts.pictures()


def as_on_disk(path: Path, language: str) -> Picture:
    """Return the picture at path as its file and its sidecars say."""
    from lorgnette import alttext

    try:
        reading = alttext.read(path, language)
    except LorgnetteError as error:
        return Picture(path=path, suggestion=Suggestion(failed=True, reason=str(error)))
    return Picture(
        path=path,
        alt=reading.alt_text or AltText(reviewed=False),
        on_disk=reading.alt_text,
        kept_in=reading.path.name if reading.path is not None else "",
        captions=tuple(suggestion.text for suggestion in reading.suggestions),
        conflicts=tuple(
            (version.path.name, version.alt_text.text) for version in reading.conflicts
        ),
    )


def caption(queue: Queue, models: Models, settings: Settings) -> Generator[tuple[Path, Suggestion]]:
    """Yield what the captioner says of each picture in the queue, until it is empty.

    Raises:
        BrokenModelError, ProviderError: before the first picture; the queue is as it was.
    """
    captioner = models.captioner(settings)
    from lorgnette.jobs.batch import caption_batch

    label = captioner.manifest.label
    with closing(caption_batch(queue, captioner, overwrite=True)) as outcomes:
        for outcome in outcomes:
            yield outcome.image, suggestion(outcome, label, captioner.provider)


def guess(path: Path, models: Models, settings: Settings) -> Generator[Suggestion]:
    """Yield what the model says of a picture that it would rather not describe.

    Raises:
        UnreadableImageError, BrokenModelError, ProviderError: nothing is yielded.
    """
    captioner = models.captioner(settings)
    said = captioner.caption(path, anyway=True)
    yield Suggestion(
        text=said.text,
        candidates=said.candidates[:CANDIDATES],
        doubted=_doubted(said),
        confidence=said.confidence,
        model=captioner.manifest.label,
        provider=captioner.provider,
    )


def suggestion(outcome: "Outcome", model: str, provider: str) -> Suggestion:
    """Return what became of a picture as a value that the window can keep."""
    from lorgnette.captioning import judging
    from lorgnette.jobs.outcome import Verdict

    said = outcome.caption
    hint = outcome.error.hint if outcome.error is not None else ""
    return Suggestion(
        text=outcome.alt_text if outcome.verdict is Verdict.CAPTIONED else "",
        candidates=said.candidates[:CANDIDATES] if said is not None else (),
        doubted=_doubted(said) if said is not None else (),
        confidence=said.confidence if said is not None else None,
        declined=outcome.verdict is Verdict.DECLINED,
        no_photo=said is not None and said.reason == judging.NO_PHOTO,
        failed=outcome.verdict is Verdict.FAILED,
        reason=" ".join(filter(None, (_sentence(outcome.reason), hint))),
        model=model,
        provider=provider,
        seconds=outcome.seconds,
    )


def _sentence(text: str) -> str:
    """Return text with a capital and a full stop; nothing comes of nothing."""
    text = text.strip().rstrip(".")
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _doubted(said: "Caption") -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.text.strip(",.") for word in said.words if word.doubted))


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePlan:
    """What writing would do to the pictures that were looked at."""

    sidecars: int = 0  # pictures that get one, or a new text in theirs
    embeds: int = 0
    replaced: int = 0  # of these two: with other text there now
    kept: int = 0  # they have other text, which stays
    unchanged: int = 0
    refused: tuple[str, ...] = ()  # a sentence each


def plan(
    pictures: Sequence[Picture],
    destination: Destination,
    *,
    naming: SidecarNaming,
    replace: bool,
) -> Generator[WritePlan]:
    """Yield what writing the pictures' words would do; the last one is of all of them."""
    from lorgnette import alttext

    counts: Counter[str] = Counter()
    refused: list[str] = []
    for picture in pictures:
        try:
            planned = alttext.plan(
                picture.path, picture.alt, destination, naming=naming, overwrite=replace
            )
        except LorgnetteError as error:
            refused.append(str(error))
            continue
        outcome = planned.outcome
        if outcome.effect is alttext.Effect.KEEP:
            counts["kept"] += 1
        elif outcome.effect is alttext.Effect.UNCHANGED:
            counts["unchanged"] += 1
        else:
            counts["embeds" if outcome.destination is Destination.EMBED else "sidecars"] += 1
            counts["replaced"] += outcome.replaced is not None
    yield WritePlan(**counts, refused=tuple(refused))


@dataclass(frozen=True, slots=True, kw_only=True)
class WroteOne:
    """What became of one picture of a batch of writes."""

    image: Path
    alt: AltText | None = None  # as it stands on disk now; None: not known, see trouble
    kept_in: str = ""  # name of the file that has it
    changed: bool = False
    kept: bool = False  # it has other text, which stayed
    trouble: str = ""  # for a person


@dataclass(frozen=True, slots=True)
class BatchNumber:
    """What the journal calls the batch that was written."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndidOne:
    """What became of one file of a batch that is undone."""

    image: Path
    restored: bool
    alt: AltText | None  # what the picture's files say now
    kept_in: str = ""
    trouble: str = ""


def write(
    texts: Sequence[tuple[Path, AltText]],
    destination: Destination,
    *,
    naming: SidecarNaming,
    replace: bool,
) -> Generator[WroteOne | BatchNumber]:
    """Yield what became of each picture, and at the end the batch's number if files changed.

    Raises:
        JournalError: without it nothing is written.
    """
    from lorgnette.alttext import Effect
    from lorgnette.jobs.writing import write_batch

    batch = write_batch(
        texts,
        destination,
        naming=naming,
        overwrite=replace,
        title=tr("written from the window"),
    )
    number = None
    with closing(batch) as outcomes:
        for outcome in outcomes:
            number = outcome.batch
            written = outcome.written
            if written is None:
                yield WroteOne(image=outcome.image, trouble=_in_words(outcome.error))
                continue
            yield WroteOne(
                image=outcome.image,
                alt=written.alt_text,
                kept_in=written.path.name,
                changed=written.effect is Effect.WRITE,
                kept=written.effect is Effect.KEEP,
                trouble=(
                    tr("{name} got the sidecar {sidecar}: {reason}.").format(
                        name=outcome.image.name,
                        sidecar=written.path.name,
                        reason=written.reason,
                    )
                    if written.effect is Effect.WRITE and written.reason
                    else ""
                ),
            )
    if number is not None:
        yield BatchNumber(number)


def undo(batch: int) -> Generator[UndidOne]:
    """Yield what became of each file of a batch that gets its old bytes back.

    Raises:
        JournalError, UnknownBatchError: before anything is touched.
    """
    from lorgnette.jobs.journal import Journal

    with Journal() as journal, closing(journal.undo(batch)) as undone:
        for one in undone:
            now = as_on_disk(one.image, "")
            yield UndidOne(
                image=one.image,
                restored=one.restored,
                alt=now.on_disk,
                kept_in=now.kept_in,
                trouble=(
                    ""
                    if one.restored
                    else tr("{name} was left as it is: {reason}.").format(
                        name=one.path.name, reason=one.reason
                    )
                ),
            )


def _in_words(error: LorgnetteError | None) -> str:
    return "" if error is None else " ".join(filter(None, (f"{error}.", error.hint)))
