"""The look as values: colours and measures of each format."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.model import Format

MARGIN = 20


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode, `#rrggbb`."""

    ink: str
    mute: str
    line: str
    tint: str
    accent: str
    paper: str


@dataclass(frozen=True, slots=True)
class Theme:
    """What the templates' CSS is filled with; `size` (the body's text) and `width` (of the column) in CSS pixels."""

    size: int
    width: int
    light: Palette
    dark: Palette

    @property
    def column(self) -> int:
        """The width of the text between its margins, in CSS pixels."""
        return self.width - 2 * MARGIN

    @property
    def rem(self) -> float:
        """The body's size in units of the reader's own (16 CSS pixels unless they changed it)."""
        return self.size / 16


_LIGHT = Palette("#1c2126", "#47525d", "#d3dae0", "#f2f5f7", "#0b4f8a", "#ffffff")
_DARK = Palette("#eef1f4", "#b9c3cc", "#3a444d", "#1f252b", "#9bccff", "#14181c")
_STANDARD = Theme(17, 600, _LIGHT, _DARK)
_LARGE = Theme(
    24,
    720,
    Palette("#000000", "#1c2126", "#47525d", "#f2f5f7", "#0a3f70", "#ffffff"),
    Palette("#ffffff", "#eef1f4", "#b9c3cc", "#14181c", "#b8dcff", "#000000"),
)


def theme(format: Format) -> Theme:
    """The look of a format."""
    return _LARGE if format is Format.LARGE else _STANDARD
