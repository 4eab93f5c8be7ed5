"""Settings outlive the program, and nothing in their file can stop it."""

import json
from pathlib import Path

import pytest

from lorgnette.english.glossary import Rule
from lorgnette.settings import FILE_NAME, Settings


def test_what_is_written_is_read_back() -> None:
    settings = Settings(
        provider="cpu",
        beam_size=5,
        destination="embed",
        sidecar_naming="without-extension",
        language="de",
        text_size=150,
        template="{note}: {caption}",
        glossary=(Rule("dog", "Rex", "/home"), Rule("soccer", "football")),
    )
    settings.write()
    assert Settings.read() == settings


def test_a_first_start_has_the_defaults(tmp_path: Path) -> None:
    assert Settings.read(tmp_path / "none.json") == Settings()


@pytest.mark.parametrize("content", ["", "[]", "null", "{", '{"beam_size": "3"', "\x00"])
def test_a_broken_file_gives_the_defaults(tmp_path: Path, content: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(content)
    assert Settings.read(path) == Settings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"beam_size": -1},
        {"beam_size": True},
        {"beam_size": 3.5},
        {"provider": "tpu"},
        {"caption_on_add": 1},
        {"language": None},
        {"text_size": 10_000},
        {"unknown": 1},
        {"destination": ["embed"]},
        {"sidecar_naming": "short"},
        {"template": "{nothing}"},
        {"glossary": "dog"},
        {"glossary": [["dog"], ["", "Rex", ""], ["dog", 1, ""], "dog"]},
    ],
)
def test_what_makes_no_sense_is_left_out_and_the_rest_kept(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(json.dumps({"people": "as-is", **wrong}))
    assert Settings.read(path) == Settings(people="as-is")
