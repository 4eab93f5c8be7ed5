import math

import numpy as np
import pytest

from lorgnette.ocr import layout


def boxes(*lines: tuple[float, float, float, float], angle: float = 0.0) -> np.ndarray:
    """Return boxes of left, top, width and height, turned about the origin."""
    turn = math.radians(angle)
    spin = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    corners = [
        [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        for x, y, width, height in lines
    ]
    return (np.array(corners) @ spin).astype(np.float32)


def order(found: list[list[list[int]]]) -> list[int]:
    return [line for rows in found for row in rows for line in row]


@pytest.mark.parametrize("angle", [0, 2, -2])
def test_two_columns_are_read_one_after_the_other_and_what_spans_them_in_its_place(
    angle: float,
) -> None:
    left = [(20, 60 + 24 * n, 280 if n % 5 else 120, 18) for n in range(10)]
    right = [(330, 60 + 24 * n, 280, 18) for n in range(8)]
    found = layout.paragraphs(
        boxes((100, 10, 400, 30), *left, *right, (20, 310, 590, 18), angle=angle)
    )
    assert order(found) == list(range(20))


def test_columns_of_a_small_page_stand_closer_than_a_line_is_high() -> None:
    # As the detector sees them: boxes reach beyond their letters, and into their neighbours.
    left = [(9, 54 + 9.6 * n, (125, 139, 144, 122, 140, 145, 115)[n % 7], 11.5) for n in range(24)]
    right = [(162, 54 + 9.5 * n, (146, 131, 132, 139, 125, 141)[n % 6], 11.5) for n in range(24)]
    assert order(layout.paragraphs(boxes(*left, *right))) == list(range(48))


def test_two_windows_side_by_side_are_two_columns_however_ragged_their_lines() -> None:
    left = [(40, 30 + 20 * n, 300 + 53 * (n % 11), 18) for n in range(30)]
    right = [(1000, 30 + 20 * n, 300 + 47 * (n * 3 % 12), 18) for n in range(30)]
    assert order(layout.paragraphs(boxes(*left, *right))) == list(range(60))


def test_a_table_is_read_row_by_row() -> None:
    cells = [
        (20 + 150 * x, 20 + 30 * y, 40 + 13 * ((x + y) % 5), 18) for y in range(6) for x in range(4)
    ]
    found = layout.paragraphs(boxes(*cells))
    assert order(found) == list(range(24))
    assert [len(row) for rows in found for row in rows] == [4] * 6


def test_a_list_beside_text_is_a_column_of_its_own() -> None:
    side = [(10, 60 + 31 * n, 60 + 7 * (n % 3), 16) for n in range(8)]
    text = [(180, 60 + 22 * n, 400, 16) for n in range(12)]
    menus = [(10 + 60 * n, 10, 40, 16) for n in range(6)]
    assert order(layout.paragraphs(boxes(*menus, *side, *text))) == list(range(26))


def test_a_gap_and_a_heading_begin_paragraphs() -> None:
    heading, first = [(20, 10, 200, 36)], [(20, 55 + 22 * n, 400, 18) for n in range(3)]
    second = [(20, 140 + 22 * n, 400, 18) for n in range(2)]
    found = layout.paragraphs(boxes(*heading, *first, *second))
    assert [[line for row in rows for line in row] for rows in found] == [[0], [1, 2, 3], [4, 5]]


def test_no_lines_no_paragraphs() -> None:
    assert layout.paragraphs(np.zeros((0, 4, 2), np.float32)) == []


def test_three_thousand_lines_all_have_a_place() -> None:
    chance = np.random.default_rng(3)
    places = chance.random((3000, 4)) * (2000, 2000, 300, 30) + (0, 0, 5, 5)
    found = layout.paragraphs(boxes(*map(tuple, places.tolist())))
    assert sorted(order(found)) == list(range(3000))
