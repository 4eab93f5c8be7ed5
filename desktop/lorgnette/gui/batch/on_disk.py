"""What a picture's files say."""

from pathlib import Path

from lorgnette.alttext.alt_text import AltText
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.picture import Picture, Suggestion


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
