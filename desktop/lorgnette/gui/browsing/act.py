"""Browsing: the list is filtered, sorted, selected in, and pictures are taken out of the batch."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel

from lorgnette.gui.batch.history import RemovePictures
from lorgnette.gui.batch.model import Order
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.browsing.filter_bar import FilterBar
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.translation import number, tr, trn


class Browsing(QObject):
    """Joins the list and the filter above it.

    Signals:
        back: paths of pictures that were taken out and are in the batch again.
    """

    back = Signal(object)

    def __init__(
        self,
        batch: OpenBatch,
        filters: FilterBar,
        nothing_shown: QLabel,
        show_current: Callable[[Path | None], None],
    ) -> None:
        """Join them.

        Args:
            nothing_shown: what stands below an empty list.
            show_current: shows the current picture beside the list.
        """
        super().__init__(batch.window)
        self._batch = batch
        self._filters = filters
        self._nothing_shown = nothing_shown
        self._show_current = show_current
        self._rows_settle = QTimer(self, interval=0, singleShot=True)
        self._rows_settle.timeout.connect(self._rows_changed)
        batch.rows.rowsInserted.connect(self._rows_settle.start)
        batch.rows.rowsRemoved.connect(self._rows_settle.start)
        filters.states_chosen.connect(
            lambda choice: self.show_states(choice.states, unwritten=choice.unwritten)
        )
        filters.folder_chosen.connect(self.show_folder)
        filters.words_typed.connect(self.show_words)
        filters.left.connect(batch.view.setFocus)

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        batch, filters = self._batch, self._filters
        shortcut = Qt.FocusReason.ShortcutFocusReason
        of_any = functools.partial(Entry, usable=batch.any)
        return [
            Group(
                Menu.EDIT,
                [
                    of_any("select_all", tr("Select &all pictures"), batch.view.selectAll,
                           ("Ctrl+Shift+A",)),
                    Entry("remove", tr("Take &out of the batch"), self.remove_selected, ("Del",),
                          "remove", batch.current, only_in=batch.view),
                    of_any("clear", tr("&Empty the batch"), self.clear),
                ],
            ),
            Group(
                Menu.VIEW,
                [
                    of_any("find", tr("&Find in the list"),
                           lambda: filters.words.setFocus(shortcut), ("Ctrl+F",), "search"),
                    of_any("show_filter", tr("&Show only…"),
                           lambda: filters.states.setFocus(shortcut), ("Ctrl+Shift+S",)),
                ],
            ),
            Group(
                Menu.VIEW,
                [
                    self._sorting(Order.ADDED, tr("&Order of adding")),
                    self._sorting(Order.NAME, tr("&Name")),
                    self._sorting(Order.FOLDER, tr("&Folder and name")),
                    self._sorting(Order.DATE, tr("&Date of the file")),
                    self._sorting(Order.STATE, tr("&State")),
                    self._sorting(Order.DOUBT, tr("The &least sure drafts first")),
                ],
                tr("Sort &by"),
            ),
            Group(
                Menu.VIEW,
                [
                    of_any("sort_reversed", tr("The other &way round"), self.reverse,
                           checked=lambda: batch.model.reversed)
                ],
            ),
        ]  # fmt: skip

    def show(self, path: Path) -> None:
        """Make a picture the current one, whatever the filter hides."""
        if not self._batch.view.go_to(path):
            self._filters.reset()
            self._batch.view.go_to(path)
        self._batch.window.activateWindow()
        self._batch.view.setFocus()

    def remove_selected(self) -> None:
        """Take the selected pictures out of the batch; their files stay."""
        self._remove_and_go_on(self._batch.view.selected())

    def remove(self, path: Path) -> None:
        """Take a picture out of the batch."""
        picture = self._batch.model.picture(path)
        if picture is not None:
            self._remove_and_go_on([picture])

    def _remove_and_go_on(self, selected: Sequence[Picture]) -> None:
        if selected:
            view, rows = self._batch.view, self._batch.rows
            row = rows.index_of(selected[0].path).row()
            self._remove(selected)
            view.go_to_row(min(row, rows.rowCount() - 1))  # selected, so that Delete goes on
            view.setFocus()

    def clear(self) -> None:
        """Take every picture out of the batch; the files stay."""
        if self._batch.any():
            self._remove(self._batch.model.pictures())

    def sort_by(self, order: Order, *, reverse: bool = False) -> None:
        """Sort the list."""
        view = self._batch.view
        self._batch.model.sort_by(order, reverse=reverse)
        view.scrollTo(view.currentIndex())
        said = {
            Order.ADDED: tr("Sorted by the order of adding."),
            Order.NAME: tr("Sorted by name."),
            Order.FOLDER: tr("Sorted by folder and name."),
            Order.DATE: tr("Sorted by the date of the files."),
            Order.STATE: tr("Sorted by state."),
            Order.DOUBT: tr("Sorted by how sure the drafts are."),
        }[order]
        self._batch.announcer.say(
            tr("{sorted} The other way round.").format(sorted=said) if reverse else said
        )

    def reverse(self) -> None:
        """Sort the list the other way round."""
        model = self._batch.model
        self.sort_by(model.order, reverse=not model.reversed)

    def show_states(self, states: frozenset[State], *, unwritten: bool = False) -> None:
        """Show pictures in these states only; unwritten: of them those that no file says."""
        self._filter(lambda: self._batch.rows.show_states(states, unwritten=unwritten))

    def show_folder(self, folder: Path | None) -> None:
        """Show pictures in or below a folder only; None shows all."""
        self._filter(lambda: self._batch.rows.show_folder(folder))

    def show_words(self, words: str) -> None:
        """Show pictures with these words only."""
        self._filter(lambda: self._batch.rows.show_words(words))

    def _sorting(self, order: Order, words: str) -> Entry:
        return Entry(
            f"sort_{order}",
            words,
            lambda: self.sort_by(order),
            checked=lambda: self._batch.model.order is order,
        )

    def _remove(self, pictures: Sequence[Picture]) -> None:
        count = len(pictures)
        what = trn("taking out {count} picture", "taking out {count} pictures", count)
        self._batch.history.push(
            RemovePictures(
                self._batch.model, pictures, what.format(count=number(count)), self.back.emit
            )
        )
        self._batch.announcer.say(
            trn(
                "{count} picture taken out of the batch. Its file stays.",
                "{count} pictures taken out of the batch. Their files stay.",
                count,
            ).format(count=number(count))
        )

    def _filter(self, change: Callable[[], None]) -> None:
        # The current row wanders while rows go one after another: only the last one is shown.
        view = self._batch.view
        view.blockSignals(True)
        change()
        view.blockSignals(False)
        self._rows_changed()
        self._batch.rows.hold(view.current_path())
        self._show_current(view.current_path())
        view.scrollTo(view.currentIndex())
        count = self._batch.rows.rowCount()
        self._batch.announcer.report(
            trn("{count} picture shown.", "{count} pictures shown.", count).format(
                count=number(count)
            )
        )

    def _rows_changed(self) -> None:
        view, rows = self._batch.view, self._batch.rows.rowCount()
        self._nothing_shown.setVisible(self._batch.any() and not rows)
        if rows and not view.currentIndex().isValid():
            view.go_to_row(0)
