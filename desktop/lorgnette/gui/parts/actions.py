"""Every action of the window in one table: menu, words, keys, icon."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu."""

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""


class Actions:
    """The actions by name, and the menus they are in; `connect` says what they do."""

    def __init__(self, window: QMainWindow) -> None:
        self._actions: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self.menus: dict[str, QMenu] = {}
        self.groups: list[tuple[str, Sequence[QAction]]] = []
        for key, title, entries in menu_table():
            menu = window.menuBar().addMenu(title)
            self.menus[key] = menu
            group = []
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                    continue
                action = QAction(entry.text, window)
                action.setObjectName(entry.name)
                action.setShortcuts([QKeySequence(key) for key in entry.keys])
                words = entry.tip or entry.text.replace("&", "").rstrip("…")
                shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                action.setToolTip(
                    tr("{action} ({keys})").format(action=words, keys=shown) if shown else words
                )
                action.setStatusTip("")
                if entry.icon:
                    self._icons[entry.name] = entry.icon
                menu.addAction(action)
                self._actions[entry.name] = action
                group.append(action)
            self.groups.append((title.replace("&", ""), group))

    def connect(self, slots: Mapping[str, Callable[[], object]]) -> None:
        """Let each action do what the slot of its name does."""
        for name, action in self._actions.items():
            action.triggered.connect(lambda _=False, act=slots[name]: act())

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def wear(self, colours: Colours) -> None:
        """Draw the icons in these colours."""
        for name, icon in self._icons.items():
            self._actions[name].setIcon(icons.icon(icon, colours))

    def enable(self, names: Sequence[str], *, enabled: bool) -> None:
        """Let actions be used, or not."""
        for name in names:
            self._actions[name].setEnabled(enabled)


def menu_table() -> list[tuple[str, str, list[Entry | None]]]:
    """Return the menus: key, title, entries; None is a line between two groups."""
    return [
        (
            "file",
            tr("&File"),
            [
                Entry("add_pictures", tr("Add &pictures…"), ("Ctrl+O",), "add-pictures"),
                Entry("add_folder", tr("Add a &folder…"), ("Ctrl+Shift+O",), "add-folder"),
                Entry("paste", tr("Pa&ste pictures or files"), ("Ctrl+V",)),
                None,
                Entry("write", tr("&Write alt text…"), ("Ctrl+S",), "write"),
                None,
                Entry("settings", tr("Se&ttings…"), ("Ctrl+,",), "settings"),
                Entry("quit", tr("&Quit"), ("Ctrl+Q",)),
            ],
        ),
        (
            "edit",
            tr("&Edit"),
            [
                Entry("undo", tr("&Undo"), ("Ctrl+Z",), "undo"),
                Entry("redo", tr("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
                None,
                Entry("copy_plain", tr("&Copy alt text"), ("Ctrl+Shift+C",), "copy"),
                Entry("copy_html", tr("Copy as &HTML"), ("Ctrl+Shift+H",)),
                Entry("copy_markdown", tr("Copy as &Markdown"), ("Ctrl+Shift+M",)),
                Entry("copy_table", tr("Copy all as &table"), ("Ctrl+Shift+T",)),
                Entry("copy_files", tr("Copy &files"), ("Ctrl+Shift+F",)),
                None,
                Entry("select_all", tr("Select &all pictures"), ("Ctrl+Shift+A",)),
                Entry("remove", tr("Take &out of the batch"), (), "remove"),
                Entry("clear", tr("&Empty the batch")),
            ],
        ),
        (
            "picture",
            tr("&Picture"),
            [
                Entry("accept", tr("&Accept and next"), ("Ctrl+Return", "Ctrl+Enter"), "accept"),
                Entry("accept_selected", tr("Accept a&ll selected drafts"),
                      ("Ctrl+Shift+Return", "Ctrl+Shift+Enter")),
                Entry("next_to_review", tr("&Next to review"), ("Ctrl+J",), "skip"),
                Entry("next_picture", tr("Ne&xt picture"), ("Alt+Down",)),
                Entry("previous_picture", tr("&Previous picture"), ("Alt+Up",)),
                None,
                Entry("decorative", tr("&Decorative"), ("Ctrl+D",)),
                Entry("extended", tr("&Extended description"), ("Ctrl+E",)),
                Entry("questions", tr("&What is this picture for?"), ("Ctrl+T",)),
                Entry("guess", tr("Show the &guess anyway"), ("Ctrl+G",)),
                None,
                Entry("say_doubt", tr("Say how &sure the model is"), ("Ctrl+I",)),
                Entry("say_words", tr("Say the dou&bted words"), ("Ctrl+Shift+D",)),
                Entry("say_notes", tr("Say the n&otes on the text"), ("Ctrl+Shift+N",)),
                None,
                *(
                    Entry(f"candidate_{n}", tr("Use suggestion {number}").format(number=n),
                          (f"Alt+{n}",))
                    for n in range(1, 6)
                ),
                None,
                *(
                    Entry(f"mend_{n}", tr("Mend note {number}").format(number=n), (f"Ctrl+{n}",))
                    for n in range(1, 6)
                ),
                None,
                Entry("show_in_folder", tr("Show in its &folder")),
            ],
        ),
        (
            "batch",
            tr("&Batch"),
            [
                Entry("caption_missing", tr("Caption the &missing"), ("F5",), "caption"),
                Entry("caption_selected", tr("Caption the &selected"), ("Shift+F5",)),
                Entry("caption_all", tr("Caption &all"), ("Ctrl+F5",)),
                None,
                Entry("pause", tr("&Pause"), ("Ctrl+P",), "pause"),
                Entry("cancel", tr("&Cancel"), ("Ctrl+.",), "cancel"),
                None,
                Entry("failures", tr("&Failures…"), ("F9",)),
            ],
        ),
        (
            "view",
            tr("&View"),
            [
                Entry("find", tr("&Find in the list"), ("Ctrl+F",), "search"),
                Entry("show_filter", tr("&Show only…"), ("Ctrl+Shift+S",)),
                Entry("to_list", tr("Go to the &list"), ("Ctrl+L",)),
                Entry("to_text", tr("Go to the alt &text"), ("Ctrl+Shift+X",)),
                Entry("other_side", tr("Go to the &other side"), ("F6",)),
                None,
            ],
        ),
        (
            "help",
            tr("&Help"),
            [
                Entry("shortcuts", tr("&Keyboard shortcuts"), ("F1",), "help"),
                Entry("messages", tr("&Messages"), ("F8",), "messages"),
                Entry("repeat", tr("&Repeat the last message"), ("Shift+F8",)),
                None,
                Entry("about", tr("&About lorgnette"), (), "lorgnette"),
            ],
        ),
    ]  # fmt: skip
