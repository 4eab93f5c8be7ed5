"""Lines somewhere on a page -> the order in which a person reads them.

Columns of running text are read one after the other; what stands in rows, as in a table, is read
row by row. The two are told apart by how lines stand beside each other: those of columns fill
their column, are as long as sentences, or do not stand at the same height.
"""

from collections.abc import Callable

import numpy as np

from lorgnette.ocr.regions import Bools, Floats, Ints

Rows = list[list[int]]

_CELLS = (400, 600)  # of the grid that gaps are sought in, high and wide, at most
_LEAST_IN_COLUMN = 2  # lines
_CANDIDATES = 12  # gaps that are tried
_DEPTH = 12  # columns within columns
_FILLED = 0.7  # of a column's width that a line of running text takes
_LONG = 6.0  # times as wide as high: some twelve letters
_SENTENCES = 18.0  # times as wide as high: longer than what stands in cells of a table
_BESIDE = 0.25  # of a line's height that two lines of a row may stand apart
_IN_ROWS = 0.75  # share of lines with another one beside them: then it is a table
_BAR = 3  # lines in a row that is a bar of menus, not part of columns
_SAME_ROW = 0.5  # of the lower line's height that two lines of a row share
_INTO = 0.5  # of a line's height that lines of a row may reach into each other
_LARGER = 1.45  # times as high: a heading
_APART = 0.5  # of a line's height, more than usual: a new paragraph


def paragraphs(boxes: Floats) -> list[Rows]:
    """Return paragraphs of rows of lines, by their numbers, in reading order.

    Args:
        boxes: (line, corner, x and y) that run from left to right, somewhat tilted perhaps.
    """
    if not len(boxes):
        return []
    sides = _upright(boxes)
    found: list[Rows] = []
    for block in _blocks(np.arange(len(boxes)), sides, _DEPTH):
        found += _split(_rows(block, sides), sides)
    return found


def _upright(boxes: Floats) -> Floats:
    """Return left, top, right and bottom of each box after the page's tilt was taken out."""
    edges = boxes[:, 1] - boxes[:, 0]
    length = np.linalg.norm(edges, axis=1)
    wide = length >= np.median(length)
    angle = float(np.median(np.arctan2(edges[wide, 1], edges[wide, 0])))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    level = boxes @ turn
    return np.concatenate([level.min(axis=1), level.max(axis=1)], axis=1).astype(np.float32)


def _blocks(lines: Ints, sides: Floats, depth: int) -> list[Ints]:
    """Return lines in parts, each to be read from top to bottom."""
    cut = _columns(lines, sides) if depth and len(lines) > _LEAST_IN_COLUMN else None
    if cut is None:
        return [lines] if len(lines) else []
    return [block for part in cut for block in _blocks(part, sides, depth - 1)]


def _columns(lines: Ints, sides: Floats) -> tuple[Ints, Ints, Ints, Ints] | None:
    """Return what stands above two columns, in the left, in the right one, and below them."""
    left, top, right, bottom = sides[lines].T
    height = float(np.median(bottom - top))
    middle = (top + bottom) / 2
    rows, row_of = _grid(top.min(), bottom.max(), height / 2, _CELLS[0])
    columns, column_of = _grid(left.min(), right.max(), height / 7, _CELLS[1])
    taken = np.zeros((rows, columns), np.bool_)
    # Lines of neighbouring rows overlap a little; a gap must be wider than one between words.
    thin = 0.15 * (bottom - top)
    for a, b, c, d in zip(
        row_of(top + thin),
        row_of(bottom - thin),
        np.maximum(column_of(left) - 1, 0),
        column_of(right) + 1,
        strict=True,
    ):
        taken[a : b + 1, c : d + 1] = True
    before, after = (
        np.zeros((rows + 1, columns + 1), np.int64),
        np.zeros((rows + 1, columns + 1), np.int64),
    )
    np.add.at(before, (row_of(middle) + 1, column_of(right) + 1), 1)
    np.add.at(after, (row_of(middle) + 1, np.maximum(column_of(left) - 1, 0)), 1)
    before = before.cumsum(axis=0).cumsum(axis=1)
    after = after.cumsum(axis=0)[:, ::-1].cumsum(axis=1)[:, ::-1]
    # Stretches of each column of the grid in which nothing stands.
    free = np.zeros((columns, rows + 2), np.int8)
    free[:, 1:-1] = ~taken.T
    step = np.diff(free, axis=1)
    column, first = np.nonzero(step == 1)
    _, last = np.nonzero(step == -1)
    on_left = before[last, column] - before[first, column]
    on_right = after[last, column] - after[first, column]
    fewer = np.minimum(on_left, on_right)
    order = np.argsort(-fewer, kind="stable")
    tried: set[tuple[int, int, int, int]] = set()
    for gap in order.tolist():
        key = (int(first[gap]), int(last[gap]), int(on_left[gap]), int(on_right[gap]))
        if fewer[gap] < _LEAST_IN_COLUMN or len(tried) == _CANDIDATES:
            break
        if key in tried:
            continue
        tried.add(key)
        row = row_of(middle)
        within = (row >= first[gap]) & (row < last[gap])
        within = _without_bars(within, top, bottom)
        one = within & (column_of(right) < column[gap])
        other = within & ~one
        if min(one.sum(), other.sum()) >= _LEAST_IN_COLUMN and _are_columns(
            sides[lines[one]], sides[lines[other]]
        ):
            above = ~within & (middle < middle[within].min())
            return lines[above], lines[one], lines[other], lines[~within & ~above]
    return None


def _grid(low: float, high: float, cell: float, most: int) -> tuple[int, Callable[[Floats], Ints]]:
    """Return how many cells there are, and a function from places to the cells they lie in."""
    count = int(min(max((high - low) / max(cell, 1e-6), 1), most)) + 1

    def cell_of(places: Floats) -> Ints:
        found = (places - low) / max(high - low, 1e-6) * (count - 1)
        cells: Ints = np.clip(found, 0, count - 1).astype(np.int64)
        return cells

    return count, cell_of


def _without_bars(within: Bools, top: Floats, bottom: Floats) -> Bools:
    """Return within less rows of several lines at its top and bottom: bars of menus and states."""
    for last in (False, True):
        while True:
            left = np.flatnonzero(within)
            edge = left[np.argmax(bottom[left]) if last else np.argmin(top[left])]
            row = within & (_overlap(top, bottom, top[edge], bottom[edge]) >= _SAME_ROW)
            if row.sum() < _BAR or within.sum() - row.sum() < 2 * _LEAST_IN_COLUMN:
                break
            within = within & ~row
    return within


def _overlap(top: Floats, bottom: Floats, high: Floats, low: Floats) -> Floats:
    """Return how much of the lower of two heights lies beside the other one: 0 to 1, or less."""
    shared = np.minimum(bottom, low) - np.maximum(top, high)
    share: Floats = shared / np.minimum(bottom - top, low - high)
    return share


def _are_columns(one: Floats, other: Floats) -> bool:
    fewer, more = sorted((one, other), key=len)
    middles = (more[:, 1] + more[:, 3]) / 2
    away = np.abs((fewer[:, 1] + fewer[:, 3])[:, None] / 2 - middles).min(axis=1)
    beside = away < _BESIDE * (fewer[:, 3] - fewer[:, 1])
    return float(beside.mean()) < _IN_ROWS or (_running(one) and _running(other))


def _running(lines: Floats) -> bool:
    """Tell whether lines fill their column, as running text does, or are as long as sentences."""
    width = lines[:, 2] - lines[:, 0]
    whole = float(lines[:, 2].max() - lines[:, 0].min())
    filled = float(np.median(width)) / max(whole, 1e-6)
    long = float(np.median(width / (lines[:, 3] - lines[:, 1])))
    return long >= _SENTENCES or (filled >= _FILLED and long >= _LONG)


def _rows(lines: Ints, sides: Floats) -> Rows:
    """Return lines row by row, each from left to right."""
    left, top, right, bottom = sides.T
    found: Rows = []
    for line in lines[np.argsort((top + bottom)[lines], kind="stable")].tolist():
        row = found[-1] if found else []
        level = (
            _overlap(top[line], bottom[line], np.mean(top[row]), np.mean(bottom[row])) if row else 0
        )
        if level >= _SAME_ROW and not any(
            min(right[line], right[other]) - max(left[line], left[other])
            > _INTO * (bottom[line] - top[line])
            for other in row
        ):
            row.append(line)
        else:
            found.append([line])
    return [sorted(row, key=lambda line: float(left[line])) for row in found]


def _split(rows: Rows, sides: Floats) -> list[Rows]:
    """Return rows in paragraphs: a gap, or letters of another size, begin a new one."""
    if not rows:
        return []
    top = [float(sides[row, 1].min()) for row in rows]
    bottom = [float(sides[row, 3].max()) for row in rows]
    height = [float(np.median(sides[row, 3] - sides[row, 1])) for row in rows]
    gaps = [after - before for after, before in zip(top[1:], bottom[:-1], strict=True)]
    usual = float(np.median(gaps)) if gaps else 0.0
    found = [[rows[0]]]
    for number, gap in enumerate(gaps, start=1):
        low, high = sorted(height[number - 1 : number + 1])
        if gap - usual > _APART * low or high > _LARGER * low:
            found.append([])
        found[-1].append(rows[number])
    return found
