"""Colours and the style sheet: from the system's palette, with contrast that is computed.

Three palettes of our own (light, dark, high contrast) stand in where the desktop has none. Every
colour that carries words reaches 4.5:1 on what lies behind it, every line and icon that carries
meaning 3:1 (WCAG 2.2, 1.4.3 and 1.4.11), whatever palette the desktop brings.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0

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
_STATE_HUES = {
    "missing": "#5d626b",
    "draft": "#1f5fa8",
    "unsure": "#8a5300",
    "reviewed": "#1c6e3d",
    "decorative": "#6b4aa0",
    "declined": "#4f6272",
    "failed": "#b3261e",
}


@dataclass(frozen=True, slots=True)
class Colours:
    """What everything that we paint is painted with."""

    window: QColor
    base: QColor
    text: QColor
    muted: QColor  # words of less weight
    outline: QColor  # of what can be used: fields, buttons
    hairline: QColor  # between areas; carries no meaning
    accent: QColor
    on_accent: QColor
    selection: QColor  # behind the selected row
    states: dict[str, QColor]  # words and icon of a picture's state
    high_contrast: bool


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: QColor, *backgrounds: QColor, ratio: float = TEXT_CONTRAST) -> QColor:
    """Return colour moved toward black or white until it reaches ratio on all backgrounds."""
    dark = sum(_luminance(background) for background in backgrounds) / len(backgrounds) < 0.18
    goal = QColor("white" if dark else "black")
    for step in range(21):
        moved = mixed(colour, goal, step / 20)
        if all(contrast(moved, background) >= ratio for background in backgrounds):
            return moved
    return goal


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """Return first with a share (0 to 1) of second in it."""
    return QColor(
        *(
            round(a + (b - a) * share)
            for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index,misc]
        )
    )


def colours(palette: QPalette, *, high_contrast: bool) -> Colours:
    """Return the colours that go with a palette."""
    window, base = palette.color(_Role.Window), palette.color(_Role.Base)
    text = palette.color(_Role.Text)
    accent = readable(palette.color(_Role.Highlight), window, base)
    on_accent = readable(palette.color(_Role.HighlightedText), accent)
    selection = base if high_contrast else mixed(base, accent, 0.14)
    surfaces = (window, base, selection)
    return Colours(
        window=window,
        base=base,
        text=readable(text, *surfaces),
        muted=readable(text if high_contrast else mixed(text, base, 0.3), *surfaces),
        outline=text if high_contrast else readable(
            mixed(base, text, 0.35), window, base, ratio=LINE_CONTRAST
        ),
        hairline=text if high_contrast else mixed(window, text, 0.12),
        accent=accent,
        on_accent=on_accent,
        selection=selection,
        states={
            state: text if high_contrast else readable(QColor(hue), *surfaces)
            for state, hue in _STATE_HUES.items()
        },
        high_contrast=high_contrast,
    )


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
    faded = text if appearance == "high-contrast" else mixed(text, base, 0.5)
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
        palette = own_palette(
            "high-contrast" if high_contrast else "dark" if dark else "light"
        )
    if palette != app.palette():
        app.setPalette(palette)
    result = colours(palette, high_contrast=high_contrast)
    sheet = stylesheet(result)
    if sheet != app.styleSheet():
        app.setStyleSheet(sheet)
    return result


def stylesheet(c: Colours) -> str:
    """Return the style sheet of the whole application."""
    width = 2 if c.high_contrast else 1
    pressed = mixed(c.base, c.accent, 0.24).name()
    hover = mixed(c.base, c.accent, 0.08).name() if not c.high_contrast else c.base.name()
    tool_hover = mixed(c.window, c.text, 0.08).name() if not c.high_contrast else c.window.name()
    return f"""
    QToolTip {{ padding: 5px 8px; border: 0; }}
    QMainWindow::separator {{ width: 0; height: 0; }}
    QToolBar {{ background: {c.window.name()}; border: 0; spacing: 4px; padding: 6px 12px; }}
    QToolBar::separator {{ background: {c.hairline.name()}; width: 1px; margin: 8px 8px; }}
    QToolBar QToolButton {{
        border: {width}px solid transparent; border-radius: 6px; padding: 6px 9px; }}
    QToolBar QToolButton:hover {{ background: {tool_hover}; border-color: {c.hairline.name()}; }}
    QToolBar QToolButton:pressed, QToolBar QToolButton:checked {{
        background: {mixed(c.window, c.accent, 0.2).name()}; }}
    QStatusBar {{ background: {c.window.name()}; border-top: 1px solid {c.hairline.name()}; }}
    QStatusBar::item {{ border: 0; }}
    QSplitter::handle {{ background: {c.hairline.name()}; }}
    QScrollArea#review, QWidget#review-body {{ background: {c.window.name()}; border: 0; }}
    QFrame#card {{ background: {c.base.name()}; border: {width}px solid {c.hairline.name()};
        border-radius: 10px; }}
    QFrame#notice {{ background: {c.selection.name()}; border: {width}px solid {c.accent.name()};
        border-radius: 8px; }}
    QListView {{ background: {c.base.name()}; border: 0; outline: 0; }}
    QListView#pictures {{ border-top: 1px solid {c.hairline.name()}; }}
    QDialog QListView {{ border: {width}px solid {c.outline.name()}; border-radius: 6px;
        padding: 4px; }}
    QDialog QListView::item {{ padding: 6px 8px; border-radius: 4px; color: {c.text.name()}; }}
    QDialog QListView::item:selected {{ background: {c.accent.name()};
        color: {c.on_accent.name()}; }}
    QPlainTextEdit, QTextBrowser, QLineEdit, QSpinBox {{
        background: {c.base.name()}; color: {c.text.name()};
        border: {width}px solid {c.outline.name()}; border-radius: 6px; padding: 6px 8px;
        selection-background-color: {c.accent.name()}; selection-color: {c.on_accent.name()}; }}
    QPlainTextEdit:focus, QTextBrowser:focus, QLineEdit:focus, QSpinBox:focus {{
        border: 2px solid {c.accent.name()}; padding: {4 + width}px {6 + width}px; }}
    QLineEdit {{ min-height: 1.3em; }}
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
        text-align: left; padding: 6px 8px; font-weight: 600; }}
    QPushButton[quiet="true"]:hover {{ background: {tool_hover}; }}
    QPushButton[quiet="true"]:focus {{ border: 2px solid {c.accent.name()};
        padding: {4 + width}px {6 + width}px; }}
    QProgressBar {{ background: {mixed(c.window, c.text, 0.12).name()}; border: 0;
        border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent.name()}; border-radius: 3px; }}
    QLabel[muted="true"] {{ color: {c.muted.name()}; }}
    QLabel[heading="true"] {{ font-weight: 600; }}
    QLabel:focus {{ border: 2px solid {c.accent.name()}; border-radius: 4px; }}
    """


def _luminance(colour: QColor) -> float:
    channels = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (colour.redF(), colour.greenF(), colour.blueF())
    )
    red, green, blue = channels
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
