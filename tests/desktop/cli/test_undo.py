"""lorgnette undo and lorgnette history, as a person types them."""

import json
from pathlib import Path

import pytest

from lorgnette import cli


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def test_undo_and_history(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = red.read_bytes()
    run("set", red, "A", "--write", "embed")
    run("set", red, "B", "--write", "embed")
    capsys.readouterr()
    assert run("history") == 0
    second, first = capsys.readouterr().out.splitlines()
    assert second.split()[0] == "2"
    assert "set red.png: 1 file" in first
    assert run("undo") == 0
    assert capsys.readouterr().out == f"{red}: restored\n"
    assert run("undo", 1) == 0
    assert red.read_bytes() == before
    capsys.readouterr()
    run("history", "--format", "json")
    batches = json.loads(capsys.readouterr().out)
    assert [(batch["batch"], batch["undone"]) for batch in batches] == [(2, 1), (1, 1)]
    assert run("undo") == 2
    assert "nothing to undo" in capsys.readouterr().err


def test_a_changed_file_is_left_alone(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("set", red, "A", "--write", "embed")
    red.write_bytes(red.read_bytes() + b"more")
    theirs = red.read_bytes()
    capsys.readouterr()
    assert run("undo") == 1
    assert capsys.readouterr().out == f"{red}: left alone: has changed since\n"
    assert red.read_bytes() == theirs
    run("history")
    assert "1 changed since" in capsys.readouterr().out
