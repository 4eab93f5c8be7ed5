"""Colours from the palette, with contrast that is computed.

Every colour that carries words reaches 4.5:1 on what lies behind it, every line and icon that
carries meaning 3:1 (WCAG 2.2, 1.4.3 and 1.4.11), whatever palette the desktop brings.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0

_Role = QPalette.ColorRole
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
    """Return colour made lighter or darker until it reaches ratio on all backgrounds."""
    dark = sum(_luminance(background) for background in backgrounds) / len(backgrounds) < 0.18
    hue, saturation = max(colour.hslHueF(), 0.0), colour.hslSaturationF()  # grey has hue -1
    lightness = colour.lightnessF()
    goal = 1.0 if dark else 0.0
    for step in range(41):
        exact = QColor.fromHslF(hue, saturation, lightness + (goal - lightness) * step / 40)
        moved = QColor(exact.name())  # as style sheets and pixels have it
        if all(contrast(moved, background) >= ratio for background in backgrounds):
            return moved
    return QColor("white" if dark else "black")


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """Return first with a share (0 to 1) of second in it."""
    pairs = (
        (first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue()),
    )  # fmt: skip
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))


def colours_of(palette: QPalette, *, high_contrast: bool) -> Colours:
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
        outline=text
        if high_contrast
        else readable(mixed(base, text, 0.35), window, base, ratio=LINE_CONTRAST),
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


def _luminance(colour: QColor) -> float:
    channels = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (colour.redF(), colour.greenF(), colour.blueF())
    )
    red, green, blue = channels
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
