"""The look of mails as it can be set; that it can be read by everybody is checked when settings are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from newsletter.colours import Colour, colour, contrast, inverted, nearest, written
from newsletter.config.values import WebAddress
from newsletter.model.alt import says_nothing

TEXT, STRONG = 4.5, 7.0  # WCAG 1.4.3 and 1.4.6
GENERIC = ("sans-serif", "serif", "system-ui")
FORMATS = (".png", ".jpg", ".jpeg", ".gif")  # what mail programs show


def _hex(text: str) -> str:
    return written(colour(text))


Hex = Annotated[str, AfterValidator(_hex)]
FontName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{0,60}$|^-apple-system$")]


class ThemeTable(BaseModel):
    """A table of a theme: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Palette(ThemeTable):
    """The colours of one mode; see docs/operating.md for what each is used for."""

    ink: Hex
    mute: Hex
    line: Hex
    tint: Hex
    accent: Hex
    paper: Hex


class Light(Palette):
    ink: Hex = "#1c2126"
    mute: Hex = "#47525d"
    line: Hex = "#d3dae0"
    tint: Hex = "#f2f5f7"
    accent: Hex = "#0b4f8a"
    paper: Hex = "#ffffff"


class Dark(Palette):
    ink: Hex = "#eef1f4"
    mute: Hex = "#b9c3cc"
    line: Hex = "#3a444d"
    tint: Hex = "#1f252b"
    accent: Hex = "#9bccff"
    paper: Hex = "#14181c"


class Logo(ThemeTable):
    """A picture in place of the publisher's name: at an address, or a file that is published with the feeds."""

    src: WebAddress | None = None
    file: Path | None = None
    alt: str
    width: int = Field(ge=16, le=560)
    height: int = Field(ge=16, le=400)

    @model_validator(mode="after")
    def _can_be_shown(self) -> Logo:
        if (self.src is None) == (self.file is None):
            raise ValueError("a logo has either src, its address, or file")
        if self.file is not None and self.file.suffix.lower() not in FORMATS:
            raise ValueError(f"a logo is a file with one of these endings: {', '.join(FORMATS)}")
        if not self.alt.strip() or says_nothing(self.alt):
            raise ValueError(
                "a logo's alt says whose it is, as the publisher's name; it is read where pictures are off"
            )
        return self


class Theme(ThemeTable):
    """How mails look. `font` names fonts of readers' systems, the first that is there is taken; `radius` in pixels."""

    light: Light = Light()
    dark: Dark = Dark()
    font: list[FontName] = Field(
        default=["-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"], min_length=1
    )
    radius: int = Field(default=6, ge=0, le=24)
    logo: Logo | None = None

    def changed(self, own: Theme) -> Theme:
        """This theme with what `own` sets put over it."""
        return Theme.model_validate(_over(self.model_dump(exclude_unset=True), own.model_dump(exclude_unset=True)))


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables put over each other key by key; but a logo is one thing."""
    both = {key: _over(below[key], value) for key, value in above.items() if isinstance(value, dict) and key in below}
    both.pop("logo", None)
    return {**below, **above, **both}


class Pair(NamedTuple):
    """Two colours of a palette that stand on each other, and the contrast that they need."""

    text: str
    ground: str
    needed: float
    criterion: str


PAIRS = (
    Pair("ink", "paper", TEXT, "WCAG 1.4.3"),
    Pair("ink", "tint", TEXT, "WCAG 1.4.3"),
    Pair("mute", "paper", STRONG, "WCAG 1.4.6"),
    Pair("mute", "tint", STRONG, "WCAG 1.4.6"),
    Pair("accent", "paper", TEXT, "WCAG 1.4.3"),  # links, buttons; as bar and focus ring 3:1 would do (1.4.11)
    Pair("accent", "tint", TEXT, "WCAG 1.4.3"),
)


def too_faint(theme: Theme, where: str) -> Iterator[str]:
    """The pairs that cannot be read well enough: a line each, with the nearest colour that can."""
    for mode, palette in (("light", theme.light), ("dark", theme.dark)):
        for pair in PAIRS:
            yield from _faint(pair, palette, mode, f"{where}.{mode}.{pair.text}")


def _faint(pair: Pair, palette: Palette, mode: str, where: str) -> Iterator[str]:
    text, ground = colour(getattr(palette, pair.text)), colour(getattr(palette, pair.ground))
    ratio, needed, how = contrast(text, ground), pair.needed, ""
    if ratio >= needed and mode == "light":  # some clients turn light mails dark by inverting them
        ratio, needed, how = contrast(inverted(text), inverted(ground)), TEXT, ", inverted by a mail program,"
    if ratio < needed:
        fitting = nearest(text, lambda one: _fits(one, pair.text, palette, mode))
        remedy = (
            f"the nearest that has is {written(fitting)}" if fitting else f"no colour has on {pair.ground}: change that"
        )
        yield (
            f"{where}: {written(text)} on {pair.ground} {written(ground)}{how} has a contrast of {_floor(ratio)}:1, "
            f"needed is {needed:g}:1 ({pair.criterion}); {remedy}"
        )


def _fits(one: Colour, name: str, palette: Palette, mode: str) -> bool:
    """Whether a colour would do on every ground that `name` stands on."""
    for pair in (pair for pair in PAIRS if pair.text == name):
        ground = colour(getattr(palette, pair.ground))
        if contrast(one, ground) < pair.needed:
            return False
        if mode == "light" and contrast(inverted(one), inverted(ground)) < TEXT:
            return False
    return True


def _floor(ratio: float) -> str:
    """A ratio that never looks as if it were enough."""
    return f"{int(ratio * 100) / 100:.2f}"
