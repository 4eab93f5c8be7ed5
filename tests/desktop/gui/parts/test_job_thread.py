"""One job in one thread: order, errors, pause, cancel, and a generator that is always closed."""

import threading
from collections.abc import Generator

import pytest
from pytestqt.qtbot import QtBot

from lorgnette.gui.parts.job_thread import MOST_REPORTED, JobThread

pytestmark = pytest.mark.gui


def collect(job: JobThread) -> list[int]:
    found: list[int] = []
    job.reported.connect(found.extend)
    return found


def test_everything_is_reported_in_order_before_the_end(qtbot: QtBot) -> None:
    job = JobThread(n for n in range(3 * MOST_REPORTED + 7))
    found = collect(job)
    sizes: list[int] = []
    job.reported.connect(lambda items: sizes.append(len(items)))
    with qtbot.waitSignal(job.ended) as ended:
        job.start()
    assert found == list(range(3 * MOST_REPORTED + 7))
    assert max(sizes) <= MOST_REPORTED
    assert ended.args == [None]
    assert not job.running


def test_an_error_comes_after_what_was_done(qtbot: QtBot) -> None:
    def fails() -> Generator[int]:
        yield 1
        raise ValueError("no more")

    job = JobThread(fails())
    found = collect(job)
    with qtbot.waitSignal(job.ended) as ended:
        job.start()
    assert found == [1]
    assert str(ended.args[0]) == "no more"


def test_cancelling_closes_the_generator_in_its_own_thread(qtbot: QtBot) -> None:
    closed: list[str] = []
    going = threading.Event()

    def endless() -> Generator[int]:
        try:
            while True:
                going.set()
                yield 1
        finally:
            closed.append(threading.current_thread().name)

    job = JobThread(endless(), "lorgnette endless")
    job.start()
    assert going.wait(5)
    with qtbot.waitSignal(job.ended):
        job.cancel()
    assert closed == ["lorgnette endless"]


def test_a_paused_job_rests_between_two_items(qtbot: QtBot) -> None:
    asked: list[int] = []

    def counted() -> Generator[int]:
        for n in range(5):
            asked.append(n)
            yield n

    job = JobThread(counted())
    found = collect(job)
    job.pause()
    job.start()
    with qtbot.assertNotEmitted(job.ended, wait=250):
        pass
    assert asked == []
    with qtbot.waitSignal(job.ended):
        job.resume()
    assert found == [0, 1, 2, 3, 4]


def test_waiting_ends_even_a_paused_job(qtbot: QtBot) -> None:
    job = JobThread(n for n in range(1000))
    job.pause()
    job.start()
    assert job.wait(5)
    assert not job.running
