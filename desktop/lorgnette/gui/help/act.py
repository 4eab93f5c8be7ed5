"""Helping: every key, every message, and what the program is, each in a dialog."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from lorgnette.gui.help.about import AboutDialog
from lorgnette.gui.help.first_steps import FirstSteps
from lorgnette.gui.help.messages import MessagesDialog
from lorgnette.gui.help.shortcuts import ShortcutsDialog
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.translation import tr


class Helping:
    """Shows what the program tells of itself."""

    def __init__(
        self,
        window: QWidget,
        announcer: Announcer,
        actions: Callable[[], Sequence[tuple[str, Sequence[QAction]]]],
        model_card: Callable[[], str],
    ) -> None:
        """Make it.

        Args:
            window: the one above which dialogs open.
            announcer: has the messages.
            actions: returns each menu's title with the actions in it.
            model_card: returns the card of the model in use, in words.
        """
        self._window = window
        self._announcer = announcer
        self._actions = actions
        self._model_card = model_card

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        return [
            Group(
                Menu.HELP,
                [
                    Entry("first_steps", tr("&First steps"), self.show_first_steps, ("Shift+F1",)),
                    Entry("shortcuts", tr("&Keyboard shortcuts"), self.show_shortcuts, ("F1",),
                          "help"),
                    Entry("messages", tr("&Messages"), self.show_messages, ("F8",), "messages"),
                    Entry("repeat", tr("&Repeat the last message"), self._announcer.repeat,
                          ("Shift+F8",)),
                ],
            ),
            Group(
                Menu.HELP,
                [Entry("about", tr("&About lorgnette"), self.show_about, (), "lorgnette")],
            ),
        ]  # fmt: skip

    def show_first_steps(self) -> None:
        """Say what to do first, and what the states mean."""
        self._show(FirstSteps(self._window))

    def show_shortcuts(self) -> None:
        """List every key."""
        self._show(ShortcutsDialog(self._actions(), self._window))

    def show_messages(self) -> None:
        """List what was said."""
        self._show(MessagesDialog(self._announcer, self._window))

    def show_about(self) -> None:
        """Say what the program is."""
        self._show(AboutDialog(self._model_card, self._window))

    @staticmethod
    def _show(dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
