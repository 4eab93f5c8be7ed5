"""Films, looked through by a process of its own; see decoder."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from lorgnette.captioning.moving import MOST_FRAMES, Frame
from lorgnette.errors import EMPTY_HINT, UnreadableImageError
from lorgnette.files import open_file, unreadable
from lorgnette.films.moving_picture import MovingPicture, Scene

MOST_SECONDS = 60  # of looking through one film, on a machine that is busy
MOST_MEMORY = 3 << 30  # of address space; 8K with its reference frames takes two thirds
MOST_SIDE = 640  # pixels of the shorter side that frames are reduced to at least
HEAD_BYTES = 16
_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}  # of films without a ftyp
_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"avis", b"hevc", b"hevx"}
_PICTURES |= {b"msf1", b"jxl ", b"jp2 ", b"jpx ", b"crx "}
_NOT_HERE = (
    ("films are not read by the download", "Install lorgnette in Python, with its extra film.")
    if getattr(sys, "frozen", False)
    else (
        "films need the package av, which is not installed",
        "Install it: pip install 'lorgnette[film]', or pip install av.",
    )
)
_OUR_KINDS = "MP4, MOV, WebM, MKV, AVI and 3GP"


def demuxer(head: bytes) -> str:
    """Return the name of what reads a film with these first bytes; empty if it is none."""
    if head[4:8] == b"ftyp":
        return "" if head[8:12] in _PICTURES else "mov"
    if head[4:8] in _BOXES:
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    return "avi" if head[:4] == b"RIFF" and head[8:12] in {b"AVI ", b"AVIX"} else ""


def moving_picture(
    path: Path, least_side: int, *, scenes: bool = False, start: int = 0, length: int = 0
) -> MovingPicture:
    """Return the film at path.

    Args:
        scenes: bring these, too: more frames, and so more memory.
        start, length: where it lies in the file; length 0 for all that follows.

    Raises:
        UnreadableImageError: no film, or a damaged one; or what reads films is not installed.
    """
    try:
        with open_file(path) as file:
            file.seek(start)
            head = file.read(HEAD_BYTES)
            if not head:
                raise UnreadableImageError(path, "it is empty", EMPTY_HINT)
            kind = demuxer(head)
            if not kind:
                reason = f"it is no film of a kind known here, which are {_OUR_KINDS}"
                raise UnreadableImageError(path, reason, "Save it as MP4, or leave it out.")
            if not can_be_read():
                raise UnreadableImageError(path, *_NOT_HERE)
            request = {
                "format": kind,
                "start": start,
                "length": length,
                "least_side": min(least_side, MOST_SIDE),
                "memory": MOST_MEMORY,
                "frames": MOST_FRAMES,
                "scenes": scenes,
            }
            return _answer(path, _asked(path, file, request))
    except OSError as error:
        raise unreadable(path, error) from error


def can_be_read() -> bool:
    """Tell whether what reads films is installed."""
    return importlib.util.find_spec("av") is not None


def _asked(path: Path, file: BinaryIO, request: dict[str, Any]) -> bytes:
    file.seek(0)
    try:
        done = subprocess.run(  # noqa: S603 - our own module; -P: from nowhere else
            [sys.executable, "-P", "-m", "lorgnette.films.decoder", json.dumps(request)],
            stdin=file,
            capture_output=True,
            timeout=MOST_SECONDS,
            start_new_session=True,  # Ctrl+C finishes what is in work
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        reason = f"it took more than {MOST_SECONDS} seconds to look through"
        raise UnreadableImageError(path, reason) from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        reason = told if done.returncode > 0 and told else f"exit status {done.returncode}"
        raise UnreadableImageError(path, f"it is damaged: what reads it broke down ({reason})")
    return done.stdout


def _answer(path: Path, answer: bytes) -> MovingPicture:
    at = answer.index(b"\n") + 1
    head = json.loads(answer[:at])
    pixels = memoryview(answer)
    if "error" in head:
        raise UnreadableImageError(path, head["error"])
    frames = []
    for each in head["frames"]:
        width, height = each["size"]
        size = width * height * 3
        image = Image.frombytes("RGB", (width, height), pixels[at : at + size])
        frames.append(Frame(image, each["seconds"]))
        at += size
    return MovingPicture(
        head["seconds"],
        tuple(frames[number] for number in head["for_sentence"]),
        tuple(Scene(each["start"], each["end"], frames[each["frame"]]) for each in head["scenes"]),
    )
