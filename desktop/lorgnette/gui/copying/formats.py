"""Alt text on the clipboard: plain, as HTML, as Markdown, as a table."""

import html
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from urllib.parse import quote

from PySide6.QtCore import QMimeData, QUrl

from lorgnette import markdown
from lorgnette.gui.batch.picture import Picture, State

_FORMULA = re.compile(r"^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


class Format(StrEnum):
    """The forms that alt text is copied in."""

    PLAIN = "plain"
    HTML = "html"
    MARKDOWN = "markdown"


def in_format(picture: Picture, form: Format) -> str:
    """Return the words of a picture in a form; empty where it has none to give.

    A decorative picture has the empty `alt=""`, one without words none at all: leaving the
    attribute empty would hide it from those who cannot see it.
    """
    decorative, text = picture.state is State.DECORATIVE, picture.alt.text
    if form is Format.PLAIN:
        return text
    if not text and not decorative:
        return ""
    name = picture.path.name
    if form is Format.HTML:
        source = html.escape(quote(name), quote=True)
        return f'<img src="{source}" alt="{html.escape(text, quote=True)}">'
    return f"![{markdown.escaped(text)}](<{quote(name)}>)"


def as_data(pictures: Iterable[Picture], form: Format) -> tuple[QMimeData, int]:
    """Return the clipboard's data for pictures, one a line, and how many had words."""
    lines = []
    count = 0
    for picture in pictures:
        line = in_format(picture, form)
        if line or picture.state is State.DECORATIVE:
            lines.append(line)
            count += 1
    data = QMimeData()
    data.setText("\n".join(lines))
    if form is Format.HTML:
        data.setHtml("\n".join(lines))
    return data, count


def as_files(pictures: Sequence[Picture]) -> QMimeData:
    """Return the files of pictures, and their words for where no file fits."""
    data, _ = as_data(pictures, Format.HTML)
    data.setText("\n".join(picture.alt.text for picture in pictures))
    data.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in pictures])
    return data


def as_table(rows: Sequence[Sequence[str]]) -> QMimeData:
    """Return rows for a spreadsheet: tabs between cells, no cell that it would run as a formula."""
    data = QMimeData()
    data.setText("\n".join("\t".join(_cell(cell) for cell in row) for row in rows))
    data.setHtml(
        "<table>"
        + "".join(
            f"<tr>{''.join(f'<td>{html.escape(_cell(cell))}</td>' for cell in row)}</tr>"
            for row in rows
        )
        + "</table>"
    )
    return data


def _cell(text: str) -> str:
    text = " ".join(text.split())
    return f"'{text}" if _FORMULA.match(text) else text
