"""The actions of the window: each wing brings its own, with menu, words, keys, icon and deed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr


class Menu(StrEnum):
    """The menus, in the order of the bar."""

    FILE = "file"
    EDIT = "edit"
    PICTURE = "picture"
    BATCH = "batch"
    VIEW = "view"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu, and what it does."""

    name: str
    text: str | Callable[[], str]  # callable: it changes
    does: Callable[[], object]
    keys: tuple[str, ...] = ()
    icon: str = ""
    usable: Callable[[], bool] | None = None  # None: always
    checked: Callable[[], bool] | None = None  # None: it has no mark
    only_in: QWidget | None = None  # its keys belong to this widget; None: to the window
    name_in_lists: str = ""  # what it is called where its words change; empty: those words

    def words(self) -> str:
        """Return what it is called now."""
        return self.text if isinstance(self.text, str) else self.text()


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand between two lines of a menu."""

    menu: Menu
    entries: Sequence[Entry]
    title: str = ""  # of a menu within the menu; of entries with a mark, one is chosen


class Actions:
    """The actions by name, and the menus that they are in."""

    def __init__(self, window: QMainWindow, groups: Iterable[Group]) -> None:
        """Fill the menu bar; groups of one menu stand in their order."""
        self._window = window
        self._entries: dict[str, Entry] = {}
        self._actions: dict[str, QAction] = {}
        self._menus = {menu: window.menuBar().addMenu(_title(menu)) for menu in Menu}
        by_menu: dict[Menu, list[QAction]] = {menu: [] for menu in Menu}
        for group in groups:
            by_menu[group.menu] += self._add(group)
        self.groups: list[tuple[str, Sequence[QAction]]] = [
            (_title(menu).replace("&", ""), actions) for menu, actions in by_menu.items()
        ]
        self.refresh()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def wear(self, colours: Colours) -> None:
        """Draw the icons in these colours."""
        for name, entry in self._entries.items():
            if entry.icon:
                self._actions[name].setIcon(icons.icon(entry.icon, colours))

    def refresh(self) -> None:
        """Ask each entry how it stands."""
        for name, entry in self._entries.items():
            action = self._actions[name]
            if entry.usable is not None:
                action.setEnabled(entry.usable())
            if entry.checked is not None:
                action.setChecked(entry.checked())
            if not isinstance(entry.text, str):
                icon_text = action.iconText()  # of the toolbar; Qt would take the new text
                action.setText(entry.words())
                action.setIconText(icon_text)

    def _add(self, group: Group) -> list[QAction]:
        menu: QMenu = self._menus[group.menu]
        if not menu.isEmpty():
            menu.addSeparator()
        one_of = None
        if group.title:
            menu = menu.addMenu(group.title)
            if any(entry.checked is not None for entry in group.entries):
                one_of = QActionGroup(self._window)
        actions = [self._made(entry) for entry in group.entries]
        menu.addActions(actions)
        if one_of is not None:
            for action in actions:
                one_of.addAction(action)
        return actions

    def _made(self, entry: Entry) -> QAction:
        action = QAction(entry.words(), self._window)
        action.setObjectName(entry.name)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        action.setCheckable(entry.checked is not None)
        if entry.only_in is not None:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            entry.only_in.addAction(action)
        words = entry.words().replace("&", "").rstrip("…")
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(
            tr("{action} ({keys})").format(action=words, keys=shown) if shown else words
        )
        action.setStatusTip("")
        action.setWhatsThis(entry.name_in_lists or words)
        action.triggered.connect(lambda _=False: entry.does())
        self._entries[entry.name] = entry
        self._actions[entry.name] = action
        return action


def _title(menu: Menu) -> str:
    return {
        Menu.FILE: tr("&File"),
        Menu.EDIT: tr("&Edit"),
        Menu.PICTURE: tr("&Picture"),
        Menu.BATCH: tr("&Batch"),
        Menu.VIEW: tr("&View"),
        Menu.HELP: tr("&Help"),
    }[menu]
