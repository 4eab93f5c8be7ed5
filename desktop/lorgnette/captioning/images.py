"""Pictures on disk -> upright sRGB pixels; hostile, odd and huge files included."""

import contextlib
import ctypes
import io
import re
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

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
    WebPImagePlugin,
    _imaging,
)

from lorgnette.captioning.bare import bare
from lorgnette.errors import EMPTY_HINT, UnreadableImageError
from lorgnette.files import open_file, unreadable

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
Taken = TypeVar("Taken")
_KINDS_HINT = "Save it as JPEG or PNG, or leave it out."
_HEAD_BYTES = 16  # that tell a kind
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
_HEIF = "HEIF"
_AVIF = AvifImagePlugin.AvifImageFile.format
_AV1_BRANDS = {b"avif", b"avis", b"av01", b"MA1A", b"MA1B"}
_UNSUPPORTED = re.compile(  # in what Pillow and pi_heif say of files that may well be whole
    r"unsupported|not supported|unknown (?!frame)|cannot handle|not available|not implemented"
    r"|not been built|unrecogni[sz]ed",
    re.IGNORECASE,
)
_CUT_OFF = ("truncated", "unexpected end", "eof", "requires a buffer")
_TIFF_COMPRESSION = 259
_NO_CODEC = {50001, 50002}  # WebP, JPEG XL: libtiff itself says only "error"

# Pillow's own limit warns at a third of what phones take; `load` refuses before decoding.
Image.MAX_IMAGE_PIXELS = None
# Of notes that are not in order; what keeps a picture from being seen is raised.
warnings.filterwarnings("ignore", module=r"PIL\.")


def _quiet_libtiff() -> None:
    """Keep libtiff, inside of Pillow, from writing its own lines to standard error."""
    pillow = ctypes.CDLL(_imaging.__file__)
    for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
        if hasattr(pillow, name):  # on Windows it is built in, out of reach
            function = getattr(pillow, name)
            function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_void_p
            function(None)


_quiet_libtiff()


def is_picture(path: Path) -> bool:
    """Tell whether the file at path begins like a picture of a kind known here."""
    try:
        with open_file(path) as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return True  # nobody knows; whoever opens it learns why
    return any(_accepts(form, head) for form in FORMATS)


def load(path: Path, least_side: int) -> Image.Image:
    """Return the picture at path as RGB, upright, in sRGB, transparency laid over white.

    A large picture comes out smaller, which is quicker, but never with a side under least_side
    pixels that the file has. Of an animation it is the first frame.

    Raises:
        UnreadableImageError: no picture, a damaged one, one of more than MAX_PIXELS, or a file
            that cannot be opened.
    """
    return opened(path, lambda image: finished(_loaded(image, least_side), least_side))


def opened(path: Path, take: Callable[[Image.Image], Taken]) -> Taken:
    """Return what take makes of the picture at path, opened and not yet decoded.

    take may be called again: damaged notes, or brands that mislead, cost a picture nothing.

    Raises:
        UnreadableImageError: as load; also where take meets damage.
    """
    try:
        with open_file(path) as file:
            return _decode(file, path, take)
    except OSError as error:  # what decoders raise has been put into words
        raise unreadable(path, error) from error
    except MemoryError as error:
        reason = "it is too large for this computer's memory"
        raise UnreadableImageError(path, reason, "Make a smaller copy of it.") from error


def finished(image: Image.Image, least_side: int) -> Image.Image:
    """Return a decoded picture as `load` does: RGB, upright, in sRGB, over white, reduced."""
    upright = _to_srgb(_reduced(image, least_side))
    ImageOps.exif_transpose(upright, in_place=True)  # one that lies right is not copied
    return upright


def _decode(file: BinaryIO, path: Path, take: Callable[[Image.Image], Taken]) -> Taken:
    head = file.read(_HEAD_BYTES)
    if not head:
        raise UnreadableImageError(path, "it is empty", EMPTY_HINT)
    if head[4:8] == b"ftyp":
        return _decode_boxes(file, path, take)
    kind = next((form for form in FORMATS if _accepts(form, head)), None)
    if kind is None:
        raise UnreadableImageError(path, "it is not a picture of a kind known here", _KINDS_HINT)
    try:
        return _drawn(file, kind, path, take)
    except _DAMAGED as error:
        file.seek(0)
        if data := bare(file.read()):
            with contextlib.suppress(*_DAMAGED):
                return _drawn(io.BytesIO(data), kind, path, take)
        raise UnreadableImageError(path, *_in_words(kind, error)) from error


def _accepts(kind: str, head: bytes) -> bool:
    accept = Image.OPEN[kind][1]
    try:
        return accept is not None and accept(head) is True
    except struct.error:  # Pillow's test for bitmaps takes it that there are four bytes
        return False


def _decode_boxes(file: BinaryIO, path: Path, take: Callable[[Image.Image], Taken]) -> Taken:
    """Return a HEIC or AVIF picture: what its brands say is tried first, for they may mislead."""
    file.seek(0)
    data = bytearray(file.read())
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {bytes(data[at : at + 4]) for at in (8, *range(16, end, 4))}
    kinds = [_AVIF, _HEIF] if brands & _AV1_BRANDS else [_HEIF, _AVIF]
    errors: list[Exception] = []
    for kind in kinds:
        if not (kind == _AVIF and data[8:12] == b"avis"):  # a sequence, which has to say so
            data[8:12] = b"heic" if kind == _HEIF else b"avif"  # openers ask the first brand alone
        if kind == _HEIF:
            from pi_heif import register_heif_opener  # 30 ms that only phones' pictures need

            register_heif_opener(thumbnails=False)
        try:
            return _drawn(io.BytesIO(data), kind, path, take)
        except _DAMAGED as error:
            errors.append(error)
    raise UnreadableImageError(path, *_in_words("HEIC or AVIF file", errors[0])) from errors[0]


def _drawn(file: BinaryIO, kind: str, path: Path, take: Callable[[Image.Image], Taken]) -> Taken:
    # Not by Image.open, which keeps to itself what the plugin says that knows such files.
    file.seek(0)
    with Image.OPEN[kind][0](file, "") as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise UnreadableImageError(
                path,
                f"it has {width} x {height} pixels, more than {MAX_PIXELS // 10**6} million",
                "Make a smaller copy of it, or leave it out.",
            )
        return take(image)


def _loaded(image: Image.Image, least_side: int) -> Image.Image:
    """Return image decoded, a JPEG at 1/2, 1/4 or 1/8 where that is enough."""
    image.draft("RGB", (least_side, least_side))
    try:
        image.load()
    except OSError as error:
        tags = getattr(image, "tag_v2", {})
        if tags.get(_TIFF_COMPRESSION) in _NO_CODEC:
            raise OSError("unsupported compression") from error
        raise
    return image


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
    orientation = _orientation(image)
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
    if orientation:
        image.getexif()[0x0112] = orientation
    return image


def _orientation(image: Image.Image) -> int:
    """Return how the picture is to be turned, 1 to 8; 0 where it does not say, or not in order."""
    try:
        value = image.getexif().get(0x0112)
    except _DAMAGED:
        return 0
    return value if isinstance(value, int) and 1 <= value <= 8 else 0


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


def _in_words(kind: str, error: Exception) -> tuple[str, str | None]:
    """Return what is wrong with a picture, and what to do where it is not what one would think."""
    text = str(error).lower()
    # A KeyError is that of a number which stands for a way to keep pixels.
    if _UNSUPPORTED.search(text) or isinstance(error.__cause__, KeyError):
        return f"this kind of {kind} is not supported here", _KINDS_HINT
    if not text or any(sign in text for sign in _CUT_OFF):
        return "it is cut off: the file ends before the picture does", None
    return f"it is damaged ({error})", None
