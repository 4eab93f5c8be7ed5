"""Settings that cannot be kept hold until the window closes, and that is said."""

import dataclasses
from pathlib import Path

import pytest

from lorgnette.gui.main_window import MainWindow

pytestmark = pytest.mark.gui


def test_it_is_said_and_they_hold(
    window: MainWindow, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own_folders / "file"))
    settings = window.batch.settings
    settings.use(dataclasses.replace(settings.now, text_size=150))
    assert settings.now.text_size == 150
    said = window.batch.announcer.messages[-1].text
    assert said.startswith("The settings hold until the window closes: the folder ")
    assert "Not a directory" in said
