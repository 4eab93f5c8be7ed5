"""The window: joins the batch, its list and panel, and the jobs; shows how all of it stands."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QResizeEvent,
    QUndoStack,
)
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMainWindow, QMenu, QWidget

from lorgnette.gui.adding import intake
from lorgnette.gui.adding.act import Adding
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.filter import BatchFilter
from lorgnette.gui.batch.history import RemovePictures
from lorgnette.gui.batch.model import BatchModel, Order
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.batch.thumbnails import Thumbnails
from lorgnette.gui.captioning.act import Captioning
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.captioning.run import CaptioningRun
from lorgnette.gui.copying import formats
from lorgnette.gui.copying.act import Clipboard
from lorgnette.gui.frame.body import Body
from lorgnette.gui.frame.toolbar import Toolbar
from lorgnette.gui.help.about import AboutDialog
from lorgnette.gui.help.messages import MessagesDialog
from lorgnette.gui.help.shortcuts import ShortcutsDialog
from lorgnette.gui.looks import theme
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.parts.actions import Actions
from lorgnette.gui.reviewing.act import Reviewing
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.teller import Teller
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.gui.settings.dialog import SettingsDialog
from lorgnette.gui.settings.model_words import card, in_use
from lorgnette.gui.writing.act import Writing
from lorgnette.gui.writing.run import WritingRun
from lorgnette.settings import Settings

_REFRESH_MILLISECONDS = 80  # between two looks at the counts while a batch runs


class MainWindow(QMainWindow):
    """The one window of the program."""

    def __init__(self, settings: Settings, drafts: Drafts, colours: Colours) -> None:
        super().__init__()
        self.settings = settings
        self._drafts = drafts
        self._colours = colours
        self._models = Models()
        self.captioning = CaptioningRun(self._models, self)
        self.batch = BatchModel(self.captioning.is_waiting, self)
        self.rows = BatchFilter(self.batch, self)
        self.thumbnails = Thumbnails(self)
        self.announcer = Announcer(self)
        self.history = QUndoStack(self)
        self.writing = WritingRun(self)
        self._closed = False
        self._refresh_soon = QTimer(self, interval=_REFRESH_MILLISECONDS, singleShot=True)
        self._refresh_soon.timeout.connect(self._refresh)
        self._rows_settle = QTimer(self, interval=0, singleShot=True)
        self._rows_settle.timeout.connect(self._rows_changed)
        self.setObjectName("main-window")
        self.setAcceptDrops(True)
        self.setMinimumSize(480, 320)
        self.resize(1180, 760)
        self._build(colours)
        self._build_rooms()
        self._build_menus()
        self._connect()
        self._wear(colours)
        self._refresh()

    # Building

    def _build(self, colours: Colours) -> None:
        self.actions_ = Actions(self)
        self._toolbar = Toolbar(self.actions_, self)
        self.addToolBar(self._toolbar)
        self.body = Body(self.rows, self.thumbnails, self.actions_, colours, self)
        self.setCentralWidget(self.body)
        self.notice, self.progress = self.body.notice, self.body.progress
        self.empty, self.filters = self.body.empty, self.body.filters
        self.view, self.panel = self.body.view, self.body.panel
        self._last_message = QLabel(self)
        self._last_message.setTextFormat(Qt.TextFormat.PlainText)
        self._counts = QLabel(self)
        self._counts.setProperty("muted", True)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(12, 2, 12, 2)
        bar.addWidget(self._last_message, 1)
        bar.addPermanentWidget(self._counts)

    def _build_rooms(self) -> None:
        """Make those who do what the actions say, each for one thing."""

        def settings() -> Settings:
            return self.settings

        self.teller = Teller(self.notice, self.announcer, self.change_settings)
        self._adding = Adding(
            self.batch,
            self.view,
            drafts=self._drafts,
            announcer=self.announcer,
            teller=self.teller,
            settings=settings,
            parent=self,
        )
        self._captions = Captioning(
            self.captioning,
            self.batch,
            self.view,
            progress=self.progress,
            announcer=self.announcer,
            teller=self.teller,
            settings=settings,
            parent=self,
        )
        self.reviewing = Reviewing(
            self.view,
            self.panel,
            self.rows,
            self.batch,
            history=self.history,
            drafts=self._drafts,
            thumbnails=self.thumbnails,
            models=self._models,
            announcer=self.announcer,
            settings=settings,
            parent=self,
        )
        self.clipboard = Clipboard(self.view, self.rows, self.announcer)
        self._writes = Writing(
            self.writing,
            self.batch,
            history=self.history,
            progress=self.progress,
            announcer=self.announcer,
            teller=self.teller,
            settings=settings,
            parent=self,
        )

    def _slots(self) -> dict[str, Callable[[], object]]:
        shortcut = Qt.FocusReason.ShortcutFocusReason
        slots: dict[str, Callable[[], object]] = {
            "add_pictures": self._adding.choose_pictures,
            "add_folder": self._adding.choose_folder,
            "paste": self._adding.paste,
            "write": self.write,
            "settings": self.change_settings,
            "quit": self.close,
            "undo": self.history.undo,
            "redo": self.history.redo,
            "copy_plain": lambda: self.clipboard.copy(formats.Format.PLAIN),
            "copy_html": lambda: self.clipboard.copy(formats.Format.HTML),
            "copy_markdown": lambda: self.clipboard.copy(formats.Format.MARKDOWN),
            "copy_table": self.clipboard.copy_table,
            "copy_files": self.clipboard.copy_files,
            "select_all": self.view.selectAll,
            "remove": self.remove_selected,
            "clear": self.clear,
            "accept": self.reviewing.accept_current,
            "accept_selected": self.reviewing.accept_selected,
            "next_to_review": self.reviewing.go_to_next_to_review,
            "next_picture": lambda: self._step(1),
            "previous_picture": lambda: self._step(-1),
            "decorative": self.reviewing.toggle_decorative,
            "extended": lambda: self._open_section(self.panel.extended_section),
            "questions": lambda: self._open_section(self.panel.questions_section),
            "guess": self.reviewing.show_guess,
            "say_doubt": self.reviewing.say_doubt,
            "say_words": self.reviewing.say_doubted_words,
            "say_notes": self.reviewing.say_notes,
            "show_in_folder": self._show_in_folder,
            "caption_missing": self._captions.caption_missing,
            "caption_selected": self._captions.caption_selected,
            "caption_all": self.caption_all,
            "pause": self._captions.pause_or_resume,
            "cancel": self.cancel,
            "failures": self._captions.show_failures,
            "find": lambda: self.filters.words.setFocus(shortcut),
            "show_filter": lambda: self.filters.states.setFocus(shortcut),
            "to_list": lambda: self.view.setFocus(shortcut),
            "to_text": self._go_to_text,
            "other_side": self._go_to_other_side,
            "shortcuts": self.show_shortcuts,
            "messages": self.show_messages,
            "repeat": self.announcer.repeat,
            "about": self.show_about,
        }
        for n in range(1, 6):
            slots[f"candidate_{n}"] = lambda n=n: self.panel.candidates.choose(n - 1)  # type: ignore[misc]
            slots[f"mend_{n}"] = lambda n=n: self.reviewing.mend(n)  # type: ignore[misc]
        return slots

    def _build_menus(self) -> None:
        view = self.actions_.menus["view"]
        sorting = view.addMenu(tr("&Sort by"))
        orders = QActionGroup(self)
        for order, words in (
            (Order.ADDED, tr("&Order of adding")),
            (Order.NAME, tr("&Name")),
            (Order.STATE, tr("&State")),
            (Order.DOUBT, tr("The &least sure drafts first")),
        ):
            action = QAction(words, self, checkable=True, checked=order is Order.ADDED)
            action.triggered.connect(lambda _=False, order=order: self.sort_by(order))
            orders.addAction(action)
            sorting.addAction(action)
        remove = self.actions_["remove"]
        remove.setShortcut("Del")
        remove.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.view.addAction(remove)
        for name in ("decorative", "pause"):
            self.actions_[name].setCheckable(True)
        self.history.undoTextChanged.connect(self._name_history)
        self.history.redoTextChanged.connect(self._name_history)
        self.history.canUndoChanged.connect(self._name_history)
        self.history.canRedoChanged.connect(self._name_history)

    def _connect(self) -> None:
        self.actions_.connect(self._slots())
        self.batch.changed.connect(self._pictures_changed)
        self.batch.removed.connect(self._pictures_removed)
        self.view.edit_requested.connect(self._go_to_text)
        self.view.customContextMenuRequested.connect(self._show_row_menu)
        self.filters.states_chosen.connect(self._filter_states)
        self.filters.words_typed.connect(self._filter_words)
        self.rows.rowsInserted.connect(self._rows_settle.start)
        self.rows.rowsRemoved.connect(self._rows_settle.start)
        self.reviewing.shown.connect(self._refresh_actions)
        self.announcer.said.connect(self._last_message.setText)
        self.notice.closed.connect(self._notice_closed)
        self.progress.cancel_wanted.connect(self.cancel)
        self._adding.added.connect(self._captions.caption_added)
        self._adding.restored.connect(self._tell_restored)
        self._captions.picture_wanted.connect(self._show_picture)
        self._writes.destination_chosen.connect(self._remember_destination)
        self._captions.changed.connect(self._refresh_actions)
        self._writes.changed.connect(self._refresh_actions)
        for room in (self._adding, self.captioning, self.reviewing, self.writing):
            room.broken.connect(self._job_broken)

    # Looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._toolbar.fit(self.width())
        if event.oldSize().width() != self.width():
            self.body.divide(self.width())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange} and hasattr(
            self, "progress"
        ):
            QTimer.singleShot(0, self.dress)

    def dress(self) -> None:
        """Take on the colours that the settings and the desktop ask for now."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            colours = theme.apply(app, self.settings.appearance)
            if colours != self._colours:
                self._wear(colours)

    def _wear(self, colours: Colours) -> None:
        self._colours = colours
        self.actions_.wear(colours)
        self.body.wear(colours)

    # The pictures, and who does something with them

    def add(self, found_in: Iterable[Path]) -> None:
        """Add files and the pictures in folders; they appear as they are found."""
        self._adding.add(found_in)

    def take(self, data: QMimeData) -> None:
        """Add what a drop or a paste holds, or say why not."""
        self._adding.take(data)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is not self.view and intake.can_hold(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.take(event.mimeData())

    def restore(self) -> None:
        """Bring back the batch of last time, if there is one."""
        self._adding.restore()

    def _tell_restored(self) -> None:
        counts = self.batch.counts()
        drafts = counts[State.DRAFT] + counts[State.UNSURE]
        reviewed = counts[State.REVIEWED] + counts[State.DECORATIVE]
        text = tr(
            "Welcome back: your batch is as you left it. Drafts: {drafts}. Reviewed: {reviewed}."
        ).format(drafts=number(drafts), reviewed=number(reviewed))
        offers: list[tuple[str, Callable[[], None]]] = []
        if counts[State.MISSING]:
            offers.append((tr("Caption the missing"), self._captions.caption_missing))
        offers.append((tr("Start with an empty batch"), self.clear))
        self.teller.tell(text, offers)

    def caption_all(self) -> None:
        """Caption every picture; a person's words stay, the model's are made anew."""
        self._captions.caption_all()

    def cancel(self) -> None:
        """Stop the job that runs; what is done is kept."""
        self.captioning.cancel()
        self.writing.cancel()

    def write(self) -> None:
        """Show the plan of a batch of writes; write it when the person agrees."""
        self._writes.write()

    # Moving

    def _step(self, by: int) -> None:
        self.view.go_to_row(self.view.currentIndex().row() + by)

    def _show_picture(self, path: Path) -> None:
        if not self.view.go_to(path):
            self.filters.reset()
            self.view.go_to(path)
        self.activateWindow()
        self.view.setFocus()

    def _name_history(self, *_: object) -> None:
        for name, can, what, named, plain in (
            ("undo", self.history.canUndo(), self.history.undoText(),
             tr("&Undo {what}"), tr("&Undo")),
            ("redo", self.history.canRedo(), self.history.redoText(),
             tr("&Redo {what}"), tr("&Redo")),
        ):  # fmt: skip
            action = self.actions_[name]
            icon_text = action.iconText()
            action.setText(named.format(what=what.replace("&", "&&")) if can else plain)
            action.setIconText(icon_text)
            action.setEnabled(can)

    # Taking out

    def remove_selected(self) -> None:
        """Take the selected pictures out of the batch; their files stay."""
        selected = self.view.selected()
        if not selected:
            return
        self._remove(selected)
        self.view.setFocus()

    def clear(self) -> None:
        """Take every picture out of the batch; the files stay."""
        if len(self.batch):
            self._remove(self.batch.pictures())

    def _remove(self, pictures: Sequence[Picture]) -> None:
        count = len(pictures)
        self.history.push(
            RemovePictures(
                self.batch,
                pictures,
                trn("taking out {count} picture", "taking out {count} pictures", count).format(
                    count=number(count)
                ),
            )
        )
        self.announcer.say(
            trn(
                "{count} picture taken out of the batch. Its file stays.",
                "{count} pictures taken out of the batch. Their files stay.",
                count,
            ).format(count=number(count))
        )

    def _show_in_folder(self) -> None:
        picture = self.panel.picture
        if picture is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(picture.path.parent)))

    # Settings and help

    def change_settings(self) -> None:
        """Show the settings and use what the person makes of them."""
        dialog = SettingsDialog(
            self.settings, in_use(self._models.in_use, self._captions.measured_ms), card, self
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.use_settings(dialog.settings)
        dialog.deleteLater()

    def use_settings(self, settings: Settings) -> None:
        """Work with these settings from now on, and keep them."""
        before, self.settings = self.settings, settings
        settings.write()
        if settings.text_size != before.text_size:
            theme.set_text_size(settings.text_size)
        self.dress()
        if (settings.model, settings.provider, settings.beam_size, settings.people) != (
            before.model, before.provider, before.beam_size, before.people,
        ):  # fmt: skip
            self.captioning.prepare(settings)

    def _remember_destination(self, destination: str) -> None:
        self.use_settings(dataclasses.replace(self.settings, destination=destination))

    def prepare(self) -> None:
        """Load what the first picture needs, in the background."""
        self.captioning.prepare(self.settings)

    def show_shortcuts(self) -> None:
        """List every key."""
        self._show_dialog(ShortcutsDialog(self.actions_.groups, self))

    def show_messages(self) -> None:
        """List what was said."""
        self._show_dialog(MessagesDialog(self.announcer, self))

    def show_about(self) -> None:
        """Say what the program is."""
        self._show_dialog(AboutDialog(lambda: card(self.settings.model), self))

    def _show_dialog(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _job_broken(self, error: BaseException) -> None:
        self.progress.setVisible(False)
        self._refresh_actions()
        self.teller.tell_broken(error)

    def _notice_closed(self, had_focus: bool) -> None:
        if had_focus:
            self.body.take_focus()

    # Keeping the window in step with the batch

    def _pictures_changed(self, pictures: list[Picture]) -> None:
        self._drafts.keep(pictures)
        self.reviewing.update(pictures)
        self._refresh_later()

    def _pictures_removed(self, gone: list[Path]) -> None:
        self._drafts.drop(gone)
        self.thumbnails.forget(gone)
        self.captioning.remove(gone)
        self.reviewing.update([])
        self._refresh_later()

    def _rows_changed(self) -> None:
        self.body.nothing_shown.setVisible(bool(len(self.batch)) and not self.rows.rowCount())
        if self.rows.rowCount() and not self.view.currentIndex().isValid():
            self.view.go_to_row(0)

    def _filter_states(self, states: frozenset[State]) -> None:
        self._filter(lambda: self.rows.show_states(states))

    def _filter_words(self, words: str) -> None:
        self._filter(lambda: self.rows.show_words(words))

    def _filter(self, change: Callable[[], None]) -> None:
        # The current row wanders while rows go one after another: only the last one is shown.
        self.view.blockSignals(True)
        change()
        self.view.blockSignals(False)
        self._rows_changed()
        self.reviewing.show_current(self.view.current_path())
        self._say_shown()

    def _say_shown(self) -> None:
        count = self.rows.rowCount()
        self.announcer.report(
            trn("{count} picture shown.", "{count} pictures shown.", count).format(
                count=number(count)
            )
        )

    def sort_by(self, order: Order) -> None:
        """Sort the list."""
        self.batch.sort_by(order)
        self.view.scrollTo(self.view.currentIndex())
        self.announcer.say(tr("Sorted."))

    def _refresh_later(self) -> None:
        """Refresh at once where the window gets another face, else a moment later."""
        if self.body.is_empty != (not len(self.batch)):
            self._refresh()
        elif not self._refresh_soon.isActive():
            self._refresh_soon.start()

    def _refresh(self) -> None:
        count = len(self.batch)
        counts = self.batch.counts()
        self.body.show_batch(shown=bool(count))
        self.setWindowTitle(
            trn(
                "{name} ({count} picture) - lorgnette",
                "{name} ({count} pictures) - lorgnette",
                count,
            ).format(name=self._adding.folder_name, count=number(count))
            if count
            else "lorgnette"
        )
        self.filters.show_counts(counts)
        left = self.reviewing.left()
        self._counts.setText(
            tr("{reviewed} reviewed, {left} to review").format(
                reviewed=number(counts[State.REVIEWED] + counts[State.DECORATIVE]),
                left=number(left),
            )
            if count
            else ""
        )
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        any_picture = bool(len(self.batch))
        picture = self.panel.picture
        current = any_picture and picture is not None
        self.actions_.enable(
            ["write", "copy_table", "select_all", "clear", "next_to_review", "next_picture",
             "previous_picture", "caption_missing", "caption_selected", "caption_all", "find",
             "show_filter", "to_list"],
            enabled=any_picture,
        )  # fmt: skip
        self.actions_.enable(
            ["copy_plain", "copy_html", "copy_markdown", "copy_files", "remove", "accept",
             "accept_selected", "decorative", "extended", "questions", "guess", "say_doubt",
             "say_words", "say_notes", "to_text", "other_side", "show_in_folder",
             *(f"candidate_{n}" for n in range(1, 6)), *(f"mend_{n}" for n in range(1, 6))],
            enabled=current,
        )  # fmt: skip
        running = self.captioning.running
        self.actions_.enable(["pause"], enabled=running)
        self.actions_["pause"].setChecked(self.captioning.paused)
        self.actions_.enable(["cancel"], enabled=running or self.writing.running)
        self.actions_["decorative"].setChecked(bool(picture and picture.alt.decorative))
        self.actions_.enable(["undo"], enabled=self.history.canUndo())
        self.actions_.enable(["redo"], enabled=self.history.canRedo())

    # Focus and menus

    def _go_to_text(self) -> None:
        self.panel.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_to_other_side(self) -> None:
        if self.panel.isAncestorOf(QApplication.focusWidget() or self):
            self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._go_to_text()

    def _open_section(self, section: QWidget) -> None:
        section.open()  # type: ignore[attr-defined]
        if section is self.panel.extended_section:
            self.panel.extended.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.panel.questions.yes.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_row_menu(self, at: object) -> None:
        menu = QMenu(self)
        for name in ("accept_selected", "caption_selected", "copy_plain", "copy_html",
                     "copy_markdown", "copy_files", "show_in_folder", "remove"):  # fmt: skip
            menu.addAction(self.actions_[name])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(at))  # type: ignore[call-overload]

    # The end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the jobs within one picture; what is done is kept, no picture is written to."""
        if self._closed:
            super().closeEvent(event)
            return
        self._closed = True
        self.announcer.blockSignals(True)
        self._adding.close()
        self.reviewing.close()
        self.captioning.close()
        self.writing.close()
        self.thumbnails.close()
        self.batch.changed.disconnect(self._pictures_changed)
        self._drafts.close()
        super().closeEvent(event)
