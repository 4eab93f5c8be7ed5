"""What a drop or a paste may hold."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QUrl

from lorgnette import paths
from lorgnette.gui.adding.intake import can_hold, take

pytestmark = pytest.mark.gui


def test_bytes_of_an_image_become_a_file_once(red: Path) -> None:
    data = QMimeData()
    data.setData("image/png", QByteArray(red.read_bytes()))
    data.setUrls([QUrl("https://example.org/red.png")])
    assert can_hold(data)
    (kept,) = take(data).found
    assert kept.read_bytes() == red.read_bytes()
    assert kept.parent == paths.user_data() / "pasted"
    assert take(data).found == (kept,)


@pytest.mark.parametrize("form", ["{path}", '"{path}"', "file://{path}", "\n{path}\n"])
def test_text_with_a_path_is_a_path(red: Path, form: str) -> None:
    data = QMimeData()
    data.setText(form.format(path=red))
    assert take(data).found == (red,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://example.org/a.jpg", "web address"),
        ("/no/such/file.jpg", "no file or folder /no/such/file.jpg"),
        ("just words", "no picture"),
        ("", "no picture"),
        ("/" + "long" * 100 + ".jpg", "no file or folder /long"),
        ("~nobody-of-that-name/a.jpg", "no picture"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words(text: str, words: str) -> None:
    data = QMimeData()
    data.setText(text)
    taken = take(data)
    assert taken.found == ()
    assert words in taken.refusal


def test_a_picture_that_cannot_be_kept_is_refused_in_words(
    red: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "file").touch()
    data = QMimeData()
    data.setData("image/png", QByteArray(red.read_bytes()))
    monkeypatch.setenv("XDG_DATA_HOME", str(own_folders / "file"))
    assert "cannot be used: Not a directory" in take(data).refusal
    monkeypatch.setenv("XDG_DATA_HOME", str(own_folders))
    (own_folders / "lorgnette" / "pasted").mkdir(parents=True)
    assert take(data).refusal == ""
    (kept,) = take(data).found
    kept.unlink()
    kept.with_name(kept.name).symlink_to("/nowhere/at/all")
    assert "could not be kept: No such file" in take(data).refusal
