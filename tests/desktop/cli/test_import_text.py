"""lorgnette import-text: a table goes out, through a spreadsheet, and comes back."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from tests.oracles import ExifTool

from lorgnette import alttext, cli
from lorgnette.alttext import AltText, Destination, Origin, State

DRAFT = AltText(
    text="A red picture.", origin=Origin.MACHINE, reviewed=False, model="toy/1", confidence=0.5
)


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with four pictures, one of them below."""
    result = tmp_path / "album"
    (result / "below").mkdir(parents=True)
    for number, name in enumerate(("a.png", "b.jpg", "c.png", "below/d.webp")):
        Image.new("RGB", (64 + number, 48), (200, 20, 20)).save(result / name)
    return result


@pytest.fixture
def table(folder: Path) -> Callable[[str | bytes], Path]:
    """Return a function that saves a table in the folder."""

    def saved(content: str | bytes) -> Path:
        path = folder / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return saved


def words(image: Path) -> AltText | None:
    return alttext.read(image).alt_text


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_plan_comes_first(
    folder: Path, table: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    saved = table("file_name,alt_text\r\na.png,A gate\r\nbelow/d.webp,A door\r\n")
    before = contents(folder)
    for options in ([], ["--write", "sidecar", "--dry-run"]):
        assert run("import-text", saved, *options) == 0
        assert capsys.readouterr().out.splitlines() == [
            f"{folder / 'a.png'}: a.png.xmp: A gate",
            f"{folder / 'below/d.webp'}: d.webp.xmp: A door",
        ]
    assert contents(folder) == before
    assert run("import-text", saved, "--dry-run") == 2


def test_it_is_written_as_reviewed_and_undone_byte_by_byte(
    folder: Path, table: Callable[[str], Path], exiftool: ExifTool
) -> None:
    saved = table("path,text\na.png,A gate\nb.jpg,A door\n")
    before = contents(folder)
    assert run("import-text", saved, "--write", "embed") == 0
    assert exiftool.alt_text(folder / "a.png") == "A gate"
    found = words(folder / "b.jpg")
    assert found is not None
    assert (found.text, found.state, found.origin) == ("A door", State.REVIEWED, Origin.HUMAN)
    assert run("undo") == 0
    assert contents(folder) == before


def test_every_line_that_is_left_out_is_told(
    folder: Path, table: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "notes.txt").write_text("no picture")
    lines = [
        "file_name,alt_text,state,language",
        "gone.png,A gate,,",  # 2
        ",A gate,,",
        "c.png,,,",
        f"c.png,{'x' * 2001},,",
        "notes.txt,A gate,,",  # 6
        "below,A gate,,",
        "c.png,A gate,decorative,",
        "c.png,A gate,,English",
        '"a.png","Two\nlines",,',  # 10 and 11
        "a.png,Another,,",  # 12
        "b.jpg,The same,,",
        "./b.jpg,The same,,",
        "below\\d.webp,,missing,",  # 15
        "",
        "short",  # 17
        "bad\0name.png,A gate,,",
    ]
    assert run("import-text", table("\n".join(lines)), "--write", "sidecar") == 1
    printed = capsys.readouterr()
    told = dict(
        line.removeprefix("line ").split(": ", 1)
        for line in printed.err.splitlines()
        if line.startswith("line ")
    )
    reasons = {
        "2": "there is no such file",
        "3": "it names no picture",
        "4": "its text is empty",
        "5": "must not pass 2000 characters",
        "6": "it is no picture",
        "7": "it is a folder",
        "8": "it is decorative, and has a text",
        "9": '"English" is no language tag',
        "10": "line 12 says something else",
        "12": "line 10 says something else",
        "14": "line 13 says the same",
        "15": "it has no text yet",
        "17": "there is no such file",
        "18": "there is no such file",
    }
    assert told.keys() == reasons.keys()
    for number, reason in reasons.items():
        assert reason in told[number]
    assert printed.out == f"{folder / 'b.jpg'}: b.jpg.xmp: The same\n"
    assert "Written: 1 to sidecars, 14 left out." in printed.err
    assert words(folder / "a.png") is None


def test_a_table_that_was_exported_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("set", folder / "a.png", "=1+1", "--extended", "Two\nlines", "--language", "en")
    run("set", folder / "b.jpg", "'=1", "--write", "embed")
    run("set", folder / "c.png", "--decorative")
    alttext.write(folder / "below/d.webp", DRAFT, Destination.EMBED)
    before = contents(folder)
    for form, options in (("csv", []), ("csv", ["--data"]), ("jsonl", [])):
        saved = folder.parent / "all"
        assert run(
            "export-text", folder, "--format", form, "--output", saved, "--overwrite", *options
        ) == 0  # fmt: skip
        capsys.readouterr()
        assert run("import-text", saved, *options, "--write", "sidecar") == 0
        printed = capsys.readouterr()
        assert [line.split(": ")[1] for line in printed.out.splitlines()] == ["unchanged"] * 3
        line = 4 if form == "jsonl" else 6
        told = f"line {line}: album/below/d.webp: left out: its draft is as it was"
        assert told in printed.err
        assert contents(folder) == before


def test_names_that_begin_with_a_space_come_back(
    folder: Path, table: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "c.png").rename(folder / " c.png")
    saved = table("file_name,alt_text\n c.png,A gate\n a.png ,A door\n")
    assert run("import-text", saved, "--write", "sidecar") == 0
    assert "2 to sidecars" in capsys.readouterr().err
    assert words(folder / " c.png") == AltText(text="A gate")
    assert words(folder / "a.png") == AltText(text="A door")


def test_a_draft_is_reviewed_once_somebody_says_so(
    folder: Path, table: Callable[[str], Path]
) -> None:
    for name in ("a.png", "b.jpg", "c.png"):
        alttext.write(folder / name, DRAFT, Destination.EMBED)
    run(
        "import-text",
        table(
            "file_name,alt_text,state,origin\n"
            "a.png,A red gate.,draft,machine\n"  # edited
            "b.jpg,A red picture.,reviewed,machine\n"  # accepted
            "c.png,A red picture.,draft,machine\n"  # as it was
            "below/d.webp,A red picture.,draft,machine\n"  # from elsewhere
        ),
        *("--write", "embed"),
    )
    found = [words(folder / name) for name in ("a.png", "b.jpg", "c.png", "below/d.webp")]
    assert [each and (each.state, each.origin) for each in found] == [
        (State.REVIEWED, Origin.MACHINE_EDITED),
        (State.REVIEWED, Origin.MACHINE),
        (State.DRAFT, Origin.MACHINE),
        (State.DRAFT, Origin.MACHINE),
    ]


def test_a_persons_words_stay_unless_told_otherwise(
    folder: Path, table: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run("set", folder / "a.png", "Our gate", "--extended", "In long.", "--language", "de")
    capsys.readouterr()
    saved = table("file_name,alt_text\na.png,A gate\n")
    assert run("import-text", saved, "--write", "sidecar") == 0
    assert "kept (has a person's alt text already)" in capsys.readouterr().out
    run("import-text", saved, "--write", "sidecar", "--overwrite")
    found = words(folder / "a.png")
    assert found is not None  # what the table does not speak of stays, too
    assert (found.text, found.extended_description, found.language) == ("A gate", "In long.", "de")


@pytest.mark.parametrize(
    "content",
    [
        "Image;Caption\na.png;T\u00fcr\n",
        "\ufeffpath\tALT TEXT\na.png\tT\u00fcr\n",
        "\ufefffile_name\talt_text\r\na.png\tT\u00fcr\r\n".encode("utf-16-le"),
        '{"file_name": "a.png", "text": "T\u00fcr"}\n',
        "\ufefffile_name;alt_text\na.png;T\u00fcr\n".encode("utf-32-le"),
        "sep=;\r\nfile_name;alt_text\r\na.png;T\u00fcr\r\n",
        "\ufeffSEP=|\nfile_name|alt_text\na.png|T\u00fcr\n",
        'n,"file_name","alt_text"\r1,a.png,T\u00fcr\r',
        '"path";"alt"\na.png;"T\u00fcr"\n',
    ],
)
def test_tables_of_many_programs(
    folder: Path, table: Callable[[str | bytes], Path], content: str | bytes
) -> None:
    assert run("import-text", table(content), "--write", "sidecar") == 0
    found = words(folder / "a.png")
    assert found is not None
    assert found.text == "T\u00fcr"


def test_columns_and_folder_may_be_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "t.csv"
    saved.write_text("name,text,Bildtext\na.png,no,A gate\n")
    assert run("import-text", saved) == 2
    assert "lacks a column of paths" in capsys.readouterr().err
    named = ["--path-column", "Name", "--text-column", "bildtext", "--folder", folder]
    assert run("import-text", saved, *named, "--write", "sidecar") == 0
    found = words(folder / "a.png")
    assert found is not None
    assert found.text == "A gate"
    assert run("import-text", saved, "--path-column", "Foto", "--text-column", "text") == 2
    assert 'has no column "Foto" and "text"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"file_name,alt_text\na.png,T\xfcr\n", "line 2 is not in UTF-8"),
        (b"", "lacks a column"),
        (b"a.png,A gate\n", "lacks a column"),
        (b'{"file_name": "a.png"\n', "line 1 is no JSON"),
        (b'{"file_name": "a.png"}\n[1]\n', "line 2 is no JSON object"),
        (b'{"file_name": "a.png"}\n', "lacks a column"),
        (b'{"file_name": "a.png", "text": ["A gate"]}\n', "line 1: its text is not plain text"),
        (b'{"file_name": {}, "text": "A gate"}\n', "line 1: its path is not plain text"),
        (b'{"file_name": "a.png", "text": true}\n', "line 1: its text is not plain text"),
        (b'{"file_name": "a.png", "text": 1e999}\n', "line 1: its text is not plain text"),
        (b"sep=,\n", "lacks a column"),
        (b'sep=,\nfile_name,alt_text\nb.jpg,A\na.png,"A gate\n', "line 4 is no line of CSV"),
        (b'file_name,alt_text\nb.jpg,A\na.png,"A gate\n', "line 3 is no line of CSV"),
        (b'file_name,alt_text\na.png,"A" gate\n', "line 2 is no line of CSV"),
    ],
)
def test_what_is_no_table_is_refused(
    folder: Path,
    table: Callable[[bytes], Path],
    content: bytes,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = contents(folder)
    saved = table(content)
    assert run("import-text", saved, "--write", "sidecar") == 2
    assert said in capsys.readouterr().err
    saved.unlink()
    assert contents(folder) == before


def test_a_table_that_cannot_be_read_is_not_told_to_be_saved_otherwise(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, said in ((folder / "gone.csv", "No such file"), (folder, "it is a folder")):
        assert run("import-text", path) == 2
        told = capsys.readouterr().err
        assert said in told
        assert "UTF-8" not in told


def test_what_caption_printed_is_reviewed_only_where_that_is_said(
    folder: Path, table: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    alttext.write(folder / "c.png", DRAFT, Destination.EMBED)
    run("caption", folder, "--format", "jsonl", "--describe-anyway", "--read-text", "never")
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    verdicts = {Path(each["path"]).name: each["verdict"] for each in printed}
    assert verdicts.pop("c.png") == "skipped"
    assert list(verdicts.values()) == ["captioned"] * 3
    printed[0] |= {"state": "reviewed"}
    saved = table("\n".join(json.dumps(each) for each in printed))
    assert run("import-text", saved, "--write", "sidecar") == 1
    assert capsys.readouterr().err.count("left out: it is a draft that caption printed") == 3
    found = [words(Path(each["path"])) for each in printed]
    assert [each and each.state for each in found] == [State.REVIEWED, None, State.DRAFT, None]


def test_many_lines_at_odds_name_one_of_the_others_each(
    table: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    texts = ["A gate", "A gate", *(f"Number {number}" for number in range(300))]
    lines = [f"a.png,{text}" for text in texts]
    assert run("import-text", table("\n".join(["file_name,alt_text", *lines]))) == 1
    told = capsys.readouterr().err.splitlines()
    at_odds = "a.png: left out: line {} says something else of the same picture"
    assert told[:4] == [
        f"line {line}: {at_odds.format(other)}" for line, other in ((2, 4), (3, 4), (4, 2), (5, 2))
    ]
    assert told[-3] == f"line 303: {at_odds.format(2)}"
    assert "Plan: 302 left out." in told


@pytest.mark.skipif(os.name == "nt", reason="a signal is no Ctrl+C there")
def test_after_ctrl_c_what_was_written_can_be_undone(
    folder: Path, table: Callable[[str], Path]
) -> None:
    lines = ["file_name,alt_text"]
    for number in range(400):
        # Names so long that the pipe is full before the end: the program waits there to be read.
        name = f"{number:0>200}.png"
        shutil.copy(folder / "a.png", folder / name)
        lines.append(f"{name},Number {number}")
    saved = table("\n".join(lines))
    before = contents(folder)
    command = [sys.executable, "-m", "lorgnette", "import-text", saved, "--write", "embed"]
    # A shell's background job ignores Ctrl+C, and so would what it starts.
    before_signal = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        signal.signal(signal.SIGINT, before_signal)
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130
    undo = "lorgnette undo takes back what was written"
    assert told == f"Stopped before the end of the table; {undo}.\n"
    assert run("undo") == 0
    assert contents(folder) == before


def test_a_table_may_be_long(folder: Path) -> None:
    (folder / "many").mkdir()
    lines = []
    for number in range(150):
        path = folder / "many" / f"{number}.png"
        Image.new("RGB", (8, 8), (number, 0, 0)).save(path)
        lines.append(json.dumps({"file_name": f"many/{number}.png", "text": f"Number {number}"}))
    before = contents(folder)
    (folder / "t.jsonl").write_text("\n".join(lines))
    assert run("import-text", folder / "t.jsonl", "--write", "embed") == 0
    assert words(folder / "many/149.png") == AltText(text="Number 149")
    (folder / "t.jsonl").unlink()
    assert run("undo") == 0
    assert contents(folder) == before


def test_the_line_by_which_excel_is_told_of_its_separator_is_none_of_the_table(
    folder: Path, table: Callable[[str | bytes], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    content = "\ufeffsep=;\r\nfile_name;alt_text\r\na.png;A gate, open\r\nz.png;None\r\n"
    assert run("import-text", table(content), "--write", "sidecar") == 1
    found = words(folder / "a.png")
    assert found is not None
    assert found.text == "A gate, open"
    assert "line 4: z.png: left out: there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "header", ["file_name,alt_text,Alt Text", "file_name,alt_text,alt_text", "path,path,text"]
)
def test_two_columns_of_one_name_are_refused(
    folder: Path,
    table: Callable[[str | bytes], Path],
    header: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("import-text", table(f"{header}\na.png,One,Other\n"), "--write", "sidecar") == 2
    assert "has two columns that are called" in capsys.readouterr().err
    assert words(folder / "a.png") is None
