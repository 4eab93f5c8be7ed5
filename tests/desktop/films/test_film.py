"""Films of all kinds that the installed library encodes, and those that are no whole films."""

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from tests.desktop.films import clips

from lorgnette.errors import UnreadableImageError
from lorgnette.films import MovingPicture, is_film, moving_picture

KINDS = [
    *(("mp4", codec) for codec in ("libx264", "libx265", "libvpx-vp9", "libsvtav1", "mpeg4")),
    *(("mov", codec) for codec in ("libx264", "mpeg4", "mjpeg")),
    *(("webm", codec) for codec in ("libvpx-vp9", "libsvtav1")),
    *(("mkv", codec) for codec in ("libx264", "libx265", "libvpx-vp9", "libsvtav1", "mpeg4")),
    *(("avi", codec) for codec in ("libx264", "mpeg4", "mjpeg")),
    *(("3gp", codec) for codec in ("libx264", "mpeg4")),
]
LEAST = 48


def parts_seen(film: MovingPicture) -> list[int]:
    """Return which parts of a clip its frames are of."""
    corners = [np.asarray(frame.image)[-4:, -4:].mean(axis=(0, 1)) for frame in film.frames]
    return [int(corner.argmax()) for corner in corners]


def seen(path: Path) -> MovingPicture:
    found = moving_picture(path, LEAST, scenes=True)
    assert found is not None
    return found


@pytest.mark.parametrize(("suffix", "codec"), KINDS)
def test_each_kind_is_told_by_its_parts(tmp_path: Path, suffix: str, codec: str) -> None:
    size = (176, 144) if codec == "libsvtav1" else (96, 64)
    options = {"strict": "unofficial"} if codec == "mjpeg" else None
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    path = tmp_path / f"clip.{suffix}"
    film = seen(clips.write(path, codec, size=size, pixels=pixels, options=options))
    assert is_film(path)
    assert sorted(set(parts_seen(film))) == [0, 1, 2]
    assert parts_seen(film) == sorted(parts_seen(film))
    assert [frame.seconds for frame in film.frames] == sorted(f.seconds for f in film.frames)
    assert film.seconds == pytest.approx(3.0, abs=0.25)
    assert [round(scene.start) for scene in film.scenes] == [0, 1, 2]
    assert [scene.end for scene in film.scenes[:-1]] == [s.start for s in film.scenes[1:]]
    red = np.asarray(film.frames[0].image)[-3, -3]
    assert np.abs(red.astype(int) - clips.PARTS[0]).max() < 30


def test_scenes_come_only_where_they_are_asked_for(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "clip.mp4")
    found = moving_picture(path, LEAST)
    assert found is not None
    assert not found.scenes
    assert [frame.seconds for frame in found.frames] == [f.seconds for f in seen(path).frames]


def test_a_film_is_found_by_its_bytes_whatever_its_name(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "clip.mp4").rename(tmp_path / "clip.jpg")
    assert is_film(path)
    assert len(seen(path).scenes) == 3


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_film_is_seen_as_its_matrix_turns_it(tmp_path: Path, turned: int) -> None:
    plain = seen(clips.write(tmp_path / "plain.mp4", "libx264", seconds=0.5))
    film = seen(clips.write(tmp_path / "turned.mp4", "libx264", seconds=0.5, turned=turned))
    expected = plain.frames[0].image.rotate(turned, expand=True)  # both count against the clock
    assert film.frames[0].image.size == expected.size
    difference = np.asarray(film.frames[0].image, int) - np.asarray(expected, int)
    assert np.abs(difference).mean() < 4


def test_frames_of_a_varying_rate_keep_their_times(tmp_path: Path) -> None:
    times = [0.0, 0.1, 0.2, 0.9, 1.0, 1.05, 1.1, 4.0, 4.1, 8.0, 8.3]
    film = seen(clips.write(tmp_path / "clip.mp4", "libx264", times=times, part=4.0))
    assert {frame.seconds for frame in film.frames} <= set(times)
    assert [scene.start for scene in film.scenes] == [0.0, 4.0, 8.0]


def test_a_film_that_starts_late_starts_at_nought(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "clip.mkv", times=[5.0, 5.1, 6.0, 6.1])
    assert seen(path).frames[0].seconds < 1


@pytest.mark.parametrize("pixels", ["yuv420p10le", "yuv422p10le"])
def test_ten_bits_look_like_eight(tmp_path: Path, pixels: str) -> None:
    film = seen(clips.write(tmp_path / "clip.mkv", "libx265", pixels=pixels))
    red = np.asarray(film.frames[0].image)[-3, -3]
    assert np.abs(red.astype(int) - clips.PARTS[0]).max() < 30


@pytest.mark.parametrize(
    ("transfer", "white"), [("smpte2084", 0.58), ("arib-std-b67", 0.75)], ids=["PQ", "HLG"]
)
def test_paper_white_of_hdr_is_white(tmp_path: Path, transfer: str, white: float) -> None:
    path = tmp_path / "clip.mkv"
    told = f"log-level=none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx265", rate=5, options={"x265-params": told})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p10le"
        frame = av.VideoFrame(96, 64, "yuv420p10le")
        for plane, level in zip(frame.planes, (64 + round(876 * white), 512, 512), strict=True):
            values = np.full(plane.buffer_size // 2, level, np.uint16)
            values.reshape(plane.height, -1)[:, : plane.width // 2] -= 0 if level == 512 else 400
            plane.update(values.tobytes())
        for number in range(3):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    row = np.asarray(seen(path).frames[0].image)[LEAST // 2]
    assert row[-8].min() > 225
    assert row[8].max() < 130


def test_pixels_that_are_not_square_are_drawn_out(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "clip.mkv", "libx264", options={"aspect": "3"})
    with av.open(str(path)) as container:
        ratio = container.streams.video[0].sample_aspect_ratio
    assert ratio != 1
    width, height = seen(path).frames[0].image.size
    assert width / height == pytest.approx(96 / 64 * ratio, abs=0.1)


def test_one_frame_of_8k_is_a_film(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "clip.mp4", "libx264", times=[0.0], size=(7680, 4320))
    film = seen(path)
    assert len(film.frames) == len(film.scenes) == 1
    assert min(film.frames[0].image.size) == LEAST


def test_a_long_film_is_sought_through(tmp_path: Path) -> None:
    """Its frames together have more pixels than are decoded."""
    path = tmp_path / "long.mp4"
    clip = clips.write(tmp_path / "clip.mp4", "libx264", options={"g": "10"}, size=(1920, 1080))
    with av.open(str(path), "w") as long, av.open(str(clip)) as once:
        source = once.streams.video[0]
        stream = long.add_stream_from_template(source)
        packets = [(p.pts, p.dts, bytes(p), p.is_keyframe) for p in once.demux(source) if p.size]
        turn = int(3 / source.time_base)
        for again in range(100):
            for pts, dts, data, is_key in packets:
                packet = av.Packet(data)
                packet.pts, packet.dts = pts + again * turn, dts + again * turn
                packet.time_base, packet.stream, packet.is_keyframe = (
                    source.time_base,
                    stream,
                    is_key,
                )
                long.mux(packet)
    film = seen(path)
    assert film.seconds == pytest.approx(300, abs=1)
    assert len(film.frames) == 12
    assert film.frames[0].seconds < 30
    assert film.frames[-1].seconds > 270


def test_sound_alone_says_so(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 8000), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(UnreadableImageError, match="sound only"):
        moving_picture(path, LEAST)


def test_no_frames_say_so(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    whole = clips.write(tmp_path / "whole.mkv", seconds=0.3).read_bytes()
    cluster = whole.index(b"\x1f\x43\xb6\x75")
    path.write_bytes(whole[:cluster])
    with pytest.raises(UnreadableImageError, match=r"no picture in it|damaged"):
        moving_picture(path, LEAST)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi"])
def test_a_film_that_is_cut_anywhere_is_told_or_refused_with_a_reason(
    tmp_path: Path, suffix: str
) -> None:
    whole = clips.write(tmp_path / f"whole.{suffix}", "libx264").read_bytes()
    path = tmp_path / f"cut.{suffix}"
    refused = 0
    for share in (0.02, 0.3, 0.6, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            film = seen(path)
        except UnreadableImageError as error:
            assert error.reason
            refused += 1
        else:
            assert film.frames
    assert refused >= 1


def test_bytes_that_were_overwritten_end_in_frames_or_a_reason(tmp_path: Path) -> None:
    whole = clips.write(tmp_path / "whole.mp4", "libx264").read_bytes()
    path = tmp_path / "broken.mp4"
    generator = np.random.default_rng(33)
    for _ in range(8):
        broken = bytearray(whole)
        for place in generator.integers(40, len(whole), 40):
            broken[place] = int(generator.integers(256))
        path.write_bytes(broken)
        try:
            assert seen(path).frames
        except UnreadableImageError as error:
            assert error.reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.mp4", b"", "empty"),
        ("text.mp4", b"a letter to nobody, not a film", "no film of a kind"),
        ("list.mp4", b"ffconcat version 1.0\nfile /etc/hostname\n", "no film of a kind"),
        ("list.mkv", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "no film of a kind"),
    ],
)
def test_what_is_no_film_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableImageError, match=reason):
        moving_picture(path, LEAST)


def test_without_what_reads_films_it_is_said_what_to_install(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "clip.mp4")
    code = (
        "import sys, pathlib; sys.meta_path.insert(0, type('No', (), {'find_spec': staticmethod("
        "lambda name, *_: (_ for _ in ()).throw(ModuleNotFoundError(name)) if name == 'av' "
        "else None)})); sys.modules['av'] = None\n"
        "from lorgnette import films\n"
        "try: films.moving_picture(pathlib.Path(sys.argv[1]), 48)\n"
        "except Exception as error: print(error, error.hint)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert "films need the package av" in done.stdout
    assert "pip install" in done.stdout


def test_what_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "clip.mp4", "libx264", seconds=0.2)
    request = {"format": "mov", "start": 0, "length": 0, "least_side": 1080}
    request |= {"frames": 12, "scenes": True}
    with path.open("rb") as file:
        done = subprocess.run(
            [
                *(sys.executable, "-P", "-m", "lorgnette.films.decoder"),
                json.dumps(request | {"memory": 128 << 20}),
            ],
            stdin=file,
            capture_output=True,
            check=False,
        )
    assert done.returncode or "error" in json.loads(done.stdout.partition(b"\n")[0])


def test_a_motion_photo_moves_and_keeps_its_still(tmp_path: Path) -> None:
    clip = clips.write(tmp_path / "clip.mp4", "libx264")
    path = tmp_path / "motion.jpg"
    mark = b"http://ns.adobe.com/xap/1.0/\0<x GCamera:MotionPhoto='1' "
    mark += b"GCamera:MotionPhotoPresentationTimestampUs='1500000'/>"
    Image.new("RGB", (96, 64), "white").save(tmp_path / "still.jpg")
    still = (tmp_path / "still.jpg").read_bytes()
    segment = b"\xff\xe1" + (len(mark) + 2).to_bytes(2, "big") + mark
    path.write_bytes(still[:2] + segment + still[2:] + clip.read_bytes())
    found = seen(path)
    white = [np.asarray(frame.image).min() > 240 for frame in found.frames]
    assert white.count(True) == 1
    assert found.frames[white.index(True)].seconds == 1.5
    assert len(found.frames) in {3, 4}
    assert len(found.scenes) == 3
    plain = tmp_path / "plain.jpg"
    plain.write_bytes(still)
    assert moving_picture(plain, LEAST) is None
