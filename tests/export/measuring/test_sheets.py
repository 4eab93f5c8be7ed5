"""Pages of photos and captions."""

import json
from pathlib import Path

import pytest
from PIL import Image

from lorgnette_export import cli
from lorgnette_export.measuring import sheets


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "captions").mkdir(parents=True)
    images, lines = [], []
    for number in range(14):
        file = f"{number}.png"
        Image.new("RGB", (60, 40), (10 * number, 200, 255 - 10 * number)).save(folder / file)
        source = {"file": file, "split": "val", "captions": ["A wall."]}
        images.append(source)
        lines.append(
            {
                "file": file,
                "source": "own",
                "caption": "a wall",
                "draft": "A wall.",
                "confidence": 0.5,
                "seen": "",
            }
        )
    (folder / "captions" / "own.json").write_text(json.dumps({"set": "own", "images": images}))
    (folder / "said.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


def test_each_photo_stands_on_a_page_once_and_a_second_time_on_the_same(
    data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "pages"
    command = ["sheets", str(data / "said.jsonl"), "--data", str(data), "--out"]
    assert cli.main([*command, str(out)]) == 0
    pages = sorted(out.iterdir())
    assert [page.name for page in pages] == ["page-01.png", "page-02.png"]
    colours = {(10 * number, 200, 255 - 10 * number) for number in range(14)}
    drawn = []
    for page in pages:
        with Image.open(page) as sheet:
            found = {colour for _, colour in sheet.convert("RGB").getcolors(1 << 24) or ()}
        drawn.append(found & colours)
    assert [len(each) for each in drawn] == [12, 2]
    assert set.union(*drawn) == colours
    assert cli.main([*command, str(tmp_path / "again"), "--count", "12"]) == 0
    assert (tmp_path / "again" / "page-01.png").read_bytes() == pages[0].read_bytes()


def test_what_stands_under_a_photo() -> None:
    line = {"caption": "a man runs", "draft": "A person runs.", "confidence": 0.456, "seen": ""}
    assert sheets.told(line) == "A person runs. [a man runs] 0.46"
    line |= {"caption": "a cup", "draft": "A cup.", "seen": "cup 0.97"}
    assert sheets.told(line) == "A cup. 0.46 seen: cup 0.97"
    assert sheets.told(line | {"draft": ""}) == "(declined) [a cup] 0.46 seen: cup 0.97"


def test_a_set_that_is_not_there_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        "sheets",
        str(data / "said.jsonl"),
        "--data",
        str(data),
        "--out",
        str(tmp_path / "x"),
    ]
    assert cli.main([*command, "--set", "coco"]) != 0
    assert "no photo of the set 'coco'" in capsys.readouterr().err
