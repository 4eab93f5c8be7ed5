"""Alt text in other forms, read back by other people's parsers."""

import csv
import json
import os
import stat
import subprocess
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from PIL import Image

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Origin
from lorgnette.files import CannotWriteError
from lorgnette.jobs import text_export
from lorgnette.jobs.journal import Journal
from lorgnette.jobs.text_export import Line, Skipped, TextFile, TextFormat

WORDS = {
    "cat.png": AltText(
        text='A "cat" & <b>, *sitting*\u2028=', extended_description="More", language="en"
    ),
    "draft.png": AltText(
        text="=1+1", origin=Origin.MACHINE, reviewed=False, model="toy/1", confidence=0.5
    ),
    "line.png": AltText(decorative=True),
    "sub folder/[x](y).png": None,
}
CAT = 'A "cat" & <b>, *sitting* ='


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    for name, words in WORDS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(path)
        if words is not None:
            alttext.write(path, words, Destination.EMBED)
    return folder


def lines(folder: Path) -> list[Line]:
    found = text_export.read_lines((folder / name for name in WORDS), folder)
    return [line for line in found if isinstance(line, Line)]


def test_csv_is_safe_in_a_spreadsheet(folder: Path) -> None:
    text = text_export.document(TextFormat.CSV, lines(folder))
    rows = list(csv.DictReader(StringIO(text, newline="")))
    assert [row["file_name"] for row in rows] == list(WORDS)
    assert [row["alt_text"] for row in rows] == [CAT, "'=1+1", "", ""]
    assert [row["state"] for row in rows] == ["reviewed", "draft", "decorative", "missing"]
    assert rows[1]["confidence"] == "0.5"
    assert "\r\n" in text
    plain = text_export.document(TextFormat.CSV, lines(folder), spreadsheet=False)
    assert list(csv.DictReader(StringIO(plain, newline="")))[1]["alt_text"] == "=1+1"


@pytest.mark.parametrize(
    "cell",
    [
        "=1",
        "+1",
        "-1",
        "@a",
        "\t=1",
        "\r=1",
        " =1",
        "\u00a0=1",
        "\u3000@",
        "\uff1d1",
        "\uff0b",
        "\n1",
        "'=1",
    ],
)
def test_formulas_are_neutralised(cell: str) -> None:
    assert text_export.neutralised(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "1-1", "'a", "'a=1'", "(=1)"])
def test_words_are_not(cell: str) -> None:
    assert text_export.neutralised(cell) == cell


def test_jsonl_is_one_object_a_line(folder: Path) -> None:
    text = text_export.document(TextFormat.JSONL, lines(folder))
    rows = [json.loads(line) for line in text.split("\n")[:-1]]
    assert [(row["file_name"], row["text"]) for row in rows] == [
        ("cat.png", CAT),
        ("draft.png", "=1+1"),
        ("line.png", ""),
        ("sub folder/[x](y).png", None),
    ]
    assert rows[1]["model"] == "toy/1"
    assert rows[3]["origin"] == ""


class Page(HTMLParser):
    """The images of a page, and all its text."""

    def __init__(self) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.words = ""
        self.tags: list[str] = []
        self.languages: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))
        elif tag in {"span", "p"} and "lang" in dict(attrs):
            self.languages.append(dict(attrs)["lang"])

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_gallery_is_accessible_itself(folder: Path) -> None:
    text = text_export.document(TextFormat.HTML, lines(folder))
    page = Page()
    page.feed(text)
    assert [image["alt"] for image in page.images] == [
        CAT,
        "=1+1",
        "",
        "sub folder/[x](y).png: alt text missing",
    ]
    assert page.images[3]["src"] == "./sub%20folder/%5Bx%5D%28y%29.png"
    assert page.words.count("Alt text missing") == 1
    assert "More" in page.words
    assert {"title", "main", "h1", "figcaption"} <= set(page.tags)
    assert "b" not in page.tags
    assert '<html lang="en">' in text
    # The page is in English: words of an unknown language must not be read out as such.
    languages = [image.get("lang") for image in page.images]
    assert languages == ["en", "", None, None]
    assert page.languages == ["en", "en", ""]


def test_markdown_is_escaped(folder: Path) -> None:
    text = text_export.document(TextFormat.MARKDOWN, lines(folder))
    assert text.splitlines() == [
        r'- ![A "cat" \& \<b\>, \*sitting\* =](<./cat.png>)',
        "- ![=1+1](<./draft.png>)",
        "- ![](<./line.png>)",
        r"- **Alt text missing:** [sub folder/\[x\]\(y\).png](<./sub%20folder/%5Bx%5D%28y%29.png>)",
    ]


def test_a_document_is_not_written_over_another(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    text_export.save_document(path, "one")
    with pytest.raises(CannotWriteError, match="there already"):
        text_export.save_document(path, "two")
    text_export.save_document(path, "two", overwrite=True)
    assert path.read_text() == "two"


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.PNG", "a.tiff", "a.cr2", "a.jpg.xmp", "a.XMP", "a.mp4"]
)
def test_a_document_takes_the_place_of_no_picture_and_no_words(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"a person's")
    for link in (path, tmp_path / "out.csv"):
        if link != path:
            link.symlink_to(name)
        with pytest.raises(CannotWriteError, match="which no document replaces"):
            text_export.save_document(link, "text", overwrite=True)
    assert path.read_bytes() == b"a person's"


@pytest.mark.skipif(os.name != "posix", reason="Windows has none of these in folders")
def test_a_document_goes_through_what_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CannotWriteError, match="nobody reads from it"):
        text_export.save_document(pipe, "one", overwrite=True)
    text = "words " * 100_000
    got = tmp_path / "got"
    with got.open("wb") as file, subprocess.Popen(["cat", str(pipe)], stdout=file):
        # Opening for reading waits for a writer: until then nobody reads.
        while True:
            try:
                text_export.save_document(pipe, text)
            except CannotWriteError:
                continue
            break
    assert got.read_text() == text
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    text_export.save_document(Path(os.devnull), text, overwrite=True)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    for path, reason in ((tmp_path, "directory"), (Path("/dev/full"), "No space left")):
        with pytest.raises(CannotWriteError, match=reason):
            text_export.save_document(path, "one", overwrite=True)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
def test_names_act_on_no_page(tmp_path: Path) -> None:
    name = "a\n- [x](y)\x1b[31m.png"
    Image.new("RGB", (8, 8)).save(tmp_path / name)
    (line,) = text_export.read_lines([tmp_path / name], tmp_path)
    assert isinstance(line, Line)
    text = text_export.document(TextFormat.MARKDOWN, [line])
    assert text.count("\n") == 1
    assert r"a\\n- \[x\]\(y\)\\x1b\[31m.png" in text
    assert "\x1b" not in text_export.document(TextFormat.HTML, [line])


def test_one_text_file_a_picture(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    theirs = folder / "draft.txt"
    theirs.write_text("theirs")
    first = list(text_export.write_text_files(lines(folder)))
    assert first[0] == TextFile(image=folder / "cat.png", path=folder / "cat.txt")
    assert isinstance(first[1], Skipped)
    assert "not by lorgnette" in first[1].reason
    assert (folder / "cat.txt").read_bytes() == f"{CAT}\n".encode()
    assert theirs.read_text() == "theirs"
    alttext.write(folder / "cat.png", AltText(text="New"), Destination.EMBED, overwrite=True)
    list(text_export.write_text_files(lines(folder)))
    assert (folder / "cat.txt").read_text() == "New\n"
    with Journal() as journal:
        assert [each.files for each in journal.history()] == [1, 1]
        for _ in range(2):
            assert all(each.restored for each in journal.undo())
    theirs.unlink()
    alttext.write(folder / "cat.png", WORDS["cat.png"] or AltText(), Destination.EMBED)
    assert set(folder.rglob("*.*")) == set(before)


def test_two_pictures_of_one_name_share_no_text_file(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png"):
        Image.new("RGB", (8, 8)).save(tmp_path / name)
        alttext.write(tmp_path / name, AltText(text=name), Destination.EMBED)
    images = [tmp_path / "a.jpg", tmp_path / "a.png"]
    found = [each for each in text_export.read_lines(images, tmp_path) if isinstance(each, Line)]
    first, second = text_export.write_text_files(found)
    assert isinstance(first, TextFile)
    assert isinstance(second, Skipped)
    assert (tmp_path / "a.txt").read_text() == "a.jpg\n"


def test_unreadable_pictures_and_names_are_left_out(tmp_path: Path) -> None:
    odd = tmp_path / b"odd\xff.png".decode("utf-8", "surrogateescape")
    missing = tmp_path / "missing.png"
    found = list(text_export.read_lines([odd, missing], tmp_path))
    assert [(type(each), each.image) for each in found] == [(Skipped, odd), (Skipped, missing)]
