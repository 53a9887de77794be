"""What several pictures have in common: sky, hills, trees, houses, stalls."""

from __future__ import annotations

import math

from PIL import Image

from sample_pictures.canvas import (
    AMBER,
    DEEP,
    GRASS,
    HAZE,
    HEIGHT,
    INK,
    NEAR,
    PALE_BLUE,
    PAPER,
    RED,
    ROOF,
    SKY,
    STEEL,
    SUN,
    WIDTH,
    WOOD,
    Canvas,
    Points,
)


def sky(c: Canvas, sun: tuple[float, float] | None = (920, 140)) -> None:
    shade = Image.linear_gradient("L").resize(c.image.size)
    c.image.paste(Image.composite(Image.new("RGB", shade.size, HAZE), Image.new("RGB", shade.size, SKY), shade))
    if sun:
        c.disc(*sun, 68, SUN)


def hills(c: Canvas, base: float, rise: float, fill: str, phase: float = 0) -> None:
    ridge = [
        (x, base - rise * (math.sin(x / 190 + phase) + 0.4 * math.sin(x / 83 + phase))) for x in range(0, 1201, 10)
    ]
    c.shape([(0, HEIGHT), *ridge, (WIDTH, HEIGHT)], fill)


def tree(c: Canvas, x: float, ground: float, size: float, fill: str = NEAR) -> None:
    c.box(x - size * 0.05, ground - size * 0.5, size * 0.1, size * 0.5, ROOF)
    c.disc(x, ground - size * 0.68, size * 0.32, fill)
    c.disc(x - size * 0.18, ground - size * 0.52, size * 0.2, fill)
    c.disc(x + size * 0.18, ground - size * 0.52, size * 0.2, fill)


def poplar(c: Canvas, x: float, ground: float, size: float, fill: str = DEEP) -> None:
    c.box(x - 4, ground - size * 0.2, 8, size * 0.2, ROOF)
    c.box(x - size * 0.11, ground - size, size * 0.22, size * 0.86, fill, size * 0.11)


def windows(c: Canvas, x: float, y: float, across: int, down: int, step: tuple[float, float], size: Points) -> None:
    (width, height), *_ = size
    for row in range(down):
        for column in range(across):
            c.box(x + column * step[0], y + row * step[1], width, height, PALE_BLUE)
            c.box(x + column * step[0] + width / 2 - 1.5, y + row * step[1], 3, height, PAPER)


def house(c: Canvas, x: float, ground: float, width: float, height: float, wall: str, roof: str = ROOF) -> None:
    top = ground - height
    c.box(x, top, width, height, wall)
    c.shape([(x - 12, top), (x + width / 2, top - width * 0.42), (x + width + 12, top)], roof)
    windows(c, x + width * 0.16, top + 34, 2, round(height // 100), (width * 0.4, 88), [(width * 0.26, 52)])
    c.box(x + width * 0.4, ground - 64, width * 0.2, 64, INK)


def awning(c: Canvas, x: float, y: float, width: float, fill: str, stripes: int = 8) -> None:
    step = width / stripes
    for n in range(stripes):
        colour = fill if n % 2 == 0 else PAPER
        c.box(x + n * step, y, step + 0.5, 66, colour)
        c.disc(x + (n + 0.5) * step, y + 66, step / 2, colour)


def stall(c: Canvas, x: float, ground: float, fill: str) -> None:
    c.box(x + 12, ground - 250, 8, 250, STEEL)
    c.box(x + 260, ground - 250, 8, 250, STEEL)
    c.box(x, ground - 110, 280, 110, WOOD)
    for n, colour in enumerate((AMBER, RED, GRASS, AMBER, NEAR)):
        for k in range(3):
            c.disc(x + 30 + n * 55 + (k - 1) * 15, ground - 116 - (k % 2) * 12, 12, colour)
    awning(c, x - 14, ground - 300, 308, fill)
