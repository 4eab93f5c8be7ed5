"""The jobs that plan, write and undo; threads drain them."""

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lorgnette.alttext.alt_text import AltText, Destination
from lorgnette.alttext.sidecar import SidecarNaming
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.on_disk import as_on_disk
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.saying.translation import tr

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from lorgnette.alttext import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePlan:
    """What writing would do to the pictures that were looked at."""

    sidecars: int = 0  # pictures that get one, or a new text in theirs
    embeds: int = 0
    replaced: int = 0  # of these two: with other text there now
    copied: int = 0  # and: with the text in the caption fields, too
    kept: int = 0  # they have other text, which stays
    unchanged: int = 0
    refused: tuple[str, ...] = ()  # a sentence each
    others: tuple[str, ...] = ()  # what becomes of the text that is there, a sentence each


def plan(
    pictures: Sequence[Picture],
    destination: Destination,
    *,
    naming: SidecarNaming,
    replace: bool,
    mirror: bool,
) -> Generator[WritePlan]:
    """Yield what writing the pictures' words would do; the last one is of all of them."""
    from lorgnette import alttext

    counts: Counter[str] = Counter()
    refused: list[str] = []
    others: list[str] = []
    for picture in pictures:
        try:
            planned = alttext.plan(
                picture.path,
                picture.alt,
                destination,
                naming=naming,
                overwrite=replace,
                mirror=mirror,
            )
        except LorgnetteError as error:
            refused.append(str(error))
            continue
        outcome = planned.outcome
        if shut := planned.shut:
            refused.append(
                tr("{name}: nothing can be written in {folder}.").format(
                    name=picture.path.name, folder=shut
                )
            )
            continue
        if outcome.effect is alttext.Effect.KEEP:
            counts["kept"] += 1
            others.append(
                tr("{name} keeps: {text}").format(
                    name=picture.path.name, text=_words(outcome.alt_text)
                )
            )
        elif outcome.effect is alttext.Effect.UNCHANGED:
            counts["unchanged"] += 1
        else:
            counts["embeds" if outcome.destination is Destination.EMBED else "sidecars"] += 1
            if outcome.replaced is not None:
                counts["replaced"] += 1
                others.append(
                    tr("{name} loses: {text}").format(
                        name=picture.path.name, text=_words(outcome.replaced)
                    )
                )
            counts["copied"] += bool(outcome.copied_to)
            others += [
                tr("{name}: {warning}.").format(name=picture.path.name, warning=each)
                for each in outcome.warnings
            ]
            if outcome.reason:
                others.append(
                    tr("{name} gets a sidecar: {reason}.").format(
                        name=picture.path.name, reason=outcome.reason
                    )
                )
    yield WritePlan(**counts, refused=tuple(refused), others=tuple(others))


def _words(alt: AltText) -> str:
    return tr("nothing, it is decorative") if alt.decorative else alt.text


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
    mirror: bool,
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
        mirror=mirror,
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
                trouble=_told(written) if written.effect is Effect.WRITE else "",
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


def _told(written: "Written") -> str:
    """Return what a person has to know of a picture that was written; mostly nothing."""
    name = written.image.name
    told = []
    if written.reason:
        told.append(
            tr("{name} got the sidecar {sidecar}: {reason}.").format(
                name=name, sidecar=written.path.name, reason=written.reason
            )
        )
    told += [tr("{name}: {warning}.").format(name=name, warning=each) for each in written.warnings]
    return " ".join(told)


def _in_words(error: LorgnetteError | None) -> str:
    return "" if error is None else " ".join(filter(None, (f"{error}.", error.hint)))
