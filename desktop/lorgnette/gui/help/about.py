"""What the program is made of."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from lorgnette import __version__, paths
from lorgnette.gui.looks import icons
from lorgnette.gui.saying.translation import tr


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
