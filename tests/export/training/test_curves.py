"""How a run went, as a picture."""

from pathlib import Path

from PIL import Image

from lorgnette_export import cli


def test_curves_are_drawn(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "curves.png"
    assert cli.main(["curves", str(run), "--out", str(out)]) == 0
    with Image.open(out) as picture:
        seen = picture.convert("RGB")
    orange = (255, 127, 14)  # the second curve's: two were watched
    assert orange in [colour for _, colour in seen.getcolors(seen.width * seen.height)]
    assert cli.main(["curves", str(tmp_path), "--out", str(out)]) == 2
