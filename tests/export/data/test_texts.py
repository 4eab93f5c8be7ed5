"""Captions without photos: what is read of a file, and what they are told from."""

import gzip
import re
from pathlib import Path

import pytest

from lorgnette_export.data import captioned, texts
from lorgnette_export.data.texts import TextsError

VOCABULARY = [
    *captioned.SPECIALS,
    *captioned.words("a the on and dog cat horse table sits runs red blue"),
]


def test_sentences_are_read_and_stumps_are_not(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_bytes(
        b"A dog runs on the table .\r\n"
        b"larg squar concret wall peopl\n"  # stems
        b"a dog\n\n" + b"a dog " * 10 + b"\n"
        b"A caf\xe9 and a dog on a table."  # not UTF-8, and without an end of line
    )
    with gzip.open(tmp_path / "packed.txt.gz", "wt") as file:
        file.write("a dog runs on the table\na cat's dog sits on the table")
    (tmp_path / "notes.md").write_text("a dog that nobody asked to be read")
    assert texts.read(tmp_path) == [
        captioned.words("a dog runs on the table"),
        captioned.words("a cat's dog sits on the table"),
        captioned.words("a caf and a dog on a table"),
    ]


@pytest.mark.parametrize("name", ["none", "damaged", "cut"])
def test_what_holds_no_texts_is_named(tmp_path: Path, name: str) -> None:
    whole = gzip.compress(b"a dog runs on the table\n" * 100)
    file = tmp_path / f"{name}.txt.gz"
    if name == "damaged":
        file.write_bytes(b"no gzip at all")
    elif name == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TextsError, match=re.escape(str(tmp_path if name == "none" else file))):
        texts.read(tmp_path)
