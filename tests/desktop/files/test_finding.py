"""Which pictures a path stands for; nothing is left out in silence."""

import os
from pathlib import Path

import pytest

from lorgnette.files import find_pictures


def made(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folders_are_walked_in_natural_order_without_hidden_ones(tmp_path: Path) -> None:
    names = ("img10.jpg", "img2.JPG", "IMG1.png", ".hidden.jpg", "notes.txt", "sub/a.webp")
    made(*(tmp_path / name for name in names), tmp_path / ".thumbnails" / "b.png")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "folder.jpg").symlink_to(tmp_path)
    found = [str(path.relative_to(tmp_path)) for path in find_pictures([tmp_path])]
    assert found == ["IMG1.png", "img2.JPG", "img10.jpg", "sub/a.webp"]
    assert list(find_pictures([tmp_path / "notes.txt"])) == [tmp_path / "notes.txt"]


def test_own_pictures_come_before_those_of_subfolders_at_every_level(tmp_path: Path) -> None:
    names = ["z.jpg", "a/z.jpg", "a/b/a.jpg", "a10/a.jpg", "b/a.jpg"]
    made(*(tmp_path / name for name in names))
    found = [path.relative_to(tmp_path).as_posix() for path in find_pictures([tmp_path])]
    assert found == names


def test_what_is_named_twice_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "a.jpg", tmp_path / "sub" / "b.jpg")
    (tmp_path / "other name.jpg").symlink_to("a.jpg")
    monkeypatch.chdir(tmp_path)
    named = [Path("sub/b.jpg"), Path(), tmp_path, tmp_path / "sub" / ".." / "a.jpg"]
    assert list(find_pictures(named)) == [
        Path("sub/b.jpg"),
        Path("a.jpg"),
        Path("other name.jpg"),
    ]
    assert list(find_pictures([Path("gone.jpg")] * 2)) == [Path("gone.jpg")]


def test_folders_nested_deeper_than_calls_are_searched(tmp_path: Path) -> None:
    """Deeper than a path may be long, too: such a folder is named instead of what is in it."""
    before = Path.cwd()
    depth = 0
    try:
        os.chdir(tmp_path)
        for depth in range(1, 2201):
            os.mkdir("a")  # noqa: PTH102
            os.chdir("a")
            if depth == 1500:
                Path("x.jpg").touch()
        found = list(find_pictures([tmp_path]))
    finally:
        os.chdir(tmp_path)
        for _ in range(depth):
            os.chdir("a")
        for at in range(depth, 0, -1):
            if at == 1500:
                Path("x.jpg").unlink()
            os.chdir("..")
            os.rmdir("a")  # noqa: PTH106
        os.chdir(before)
    assert [path.name for path in found] == ["x.jpg", "a"]
    assert len(os.fspath(found[1])) >= os.pathconf("/", "PC_PATH_MAX") - 2


def test_a_folder_that_goes_while_it_is_searched_is_named(tmp_path: Path) -> None:
    made(tmp_path / "a.jpg", tmp_path / "gone" / "b.jpg")
    found = find_pictures([tmp_path])
    assert next(found) == tmp_path / "a.jpg"
    (tmp_path / "gone" / "b.jpg").unlink()
    (tmp_path / "gone").rmdir()
    assert list(found) == [tmp_path / "gone"]


def test_what_cannot_be_looked_at_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    odd = [tmp_path / ("a" * 300), tmp_path / "a.jpg" / "b.jpg", tmp_path / "loop.jpg"]
    made(tmp_path / "a.jpg")
    odd[2].symlink_to("loop.jpg")
    assert list(find_pictures(odd)) == odd
