"""What a drop or a paste holds: files, folders, the data of an image, or what is refused."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QImage, QImageWriter

from lorgnette import paths
from lorgnette.gui.saying.translation import tr

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/avif": ".avif",
}


@dataclass(frozen=True, slots=True)
class Intake:
    """What was found: paths to add, or a sentence on why there are none."""

    found: tuple[Path, ...] = ()
    refusal: str = ""


def can_hold(data: QMimeData) -> bool:
    """Tell whether a drop is worth a look; web addresses are, for the refusal in words."""
    return data.hasUrls() or data.hasImage() or any(f in _SUFFIXES for f in data.formats())


def take(data: QMimeData) -> Intake:
    """Return what data holds; the data of an image becomes a file in the user's data folder.

    Files come first, then image data, which a browser sends beside the address of its page.
    """
    local = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if not local and data.hasText() and not data.hasImage():
        local = _paths_in(data.text())
    there = tuple(path for path in local if path.exists())
    if there:
        return Intake(found=there)
    if local:
        return Intake(refusal=tr("There is no file or folder {path}.").format(path=local[0]))
    kept = _keep_image(data)
    if kept is not None:
        return Intake(found=(kept,))
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
        path = Path(url.toLocalFile() if url.isLocalFile() else line.strip("\"'")).expanduser()
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
    image = data.imageData() if data.hasImage() else None
    if not isinstance(image, QImage) or image.isNull():
        return None
    content_buffer = QByteArray()
    buffer = QBuffer(content_buffer)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return _kept(bytes(content_buffer.data()), ".png")


def _kept(content: bytes, suffix: str) -> Path:
    digest = hashlib.sha256(content).hexdigest()
    folder = paths.user_data("pasted")
    path = folder / f"pasted-{digest[:10]}{suffix}"
    if not path.exists():
        path.write_bytes(content)
    return path
