"""The palette and the style sheet: the desktop's own, or one of ours where it has none."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

from lorgnette.gui.looks import indicators
from lorgnette.gui.looks.colours import Colours, colours_of, mixed, readable

_ASKED = "desktop-point-size"  # the property that remembers it
_MARK_SIDE = 18

_Role = QPalette.ColorRole
_OWN_PALETTES = {
    "light": {
        _Role.Window: "#f4f3f0",
        _Role.WindowText: "#1d1f24",
        _Role.Base: "#ffffff",
        _Role.AlternateBase: "#faf9f7",
        _Role.Text: "#1d1f24",
        _Role.Button: "#ffffff",
        _Role.ButtonText: "#1d1f24",
        _Role.Highlight: "#4347b8",
        _Role.HighlightedText: "#ffffff",
        _Role.Link: "#3a3fb0",
        _Role.ToolTipBase: "#1d1f24",
        _Role.ToolTipText: "#ffffff",
        _Role.PlaceholderText: "#5d626b",
    },
    "dark": {
        _Role.Window: "#1b1c20",
        _Role.WindowText: "#ecedf0",
        _Role.Base: "#24262b",
        _Role.AlternateBase: "#202226",
        _Role.Text: "#ecedf0",
        _Role.Button: "#2d2f36",
        _Role.ButtonText: "#ecedf0",
        _Role.Highlight: "#aaadf7",
        _Role.HighlightedText: "#16171c",
        _Role.Link: "#b4b7ff",
        _Role.ToolTipBase: "#ecedf0",
        _Role.ToolTipText: "#16171c",
        _Role.PlaceholderText: "#a3a8b2",
    },
    "high-contrast": {
        _Role.Window: "#000000",
        _Role.WindowText: "#ffffff",
        _Role.Base: "#000000",
        _Role.AlternateBase: "#000000",
        _Role.Text: "#ffffff",
        _Role.Button: "#000000",
        _Role.ButtonText: "#ffffff",
        _Role.Highlight: "#ffe34d",
        _Role.HighlightedText: "#000000",
        _Role.Link: "#ffe34d",
        _Role.ToolTipBase: "#000000",
        _Role.ToolTipText: "#ffffff",
        _Role.PlaceholderText: "#ffffff",
    },
}


def own_palette(appearance: str) -> QPalette:
    """Return our palette for light, dark or high-contrast."""
    palette = QPalette()
    for role, name in _OWN_PALETTES[appearance].items():
        palette.setColor(role, QColor(name))
    base, text = palette.color(_Role.Base), palette.color(_Role.Text)
    for role, share in (
        (_Role.Light, 0.02), (_Role.Midlight, 0.06), (_Role.Mid, 0.3), (_Role.Dark, 0.4),
        (_Role.Shadow, 0.6),
    ):  # fmt: skip
        palette.setColor(role, mixed(base, text, share))
    faded = mixed(text, base, 0.5)
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return palette


def wants_high_contrast() -> bool:
    """Tell whether the desktop asks for more contrast."""
    hints = QGuiApplication.styleHints()
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def apply(app: QApplication, appearance: str) -> Colours:
    """Dress the application; call it again when the system's colours change.

    Args:
        appearance: system, light, dark or high-contrast.
    """
    high_contrast = appearance == "high-contrast" or wants_high_contrast()
    # An application palette of ours would hide what the system says now.
    app.setPalette(QPalette())
    palette = app.palette()
    desktop_has_none = palette == app.style().standardPalette()
    if appearance != "system":
        palette = own_palette(appearance)
    elif desktop_has_none:
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        palette = own_palette("high-contrast" if high_contrast else "dark" if dark else "light")
    if palette != app.palette():
        app.setPalette(palette)
    result = colours_of(palette, high_contrast=high_contrast)
    side = grown(_MARK_SIDE)
    sheet = stylesheet(result, indicators.folder(result, side), app.font().pointSizeF(), side)
    if sheet != app.styleSheet():
        app.setStyleSheet(sheet)
    return result


def make_primary(button: QPushButton) -> None:
    """Let a button stand out as what most people want."""
    button.setProperty("primary", True)
    button.style().unpolish(button)
    button.style().polish(button)


def set_text_size(percent: int) -> None:
    """Make all text this large, 100 being the size that the desktop asks for.

    What is on screen takes it from the style sheet, at the next `apply`.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    asked = app.property(_ASKED)
    if asked is None:
        asked = app.font().pointSizeF()
        app.setProperty(_ASKED, asked)
    font = app.font()
    font.setPointSizeF(asked * percent / 100)
    app.setFont(font)


def grown(pixels: int) -> int:
    """Return logical pixels at the text size that was chosen."""
    app = QApplication.instance()
    asked = None if app is None else app.property(_ASKED)
    if asked is None or not isinstance(app, QApplication):
        return pixels
    return round(pixels * app.font().pointSizeF() / float(asked))


def stylesheet(c: Colours, marks: Path, points: float, side: int) -> str:
    """Return the style sheet of the whole application.

    Args:
        marks: the folder with the pictures of check boxes, radio buttons and arrows.
        points: the size of plain text; in the sheet, so that another size dresses all anew.
        side: of the marks.
    """
    width = 2 if c.high_contrast else 1
    url = marks.as_posix()
    handle = mixed(c.base, c.text, 0.42).name() if not c.high_contrast else c.text.name()
    pressed = mixed(c.base, c.accent, 0.24).name()
    hover = mixed(c.base, c.accent, 0.08).name() if not c.high_contrast else c.base.name()
    tool_hover = mixed(c.window, c.text, 0.08).name() if not c.high_contrast else c.window.name()
    return f"""
    * {{ font-size: {points}pt; }}
    QLabel[title="true"] {{ font-size: {points * 1.25}pt; font-weight: 600; }}
    QLabel[headline="true"] {{ font-size: {points * 1.7}pt; font-weight: 600; }}
    QToolTip {{ padding: 5px 8px; border: 0; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QPushButton {{ icon-size: {round(side * 1.1)}px; }}
    QMainWindow::separator {{ width: 0; height: 0; }}
    QToolBar {{ background: {c.window.name()}; border: 0; spacing: 4px;
        padding: 4px 12px 6px 8px; }}
    QToolBar::separator {{ background: {c.hairline.name()}; width: 1px; margin: 8px 8px; }}
    QToolBar QToolButton {{
        border: {width}px solid transparent; border-radius: 6px; padding: 5px 9px; margin: 0; }}
    QToolBar QToolButton:hover {{ background: {tool_hover}; border-color: {c.hairline.name()}; }}
    QToolBar QToolButton:pressed, QToolBar QToolButton:checked {{
        background: {mixed(c.window, c.accent, 0.2).name()}; }}
    QStatusBar {{ background: {c.window.name()}; border-top: 1px solid {c.hairline.name()}; }}
    QStatusBar::item {{ border: 0; }}
    QSplitter::handle {{ background: {c.hairline.name()}; }}
    QScrollArea#review, QWidget#review-body {{ background: {c.window.name()}; border: 0; }}
    QFrame#card {{ background: {c.base.name()}; border: {width}px solid {c.hairline.name()};
        border-radius: 10px; }}
    QLabel#drop {{ background: {c.selection.name()}; color: {c.text.name()};
        border: 4px solid {c.accent.name()}; font-size: {points * 1.7}pt; font-weight: 600; }}
    QFrame#foot {{ background: {c.window.name()}; border: 0;
        border-top: {width}px solid {c.hairline.name()}; }}
    QFrame#notice {{ background: {c.selection.name()}; border: {width}px solid {c.accent.name()};
        border-radius: 8px; }}
    QListView {{ background: {c.base.name()}; border: 0; outline: 0; }}
    QListView#pictures {{ border-top: 1px solid {c.hairline.name()}; }}
    QDialog QListView, QListWidget {{ border: {width}px solid {c.outline.name()};
        border-radius: 6px; padding: 4px; }}
    QDialog QListView::item, QListWidget::item {{ padding: 6px 8px; border-radius: 4px;
        color: {c.text.name()}; }}
    QDialog QListView::item:selected, QListWidget::item:selected {{
        background: {c.accent.name()}; color: {c.on_accent.name()}; }}
    QPlainTextEdit, QTextBrowser, QLineEdit, QSpinBox {{
        background: {c.base.name()}; color: {c.text.name()};
        border: {width}px solid {c.outline.name()}; border-radius: 6px; padding: 6px 8px;
        selection-background-color: {c.accent.name()}; selection-color: {c.on_accent.name()};
        placeholder-text-color: {c.muted.name()}; }}
    QPlainTextEdit:focus, QTextBrowser:focus, QLineEdit:focus, QSpinBox:focus {{
        border: 2px solid {c.accent.name()}; padding: {4 + width}px {6 + width}px; }}
    QLineEdit {{ min-height: 1.3em; }}
    QSpinBox {{ min-height: 1.3em; padding-right: 24px; }}
    QSpinBox::up-button, QSpinBox::down-button {{ border: 0; width: 22px;
        background: transparent; }}
    QSpinBox::up-arrow {{ image: url({url}/up.png); width: 12px; height: 12px; }}
    QSpinBox::down-arrow {{ image: url({url}/down.png); width: 12px; height: 12px; }}
    QComboBox {{ background: {c.base.name()}; color: {c.text.name()}; min-height: 1.3em;
        border: {width}px solid {c.outline.name()}; border-radius: 6px; padding: 6px 8px; }}
    QComboBox:focus {{ border: 2px solid {c.accent.name()};
        padding: {4 + width}px {6 + width}px; }}
    QComboBox::drop-down {{ border: 0; width: 26px; }}
    QComboBox::down-arrow {{ image: url({url}/down.png); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {c.base.name()}; color: {c.text.name()};
        border: {width}px solid {c.outline.name()}; padding: 4px;
        selection-background-color: {c.accent.name()}; selection-color: {c.on_accent.name()}; }}
    QCheckBox, QRadioButton {{ spacing: 9px; border: {width}px solid transparent;
        border-radius: 4px; padding: 3px; min-height: {side + 2}px; }}
    QCheckBox:focus, QRadioButton:focus {{ border: 2px solid {c.accent.name()};
        padding: {1 + width}px; }}
    QCheckBox::indicator, QRadioButton::indicator {{ width: {side}px; height: {side}px; }}
    QCheckBox::indicator:unchecked {{ image: url({url}/check-off.png); }}
    QCheckBox::indicator:checked {{ image: url({url}/check-on.png); }}
    QRadioButton::indicator:unchecked {{ image: url({url}/radio-off.png); }}
    QRadioButton::indicator:checked {{ image: url({url}/radio-on.png); }}
    QGroupBox {{ border: 0; margin-top: 1.9em; padding: 0; font-weight: 600; }}
    QGroupBox::title {{ subcontrol-origin: margin; left: 0; padding: 0; }}
    QGroupBox QLabel, QGroupBox QRadioButton {{ font-weight: normal; }}
    QScrollBar:vertical {{ background: transparent; width: 14px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {handle}; min-height: 36px; border-radius: 4px;
        margin: 3px; }}
    QScrollBar::handle:vertical:hover {{ background: {c.muted.name()}; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
    QScrollBar:horizontal {{ background: transparent; height: 14px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {handle}; min-width: 36px; border-radius: 4px;
        margin: 3px; }}
    QScrollBar::add-line:horizontal, QScrollBar::sub-line:horizontal {{ width: 0; }}
    QScrollBar::add-page:horizontal, QScrollBar::sub-page:horizontal {{
        background: transparent; }}
    QAbstractScrollArea::corner {{ background: transparent; }}
    QMenuBar {{ background: {c.window.name()}; padding: 2px 8px; }}
    QMenuBar::item {{ padding: 5px 9px; border-radius: 5px; color: {c.text.name()};
        background: transparent; }}
    QMenuBar::item:selected {{ background: {tool_hover};
        border: {width}px solid {c.hairline.name()}; }}
    QMenu {{ background: {c.base.name()}; color: {c.text.name()};
        border: {width}px solid {c.outline.name()}; padding: 5px; }}
    QMenu::item {{ padding: 6px 26px 6px 14px; border-radius: 4px;
        border: {width}px solid transparent; }}
    QMenu::icon {{ padding-left: 10px; }}
    QMenu::item:selected {{ background: {c.selection.name()}; color: {c.text.name()};
        border-color: {c.accent.name()}; }}
    QMenu::item:disabled {{ color: {mixed(c.text, c.base, 0.5).name()}; }}
    QMenu::item:disabled:selected {{ background: {hover};
        color: {mixed(c.text, c.base, 0.5).name()}; }}
    QMenu::separator {{ height: 1px; background: {c.hairline.name()}; margin: 5px 8px; }}
    QPushButton {{
        background: {c.base.name()}; color: {c.text.name()};
        border: {width}px solid {c.outline.name()}; border-radius: 6px;
        padding: 6px 14px; min-height: 1.4em; }}
    QPushButton:hover {{ background: {hover}; }}
    QPushButton:pressed {{ background: {pressed}; }}
    QPushButton:focus {{ border: 2px solid {c.accent.name()};
        padding: {5 + width - 1}px {13 + width - 1}px; }}
    QPushButton:disabled {{ color: {mixed(c.text, c.base, 0.5).name()};
        border-color: {c.hairline.name()}; }}
    QPushButton[primary="true"] {{ background: {c.accent.name()}; color: {c.on_accent.name()};
        border-color: {c.accent.name()}; font-weight: 600; }}
    QPushButton[primary="true"]:hover {{ background: {mixed(c.accent, c.text, 0.15).name()}; }}
    QPushButton[primary="true"]:focus {{ border: 2px solid {c.text.name()}; }}
    QPushButton[primary="true"]:disabled {{ background: {mixed(c.window, c.accent, 0.25).name()};
        color: {readable(c.muted, mixed(c.window, c.accent, 0.25)).name()};
        border-color: transparent; }}
    QPushButton[quiet="true"] {{ background: transparent; border-color: transparent;
        text-align: left; padding: 6px 4px 6px 0; font-weight: 600; }}
    QPushButton[quiet="true"]:hover {{ background: {tool_hover}; }}
    QPushButton[quiet="true"]:focus {{ border: 2px solid {c.accent.name()};
        padding: {4 + width}px 3px {4 + width}px 0; }}
    QProgressBar {{ background: {mixed(c.window, c.text, 0.12).name()}; border: 0;
        border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent.name()}; border-radius: 3px; }}
    QLabel[muted="true"] {{ color: {c.muted.name()}; }}
    QLabel[heading="true"] {{ font-weight: 600; }}
    QLabel:focus {{ border: 2px solid {c.accent.name()}; border-radius: 4px; }}
    """
