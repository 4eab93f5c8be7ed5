"""lorgnette export-text, as a person types it."""

import json
from pathlib import Path

import pytest

from lorgnette import cli


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def test_documents_are_printed(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("set", red, "=A caf\u00e9")
    capsys.readouterr()
    assert run("export-text", red.parent, "--format", "jsonl") == 0
    assert json.loads(capsys.readouterr().out)["text"] == "=A caf\u00e9"
    assert run("export-text", red.parent, "--format", "csv") == 0
    assert "'=A" in capsys.readouterr().out
    assert run("export-text", red.parent, "--format", "csv", "--data") == 0
    assert ",=A" in capsys.readouterr().out


def test_documents_are_saved_and_names_fit_their_place(
    red: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("set", red, "A")
    output = red.parent / "out" / "gallery.html"
    output.parent.mkdir()
    assert run("export-text", red.parent, "--format", "html", "--output", output) == 0
    assert 'src="./../red.png"' in output.read_text()
    capsys.readouterr()
    assert run("export-text", red.parent, "--format", "html", "--output", output) == 1
    assert "--overwrite" in capsys.readouterr().err
    output = red.parent / "out" / "all.csv"
    assert run("export-text", red.parent, "--format", "csv", "--output", output) == 0
    assert output.read_bytes().startswith(b"\xef\xbb\xbffile_name")


def test_text_files(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("set", red, "A")
    red.with_name("red.jpg").write_bytes(b"any")
    run("set", red.with_name("red.jpg"), "B")
    capsys.readouterr()
    assert run("export-text", red.parent, "--format", "txt") == 1
    printed = capsys.readouterr()
    assert printed.out == f"{red.with_name('red.txt')}\n"
    assert "left out" in printed.err
