"""The batch: one model that holds every picture."""

import contextlib
import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)

from lorgnette.files import natural
from lorgnette.gui.batch.picture import TO_REVIEW, Picture, State, row_text, state_words, why
from lorgnette.gui.saying.translation import tr

Index = QModelIndex | QPersistentModelIndex


PICTURE_ROLE = Qt.ItemDataRole.UserRole + 1
FOLDER_ROLE = PICTURE_ROLE + 1  # where the picture lies, from the folder of all on


_RANKS = {state: rank for rank, state in enumerate(State)}
_SPOKEN = [
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
    PICTURE_ROLE,
]


_UNKNOWN = Path()  # the folder of all, until it is asked for


class Order(StrEnum):
    """What the list can be sorted by."""

    ADDED = "added"
    NAME = "name"
    STATE = "state"
    DOUBT = "doubt"  # the least sure drafts first
    FOLDER = "folder"  # and the name within it
    DATE = "date"  # of the files, the oldest first


class BatchModel(QAbstractListModel):
    """Every picture of the batch, in the order of the list; found by path, never by row.

    Signals:
        changed: pictures that were added or changed.
        removed: paths of pictures that left the batch.
        moved: path of a picture before, and now.
    """

    changed = Signal(list)
    removed = Signal(list)
    moved = Signal(object, object)

    def __init__(
        self, is_waiting: Callable[[Path], bool] = lambda _: False, parent: QObject | None = None
    ) -> None:
        """Make an empty batch.

        Args:
            is_waiting: tells whether a picture is in the queue of the captioner.
        """
        super().__init__(parent)
        self._is_waiting = is_waiting
        self._pictures: list[Picture] = []
        self._rows: dict[Path, int] = {}
        self._added: dict[Path, int] = {}
        self._next = 0  # place in the order of adding
        self._order = Order.ADDED
        self._counts: Counter[State] = Counter()
        self._texts: dict[str, set[Path]] = {}  # who has a text
        self._folders: Counter[Path] = Counter()
        self._common: Path | None = _UNKNOWN
        self._unwritten = 0
        self._reverse = False
        self._moved: dict[Path, Path] = {}  # where a picture is that was at a path before
        self._names: dict[Path, tuple[object, ...]] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._pictures)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        picture = self._pictures[index.row()]
        if role == PICTURE_ROLE:
            return picture
        if role == FOLDER_ROLE:
            return self.folder_of(picture)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (str(picture.path), picture.alt.text)))
        if role == Qt.ItemDataRole.DisplayRole:
            return picture.path.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row_text(picture, index.row() + 1, len(self._pictures), self.folder_of(picture))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return why(picture, waiting=self._is_waiting(picture.path))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemNeverHasChildren
            | Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
        )

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        pictures = [self._pictures[index.row()] for index in indexes]
        data = QMimeData()
        data.setText("\n".join(picture.alt.text for picture in pictures))  # for a text editor
        data.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in pictures])
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def __len__(self) -> int:
        return len(self._pictures)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, Path) and self.now_at(path) in self._rows

    def now_at(self, path: Path) -> Path:
        """Return where the picture is that was at path; path itself where it did not move."""
        while path not in self._rows and path in self._moved:
            path = self._moved[path]
        return path

    def pictures(self) -> list[Picture]:
        """Return every picture, in the order of the list."""
        return list(self._pictures)

    def picture(self, path: Path) -> Picture | None:
        """Return the picture at path; None where the batch has none."""
        row = self._rows.get(self.now_at(path))
        return None if row is None else self._pictures[row]

    def index_of(self, path: Path) -> QModelIndex:
        """Return the index of the picture at path; an invalid one where the batch has none."""
        row = self._rows.get(self.now_at(path))
        return QModelIndex() if row is None else self.index(row)

    def picture_at(self, row: int) -> Picture:
        """Return the picture in a row of the whole list."""
        return self._pictures[row]

    def with_text_of(self, picture: Picture) -> Iterator[Picture]:
        """Yield the other pictures that have the very same text, in no order."""
        if picture.alt.text:
            for path in self._texts.get(picture.alt.text, ()):
                if path != picture.path:
                    yield self._pictures[self._rows[path]]

    def has_twin(self, picture: Picture) -> bool:
        """Tell whether a picture that looks otherwise has the very same text."""
        return any(not picture.looks_like(other) for other in self.with_text_of(picture))

    def counts(self) -> Counter[State]:
        """Return how many pictures are in each state."""
        return Counter(self._counts)

    def left(self) -> int:
        """Return how many pictures wait for a person's eyes."""
        return sum(self._counts[state] for state in TO_REVIEW)

    def folders(self) -> Counter[Path]:
        """Return how many pictures lie in each folder."""
        return Counter(self._folders)

    def common_folder(self) -> Path | None:
        """Return the folder that all pictures lie in or below; None where there is none."""
        if self._common is _UNKNOWN:
            self._common = None
            with contextlib.suppress(ValueError):  # none, or on two drives
                self._common = Path(os.path.commonpath(self._folders))
        return self._common

    def folder_of(self, picture: Picture) -> str:
        """Return where a picture lies, from the folder of all on; empty where all lie in one."""
        common = self.common_folder() if len(self._folders) > 1 else None
        if common is None or picture.path.parent == common:
            return ""
        return str(picture.path.parent.relative_to(common))

    @property
    def unwritten(self) -> int:
        """How many pictures have words that a person decided on and that no file has."""
        return self._unwritten

    @property
    def order(self) -> Order:
        """What the list is sorted by."""
        return self._order

    def add(self, pictures: Iterable[Picture]) -> list[Picture]:
        """Append the pictures that are not here yet, in one insert, and return them."""
        new = list({p.path: p for p in pictures if p.path not in self._rows}.values())
        for picture in new:
            self._added[picture.path] = self._next
            self._next += 1
        self._insert(len(self._pictures), new)
        if new:
            self.changed.emit(new)
        return new

    def put_back(self, pictures: Iterable[tuple[int, Picture]]) -> None:
        """Put pictures that were taken out back where they stood: their rows, the first first.

        One that was added again meanwhile stays where it is, and gets its words back.
        """
        back: list[Picture] = []
        for row, picture in pictures:
            if (added_again := self.picture(picture.path)) is None:
                self._insert(min(row, len(self._pictures)), [picture])
                back.append(picture)
            elif picture.chosen or picture.alt.extended_description:
                alt, beneath = picture.alt, picture.beneath
                self.put([dataclasses.replace(added_again, alt=alt, beneath=beneath)])
        if back:
            self.changed.emit(back)

    def _insert(self, row: int, new: Sequence[Picture]) -> None:
        if not new:
            return
        self.beginInsertRows(QModelIndex(), row, row + len(new) - 1)
        self._pictures[row:row] = new
        for picture in new:
            self._names[picture.path] = natural(picture.path.name)
            self._place(picture.path.parent, 1)
            self._count(picture, 1)
        self._number(row)
        self.endInsertRows()

    def move(self, path: Path, to: Path) -> None:
        """Take a picture for the same after its file was renamed or moved; its words stay."""
        path = self.now_at(path)
        if path not in self._rows or to in self._rows:
            return
        row = self._rows.pop(path)
        before = self._pictures[row]
        picture = dataclasses.replace(before, path=to, gone=False)
        self._count(before, -1)
        self._place(path.parent, -1)
        self._pictures[row] = picture
        self._rows[to] = row
        self._added[to] = self._added[path]
        self._names[to] = natural(to.name)
        self._place(to.parent, 1)
        self._count(picture, 1)
        self._moved[path] = to
        self._moved.pop(to, None)
        index = self.index(row)
        self.dataChanged.emit(index, index, _SPOKEN)
        self.removed.emit([path])
        self.changed.emit([picture])
        self.moved.emit(path, to)

    def put(self, pictures: Iterable[Picture]) -> None:
        """Put pictures in the place of those with the same path; others are left out."""
        known = []
        for picture in pictures:
            row = self._rows.get(picture.path)
            before = self._pictures[row] if row is not None else picture
            if row is None or before == picture:
                continue
            self._count(before, -1)
            self._count(picture, 1)
            self._pictures[row] = picture
            shown = dataclasses.replace(
                picture, digest=before.digest, fingerprint=before.fingerprint
            )
            if shown != before:
                index = self.index(row)
                self.dataChanged.emit(index, index, _SPOKEN)
            known.append(picture)
        if known:
            self.changed.emit(known)

    def remove(self, paths: Iterable[Path]) -> None:
        """Take pictures out of the batch; their files stay as they are."""
        present = (self.now_at(path) for path in paths)
        rows = sorted({self._rows[path] for path in present if path in self._rows}, reverse=True)
        gone = [self._pictures[row].path for row in rows]
        while rows:
            last = first = rows.pop(0)
            while rows and rows[0] == first - 1:
                first = rows.pop(0)
            self.beginRemoveRows(QModelIndex(), first, last)
            for picture in self._pictures[first : last + 1]:
                del self._rows[picture.path]
                self._place(picture.path.parent, -1)
                self._count(picture, -1)
            del self._pictures[first : last + 1]
            self._number(first)
            self.endRemoveRows()
        if gone:
            self.removed.emit(gone)

    @property
    def reversed(self) -> bool:
        """Whether the list is sorted the other way round."""
        return self._reverse

    def sort_by(self, order: Order, *, reverse: bool = False) -> None:
        """Sort the list; the current picture and the selected ones stay so."""
        self._order, self._reverse = order, reverse
        self._rearrange(sorted(self._pictures, key=self._sort_key, reverse=reverse))

    def _sort_key(self, picture: Picture) -> tuple[object, ...]:
        added = self._added[picture.path]
        if self._order is Order.NAME:
            return (self._names[picture.path], added)
        if self._order is Order.FOLDER:
            folder = tuple(natural(part) for part in picture.path.parent.parts)
            return (folder, self._names[picture.path], added)
        if self._order is Order.DATE:
            return (_modified(picture.path), self._names[picture.path], added)
        if self._order is Order.STATE:
            return (_RANKS[picture.state], added)
        if self._order is Order.DOUBT:
            confidence = picture.alt.confidence
            to_review = picture.state in {State.DRAFT, State.UNSURE}
            return (not to_review, 1.0 if confidence is None else confidence, added)
        return (added,)

    def _rearrange(self, pictures: list[Picture]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        paths = [self._pictures[index.row()].path for index in before]
        self._pictures = pictures
        self._number(0)
        self.changePersistentIndexList(before, [self.index(self._rows[path]) for path in paths])
        self.layoutChanged.emit()

    def _place(self, folder: Path, by: int) -> None:
        self._folders[folder] += by
        if by > 0 and self._folders[folder] == 1:
            self._common = _UNKNOWN
        elif not self._folders[folder]:
            del self._folders[folder]
            self._common = _UNKNOWN

    def _count(self, picture: Picture, by: int) -> None:
        self._counts[picture.state] += by
        self._unwritten += by * picture.unwritten
        paths = self._texts.setdefault(picture.alt.text, set())
        (paths.add if by > 0 else paths.discard)(picture.path)
        if not paths:
            del self._texts[picture.alt.text]

    def _number(self, first: int) -> None:
        for row in range(first, len(self._pictures)):
            self._rows[self._pictures[row].path] = row

    @staticmethod
    def table(pictures: Iterable[Picture]) -> list[tuple[str, str, str, str]]:
        """Return a row of words a picture, under a row of headings."""
        return [
            (tr("Picture"), tr("State"), tr("Alt text"), tr("Extended description")),
            *(
                (
                    str(picture.path),
                    state_words(picture.state),
                    picture.alt.text,
                    picture.alt.extended_description,
                )
                for picture in pictures
            ),
        ]


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
