"""What several texts of one picture have in common."""

import pytest

from lorgnette.captioning.agreement import Agreement, agreement


def test_what_all_say_what_some_say_and_what_one_says() -> None:
    found = agreement(
        [
            "A person is surfing a wave.",
            "A person is riding a wave on a surfboard.",
            "Two people are surfing waves in the ocean.",
        ]
    )
    assert found == Agreement(
        texts=3,
        all=("person", "wave"),
        some=("surfing",),
        one=("riding", "surfboard", "two", "ocean"),
    )
    assert found.line == (
        "All 3 suggestions say: person, wave. Some say: surfing. "
        "Only one says: riding, surfboard, two, ocean."
    )


def test_words_that_stand_together_and_are_said_by_the_same_are_one_part() -> None:
    found = agreement(
        ["A brown dog, a red ball and a T-shirt.", "The brown dog sleeps.", "A black dog in a TV."]
    )
    assert found.all == ("dog",)
    assert found.some == ("brown",)
    assert found.one == ("red ball", "T-shirt", "sleeps", "black", "TV")


def test_a_comma_parts_words() -> None:
    assert agreement(["Trees, grass.", "Rocks"]).one == ("trees", "grass", "rocks")


def test_what_only_leads_to_the_thing_is_no_thing() -> None:
    found = agreement(
        [
            "A group of people in front of a bus.",
            "A close up of a group.",
            "The top of a pair of legs.",
        ]
    )
    assert (found.all, found.some) == ((), ())
    assert found.one == ("people", "bus", "group", "legs")


def test_those_who_say_the_same_say_it_first() -> None:
    found = agreement(
        ["A cat and a cup.", "A cat and a cup.", "A cat and a hat.", "A dog in a hat."]
    )
    assert found.some == ("cat", "cup", "hat")


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        ([], ""),
        (["A dog."], ""),
        (["A dog runs.", "The dogs are running."], "Both suggestions say: dog runs."),
        (
            ["One or more people and a dog.", "A person is walking a dog."],
            "Both suggestions say: people, dog. Only one says: walking.",
        ),
        (
            ["A dog.", "A cat."],
            "The 2 suggestions have no word in common. Only one says: dog, cat.",
        ),
    ],
)
def test_the_line(texts: list[str], line: str) -> None:
    assert agreement(texts).line == line
