from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.benchmarks import reading_pages

from lorgnette import cli
from lorgnette.errors import ExitCode


@pytest.fixture
def sign(tmp_path: Path) -> Path:
    image = Image.new("RGB", (300, 90), "white")
    ImageDraw.Draw(image).text((20, 20), "Bus stop", "black", ImageFont.load_default(36))
    image.save(tmp_path / "sign.png")
    return tmp_path / "sign.png"


@pytest.mark.model
def test_read_prints_only_the_text(sign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", "--provider", "cpu", str(sign)]) == ExitCode.OK
    assert capsys.readouterr() == ("Bus stop\n", "")


@pytest.mark.model
def test_read_names_each_picture_of_a_folder_and_goes_on_after_a_broken_one(
    sign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sign.parent / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter clockwise to see it upright
    turned = Image.open(sign).transpose(Image.Transpose.ROTATE_90)
    turned.save(sign.parent / "turned.jpg", exif=exif)
    assert cli.main(["read", "--provider", "cpu", str(sign.parent)]) == ExitCode.SOME_FAILED
    said, trouble = capsys.readouterr()
    folder = sign.parent
    assert said == (
        f"{folder / 'broken.png'}:\n\n{sign}:\nBus stop\n\n{folder / 'turned.jpg'}:\nBus stop\n"
    )
    assert "broken.png" in trouble


@pytest.mark.model
def test_a_picture_without_words_is_said_to_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (300, 90), "white").save(tmp_path / "blank.png")
    assert cli.main(["read", "--provider", "cpu", str(tmp_path / "blank.png")]) == ExitCode.OK
    assert capsys.readouterr() == ("", "blank.png: no text was found that can be read\n")


@pytest.mark.model
def test_writing_that_cannot_be_read_is_left_out_and_said_to_be_there(
    sign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not (font := reading_pages.DEJAVU / "DejaVuSans.ttf").is_file():
        pytest.skip("DejaVu is not installed; Pillow's own font has no Hebrew")
    image = Image.new("RGB", (700, 300), "white")
    pen = ImageDraw.Draw(image)
    hebrew = "\u05d4\u05e0\u05de\u05dc \u05e1\u05d2\u05d5\u05e8 \u05d1\u05d9\u05d5\u05dd"
    pen.text((660, 40), hebrew, "black", ImageFont.truetype(font, 36), "ra")
    image.save(sign)
    assert cli.main(["read", "--provider", "cpu", str(sign)]) == ExitCode.OK
    assert capsys.readouterr() == ("", "sign.png: 1 line looks like text that cannot be read\n")
    pen.text((40, 160), "Ring the bell", "black", ImageFont.load_default(36))
    pen.text((660, 220), hebrew, "black", ImageFont.truetype(font, 36), "ra")
    image.save(sign)
    assert cli.main(["read", "--provider", "cpu", str(sign)]) == ExitCode.OK
    said, told = capsys.readouterr()
    assert said == "Ring the bell\n"
    assert told == "sign.png: 2 lines look like text that cannot be read\n"
