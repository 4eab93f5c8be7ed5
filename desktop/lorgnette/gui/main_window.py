"""The window: actions, drops, jobs; owns the batch and shows it."""

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
    QUndoStack,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from lorgnette.alttext.alt_text import Origin
from lorgnette.errors import LorgnetteError
from lorgnette.gui import copying, intake, theme, work
from lorgnette.gui.actions import Actions
from lorgnette.gui.announcer import Announcer
from lorgnette.gui.bars import Notice, Progress
from lorgnette.gui.batch_model import BatchFilter, BatchModel, Order
from lorgnette.gui.batch_view import BatchView
from lorgnette.gui.captioning_run import CaptioningRun, Tally
from lorgnette.gui.colours import Colours
from lorgnette.gui.commands import RemovePictures
from lorgnette.gui.dialogs import AboutDialog, FailuresDialog, MessagesDialog, ShortcutsDialog
from lorgnette.gui.drafts import Drafts
from lorgnette.gui.job_thread import JobThread
from lorgnette.gui.model_words import card, in_use
from lorgnette.gui.panes import EmptyPane, FilterBar
from lorgnette.gui.picture import Picture, State, Suggestion
from lorgnette.gui.review_panel import ReviewPanel
from lorgnette.gui.reviewing import Reviewing
from lorgnette.gui.settings_dialog import SettingsDialog
from lorgnette.gui.thumbnails import Thumbnails
from lorgnette.gui.translation import number, tr, trn
from lorgnette.gui.write_dialog import WriteDialog
from lorgnette.gui.writing_run import WritingRun, Written
from lorgnette.settings import Settings

_JOIN_SECONDS = 30.0
_REFRESH_MILLISECONDS = 80  # between two looks at the counts while a batch runs


class MainWindow(QMainWindow):
    """The one window of the program."""

    def __init__(self, settings: Settings, drafts: Drafts, colours: Colours) -> None:
        super().__init__()
        self.settings = settings
        self._drafts = drafts
        self._colours = colours
        self._models = work.Models()
        self.captioning = CaptioningRun(self._models, self)
        self.batch = BatchModel(self.captioning.is_waiting, self)
        self.rows = BatchFilter(self.batch, self)
        self.thumbnails = Thumbnails(self)
        self.announcer = Announcer(self)
        self.history = QUndoStack(self)
        self.writing = WritingRun(self)
        self._finding: JobThread | None = None
        self._to_find: deque[tuple[Path, ...]] = deque()
        self._found = 0
        self._milestone = 0
        self._measured_ms: float | None = None
        self._failures: FailuresDialog | None = None
        self._restoring: JobThread | None = None
        self._title_folder = ""
        self._closed = False
        self._refresh_soon = QTimer(self, interval=_REFRESH_MILLISECONDS, singleShot=True)
        self._refresh_soon.timeout.connect(self._refresh)
        self.setObjectName("main-window")
        self.setAcceptDrops(True)
        self.setMinimumSize(480, 320)
        self.resize(1180, 760)
        self.actions_ = Actions(self, self._slots())
        self._build_toolbar()
        self._build_body()
        self._build_menus()
        self.reviewing = Reviewing(
            self.view,
            self.panel,
            self.rows,
            self.batch,
            history=self.history,
            drafts=drafts,
            thumbnails=self.thumbnails,
            models=self._models,
            announcer=self.announcer,
            settings=lambda: self.settings,
            parent=self,
        )
        self._connect()
        self._wear(colours)
        self._refresh()

    # Building

    def _slots(self) -> dict[str, Callable[[], object]]:
        slots: dict[str, Callable[[], object]] = {
            "add_pictures": self.choose_pictures,
            "add_folder": self.choose_folder,
            "paste": self.paste,
            "write": self.write,
            "settings": self.change_settings,
            "quit": self.close,
            "undo": self.history.undo,
            "redo": self.history.redo,
            "copy_plain": lambda: self.copy(copying.Format.PLAIN),
            "copy_html": lambda: self.copy(copying.Format.HTML),
            "copy_markdown": lambda: self.copy(copying.Format.MARKDOWN),
            "copy_table": self.copy_table,
            "copy_files": self.copy_files,
            "select_all": lambda: self.view.selectAll(),
            "remove": self.remove_selected,
            "clear": self.clear,
            "accept": lambda: self.reviewing.accept_current(),
            "accept_selected": lambda: self.reviewing.accept_selected(),
            "next_to_review": lambda: self.reviewing.go_to_next_to_review(),
            "next_picture": lambda: self._step(1),
            "previous_picture": lambda: self._step(-1),
            "decorative": lambda: self.reviewing.toggle_decorative(),
            "extended": lambda: self._open_section(self.panel.extended_section),
            "questions": lambda: self._open_section(self.panel.questions_section),
            "guess": lambda: self.reviewing.show_guess(),
            "say_doubt": lambda: self.reviewing.say_doubt(),
            "say_words": lambda: self.reviewing.say_doubted_words(),
            "say_notes": lambda: self.reviewing.say_notes(),
            "show_in_folder": self._show_in_folder,
            "caption_missing": self.caption_missing,
            "caption_selected": self.caption_selected,
            "caption_all": self.caption_all,
            "pause": self.pause_or_resume,
            "cancel": self.cancel,
            "failures": self.show_failures,
            "find": lambda: self.filters.words.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "show_filter": lambda: self.filters.states.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "to_list": lambda: self.view.setFocus(Qt.FocusReason.ShortcutFocusReason),
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

    def _build_toolbar(self) -> None:
        bar = QToolBar(tr("Main actions"), self)
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for name, words in (
            ("add_pictures", tr("Add pictures")),
            ("add_folder", tr("Add folder")),
            ("", ""),
            ("caption_missing", tr("Caption")),
            ("copy_plain", tr("Copy")),
            ("write", tr("Write")),
            ("", ""),
            ("undo", tr("Undo")),
            ("redo", tr("Redo")),
        ):
            if not name:
                bar.addSeparator()
                continue
            self.actions_[name].setIconText(words)
            bar.addAction(self.actions_[name])
        self.addToolBar(bar)
        self._toolbar = bar

    def _build_body(self) -> None:
        centre = QWidget(self)
        self.notice = Notice(self._colours, centre)
        self.empty = EmptyPane(
            [self.actions_[name] for name in ("add_pictures", "add_folder", "paste")],
            self._colours,
            centre,
        )
        self.filters = FilterBar(centre)
        self.view = BatchView(self.rows, self.thumbnails, self._colours, centre)
        left = QWidget(centre)
        left.setMinimumWidth(180)
        left_layout = QVBoxLayout(left)
        left_layout.setContentsMargins(0, 0, 0, 0)
        left_layout.setSpacing(0)
        left_layout.addWidget(self.filters)
        left_layout.addWidget(self.view, 1)
        self.nothing_shown = QLabel(
            tr("No picture in the batch fits what is shown and searched for."), left
        )
        self.nothing_shown.setWordWrap(True)
        self.nothing_shown.setContentsMargins(16, 16, 16, 16)
        self.nothing_shown.setVisible(False)
        left_layout.addWidget(self.nothing_shown)
        self.panel = ReviewPanel(self._colours, centre)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, centre)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(1, 1)
        self.progress = Progress(self._colours, centre)
        self.pages = QStackedWidget(centre)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.splitter)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.progress)
        self.setCentralWidget(centre)
        self._last_message = QLabel(self)
        self._last_message.setTextFormat(Qt.TextFormat.PlainText)
        self._counts = QLabel(self)
        self._counts.setProperty("muted", True)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(12, 2, 12, 2)
        bar.addWidget(self._last_message, 1)
        bar.addPermanentWidget(self._counts)
        QWidget.setTabOrder(self.filters.states, self.filters.words)
        QWidget.setTabOrder(self.filters.words, self.view)
        QWidget.setTabOrder(self.view, self.panel.field)
        self.panel.order_tabs()

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
        self.batch.changed.connect(self._pictures_changed)
        self.batch.removed.connect(self._pictures_removed)
        self.view.edit_requested.connect(self._go_to_text)
        self.view.customContextMenuRequested.connect(self._show_row_menu)
        self.filters.states_chosen.connect(self._filter_states)
        self.filters.words_typed.connect(self._filter_words)
        self._rows_settle = QTimer(self, interval=0, singleShot=True)
        self._rows_settle.timeout.connect(self._rows_changed)
        self.rows.rowsInserted.connect(self._rows_settle.start)
        self.rows.rowsRemoved.connect(self._rows_settle.start)
        self.reviewing.shown.connect(self._refresh_actions)
        self.reviewing.broken.connect(self._job_broken)
        self.announcer.said.connect(self._last_message.setText)
        run = self.captioning
        run.began.connect(self._run_began)
        run.suggested.connect(self._suggested)
        run.progressed.connect(self._run_progressed)
        run.finished.connect(self._run_finished)
        run.broken.connect(self._job_broken)
        self.progress.pause_wanted.connect(self.pause_or_resume)
        self.progress.cancel_wanted.connect(self.cancel)
        self.writing.began.connect(self._writing_began)
        self.writing.progressed.connect(self.progress.advance)
        self.writing.written.connect(self._written)
        self.writing.undone.connect(self._writing_undone)
        self.writing.broken.connect(self._job_broken)
        self.notice.closed.connect(self._notice_closed)

    # Looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        words = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        self._toolbar.setToolButtonStyle(words)
        if self._toolbar.sizeHint().width() > self.width():
            self._toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        if event.oldSize().width() != self.width():
            list_width = min(360, self.width() * 2 // 5)
            self.splitter.setSizes([list_width, self.width() - list_width])

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
        self.view.wear(colours)
        self.panel.wear(colours)
        self.notice.wear(colours)
        self.progress.wear(colours)
        self.empty.wear(colours)

    # Adding

    def add(self, found_in: Iterable[Path]) -> None:
        """Add files and the pictures in folders; they appear as they are found."""
        wanted = tuple(found_in)
        if not wanted:
            return
        self._to_find.append(wanted)
        self._find_next()

    def take(self, data: QMimeData) -> None:
        """Add what a drop or a paste holds, or say why not."""
        taken = intake.take(data)
        if taken.refusal:
            self.tell(taken.refusal, icon="warning")
        else:
            self.add(taken.found)

    def paste(self) -> None:
        """Add what the clipboard holds."""
        self.take(QGuiApplication.clipboard().mimeData())

    def choose_pictures(self) -> None:
        """Ask for files and add them."""
        from lorgnette.captioning.images import SUFFIXES  # Pillow comes with it

        patterns = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        files, _ = QFileDialog.getOpenFileNames(
            self,
            tr("Add pictures"),
            "",
            ";;".join([tr("Pictures ({patterns})").format(patterns=patterns), tr("All files (*)")]),
        )
        self.add(map(Path, files))

    def choose_folder(self) -> None:
        """Ask for a folder and add the pictures in it."""
        folder = QFileDialog.getExistingDirectory(self, tr("Add a folder"))
        if folder:
            self.add([Path(folder)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is not self.view and intake.can_hold(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.take(event.mimeData())

    def _find_next(self) -> None:
        if self._finding is not None or not self._to_find:
            return
        wanted = self._to_find.popleft()
        self._found = 0
        if not len(self.batch):
            self._title_folder = _folder_name(wanted)
        job = JobThread(work.find(wanted, self.settings.language), "lorgnette find", self)
        job.reported.connect(self._take_found)
        job.ended.connect(self._found_all)
        self._finding = job
        job.start()

    def _take_found(self, pictures: list[Picture]) -> None:
        first = not len(self.batch)
        new = self.batch.add(pictures)
        self._found += len(new)
        if first and new:
            self.view.go_to_row(0)
            self.view.setFocus()
        if self.settings.caption_on_add:
            self._caption(p.path for p in new if p.state is State.MISSING)

    def _found_all(self, error: BaseException | None) -> None:
        self._finding = None
        if error is not None:
            self._job_broken(error)
        if self._found:
            self.announcer.say(
                trn("{count} picture added.", "{count} pictures added.", self._found).format(
                    count=number(self._found)
                )
            )
        else:
            self.tell(tr("There is no new picture in what was added."))
        self._find_next()

    # Restoring

    def restore(self) -> None:
        """Bring back the batch of last time, if there is one."""
        if not len(self._drafts):
            return
        job = JobThread(work.restore(self._drafts), "lorgnette restore", self)
        job.reported.connect(self._take_restored)
        job.ended.connect(self._restored)
        self._restoring = job
        job.start()

    def _take_restored(self, pictures: list[Picture]) -> None:
        first = not len(self.batch)
        self.batch.add(pictures)
        if first and len(self.batch):
            self._title_folder = self._title_folder or pictures[0].path.parent.name
            self.view.go_to_row(0)
            self.view.setFocus()

    def _restored(self, error: BaseException | None) -> None:
        self._restoring = None
        if error is not None:
            self._job_broken(error)
            return
        counts = self.batch.counts()
        drafts = counts[State.DRAFT] + counts[State.UNSURE]
        reviewed = counts[State.REVIEWED] + counts[State.DECORATIVE]
        text = tr(
            "Welcome back: your batch is as you left it. Drafts: {drafts}. Reviewed: {reviewed}."
        ).format(drafts=number(drafts), reviewed=number(reviewed))
        offers: list[tuple[str, Callable[[], None]]] = []
        if counts[State.MISSING]:
            offers.append((tr("Caption the missing"), self.caption_missing))
        offers.append((tr("Start with an empty batch"), self.clear))
        self.tell(text, offers)

    # Captioning

    def _caption(self, pictures: Iterable[Path]) -> None:
        paths = list(pictures)
        if paths:
            self.captioning.add(paths, self.settings)

    def caption_missing(self) -> None:
        """Caption what has neither words nor a decision."""
        self._caption_or_tell(
            [p for p in self.batch.pictures() if p.state in {State.MISSING, State.FAILED}],
            tr("No picture is missing its text."),
        )

    def caption_selected(self) -> None:
        """Caption the selected pictures; a person's words stay, the model's are made anew."""
        self._caption_or_tell(self.view.selected(), tr("No picture is selected."))

    def caption_all(self) -> None:
        """Caption every picture; a person's words stay, the model's are made anew."""
        self._caption_or_tell(self.batch.pictures(), tr("The batch is empty."))

    def _caption_or_tell(self, pictures: Sequence[Picture], why_not: str) -> None:
        if pictures:
            self._caption(picture.path for picture in pictures)
        else:
            self.announcer.say(why_not)

    def pause_or_resume(self) -> None:
        """Let captioning rest, or go on."""
        if not self.captioning.running:
            return
        if self.captioning.paused:
            self.captioning.resume()
            self.announcer.say(tr("Captioning goes on."))
        else:
            self.captioning.pause()
            self.announcer.say(tr("Captioning is paused."))
        self.progress.set_paused(paused=self.captioning.paused)
        self._refresh_actions()

    def cancel(self) -> None:
        """Stop the job that runs; what is done is kept."""
        self.captioning.cancel()
        self.writing.cancel()

    def _run_began(self) -> None:
        self._milestone = 0
        self.progress.begin(
            tr("Captioning: {done} of {total} done."),
            paused=tr("Captioning is paused: {done} of {total} done."),
        )
        self._refresh_actions()

    def _suggested(self, found: list[tuple[Path, Suggestion]]) -> None:
        now = []
        for path, suggestion in found:
            picture = self.batch.picture(path)
            if picture is None:
                continue  # taken out of the batch meanwhile
            picture = dataclasses.replace(picture, suggestion=suggestion)
            untouched = picture.alt.origin is Origin.MACHINE and not picture.alt.reviewed
            if untouched or picture.state in {State.MISSING, State.DECLINED, State.FAILED}:
                picture = dataclasses.replace(picture, alt=picture.drafted(self.settings.language))
            now.append(picture)
            if suggestion.seconds:
                self._measured_ms = suggestion.seconds * 1000
        self.batch.put(now)

    def _run_progressed(self, done: int, total: int) -> None:
        self.progress.advance(done, total)
        milestone = 10 * done // total if total else 0
        if milestone > self._milestone and done < total:
            self._milestone = milestone
            tally = self.captioning.tally
            self.announcer.report(
                tr("{done} of {total} captioned, {unsure} unsure.").format(
                    done=number(done), total=number(total), unsure=number(tally.unsure)
                )
            )

    def _run_finished(self, tally: Tally) -> None:
        self.progress.setVisible(False)
        sentence = summary(tally)
        offers: list[tuple[str, Callable[[], None]]] = []
        if tally.failed:
            offers.append((tr("Show the failures"), self.show_failures))
        if tally.left:
            offers.append((tr("Caption the missing"), self.caption_missing))
        self.tell(sentence, offers, icon="warning" if tally.failed else "information")
        self._refresh_actions()

    def show_failures(self) -> None:
        """List what failed, with the reason and a way to try again."""
        if self._failures is None:
            self._failures = FailuresDialog(self)
            self._failures.retry_wanted.connect(self._caption)
            self._failures.shown.connect(self._show_picture)
        self._failures.show_failures([p for p in self.batch.pictures() if p.state is State.FAILED])
        self._failures.show()
        self._failures.raise_()
        self._failures.activateWindow()

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

    # Copying

    def copy(self, form: copying.Format) -> None:
        """Put the words of the selected pictures on the clipboard."""
        data, count = copying.as_data(self.view.selected(), form)
        if not count:
            self.announcer.say(tr("There is no alt text to copy."))
            return
        QGuiApplication.clipboard().setMimeData(data)
        self.announcer.say(
            {
                copying.Format.PLAIN: trn(
                    "Copied as plain text.", "{count} alt texts copied as plain text.", count
                ),
                copying.Format.HTML: trn(
                    "Copied as HTML.", "{count} alt texts copied as HTML.", count
                ),
                copying.Format.MARKDOWN: trn(
                    "Copied as Markdown.", "{count} alt texts copied as Markdown.", count
                ),
            }[form].format(count=number(count))
        )

    def copy_table(self) -> None:
        """Put all pictures with their words on the clipboard, for a spreadsheet."""
        pictures = self.rows.pictures()
        QGuiApplication.clipboard().setMimeData(copying.as_table(self.batch.table(pictures)))
        self.announcer.say(
            trn(
                "{count} picture copied as a table.",
                "{count} pictures copied as a table.",
                len(pictures),
            ).format(count=number(len(pictures)))
        )

    def copy_files(self) -> None:
        """Put the selected files themselves on the clipboard."""
        selected = self.view.selected()
        if selected:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in selected])
            QGuiApplication.clipboard().setMimeData(data)
            self.announcer.say(
                trn("{count} file copied.", "{count} files copied.", len(selected)).format(
                    count=number(len(selected))
                )
            )

    def _show_in_folder(self) -> None:
        picture = self.panel.picture
        if picture is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(picture.path.parent)))

    # Writing

    def write(self) -> None:
        """Show the plan of a batch of writes; write it when the person agrees."""
        pictures = self.batch.pictures()
        reviewed = [p for p in pictures if p.state in {State.REVIEWED, State.DECORATIVE}]
        drafts = [p for p in pictures if p.state in {State.DRAFT, State.UNSURE}]
        if self.writing.running:
            self.announcer.say(tr("A batch is being written already."))
            return
        if not reviewed and not drafts:
            self.tell(tr("There is nothing to write yet: review some pictures first."))
            return
        dialog = WriteDialog(self.settings.destination, len(reviewed), len(drafts), self)

        def wanted() -> list[Picture]:
            return reviewed + (drafts if dialog.with_drafts.isChecked() else [])

        def make_plan() -> None:
            self.writing.plan(wanted(), dialog.destination, replace=dialog.replace.isChecked())

        dialog.plan_wanted.connect(make_plan)
        self.writing.planned.connect(dialog.show_plan)
        make_plan()
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        self.writing.planned.disconnect(dialog.show_plan)
        dialog.deleteLater()
        if not agreed:
            return
        if self.settings.destination == "ask":
            self.use_settings(
                dataclasses.replace(self.settings, destination=str(dialog.destination))
            )
        self.writing.write(wanted(), dialog.destination, replace=dialog.replace.isChecked())

    def _writing_began(self, undoing: bool) -> None:
        self.progress.begin(
            tr("Undoing: {done} of {total} done.")
            if undoing
            else tr("Writing: {done} of {total} done.")
        )
        self._refresh_actions()

    def _written(self, written: Written) -> None:
        self.progress.setVisible(False)
        self.batch.put(self._as_written(written))
        if written.command is not None:
            self.history.push(written.command)
        self.tell(written.sentence(), icon="warning" if written.troubles else "information")
        self._refresh_actions()

    def _writing_undone(self, written: Written) -> None:
        self.progress.setVisible(False)
        self.batch.put(self._as_written(written))
        self.tell(written.undone_sentence(), icon="warning" if written.troubles else "information")
        self._refresh_actions()

    def _as_written(self, written: Written) -> list[Picture]:
        pictures = []
        for path, alt, kept_in in written.on_disk:
            picture = self.batch.picture(path)
            if picture is not None:
                # Embedding changed the file's bytes, so its digest has to be found anew.
                digest = "" if kept_in == path.name else picture.digest
                pictures.append(
                    dataclasses.replace(picture, on_disk=alt, kept_in=kept_in, digest=digest)
                )
        return pictures

    # Settings and help

    def change_settings(self) -> None:
        """Show the settings and use what the person makes of them."""
        dialog = SettingsDialog(
            self.settings, in_use(self._models.in_use, self._measured_ms), card, self
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

    # Telling

    def tell(
        self,
        text: str,
        offers: Sequence[tuple[str, Callable[[], None]]] = (),
        *,
        icon: str = "information",
    ) -> None:
        """Say something that also stays on screen, with what can be done about it."""
        self.notice.show_text(text, offers, icon=icon)
        self.announcer.say(text)

    def _job_broken(self, error: BaseException) -> None:
        self.progress.setVisible(False)
        self._refresh_actions()
        if not isinstance(error, LorgnetteError):
            raise error
        self.tell(
            " ".join(filter(None, (f"{error}.".replace("..", "."), error.hint))),
            [(tr("Open the settings"), self.change_settings)],
            icon="error",
        )

    def _notice_closed(self, had_focus: bool) -> None:
        if had_focus:
            (self.view if len(self.batch) else self.empty.first_button).setFocus()

    # Keeping the window in step with the batch

    def _pictures_changed(self, pictures: list[Picture]) -> None:
        self._drafts.keep(pictures)
        self.reviewing.update(pictures)
        self._refresh_later()

    def _pictures_removed(self, gone: list[Path]) -> None:
        self._drafts.drop(gone)
        self.thumbnails.forget(gone)
        self.captioning.remove(gone)
        self._refresh_later()

    def _rows_changed(self) -> None:
        self.nothing_shown.setVisible(bool(len(self.batch)) and not self.rows.rowCount())
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
        if (self.pages.currentWidget() is self.empty) != (not len(self.batch)):
            self._refresh()
        elif not self._refresh_soon.isActive():
            self._refresh_soon.start()

    def _refresh(self) -> None:
        count = len(self.batch)
        counts = self.batch.counts()
        was_empty = self.pages.currentWidget() is self.empty
        focused = QApplication.focusWidget()
        if was_empty != (not count) and focused is not None and self.pages.isAncestorOf(focused):
            focused.clearFocus()  # else Qt tells of a stop between the two
        self.pages.setCurrentWidget(self.splitter if count else self.empty)
        if was_empty != (not count) and self.isVisible():
            (self.view if count else self.empty.first_button).setFocus()
        if not count:
            self._title_folder = ""
            self.setWindowTitle("lorgnette")
        else:
            self.setWindowTitle(
                trn(
                    "{name} ({count} picture) - lorgnette",
                    "{name} ({count} pictures) - lorgnette",
                    count,
                ).format(name=self._title_folder or tr("Pictures"), count=number(count))
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
        jobs = [job for job in (self._finding, self._restoring) if job is not None]
        self._to_find.clear()
        for job in jobs:
            job.blockSignals(True)
            job.wait(_JOIN_SECONDS)
        self.reviewing.close()
        self.captioning.close()
        self.writing.close()
        self.thumbnails.close()
        self.batch.changed.disconnect(self._pictures_changed)
        self._drafts.close()
        super().closeEvent(event)


def summary(tally: Tally) -> str:
    """Return how a run went, in sentences, each with its number."""
    sentences = [
        trn("{count} picture captioned.", "{count} pictures captioned.", tally.drafts).format(
            count=number(tally.drafts)
        )
    ]
    for count, sentence in (
        (tally.unsure, trn("{count} of them is unsure.", "{count} of them are unsure.",
                           tally.unsure)),
        (tally.declined, trn("{count} was declined.", "{count} were declined.", tally.declined)),
        (tally.failed, trn("{count} failed.", "{count} failed.", tally.failed)),
        (tally.left, trn("Cancelled: {count} is not captioned.",
                         "Cancelled: {count} are not captioned.", tally.left)),
    ):  # fmt: skip
        if count:
            sentences.append(sentence.format(count=number(count)))
    return " ".join(sentences)


def _folder_name(found_in: Sequence[Path]) -> str:
    first = found_in[0]
    if len(found_in) == 1 and first.is_file():
        return first.name
    return first.name if first.is_dir() else first.parent.name
