"""What is spoken: at once for actions, seldom for progress, always kept."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lorgnette.gui.saying.announcer import KEPT, QUIET_MILLISECONDS, Announcer

pytestmark = pytest.mark.gui


@pytest.fixture
def announcer(qtbot: QtBot) -> Announcer:
    widget = QWidget()
    qtbot.addWidget(widget)
    announcer = Announcer(widget)
    announcer.setProperty("owner", widget)
    return announcer


def said(announcer: Announcer) -> list[str]:
    return [message.text for message in announcer.messages]


def test_reports_are_merged_into_the_latest(qtbot: QtBot, announcer: Announcer) -> None:
    for number in range(50):
        announcer.report(f"{number} done")
    assert said(announcer) == ["0 done"]
    with qtbot.waitSignal(announcer.said):
        pass
    assert said(announcer) == ["0 done", "49 done"]


def test_what_a_person_did_is_said_at_once_and_stale_reports_are_not(
    qtbot: QtBot, announcer: Announcer
) -> None:
    announcer.report("1 done")
    announcer.report("2 done")
    announcer.say("Paused.")
    with qtbot.assertNotEmitted(announcer.said, wait=QUIET_MILLISECONDS + 300):
        pass
    assert said(announcer) == ["1 done", "Paused."]


def test_the_last_messages_are_kept(announcer: Announcer) -> None:
    for number in range(KEPT + 5):
        announcer.say(str(number))
    assert len(announcer.messages) == KEPT
    assert said(announcer)[-1] == str(KEPT + 4)


def test_repeating_says_the_last_message_again(announcer: Announcer) -> None:
    announcer.repeat()
    assert said(announcer) == []
    announcer.say("Once.")
    announcer.repeat()
    assert said(announcer) == ["Once."]
