"""What a drop or a paste holds: files, folders, the data of an image, or what is refused."""

import base64
import hashlib
import os
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QImage, QImageWriter

from lorgnette import paths
from lorgnette.files import is_there
from lorgnette.gui.saying.translation import tr
from lorgnette.paths import NoFolderError

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/avif": ".avif",
}


_BYTES = "application/octet-stream"  # as which Chromium hands over a picture of a page


@dataclass(frozen=True, slots=True)
class Intake:
    """What was found: paths to add, or a sentence on why there are none."""

    found: tuple[Path, ...] = ()
    refusal: str = ""
    caption: str = ""  # what the page that it comes from has as its alt text


def can_hold(data: QMimeData) -> bool:
    """Tell whether a drop is worth a look; web addresses are, for the refusal in words."""
    return (
        data.hasUrls() or data.hasImage() or any(f in {*_SUFFIXES, _BYTES} for f in data.formats())
    )


def take(data: QMimeData) -> Intake:
    """Return what data holds; the data of an image becomes a file in the user's data folder.

    Files come first, then image data, which a browser sends beside the address of its page.
    """
    local = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if not local and data.hasText() and not data.hasImage():
        local = _paths_in(data.text())
    there = tuple(path for path in local if is_there(path))
    if there:
        return Intake(found=there)
    if local:
        return Intake(refusal=tr("There is no file or folder {path}.").format(path=local[0]))
    try:
        kept = _keep_image(data)
    except (OSError, NoFolderError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return Intake(refusal=tr("The picture could not be kept: {reason}.").format(reason=reason))
    if kept is not None:
        return Intake(found=(kept,), caption=_alt_on_page(data.html()))
    if any(_is_web(url) for url in data.urls()) or _is_web(QUrl(data.text().strip())):
        return Intake(
            refusal=tr(
                "That is a web address, and lorgnette works offline: save the picture first, "
                "then add its file."
            )
        )
    return Intake(refusal=tr("There is no picture in what was dropped or pasted."))


def _paths_in(text: str) -> list[Path]:
    """Return the absolute paths in text, one a line; nothing where any line is none."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        url = QUrl(line)
        named = url.toLocalFile() if url.isLocalFile() else line.strip("\"'")
        path = Path(os.path.expanduser(named))  # noqa: PTH111 - Path's raises without a home
        if not path.is_absolute():
            return []
        found.append(path)
    return found


def _is_web(url: QUrl) -> bool:
    return url.scheme() in {"http", "https", "ftp", "data"}


def _keep_image(data: QMimeData) -> Path | None:
    for format_name, suffix in _SUFFIXES.items():
        content = bytes(data.data(format_name).data())
        if content:
            return _kept(content, suffix)
    for content in (bytes(data.data(_BYTES).data()), *map(_in_address, data.urls())):
        if suffix := _suffix(content):
            return _kept(content, suffix)
    image = data.imageData() if data.hasImage() else None
    if not isinstance(image, QImage) or image.isNull():
        return None
    content_buffer = QByteArray()
    buffer = QBuffer(content_buffer)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return _kept(bytes(content_buffer.data()), ".png")


def _suffix(content: bytes) -> str:
    """Return the suffix for bytes that are a picture of a kind known here, else nothing."""
    for start, suffix in (
        (b"\xff\xd8\xff", ".jpg"),
        (b"\x89PNG\r\n\x1a\n", ".png"),
        (b"GIF8", ".gif"),
        (b"BM", ".bmp"),
    ):
        if content.startswith(start):
            return suffix
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    return ".avif" if content[4:12] in {b"ftypavif", b"ftypavis"} else ""


def _in_address(url: QUrl) -> bytes:
    """Return the bytes that a data: address holds itself."""
    if url.scheme() != "data":
        return b""
    head, _, content = url.path(QUrl.ComponentFormattingOption.FullyEncoded).partition(",")
    raw = unquote_to_bytes(content)
    try:
        return base64.b64decode(raw) if head.endswith(";base64") else raw
    except ValueError:
        return b""


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.alts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.alts.append(dict(attrs).get("alt") or "")


def _alt_on_page(html: str) -> str:
    """Return the alt text of the only picture in a piece of a page."""
    images = _Images()
    images.feed(html)
    return images.alts[0].strip() if len(images.alts) == 1 else ""


def _kept(content: bytes, suffix: str) -> Path:
    digest = hashlib.sha256(content).hexdigest()
    folder = paths.user_data("pasted")
    path = folder / f"pasted-{digest[:10]}{suffix}"
    if not is_there(path):
        path.write_bytes(content)
    return path
