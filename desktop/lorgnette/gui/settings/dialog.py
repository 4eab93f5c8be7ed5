"""Settings in, settings out; and what is really in use."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from lorgnette.english.joining import Template
from lorgnette.gui.looks import theme
from lorgnette.gui.parts.scrolling import show_whole
from lorgnette.gui.parts.wrapping import wrap_words
from lorgnette.gui.saying.translation import tr
from lorgnette.names import shown
from lorgnette.settings import BEAM_SIZES, TEXT_SIZES, Settings

_MANIFEST = "model.json"  # that each model directory has
_LABEL_CHARACTERS = 24  # of the column of labels, so that all groups stand in line


class SettingsDialog(QDialog):
    """Shows settings; `settings` is what the person made of them."""

    def __init__(
        self,
        settings: Settings,
        in_use: str,
        model_card: Callable[[str], str],
        preview: Callable[[Template], str],
        parent: QWidget,
        *,
        dictionaries: str = "",
        own_words: Sequence[str] = (),
    ) -> None:
        """Make the dialog.

        Args:
            dictionaries: a sentence on those that were found.
            own_words: those that the person added.
            in_use: sentences on the model and the provider that are open now.
            model_card: the card of a model directory ("" is the one that came along), in words.
            preview: what the current picture's draft is in a form.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        em, room = self.fontMetrics().height(), self.screen().availableSize() * 0.9
        self.resize(min(40 * em, room.width()), min(42 * em, room.height()))
        self._settings = settings
        self._model_card = model_card
        self._preview = preview
        body = QWidget(self)
        self._form = QVBoxLayout(body)
        self._form.setContentsMargins(20, 16, 20, 16)
        self._form.setSpacing(8)
        self._build_looks()  # first: who needs larger text must not have to scroll for it
        self._build_words(dictionaries, own_words)
        self._build_glossary()
        self._build_files()
        self._build_model(in_use)
        self._form.addStretch(1)
        area = QScrollArea(self)
        area.setObjectName("review")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(body)
        self._area = area
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._show_focus)
        body.setObjectName("review-body")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults,
            self,
        )
        defaults = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        defaults.setText(tr("Defaults"))
        defaults.setAutoDefault(False)
        defaults.setAccessibleDescription(
            tr("Nothing changes before OK. Your own words and rules stay.")
        )
        defaults.clicked.connect(lambda: self._show(Settings()))
        theme.make_primary(buttons.button(QDialogButtonBox.StandardButton.Ok))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 14)
        layout.addWidget(area)
        row = QHBoxLayout()
        row.setContentsMargins(20, 0, 20, 0)
        row.addWidget(buttons)
        layout.addLayout(row)

    @property
    def settings(self) -> Settings:
        """What the person chose."""
        return dataclasses.replace(
            self._settings,
            people=self.people.currentData(),
            language=self.language.text().strip(),
            destination=self.destination.currentData(),
            sidecar_naming=self.sidecar_naming.currentData(),
            model=self.model.text().strip(),
            provider=self.provider.currentData(),
            beam_size=self.beam_size.value(),
            caption_on_add=self.caption_on_add.isChecked(),
            template=self.template.text().strip() or "{caption}",
            glossary=tuple(
                self.glossary.item(row).data(Qt.ItemDataRole.UserRole)
                for row in range(self.glossary.count())
            ),
            quote_text=self.quote_text.isChecked(),
            films_in_folders=self.films_in_folders.isChecked(),
            appearance=self.appearance.currentData(),
            text_size=self.text_size.value(),
            words_first=self.words_first.isChecked(),
            spelling=self.spelling.isChecked(),
        )

    def _show(self, settings: Settings) -> None:
        """Put settings into the fields."""
        self._settings = settings
        for box, value in (
            (self.people, settings.people),
            (self.destination, settings.destination),
            (self.sidecar_naming, settings.sidecar_naming),
            (self.provider, settings.provider),
            (self.appearance, settings.appearance),
        ):
            box.setCurrentIndex(box.findData(value))
        self.language.setText(settings.language)
        self.template.setText(settings.template)
        self.model.setText(settings.model)
        self.beam_size.setValue(settings.beam_size)
        self.text_size.setValue(settings.text_size)
        for tick, ticked in (
            (self.caption_on_add, settings.caption_on_add),
            (self.quote_text, settings.quote_text),
            (self.films_in_folders, settings.films_in_folders),
            (self.spelling, settings.spelling),
            (self.words_first, settings.words_first),
        ):
            tick.setChecked(ticked)

    @property
    def own_words(self) -> list[str]:
        """The words that no dictionary needs to know."""
        return self._own_words.toPlainText().split()

    def _build_words(self, dictionaries: str, own_words: Sequence[str]) -> None:
        form = self._group(tr("Words"))
        self.people = self._choice(
            form,
            tr("&People"),
            (
                (tr("Neutral words: person, child, people"), "neutral"),
                (tr("The words of the model"), "as-is"),
            ),
            self._settings.people,
        )
        self.language = QLineEdit(self._settings.language, self)
        self._row(form, tr("Lan&guage tag of the text"), self.language)
        self._hint(
            form,
            self.language,
            tr("As in en or pt-BR. The model that comes along writes English."),
        )
        self.template = QLineEdit(self._settings.template, self)
        self._row(form, tr("Fo&rm of drafts"), self.template)
        self._hint(
            form,
            self.template,
            tr(
                "Of {caption}, {names}, {place}, {date} and {note}, as in "
                "{note}: {caption}, in {place}. What is not known takes the words before it along."
            ),
        )
        self.filled = QLabel(self)
        self.filled.setWordWrap(True)
        self.filled.setTextFormat(Qt.TextFormat.PlainText)
        self.filled.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        form.addRow(self._blank(), self.filled)
        self.template.textChanged.connect(lambda _: self._show_filled())
        self._show_filled()
        self.quote_text = QCheckBox(tr("&Quote the words on a photo in its draft"), self)
        self.quote_text.setChecked(self._settings.quote_text)
        wrap_words(self.quote_text)
        form.addRow(self.quote_text)
        self.films_in_folders = QCheckBox(tr("Of folders, add film&s, too"), self)
        self.films_in_folders.setChecked(self._settings.films_in_folders)
        wrap_words(self.films_in_folders)
        form.addRow(self.films_in_folders)
        self.spelling = QCheckBox(tr("Mark words that no dict&ionary knows"), self)
        self.spelling.setChecked(self._settings.spelling)
        wrap_words(self.spelling)
        form.addRow(self.spelling)
        self._hint(form, self.spelling, dictionaries)
        self._own_words = QPlainTextEdit("\n".join(own_words), self)
        self._own_words.setTabChangesFocus(True)
        self._own_words.setFixedHeight(4 * self._own_words.fontMetrics().height())
        self._row(form, tr("&Your own words"), self._own_words)

    def _build_glossary(self) -> None:
        form = self._group(tr("Glossary"))
        self.glossary = QListWidget(self)
        for rule in self._settings.glossary:
            place = shown(rule.folder) if rule.folder else tr("all pictures")
            item = QListWidgetItem(
                tr("“{before}” becomes “{after}”, for {place}").format(
                    before=rule.before, after=rule.after, place=place
                )
            )
            item.setData(Qt.ItemDataRole.UserRole, rule)
            self.glossary.addItem(item)
        self.glossary.setFixedHeight(6 * self.fontMetrics().height())
        self.glossary.setWordWrap(True)
        self._row(form, tr("R&ules for drafts"), self.glossary)
        self._hint(
            form,
            self.glossary,
            tr(
                "What you correct the same way three times is offered as a rule. Only new drafts "
                "follow it; your own words never change by themselves."
            ),
        )
        self.forget = QPushButton(tr("Ta&ke this rule out"), self)
        self.forget.setAutoDefault(False)
        self.forget.setEnabled(self.glossary.count() > 0)
        self.forget.clicked.connect(self._forget)
        form.addRow(self._blank(), self.forget)

    def _forget(self) -> None:
        self.glossary.takeItem(max(self.glossary.currentRow(), 0))
        self.forget.setEnabled(self.glossary.count() > 0)

    def _build_files(self) -> None:
        form = self._group(tr("Writing"))
        self.destination = self._choice(
            form,
            tr("&Write alt text"),
            (
                (tr("Ask the first time"), "ask"),
                (tr("To a sidecar, an .xmp file beside the picture"), "sidecar"),
                (tr("Into the picture's own file"), "embed"),
            ),
            self._settings.destination,
        )
        self._hint(
            form,
            self.destination,
            tr(
                "A sidecar leaves the picture as it is. Text inside the file travels with it and "
                "is read by WordPress, Lightroom and others; the pixels stay the same."
            ),
        )
        self.sidecar_naming = self._choice(
            form,
            tr("&Name of a new sidecar"),
            (
                (tr("NAME.EXT.xmp, as in photo.jpg.xmp"), "with-extension"),
                (tr("NAME.xmp, as in photo.xmp"), "without-extension"),
            ),
            self._settings.sidecar_naming,
        )
        self._hint(
            form,
            self.sidecar_naming,
            tr(
                "digiKam, darktable and Immich look for NAME.EXT.xmp, which belongs to one picture "
                "alone. Adobe's programs and Capture One look for NAME.xmp; where photo.png lies "
                "beside photo.jpg, only one of them can have it. A sidecar that is there keeps its "
                "name."
            ),
        )
        self.caption_on_add = QCheckBox(tr("Caption pictures as soon as they are &added"), self)
        self.caption_on_add.setChecked(self._settings.caption_on_add)
        wrap_words(self.caption_on_add)
        form.addRow(self.caption_on_add)

    def _build_model(self, in_use: str) -> None:
        form = self._group(tr("Model"))
        self.model = QLineEdit(self._settings.model, self)
        self.model.setPlaceholderText(tr("The model that comes with lorgnette"))
        self._row(form, tr("&Model directory"), self.model)
        self._no_model = QLabel(self)
        self._no_model.setWordWrap(True)
        self._no_model.setProperty("heading", True)
        self._no_model.setVisible(False)
        form.addRow(self._no_model)
        self.browse = QPushButton(tr("Choose a &folder…"), self)
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)
        form.addRow(self._blank(), self.browse)
        card = QTextBrowser(self)
        card.setOpenLinks(False)
        card.setTabChangesFocus(True)
        card.setMarkdown(self._model_card(self._settings.model))
        card.setFixedHeight(8 * card.fontMetrics().height())
        self._row(form, tr("Mo&del card"), card)
        self.model.textChanged.connect(lambda text: card.setMarkdown(self._model_card(text)))
        self.provider = self._choice(
            form,
            tr("&Execution provider"),
            ((tr("Automatic"), "auto"), (tr("CPU"), "cpu"), (tr("CUDA"), "cuda")),
            self._settings.provider,
        )
        self._hint(form, self.provider, in_use)
        self.beam_size = QSpinBox(self)
        self.beam_size.setRange(BEAM_SIZES.start, BEAM_SIZES.stop - 1)
        self.beam_size.setSpecialValueText(tr("The model's own"))
        self.beam_size.setValue(self._settings.beam_size)
        self._row(form, tr("&Beam size"), self.beam_size)
        self._hint(
            form, self.beam_size, tr("How many sentences are tried at once. More is slower.")
        )

    def _build_looks(self) -> None:
        form = self._group(tr("Looks"))
        self.appearance = self._choice(
            form,
            tr("Co&lours"),
            (
                (tr("Those of the desktop"), "system"),
                (tr("Light"), "light"),
                (tr("Dark"), "dark"),
                (tr("High contrast"), "high-contrast"),
            ),
            self._settings.appearance,
        )
        self.text_size = QSpinBox(self)
        self.text_size.setRange(TEXT_SIZES.start, TEXT_SIZES.stop - 1)
        self.text_size.setSingleStep(25)
        self.text_size.setSuffix(tr(" %"))
        self.text_size.setValue(self._settings.text_size)
        self._row(form, tr("&Text size"), self.text_size)
        self.words_first = QCheckBox(tr("Screen readers say te&xt before name"), self)
        self.words_first.setChecked(self._settings.words_first)
        wrap_words(self.words_first)
        form.addRow(self.words_first)

    def _group(self, title: str) -> QFormLayout:
        heading = QLabel(title, self)
        heading.setProperty("heading", True)
        if self._form.count():
            self._form.addSpacing(12)
        self._form.addWidget(heading)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.addLayout(form)
        return form

    def _show_filled(self) -> bool:
        """Show a draft in its form; return whether it is one."""
        try:
            form = Template.parse(self.template.text().strip() or "{caption}")
        except ValueError as error:
            self.filled.setText(tr("This is no form: {reason}.").format(reason=error))
            return False
        self.filled.setText(tr("This picture: {text}").format(text=self._preview(form)))
        return True

    def accept(self) -> None:
        """Take the settings, unless the form is none or the model directory holds no model."""
        if not self._show_filled():
            self.template.setFocus()
            return
        folder = self.model.text().strip()
        if folder and not (Path(folder) / _MANIFEST).is_file():
            self._no_model.setText(tr("There is no model in {folder}.").format(folder=folder))
            self._no_model.setVisible(True)
            self.model.setAccessibleDescription(self._no_model.text())
            self.model.setFocus()
            return
        super().accept()

    def eventFilter(self, field: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the dialog, and change only the choice that has the focus."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(field, QWidget)
            and not field.hasFocus()
        ):
            event.ignore()
            return True
        return super().eventFilter(field, event)

    def _show_focus(self, _before: QWidget | None, focused: QWidget | None) -> None:
        if focused is not None and self._area.isAncestorOf(focused):
            show_whole(self._area, focused)

    def _row(self, form: QFormLayout, label: str, field: QWidget) -> None:
        if isinstance(field, QComboBox | QSpinBox):
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not that of the wheel
            field.installEventFilter(self)
        words = QLabel(label, self)
        words.setBuddy(field)
        words.setMinimumWidth(self._label_width())
        words.setWordWrap(True)
        form.addRow(words, field)

    def _choice(
        self, form: QFormLayout, label: str, choices: Sequence[tuple[str, str]], current: str
    ) -> QComboBox:
        box = QComboBox(self)
        for words, value in choices:
            box.addItem(words, value)
        box.setCurrentIndex(box.findData(current))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row(form, label, box)
        return box

    def _hint(self, form: QFormLayout, field: QWidget, text: str) -> None:
        """Say below a field what it means; a screen reader says it with the field."""
        field.setAccessibleDescription(text)
        hint = QLabel(text, self)
        hint.setWordWrap(True)
        hint.setProperty("muted", True)
        hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        form.addRow(self._blank(), hint)

    def _blank(self) -> QWidget:
        """Return what stands where a row has no label, as wide as the others."""
        blank = QWidget(self)
        blank.setMinimumWidth(self._label_width())
        return blank

    def _label_width(self) -> int:
        """Return what the column of labels takes; no more than a third of a narrow dialog."""
        wanted = _LABEL_CHARACTERS * self.fontMetrics().averageCharWidth()
        return min(wanted, self.width() // 3)

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, tr("Choose a model directory"), self.model.text() or str(Path.home())
        )
        if folder:
            self.model.setText(folder)
