"""A bug reached the top: what happened, where it was logged, and that the drafts are safe."""

import traceback
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from lorgnette import __version__, paths
from lorgnette.gui.saying.translation import tr


def log(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Path:
    """Append a bug to the log in the user's data folder, and return the file."""
    path = paths.user_data() / "errors.log"
    text = "".join(traceback.format_exception(kind, error, trace))
    with path.open("a", encoding="utf-8") as file:
        moment = datetime.now().astimezone().isoformat(timespec="seconds")
        file.write(f"--- {moment} lorgnette {__version__}\n{text}\n")
    return path


class CrashDialog(QDialog):
    """Shows a bug; the program goes on."""

    def __init__(self, text: str, log_file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Something went wrong in lorgnette"))
        self.resize(640, 420)
        message = QLabel(
            tr(
                "This is a fault of the program, not of yours. Drafts and edits are kept. "
                "If it happens again, please report the text below; it is also in {path}."
            ).format(path=log_file),
            self,
        )
        message.setWordWrap(True)
        report = QPlainTextEdit(text, self)
        report.setReadOnly(True)
        report.setTabChangesFocus(True)
        report.setAccessibleName(tr("Report"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(12)
        layout.addWidget(message)
        layout.addWidget(report)
        layout.addWidget(buttons)
