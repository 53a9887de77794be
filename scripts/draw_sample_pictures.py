"""Draws the pictures of the sample portal: flat, calm, 1200 x 675 pixels; the same bytes on every run of one Pillow.

.venv/bin/python scripts/draw_sample_pictures.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from sample_pictures import nature, rooms, streets  # noqa: F401  (each enters its pictures)
from sample_pictures.canvas import PICTURES, Canvas
from sample_pictures.people import arms, portrait

FOLDER = Path(__file__).parents[1] / "src/newsletter/demo/portal/pictures"


def save(image: Image.Image, file: Path) -> None:
    """Write a picture small: JPEG for what is shaded, PNG with few colours for what has sharp edges."""
    if file.suffix == ".png":
        image.quantize(64, dither=Image.Dither.NONE).save(file, optimize=True)
    else:
        image.save(file, quality=84, optimize=True, progressive=True)


def main(folder: Path = FOLDER) -> None:
    """Draw all pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawing in PICTURES.items():
        canvas = Canvas()
        drawing(canvas)
        save(canvas.finished(), folder / name)
    save(portrait(), folder / "portrait.jpg")
    save(arms(), folder / "wappen.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
