"""What a picture's files say."""

import os
from pathlib import Path

from lorgnette.alttext.alt_text import AltText
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.picture import Picture, Suggestion

Stamp = tuple[tuple[int, int] | None, ...]  # time and size of each file that speaks of a picture


def stamp(path: Path) -> Stamp:
    """Return what tells whether the file at path, or a sidecar of it, was changed."""
    from lorgnette.alttext import sidecar

    return (_of_file(path), *map(_of_file, sidecar.names(path)))


def _of_file(file: Path | str) -> tuple[int, int] | None:
    try:
        status = os.stat(file)  # noqa: PTH116 - a Path for each of many names takes longer
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def as_on_disk(path: Path, language: str) -> Picture:
    """Return the picture at path as its file and its sidecars say."""
    from lorgnette import alttext

    try:
        reading = alttext.read(path, language)
        alttext.require_read(reading)
    except LorgnetteError as error:
        return Picture(
            path=path,
            suggestion=Suggestion(failed=True, reason=str(error)),
            gone=isinstance(error.__cause__, FileNotFoundError),
        )
    return Picture(
        path=path,
        alt=reading.alt_text
        or AltText(reviewed=False, extended_description=reading.extended_description),
        on_disk=reading.alt_text,
        kept_in=reading.path.name if reading.path is not None else "",
        captions=tuple(suggestion.text for suggestion in reading.suggestions),
        conflicts=tuple(
            (version.path.name, version.alt_text.text) for version in reading.conflicts
        ),
    )
