"""Scenes of a film in words: lines of an extended description, and cues for a player.

The lines are the only place where they are kept, so that a person who mends a line mends the cue.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy and ONNX Runtime only where something is captioned
    from lorgnette.captioning.captioner import Captioner
    from lorgnette.films import Scene

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})"
_LINE = re.compile(rf"{_TIME}\s+to\s+{_TIME}:\s*(.+)")
_IN_CUES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class SceneWords:
    """What is seen in a part of a film."""

    start: int  # seconds from the beginning
    end: int
    text: str


def described(scenes: "Iterable[Scene]", captioner: "Captioner") -> list[SceneWords]:
    """Return what a captioner says of scenes; nothing of one that it declines.

    Scenes that follow each other and are said to show the same are one.
    """
    found: list[SceneWords] = []
    for scene in scenes:
        text = captioner.describe(scene.frame.image).text
        start, end = int(scene.start), round(scene.end)
        if found and (text == found[-1].text or end <= start):
            found[-1] = SceneWords(found[-1].start, end, found[-1].text)
        elif text:
            found.append(SceneWords(start, max(end, start + 1), text))
    # A scene's end is rounded, the next one's start is cut off.
    ends = [*(each.start for each in found[1:]), *(each.end for each in found[-1:])]
    return [
        SceneWords(each.start, min(each.end, end), each.text)
        for each, end in zip(found, ends, strict=True)
        if end > each.start
    ]


def lines(scenes: Sequence[SceneWords]) -> str:
    """Return scenes as lines of an extended description."""
    return "\n".join(f"{_clock(s.start)} to {_clock(s.end)}: {s.text}" for s in scenes)


def parsed(text: str) -> Iterator[SceneWords]:
    """Yield the scenes that an extended description has lines of, as `lines` writes them."""
    for line in text.splitlines():
        if match := _LINE.fullmatch(line.strip()):
            start, end = _seconds(*match.group(1, 2, 3)), _seconds(*match.group(4, 5, 6))
            if end > start:
                yield SceneWords(start, end, match[7])


def web_vtt(scenes: Sequence[SceneWords], language: str = "") -> str:
    """Return scenes as WebVTT for <track kind="descriptions">, which players read aloud."""
    head = ["WEBVTT", "Kind: descriptions", *([f"Language: {language}"] if language else [])]
    cues = [
        f"{_stamp(scene.start)} --> {_stamp(scene.end)}\n{scene.text.translate(_IN_CUES)}"
        for scene in sorted(scenes, key=lambda scene: scene.start)
    ]
    return "\n\n".join(["\n".join(head), *cues]) + "\n"


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, within = divmod(minutes, 60)
    return f"{hours}:{within:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _stamp(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000"


def _seconds(hours: str | None, minutes: str, seconds: str) -> int:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
