"""lorgnette set and lorgnette show, as a person types them."""

import json
from pathlib import Path

import pytest

from lorgnette import alttext, cli
from lorgnette.alttext import AltText, Destination, Origin


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def shown(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert run("show", path, "--format", "json") == 0
    content: dict[str, object] = json.loads(capsys.readouterr().out)
    return content


def test_words_are_a_persons(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("set", red, "A red square", "--extended", "Very red.", "--language", "en") == 0
    assert capsys.readouterr().out == f"{red}: written to red.png.xmp\n"
    content = shown(red, capsys)
    assert content == {
        "path": str(red),
        "alt_text": "A red square",
        "extended_description": "Very red.",
        "language": "en",
        "state": "reviewed",
        "origin": "human",
        "source": "sidecar",
        "file": f"{red}.xmp",
        "model": "",
        "confidence": None,
        "edited_elsewhere": False,
        "conflicts": [],
        "suggestions": [],
        "known": {
            **dict.fromkeys(("sublocation", "city", "state", "country", "date"), ""),
            **dict.fromkeys(("event", "headline", "title"), ""),
            "people": [],
            "keywords": [],
            "faces": 0,
        },
        "stale": [],
        "troubles": [],
    }


def test_new_words_keep_language_and_extended_description(
    red: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("set", red, "A square", "--extended", "Very red.", "--language", "en", "--write", "embed")
    assert run("set", red, "A red square", "--write", "embed") == 0
    content = shown(red, capsys)
    assert (content["alt_text"], content["source"]) == ("A red square", "embedded")
    assert (content["language"], content["extended_description"]) == ("en", "Very red.")
    run("set", red, "A red square", "--extended", "", "--write", "embed")
    assert shown(red, capsys)["extended_description"] == ""
    run("set", red, "A red square", "--write", "embed")
    assert "unchanged" in capsys.readouterr().out


def test_decorative(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("set", red, "--decorative", "--write", "embed") == 0
    content = shown(red, capsys)
    assert (content["alt_text"], content["state"]) == ("", "decorative")
    run("show", red)
    assert "Alt text: decorative" in capsys.readouterr().out


def test_a_fall_back_says_why(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    red.chmod(0o444)
    assert run("set", red, "A", "--write", "embed") == 0
    assert "written to red.png.xmp (the file is read-only)" in capsys.readouterr().out


def test_a_long_text_warns(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("set", red, "a" * 251) == 0
    assert "longer than 250" in capsys.readouterr().err


def test_no_words_are_refused(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("set", red, "  ") == 2
    assert "must not be empty" in capsys.readouterr().err
    for arguments in (["set", red], ["set", red, "A", "--decorative"]):
        with pytest.raises(SystemExit):
            run(*arguments)


@pytest.mark.parametrize("name", ["red.png.xmp", "notes.txt", "empty.jpg", "page", "red.png.json"])
def test_what_is_no_picture_gets_no_words(
    red: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("set", red, "A red square.")
    slip = red.with_name(name)
    if not slip.exists():
        slip.write_bytes(b"" if name == "empty.jpg" else b"words, but no picture")
    before = {path.name: path.read_bytes() for path in red.parent.iterdir()}
    capsys.readouterr()
    for write in ("sidecar", "embed"):
        assert run("set", slip, "Words", "--write", write) == 2
        said = capsys.readouterr().err
        assert f"{name}: it is {'empty' if name == 'empty.jpg' else 'no picture'}" in said
        assert "damaged" not in said
    assert {path.name: path.read_bytes() for path in red.parent.iterdir()} == before


@pytest.mark.parametrize(
    ("tag", "kept"), [("pt_br", "pt-BR"), ("DE", "de"), ("zh-hant-tw", "zh-Hant-TW"), ("", "")]
)
def test_languages_are_kept_as_tags(
    red: Path, tag: str, kept: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("set", red, "A", "--language", tag) == 0
    assert shown(red, capsys)["language"] == kept


@pytest.mark.parametrize(
    "tag", ["deutsch", "en_US.UTF-8", "C", "und", "de-", "e", "x-klingon", "de--AT", "\udce9"]
)
def test_what_is_no_language_is_refused(
    red: Path, tag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["set", red, "A"], ["show", red]):
        with pytest.raises(SystemExit) as stopped:
            run(*arguments, "--language", tag)
        assert stopped.value.code == 2
        assert "is no language tag" in capsys.readouterr().err
    assert not red.with_name("red.png.xmp").exists()


def test_words_in_another_encoding_are_refused(
    red: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As they come from a terminal that is not set to UTF-8: one of their letters would go."""
    for arguments in (["caf\udce9"], ["A", "--extended", "caf\udce9"]):
        with pytest.raises(SystemExit) as stopped:
            run("set", red, *arguments)
        assert stopped.value.code == 2
        assert "another encoding than UTF-8" in capsys.readouterr().err
    assert not red.with_name("red.png.xmp").exists()


def test_an_empty_path_is_no_folder(
    red: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of an unset variable: it would be the folder that one stands in."""
    monkeypatch.chdir(red.parent)
    for command in (
        *(["caption", "--write", "sidecar", ""], ["caption", "red.png", ""], ["read", ""]),
        *(["set", "", "A"], ["show", ""], ["gui", ""], ["model", ""]),
        *(["export-text", "", "--format", "csv"],),
        *(["export-text", ".", "--format", "csv", "--output", ""],),
    ):
        with pytest.raises(SystemExit) as stopped:
            run(*command)
        assert stopped.value.code == 2
        assert "the path is empty" in capsys.readouterr().err
    assert [path.name for path in red.parent.iterdir()] == ["red.png"]


def test_conflicts_and_suggestions_are_shown(
    red: Path, capsys: pytest.CaptureFixture[str], photo
) -> None:
    from PIL import PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add_text("Description", "By N. N.")
    photo("cat").save(red, pnginfo=info)
    assert shown(red, capsys)["alt_text"] is None
    run("show", red)
    out = capsys.readouterr().out
    assert "Alt text: missing" in out
    assert "Suggestion (PNG Description): By N. N." in out
    alttext.write(red, AltText(text="Inside"), Destination.EMBED)
    draft = AltText(text="Beside", origin=Origin.MACHINE, reviewed=False)
    other = red.with_name("other.png")
    other.write_bytes(b"any")
    alttext.write(other, draft, Destination.SIDECAR)
    other.with_name("other.png.xmp").rename(red.with_name("red.png.xmp"))
    content = shown(red, capsys)
    assert content["alt_text"] == "Inside"
    assert content["conflicts"] == [
        {
            "source": "sidecar",
            "file": f"{red}.xmp",
            "alt_text": "Beside",
            "language": "",
            "state": "draft",
            "origin": "machine",
        }
    ]
    assert content["suggestions"] == [{"where": "PNG Description", "text": "By N. N."}]
    run("show", red)
    assert "Conflict: red.png.xmp says: Beside" in capsys.readouterr().out


def test_a_missing_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", tmp_path / "none.png") == 1
    assert "none.png" in capsys.readouterr().err
    assert run("set", tmp_path / "none.png", "A") == 1


def test_a_new_sidecar_is_called_as_it_was_asked_for(
    red: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = ("--sidecar-naming", "without-extension")
    assert run("set", red, "A red square", *short) == 0
    assert capsys.readouterr().out == f"{red}: written to red.xmp\n"
    assert shown(red, capsys)["file"] == str(red.with_suffix(".xmp"))
    run("set", red, "A square", "--sidecar-naming", "with-extension")
    assert capsys.readouterr().out == f"{red}: written to red.xmp\n"
    assert run("undo") == 0
    assert run("undo") == 0
    assert {path.name for path in red.parent.iterdir()} == {"red.png"}


def test_a_name_that_another_picture_has_is_left_to_it(
    red: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    red.with_suffix(".jpg").write_bytes(b"another picture")
    run("set", red, "A red square", "--sidecar-naming", "without-extension")
    assert capsys.readouterr().out == f"{red}: written to red.png.xmp (red.xmp is for red.jpg)\n"
