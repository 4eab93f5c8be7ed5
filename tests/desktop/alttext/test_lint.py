"""The rules of good alt text, each on text that breaks it and text that does not."""

import pytest

from lorgnette.alttext.lint import Context, Level, Rule, characters, check

GOOD = "A black dog jumps over a fallen tree in the snow."


def rules(text: str, **context: object) -> list[Rule]:
    return [note.rule for note in check(text, Context(**context))]  # type: ignore[arg-type]


def mended(text: str, rule: Rule, **context: object) -> str | None:
    notes = check(text, Context(**context))  # type: ignore[arg-type]
    return next(note.mended for note in notes if note.rule is rule)


def test_good_text_has_no_notes() -> None:
    assert rules(GOOD, file_name="dog.jpg") == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", Rule.EMPTY),
        ("   ", Rule.EMPTY),
        ("IMG_2041.JPG", Rule.FILE_NAME),
        ("dsc 0042", Rule.FILE_NAME),
        ("https://example.org/a-cat.jpg", Rule.FILE_NAME),
        ("3f786850e387550fdab836ed7e6dc881de23001b", Rule.FILE_NAME),
        ("Holiday in Rome", Rule.FILE_NAME),  # as the file is called
        ("image", Rule.PLACEHOLDER),
        ("TODO.", Rule.PLACEHOLDER),
        ("A dog that could be black runs over a wide field.", Rule.HEDGE),
        ("Dog.", Rule.SHORT),
        ("A dog and a dog and a dog jump over a fallen tree.", Rule.STAMMER),
        ("A <b>black</b> dog jumps over a fallen tree.", Rule.MARKUP),
        ("A black dog jumps\nover a fallen tree in the snow.", Rule.MARKUP),
        ("A BLACK DOG JUMPS OVER A FALLEN TREE.", Rule.CAPITALS),
        ("A black dog jumps over a fallen tree 🐕.", Rule.EMOJI),
        ("A black dog jumps over a fallen tree", Rule.FULL_STOP),
        ("A beautiful dog jumps over a fallen tree.", Rule.JUDGING),
        ("A man jumps over a fallen tree in the snow.", Rule.PERSON),
        ("An elderly person sits on a bench in the park.", Rule.PERSON),
        (f"{GOOD} " * 3, Rule.LONG),
        (f"{GOOD} " * 6, Rule.TOO_LONG),
    ],
)
def test_each_rule_finds_its_fault(text: str, rule: Rule) -> None:
    assert rule in rules(text, file_name="Holiday in Rome.jpg")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("An image of a dog on a wide beach.", "A dog on a wide beach."),
        ("Photo of two children in a boat.", "Two children in a boat."),
        ("This picture shows a tall red tower.", "A tall red tower."),
        ("A close-up photo of an old clock tower.", "An old clock tower."),
    ],
)
def test_a_needless_beginning_is_cut(text: str, rest: str) -> None:
    assert mended(text, Rule.PREFIX) == rest


@pytest.mark.parametrize(
    "text", ["A headshot of the new mayor.", "Photographers wait outside a court in the rain."]
)
def test_words_for_the_kind_of_picture_stay(text: str) -> None:
    assert Rule.PREFIX not in rules(text)


def test_what_mending_gives_has_the_fault_no_more() -> None:
    for text in (
        "It could be a dog on a wide and empty beach.",
        "A dog and a dog on a wide and empty beach.",
        "A <i>dog</i> on a wide and empty beach.",
        "A DOG ON A WIDE AND EMPTY BEACH.",
        "A dog on a wide and empty beach 🐕🐕",
        "A woman and her dog on a wide, empty beach.",
    ):
        for note in check(text, Context()):
            if note.mended is not None:
                assert note.rule not in rules(note.mended), note


def test_a_decorative_picture_has_no_text_and_that_is_no_fault() -> None:
    assert rules("", decorative=True) == []
    assert mended("A line.", Rule.DECORATIVE_TEXT, decorative=True) == ""


def test_machine_text_is_noted_where_small_models_err() -> None:
    assert rules("Four dogs run over a wide green field.", from_machine=True) == [Rule.COUNT]
    assert rules("Four dogs run over a wide green field.") == []
    assert rules("A clock stands on a table in a room.", from_machine=True) == [
        Rule.FALSE_FAVOURITE
    ]
    assert rules(GOOD, from_machine=True, reviewed=True) == [Rule.UNTOUCHED]


def test_the_same_text_elsewhere_is_noted() -> None:
    assert rules(GOOD, elsewhere=True) == [Rule.SAME_ELSEWHERE]
    assert rules(GOOD, captions=("a black dog jumps over a fallen tree in the snow",)) == [
        Rule.SAME_AS_CAPTION
    ]


def test_the_worst_comes_first() -> None:
    levels = [note.level for note in check("Photo of a beautiful <b>dog</b>", Context())]
    assert levels == sorted(levels, key=list(Level).index)
    assert levels[0] is Level.ERROR


def test_marks_and_joined_emoji_are_no_characters() -> None:
    assert characters("é") == characters("e\u0301") == 1


def test_people_are_called_as_the_model_would_call_them() -> None:
    assert mended("A man and his wife wave at the camera.", Rule.PERSON) == (
        "A person and their spouse wave at the camera."
    )
    assert Rule.PERSON not in rules("Un homme et son chien sur la plage.", language="fr")


def test_a_picture_of_text_is_described_by_what_it_reads() -> None:
    text = "A page with black letters on white, and it's long."
    assert rules(text, holds_text=True) == [Rule.TEXT_IN_IMAGE]
    assert rules(text) == []
    assert rules("", holds_text=True, decorative=True) == []
    for told in (
        "A sign at the door: \u201cClosed on Mondays\u201d.",
        "A sign at the door: 'Closed on Mondays'.",
        "A sign that reads Closed on Mondays.",
        "The headline of a newspaper: war is over.",
    ):
        assert rules(told, holds_text=True) == [], told


@pytest.mark.parametrize(
    "quoted",
    [
        '"Hello World. Hello World"',
        '"This could be the beautiful menu of an old man and his son, at eight"',
        "\u201cSEVEN CLOCKS PROBABLY REPAIRED\u201d",
        "\u201eSEVEN CLOCKS PROBABLY REPAIRED\u201c",
        "\u00abSEVEN CLOCKS PROBABLY REPAIRED\u00bb",
    ],
)
def test_what_a_picture_reads_is_no_wording_of_who_quotes_it(quoted: str) -> None:
    assert rules(f"A sign that reads: {quoted}.", from_machine=True) == []


def test_mending_leaves_quotations_as_they_are() -> None:
    text = 'Photo of "NO, NO", a beautiful beautiful sign beside "PROBABLY OPEN"'
    for rule, wanted in [
        (Rule.PREFIX, '"NO, NO", a beautiful beautiful sign beside "PROBABLY OPEN"'),
        (Rule.STAMMER, 'Photo of "NO, NO", a beautiful sign beside "PROBABLY OPEN"'),
        (Rule.JUDGING, 'Photo of "NO, NO", a sign beside "PROBABLY OPEN"'),
    ]:
        assert mended(text, rule) == wanted
