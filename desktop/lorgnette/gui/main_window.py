"""The window: joins the wings."""

import functools
from pathlib import Path

from PySide6.QtCore import QEvent, QStandardPaths, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
    QUndoStack,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton

from lorgnette.files import is_folder
from lorgnette.gui.adding.act import Adding
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.filter import BatchFilter
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.thumbnails import Thumbnails
from lorgnette.gui.batch.undoing import Undoing
from lorgnette.gui.browsing.act import Browsing
from lorgnette.gui.captioning.act import Captioning
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.captioning.run import CaptioningRun
from lorgnette.gui.copying.act import Copying
from lorgnette.gui.editing.act import Editing
from lorgnette.gui.frame.body import Body
from lorgnette.gui.frame.calling import Calling
from lorgnette.gui.frame.keeping import Keeping
from lorgnette.gui.frame.remembering import Remembering
from lorgnette.gui.frame.row_menu import show_row_menu
from lorgnette.gui.frame.status import Status
from lorgnette.gui.frame.toolbar import Toolbar
from lorgnette.gui.help.act import Helping
from lorgnette.gui.importing.act import Importing
from lorgnette.gui.knowing.act import Knowing
from lorgnette.gui.learning.act import Learning
from lorgnette.gui.looks import theme
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.moving.act import Moving
from lorgnette.gui.parts.actions import Actions, Entry, Group, Menu
from lorgnette.gui.parts.second_voice import SecondVoice
from lorgnette.gui.parts.settings_in_use import SettingsInUse
from lorgnette.gui.reviewing.act import Reviewing
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.teller import Teller
from lorgnette.gui.saying.translation import tr
from lorgnette.gui.settings.act import ChangingSettings
from lorgnette.gui.settings.model_words import card
from lorgnette.gui.standing.act import Counting
from lorgnette.gui.writing.act import Writing
from lorgnette.settings import Settings


class MainWindow(QMainWindow):
    """The one window of the program."""

    def __init__(self, settings: Settings, drafts: Drafts, colours: Colours) -> None:
        super().__init__()
        self._colours = colours
        self._closed = False
        self._quitting = False  # whether a person asked for the end by menu or key
        self.setObjectName("main-window")
        self.setAcceptDrops(True)
        self.setMinimumSize(480, 320)
        self.resize(1180, 760)
        models = Models()
        run = CaptioningRun(models, drafts.note_of, self)
        self.batch = self._open_batch(run, settings, drafts)
        self.adding = Adding(self.batch, lambda: self.writing.run.running)
        self.captioning = Captioning(self.batch, run)
        self.reviewing = Reviewing(self.batch, self.body.panel, models)
        self.knowing = Knowing(self.batch, self.body.panel)
        self.moving = Moving(self.batch, self.body.panel, models)
        self.browsing = Browsing(
            self.batch,
            self.body.filters,
            self.body.nothing_shown,
            self.reviewing.showing.show_current,
        )
        self.copying = Copying(self.batch)
        self.editing = Editing(self.batch)
        self.importing = Importing(self.batch)
        self.learning = Learning(self.batch)
        self.counting = Counting(self.batch)
        self.writing = Writing(self.batch)
        self.undoing = Undoing(self.batch, lambda: self.writing.run.running)
        self.changing_settings = ChangingSettings(
            self.batch, models, self.captioning, self.knowing.preview
        )
        self.helping = Helping(
            self,
            self.batch.announcer,
            lambda: self.actions_.groups,
            lambda: card(self.batch.settings.now.model),
        )
        self.actions_ = Actions(
            self,
            [
                *self.undoing.groups(),
                *self.adding.groups(),
                *self.importing.groups(),
                *self.writing.groups(),
                *self.changing_settings.groups(),
                Group(Menu.FILE, [Entry("quit", tr("&Quit"), self.quit, ("Ctrl+Q",))]),
                *self.copying.groups(),
                *self.editing.groups(),
                *self.browsing.groups(),
                *self.reviewing.groups(),
                *self.knowing.groups(),
                *self.moving.groups(),
                *self.captioning.groups(),
                *self.counting.groups(),
                Group(
                    Menu.VIEW,
                    [
                        Entry(
                            "to_notice",
                            tr("Go to the &notice"),
                            self.body.go_to_notice,
                            ("Shift+F6",),
                        )
                    ],
                ),
                *self.helping.groups(),
            ],
        )
        self._toolbar = Toolbar(self.actions_, self)
        self.addToolBar(self._toolbar)
        self.body.empty.offer(
            [self.actions_[name] for name in ("add_pictures", "add_folder", "paste")]
        )
        self._status = Status(self, self.body, self.batch)
        self._calling = Calling(self.batch)
        self.batch.announcer.said.connect(SecondVoice(self).say)
        self._keeping = Keeping(self.batch, self.body.alarm)
        self._remembering = Remembering(self, self.body, self.batch)
        self._keeping.quiet = self._remembering.last.quiet
        folder = self._remembering.last.folder
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self.adding.last_folder = folder if folder and is_folder(Path(folder)) else pictures
        self._join()
        self._wear(colours)
        self._remembering.place_window()

    def _open_batch(self, run: CaptioningRun, settings: Settings, drafts: Drafts) -> OpenBatch:
        model = BatchModel(run.is_waiting, self)
        rows = BatchFilter(model, self)
        thumbnails = Thumbnails(self)
        announcer = Announcer(self)
        self.body = Body(rows, thumbnails, self._colours, self)
        self.setCentralWidget(self.body)
        return OpenBatch(
            model=model,
            rows=rows,
            view=self.body.view,
            thumbnails=thumbnails,
            drafts=drafts,
            history=QUndoStack(self),
            settings=SettingsInUse(settings, self),
            announcer=announcer,
            teller=Teller(self.body.notice, announcer, lambda: self.changing_settings.change()),
            progress=self.body.progress,
            window=self,
        )

    def _join(self) -> None:
        batch = self.batch
        batch.model.changed.connect(batch.drafts.keep)
        batch.model.removed.connect(batch.drafts.drop)
        batch.model.removed.connect(batch.thumbnails.forget)
        batch.settings.changed.connect(self._settings_changed)
        batch.rows.words_first = batch.settings.now.words_first
        batch.settings.not_kept.connect(batch.teller.tell_not_kept)
        batch.view.customContextMenuRequested.connect(
            functools.partial(show_row_menu, batch.view, self.actions_)
        )
        self.adding.added.connect(self.captioning.caption_added)
        self.adding.restored.connect(self._remembering.place_list)
        self.adding.restored.connect(
            lambda: self.adding.tell_restored(self.captioning.caption_missing, self.browsing.clear)
        )
        for field in (self.body.panel.field, self.body.panel.extended):
            field.pasted.connect(self.adding.paste)
        self.adding.watching.bytes_changed.connect(self.reviewing.showing.look_anew)
        self.body.panel.saving_wanted.connect(self.adding.ask_where_to_save)
        self.body.panel.file_wanted.connect(self.adding.find_file)
        self.body.panel.removal_wanted.connect(self.browsing.remove)
        self.adding.all_wanted.connect(self.body.filters.reset)
        self._keeping.write_wanted.connect(self.writing.write)
        self.reviewing.showing.shown.connect(self.knowing.look)
        self.reviewing.showing.shown.connect(self.moving.look)
        self.reviewing.write_wanted.connect(self.writing.write)
        self.browsing.back.connect(self.captioning.caption_again)
        self.captioning.picture_wanted.connect(self.browsing.show)
        self.counting.picture_wanted.connect(self.browsing.show)
        self.captioning.run.finished.connect(self._calling.call)
        self.writing.run.written.connect(self._calling.call)
        for changed in (
            self.captioning.changed,
            self.writing.changed,
            self.moving.changed,
            self.reviewing.showing.shown,
            self._status.refreshed,
            batch.history.indexChanged,
        ):
            changed.connect(self._refresh)  # a slot of this very object: Qt cuts it off in time

    def _refresh(self) -> None:
        self.actions_.refresh()

    def quit(self) -> None:
        """Close the window, as a person asks for."""
        self._quitting = True
        self.close()

    def take_handed(self, named: list[Path]) -> None:
        """Come to the front with what was opened elsewhere."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        self.adding.add_named(named)

    # Looks

    def dress(self) -> None:
        """Take on the colours that the settings and the desktop ask for now."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            colours = theme.apply(app, self.batch.settings.now.appearance)
            if colours != self._colours:
                self._wear(colours)

    def _wear(self, colours: Colours) -> None:
        self._colours = colours
        self.actions_.wear(colours)
        self.body.wear(colours)

    def _settings_changed(self, before: Settings, now: Settings) -> None:
        if now.text_size != before.text_size:
            theme.set_text_size(now.text_size)
        self.batch.rows.words_first = now.words_first
        self.dress()

    # What Qt asks the window

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._toolbar.fit(self.width())
        if event.oldSize().width() != self.width():
            self.body.fit(self.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the focus, as in a dialog."""
        pressed = QApplication.focusWidget()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(
            pressed, QPushButton
        ):
            pressed.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange} and hasattr(
            self, "_status"
        ):
            QTimer.singleShot(0, self.dress)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.adding.drag_entered(event)

        self.body.show_drop(shown=event.isAccepted())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self.body.show_drop(shown=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.body.show_drop(shown=False)
        self.adding.dropped(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the jobs within one picture; what is done is kept, no picture is written to."""
        asked = event.spontaneous() or self._quitting  # by a person
        self._quitting = False
        if not self._closed and (
            not self._keeping.may_close() or (asked and not self._keeping.may_quit())
        ):
            event.ignore()
            return
        if not self._closed:
            self._closed = True
            self._remembering.keep(self.adding.last_folder, quiet=self._keeping.quiet)
            self.batch.announcer.blockSignals(True)
            for wing in (
                self.adding,
                self.importing,
                self.reviewing,
                self.knowing,
                self.moving,
                self.counting,
                self.captioning,
                self.writing,
            ):
                wing.close()
            self.batch.thumbnails.close()
            self.batch.model.changed.disconnect(self.batch.drafts.keep)
            self.batch.drafts.close()
        super().closeEvent(event)
