"""Pictures of every container in many layouts, and ExifTool, which knows nothing of ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from PIL import Image, ImageCms, ImageDraw, ImageSequence, PngImagePlugin

XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk=\"Somebody's tool 1.0\">\n"
    b" <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n"
    b"  <rdf:Description rdf:about='uuid:1' xmlns:dc='http://purl.org/dc/elements/1.1/'\n"
    b"    xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'>\n"
    b"   <!-- a comment that stays -->\n"
    b"   <dc:description><rdf:Alt>"
    b"<rdf:li xml:lang='x-default'>By N. N. &amp; co.</rdf:li></rdf:Alt></dc:description>\n"
    b"  </rdf:Description>\n"
    b" </rdf:RDF>\n"
    b"</x:xmpmeta>\n" + (b" " * 99 + b"\n") * 8 + b"<?xpacket end='w'?>"
)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _photo(name: str = "cat", mode: str = "RGB") -> Image.Image:
    image = Image.fromarray(getattr(skimage.data, name)()).convert("RGB").resize((120, 80))
    return image.convert(mode)


def _frames(mode: str = "RGB") -> list[Image.Image]:
    frames = []
    for i in range(3):
        frame = _photo(mode="RGB")
        ImageDraw.Draw(frame).ellipse((10 * i, 10, 10 * i + 30, 40), fill=(255, 20 * i, 0))
        frames.append(frame.convert(mode))
    return frames


def _transparent() -> Image.Image:
    image = _photo(mode="RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = "A caption in Exif"
    exif[0x0112] = 6
    return exif


def _save(image: Image.Image, path: Path, **options: Any) -> None:
    image.save(path, **options)


def _with_tail(path: Path, tail: bytes, **options: Any) -> None:
    _photo().save(path, **options)
    with path.open("ab") as file:
        file.write(tail)


def _png_packet(*, compressed: bool = False) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=compressed)
    return info


def _with_fill(path: Path) -> None:
    _photo().save(path)
    data = path.read_bytes()
    at = data.index(b"\xff\xdb")
    path.write_bytes(data[:at] + b"\xff\xff\xff" + data[at:])


def _plain_gif(path: Path) -> None:
    _photo(mode="P").save(path)
    path.write_bytes(b"GIF89a" + path.read_bytes()[6:])  # Pillow says GIF87a where it can


SAMPLES: dict[str, Callable[[Path], None]] = {
    "plain.jpg": lambda p: _save(_photo(), p),
    "progressive-gray.jpeg": lambda p: _save(_photo(mode="L"), p, progressive=True),
    "exif-icc-comment.jpg": lambda p: _save(
        _photo(), p, exif=_exif(), icc_profile=PROFILE, comment=b"A comment"
    ),
    "packet.jpg": lambda p: _save(_photo(), p, xmp=XMP, exif=_exif()),
    "cmyk.jpg": lambda p: _save(_photo(mode="CMYK"), p),
    "fill-bytes.jpg": _with_fill,
    "zeros-after.jpg": lambda p: _with_tail(p, b"\0" * 480),
    "two-pictures.mpo": lambda p: _save(
        _photo(), p, format="MPO", save_all=True, append_images=_frames()[:1]
    ),
    "plain.png": lambda p: _save(_photo(), p),
    "transparent.png": lambda p: _save(_transparent(), p, icc_profile=PROFILE, exif=_exif()),
    "palette.png": lambda p: _save(_photo(mode="P"), p, transparency=3),
    "packet.png": lambda p: _save(_photo(), p, pnginfo=_png_packet()),
    "compressed-packet.png": lambda p: _save(_photo(), p, pnginfo=_png_packet(compressed=True)),
    "animated.png": lambda p: _save(
        _photo(), p, save_all=True, append_images=_frames(), duration=50
    ),
    "tail.png": lambda p: _with_tail(p, b"what somebody left here"),
    "lossy.webp": lambda p: _save(_photo(), p),
    "lossless-transparent.webp": lambda p: _save(_transparent(), p, lossless=True),
    "lossless.webp": lambda p: _save(_photo(), p, lossless=True),
    "exif-icc.webp": lambda p: _save(_photo(), p, exif=_exif(), icc_profile=PROFILE),
    "packet.webp": lambda p: _save(_photo(), p, xmp=XMP),
    "animated.webp": lambda p: _save(
        _photo(mode="RGBA"), p, save_all=True, append_images=_frames("RGBA"), duration=50
    ),
    "plain.gif": _plain_gif,
    "animated.gif": lambda p: _save(
        _frames()[0], p, save_all=True, append_images=_frames()[1:], duration=50, loop=0
    ),
    "plain.tif": lambda p: _save(_photo(), p, compression="tiff_lzw"),
    "pages.tiff": lambda p: _save(
        _photo(), p, save_all=True, append_images=_frames(), compression="tiff_deflate"
    ),
    "packet.tif": lambda p: _save(_photo(), p, tiffinfo={700: XMP}),
    "big.tif": lambda p: _save(_photo(mode="RGBA"), p, big_tiff=True),
    "motorola.tif": lambda p: _save(_photo(mode="I;16B"), p),
}


@pytest.fixture(params=sorted(SAMPLES))
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a new file of each sample."""
    path = tmp_path / request.param
    SAMPLES[request.param](path)
    return path


@pytest.fixture
def sample(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function from a sample's name to a new file of it."""

    def made(name: str) -> Path:
        path = tmp_path / name
        SAMPLES[name](path)
        return path

    return made


@pytest.fixture
def pixels() -> Callable[[Path], list[tuple[str, bytes]]]:
    """Return a function from a file to the decoded pixels of all its frames."""

    def decoded(path: Path) -> list[tuple[str, bytes]]:
        with Image.open(path) as image:
            return [(frame.mode, frame.tobytes()) for frame in ImageSequence.Iterator(image)]

    return decoded


@pytest.fixture
def other_packet() -> bytes:
    """Return the packet in the samples named packet: another program's, with its own spelling."""
    return XMP
