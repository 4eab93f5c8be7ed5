"""Small pictures for the list and a large one for review, decoded in a pool, cached by content."""

import contextlib
import ctypes
import os
import sys
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPixmap

from lorgnette import paths
from lorgnette.errors import LorgnetteError
from lorgnette.files import sha256
from lorgnette.gui.batch.likeness import fingerprint

SIDE = 192  # pixels of the longer side, for 96 logical ones at 200 %
KEPT = 600  # pixmaps in memory: 200 screens of a list, under 90 MB
MOST_WAITING = 48  # what was scrolled past longer ago is not decoded
PER_TURN = 8  # pixmaps made before the event loop runs again
CACHE_BYTES = 200 << 20
_HUGE_PIXELS = 30_000_000  # four bytes each while they are decoded
_TURN_MILLISECONDS = 15
_MOST_THREADS = 3  # one core is left to the window

_one_huge = threading.Lock()  # held while a huge picture is decoded: two would fill the memory


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came out of a file."""

    path: Path
    side: int
    image: QImage | None  # None: it cannot be decoded
    digest: str  # of the file's bytes; empty: it cannot be read
    fingerprint: int | None = None  # of a thumbnail's looks


class Thumbnails(QObject):
    """Decodes pictures in the background, the newest request first.

    Signals:
        ready: paths whose thumbnail can be had now.
        decoded: a `Decoded` for every large picture that was asked for.
        identified: a path, the digest of its bytes, and the fingerprint of its looks, which is
            None where a large picture was asked for, or where there is none.
    """

    ready = Signal(list)
    decoded = Signal(object)
    identified = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pixmaps: OrderedDict[Path, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[tuple[Path, int], None] = OrderedDict()
        self._working: set[tuple[Path, int]] = set()
        self._results: deque[Decoded] = deque()
        self._work = threading.Condition()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"lorgnette thumbnails {i}", daemon=True)
            for i in range(max(1, min(_MOST_THREADS, (os.cpu_count() or 1) - 1)))
        ]
        self._started = False
        self._timer = QTimer(self, interval=_TURN_MILLISECONDS)
        self._timer.timeout.connect(self._collect)

    def pixmap(self, path: Path) -> QPixmap | None:
        """Return the thumbnail of path, or None and ask for it; None stays for a broken file."""
        if path in self._pixmaps:
            self._pixmaps.move_to_end(path)
            return self._pixmaps[path]
        self._ask(path, SIDE)
        return None

    def broken(self, path: Path) -> bool:
        """Tell whether path was tried and has no picture."""
        return path in self._pixmaps and self._pixmaps[path] is None

    def ask_large(self, path: Path, side: int) -> None:
        """Ask for the picture at path with its longer side near side; `decoded` brings it."""
        self._ask(path, side)

    def forget(self, gone: Iterable[Path]) -> None:
        """Drop what is kept of these paths."""
        for path in gone:
            self._pixmaps.pop(path, None)

    def close(self) -> None:
        """Stop the pool; nothing is signalled afterwards."""
        self._timer.stop()
        with self._work:
            self._closing = True
            self._wanted.clear()
            self._work.notify_all()
        if self._started:
            for thread in self._threads:
                thread.join(10)

    def _ask(self, path: Path, side: int) -> None:
        request = (path, side)
        with self._work:
            if self._closing or request in self._working:
                return
            self._wanted[request] = None
            self._wanted.move_to_end(request)
            while len(self._wanted) > MOST_WAITING:
                self._wanted.popitem(last=False)
            self._work.notify()
        if not self._started:
            self._started = True
            for thread in self._threads:
                thread.start()
        self._timer.start()

    def _serve(self) -> None:
        if threading.current_thread() is self._threads[0]:
            _prune(_cache(), CACHE_BYTES)
        while True:
            with self._work:
                while not self._wanted and not self._closing:
                    self._work.wait()
                if self._closing:
                    return
                request, _ = self._wanted.popitem()
                self._working.add(request)
            self._results.append(_decode(*request))

    def _collect(self) -> None:
        ready = []
        for _ in range(min(PER_TURN, len(self._results))):
            result = self._results.popleft()
            with self._work:
                self._working.discard((result.path, result.side))
            if result.digest:
                self.identified.emit(result.path, result.digest, result.fingerprint)
            if result.side == SIDE:
                self._pixmaps[result.path] = (
                    None if result.image is None else QPixmap.fromImage(result.image)
                )
                ready.append(result.path)
            else:
                self.decoded.emit(result)
        while len(self._pixmaps) > KEPT:
            self._pixmaps.popitem(last=False)
        if ready:
            self.ready.emit(ready)
        with self._work:
            if not self._wanted and not self._working and not self._results:
                self._timer.stop()


def _decode(path: Path, side: int) -> Decoded:
    try:
        digest = sha256(path)
    except OSError:
        return Decoded(path, side, None, "")
    cached = _cache() / digest[:2] / f"{digest}.jpg"
    if side == SIDE:
        known = QImage(str(cached))
        if not known.isNull():
            return Decoded(path, side, known, digest, fingerprint(known))
    image = _read(path, side)
    if image is None or side != SIDE:
        return Decoded(path, side, image, digest)
    _keep(image, cached)
    return Decoded(path, side, image, digest, fingerprint(image))


def _read(path: Path, side: int) -> QImage | None:
    size = QImageReader(str(path)).size()
    huge = size.isValid() and size.width() * size.height() > _HUGE_PIXELS
    if not huge:
        return _shrunk(path, side)
    with _one_huge:
        image = _shrunk(path, side)
        _give_back()
    return image


def _shrunk(path: Path, side: int) -> QImage | None:
    from lorgnette import films
    from lorgnette.captioning import images  # the very pixels that the captioner sees

    try:
        moving = films.moving_picture(path, side) if films.is_film(path) else None
        picture = images.load(path, side) if moving is None else moving.frames[0].image
    except LorgnetteError:
        return None
    picture.thumbnail((side, side))
    image = QImage(
        picture.tobytes(),
        picture.width,
        picture.height,
        3 * picture.width,
        QImage.Format.Format_RGB888,
    )
    # A QImage only borrows the bytes: it must own them before they go.
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _give_back() -> None:
    """Let the system have what a huge picture took: glibc keeps it for the thread otherwise."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none, and needs none
        if trim is not None:
            trim(0)


def _keep(image: QImage, cached: Path) -> None:
    temporary = cached.with_name(f".{cached.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        writer = QImageWriter(str(temporary), b"jpg")
        writer.setQuality(88)
        if writer.write(image):
            temporary.replace(cached)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk costs speed, no more


def _prune(folder: Path, most_bytes: int) -> None:
    """Delete the thumbnails that were made first, until the rest has most_bytes."""
    try:
        found = [(file.stat(), file) for file in folder.glob("*/*.jpg")]
    except OSError:
        return
    total = sum(status.st_size for status, _ in found)
    for status, file in sorted(found, key=lambda item: item[0].st_mtime):
        if total <= most_bytes:
            return
        with contextlib.suppress(OSError):
            file.unlink()
        total -= status.st_size


def _cache() -> Path:
    return paths.user_cache() / "thumbnails"


def scaled(pixmap: QPixmap, size: QSize, ratio: float) -> QPixmap:
    """Return pixmap cut to fill size (logical pixels), its middle kept."""
    device = QSize(round(size.width() * ratio), round(size.height() * ratio))
    whole = pixmap.scaled(
        device,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left = (whole.width() - device.width()) // 2
    top = (whole.height() - device.height()) // 2
    part = whole.copy(left, top, device.width(), device.height())
    part.setDevicePixelRatio(ratio)
    return part
