"""The body of the window: an empty pane, or the list with the review panel beside it."""

import itertools

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.batch.filter import BatchFilter
from lorgnette.gui.batch.thumbnails import Thumbnails
from lorgnette.gui.batch.view import BatchView
from lorgnette.gui.browsing.filter_bar import FilterBar
from lorgnette.gui.frame.empty_pane import EmptyPane
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.parts.progress import Progress
from lorgnette.gui.parts.scrolling import show_whole
from lorgnette.gui.reviewing.panel import ReviewPanel
from lorgnette.gui.saying.notice import Notice
from lorgnette.gui.saying.translation import tr

_MOST_LIST_WIDTH = 360
_ONE_COLUMN_BELOW = 38  # lines of text that a width of two columns holds at least


class Body(QWidget):
    """All that stands between the toolbar and the status line."""

    def __init__(
        self,
        rows: BatchFilter,
        thumbnails: Thumbnails,
        colours: Colours,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._given = 0  # the list's width as it comes
        self._wanted = 0  # the list's width as a person gave it at another time; 0: nobody did
        self.notice = Notice(colours, self)
        self.alarm = Notice(colours, self)  # of what goes on being wrong; no message covers it
        self.alarm.close_button.hide()
        self.empty = EmptyPane(colours, self)
        self.filters = FilterBar(self)
        self.view = BatchView(rows, thumbnails, colours, self)
        self.nothing_shown = QLabel(
            tr("No picture in the batch fits what is shown and searched for."), self
        )
        self.nothing_shown.setWordWrap(True)
        self.nothing_shown.setContentsMargins(16, 16, 16, 16)
        self.nothing_shown.setVisible(False)
        self.panel = ReviewPanel(colours, self)
        self.progress = Progress(colours, self)
        # What comes and goes takes its room below the list, or below the empty pane: nothing that
        # a hand may be on moves.
        self._passing = QWidget(self)
        passing = _column(self._passing)
        for part in (self.alarm, self.notice, self.progress):
            passing.addWidget(part)
        self._left = QWidget(self)
        self._left.setMinimumWidth(180)
        left = _column(self._left)
        left.addWidget(self.filters)
        left.addWidget(self.nothing_shown)
        left.addWidget(self.view, 1)
        left.addWidget(self._passing)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._left)
        self._splitter.addWidget(self.panel)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        # Where there is little room the list stands above the panel, and both are scrolled to.
        self._room = QScrollArea(self)
        self._room.setObjectName("review")
        self._room.setFrameShape(QScrollArea.Shape.NoFrame)
        self._room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._room.setWidgetResizable(True)
        self._room.setWidget(self._splitter)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._room)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._show_focus)
        _column(self).addWidget(self._pages, 1)
        self._drop = QLabel(tr("Drop to add"), self)
        self._drop.setObjectName("drop")
        self._drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._drop.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._drop.setVisible(False)
        self.notice.closed.connect(self._notice_closed)
        for before, after in itertools.pairwise(
            (self.filters.states, self.filters.words, self.view, self.panel.field)
        ):
            QWidget.setTabOrder(before, after)
        self.panel.order_tabs()
        self._place_passing()

    @property
    def is_empty(self) -> bool:
        """Whether the empty pane is shown."""
        return self._pages.currentWidget() is self.empty

    def show_batch(self, *, shown: bool) -> None:
        """Show the list with its panel, or the empty pane; the focus goes to what is shown."""
        if shown != self.is_empty:
            return
        focused = QApplication.focusWidget()
        if focused is not None and self._pages.isAncestorOf(focused):
            focused.clearFocus()  # else Qt tells of a stop between the two
        self._pages.setCurrentWidget(self._room if shown else self.empty)
        self._place_passing()
        if self.isVisible():
            self.take_focus()

    def go_to_notice(self) -> None:
        """Put the focus on what a notice offers, its sentence where it offers nothing."""
        if self.notice.isVisible():
            buttons = self.notice.buttons
            (buttons[0] if buttons else self.notice.text).setFocus()

    def take_focus(self) -> None:
        """Put the focus where a person goes on from: the list, or the first way to fill it."""
        (self.empty.first_button if self.is_empty else self.view).setFocus()

    def _place_passing(self) -> None:
        """Let what comes and goes stand on the page that is shown."""
        page = self.layout() if self.is_empty else self._left.layout()
        if page is not None:
            page.addWidget(self._passing)

    def _notice_closed(self, had_focus: bool) -> None:
        if had_focus:
            self.take_focus()

    def fit(self, width: int) -> None:
        """Share a width between the list and the panel, unless a person did so otherwise."""
        line = self.fontMetrics().height()
        narrow = width < _ONE_COLUMN_BELOW * line
        if narrow != self.one_column:
            self._splitter.setOrientation(
                Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
            )
            self.view.setMinimumHeight(8 * line if narrow else 0)
            self.panel.setMinimumHeight(20 * line if narrow else 0)
            self._given = 0
        if narrow:
            return
        if not self.list_width:
            self._give(self._wanted or min(_MOST_LIST_WIDTH, width * 2 // 5), width)

    @property
    def one_column(self) -> bool:
        """Whether the panel stands below the list."""
        return self._splitter.orientation() is Qt.Orientation.Vertical

    def _show_focus(self, _before: QWidget | None, focused: QWidget | None) -> None:
        if self.one_column and focused is not None and self._splitter.isAncestorOf(focused):
            QTimer.singleShot(0, lambda: self._scroll_to(focused))

    def _scroll_to(self, focused: QWidget) -> None:
        if self._splitter.isAncestorOf(focused):
            show_whole(self._room, focused)

    @property
    def list_width(self) -> int:
        """The room that a person gave to the list; 0 where it is as it comes."""
        now = self._splitter.sizes()[0]
        if self.one_column:
            return self._wanted
        if self._wanted:
            return now if self.isVisible() else 0
        return 0 if self._given in {0, now} else now

    def divide(self, list_width: int) -> None:
        """Give the list this room from now on."""
        self._wanted = list_width
        if self.one_column:
            return
        self._give(list_width, self.width())

    def _give(self, list_width: int, width: int) -> None:
        self._splitter.setSizes([list_width, max(1, width - list_width)])
        self._given = self._splitter.sizes()[0]

    def show_drop(self, *, shown: bool) -> None:
        """Show that what is dragged over the window may be dropped."""
        self._drop.setGeometry(self.rect())
        self._drop.setVisible(shown)
        self._drop.raise_()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit(self.width())
        return handled

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        for part in (self.view, self.panel, self.alarm, self.notice, self.progress, self.empty):
            part.wear(colours)


def _column(widget: QWidget) -> QVBoxLayout:
    """Return a column without gaps that fills a widget."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
