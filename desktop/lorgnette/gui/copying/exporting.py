"""Words go into a file: a page, a table, a list."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePath

from lorgnette.gui.batch.picture import Picture

_ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".html": "html", ".htm": "html", ".md": "markdown"}


def export(pictures: Sequence[Picture], path: Path) -> int:
    """Write the words of pictures to path, which is replaced; return how many pictures it has.

    Raises:
        CannotWriteError: the file is as it was.
    """
    from lorgnette.jobs import text_export

    form = text_export.TextFormat(_ENDINGS.get(path.suffix.lower(), "html"))
    lines = [
        text_export.Line(
            image=picture.path,
            file_name=PurePath(os.path.relpath(picture.path, path.parent)).as_posix(),
            alt_text=picture.alt if picture.alt.text or picture.alt.decorative else None,
        )
        for picture in pictures
    ]
    mark = "\ufeff" if form is text_export.TextFormat.CSV else ""  # Excel asks for it
    text_export.save_document(path, mark + text_export.document(form, lines), overwrite=True)
    return len(lines)
