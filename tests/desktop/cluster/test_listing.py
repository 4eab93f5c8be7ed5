import os
import threading
from pathlib import Path

import pytest

from lorgnette.cluster import listing
from lorgnette.cluster.listing import Chunk, Listing, Part
from lorgnette.files import find_pictures


def found(paths: list[Path], size: int = 4) -> list[Path]:
    return [image for chunk in Listing(paths, size) for image in chunk.images]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    for place, count in (("", 3), ("a", 9), ("a/b", 1), ("a/b/c d", 30), (".hidden", 2), ("e", 0)):
        folder = root / place
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (folder / f"img{number}.JPG").touch()
        (folder / "notes.txt").touch()
        (folder / ".img.jpg").touch()
    (root / "a" / os.fsdecode(b"caf\xe9.png")).touch()
    (root / "link").symlink_to(root / "a")
    (root / "link.png").symlink_to(root / "a" / "img0.JPG")
    return root


def test_the_same_pictures_are_found_as_alone(tree: Path) -> None:
    every = found([tree])
    assert sorted(every) == sorted(find_pictures([tree]))
    assert len(every) == len(set(every)) == 45
    assert listing.count([tree]) == 45


def test_paths_in_one_another_are_found_once(tree: Path) -> None:
    named = [tree / "a" / "img1.JPG", tree / "a", tree, tree / "a" / "b", tree / ".hidden", tree]
    assert sorted(map(os.path.abspath, found(named))) == sorted(
        map(os.path.abspath, find_pictures(named))
    )


def test_paths_are_called_as_they_were_typed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    named = [Path("a/b"), Path("img0.JPG"), Path("none.jpg")]
    assert sorted(found(named)) == sorted(find_pictures(named))


def test_chunks_are_full_where_folders_are_small(tmp_path: Path) -> None:
    for number in range(200):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        (folder / "only.png").touch()
    sizes = sorted(map(len, Listing([tmp_path], 10)), reverse=True)
    assert sum(sizes) == 200
    assert sizes[0] == 10
    assert len(sizes) <= 20 + listing.WALKERS


def test_a_chunk_is_parted_by_pictures() -> None:
    whole = Chunk((Part("a", ("1", "2", "3")), Part("b", ("4", "5"))))
    for count in range(6):
        first, others = whole.parted(count)
        assert (len(first), len(others)) == (count, 5 - count)
        assert first.images + others.images == whole.images


@pytest.mark.skipif(os.geteuid() == 0, reason="root may search everywhere")
def test_a_folder_that_cannot_be_searched_is_found_itself(tree: Path) -> None:
    (tree / "e").chmod(0)
    assert tree / "e" in found([tree])


def test_a_folder_that_is_gone_is_found_itself(tmp_path: Path) -> None:
    assert found([tmp_path / "gone"]) == [tmp_path / "gone"]


def test_who_asks_for_no_more_leaves_no_threads(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"{number}.png").touch()
    before = set(threading.enumerate())
    listing_ = Listing([tmp_path], 4)
    chunk = listing_.take()
    assert chunk is not None
    assert len(chunk) == 4
    threads = set(threading.enumerate()) - before
    listing_.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_films_are_found_where_they_are_asked_for(tmp_path: Path) -> None:
    for name in ("a.png", "b.mp4"):
        (tmp_path / name).touch()
    assert listing.count([tmp_path]) == 1
    assert [
        image.name for each in Listing([tmp_path], suffixes={".mp4"}) for image in each.images
    ] == ["b.mp4"]
