"""Tables that spreadsheets, programs and accidents make: a message or lines, never a traceback."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.fuzz import examples
from tests.fuzz.damage import SEEDS, damaged

from lorgnette.alttext import AltText, Destination
from lorgnette.errors import LorgnetteError
from lorgnette.jobs import tables, text_export, text_import
from lorgnette.jobs.text_export import Line, TextFormat

CELLS = st.one_of(
    st.sampled_from(
        [
            *("", " ", "a.png", "./a.png", "b.png", "../a.png", "/etc/passwd", "a\0.png"),
            *("x" * 300 + ".png", ".", "..", "~", "=1+1", "'=1+1", "''", "draft", "reviewed"),
            *("decorative", "missing", "en", "no language", "A dog", 'A "dog", it\'s'),
            *("two\nlines", "\ud800", "\x1b[2J", "0.5", "nan"),
        ]
    ),
    st.text(max_size=20),
)
HEADERS = st.lists(
    st.sampled_from(
        ["file_name", "alt_text", "Path", "Text", "language", "state", "origin", "confidence",
         "model", "extended_description", "", "other", "ALT"]
    ),
    min_size=1, max_size=8,
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for name in ("a.png", "b.png"):
        Image.new("L", (8, 8)).save(folder / name)
    return folder


@st.composite
def written(draw: st.DrawFn) -> bytes:
    header, rows = draw(HEADERS), draw(st.lists(st.lists(CELLS, max_size=9), max_size=6))
    if draw(st.booleans()):
        lines = [json.dumps(dict(zip(header, row, strict=False))) for row in rows]
        return "\n".join(lines).encode()
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=draw(st.sampled_from(",;\t|")))
    writer.writerows([header, *rows])
    form = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    return file.getvalue().encode(form, "replace")


@examples(100)
@given(content=written(), seed=SEEDS | st.none(), spreadsheet=st.booleans())
def test_any_table_ends_in_lines_or_a_message(
    folder: Path, content: bytes, seed: int | None, spreadsheet: bool
) -> None:
    table = folder / "table.csv"
    table.write_bytes(content if seed is None else damaged(content, seed))
    try:
        records = tables.read(table, spreadsheet=spreadsheet)
    except LorgnetteError as error:
        assert "table.csv" in str(error)
        return
    checked = list(text_import.check(records, folder))
    assert [each.line for each in checked] == [record.line for record in records]
    rows = [each for each in checked if isinstance(each, text_import.Row)]
    for outcome in text_import.plan_rows(rows, Destination.SIDECAR):
        assert outcome.error is None
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "b.png", "table.csv"]


@examples(100)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    form=st.sampled_from([TextFormat.CSV, TextFormat.JSONL]),
    spreadsheet=st.booleans(),
)
def test_what_is_exported_comes_back(
    folder: Path, texts: list[str], form: TextFormat, spreadsheet: bool
) -> None:
    lines = [
        Line(image=folder / "a.png", file_name=f"{text}.png", alt_text=AltText(text=text))
        for text in texts
    ]
    table = folder / "table.csv"
    document = text_export.document(form, lines, spreadsheet=spreadsheet)
    table.write_text(document, encoding="utf-8", newline="")
    found = tables.read(table, spreadsheet=spreadsheet)
    assert [(each.cells["path"], each.cells["text"]) for each in found] == [
        (f"{text}.png", text) for text in texts
    ]
