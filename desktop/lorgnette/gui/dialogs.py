"""The small dialogs: shortcuts, messages, failures, what the program is made of."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from lorgnette import __version__, paths
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.looks import icons
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.translation import tr, trn


class ListDialog(QDialog):
    """A heading over a list of sentences."""

    def __init__(self, title: str, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(620, 480)
        self.heading = QLabel(heading, self)
        self.heading.setWordWrap(True)
        self.lines = QStringListModel(self)
        self.view = QListView(self)
        self.view.setModel(self.lines)
        self.view.setAccessibleName(title)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setWordWrap(True)
        self.view.setUniformItemSizes(False)
        self.heading.setBuddy(self.view)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.reject)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 18, 20, 18)
        self.body.setSpacing(12)
        self.body.addWidget(self.heading)
        self.body.addWidget(self.view)
        self.body.addWidget(self.buttons)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these lines and keep the current one where it is."""
        row = self.view.currentIndex().row()
        self.lines.setStringList(list(lines))
        if lines:
            self.view.setCurrentIndex(self.lines.index(min(max(row, 0), len(lines) - 1)))


class ShortcutsDialog(ListDialog):
    """Every key that does something, in one list."""

    def __init__(self, groups: Sequence[tuple[str, Sequence[QAction]]], parent: QWidget) -> None:
        super().__init__(
            tr("Keyboard shortcuts"),
            tr("Every action is also in the menus. Type a word to find it in the list."),
            parent,
        )
        lines = []
        for title, actions in groups:
            for action in actions:
                keys = [
                    key.toString(QKeySequence.SequenceFormat.NativeText)
                    for key in action.shortcuts()
                ]
                if keys:
                    lines.append(
                        tr("{group}: {action}: {keys}").format(
                            group=title,
                            action=action.text().replace("&", "").rstrip("…"),
                            keys=tr(" or ").join(keys),
                        )
                    )
        lines += [
            tr("In the list: edit the text of the current picture: F2 or Enter"),
            tr("In the list: take the selected pictures out of the batch: Delete"),
            tr("In the alt text: go back to the draft of the model: Esc"),
            tr("In the alt text: Enter is a new line and writes nothing"),
        ]
        self.show_lines(lines)


class MessagesDialog(ListDialog):
    """What was announced, the newest first."""

    def __init__(self, announcer: Announcer, parent: QWidget) -> None:
        super().__init__(
            tr("Messages"),
            tr("What lorgnette has said since it started, the newest first."),
            parent,
        )
        self._announcer = announcer
        announcer.said.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.show_lines(
            [
                tr("{time}  {text}").format(time=m.time.strftime("%H:%M:%S"), text=m.text)
                for m in reversed(self._announcer.messages)
            ]
        )


class FailuresDialog(ListDialog):
    """Pictures that could not be read or captioned, with the reason; stays open while work goes on.

    Signals:
        retry_wanted: paths to try again.
        shown: the path of a picture to show in the list.
    """

    retry_wanted = Signal(list)
    shown = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Failures"), "", parent)
        self._pictures: list[Picture] = []
        self.retry = QPushButton(tr("&Retry all"), self)
        self.show_one = QPushButton(tr("&Show in the list"), self)
        for button in (self.retry, self.show_one):
            button.setAutoDefault(False)
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.retry.clicked.connect(self._retry)
        self.show_one.clicked.connect(self._show_one)

    def show_failures(self, pictures: Sequence[Picture]) -> None:
        """List these pictures."""
        self._pictures = list(pictures)
        self.heading.setText(
            trn(
                "{count} picture failed. The others are not affected.",
                "{count} pictures failed. The others are not affected.",
                len(pictures),
            ).format(count=len(pictures))
            if pictures
            else tr("No picture has failed.")
        )
        self.show_lines([p.suggestion.reason for p in self._pictures if p.suggestion is not None])
        self.retry.setEnabled(bool(pictures))
        self.show_one.setEnabled(bool(pictures))

    def _retry(self) -> None:
        self.retry_wanted.emit([picture.path for picture in self._pictures])

    def _show_one(self) -> None:
        row = self.view.currentIndex().row()
        if 0 <= row < len(self._pictures):
            self.shown.emit(self._pictures[row].path)


class AboutDialog(QDialog):
    """What the program is, of what it is made, and under which licences."""

    def __init__(self, model_card: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About lorgnette"))
        self.resize(620, 520)
        picture = QLabel(self)
        picture.setPixmap(icons.pixmap("lorgnette", QColor("black"), 64, self.devicePixelRatioF()))
        picture.setAccessibleName(tr("The icon of lorgnette: a pair of spectacles on a handle"))
        title = QLabel(
            tr("<b>lorgnette {version}</b><br>Alt text for your pictures, made on your computer.")
            .format(version=__version__),
            self,
        )  # fmt: skip
        title.setTextFormat(Qt.TextFormat.RichText)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture)
        head.addWidget(title, 1)
        text = QTextBrowser(self)
        text.setAccessibleName(tr("Licences and the card of the model"))
        text.setOpenLinks(False)
        text.setMarkdown(f"{licences()}\n\n{model_card()}")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(text)
        layout.addWidget(buttons)


def licences() -> str:
    """Return the licences as Markdown; a bundle carries the collected ones of its parts."""
    collected = paths.resources() / "THIRD_PARTY_LICENCES.md"
    if collected.is_file():
        return collected.read_text(encoding="utf-8")
    return tr(
        "## Licences\n\n"
        "lorgnette is free software under the Apache License 2.0.\n\n"
        "It uses Qt and PySide6 under the LGPL 3 (their libraries are separate files that you may "
        "replace), ONNX Runtime (MIT), NumPy (BSD), Pillow (MIT-CMU), pi-heif (BSD) with "
        "libheif (LGPL 3), and platformdirs (MIT).\n\n"
        "Nothing is sent anywhere: lorgnette has no network code."
    )
