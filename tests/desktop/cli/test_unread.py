"""Words that cannot be read are said to be there, and not written over unless that is wished."""

import json
from pathlib import Path

import pytest

from lorgnette import alttext, cli
from lorgnette.alttext import AltText, xmp

DRAFT = "A red picture."


def damaged_sidecar(picture: Path) -> None:
    packet = xmp.merge(None, AltText(text="A person's words"), date="")
    picture.with_name(f"{picture.name}.xmp").write_bytes(packet[: packet.index(b"<rdf:li")])


def damaged_packet(picture: Path) -> None:
    alttext.write(picture, AltText(text="A person's words"), alttext.Destination.EMBED)
    data = picture.read_bytes()
    start = data.index(b"<Iptc4xmpCore:AltText") + 1
    picture.write_bytes(data[:start] + b"&" + data[start + 1 :])


DAMAGES = [damaged_sidecar, damaged_packet]


@pytest.fixture(params=DAMAGES, ids=lambda damage: damage.__name__)
def unread(request: pytest.FixtureRequest, red: Path) -> Path:
    """Return a picture with alt text that is damaged."""
    request.param(red)
    return red


def files_of(picture: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in picture.parent.iterdir() if path.is_file()}


@pytest.mark.parametrize("options", [[], ["--write", "sidecar"], ["--write", "embed"],
                                     ["--write", "sidecar", "--dry-run"]])  # fmt: skip
def test_caption_leaves_it_alone(
    unread: Path, toy_model: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(unread)
    command = ["caption", str(unread), "--model", str(toy_model), "--format", "jsonl", *options]
    assert cli.main(command) == 1
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["verdict"] == "failed"
    assert "alt text may be in it" in outcome["reason"]
    assert files_of(unread) == before
    # Whoever wants a draft all the same gets one.
    assert cli.main([*command, "--overwrite"]) in {0, 1}
    assert DRAFT in capsys.readouterr().out


def test_show_does_not_call_it_missing(unread: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", str(unread)]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("Alt text: unreadable\n")
    assert "\nTrouble: " in shown
    assert cli.main(["show", str(unread), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["state"] == "unreadable"


@pytest.mark.parametrize("form", ["csv", "jsonl", "html", "markdown", "txt"])
def test_export_leaves_it_out_and_says_so(
    unread: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["export-text", str(unread.parent), "--format", form]) == 1
    found = capsys.readouterr()
    assert unread.name not in found.out
    assert "left out" in found.err
    assert "alt text may be in it" in found.err


def test_set_says_what_it_could_not_read(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged_packet(red)
    assert cli.main(["set", str(red), "New words"]) == 0
    assert "could not be read" in capsys.readouterr().err
    found = alttext.read(red)
    assert found.alt_text is not None
    assert found.alt_text.text == "New words"


def test_words_that_can_be_read_beside_damaged_ones_count(
    red: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alttext.write(red, AltText(text="Mine"), alttext.Destination.EMBED)
    damaged_sidecar(red)
    assert cli.main(["show", str(red)]) == 0
    assert capsys.readouterr().out.startswith("Alt text: Mine\n")
