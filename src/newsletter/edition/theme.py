"""The look as values: colours and measures of each format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from newsletter.colours import colour, contrast, nearest, written
from newsletter.config import theme as config
from newsletter.config.theme import GENERIC, STRONG
from newsletter.model import Format

MARGIN = 20
COLUMN = 600  # CSS pixels of the standard look


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
    font: Markup
    radius: int

    @property
    def outer(self) -> int:
        """The width with the margins beside the column, in CSS pixels."""
        return self.width + 2 * MARGIN

    @property
    def rem(self) -> float:
        """The body's size in units of the reader's own (16 CSS pixels unless they changed it)."""
        return self.size / 16


def theme(format: Format, chosen: config.Theme) -> Theme:
    """The look of a format, in the colours that were set; large print is black and white with links of 7:1."""
    if format is not Format.LARGE:
        return Theme(17, COLUMN, _palette(chosen.light), _palette(chosen.dark), _font(chosen.font), chosen.radius)
    light = Palette("#000000", "#1c2126", "#47525d", "#f2f5f7", chosen.light.accent, "#ffffff")
    dark = Palette("#ffffff", "#eef1f4", "#b9c3cc", "#14181c", chosen.dark.accent, "#000000")
    return Theme(24, 720, _strong(light), _strong(dark), _font(chosen.font), chosen.radius)


def _palette(colours: config.Palette) -> Palette:
    return Palette(**colours.model_dump())


def _strong(palette: Palette) -> Palette:
    """The palette with its accent as near as can be to the one that was set, at 7:1 (WCAG 1.4.6)."""
    grounds = [colour(palette.paper), colour(palette.tint)]
    found = nearest(colour(palette.accent), lambda one: all(contrast(one, ground) >= STRONG for ground in grounds))
    return replace(palette, accent=written(found or colour(palette.ink)))


def _font(names: Sequence[str]) -> Markup:
    """A list of fonts as CSS has it; settings let nothing through that would need escaping."""
    listed = [*names, *(() if names[-1] in GENERIC else ("sans-serif",))]
    return Markup(", ".join(f"'{name}'" if " " in name else name for name in listed))  # noqa: S704
