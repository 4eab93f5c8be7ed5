"""Pictures on disk -> upright sRGB pixels; hostile, odd and huge files included."""

import io
import os
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from lorgnette.errors import UnreadableImageError

# Importing a plugin registers it: cheaper than Pillow's search through all that it has.
FORMATS = (
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
    GifImagePlugin.GifImageFile.format,
    TiffImagePlugin.TiffImageFile.format,
    BmpImagePlugin.BmpImageFile.format,
    BmpImagePlugin.DibImageFile.format,
    AvifImagePlugin.AvifImageFile.format,
)
SUFFIXES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".gif"),
        *(".tif", ".tiff", ".bmp", ".dib", ".avif", ".heic", ".heif", ".hif"),
    )
)
MAX_PIXELS = 250_000_000  # the largest phone sensors give 200 million
# What Pillow's decoders raise on damaged data.
_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")

_NUMBERS = re.compile(r"(\d+)")

# Pillow's own limit warns at a third of what phones take; `load` refuses before decoding.
Image.MAX_IMAGE_PIXELS = None


def find(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the pictures that paths stand for, as they are found.

    A file that is named is yielded whatever it is. Of a folder, files with a picture's suffix are
    yielded in natural order (img2 before img10), its own before those of its subfolders; hidden
    ones and folders reached through links are left out.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, subfolders, names in os.walk(path):
            subfolders[:] = sorted((n for n in subfolders if not n.startswith(".")), key=natural)
            for name in sorted(names, key=natural):
                if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                    yield Path(folder, name)


def natural(name: str) -> tuple[list[str | int], str]:
    """Return a sort key by which img2 comes before img10, whatever the case."""
    parts: list[str | int] = [*_NUMBERS.split(name.casefold())]  # words and numbers by turns
    parts[1::2] = map(int, parts[1::2])
    return parts, name


def load(path: Path, least_side: int) -> Image.Image:
    """Return the picture at path as RGB, upright, in sRGB, transparency laid over white.

    A large picture comes out smaller, which is quicker, but never with a side under least_side
    pixels that the file has. Of an animation it is the first frame.

    Raises:
        UnreadableImageError: no picture, a damaged one, one of more than MAX_PIXELS, or a file
            that cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return _decode(file, path, least_side)
    except FileNotFoundError as error:
        raise UnreadableImageError(path, "there is no such file") from error
    except IsADirectoryError as error:
        raise UnreadableImageError(path, "it is a folder") from error
    except PermissionError as error:
        raise UnreadableImageError(path, "you have no permission to read it") from error
    except UnidentifiedImageError as error:
        raise UnreadableImageError(path, "it is not a picture of a kind known here") from error
    except _DAMAGED as error:
        raise UnreadableImageError(path, _in_words(error)) from error
    except MemoryError as error:
        raise UnreadableImageError(path, "it is too large for this computer's memory") from error


def _decode(file: io.BufferedReader, path: Path, least_side: int) -> Image.Image:
    head = file.read(12)
    if not head:
        raise UnreadableImageError(path, "it is empty")
    formats: tuple[str, ...] = FORMATS
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        from pi_heif import register_heif_opener  # 30 ms that only phones' pictures need

        register_heif_opener(thumbnails=False)
        formats = ("HEIF",)
    file.seek(0)
    with Image.open(file, formats=formats) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise UnreadableImageError(
                path, f"it has {width} x {height} pixels, more than {MAX_PIXELS // 10**6} million"
            )
        image.draft("RGB", (least_side, least_side))  # JPEG: decode at 1/2, 1/4 or 1/8
        image.load()
        return ImageOps.exif_transpose(_to_srgb(_reduced(image, least_side)))


def _reduced(image: Image.Image, least_side: int) -> Image.Image:
    """Return image shrunk by a whole factor, its sides still least_side or more."""
    factor = min(image.size) // least_side
    if factor < 2 or image.mode not in {"RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"}:
        return image
    reduced = image.reduce(factor)
    reduced.info = dict(image.info)
    return reduced


def _to_srgb(image: Image.Image) -> Image.Image:
    """Return image as RGB in sRGB over white; its Exif travels along."""
    info = image.info
    exif = image.getexif()
    if image.mode.startswith("I;16") or image.mode == "I":
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    elif image.mode == "F":
        values = np.asarray(image)
        scale = 255.0 if values.min() >= 0 and values.max() <= 1 else 1.0
        image = image.point(lambda value: value * scale).convert("L")
    elif image.mode in {"P", "PA"}:
        image = image.convert("RGBA" if "transparency" in info or image.mode == "PA" else "RGB")
    elif "transparency" in info and image.mode in {"L", "RGB", "1"}:
        image = image.convert("RGBA")
    elif image.mode in {"La", "RGBa"}:
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    if alpha is not None:
        image = image.convert("L" if image.mode == "LA" else "RGB")
    image = _managed(image, info.get("icc_profile"))
    if alpha is not None:
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=alpha)
        image = white
    image.info = {}
    if orientation := exif.get(0x0112):
        image.getexif()[0x0112] = orientation
    return image


def _managed(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return image converted to sRGB by its profile; a profile that is broken is left out."""
    lab = ImageCms.createProfile("LAB") if image.mode == "LAB" else None
    if lab is not None or profile:
        try:
            source = (
                lab if lab is not None else ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
            )
            target = ImageCms.createProfile("sRGB")
            managed = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            managed = None
        if managed is not None:
            return managed
    return image.convert("RGB")


def _in_words(error: Exception) -> str:
    text = str(error).lower()
    if "truncated" in text or "unexpected end" in text or "eof" in text or not text:
        return "it is cut off: the file ends before the picture does"
    return f"it is damaged ({error})"
