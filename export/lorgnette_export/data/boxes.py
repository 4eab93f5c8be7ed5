"""What stands where in a photo, by people: MS-COCO's boxes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lorgnette_export.data.captioned import DataError, coco_folder


@dataclass(frozen=True, slots=True)
class Box:
    """A thing and where it stands; its middle and its size are of a picture 1 wide and 1 high."""

    kind: str  # as MS-COCO calls it: "dining table"
    x: float
    y: float
    width: float
    height: float


def read(folder: Path) -> dict[Path, tuple[Box, ...]]:
    """Return the boxes of each photo under folder that somebody looked through for things.

    They are read from labels/coco.json, {"images": {file: [[kind, x, y, width, height]]}}, and
    from MS-COCO's own annotations/instances_*.json. Empty where there is neither.

    Raises:
        DataError: a file of boxes is not in its layout.
    """
    found: dict[Path, tuple[Box, ...]] = {}
    for file in sorted((folder / "labels").glob("coco.json")):
        for name, boxes in _content(file)["images"].items():
            found[folder / name] = tuple(Box(*box) for box in boxes)
    for file in sorted((folder / "annotations").glob("instances_*.json")):
        found |= _instances(_content(file), coco_folder(file, folder))
    return found


def _content(file: Path) -> Any:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read: {error}") from error
    if not isinstance(content, dict) or "images" not in content:
        raise DataError(f"{file} holds no boxes")
    return content


def _instances(content: Any, where: Path) -> dict[Path, tuple[Box, ...]]:
    kinds = {category["id"]: category["name"] for category in content["categories"]}
    sizes = {image["id"]: (image["width"], image["height"]) for image in content["images"]}
    boxes: dict[int, list[Box]] = {number: [] for number in sizes}
    for annotation in content["annotations"]:
        left, top, width, height = annotation["bbox"]
        across, down = sizes[annotation["image_id"]]
        boxes[annotation["image_id"]].append(
            Box(
                kind=kinds[annotation["category_id"]],
                x=(left + width / 2) / across,
                y=(top + height / 2) / down,
                width=width / across,
                height=height / down,
            )
        )
    return {where / image["file_name"]: tuple(boxes[image["id"]]) for image in content["images"]}
