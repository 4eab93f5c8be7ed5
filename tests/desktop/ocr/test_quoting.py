import dataclasses

import pytest

from lorgnette.ocr import quoting
from lorgnette.ocr.found import Line, PictureText, ReadWord


def line(text: str, left: float = 0.1, right: float = 0.9, unsure: str = "") -> Line:
    words = tuple(
        ReadWord(text=word, confidence=0.2 if word in unsure.split() else 0.96)
        for word in text.split()
    )
    return Line(words=words, confidence=0.9, box=(left, 0.1, right, 0.2), height=0.1)


def text(*paragraphs: list[list[Line]]) -> PictureText:
    return PictureText(paragraphs=tuple(tuple(map(tuple, rows)) for rows in paragraphs))


def test_a_short_text_is_quoted_whole() -> None:
    found = quoting.quote(text([[line("Bus stop")]]), "A sign", 125)
    assert found is not None
    assert found.alt_text == 'A sign that reads: "Bus stop".'
    assert found.rest == ""
    assert found.confidence == pytest.approx(0.96)


def test_a_long_text_begins_in_the_alt_text_and_is_whole_in_the_rest() -> None:
    body = ["Choose the source for the", "metadata import and press", "the button below to go on"]
    found = quoting.quote(
        text([[line("Import metadata")]], [[line(row)] for row in body]), "A screenshot", 70
    )
    assert found is not None
    assert found.alt_text == 'A screenshot that reads: "Import metadata. Choose the source for ..."'
    assert len(found.alt_text) <= 70
    assert found.rest == "Import metadata\n\n" + " ".join(body)


def test_unsure_words_are_left_out_and_nothing_is_quoted_where_all_are() -> None:
    found = quoting.quote(text([[line("Bus stap stop", unsure="stap")]]), "Text", 125)
    assert found is not None
    assert found.alt_text == 'Text that reads: "Bus \u2026 stop".'
    ends = text([[line("(=) Bus stop 4Z", unsure="(=) 4Z")]])
    assert quoting.plain(ends) == "Bus stop"
    rows = [[line("it may be Furn", unsure="Furn")], [line("Oxat or inaccurate", unsure="Oxat")]]
    assert quoting.plain(text(rows)) == "it may be \u2026 or inaccurate"
    assert quoting.quote(text([[line("stap", unsure="stap")]]), "Text", 125) is None
    assert quoting.quote(text(), "Text", 125) is None
    assert quoting.quote(text([[line("X")]]), "Text", 125) is None  # a cross, most likely
    scraps = line("of Gnpex the Farnse and", unsure="Gnpex Farnse the")
    assert quoting.quote(text([[scraps]]), "Text", 125) is None  # too little of the line is sure


def test_numbers_along_an_axis_are_left_to_the_extended_description() -> None:
    axis = [[line("35", right=0.2)], [line("30", right=0.2)], [line("25", right=0.2)]]
    title = [[line("Results by region")]]
    found = quoting.quote(text(axis, title), "Text", 125)
    assert found is not None
    assert found.alt_text == 'Text that reads: "Results by region".'
    assert found.rest == "35 30 25\n\nResults by region"
    alone = quoting.quote(text(axis), "Text", 125)
    assert alone is not None
    assert "35" in alone.alt_text
    number = quoting.quote(text(title, [[line("0800 123 456")]]), "Text", 125)
    assert number is not None
    assert "0800 123 456" in number.alt_text


def test_small_drawings_among_letters_are_no_chinese() -> None:
    menu = [[line("土", right=0.15), line("Library 口 options", left=0.2)]]
    assert quoting.plain(text(menu)) == "Library \u2026 options"
    assert quoting.plain(text([[line("公交车站 Bus")]])) == "公交车站 Bus"


def test_rows_that_end_early_stay_rows_and_cells_are_parted() -> None:
    menu = [[line("Open", right=0.2)], [line("Close it", right=0.4)], [line("Quit", right=0.2)]]
    born = [line("Born", right=0.2), line("1815", 0.5, 0.6)]
    table = [[line("Name:", right=0.2), line("Ada", 0.5, 0.6)], born]
    assert quoting.plain(text(menu, table)) == "Open\nClose it\nQuit\n\nName: Ada\nBorn, 1815"


PAGE = (
    ("The harbour office opens at eight", 0.9, 0.15),
    ("every morning except on Sundays.", 0.85, 0.2),
    ("Boats longer than twelve metres", 0.8, 0.25),
    ("have to report.", 0.5, 0.3),
    ("Bread", 0.2, 0.5),
    ("Warm pancakes", 0.4, 0.55),
    ("Tea", 0.15, 0.6),
)


@pytest.mark.parametrize("turn", range(4))
def test_rows_are_joined_alike_however_the_page_was_turned(turn: int) -> None:
    def turned(right: float, top: float) -> tuple[float, float, float, float]:
        left, bottom = 0.1, top + 0.04
        return (
            (left, top, right, bottom),
            (1 - bottom, left, 1 - top, right),
            (1 - right, 1 - bottom, 1 - left, 1 - top),
            (top, 1 - right, bottom, 1 - left),
        )[turn]

    rows = [[dataclasses.replace(line(said), box=turned(right, top))] for said, right, top in PAGE]
    assert quoting.plain(text(rows[:4], rows[4:])) == (
        "The harbour office opens at eight every morning except on Sundays. "
        "Boats longer than twelve metres have to report.\n\nBread\nWarm pancakes\nTea"
    )


def test_entries_that_stand_apart_are_parted_and_the_rows_of_signs_are_not() -> None:
    def said(rows: list[str], apart: float) -> str:
        lines = [
            dataclasses.replace(
                line(row), box=(0.1, number * (0.1 + apart), 0.3, number * (0.1 + apart) + 0.1)
            )
            for number, row in enumerate(rows)
        ]
        found = quoting.quote(text([[row] for row in lines]), "Text", 125)
        assert found is not None
        return found.alt_text.removeprefix("Text that reads: ")

    assert said(["Document text", "Properties"], 0.05) == '"Document text. Properties".'
    assert said(["Slow Down", "School Zone"], 0.02) == '"Slow Down School Zone".'
    assert said(["KEEP", "CLEAR"], 0.05) == '"KEEP CLEAR".'
    assert said(["Keep this", "gate shut"], 0.05) == '"Keep this gate shut".'
    wide = ["Fees for every single guest", "In winter are eighteen euros"]
    assert said(wide, 0.05) == f'"{" ".join(wide)}".'


def test_a_line_of_which_nothing_is_sure_leaves_a_gap_between_others() -> None:
    said = [[line("Open from eight")], [line("D207", unsure="D207")], [line("Please ring twice.")]]
    assert quoting.plain(text(said)) == "Open from eight \u2026 Please ring twice."
    found = quoting.quote(text(said), "A sign", 125)
    assert found is not None
    assert found.alt_text == 'A sign that reads: "Open from eight \u2026 Please ring twice."'
    lost = [line("Cloze", right=0.4, unsure="Cloze")]
    menu = [lost, [line("Open", right=0.2)], lost, lost, [line("Quit", right=0.2)], lost]
    assert quoting.plain(text(menu, [lost])) == "Open\n\u2026\nQuit"
    found = quoting.quote(text(menu), "Text", 125)
    assert found is not None
    assert found.alt_text == 'Text that reads: "Open \u2026 Quit".'
    cells = [line("Ada"), line("l8I5", unsure="l8I5"), line("London")]
    assert quoting.plain(text([cells, cells[:2]])) == "Ada \u2026 London\nAda"


def test_icons_and_rules_leave_no_gap() -> None:
    for drawn in (line("0)", unsure="0)"), line("-----"), line("\u571f\u53e3\u571f\u53e3")):
        rows = [[line("Import metadata")], [drawn], [line("from elsewhere")]]
        assert quoting.plain(text(rows)) == "Import metadata from elsewhere"
        menu = text([[line("Open it"), drawn, line("Print all of it")]])
        assert quoting.plain(menu) == "Open it, Print all of it"


def test_words_parted_at_the_end_of_a_row_are_joined() -> None:
    rows = [[line("the mea-")], [line("sured height")]]
    assert quoting.plain(text(rows)) == "the measured height"


def test_quotation_marks_within_are_single() -> None:
    found = quoting.quote(text([[line('Press "Go" now')]]), "Text", 125)
    assert found is not None
    assert found.alt_text == "Text that reads: \"Press 'Go' now\"."


def test_words_on_a_photo_follow_its_caption_where_there_is_room() -> None:
    words = text([[line("Bus stop")]])
    assert quoting.beside("A street.", words, 60) == (
        'A street. Text in the picture reads: "Bus stop".'
    )
    assert quoting.beside("A street.", words, 30) == "A street."
    assert quoting.beside("A street.", text(), 60) == "A street."


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Screenshot 2026-03-01 at 10.12.07.png", "A screenshot"),
        ("Bildschirmfoto vom 2026-03-01.png", "A screenshot"),
        ("IMG_2041.jpg", "Text"),
    ],
)
def test_the_maker_of_a_screenshot_says_that_it_is_one(name: str, what: str) -> None:
    assert quoting.kind(name) == what
