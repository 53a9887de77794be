"""Who speaks for the city: its press officer and its arms."""

from __future__ import annotations

from PIL import Image

from sample_pictures.canvas import INK, PALE_BLUE, PAPER, Canvas


def portrait() -> Image.Image:
    """The press officer of the contact box."""
    c = Canvas(400, 400, PALE_BLUE)
    c.disc(200, 190, 104, "#5b3b2e")
    c.box(96, 190, 208, 110, "#5b3b2e", 30)
    c.box(60, 300, 280, 140, INK, 90)
    c.shape([(160, 290), (240, 290), (200, 370)], PAPER)
    c.box(172, 240, 56, 80, "#d8a588", 20)
    c.box(128, 110, 144, 176, "#e5b698", 70)
    c.shape([(120, 190), (140, 108), (230, 92), (278, 130), (284, 190), (240, 142)], "#5b3b2e")
    return c.finished()


def arms() -> Image.Image:
    """The city's arms: a bridge over water."""
    c = Canvas(80, 96, "white")
    c.shape([(0, 0), (80, 0), (80, 56), (66, 80), (40, 96), (14, 80), (0, 56)], "#0b4f8a")
    c.box(12, 34, 56, 8, PAPER)
    for x in (20, 36, 52):
        c.box(x, 16, 8, 34, PAPER)
    for y in (58, 70):
        c.line([(22, y), (31, y + 5), (40, y), (49, y + 5), (58, y)], PAPER, 4)
    return c.finished()
