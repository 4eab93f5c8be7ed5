"""One job at a time: a second one is not begun, and none is left behind."""

import threading
from collections.abc import Generator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lorgnette.gui.parts.job_thread import JobThread
from lorgnette.gui.parts.one_job import OneJob

pytestmark = pytest.mark.gui


@pytest.fixture
def owner(qapp: QApplication) -> QObject:
    return QObject(qapp)


def test_a_second_job_waits_until_it_is_asked_again(qtbot: QtBot, owner: QObject) -> None:
    one, found, go = OneJob("lorgnette one", owner), list[str](), threading.Event()

    def slow() -> Generator[str]:
        go.wait()
        yield "first"

    with qtbot.waitSignal(one.done):
        one.run(slow(), found.extend)
        assert one.running
        one.run(iter_of("second"), found.extend)
        go.set()
    assert (found, one.running) == (["first"], False)
    with qtbot.waitSignal(one.done):
        one.run(iter_of("third"), found.extend)
    assert found == ["first", "third"]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert one.findChildren(JobThread) == []


def test_a_job_that_breaks_says_so_once_and_another_may_run(qtbot: QtBot, owner: QObject) -> None:
    one, found = OneJob("lorgnette one", owner), list[str]()

    def fails() -> Generator[str]:
        yield "first"
        raise ValueError("no more")

    with qtbot.assertNotEmitted(one.done), qtbot.waitSignal(one.broke) as broke:
        one.run(fails(), found.extend)
    assert (found, str(broke.args[0]), one.running) == (["first"], "no more", False)


def test_a_job_that_is_closed_reports_nothing(qtbot: QtBot, owner: QObject) -> None:
    one, found, going = OneJob("lorgnette one", owner), list[int](), threading.Event()

    def endless() -> Generator[int]:
        while True:
            going.set()
            yield 1

    one.run(endless(), found.extend)
    assert going.wait(30)
    one.close()
    assert found == []


def iter_of(word: str) -> Generator[str]:
    yield word
