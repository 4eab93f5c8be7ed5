"""Boxes in the layouts that people have."""

import json
from pathlib import Path

import pytest

from lorgnette_export.data import boxes
from lorgnette_export.data.boxes import Box
from lorgnette_export.data.captioned import DataError


def save(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def test_boxes_by_file(tmp_path: Path) -> None:
    images = {"photos/a.webp": [["dining table", 0.5, 0.7, 0.4, 0.2]], "photos/b.webp": []}
    save(tmp_path / "labels" / "coco.json", {"box": "kind, centre, size", "images": images})
    assert boxes.read(tmp_path) == {
        tmp_path / "photos" / "a.webp": (Box("dining table", 0.5, 0.7, 0.4, 0.2),),
        tmp_path / "photos" / "b.webp": (),
    }


def test_cocos_instances_as_they_are_unpacked(tmp_path: Path) -> None:
    (tmp_path / "val2017").mkdir()
    save(
        tmp_path / "annotations" / "instances_val2017.json",
        {
            "images": [
                {"id": 7, "file_name": "7.jpg", "width": 200, "height": 100},
                {"id": 8, "file_name": "8.jpg", "width": 10, "height": 10},
            ],
            "annotations": [{"image_id": 7, "category_id": 18, "bbox": [50, 25, 100, 50]}],
            "categories": [{"id": 18, "name": "dog"}],
        },
    )
    assert boxes.read(tmp_path) == {
        tmp_path / "val2017" / "7.jpg": (Box("dog", 0.5, 0.5, 0.5, 0.5),),
        tmp_path / "val2017" / "8.jpg": (),
    }


def test_a_folder_may_have_none_but_no_broken_ones(tmp_path: Path) -> None:
    assert boxes.read(tmp_path) == {}
    save(tmp_path / "labels" / "coco.json", ["dog"])
    with pytest.raises(DataError, match=r"coco\.json holds no boxes"):
        boxes.read(tmp_path)
