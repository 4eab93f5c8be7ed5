"""The panel beside the list: one picture, its words, and everything that helps to judge them."""

import itertools
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPixmap, QResizeEvent, QTextOption
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lorgnette.alttext import lint
from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.parts.scrolling import show_whole
from lorgnette.gui.reviewing import notes
from lorgnette.gui.reviewing.alt_text_field import AltTextField
from lorgnette.gui.reviewing.candidates import Candidates
from lorgnette.gui.reviewing.details import details
from lorgnette.gui.reviewing.lines import Lines
from lorgnette.gui.reviewing.questions import Questions
from lorgnette.gui.reviewing.section import Section
from lorgnette.gui.reviewing.subject import Subject
from lorgnette.gui.saying.translation import number, tr

PREVIEW_SIDE = 1280  # pixels of the longer side
_BESIDE_FROM = 700  # logical pixels from which picture and words stand side by side
_SETTLE_MILLISECONDS = 1200  # after the last key, no mere pause, before the notes are made anew


def _read_only(name: str, parent: QWidget) -> QPlainTextEdit:
    """Return a field to read and to copy from, that Tab leaves again."""
    field = QPlainTextEdit(parent)
    field.setReadOnly(True)
    field.setTabChangesFocus(True)
    field.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    field.setAccessibleName(name)
    return field


class _Area(QScrollArea):
    """What scrolls of the panel.

    Signals:
        resized: there is more or less room.
    """

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class ReviewPanel(QWidget):
    """Shows one picture and takes a person's words and decisions about it.

    What decides stands at its foot, in the same place with every picture.

    Signals, each with the path of the picture that was shown when the person acted:
        typed: the alt text as it stands in the field.
        extended_typed: the extended description as it stands in its field.
        chosen: a text to put into the field (a candidate, a mended or an earlier text).
        decorative_chosen: whether the picture is decorative.
        taken_back: the words as they were before the person typed.
        guess_wanted: show the guess that the model held back.
        file_wanted: the file is gone, and the person knows where it is.
        saving_wanted: the picture itself is to lie in a folder of the person's.
        removal_wanted: take the picture out of the batch.
        accepted, skipped: and go on to the next.
        told: a sentence to announce (no path).
    """

    typed = Signal(object, str)
    extended_typed = Signal(object, str)
    chosen = Signal(object, str)
    decorative_chosen = Signal(object, bool)
    taken_back = Signal(object, object)
    guess_wanted = Signal(object)
    file_wanted = Signal(object)
    saving_wanted = Signal(object)
    removal_wanted = Signal(object)
    accepted = Signal()
    skipped = Signal()
    told = Signal(str)

    def __init__(self, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.area = _Area(self)
        self.area.setObjectName("review")
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.resized.connect(self._fit)
        self._colours = colours
        self._picture: Picture | None = None
        self._earlier: AltText | None = None
        self._elsewhere = False
        self._entered: AltText | None = None  # the words before the typing that goes on
        self._typing = False  # whether the words that come are those of the key just pressed
        self._beside = True
        self._added: list[tuple[Section, Sequence[QWidget]]] = []  # by other wings
        self._described = 0  # the limit that the field's description speaks of
        self._settle = QTimer(self, interval=_SETTLE_MILLISECONDS, singleShot=True)
        self._settle.timeout.connect(self._show_notes)
        self._build()
        self.wear(colours)
        QGuiApplication.instance().focusObjectChanged.connect(self._show_focus)  # type: ignore[union-attr]

    # What is in the panel

    def _build(self) -> None:
        body = QWidget(self.area)
        body.setObjectName("review-body")
        self._body = body
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, body)
        self._columns.setContentsMargins(20, 16, 20, 16)
        self._columns.setSpacing(24)
        self.subject = Subject(self._colours, body)
        self.preview = self.subject.preview
        self.preview.fitted.connect(self._fit)
        self._columns.addWidget(self.subject, 5)
        self._columns.addWidget(self._build_words(body), 6)
        self.area.setWidget(body)
        self.foot = self._build_foot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.foot)
        self.order_tabs()

    def _build_words(self, body: QWidget) -> QWidget:
        side = QWidget(body)
        self.field = AltTextField(self._colours, 3, side)
        self.field.setObjectName("alt-text")
        self.field.setPlaceholderText(tr("One or two sentences: subject, setting, action"))
        label = QLabel(tr("&Alt text"), side)
        label.setProperty("heading", True)
        label.setBuddy(self.field)
        self._count = QLabel(side)
        self._count.setProperty("muted", True)
        heading = QHBoxLayout()
        heading.addWidget(label)
        heading.addStretch(1)
        heading.addWidget(self._count)
        self.notes = Lines(self._colours, side)
        self.candidates = Candidates(side)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(heading)
        layout.addWidget(self.field)
        layout.addWidget(self.notes)
        layout.addSpacing(6)
        layout.addWidget(self.candidates)
        layout.addSpacing(6)
        self._sections = QVBoxLayout()
        self._sections.setSpacing(8)
        for section in self._build_sections(side):
            self._sections.addWidget(section)
        layout.addLayout(self._sections)
        layout.addStretch(1)
        self.field.typed.connect(self._typed)
        self.field.escaped.connect(self._take_back)
        self.field.entered.connect(self._enter)
        self.candidates.chosen.connect(self._send_chosen)
        return side

    def _build_foot(self) -> QFrame:
        foot = QFrame(self)
        foot.setObjectName("foot")
        self.accept = QPushButton(tr("A&ccept and next"), foot)
        self.accept.setProperty("primary", True)
        self.accept.setAutoDefault(False)
        self.accept.setToolTip(tr("Ctrl+Enter"))
        self.accept.setAccessibleDescription(
            tr("Marks the text as reviewed and goes on to the next picture. Ctrl+Enter.")
        )
        self.skip = QPushButton(tr("S&kip"), foot)
        self.skip.setToolTip(tr("Ctrl+J"))
        self.skip.setAccessibleDescription(
            tr("Leaves the text as it is and goes on to the next to review. Ctrl+J.")
        )
        self.decorative = QCheckBox(tr("&Decorative: screen readers skip this picture"), foot)
        self.decorative.setMinimumWidth(1)  # its words give way to shorter ones
        self.decorative.setToolTip(tr("Ctrl+D: screen readers skip this picture"))
        self.decorative.clicked.connect(self._send_decorative)
        self.accept.clicked.connect(self.accepted)
        self.skip.clicked.connect(self.skipped)
        self._buttons = buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        buttons.setSpacing(10)
        buttons.addWidget(self.accept)
        buttons.addWidget(self.skip)
        buttons.addStretch(1)
        self._foot_line = QBoxLayout(QBoxLayout.Direction.LeftToRight, foot)
        self._foot_line.setContentsMargins(20, 8, 20, 8)
        self._foot_line.setSpacing(8)
        self._foot_line.addLayout(buttons)
        self._foot_line.addStretch(1)
        self._foot_line.addWidget(self.decorative)
        return foot

    def _build_sections(self, side: QWidget) -> list[Section]:
        extended = QWidget(side)
        self.extended = AltTextField(self._colours, 4, extended)
        self.extended.setObjectName("extended-description")
        extended_label = QLabel(tr("What the alt text has no roo&m for"), extended)
        extended_label.setProperty("muted", True)
        extended_label.setBuddy(self.extended)
        self.extended.setAccessibleName(tr("Extended description"))
        extended_layout = QVBoxLayout(extended)
        extended_layout.setContentsMargins(8, 0, 0, 8)
        extended_layout.addWidget(extended_label)
        extended_layout.addWidget(self.extended)
        self.questions = Questions(side)
        self.read = _read_only(tr("Text in the picture"), side)
        self._details = _read_only(tr("Details of the picture"), side)
        c = self._colours
        self.extended_section = Section(tr("E&xtended description"), extended, c, side)
        self.read_section = Section(tr("Text in the pictu&re"), self.read, c, side)
        self.questions_section = Section(tr("&What is this picture for?"), self.questions, c, side)
        self.details_section = Section(tr("De&tails"), self._details, c, side)
        for name, section in (
            ("extended", self.extended_section),
            ("read", self.read_section),
            ("questions", self.questions_section),
            ("details", self.details_section),
        ):
            section.setObjectName(name)
        self.extended.typed.connect(self._extended_typed)
        self.extended.escaped.connect(self._take_back)
        self.extended.entered.connect(self._enter)
        self.extended_section.opened.connect(self.extended.setFocus)
        self.questions.decorative.connect(lambda: self._send_decorative(True))
        self.questions.advised.connect(self.told)
        return self.sections()

    def sections(self) -> list[Section]:
        """Return what opens and closes, in order."""
        return [
            self.extended_section,
            *(section for section, _ in self._added),
            self.read_section,
            self.questions_section,
            self.details_section,
        ]

    def add_section(
        self, name: str, title: str, content: QWidget, stops: Sequence[QWidget]
    ) -> Section:
        """Put a section below the extended description, and return it; its owner shows it.

        Args:
            stops: of Tab within it.
        """
        section = Section(title, content, self._colours, self._body)
        section.setObjectName(name)
        section.setVisible(False)
        self._added.append((section, stops))
        self._sections.insertWidget(len(self._added), section)
        self.order_tabs()
        return section

    def order_tabs(self) -> None:
        """Put the stops of Tab in the order of the eye."""
        buttons = self.notes.buttons()
        stops: list[QWidget] = [
            self.field,
            *buttons,
            *self.candidates.buttons(),
            self.decorative,
            self.accept,
            self.skip,
            self.extended_section.toggle,
            self.extended,
            *(stop for section, its in self._added for stop in (section.toggle, *its)),
            self.read_section.toggle,
            self.read,
            self.questions_section.toggle,
            self.questions.yes,
            self.questions.no,
            self.questions.again,
            self.details_section.toggle,
            self._details,
        ]
        for before, after in itertools.pairwise(stops):
            QWidget.setTabOrder(before, after)

    # Showing

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        self.field.wear(colours)
        self.extended.wear(colours)
        self.notes.wear(colours)
        for section in self.sections():
            section.wear(colours)
        self.accept.setIcon(icons.on_accent("accept", colours))
        self.skip.setIcon(icons.icon("skip", colours))
        self.subject.wear(colours)
        self._show_count()

    @property
    def picture(self) -> Picture | None:
        """The picture that is shown; None where there is none."""
        return self._picture

    def show_picture(self, picture: Picture | None, *, elsewhere: bool = False) -> None:
        """Show a picture, or its new state when it is shown already.

        Args:
            elsewhere: whether a picture that looks otherwise has the same text.
        """
        changed = picture is None or self._picture is None or picture.path != self._picture.path
        self._picture = picture
        self._elsewhere = elsewhere
        self._body.setEnabled(picture is not None)
        self.foot.setEnabled(picture is not None)
        if changed or picture is None or picture.alt.text != self.field.toPlainText():
            self._described = 0
        if not self._typing:
            self._enter()
        if changed:
            self._earlier = None
            self.questions.restart()
            self.preview.show_picture(QPixmap())
            self.area.verticalScrollBar().setValue(0)
            QTimer.singleShot(0, self, self._show_focus_again)
        if picture is None:
            self.subject.clear()
            for field in (self.field, self.extended):
                field.doubt(())
                field.show_text("")
            self._settle.stop()
            self.notes.show_lines([])
            self.candidates.show_candidates((), "")
            self._details.clear()
            self._show_count()
            self.decorative.setChecked(False)
            for section in self.sections():
                section.setVisible(False)
            return
        for section in (self.extended_section, self.questions_section, self.details_section):
            section.setVisible(True)  # the others where there is something in them
        self.subject.show_picture(picture)
        suggestion = picture.suggestion
        self.field.doubt(
            suggestion.doubted
            if suggestion is not None and picture.alt.origin is not Origin.HUMAN else ()
        )  # fmt: skip
        for field, text in (
            (self.field, picture.alt.text),
            (self.extended, picture.alt.extended_description),
        ):
            (field.show_other if changed else field.show_text)(text)
        self.decorative.setChecked(picture.alt.decorative)
        declined = picture.state is State.DECLINED
        candidates = () if suggestion is None or declined else suggestion.candidates
        plain = () if suggestion is None or declined else suggestion.plain
        self.candidates.show_candidates(candidates, picture.alt.text, plain)
        self._show_count()
        read = suggestion.read if suggestion is not None else ""
        if read != self.read.toPlainText():  # a person may be copying from it
            self.read.setPlainText(read)
        self.read_section.setVisible(bool(read))
        self._details.setPlainText(details(picture))
        if changed:
            self._show_notes()
        else:
            self._settle.start()

    def show_preview(self, path: Path, image: QPixmap) -> None:
        """Show the pixels of a picture, if it is still the one that is shown."""
        if self._picture is not None and self._picture.path == path:
            self.preview.show_picture(image)

    def offer(self, path: Path, earlier: AltText | None) -> None:
        """Offer the words that the same picture has under another name."""
        if self._picture is not None and self._picture.path == path:
            self._earlier = earlier
            self._show_notes()

    def open_extended(self) -> None:
        """Open the extended description, and put the focus into it."""
        self.extended_section.open()
        self.extended.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_read(self) -> None:
        """Open the text in the picture, and put the focus into it."""
        if self.read_section.isVisible():
            self.read_section.open()
            self.read.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.told.emit(tr("No text was read in this picture."))

    def open_questions(self) -> None:
        """Open the questions on what the picture is for, and put the focus on the answers."""
        self.questions_section.open()
        self.questions.yes.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_notes_now(self) -> None:
        """Make the notes fit the text at once."""
        self._settle.stop()
        self._show_notes()

    def _show_count(self) -> None:
        if self._picture is None:
            self._count.clear()
            return
        length = lint.characters(self.field.toPlainText())
        most = lint.GOOD_LENGTH if length <= lint.GOOD_LENGTH else lint.MOST_LENGTH
        self._count.setText(
            tr("{count} of {most} characters").format(count=number(length), most=number(most))
        )
        over = length > lint.MOST_LENGTH
        self._count.setProperty("muted", not over)
        colour = self._colours.states["failed"] if over else self._colours.muted
        self._count.setStyleSheet(f"color: {colour.name()};")
        if most != self._described:  # a change is spoken, so not with every key
            self._described = most
            self.field.setAccessibleDescription(self._count.text())

    def _show_notes(self) -> None:
        picture = self._picture
        if picture is None:
            self.notes.show_lines([])
            return
        had_focus = any(button.hasFocus() for button in self.notes.buttons())
        lines = [
            *notes.of_file(picture, self._send_file_wanted, self._send_removal),
            *notes.of_pasted(picture, self._send_saving),
            *notes.offers(picture, self._earlier, self._send_mended, self._send_guess),
            *notes.of_rules(
                picture, self.field.toPlainText(), self._send_mended, elsewhere=self._elsewhere
            ),
        ]
        known = len(self.notes.buttons())
        self.notes.show_lines(lines)
        if len(self.notes.buttons()) != known:
            self.order_tabs()
        if had_focus and not any(b.hasFocus() and b.isVisible() for b in self.notes.buttons()):
            self.field.setFocus()

    # What the person does

    def _typed(self, text: str) -> None:
        self._show_count()
        self._settle.start()
        if self._picture is not None:
            self._typing = True
            self.typed.emit(self._picture.path, text)
            self._typing = False

    def _extended_typed(self, text: str) -> None:
        if self._picture is not None:
            self._typing = True
            self.extended_typed.emit(self._picture.path, text)
            self._typing = False

    def _enter(self) -> None:
        self._entered = None if self._picture is None else self._picture.alt

    def _take_back(self) -> None:
        picture, before = self._picture, self._entered
        if picture is not None and before is not None and before != picture.alt:
            self.taken_back.emit(picture.path, before)

    def _send_chosen(self, text: str) -> None:
        if self._picture is not None:
            self.chosen.emit(self._picture.path, text)

    def _send_mended(self, text: str) -> None:
        self._send_chosen(text)
        self.show_notes_now()

    def _send_decorative(self, decorative: bool) -> None:
        if self._picture is not None:
            self.decorative_chosen.emit(self._picture.path, decorative)

    def _send_file_wanted(self) -> None:
        if self._picture is not None:
            self.file_wanted.emit(self._picture.path)

    def _send_saving(self) -> None:
        if self._picture is not None:
            self.saving_wanted.emit(self._picture.path)

    def _send_removal(self) -> None:
        if self._picture is not None:
            self.removal_wanted.emit(self._picture.path)

    def _send_guess(self) -> None:
        if self._picture is not None:
            self.guess_wanted.emit(self._picture.path)

    def _fit(self) -> None:
        """Put picture and words beside or below one another, as there is room."""
        width, height = self.area.viewport().width(), self.area.viewport().height()
        self._beside = width >= _BESIDE_FROM * self.fontMetrics().height() / 17
        self._columns.setDirection(
            QBoxLayout.Direction.LeftToRight if self._beside else QBoxLayout.Direction.TopToBottom
        )
        QTimer.singleShot(0, self, self._show_focus_again)  # the picture may push it out of sight
        # Make the frame of the picture as high as the picture wants, and there is room for.
        self.subject.fit(height - 130 if self._beside else height // 2)
        wide = self.accept.sizeHint().width() + self.skip.sizeHint().width() + 70
        self._buttons.setDirection(
            QBoxLayout.Direction.LeftToRight
            if wide <= self.width()
            else QBoxLayout.Direction.TopToBottom
        )
        words = tr("&Decorative: screen readers skip this picture")
        if self.fontMetrics().horizontalAdvance(words) + 80 > self.width():
            words = tr("&Decorative")
        if words != self.decorative.text():
            self.decorative.setText(words)
        self._foot_line.setDirection(
            QBoxLayout.Direction.LeftToRight
            if wide + self.decorative.sizeHint().width() <= self.width()
            else QBoxLayout.Direction.TopToBottom
        )

    def _show_focus(self, focused: QObject | None) -> None:
        """Scroll to what has the focus, however it got there."""
        if isinstance(focused, QWidget) and self._body.isAncestorOf(focused):
            show_whole(self.area, focused)

    def _show_focus_again(self) -> None:
        self._show_focus(QApplication.focusWidget())

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        return handled
