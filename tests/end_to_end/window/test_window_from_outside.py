"""The window as another process sees it: through the accessibility bus, driven by keys alone.

One session plays the main path; each test judges a part of what it wrote down.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def seen(
    tmp_path_factory: pytest.TempPathFactory,
    toy_model: Path,
    play: Callable[..., dict[str, Any]],
) -> dict[str, Any]:
    return play(tmp_path_factory.mktemp("person"), toy_model)


def test_checklist_01_everything_that_takes_focus_has_a_name(seen: dict[str, Any]) -> None:
    for moment in ("empty", "tree"):
        stops = [node for node in seen[moment] if node["focusable"] and node["showing"]]
        assert len(stops) >= 3
        for node in stops:
            if node["role"] == "combo box":
                assert "Show" in node["labels"]
            elif node["role"] not in {"frame", "filler", "scroll pane", "menu bar", "panel"}:
                assert node["name"], node


def test_checklist_03_the_window_is_a_frame_named_after_the_folder(seen: dict[str, Any]) -> None:
    assert seen["title"] == "holiday (6 pictures) - lorgnette"
    assert seen["tree"][0]["role"] == "frame"


def test_checklist_05_rows_say_name_state_text_and_place(seen: dict[str, Any]) -> None:
    assert seen["rows"][0] == "0 red.png, Draft, A red picture, 1 of 6"
    assert seen["rows"][5] == "5 blue.png, Draft, A blue picture, 6 of 6"
    assert seen["row description"] == "Nobody has reviewed this text yet."


def test_checklist_06_an_accepted_row_says_so(seen: dict[str, Any]) -> None:
    assert (
        seen["row after accepting"]
        == "0 red.png, Reviewed, not written, A red wall in the sun, 1 of 6"
    )


def test_checklist_07_the_preview_has_the_alt_text_as_its_name(seen: dict[str, Any]) -> None:
    images = [node["name"] for node in seen["tree"] if node["role"] == "image"]
    assert "Preview: A red picture." in images


def test_checklist_08_focus_goes_round_in_the_order_of_the_eye(seen: dict[str, Any]) -> None:
    names = [name for _, name in seen["tab order"]]
    wanted = [
        "Alt text",
        "1: A red picture.",
        "Decorative: screen readers skip this picture",
        "Accept and next",
        "Skip",
        "Extended description",
    ]
    assert names[1 : len(wanted) + 1] == wanted
    assert seen["tab order"][0][0] in {"list", "list item"}
    assert seen["tab order"][-1][0] in {"list", "list item"}


def test_checklist_10_the_main_path_needs_no_mouse(seen: dict[str, Any]) -> None:
    assert seen["after alt+2"].startswith("A ")
    assert seen["plan"] == ["3 pictures get a sidecar."]
    assert len(seen["sidecars after writing"]) == 3


def test_checklist_13_what_was_announced_is_in_the_list(seen: dict[str, Any]) -> None:
    announced = seen["heard"]
    listed = [line.partition("  ")[2] for line in seen["messages"]]
    assert announced
    assert listed == announced[::-1][: len(listed)]


def test_checklist_21_enter_in_the_text_writes_nothing(seen: dict[str, Any]) -> None:
    assert seen["sidecars after Enter"] == []


def test_checklist_30_candidates_are_radio_buttons_in_a_named_group(seen: dict[str, Any]) -> None:
    radios = [node for node in seen["tree"] if node["role"] == "radio button"]
    names = [node["name"] for node in radios if node["showing"]]
    assert names[0] == "1: A red picture."
    assert {name.partition(": ")[2] for name in names} == {
        "A red picture.", "A green picture.", "A blue picture.",
    }  # fmt: skip
    labels = {label for node in radios for label in node["labels"]}
    assert {label for label in labels if "picture" in label} <= set(names)  # none is said twice
    assert any(
        node["role"] == "panel" and node["name"] == "What the model suggests"
        for node in seen["tree"]
    )


def test_checklist_09_focus_moves_to_the_list_and_back_from_dialogs(
    seen: dict[str, Any],
) -> None:
    told = [tuple(stop) for stop in seen["focus"]]
    after_adding = told[told.index(("text", "Directory:")) + 1 :]
    button, pictures = list(dict.fromkeys(after_adding))[:2]
    assert button == ("push button", "Add pictures…")
    assert pictures[0] in {"list", "list item"}
    assert told[-1][0] in {"list", "list item"}


def test_sections_say_that_they_can_be_expanded_and_whether_they_are(seen: dict[str, Any]) -> None:
    headings = [
        (node["name"], node["expanded"], node["description"])
        for node in seen["tree"]
        if node["role"] == "push button" and node["expandable"] and node["showing"]
    ]
    assert headings == [
        ("Extended description", False, ""),
        ("What is this picture for?", False, ""),
        ("Details", False, ""),
    ]
    assert seen["opened"]["expandable"]
    assert seen["opened"]["expanded"]


def test_who_hears_announcements_hears_nothing_twice(seen: dict[str, Any]) -> None:
    assert len(seen["heard"]) > 5
    assert seen["notified"] == []


def test_who_knows_no_announcements_is_told_by_notifications(
    tmp_path: Path, toy_model: Path, play: Callable[..., dict[str, Any]]
) -> None:
    told = play(tmp_path, toy_model, reader="reader_of_old.py", opened=True)
    assert told["notified"][-2:] == [
        "Decorative: screen readers will skip it.",
        "Not decorative any more.",
    ]
    assert len(told["heard"]) == 2
    assert len(told["notified"]) == told["before"]  # none since somebody hears announcements
