"""The alt text of a folder's pictures in other forms: manifests, a gallery, training captions."""

import csv
import errno
import html
import json
import os
import stat
import urllib.parse
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path, PurePath

from lorgnette import alttext, files, markdown
from lorgnette.alttext import AltText, State, containers
from lorgnette.errors import LorgnetteError
from lorgnette.files import CannotWriteError, Replacement, Stamp
from lorgnette.jobs import scenes
from lorgnette.jobs.journal import Journal
from lorgnette.names import shown

_FORMULA_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four: full-width
_FIELDS = ("extended_description", "language", "state", "origin", "confidence", "model")


class TextFormat(StrEnum):
    """The forms of one whole document."""

    CSV = "csv"
    JSONL = "jsonl"
    HTML = "html"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One picture of an export."""

    image: Path
    file_name: str  # from the folder on, with slashes
    alt_text: AltText | None  # None: it has none

    @property
    def state(self) -> State:
        """Return what a person has decided, as far as the files say."""
        return State.MISSING if self.alt_text is None else self.alt_text.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A picture that an export leaves out, and why."""

    image: Path
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A file that holds a picture's words, as plain text or for a player."""

    image: Path
    path: Path


def read_lines(images: Iterable[Path], folder: Path) -> Iterator[Line | Skipped]:
    """Yield what is known of each picture; names are relative to folder."""
    for image in images:
        name = PurePath(os.path.relpath(image, folder)).as_posix()
        try:
            name.encode()
        except UnicodeEncodeError:
            yield Skipped(image=image, reason="its name is not in Unicode")
            continue
        try:
            words = alttext.read(image)
            alttext.require_read(words)
        except LorgnetteError as error:
            yield Skipped(image=image, reason=str(error))
        else:
            yield Line(image=image, file_name=name, alt_text=words.alt_text)


def document(form: TextFormat, lines: Iterable[Line], *, spreadsheet: bool = True) -> str:
    """Return a whole document.

    Args:
        spreadsheet: in CSV, put an apostrophe before what a spreadsheet would run as a formula.
    """
    match form:
        case TextFormat.CSV:
            return _csv(lines, spreadsheet=spreadsheet)
        case TextFormat.JSONL:
            return "".join(f"{json.dumps(_record(line), ensure_ascii=False)}\n" for line in lines)
        case TextFormat.HTML:
            return _html(lines)
        case TextFormat.MARKDOWN:
            return "".join(f"{_markdown(line)}\n" for line in lines)


def save_document(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write a document to a file, or through what is no file, such as a pipe or a device.

    Raises:
        CannotWriteError: it is there already, or cannot be written.
    """
    target = Path(os.path.realpath(path))
    stamp = None
    try:
        status = os.stat(path)  # noqa: PTH116 - follows links that only the system knows
    except FileNotFoundError:
        pass
    except OSError as error:
        raise CannotWriteError(path, error.strerror or str(error)) from error
    else:
        if not stat.S_ISREG(status.st_mode):
            _pour(path, text.encode())
            return
        if (suffix := target.suffix.lower()) in {*containers.OWNERS, ".xmp"}:
            what = "a picture" if suffix in containers.PICTURES else "a film"
            what = "a sidecar" if suffix == ".xmp" else what
            raise CannotWriteError(path, f"{target.name} is {what}, which no document replaces")
        if not overwrite:
            raise CannotWriteError(path, "it is there already; --overwrite replaces it")
        stamp = Stamp.of(status)
    files.replace_file(
        Replacement(target=target, stamp=stamp, pieces=(text.encode(),), keep_times=False)
    )


def _pour(path: Path, data: bytes) -> None:
    """Write into what is no regular file, which stays what it is."""
    # A pipe that nobody reads refuses at once; one that somebody reads is waited for.
    waiting = getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, os.O_WRONLY | waiting | getattr(os, "O_NOCTTY", 0))
        with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123
            os.set_blocking(descriptor, True)
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
    except OSError as error:
        nobody = error.errno == errno.ENXIO
        reason = "nobody reads from it" if nobody else error.strerror or str(error)
        raise CannotWriteError(path, reason) from error


def plain_text(line: Line) -> str:
    """Return the contents of a NAME.txt: the alt text; empty where there is none."""
    return f"{line.alt_text.text}\n" if line.alt_text and line.alt_text.text else ""


def web_vtt(line: Line) -> str:
    """Return the contents of a NAME.vtt: the scenes; empty where there are none."""
    if line.alt_text is None:
        return ""
    found = list(scenes.parsed(line.alt_text.extended_description))
    return scenes.web_vtt(found, line.alt_text.language) if found else ""


def scene_list(line: Line) -> str:
    """Return the contents of a NAME.scenes.txt: the scenes, a line each, below the alt text."""
    if line.alt_text is None:
        return ""
    found = list(scenes.parsed(line.alt_text.extended_description))
    return f"{line.alt_text.text}\n\n{scenes.lines(found)}\n" if found else ""


def write_text_files(
    lines: Iterable[Line], suffix: str = ".txt", contents_of: Callable[[Line], str] = plain_text
) -> Generator[TextFile | Skipped, None, None]:
    """Write a file beside each picture that there is something to say of, as one batch.

    A file of that name that lorgnette did not write stays as it is.

    Args:
        suffix: of the files, in place of the pictures' own.
        contents_of: returns what goes into them; nothing is written of an empty one.
    """
    taken: dict[Path, Path] = {}
    with Journal() as journal:
        batch: int | None = None
        for line in lines:
            said = contents_of(line)
            if not said:
                continue
            path = line.image.with_suffix(suffix)
            other = taken.setdefault(path, line.image)
            if other != line.image:
                reason = f"{path.name} holds the words of {other.name}"
                yield Skipped(image=line.image, reason=reason)
                continue
            contents = said.encode()
            try:
                with files.locked(path):
                    replacement = _text_file(path, contents, journal)
                    if replacement is not None:
                        if batch is None:
                            batch = journal.begin("export-text")
                        journal.replace(batch, line.image, replacement)
            except LorgnetteError as error:
                yield Skipped(image=line.image, reason=str(error))
            else:
                yield TextFile(image=line.image, path=path)


def _text_file(path: Path, contents: bytes, journal: Journal) -> Replacement | None:
    """Return how a text file gets its contents; None where it has them."""
    target = Path(os.path.realpath(path))
    try:
        stamp = Stamp.of(target.stat())
        if files.read_file(target) == contents:
            return None
    except FileNotFoundError:
        return Replacement(target=target, stamp=None, pieces=(contents,))
    except OSError as error:
        raise CannotWriteError(path, error.strerror or str(error)) from error
    if not journal.wrote(target):
        raise CannotWriteError(path, "it is there already, and not by lorgnette")
    return Replacement(target=target, stamp=stamp, pieces=(contents,), keep_times=False)


def _record(line: Line) -> dict[str, str | float | None]:
    """Return a line's fields; file_name and text are called as training programs expect."""
    alt_text = line.alt_text or AltText()
    return {
        "file_name": line.file_name,
        "text": None if line.state is State.MISSING else alt_text.text,
        "extended_description": alt_text.extended_description,
        "language": alt_text.language,
        "state": line.state.value,
        "origin": "" if line.state is State.MISSING else alt_text.origin.value,
        "confidence": alt_text.confidence,
        "model": alt_text.model,
    }


def _csv(lines: Iterable[Line], *, spreadsheet: bool) -> str:
    file = StringIO(newline="")
    writer = csv.writer(file)  # quoted by RFC 4180, lines end in CRLF
    writer.writerow(("file_name", "alt_text", *_FIELDS))
    for line in lines:
        cells = ["" if value is None else str(value) for value in _record(line).values()]
        writer.writerow([neutralised(cell) for cell in cells] if spreadsheet else cells)
    return file.getvalue()


def neutralised(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    # What looks neutralised gets one more, so that exactly one is taken away again.
    return f"'{cell}" if _is_formula(cell.lstrip("'")) else cell


def is_neutralised(cell: str) -> bool:
    """Return whether a cell begins with the apostrophe of neutralised."""
    return cell.startswith("'") and _is_formula(cell.lstrip("'"))


def _is_formula(cell: str) -> bool:
    start = cell.lstrip()[:1] or cell[:1]
    return bool(cell) and (start in _FORMULA_STARTS or cell[:1] in _FORMULA_STARTS)


def _address(file_name: str) -> str:
    # "./" keeps a name with a colon from being read as an address of its own.
    return "./" + urllib.parse.quote(file_name)


def _html(lines: Iterable[Line]) -> str:
    figures = "".join(_figure(line) for line in lines)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>Pictures and their alt text</title>\n"
        f"<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>Pictures and their alt text</h1>\n<ul>\n{figures}</ul>\n</main>\n</body>\n</html>\n"
    )


_STYLE = """\
body { margin: 2rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 2rem;
  padding: 0; list-style: none; }
figure { margin: 0; }
img { max-width: 100%; height: auto; }
.missing { font-weight: bold; color: #a40000; }
"""


def _figure(line: Line) -> str:
    name = html.escape(shown(line.file_name))
    alt_text = line.alt_text or AltText()
    said = html.escape(alt_text.text)
    # The page speaks English; these words may not, and an empty language says that nobody knows.
    language = f' lang="{html.escape(alt_text.language)}"'
    words = f"<span{language}>{said}</span>"
    attributes = f' alt="{said}"{language}'
    match line.state:
        case State.MISSING:
            # alt="" would call the picture decorative
            attributes = f' alt="{name}: alt text missing"'
            caption = '<span class="missing">Alt text missing</span>'
        case State.DECORATIVE:
            attributes, caption = ' alt=""', "Decorative"
        case State.DRAFT:
            caption = f"{words} (draft)"
        case _:
            caption = words
    if alt_text.extended_description:
        extended = html.escape(alt_text.extended_description)
        caption += f"</p>\n<p{language}>{extended}"
    return (
        f'<li><figure>\n<img src="{_address(line.file_name)}"{attributes} '
        f'loading="lazy">\n<figcaption>\n<p>{name}</p>\n<p>{caption}</p>\n</figcaption>\n'
        "</figure></li>\n"
    )


def _markdown(line: Line) -> str:
    address = f"<{_address(line.file_name)}>"
    if line.state is State.MISSING:
        return f"- **Alt text missing:** [{markdown.escaped(shown(line.file_name))}]({address})"
    text = markdown.escaped(line.alt_text.text if line.alt_text else "")
    return f"- ![{text}]({address})"
