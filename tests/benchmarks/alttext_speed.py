"""How fast alt text is read and embedded, beside ExifTool that stays open, on the same files.

Run as `python tests/benchmarks/alttext_speed.py [FOLDER]`; FOLDER is on the disk to be measured.
ExifTool never asks the disk whether the bytes have arrived; lorgnette does, for file and folder.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination
from lorgnette.jobs.writing import WriteBatch

FILES = 40
WORDS = AltText(text="An astronaut in an orange suit smiles", language="en")


class ExifTool:
    """One ExifTool that stays open."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["exiftool", "-stay_open", "True", "-@", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> None:
        """Run one command to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n".join([*arguments, "-execute\n"]).encode())
        self._process.stdin.flush()
        while self._process.stdout.readline() != b"{ready}\n":
            pass

    def close(self) -> None:
        """End it."""
        self._process.communicate(b"-stay_open\nFalse\n")


def make_pictures(folder: Path) -> list[Path]:
    """Return copies of one JPEG of about 3 MB, 2400 x 1800, in a new folder."""
    photo = Image.fromarray(skimage.data.astronaut()).resize((2400, 1800))
    noise = np.random.default_rng(0).normal(0, 12, (1800, 2400, 3))
    noisy = np.clip(np.asarray(photo) + noise, 0, 255).astype(np.uint8)
    folder.mkdir()
    first = folder / "00.jpg"
    Image.fromarray(noisy).save(first, quality=96)
    pictures = [folder / f"{number:02}.jpg" for number in range(FILES)]
    for picture in pictures[1:]:
        picture.write_bytes(first.read_bytes())
    os.sync()
    return pictures


def times(*actions: tuple[str, Callable[[Path], object], list[Path]]) -> list[float]:
    """Let actions take turns, each on the pictures of its own; print and return their medians."""
    taken: list[list[float]] = [[] for _ in actions]
    for turn in range(FILES):
        for (_, action, pictures), sofar in zip(actions, taken, strict=True):
            began = time.perf_counter()
            action(pictures[turn])
            sofar.append((time.perf_counter() - began) * 1000)
    for (what, _, _), sofar in zip(actions, taken, strict=True):
        print(f"{what:42} median {statistics.median(sofar):8.3f} ms   best {min(sofar):8.3f} ms")
    return [statistics.median(sofar) for sofar in taken]


def main(parent: Path | None) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        os.environ["XDG_DATA_HOME"] = str(Path(folder) / "data")
        theirs, ours, journaled, warming = (
            make_pictures(Path(folder, name)) for name in ("theirs", "ours", "journaled", "warming")
        )
        print(f"{FILES} JPEG files of {theirs[0].stat().st_size / 1e6:.1f} MB in {folder}")
        tool = ExifTool()
        tag = "-XMP-iptcCore:AltTextAccessibility"

        def embed(picture: Path) -> None:
            tool.run("-overwrite_original", "-P", f"{tag}={WORDS.text}", str(picture))

        embed(warming[0])
        alttext.write(warming[1], WORDS, Destination.EMBED)
        with WriteBatch(Destination.EMBED) as batch:
            embedding, our_embedding, _ = times(
                ("ExifTool embeds, without fsync", embed, theirs),
                (
                    "lorgnette embeds, with fsync",
                    lambda picture: alttext.write(picture, WORDS, Destination.EMBED),
                    ours,
                ),
                (
                    "lorgnette embeds, with fsync and journal",
                    lambda picture: batch.write(picture, WORDS),
                    journaled,
                ),
            )
        # A batch reads one picture after the other, with nothing in between.
        times(("ExifTool reads this tag", lambda picture: tool.run("-s3", tag, str(picture)), ours))
        (reading,) = times(
            ("ExifTool reads all tags", lambda picture: tool.run(str(picture)), ours)
        )
        (our_reading,) = times(("lorgnette reads, sidecars too", alttext.read, ours))
        tool.close()
        print(f"Reading takes 1/{reading / our_reading:.0f} of ExifTool's time (goal: 1/20)")
        print(f"Embedding takes {our_embedding / embedding:.2f} of it (goal: 1.00 at most)")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
