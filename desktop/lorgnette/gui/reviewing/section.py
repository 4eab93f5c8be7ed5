"""A heading that opens and closes."""

import functools

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtWidgets import (
    QAccessibleWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr


class _Toggle(QPushButton):
    """The button of a heading.

    Not checkable: assistive technology would call it a check box.
    """

    opened = False  # whether what lies below it is shown


class _ToggleForReaders(QAccessibleWidget):
    """What assistive technology sees of it: a button that can be expanded, which Qt has none of."""

    def state(self) -> QAccessible.State:
        state = super().state()
        toggle = self.widget()
        opened = isinstance(toggle, _Toggle) and toggle.opened
        state.expandable, state.expanded, state.collapsed = True, opened, not opened
        return state

    def actionNames(self) -> list[str]:
        return [QAccessibleActionInterface.pressAction(), *super().actionNames()]

    def doAction(self, action: str) -> None:
        toggle = self.widget()
        if action == QAccessibleActionInterface.pressAction() and isinstance(toggle, _Toggle):
            toggle.click()
        else:
            super().doAction(action)


def _for_readers(_kind: str, of: QObject) -> QAccessibleWidget | None:
    return _ToggleForReaders(of, QAccessible.Role.Button) if isinstance(of, _Toggle) else None


@functools.cache
def _tell_readers() -> None:
    """Let Qt ask here for what it has no words for; once, for it forgets nothing."""
    QAccessible.installFactory(_for_readers)


class Section(QWidget):
    """A heading that opens and closes what lies below it."""

    opened = Signal()

    def __init__(self, title: str, content: QWidget, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        _tell_readers()
        self._content = content
        self.toggle = _Toggle(title, self)
        self.toggle.setAccessibleName(title.replace("&", ""))
        self.toggle.setProperty("quiet", True)
        self.toggle.clicked.connect(lambda: self._show(opened=self._content.isHidden()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.toggle)
        layout.addWidget(content)
        content.setVisible(False)
        self.wear(colours)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        self._draw()

    @property
    def is_open(self) -> bool:
        """Whether the content is shown."""
        return not self._content.isHidden()

    def open(self) -> None:
        """Show the content, as if a person had asked for it here."""
        self._show(opened=True)

    def show_opened(self, *, opened: bool) -> None:
        """Show the content or not; the focus stays where it is."""
        self._content.setVisible(opened)
        self._draw()

    def _show(self, *, opened: bool) -> None:
        changed = opened != self.is_open
        self.show_opened(opened=opened)
        if changed and self.toggle.hasFocus():
            # Qt tells nobody of a state that changes; a description that does is spoken.
            self.toggle.setAccessibleDescription(tr("Open") if opened else tr("Closed"))
            self.toggle.setAccessibleDescription("")
        if opened:
            self.opened.emit()

    def _draw(self) -> None:
        self.toggle.opened = self.is_open
        self.toggle.setIcon(icons.icon("expand" if self.is_open else "next", self._colours))
