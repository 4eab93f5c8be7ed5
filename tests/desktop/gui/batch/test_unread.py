"""Words that cannot be read are said in the window, and not written over."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lorgnette.alttext import AltText, xmp
from lorgnette.gui.batch.picture import State, why
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.writing import jobs
from lorgnette.settings import Settings

pytestmark = pytest.mark.gui


def damage(picture: Path) -> Path:
    """Give a picture a sidecar with words that end too early to be read."""
    packet = xmp.merge(None, AltText(text="A person's words"), date="")
    sidecar = picture.with_name(f"{picture.name}.xmp")
    sidecar.write_bytes(packet[: packet.index(b"<rdf:li")])
    return sidecar


def test_it_is_not_drafted_and_says_why(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, folder: Path
) -> None:
    first = sorted(folder.iterdir())[0]
    damage(first)
    window = open_window(dataclasses.replace(settings, caption_on_add=True))
    window.adding.add([folder])
    qtbot.waitUntil(lambda: window.batch.model.counts()[State.DRAFT] == 5)
    picture = window.batch.model.picture(first)
    assert picture is not None
    assert picture.state is State.FAILED
    assert "alt text may be in it" in why(picture)


def test_it_is_written_over_only_when_that_is_wished(folder: Path, window: MainWindow) -> None:
    first = sorted(folder.iterdir())[0]
    sidecar = damage(first)
    before = sidecar.read_bytes()
    texts = [(first, AltText(text="New words"))]
    for replace, said in ((False, "alt text may be in it"), (True, "could not be read")):
        how = {"naming": jobs.SidecarNaming.WITH_EXTENSION, "replace": replace, "mirror": False}
        outcomes = list(jobs.write(texts, jobs.Destination.EMBED, **how))
        assert isinstance(outcomes[0], jobs.WroteOne)
        assert said in outcomes[0].trouble
        assert outcomes[0].changed is replace
        assert sidecar.read_bytes() == before


def test_a_file_that_may_not_be_read_is_not_called_gone(
    qtbot: QtBot, filled: MainWindow, open_window: Callable[..., MainWindow], folder: Path
) -> None:
    files = sorted(folder.iterdir())
    files[0].unlink()
    damage(files[1])
    filled.close()
    window = open_window()
    window.adding.restore()

    def gone() -> list[bool]:
        return [picture.gone for picture in window.batch.model.pictures()]

    qtbot.waitUntil(lambda: any(gone()))
    assert gone() == [True, False, False, False, False, False]
