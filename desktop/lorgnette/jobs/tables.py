"""Tables of texts, as spreadsheets and programs write them: read whole, line by line."""

import codecs
import csv
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from lorgnette import files
from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette.jobs.text_export import is_neutralised

MOST_BYTES = 256 << 20

# What programs call these columns, the likeliest first, without case, spaces and underscores.
_CALLED = {
    "path": ("filename", "path", "file", "filepath", "image", "imagepath", "picture", "src", "url"),
    "text": ("alttext", "text", "alt", "alttextaccessibility", "caption", "description"),
    "extended_description": ("extendeddescription", "longdescription", "extdescraccessibility"),
    "language": ("language", "lang"),
    "state": ("state",),
    "origin": ("origin",),
    "confidence": ("confidence",),
    "model": ("model",),
    "verdict": ("verdict",),
}
_DELIMITERS = ",;\t|"
_MARKS = (  # UTF-32 first: its marks begin with those of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATOR = re.compile(r"""sep=([^\w\s"]|\t)\r?\n""", re.IGNORECASE)


class TableError(LorgnetteError):
    """The table cannot be read as one; nothing was touched."""

    hint = "Save it as CSV in UTF-8, with the columns file_name and alt_text in its first line."
    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(reason)
        if hint is not None:
            self.hint = hint


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns are called that a person names; empty: found by their usual names."""

    path: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A line of a table, by what it tells; what it has no column for is not in it."""

    line: int  # where it begins, from 1
    cells: Mapping[str, str]  # "path", "text" and the others of _CALLED


def read(path: Path, columns: Columns = Columns(), *, spreadsheet: bool = True) -> list[Record]:
    """Return the lines of a table, CSV or JSON Lines, without those that are blank.

    Args:
        spreadsheet: in CSV, take away the apostrophe by which a cell is not run as a formula.

    Raises:
        TableError: it is none, or cannot be read.
    """
    try:
        data = files.read_file(path, MOST_BYTES + 1)
    except OSError as error:
        hint = "Name the file of a table, one that you may read."
        raise TableError(f"{path.name}: {error.strerror or error}", hint) from error
    if len(data) > MOST_BYTES:
        raise TableError(f"{path.name} is larger than {MOST_BYTES >> 20} MiB")
    text = _decoded(path, data)
    if text.lstrip().startswith("{"):
        return list(_json_lines(path, text, columns))
    records = _csv_lines(path, text, columns)
    if not spreadsheet:
        return list(records)
    return [
        Record(each.line, {what: _plain(cell) for what, cell in each.cells.items()})
        for each in records
    ]


def _decoded(path: Path, data: bytes) -> str:
    # Excel's "Unicode text" is UTF-16; its plain CSV is in a code page that nothing in it names.
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(f"{path.name}: line {line} is not in UTF-8") from error


def _csv_lines(path: Path, text: str, columns: Columns) -> Iterator[Record]:
    limit = csv.field_size_limit(MOST_BYTES)
    before = above = 0
    delimiters = _DELIMITERS
    if named := _SEPARATOR.match(text):  # by which Excel is told, and others
        delimiters, text, above = named[1], text[named.end() :], 1
    try:
        header, delimiter = _header(path, text, columns, delimiters)
        rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
        next(rows)
        before = above + rows.line_num
        for row in rows:
            line, before = before + 1, above + rows.line_num
            if any(cell.strip() for cell in row):
                told = {what: row[i] for what, i in header.items() if i < len(row)}
                yield Record(line, told)
    except csv.Error as error:
        raise TableError(f"{path.name}: line {before + 1} is no line of CSV: {error}") from error
    finally:
        csv.field_size_limit(limit)


def _header(path: Path, text: str, columns: Columns, delimiters: str) -> tuple[dict[str, int], str]:
    """Return which column tells what, and what parts the columns."""
    found: dict[str, int] = {}
    for delimiter in delimiters:
        names = next(csv.reader(StringIO(text, newline=""), delimiter=delimiter), [])
        found = _told(names, columns)
        plain = [_squeezed(name) for name in names]
        doubled = [names[place] for place in found.values() if plain.count(plain[place]) > 1]
        if doubled:
            raise TableError(
                f'{path.name} has two columns that are called "{doubled[0]}"',
                "Give one of them another name, or take it out.",
            )
        if found.keys() >= {"path", "text"}:
            return found, delimiter
    raise TableError(_lacks(path, columns))


def _json_lines(path: Path, text: str, columns: Columns) -> Iterator[Record]:
    any_named = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise TableError(f"{path.name}: line {number} is no JSON: {error}") from error
        if not isinstance(content, dict):
            raise TableError(f"{path.name}: line {number} is no JSON object")
        values = list(content.values())
        cells = {what: values[i] for what, i in _told(content, columns).items()}
        for what, value in cells.items():
            endless = isinstance(value, float) and not math.isfinite(value)
            # Python's spelling of these is nobody's words.
            if endless or isinstance(value, (list, dict, bool)):
                called = what.replace("_", " ")
                raise TableError(f"{path.name}: line {number}: its {called} is not plain text")
        told = {what: "" if value is None else str(value) for what, value in cells.items()}
        any_named = any_named or told.keys() >= {"path", "text"}
        yield Record(number, told)
    if not any_named:
        raise TableError(_lacks(path, columns))


def _told(names: Iterable[str], columns: Columns) -> dict[str, int]:
    """Return what is told by the columns of these names -> the column's place."""
    plain = [_squeezed(name) for name in names]
    wished = {"path": columns.path, "text": columns.text}
    found: dict[str, int] = {}
    for what, usual in _CALLED.items():
        wish = _squeezed(wished.get(what, ""))
        place = next(
            (plain.index(name) for name in ((wish,) if wish else usual) if name in plain), -1
        )
        if place >= 0:
            found[what] = place
    return found


def _lacks(path: Path, columns: Columns) -> str:
    named = " and ".join(f'"{name}"' for name in (columns.path, columns.text) if name)
    lacks = f"has no column {named}" if named else "lacks a column of paths or one of texts"
    return f"{path.name} {lacks} in its first line"


def _squeezed(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _plain(cell: str) -> str:
    return cell[1:] if is_neutralised(cell) else cell
