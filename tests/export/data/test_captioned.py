"""Captions in the layouts that people have."""

import json
from pathlib import Path

import pytest

from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError


def save(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def test_coco_as_it_is_unpacked(tmp_path: Path) -> None:
    save(
        tmp_path / "annotations" / "captions_val2017.json",
        {
            "images": [{"id": 7, "file_name": "000000000007.jpg"}, {"id": 8, "file_name": "8.jpg"}],
            "annotations": [
                {"image_id": 7, "id": 1, "caption": "A cat."},
                {"image_id": 7, "id": 2, "caption": "One cat."},
            ],
        },
    )
    save(
        tmp_path / "annotations" / "instances_val2017.json",
        {"images": [{"id": 7, "file_name": "x.jpg"}], "annotations": [{"image_id": 7, "bbox": []}]},
    )
    (tmp_path / "val2017").mkdir()
    (photo,) = captioned.read(tmp_path)
    assert photo.file == tmp_path / "val2017" / "000000000007.jpg"
    assert (photo.source, photo.split, photo.captions) == ("coco", "val", ("A cat.", "One cat."))


def test_karpathys_splits(tmp_path: Path) -> None:
    save(
        tmp_path / "dataset_coco.json",
        {
            "dataset": "coco",
            "images": [
                {
                    "filepath": "val2014",
                    "filename": "a.jpg",
                    "split": "restval",
                    "sentences": [{"raw": "A dog .", "tokens": ["a", "dog"]}],
                },
                {"filename": "b.jpg", "split": "test", "sentences": [{"raw": "Two dogs"}]},
            ],
        },
    )
    (tmp_path / "images" / "val2014").mkdir(parents=True)
    (tmp_path / "images" / "val2014" / "a.jpg").touch()
    first, second = captioned.read(tmp_path)
    assert first.file == tmp_path / "images" / "val2014" / "a.jpg"
    assert (first.split, second.split) == ("train", "test")
    assert first.captions == ("A dog .",)


def test_what_is_known_of_a_photo_beside_its_captions(tmp_path: Path) -> None:
    images = [
        {"file": "a.webp", "split": "val", "captions": ["A hill."], "machine": True, "empty": True},
        {"file": "b.webp", "split": "val", "captions": ["A dog."]},
    ]
    save(tmp_path / "captions" / "own.json", {"set": "own", "images": images})
    hill, dog = captioned.read(tmp_path)
    assert (hill.machine, hill.empty) == (True, True)
    assert (dog.machine, dog.empty) == (False, False)


def test_a_folder_without_captions_says_what_was_sought(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no captioned photos") as caught:
        captioned.read(tmp_path)
    assert "captions_*.json" in caught.value.hint
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(DataError, match=r"broken\.json cannot be read"):
        captioned.read(tmp_path)


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        ("A man's T-shirt , red .", ["a", "man's", "t-shirt", "red"]),
        ("Two  DOGS!", ["two", "dogs"]),
        ("the dog\u2019s 3 balls", ["the", "dog's", "3", "balls"]),
        (" . ", []),
    ],
)
def test_words(caption: str, words: list[str]) -> None:
    assert captioned.words(caption) == words


def test_a_mirror_image_swaps_left_and_right() -> None:
    assert captioned.mirrored(["the", "left", "hand", "right"]) == ["the", "right", "hand", "left"]


def test_the_vocabulary_has_common_words_commonest_first() -> None:
    captions = [["a", "dog"], ["a", "cat"], ["a", "dog"], ["rare"]]
    assert captioned.vocabulary_of(captions, 2) == [*captioned.SPECIALS, "a", "dog"]
