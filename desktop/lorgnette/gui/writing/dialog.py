"""Before anything is written: what would be, where, and what would be kept."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGroupBox,
    QLabel,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lorgnette.alttext.alt_text import Destination
from lorgnette.alttext.sidecar import SidecarNaming
from lorgnette.gui.looks import theme
from lorgnette.gui.parts.wrapping import wrap_words
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.gui.writing.jobs import WritePlan


class WriteDialog(QDialog):
    """Shows the plan of a batch of writes and takes the choices that it depends on.

    Signals:
        plan_wanted: a choice changed, so that the plan has to be made anew.
    """

    plan_wanted = Signal()

    def __init__(
        self,
        destination: str,
        naming: SidecarNaming,
        reviewed: int,
        drafts: int,
        parent: QWidget,
        *,
        mirror: bool,
    ) -> None:
        """Make the dialog.

        Args:
            destination: ask, sidecar or embed, as the settings say.
            naming: of new sidecars, as the settings say.
            reviewed: how many pictures have reviewed text or are decorative.
            drafts: how many have a draft that nobody reviewed.
            mirror: whether the text goes into caption fields, as the settings say.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Write alt text"))
        places = QGroupBox(tr("Where"), self)
        self.sidecar = QRadioButton(tr("&Sidecar: an .xmp file beside each picture"), places)
        self.embed = QRadioButton(tr("&Embed: inside each picture's own file"), places)
        self.sidecar.setAccessibleDescription(
            tr("A new one is called NAME.EXT.xmp. The picture itself is not touched.")
            if naming is SidecarNaming.WITH_EXTENSION
            else tr("A new one is called NAME.xmp. The picture itself is not touched.")
        )
        self.embed.setAccessibleDescription(
            tr("Travels with the file; the pixels stay the same. Some kinds of file get a sidecar.")
        )
        (self.embed if destination == Destination.EMBED else self.sidecar).setChecked(True)
        inside = QVBoxLayout(places)
        inside.setContentsMargins(0, 4, 0, 0)
        inside.setSpacing(2)
        inside.addWidget(self.sidecar)
        inside.addWidget(self._hint(self.sidecar.accessibleDescription()))
        inside.addWidget(self.embed)
        inside.addWidget(self._hint(self.embed.accessibleDescription()))
        self.mirror = QCheckBox(tr("Also to the caption &fields"), places)
        self.mirror.setAccessibleDescription(
            tr(
                "Explorer, Finder, Photos, Immich and most web software show captions and know no "
                "alt text. A caption that anybody wrote stays; drafts are never copied."
            )
        )
        self.mirror.setChecked(mirror)
        # In the same group, whose hints a screen reader does not read as the dialog's own words.
        inside.addSpacing(10)
        inside.addWidget(self.mirror)
        inside.addWidget(self._hint(self.mirror.accessibleDescription()))
        self.with_drafts = QCheckBox(
            trn(
                "Also write the &draft that nobody has reviewed",
                "Also write the {count} &drafts that nobody has reviewed",
                drafts,
            ).format(count=number(drafts)),
            self,
        )
        self.with_drafts.setVisible(drafts > 0)
        self.replace = QCheckBox(self)
        self.replace.setVisible(False)
        wrap_words(self.sidecar, self.embed, self.mirror, self.with_drafts, self.replace)
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.summary.setProperty("heading", True)
        self.others = QPlainTextEdit(self)
        self.others.setReadOnly(True)
        self.others.setTabChangesFocus(True)
        self.others.setMinimumHeight(5 * self.others.fontMetrics().lineSpacing())
        self.others.setAccessibleName(tr("The pictures, one by one"))
        self.others.setVisible(False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.write = self.buttons.addButton(tr("&Write"), QDialogButtonBox.ButtonRole.AcceptRole)
        theme.make_primary(self.write)
        self.write.setEnabled(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        body = QWidget(self)
        body.setObjectName("review-body")
        words = QVBoxLayout(body)
        words.setContentsMargins(20, 18, 20, 0)
        words.setSpacing(12)
        words.addWidget(places)
        for widget in (self.with_drafts, self.replace, self.summary, self.others):
            words.addWidget(widget)
        words.addStretch(1)
        area = QScrollArea(self)  # large text needs more room than a screen has
        area.setObjectName("review")
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 0, 20, 14)
        foot.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        em = self.fontMetrics().height()
        self.resize(min(42 * em, self._room().width()), min(46 * em, self._room().height()))
        self._reviewed = reviewed
        for choice in (self.embed, self.mirror, self.with_drafts, self.replace):
            choice.toggled.connect(self._choice_changed)
        self.show_planning()

    @property
    def destination(self) -> Destination:
        """Where the person wants the text."""
        return Destination.EMBED if self.embed.isChecked() else Destination.SIDECAR

    def show_planning(self) -> None:
        """Say that the plan is being made."""
        self.write.setEnabled(False)
        self.summary.setText(tr("Looking at the files…"))

    def show_plan(self, plan: WritePlan) -> None:
        """Show what would be written and kept."""
        counted = (
            (plan.sidecars, trn("{count} picture gets a sidecar.",
                                "{count} pictures get a sidecar.", plan.sidecars)),
            (plan.embeds, trn("{count} picture gets the text into its own file.",
                              "{count} pictures get the text into their own files.", plan.embeds)),
            (plan.copied, trn("{count} of them gets it into the caption fields, too.",
                              "{count} of them get it into the caption fields, too.",
                              plan.copied)),
            (plan.replaced, trn("{count} of them replaces text that is there.",
                                "{count} of them replace text that is there.", plan.replaced)),
            (plan.kept, trn("{count} picture keeps the other text that it has.",
                            "{count} pictures keep the other text that they have.", plan.kept)),
            (plan.unchanged, trn("{count} picture has this very text already.",
                                 "{count} pictures have this very text already.",
                                 plan.unchanged)),
            (len(plan.refused), trn("{count} picture cannot be written to.",
                                    "{count} pictures cannot be written to.",
                                    len(plan.refused))),
        )  # fmt: skip
        sentences = [sentence.format(count=number(count)) for count, sentence in counted if count]
        if not sentences:
            sentences.append(tr("There is no reviewed text to write."))
        lines = (*plan.refused, *plan.others)
        self.others.setPlainText("\n".join(lines))
        self.others.setVisible(bool(lines))
        self.summary.setText("\n".join(sentences))
        would = plan.kept + plan.replaced
        self.replace.setText(
            trn(
                "&Replace the text that {count} picture has already",
                "&Replace the text that {count} pictures have already",
                would,
            ).format(count=number(would))
        )
        self.replace.setVisible(would > 0)
        total = plan.sidecars + plan.embeds
        self.write.setText(
            trn("&Write {count} picture", "&Write {count} pictures", total).format(
                count=number(total)
            )
        )
        self.write.setEnabled(total > 0)

    def _room(self) -> QSize:
        return self.screen().availableSize() * 0.9

    def _choice_changed(self) -> None:
        self.show_planning()
        self.plan_wanted.emit()

    def _hint(self, text: str) -> QLabel:
        hint = QLabel(text, self)
        hint.setWordWrap(True)
        hint.setProperty("muted", True)
        hint.setContentsMargins(31, 0, 0, 6)
        return hint
