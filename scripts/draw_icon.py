"""Draws templates/web/favicon.ico, the letter of templates/web/icon.svg for browsers that take no SVG.

.venv/bin/python scripts/draw_icon.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

FILE = Path(__file__).parents[1] / "templates/web/favicon.ico"
SIZES = [(16, 16), (32, 32), (48, 48)]
FINE = 24  # times the 32 units of the SVG: drawn large, then scaled down
GROUND, LETTER = "#0b4f8a", "#ffffff"
LINES = (((6.5, 9.5), (25.5, 9.5), (25.5, 22.5), (6.5, 22.5), (6.5, 9.5)), ((6.5, 9.5), (16, 17), (25.5, 9.5)))
WIDTH = 2.5


def drawn() -> Image.Image:
    """The icon, much larger than it is shown."""
    picture = Image.new("RGBA", (32 * FINE, 32 * FINE))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, 32 * FINE - 1, 32 * FINE - 1), 7 * FINE, GROUND)
    for line in LINES:
        points = [(x * FINE, y * FINE) for x, y in line]
        pen.line(points, LETTER, round(WIDTH * FINE), joint="curve")
        for x, y in points:
            pen.circle((x, y), WIDTH * FINE / 2, LETTER)
    return picture


if __name__ == "__main__":
    drawn().resize((192, 192), Image.Resampling.LANCZOS).save(FILE, sizes=SIZES)
