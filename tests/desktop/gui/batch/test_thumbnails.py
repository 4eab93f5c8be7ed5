"""Pictures decoded in the background, cached by content."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from lorgnette import paths
from lorgnette.gui.batch.thumbnails import MOST_WAITING, SIDE, Thumbnails

pytestmark = pytest.mark.gui


@pytest.fixture
def thumbnails(qtbot: QtBot, no_thread_is_left: None) -> Iterator[Thumbnails]:
    pool = Thumbnails()
    yield pool
    pool.close()


def cached() -> list[Path]:
    return sorted((paths.user_cache() / "thumbnails").glob("*/*.jpg"))


def test_a_photo_is_decoded_upright_and_small(
    qtbot: QtBot,
    thumbnails: Thumbnails,
    photo: Callable[[str], Image.Image],
    tmp_path: Path,
) -> None:
    path = tmp_path / "coffee.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    photo("coffee").save(path, exif=exif)
    with qtbot.waitSignal(thumbnails.ready):
        assert thumbnails.pixmap(path) is None
    pixmap = thumbnails.pixmap(path)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (SIDE * 2 // 3, SIDE)


def test_the_cache_knows_a_picture_by_its_content(
    qtbot: QtBot, thumbnails: Thumbnails, red: Path
) -> None:
    with qtbot.waitSignals([thumbnails.identified, thumbnails.ready]):
        thumbnails.pixmap(red)
    assert len(cached()) == 1
    twin = red.with_name("twin.png")
    shutil.copy(red, twin)
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.pixmap(twin)
    assert len(cached()) == 1
    assert not thumbnails.pixmap(twin).isNull()  # type: ignore[union-attr]


def test_a_broken_file_is_tried_once(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 not much of a picture")
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.pixmap(path)
    assert thumbnails.broken(path)
    with qtbot.assertNotEmitted(thumbnails.ready, wait=100):
        assert thumbnails.pixmap(path) is None


def test_the_newest_requests_win(qtbot: QtBot, thumbnails: Thumbnails, red: Path) -> None:
    files = []
    for number in range(4 * MOST_WAITING):
        file = red.with_name(f"{number}.png")
        shutil.copy(red, file)
        files.append(file)
    ready: list[Path] = []
    thumbnails.ready.connect(ready.extend)
    for file in files:
        thumbnails.pixmap(file)
    qtbot.waitUntil(lambda: files[-1] in ready)
    qtbot.waitUntil(lambda: set(files[-MOST_WAITING + 4 :]) <= set(ready))
    assert len(ready) < len(files)


def test_the_large_picture_comes_with_its_whole_size(
    qtbot: QtBot, thumbnails: Thumbnails, photo: Callable[[str], Image.Image], tmp_path: Path
) -> None:
    path = tmp_path / "rocket.png"
    photo("rocket").save(path)
    with qtbot.waitSignal(thumbnails.decoded) as decoded:
        thumbnails.ask_large(path, 400)
    image = decoded.args[0].image
    assert max(image.width(), image.height()) == 400


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory of a process")
def test_the_memory_of_a_huge_picture_is_given_back(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    """Decoded it has 196 MB, which the C library would keep for the thread."""
    huge = tmp_path / "huge.png"
    Image.new("RGB", (7000, 7000), "teal").save(huge, compress_level=1)

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before = resident()
    for side in (1280, 1281):
        with qtbot.waitSignal(thumbnails.decoded) as came:
            thumbnails.ask_large(huge, side)
        assert came.args[0].image.width() == side
    assert resident() - before < 100_000_000
