"""The head learns what is planted in grids, cell by cell."""

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from lorgnette_export.data.boxes import Box
from lorgnette_export.evidence import head, truth
from lorgnette_export.evidence.things import Thing
from lorgnette_export.evidence.truth import Truth
from lorgnette_export.networks.efficientnet_lite import GRID
from lorgnette_export.networks.evidence import KINDS

pytestmark = pytest.mark.torch

PHOTOS = 128
DOG, CUP = KINDS.index("dog"), KINDS.index("cup")


def things() -> list[Thing]:
    return [
        Thing(
            name=kind, plural=f"{kind}s", kind="thing", outputs=(1000 + i,), source="coco",
            words=frozenset({kind}), boxed=frozenset({kind}),
        )
        for i, kind in enumerate(KINDS)
    ]  # fmt: skip


def test_cells_are_those_that_a_box_covers() -> None:
    box = Box(kind="dog", x=0.5 / GRID, y=0.5, width=1 / GRID, height=1.0)
    labels = truth.cells([box]).reshape(GRID, GRID, -1)[..., DOG]
    assert labels[:, 0].all()
    assert not labels[:, 1:].any()
    assert truth.cells([box], mirrored=True).reshape(GRID, GRID, -1)[..., DOG][:, -1].all()


def test_a_tiny_box_has_its_cell() -> None:
    box = Box(kind="cup", x=0.5, y=0.5, width=0.01, height=0.01)
    assert truth.cells([box])[GRID * GRID // 2, CUP] == 1


def test_planted_things_are_found() -> None:
    random = np.random.default_rng(0)
    plain = random.random((PHOTOS, GRID**2, 1280)).astype(np.float32)
    has = random.random((PHOTOS, 2)) < 0.4
    truths = []
    for row in range(PHOTOS):
        boxes = []
        for column, kind in enumerate(("dog", "cup")):
            if has[row, column]:
                cell = int(random.integers(GRID**2))
                plain[row, cell, 400 * column : 400 * column + 300] += 3
                boxes.append(
                    Box(
                        kind=kind, x=(cell % GRID + 0.5) / GRID, y=(cell // GRID + 0.5) / GRID,
                        width=1 / GRID, height=1 / GRID,
                    )
                )  # fmt: skip
        truths.append(
            Truth(
                said=frozenset(), boxes=tuple(boxes), node="", person=False,
                animal=bool(has[row, 0]), number=0, captions=5,
            )
        )  # fmt: skip
    other = random.random((PHOTOS, GRID**2, 1280)).astype(np.float32)

    def grids(rows: npt.NDArray[np.int64], view: int) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(plain[rows]), torch.from_numpy(other[rows])

    learned = head.learn(grids, truths, things(), views=1, epochs=50)
    cells, kinds, number = learned(torch.from_numpy(np.concatenate([plain, other], -1)))
    found = kinds[:, [DOG, CUP]].sigmoid().numpy() > 0.5
    assert (found == has).mean() > 0.95
    assert (number.argmax(-1) == 0).all()
    assert cells.shape == (PHOTOS, GRID**2, len(KINDS) + 1)


def test_what_no_caption_says_is_absent_unless_people_often_leave_it_out() -> None:
    said = Truth(
        said=frozenset({"dog"}), boxes=None, node="", person=True, animal=True, number=1,
        captions=5,
    )  # fmt: skip
    wanted, weights = head.labels([said], things())
    assert wanted[0, [DOG, KINDS.index("person"), -1]].tolist() == [1, 1, 1]
    assert weights[0, KINDS.index("cow")] == 1
    assert weights[0, CUP] < 0.5
