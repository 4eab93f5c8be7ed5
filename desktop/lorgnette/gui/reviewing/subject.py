"""The side of the panel that shows the picture: its name, where it stands, its pixels."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from lorgnette.gui.batch.picture import Picture, state_words, why
from lorgnette.gui.looks import icons, theme
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.reviewing.preview import Preview
from lorgnette.gui.saying.translation import tr

_CARD_MARGIN = 10
_LEAST_HEIGHT = 120


class Subject(QWidget):
    """Shows what a text is about."""

    def __init__(self, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._picture: Picture | None = None
        self._card = QFrame(self)
        self._card.setObjectName("card")
        self._card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.preview = Preview(self._card)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(_CARD_MARGIN, _CARD_MARGIN, _CARD_MARGIN, _CARD_MARGIN)
        inside.addWidget(self.preview)
        self._name = QLabel(self)
        self._name.setProperty("title", True)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setWordWrap(True)
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state_icon = QLabel(self)
        self._state = QLabel(self)
        self._why = QLabel(self)
        self._why.setWordWrap(True)
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._why.setProperty("muted", True)
        self.known = QLabel(self)  # what the file knows already
        self.known.setWordWrap(True)
        self.known.setTextFormat(Qt.TextFormat.PlainText)
        self.known.setProperty("muted", True)
        self.known.setVisible(False)
        state = QHBoxLayout()
        state.setSpacing(6)
        state.addWidget(self._state_icon)
        state.addWidget(self._state)
        state.addStretch(1)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._name)
        layout.addLayout(state)
        layout.addWidget(self._why)
        layout.addWidget(self.known)
        layout.addSpacing(6)
        layout.addWidget(self._card)
        layout.addStretch(1)

    def add_below(self, widget: QWidget) -> None:
        """Put a widget below the picture."""
        self._layout.insertWidget(self._layout.indexOf(self._card) + 1, widget)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        if self._picture is not None:
            self._show_state(self._picture)

    def clear(self) -> None:
        """Show no picture."""
        self._picture = None
        for label in (self._name, self._state_icon, self._state, self._why):
            label.clear()

    def show_picture(self, picture: Picture) -> None:
        """Show a picture, or its new state; its pixels come by themselves."""
        self._picture = picture
        self._name.setText(picture.path.name)
        self._show_state(picture)

    def fit(self, room: int) -> None:
        """Make the frame as high as the picture wants, and there is room for."""
        wanted = self.preview.height_for(self._card.width() - 2 * _CARD_MARGIN)
        self._card.setFixedHeight(max(_LEAST_HEIGHT, min(wanted + 2 * _CARD_MARGIN, room)))

    def _show_state(self, picture: Picture) -> None:
        state = picture.state
        colour = self._colours.states[state.value]
        ratio = self.devicePixelRatioF()
        self._state_icon.setPixmap(
            icons.pixmap(f"state-{state.value}", colour, theme.grown(18), ratio)
        )
        self._state.setText(state_words(state))
        self._state.setStyleSheet(f"color: {colour.name()}; font-weight: 600;")
        self._why.setText(why(picture))
        self._why.setVisible(bool(why(picture)))
        self.preview.setAccessibleName(
            tr("Preview, decorative")
            if picture.alt.decorative
            else tr("Preview: {text}").format(text=picture.alt.text or tr("no alt text yet"))
        )
