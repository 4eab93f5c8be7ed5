"""Looks through a film, in a process of its own: python -m lorgnette.films.decoder REQUEST.

FFmpeg reads more formats than any other library, and files that were made to crash it. So it runs
where a crash, a hang or a greed for memory ends this process only; `film` starts it and takes what
it says. The film is standard input; nothing else is opened: only the kinds of file and of codec
that are named here are, and files within files are refused.

Out come a line of JSON, and the pixels of the frames one after the other.
"""

import gc
import io
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lorgnette.films import shots

MOST_SIDE = 16384
MOST_PIXELS = 1 << 26  # of a frame; 8K has half of it
MOST_DECODED = 1_600_000_000  # pixels of all frames: a minute of 720p, thirteen seconds of 1080p
MOST_SOUGHT = 120  # frames of a film that is too long to be decoded as a whole
LEAST_SOUGHT = 4  # with fewer, its beginning is decoded as it stands
MOST_KEPT = 64  # samples of a film that is decoded as a whole
MOST_WALKING = 15.0  # seconds of reading a film that does not say how long it is
CODECS = frozenset(
    (
        *("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "msmpeg4v2", "msmpeg4v3", "mjpeg"),
        *("h263", "mpeg1video", "mpeg2video", "prores", "dnxhd", "rawvideo"),
    )
)
_WIDE = {av.video.reformatter.ColorTrc.SMPTE2084, av.video.reformatter.ColorTrc.ARIB_STD_B67}
_UNSAID = 2  # of colour space, in H.273
_BT709, _BT601 = 1, 5  # as swscale counts them
_PICTURE_WHITE = 203.0  # candelas of paper white in HDR (BT.2408)
_TO_709 = np.array(  # BT.2020's colours in those of sRGB (BT.2087)
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    np.float32,
)


class RefusedError(Exception):
    """The film cannot be looked at; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Look:
    """A frame that was decoded, and its numbers."""

    image: Image.Image
    sample: shots.Sample


def main() -> int:
    """Print what standard input shows; as JSON with an "error" where it shows nothing."""
    request = json.loads(sys.argv[1])
    _limit(request["memory"])
    gc.freeze()  # so that to collect, as _look does, costs next to nothing
    out = sys.stdout.buffer
    try:
        head, looks = _looked(sys.stdin.buffer, request)
    except RefusedError as error:
        head, looks = {"error": str(error)}, []
    except MemoryError:
        head, looks = {"error": "it needs too much memory"}, []
    except (av.FFmpegError, ValueError, OverflowError, ZeroDivisionError, TypeError) as error:
        head, looks = {"error": f"it is damaged ({_short(error)})"}, []
    out.write(json.dumps(head).encode() + b"\n")
    for look in looks:
        out.write(look.image.tobytes())
    return 0


def _short(error: Exception) -> str:
    if isinstance(error, av.FFmpegError):
        return str(error.strerror)
    return str(error)


def _limit(memory: int) -> None:
    """Let the system end what asks for too much; a film writes nothing, whatever is in it."""
    if sys.platform == "win32":
        return
    import resource
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C finishes what is in work
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (least, hard))


class _Part(io.RawIOBase):
    """A part of a file, as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        size = file.seek(0, io.SEEK_END)
        self._file, self._start = file, start
        self._length = min(length or size, size - start)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._length - self._at)
        self._file.seek(self._start + min(self._at, self._length))
        data = self._file.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data


def _looked(file: BinaryIO, request: dict[str, Any]) -> tuple[dict[str, Any], list[Look]]:
    part = _Part(file, request["start"], request["length"])

    def inside(*_: object) -> None:
        raise RefusedError("it wants other files to be opened")

    with av.open(
        part, "r", format=request["format"], buffer_size=1 << 18, io_open=inside
    ) as container:
        film = _Film(container, request["least_side"])
        looks = film.looks()
        seconds = max(film.seconds or 0.0, looks[-1].sample.seconds)
    samples = [each.sample for each in looks]
    choice = shots.choose(samples, request["frames"])
    scenes = choice.scenes if request["scenes"] else ()
    starts = [0.0, *(samples[shot.first].seconds for shot, _ in scenes[1:]), seconds]
    numbers = sorted({*choice.for_sentence, *(number for _, number in scenes)})
    return {
        "seconds": seconds,
        "frames": [
            {"seconds": samples[number].seconds, "size": looks[number].image.size}
            for number in numbers
        ],
        "for_sentence": [numbers.index(number) for number in choice.for_sentence],
        "scenes": [
            {"start": starts[place], "end": starts[place + 1], "frame": numbers.index(number)}
            for place, (_, number) in enumerate(scenes)
        ],
    }, [looks[number] for number in numbers]


class _Film:
    """A film that was opened, and how it is looked through."""

    def __init__(self, container: Any, least_side: int) -> None:
        pictures = [
            stream
            for stream in container.streams.video
            if not stream.disposition & av.stream.Disposition.attached_pic
        ]
        if not pictures:
            sound = bool(container.streams.audio)
            raise RefusedError(
                "it has sound only" if sound else "there are no moving pictures in it"
            )
        self._container = container
        self._stream = stream = pictures[0]
        context = stream.codec_context
        if context is None:
            raise RefusedError("its codec is not known here")
        name = context.codec.canonical_name
        if name not in CODECS:
            raise RefusedError(f"its codec, {name}, is not supported here")
        _require_size(context.width, context.height)
        self._pixels = max(context.width * context.height, 1)
        self._least_side = least_side
        self._start = (stream.start_time or 0) * stream.time_base
        context.thread_count = 2
        context.thread_type = "SLICE"  # by frames, each thread would hold some
        self._context = context
        self.seconds = self._said()

    def _said(self) -> float | None:
        stream = self._stream
        if stream.duration:
            return float(stream.duration * stream.time_base)
        return self._container.duration / 1e6 if self._container.duration else None

    def looks(self) -> list[Look]:
        """Return frames from all over the film, in order, one at least."""
        affordable = max(1, MOST_DECODED // self._pixels)
        rate = float(self._stream.average_rate or 30)
        expected = self._stream.frames or (self.seconds or 0.0) * rate
        looks: list[Look] = []
        if not 0 < expected <= affordable:
            most = max(LEAST_SOUGHT, min(MOST_SOUGHT, affordable // 2))
            looks = list(self._sought(most) if self.seconds else self._walked(most))
        if len(looks) < LEAST_SOUGHT:
            self._back()
            looks = _later(looks, self._in_a_row(affordable))
        if not looks:
            raise RefusedError("no picture in it can be decoded")
        return looks

    def _back(self) -> None:
        try:
            self._container.seek(0, backward=True)
        except av.FFmpegError:  # not one that can be sought in: it is at its beginning
            return
        self._context.flush_buffers()

    def _sought(self, most: int) -> Iterator[Look]:
        """Yield the key frames before points that lie evenly in the film."""
        seconds = self.seconds or 0.0
        last = None
        for point in range(most):
            at = float(self._start) + seconds * (point + 0.5) / most
            try:
                self._container.seek(int(at * 1e6), backward=True)
                packet = self._next_key()
            except av.FFmpegError:
                continue
            if packet is None or packet.pts == last:
                continue
            last = packet.pts
            yield from self._key_frame(packet)

    def _walked(self, most: int) -> Iterator[Look]:
        """Yield key frames of a film that does not say how long it is."""
        until = time.monotonic() + MOST_WALKING
        apart, due = 0.0, 0.0
        count = 0
        while time.monotonic() < until:
            try:
                packet = self._next_key()
            except av.FFmpegError:
                return
            if packet is None:
                return
            at = self._seconds(packet.pts)
            if at < due:
                continue
            yield from self._key_frame(packet)
            count += 1
            if count % most == 0:
                apart = max(2 * apart, 2 * at / most)
            due = at + apart

    def _next_key(self) -> Any:
        for packet in self._container.demux(self._stream):
            if packet.is_keyframe and packet.size:
                return packet
        return None

    def _key_frame(self, packet: Any) -> Iterator[Look]:
        """Yield what a packet shows by itself: what follows it is never decoded."""
        at = self._seconds(packet.pts if packet.pts is not None else packet.dts)
        try:
            self._context.flush_buffers()
            frames = [*self._context.decode(packet), *self._context.decode(None)]
            self._context.flush_buffers()
        except av.FFmpegError:
            return
        for frame in frames[:1]:
            yield self._look(frame, at)

    def _in_a_row(self, most: int) -> Iterator[Look]:
        """Yield frames of the film's beginning, never more than MOST_KEPT of them in the end."""
        apart, due = 0.0, 0.0
        kept: list[Look] = []
        try:
            for count, frame in enumerate(self._container.decode(self._stream)):
                at = self._seconds(frame.pts) if frame.pts is not None else count / 25
                if at >= due:
                    kept.append(self._look(frame, at))
                    due = at + apart
                if len(kept) >= MOST_KEPT:
                    kept = kept[::2]
                    apart = max(2 * apart, (at - kept[0].sample.seconds) / len(kept))
                    due = kept[-1].sample.seconds + apart
                if count + 1 >= most:
                    break
        except av.FFmpegError:
            if not kept:
                raise
        yield from kept

    def _seconds(self, stamp: int | None) -> float:
        base = self._stream.time_base
        return max(0.0, round(float((stamp or 0) * base - self._start), 3))

    def _look(self, frame: Any, seconds: float) -> Look:
        _require_size(frame.width, frame.height)
        gc.collect()  # frames hold on to each other, and Python counts these giants as small
        pixels = _pixels(frame, *self._reduced(frame))
        image = _upright(Image.fromarray(pixels).copy(), frame)  # not what it was decoded into
        glance = image.resize(shots.GLANCE, Image.Resampling.BOX)
        return Look(image, shots.sample(np.asarray(glance), seconds))

    def _reduced(self, frame: Any) -> tuple[int, int]:
        """Return width and height with square pixels, reduced."""
        ratio = float(self._stream.sample_aspect_ratio or 1)
        width = frame.width * (ratio if 0.25 <= ratio <= 4 else 1.0)
        scale = min(1.0, self._least_side / min(width, frame.height))
        return max(1, round(width * scale)), max(1, round(frame.height * scale))


def _later(looks: list[Look], others: Iterator[Look]) -> list[Look]:
    """Return key frames and the frames of the beginning, in the order of time, each once."""
    each = {look.sample.seconds: look for look in (*looks, *others)}
    return [each[seconds] for seconds in sorted(each)]


def _require_size(width: int, height: int) -> None:
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise RefusedError(f"its pictures have {width} x {height} pixels, which is too many")


def _pixels(frame: Any, width: int, height: int) -> NDArray[np.uint8]:
    """Return a frame as RGB in sRGB, (height, width, 3)."""
    is_wide = frame.color_trc in _WIDE
    space = None
    if frame.colorspace in {0, _UNSAID} and not frame.format.is_rgb:
        space = _BT709 if frame.height >= 720 else _BT601
    small = frame.reformat(
        width=width,
        height=height,
        format="rgb48le" if is_wide else "rgb24",
        src_colorspace=space,
        interpolation="AREA",
        threads=1,
    )
    values: NDArray[Any] = small.to_ndarray()
    return _toned(values, frame.color_trc) if is_wide else values


def _toned(values: NDArray[np.uint16], transfer: int) -> NDArray[np.uint8]:
    """Return HDR as it looks on a plain screen: paper white stays white, what is brighter too."""
    signal = values.astype(np.float32) / 65535
    if transfer == av.video.reformatter.ColorTrc.SMPTE2084:  # PQ
        power = signal ** (1 / 78.84375)
        light = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
        light = light ** (1 / 0.1593017578125) * (10000 / _PICTURE_WHITE)
    else:  # HLG: 75 % of the signal is paper white
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
        light = light**1.2 / 0.265**1.2
    light = np.clip(light @ _TO_709.T, 0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(shown * 255).astype(np.uint8)


def _upright(image: Image.Image, frame: Any) -> Image.Image:
    """Return image as the film's display matrix has it: turned by quarters, mirrored."""
    for side in frame.side_data:
        if side.type.name == "DISPLAYMATRIX" and len(bytes(side)) >= 20:
            a, b, _, c, d = np.frombuffer(bytes(side)[:20], np.int32).tolist()
            turned = _TURNS.get(tuple(np.sign([a, b, c, d]).tolist()))
            return image if turned is None else image.transpose(turned)
    return image


_TURNS = {  # by the signs of the matrix that maps the stored picture to the shown one
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}

if __name__ == "__main__":
    sys.exit(main())
