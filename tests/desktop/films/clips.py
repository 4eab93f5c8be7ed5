"""Short clips of known content: a red, a green and a blue part, and a light square that moves."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 10
PARTS = ((200, 40, 40), (40, 180, 40), (50, 60, 200))


def picture(seconds: float, width: int = 96, height: int = 64, part: float = 1.0) -> np.ndarray:
    """Return what is shown at a moment: a square that moves right, a dark bar at the top."""
    found = np.empty((height, width, 3), np.uint8)
    found[:] = PARTS[int(seconds / part) % 3]
    found[: height // 4, : width // 2] = 20
    left = int((seconds % part) / part * (width - width // 4))
    found[height // 2 : height // 2 + height // 4, left : left + width // 4] = 235
    return found


def write(
    path: Path,
    codec: str = "mpeg4",
    *,
    seconds: float = 3.0,
    size: tuple[int, int] = (96, 64),
    pixels: str = "yuv420p",
    turned: int = 0,
    options: dict[str, str] | None = None,
    times: list[float] | None = None,
    part: float = 1.0,
) -> Path:
    """Write a clip; at times, where its rate varies."""
    fast = {"libx264": {"preset": "ultrafast"}, "libsvtav1": {"preset": "12"}}
    fast["libx265"] = {"preset": "ultrafast", "x265-params": "log-level=none"}
    fast["libvpx-vp9"] = {"deadline": "realtime", "cpu-used": "8"}
    shown = times or [number / RATE for number in range(round(seconds * RATE))]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            codec, rate=RATE, options=fast.get(codec, {}) | (options or {})
        )
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.thread_count = 1
        stream.codec_context.time_base = Fraction(1, 1000)
        if turned:
            stream.set_display_rotation(turned)
        for at in shown:
            frame = av.VideoFrame.from_ndarray(picture(at, *size, part), format="rgb24")
            frame.pts, frame.time_base = round(at * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
