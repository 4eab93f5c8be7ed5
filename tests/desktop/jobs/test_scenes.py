"""Scenes as lines that a person may mend, and as WebVTT."""

import pytest

from lorgnette.jobs.scenes import SceneWords, lines, parsed, web_vtt

SCENES = [
    SceneWords(0, 12, "A dog runs through water."),
    SceneWords(12, 3725, "Two people & a <dog>."),
    SceneWords(3725, 3730, "A boat."),
]


def test_lines_come_back() -> None:
    text = lines(SCENES)
    assert text.splitlines()[0] == "0:00 to 0:12: A dog runs through water."
    assert text.splitlines()[2] == "1:02:05 to 1:02:10: A boat."
    assert list(parsed(text)) == SCENES


@pytest.mark.parametrize(
    "text", ["", "At noon a dog runs.", "0:12 to 0:12: Nothing lasts.", "0:09 to 0:03: Backwards."]
)
def test_what_is_no_scene_is_none(text: str) -> None:
    assert list(parsed(text)) == []


def test_other_lines_do_not_keep_scenes_from_being_found() -> None:
    assert list(parsed(f"A day at the sea.\n\n{lines(SCENES)}\nMore.")) == SCENES


def test_web_vtt_has_a_cue_a_scene_and_no_markup() -> None:
    assert web_vtt(SCENES[:2], "en") == (
        "WEBVTT\nKind: descriptions\nLanguage: en\n\n"
        "00:00:00.000 --> 00:00:12.000\nA dog runs through water.\n\n"
        "00:00:12.000 --> 01:02:05.000\nTwo people &amp; a &lt;dog&gt;.\n"
    )
