"""The model that holds the batch, under Qt's own tester of models."""

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from lorgnette.alttext import AltText, Origin
from lorgnette.gui.batch.filter import BatchFilter
from lorgnette.gui.batch.model import PICTURE_ROLE, BatchModel, Order
from lorgnette.gui.batch.picture import Picture, State

pytestmark = pytest.mark.gui


def picture(name: str, text: str = "", *, reviewed: bool = False, doubt: float = 0.2) -> Picture:
    alt = AltText(text=text, origin=Origin.MACHINE, reviewed=reviewed, confidence=1 - doubt)
    return Picture(path=Path("/p", name), alt=alt if text else AltText(reviewed=False))


PICTURES = [
    picture("img10.jpg", "A cat.", doubt=0.9),
    picture("img2.jpg", "A dog.", reviewed=True),
    picture("b.jpg"),
    picture("img1.jpg", "A cat.", doubt=0.1),
]


@pytest.fixture
def batch(qtbot: QtBot) -> BatchModel:
    model = BatchModel()
    model.add(PICTURES)
    return model


def names(model: BatchModel) -> list[str]:
    return [picture.path.name for picture in model.pictures()]


@pytest.mark.qt_log_level_fail("WARNING")
def test_qt_finds_no_fault_in_what_the_model_tells(batch: BatchModel) -> None:
    rows = BatchFilter(batch)
    warn = QAbstractItemModelTester.FailureReportingMode.Warning
    testers = [QAbstractItemModelTester(model, warn) for model in (batch, rows)]
    for order in Order:
        batch.sort_by(order)
    rows.show_words("cat")
    rows.show_states([State.DRAFT])
    batch.add([picture("new.jpg", "A cat.")])
    batch.remove([Path("/p/b.jpg"), Path("/p/img2.jpg")])
    rows.show_states(State)
    batch.put([picture("img1.jpg", "A wolf.")])
    batch.remove(p.path for p in batch.pictures())
    assert all(tester.model().rowCount() == 0 for tester in testers)


def test_a_picture_is_added_once(batch: BatchModel) -> None:
    assert batch.add([PICTURES[0], picture("x.jpg"), picture("x.jpg")]) == [picture("x.jpg")]
    assert len(batch) == 5


def test_orders(batch: BatchModel) -> None:
    batch.sort_by(Order.NAME)
    assert names(batch) == ["b.jpg", "img1.jpg", "img2.jpg", "img10.jpg"]
    batch.sort_by(Order.STATE)
    assert names(batch) == ["b.jpg", "img1.jpg", "img10.jpg", "img2.jpg"]
    batch.sort_by(Order.DOUBT)
    assert names(batch)[:2] == ["img10.jpg", "img1.jpg"]
    batch.sort_by(Order.ADDED)
    assert names(batch) == [picture.path.name for picture in PICTURES]


def test_an_index_that_is_kept_follows_its_picture(batch: BatchModel) -> None:
    kept = QPersistentModelIndex(batch.index_of(Path("/p/img1.jpg")))
    batch.sort_by(Order.NAME)
    assert kept.data(PICTURE_ROLE).path.name == "img1.jpg"
    batch.remove([Path("/p/b.jpg")])
    assert kept.data(PICTURE_ROLE).path.name == "img1.jpg"


def test_counts_follow_every_change(batch: BatchModel) -> None:
    expected = {State.UNSURE: 1, State.DRAFT: 1, State.REVIEWED: 1, State.MISSING: 1}
    assert +batch.counts() == expected
    batch.put([picture("b.jpg", "A bee.", reviewed=True)])
    batch.remove([Path("/p/img10.jpg")])
    assert +batch.counts() == {State.DRAFT: 1, State.REVIEWED: 2}


def test_twins_are_found(batch: BatchModel) -> None:
    assert batch.has_twin(PICTURES[0])
    assert not batch.has_twin(PICTURES[1])
    batch.remove([Path("/p/img1.jpg")])
    assert not batch.has_twin(PICTURES[0])


def test_a_picture_that_looks_the_same_is_no_twin(batch: BatchModel) -> None:
    first, second = PICTURES[0], PICTURES[3]
    for known, twin in (
        ({"fingerprint": 0b0110}, {"fingerprint": 0b0111}),
        ({"digest": "d"}, {"digest": "d"}),
    ):
        batch.put([dataclasses.replace(first, **known), dataclasses.replace(second, **twin)])
        assert not batch.has_twin(dataclasses.replace(first, **known))
    for known, twin in (
        ({"fingerprint": 2**64 - 1}, {"fingerprint": 0}),
        ({"fingerprint": 0}, {}),
        ({"digest": "d"}, {"digest": "e"}),
    ):
        batch.put([dataclasses.replace(first, **known), dataclasses.replace(second, **twin)])
        assert batch.has_twin(dataclasses.replace(first, **known))


def test_rows_are_dragged_out_as_their_files(batch: BatchModel) -> None:
    data = batch.mimeData([batch.index(0), batch.index(2)])
    assert [url.toLocalFile() for url in data.urls()] == ["/p/img10.jpg", "/p/b.jpg"]
    assert not batch.index(0).flags() & batch.index(0).flags().ItemIsEditable


def test_a_flat_list_has_no_rows_below_rows(batch: BatchModel) -> None:
    assert batch.rowCount(batch.index(0)) == 0
    assert batch.data(QModelIndex()) is None
