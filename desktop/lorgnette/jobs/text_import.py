"""A table of texts comes back to its pictures: checked line by line, planned, then written."""

import os
import unicodedata
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lorgnette import alttext
from lorgnette.alttext import (
    AltText,
    Destination,
    Origin,
    Reading,
    SidecarNaming,
    State,
    Written,
    containers,
    language_tag,
)
from lorgnette.alttext.texts import clean
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.outcome import Verdict
from lorgnette.jobs.tables import Record
from lorgnette.jobs.writing import WriteBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table that can be written."""

    line: int
    image: Path
    alt_text: AltText


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A line of a table that is not written, and why."""

    line: int
    name: str  # as the table spells it
    reason: str  # for a person
    fault: bool = True  # False: there was nothing to do


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """What became of a line, or would."""

    row: Row
    written: Written | None = None  # set exactly when error is not
    error: LorgnetteError | None = None


@dataclass(slots=True)
class _Alike:
    """The lines that speak of one picture."""

    first: Row
    other: Row | None = None  # the first that says something else


def check(records: Sequence[Record], folder: Path) -> Generator[Row | LeftOut]:
    """Yield what each line of a table comes to, in order; nothing is written.

    Args:
        folder: where the table's names count from.
    """
    lines = [_checked(record, folder) for record in records]
    same: dict[str, _Alike] = {}
    for line in lines:
        if isinstance(line, Row):
            alike = same.setdefault(os.path.realpath(line.image), _Alike(line))
            if alike.other is None and line.alt_text != alike.first.alt_text:
                alike.other = line
    names = {record.line: record.cells.get("path", "") for record in records}
    for line in lines:
        if isinstance(line, LeftOut):
            yield line
            continue
        yield _single(line, same[os.path.realpath(line.image)], names[line.line])


def plan_rows(
    rows: Iterable[Row],
    destination: Destination,
    *,
    naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
    overwrite: bool = False,
    mirror: bool = False,
) -> Generator[RowOutcome]:
    """Yield what write_rows would do, in order; nothing is written."""
    for row in rows:
        try:
            plan = alttext.plan(
                row.image,
                row.alt_text,
                destination,
                naming=naming,
                overwrite=overwrite,
                mirror=mirror,
            )
            plan.require_open()
        except LorgnetteError as error:
            yield RowOutcome(row=row, error=error)
        else:
            yield RowOutcome(row=row, written=plan.outcome)


def write_rows(
    rows: Iterable[Row],
    destination: Destination,
    *,
    naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
    overwrite: bool = False,
    mirror: bool = False,
    title: str = "import-text",
) -> Generator[RowOutcome]:
    """Yield what became of each line, in order, written as one batch of the journal.

    Raises:
        JournalError: without it nothing is written.
    """
    with WriteBatch(
        destination, naming=naming, overwrite=overwrite, mirror=mirror, title=title
    ) as batch:
        for row in rows:
            try:
                written = batch.write(row.image, row.alt_text)
            except LorgnetteError as error:
                yield RowOutcome(row=row, error=error)
            else:
                yield RowOutcome(row=row, written=written)


def _checked(record: Record, folder: Path) -> Row | LeftOut:
    spelt = record.cells.get("path", "")
    name = spelt.strip()
    text = clean(record.cells.get("text", ""))

    def left_out(reason: str, *, fault: bool = True) -> LeftOut:
        return LeftOut(line=record.line, name=name, reason=reason, fault=fault)

    if not name:
        return left_out("it names no picture")
    image = _found(spelt, folder) or _found(name, folder)  # a name may begin with a space
    if image is None:
        return left_out("there is no such file")
    try:
        containers.require_picture(image)
        reading = alttext.read(image, record.cells.get("language", ""))
        alt_text = _words(record, text, reading)
        if alt_text is not None:
            alttext.require_usable(alt_text)
    except LorgnetteError as error:
        return left_out(str(error))
    if alt_text is not None:
        return Row(line=record.line, image=image, alt_text=alt_text)
    if text:
        return left_out("its draft is as it was: nobody has reviewed it", fault=False)
    return left_out("it has no text yet", fault=False)


class _NotUsableError(LorgnetteError):
    """A line contradicts itself, or says nothing."""


def _words(record: Record, text: str, reading: Reading) -> AltText | None:
    """Return a line's words as they are to be written; None where there is nothing to do.

    Raises:
        LorgnetteError: it says nothing that could be written.
    """
    cells = record.cells
    state = cells.get("state", "").strip().lower()
    language = cells.get("language")
    if language is not None and language.strip() and not language_tag(language):
        raise _NotUsableError(f'"{language}" is no language tag, such as en or pt-BR')
    present = reading.alt_text or AltText()
    verdict = cells.get("verdict")
    drafted = verdict == Verdict.CAPTIONED or (
        verdict == Verdict.SKIPPED and present.state is State.DRAFT
    )
    if text and drafted and not state:
        raise _NotUsableError(
            "it is a draft that caption printed; give it the state reviewed once you have read it"
        )
    words = AltText(
        text=text,
        extended_description=cells.get("extended_description", reading.extended_description),
        language=present.language if language is None else language_tag(language),
    )
    if state == State.DECORATIVE:
        if text:
            raise _NotUsableError("it is decorative, and has a text")
        return replace(words, decorative=True)
    if not text:
        if state == State.MISSING:
            return None
        raise _NotUsableError(
            "its text is empty; a picture that needs none has the state decorative"
        )
    if present.state is State.DRAFT:
        if clean(present.text) != text:
            return replace(words, origin=Origin.MACHINE_EDITED, model=present.model)
        if state == State.DRAFT:
            return None
        return replace(
            words, origin=present.origin, model=present.model, confidence=present.confidence
        )
    if state == State.DRAFT and cells.get("origin") == Origin.MACHINE and present.text != text:
        # Nothing shows that a person has looked at it since it was exported elsewhere.
        return replace(
            words, origin=Origin.MACHINE, reviewed=False, model=cells.get("model", "").strip()
        )
    return words


def _found(name: str, folder: Path) -> Path | None:
    """Return the file that a table means, however its system spells names."""
    for spelt in dict.fromkeys(
        form
        for plain in (name, name.replace("\\", "/"))
        for form in (
            plain,
            unicodedata.normalize("NFC", plain),
            unicodedata.normalize("NFD", plain),
        )
    ):
        try:
            if (folder / spelt).exists():
                return folder / spelt
        except (OSError, ValueError):  # too long, or with a NUL
            return None
    return None


def _single(row: Row, alike: _Alike, name: str) -> Row | LeftOut:
    """Return a row, unless other lines speak of its picture, too."""
    if alike.other is not None:
        # Each line names one that it is at odds with: all of them would fill the screen.
        same = row.alt_text == alike.first.alt_text
        line = alike.other.line if same else alike.first.line
        reason = f"line {line} says something else of the same picture"
        return LeftOut(line=row.line, name=name, reason=reason)
    if row is alike.first:
        return row
    reason = f"line {alike.first.line} says the same of the same picture"
    return LeftOut(line=row.line, name=name, reason=reason, fault=False)
