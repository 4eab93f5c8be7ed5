"""Sentences joined with names, places and days, and what must never be joined."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorgnette.english.joining import STANDARD, Template, day_in_words

TWO = "Two people at a table."


@pytest.mark.parametrize(
    ("sentence", "known", "text"),
    [
        (
            TWO,
            {"people": ("Anna", "Ben"), "place": "Rome", "date": "2026-05-03"},
            "Two people at a table: Anna and Ben, in Rome, 3 May 2026.",
        ),
        (TWO, {"people": ("Anna", "Ben"), "faces": 2}, "Two people at a table: Anna and Ben."),
        (
            "Three children on a beach.",
            {"people": ("Anna", "Ben", "Carla")},
            "Three children on a beach: Anna, Ben and Carla.",
        ),
        (
            "A person with a dog.",
            {"people": ("Anna",)},
            "A person with a dog: Anna.",
        ),
        (
            "A man and a woman on a bench.",
            {"people": ("Anna", "Ben")},
            "A man and a woman on a bench: Anna and Ben.",
        ),
        ("A dog on grass.", {"place": "Rome"}, "A dog on grass, in Rome."),
        ("A dog on grass.", {"date": "2026-05"}, "A dog on grass, May 2026."),
        ("A dog.", {"place": "United States"}, "A dog, in the United States."),
    ],
)
def test_what_fits_is_joined(sentence: str, known: dict[str, Any], text: str) -> None:
    assert STANDARD.filled(sentence, **known) == text


@pytest.mark.parametrize(
    ("sentence", "known"),
    [
        (TWO, {"people": ("Anna", "Ben", "Carla")}),  # never three
        (TWO, {"people": ("Anna",)}),
        (TWO, {"people": ("Anna", "Ben"), "faces": 3}),  # one has no name: which?
        ("A group of people at a table.", {"people": ("Anna", "Ben")}),
        ("People on a street.", {"people": ("Anna", "Ben")}),
        ("A table with food.", {"people": ("Anna",)}),
        ("A dog on grass.", {"people": ("Rex",)}),
        ("A street in Rome.", {"place": "Rome"}),
        ("", {"place": "Rome"}),
        (TWO, {}),
    ],
)
def test_what_does_not_is_left_out(sentence: str, known: dict[str, Any]) -> None:
    assert STANDARD.filled(sentence, **known) == sentence


TOLD: dict[str, Any] = {
    "people": ("Anna", "Ben"),
    "place": "Rome",
    "date": "2026-05-03",
    "note": "Our wedding",
}


@pytest.mark.parametrize(
    ("template", "without", "text"),
    [
        ("{caption}", "", TWO),
        ("{caption} {names} {place} {date}", "", f"{TWO} Anna and Ben Rome 3 May 2026."),
        ("{note}: {caption}", "", "Our wedding: Two people at a table."),
        ("{note}: {caption}", "note", TWO),
        ("{caption} ({place}, {date}).", "", "Two people at a table (Rome, 3 May 2026)."),
        ("{caption} ({date})", "date", TWO),
        ("{caption} ({place}, {date})", "place", "Two people at a table (3 May 2026)."),
        ("{caption} ({place}, {date})", "date", "Two people at a table (Rome)."),
        ("({place}, {date}) {caption}", "date", f"(Rome) {TWO}"),
        ("{caption} In {place}.", "", f"{TWO} In Rome."),
        ("{caption} In {place}.", "place", TWO),
        ("{caption}, in {place}; {note}", "place", "Two people at a table; Our wedding."),
        ("{date}, {place}: {caption} {note}", "date", f"Rome: {TWO} Our wedding."),
        ("In {place}: {caption}", "place", TWO),
        ("Photo: {caption}", "", f"Photo: {TWO}"),
        ("{caption} by me", "", "Two people at a table by me."),
        ('{note} \u2013 "{caption}"', "", 'Our wedding \u2013 "Two people at a table."'),
    ],
)
def test_a_template_is_filled_with_what_is_known(template: str, without: str, text: str) -> None:
    known = {field: value for field, value in TOLD.items() if field != without}
    assert Template.parse(template).filled(TWO, **known) == text


def test_a_note_in_small_letters_does_not_run_into_the_sentence() -> None:
    form = Template.parse("{caption} {note}")
    assert form.filled("A dog.", note="our wedding") == "A dog. our wedding."
    assert Template.parse("{caption} at {note}").filled("A dog.", note="Rex") == "A dog at Rex."


LEADS = st.sampled_from(["", " ", ", ", ": ", " (", ", in ", ") ", ". ", " \u2013 "])


@given(
    st.permutations(["{names}", "{place}", "{date}", "{note}", "{caption}"]),
    st.lists(LEADS, min_size=6, max_size=6),
    st.sets(st.sampled_from(sorted(TOLD))),
)
def test_whatever_the_template_and_whatever_is_known_a_sentence_stays_one(
    fields: list[str], leads: list[str], known: set[str]
) -> None:
    form = Template.parse("".join(map("".join, zip(leads, [*fields, ""], strict=True))))
    text = form.filled(TWO, **{name: TOLD[name] for name in known})
    assert TWO.removesuffix(".") in text
    assert not set("{}") & set(text)
    assert "  " not in text
    assert ".." not in text


def test_what_is_no_sentence_gets_no_full_stop() -> None:
    template = Template.parse("{caption}, in {place}")
    assert template.filled("Two people", place="Rome") == "Two people, in Rome"
    assert template.filled("", place="Rome") == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{Caption}", "a brace stands alone"),
        ("{caption", "a brace stands alone"),
        ("{caption} {who}", "there is no {who}"),
        ("{place}", "must have {caption} once"),
        ("{caption} {caption}", "must have {caption} once"),
        ("", "must have {caption} once"),
    ],
)
def test_what_is_no_template_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        Template.parse(text)


def test_days_in_words() -> None:
    assert [day_in_words(day) for day in ("2026-12-31", "1931-07", "1931")] == [
        "31 December 2026",
        "July 1931",
        "1931",
    ]
