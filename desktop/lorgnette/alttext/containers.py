"""The table of containers: a file's first bytes -> the module that knows its kind."""

from pathlib import Path

from lorgnette.alttext import gif, heif, jp2, jpeg, jxl, photoshop, png, svg, tiff, webp
from lorgnette.alttext.container import Container
from lorgnette.errors import EMPTY_HINT, NoPictureError
from lorgnette.files import SUFFIXES, Source, unreadable

HEAD_BYTES = 1024
_BITMAP = b"BM"  # that no module needs to know

TABLE: tuple[Container, ...] = tuple(
    module.CONTAINER for module in (jpeg, png, webp, gif, tiff, heif, jxl, jp2, photoshop, svg)
)

# Programs that develop these keep what they know in NAME.xmp, and replace it as they like.
RAW = frozenset({
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos",
    ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw",
    ".x3f",
})  # fmt: skip
# Endings of pictures, also of those that no module here knows: a sidecar can speak of any.
PICTURES = RAW.union(
    *(container.suffixes for container in TABLE),
    (".ai", ".apng", ".avifs", ".bmp", ".clip", ".cur", ".dcm", ".dds", ".dib", ".djvu", ".emf"),
    (".eps", ".exr", ".fits", ".gbr", ".hdr", ".heics", ".hif", ".icns", ".ico", ".indd", ".j2k"),
    (".jp2", ".jpf", ".jph", ".jpm", ".jpx", ".jxr", ".kra", ".mpo", ".ora", ".pbm", ".pcx"),
    (".pdf", ".pgm", ".pict", ".png", ".pnm", ".ppm", ".psb", ".psd", ".qoi", ".sgi", ".svgz"),
    (".tga", ".wdp", ".wmf", ".xbm", ".xcf", ".xpm"),
    (".blp", ".bw", ".dcx", ".flc", ".fli", ".ftc", ".ftu", ".h5", ".im", ".j2c", ".jps", ".msp"),
    (".pcd", ".pfm", ".pxr", ".ras", ".rgb"),
)
# Films and recordings have a NAME.xmp as well; what else shares a picture's name, such as a
# program's settings for it, a spoken note or a thumbnail, has none.
_FILMS = (
    (".3g2", ".3gp", ".avi", ".braw", ".crm", ".flv", ".insv", ".lrv", ".m2t", ".m2ts", ".m4v"),
    (".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".qt", ".r3d", ".webm"),
    (".wmv",),
)
OWNERS = PICTURES.union(*_FILMS)


def find(head: bytes) -> Container | None:
    """Return the container that a file's first HEAD_BYTES belong to; None where no module knows."""
    return next((container for container in TABLE if container.matches(head)), None)


def is_strange(image: Path) -> bool:
    """Return whether a file is called a picture of a common kind, and begins like none.

    Raises:
        UnreadableImageError: it cannot be read.
    """
    if image.suffix.lower() not in SUFFIXES:
        return False
    try:
        with Source.open(image) as source:
            head = source.read(0, HEAD_BYTES)
    except OSError as error:
        raise unreadable(image, error) from error
    return find(head) is None and not head.startswith(_BITMAP)


def require_picture(image: Path) -> None:
    """Refuse what a slip of the finger names: a sidecar, a text, a file with nothing in it.

    Raises:
        NoPictureError: that is no picture, by its name and its first bytes.
        UnreadableImageError: it cannot be read.
    """
    try:
        with Source.open(image) as source:
            head = source.read(0, HEAD_BYTES)
    except OSError as error:
        raise unreadable(image, error) from error
    if not head:
        raise NoPictureError(image, "it is empty", EMPTY_HINT)
    if find(head) is None and image.suffix.lower() not in OWNERS:
        raise NoPictureError(image, "it is no picture", "Name a picture or a film.")
