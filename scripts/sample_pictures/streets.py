"""Pictures of streets and buildings."""

from __future__ import annotations

from sample_pictures.canvas import (
    AMBER,
    BLUE,
    BRICK,
    CREAM,
    FAR,
    GRASS,
    INK,
    NEAR,
    PALE_BLUE,
    PAPER,
    RED,
    ROOF,
    STEEL,
    STONE,
    WIDTH,
    WOOD,
    Canvas,
    picture,
)
from sample_pictures.parts import hills, house, sky, stall, tree, windows


@picture("baustelle.jpg")
def _(c: Canvas) -> None:
    sky(c, None)
    for n, wall in enumerate((CREAM, "#d9c3ae", STONE, CREAM)):
        house(c, 40 + n * 300, 440, 200, 220, wall)
    c.box(0, 440, WIDTH, 235, "#8b9096")
    c.shape([(380, 520), (830, 520), (900, 640), (320, 640)], "#6b4f40")
    c.box(690, 300, 150, 100, AMBER, 12)
    c.box(712, 318, 62, 52, PALE_BLUE, 6)
    c.box(660, 392, 210, 44, AMBER, 8)
    c.box(650, 430, 230, 50, INK, 25)
    c.line([(690, 350), (560, 250), (480, 400)], AMBER, 26)
    c.shape([(440, 396), (520, 396), (506, 466), (454, 466)], STEEL)
    for n in range(12):
        c.box(60 + n * 90, 560, 90, 34, RED if n % 2 else PAPER)
    for x in (100, 600, 1090):
        c.box(x, 540, 14, 110, STEEL)


@picture("rathaus.jpg")
def _(c: Canvas) -> None:
    sky(c, (1010, 130))
    c.box(0, 560, WIDTH, 115, "#d8cfc0")
    c.box(300, 300, 600, 270, CREAM)
    for n in range(5):
        c.box(300 + n * 46, 300 - n * 26, 600 - n * 92, 28, CREAM)
    windows(c, 340, 330, 7, 2, (78, 96), [(46, 62)])
    c.box(555, 90, 90, 300, "#e5d8c2")
    c.shape([(540, 92), (600, 10), (660, 92)], ROOF)
    c.disc(600, 146, 32, PAPER)
    c.line([(600, 124), (600, 146), (616, 154)], INK)
    for x in (470, 560, 650):
        c.box(x, 486, 80, 84, ROOF, 0)
        c.disc(x + 40, 486, 40, ROOF)
    c.box(420, 566, 360, 14, STONE)
    tree(c, 170, 590, 210)
    tree(c, 1040, 590, 190)


@picture("solardach.jpg")
def _(c: Canvas) -> None:
    sky(c, (220, 140))
    hills(c, 430, 30, FAR, 1)
    for x in (60, 160, 1080, 1160):
        tree(c, x, 560, 190)
    c.box(0, 550, WIDTH, 125, GRASS)
    c.box(240, 400, 760, 190, CREAM)
    windows(c, 280, 450, 8, 1, (90, 0), [(62, 76)])
    c.shape([(200, 410), (320, 200), (920, 200), (1040, 410)], ROOF)
    for row in range(3):
        for column in range(9):
            low, high = 392 - row * 60, 342 - row * 60
            ends = [(_roof_x(column / 9, y), _roof_x((column + 0.88) / 9, y)) for y in (low, high)]
            c.shape([(ends[0][0], low), (ends[1][0], high), (ends[1][1], high), (ends[0][1], low)], "#2b4a6b")


def _roof_x(part: float, y: float) -> float:
    """Where on the slanting roof of the solar picture the given part of its width lies at height `y`."""
    inset = 46 + (410 - y) * 120 / 210
    return 200 + inset + part * (840 - 2 * inset)


@picture("wohnstrasse.jpg")
def _(c: Canvas) -> None:
    sky(c, (160, 120))
    for n, wall in enumerate(("#e3c9a8", CREAM, "#c9d5da", "#dbb6a3", CREAM)):
        house(c, 20 + n * 240, 540, 200, 240 + n % 2 * 40, wall)
    c.box(0, 540, WIDTH, 135, "#a7adb2")
    c.box(0, 540, WIDTH, 24, STONE)
    for n in range(8):
        c.box(40 + n * 160, 612, 90, 8, PAPER)
    for x in (236, 716, 1180):
        tree(c, x, 566, 230)


@picture("strassenbahn.jpg")
def _(c: Canvas) -> None:
    sky(c, (1060, 120))
    for n in range(7):
        tree(c, 70 + n * 185, 480, 230 + n % 2 * 30, FAR if n % 2 else NEAR)
    c.box(0, 470, WIDTH, 205, GRASS)
    c.line([(0, 120), (1200, 120)], STEEL, 3)
    c.line([(560, 230), (600, 122), (640, 230)], STEEL, 4)
    c.box(150, 226, 900, 310, PAPER, 40)
    c.box(150, 400, 900, 96, BLUE)
    c.box(186, 276, 828, 110, PALE_BLUE, 14)
    for x in (390, 600, 810):
        c.box(x - 46, 262, 92, 256, STONE, 6)
        c.box(x - 38, 274, 35, 228, PALE_BLUE, 4)
        c.box(x + 3, 274, 35, 228, PALE_BLUE, 4)
    c.box(180, 496, 840, 46, INK, 16)
    c.box(0, 546, WIDTH, 8, STEEL)
    c.box(0, 600, WIDTH, 8, STEEL)


@picture("feuerwehr.jpg")
def _(c: Canvas) -> None:
    sky(c, None)
    c.box(120, 180, 800, 350, BRICK)
    for x in (160, 430, 700):
        c.box(x, 290, 190, 240, STONE)
        for n in range(5):
            c.box(x, 290 + n * 48, 190, 4, PAPER)
    c.box(920, 70, 150, 460, BRICK)
    c.box(905, 56, 180, 20, ROOF)
    c.box(988, 10, 14, 50, STEEL)
    c.shape([(960, 10), (1030, 10), (1012, 30), (978, 30)], STEEL)
    windows(c, 970, 130, 1, 4, (0, 90), [(48, 56)])
    c.box(0, 530, WIDTH, 145, "#9aa0a5")
    c.box(250, 380, 480, 180, RED, 12)
    c.box(720, 400, 150, 160, RED, 18)
    c.box(764, 416, 92, 66, PALE_BLUE, 8)
    c.box(250, 470, 620, 18, PAPER)
    c.box(270, 352, 440, 14, STONE)
    c.box(780, 384, 56, 18, BLUE, 8)
    for x in (350, 640, 800):
        c.disc(x, 564, 40, INK)
        c.disc(x, 564, 16, STONE)


@picture("haltestelle.jpg")
def _(c: Canvas) -> None:
    sky(c, None)
    hills(c, 360, 24, FAR, 3)
    c.box(0, 420, WIDTH, 255, "#9aa0a5")
    c.box(560, 210, 640, 290, PAPER, 30)
    c.box(560, 400, 640, 60, NEAR)
    c.box(590, 246, 110, 240, INK, 6)
    for n in range(3):
        c.box(730 + n * 150, 252, 132, 110, PALE_BLUE, 8)
    for x in (780, 1080):
        c.disc(x, 500, 46, INK)
        c.disc(x, 500, 18, STONE)
    c.box(0, 530, WIDTH, 145, STONE)
    c.box(0, 530, WIDTH, 10, PAPER)
    for n in range(30):
        c.box(n * 40, 560, 32, 22, PAPER, 3)
    c.box(620, 582, 60, 93, PAPER)
    c.box(80, 190, 360, 18, STEEL)
    c.box(96, 208, 10, 390, STEEL)
    c.box(414, 208, 10, 390, STEEL)
    c.box(112, 226, 296, 210, PALE_BLUE)
    c.box(130, 480, 260, 16, WOOD)
    c.box(496, 180, 8, 420, STEEL)
    c.disc(500, 170, 38, AMBER)


@picture("schule.jpg")
def _(c: Canvas) -> None:
    sky(c, (150, 120))
    hills(c, 470, 18, FAR, 2)
    c.box(0, 560, WIDTH, 115, GRASS)
    c.box(180, 250, 840, 320, WOOD)
    for n in range(42):
        c.box(180 + n * 20, 250, 2, 320, "#b58b60")
    c.box(160, 236, 880, 20, INK)
    for n in range(22):
        c.disc(180 + n * 40, 238, 16, NEAR)
    windows(c, 220, 290, 6, 2, (132, 138), [(98, 92)])
    c.box(556, 420, 92, 150, PALE_BLUE)
    c.box(600, 420, 4, 150, INK)
    c.shape([(520, 570), (684, 570), (760, 675), (440, 675)], "#d8cfc0")
    tree(c, 90, 600, 220)
    tree(c, 1110, 600, 240)


@picture("quartier.jpg")
def _(c: Canvas) -> None:
    sky(c, (980, 120))
    hills(c, 420, 16, FAR, 1)
    for x, height, wall in ((60, 300, CREAM), (300, 360, "#e3c9a8"), (720, 330, "#d5dde0"), (950, 280, CREAM)):
        c.box(x, 530 - height, 200, height, wall)
        floors = height // 90
        windows(c, x + 24, 548 - height, 3, floors, (58, 86), [(36, 50)])
        for floor in range(floors):
            c.box(x + 20, 604 - height + floor * 86, 96, 12, STEEL)
    c.box(0, 530, WIDTH, 145, GRASS)
    for y in (574, 620):
        c.line([(0, y + 24), (1200, y - 24)], ROOF, 6)
    for n in range(30):
        c.line([(n * 42, 600 - n * 1.7), (n * 42 + 8, 650 - n * 1.7)], WOOD, 7)
    for x in (280, 540, 620, 940, 1170):
        tree(c, x, 556, 170)


@picture("wochenmarkt.jpg")
def _(c: Canvas) -> None:
    sky(c, (1060, 110))
    for n, wall in enumerate((CREAM, "#dbb6a3", "#e3c9a8", "#c9d5da", CREAM)):
        house(c, 20 + n * 240, 480, 200, 220 + n % 2 * 30, wall)
    c.box(0, 480, WIDTH, 195, "#d8cfc0")
    for x, fill in ((60, AMBER), (460, BLUE), (860, NEAR)):
        stall(c, x, 620, fill)
