"""What to do first, and what the states mean."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from lorgnette.gui.saying.translation import tr


class FirstSteps(QDialog):
    """A page of help."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("First steps"))
        em, room = self.fontMetrics().height(), self.screen().availableSize() * 0.9
        self.resize(min(44 * em, room.width()), min(48 * em, room.height()))
        self.text = QTextBrowser(self)
        self.text.setAccessibleName(tr("First steps"))
        self.text.setOpenLinks(False)
        self.text.setMarkdown(page())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(12)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        self.text.setFocus()


def page() -> str:
    """Return the page as Markdown."""
    return tr(
        "## From pictures to alt text\n\n"
        "1. **Add** pictures or a folder: drop them on the window, paste them, or press Ctrl+O. "
        "Drafts follow by themselves.\n"
        "2. **Read** the draft beside its picture. Change it, take another suggestion (Alt+1 to "
        "Alt+5), or mark the picture as decorative (Ctrl+D). Space on a row shows the picture "
        "large.\n"
        "3. **Accept** with Ctrl+Enter, which goes on to the next one.\n"
        "4. **Write** with Ctrl+S: beside each picture or into its file. You see the plan first, "
        "and Ctrl+Z takes it back.\n\n"
        "Nothing is sent anywhere, and no picture is changed before you write.\n\n"
        "## What the states mean\n\n"
        "- **Missing**: it has no text yet.\n"
        "- **Draft**: the model's words; nobody has reviewed them.\n"
        "- **Unsure draft**: the model doubts its own words. They are underlined: look closely.\n"
        "- **Declined**: the model does not know what the picture shows, and says so in place of "
        "inventing something.\n"
        "- **Reviewed**: a person accepted the text. *Not written* stands beside it until it is "
        "on disk.\n"
        "- **Decorative**: it has no text on purpose, and screen readers skip it.\n"
        "- **Failed**: the file could not be read; the reason stands with it.\n\n"
        "## Good to know\n\n"
        "F1 lists every key, F8 every message. What the window has drafted, and what you have "
        "typed, is kept from moment to moment and is there again at the next start."
    )
