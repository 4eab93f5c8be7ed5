"""The one place where commands print: whole lines, in any encoding, to whoever still listens."""

import contextlib
import errno
import json
import os
import re
import sys
import warnings
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette.names import on_one_line, shown

# JSON escapes the other controls by itself.
_NOT_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class OutputError(LorgnetteError):
    """Standard output takes no more: the disk is full, or it is closed."""

    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot write the output: {reason}")


class NobodyReadsError(LorgnetteError):
    """Whoever read our output went away, as `head` does once it has enough."""

    exit_code = ExitCode.NOBODY_READS


def prepare() -> None:
    """Make the standard streams fit for whatever is printed; call it before anything else."""
    _occupy()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # of libraries, to programmers


def require() -> None:
    """Stop before anything is done when standard output is closed.

    Raises:
        OutputError
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed")


def line(text: str) -> None:
    """Print one line, whatever text holds.

    Raises:
        OutputError, NobodyReadsError: it cannot be printed; as all functions here.
    """
    write(f"{on_one_line(text)}\n")


def path(name: Path, end: str = "\n") -> None:
    """Print a path: for a person as it can be shown, for a program as it is, byte by byte."""
    if sys.stdout is not None and sys.stdout.isatty():
        line(shown(name))
        return
    require()
    with _in_words():
        sys.stdout.flush()
        sys.stdout.buffer.write(os.fsencode(name) + end.encode())
        sys.stdout.buffer.flush()


def json_line(content: Any) -> None:
    """Print content as one line of JSON in UTF-8.

    What is no UTF-8 in a name is escaped, so that a program gets the very name back.
    """
    document(_json(content) + "\n")


def json_document(content: Any) -> None:
    """Print content as JSON in UTF-8, indented."""
    document(_json(content, indent=2) + "\n")


def document(text: str) -> None:
    """Print text as it is, in UTF-8."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    write(text)


def write(text: str) -> None:
    """Print text as it is."""
    require()
    with _in_words():
        sys.stdout.write(text)
        sys.stdout.flush()


def note(text: str) -> None:
    """Print lines to standard error; where they do not get there, the work goes on."""
    with contextlib.suppress(OSError):
        for each in text.splitlines():
            print(on_one_line(each), file=sys.stderr, flush=True)


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        _close(sys.stdout)
        raise NobodyReadsError from error
    except OSError as error:
        _close(sys.stdout)
        if sys.platform == "win32" and error.errno == errno.EINVAL:  # its word for a broken pipe
            raise NobodyReadsError from error
        raise OutputError(error.strerror or str(error)) from error


def _close(stream: TextIO) -> None:
    """Let what is still in a stream's buffer go nowhere, so that Python need not try again."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _occupy() -> None:
    """Put something into the places of closed streams.

    Else the next file that is opened gets the place, and a library's complaint ends up in a
    person's picture.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest place that is free


def _json(content: Any, indent: int | None = None) -> str:
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    return _NOT_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
