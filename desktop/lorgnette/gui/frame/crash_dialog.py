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
from lorgnette.paths import NoFolderError


def log(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> Path | None:
    """Append a bug to the log in the user's data folder; return the file, if there can be one."""
    text = "".join(traceback.format_exception(kind, error, trace))
    moment = datetime.now().astimezone().isoformat(timespec="seconds")
    try:
        path = paths.user_data() / "errors.log"
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"--- {moment} lorgnette {__version__}\n{text}\n")
    except (OSError, NoFolderError):
        return None
    return path


class CrashDialog(QDialog):
    """Shows a bug; the program goes on."""

    def __init__(self, text: str, log_file: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Something went wrong in lorgnette"))
        self.resize(640, 420)
        message = QLabel(
            " ".join(
                [
                    tr(
                        "This is a fault of the program, not of yours. Drafts and edits are kept. "
                        "If it happens again, please report the text below."
                    ),
                    *([tr("It is also in {path}.").format(path=log_file)] if log_file else []),
                ]
            ),
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
