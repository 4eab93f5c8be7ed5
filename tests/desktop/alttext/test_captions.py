"""Captions that other programs wrote, in whatever encoding."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lorgnette import alttext

CAPTION = "The dog’s “ball” – 5 € für Zoë…"  # noqa: RUF001


@pytest.mark.parametrize("charset", ["Latin", "UTF8"])
@pytest.mark.parametrize("name", ["plain.jpg", "plain.tif", "plain.png", "lossy.webp"])
def test_windows_first_code_page_and_utf8_are_told_apart(
    charset: str, name: str, sample: Callable[[str], Path], exiftool
) -> None:
    picture = sample(name)
    where = ["-charset", f"exif={charset}", f"-EXIF:ImageDescription={CAPTION}"]
    if picture.suffix in {".jpg", ".tif"}:
        where += ["-charset", f"iptc={charset}", f"-IPTC:Caption-Abstract={CAPTION}"]
    exiftool.run("-overwrite_original", *where, picture)
    found = [each.text for each in alttext.read(picture).suggestions]
    assert found == [CAPTION] * (2 if picture.suffix in {".jpg", ".tif"} else 1)


def test_text_in_png(sample: Callable[[str], Path], exiftool) -> None:
    picture = sample("plain.png")
    exiftool.run("-overwrite_original", "-PNG:Description=Zoë", picture)
    assert [each.text for each in alttext.read(picture).suggestions] == ["Zoë"]
