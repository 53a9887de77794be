"""Pictures of rooms, and one poster."""

from __future__ import annotations

from sample_pictures.canvas import (
    AMBER,
    BLUE,
    CREAM,
    DEEP,
    HEIGHT,
    INK,
    NEAR,
    PALE_BLUE,
    PAPER,
    RED,
    ROOF,
    SCALE,
    STEEL,
    STONE,
    SUN,
    WIDTH,
    WOOD,
    Canvas,
    picture,
)
from sample_pictures.parts import house, stall, tree


@picture("kita.jpg")
def _(c: Canvas) -> None:
    c.box(0, 0, WIDTH, 400, CREAM)
    c.box(120, 70, 300, 220, PALE_BLUE, 8)
    c.box(265, 70, 10, 220, PAPER)
    c.box(0, 400, WIDTH, 275, WOOD)
    c.box(140, 450, 920, 190, "#a8c3b4", 60)
    blocks = [
        (250, 500, RED),
        (330, 500, BLUE),
        (410, 500, AMBER),
        (290, 420, AMBER),
        (370, 420, NEAR),
        (330, 340, BLUE),
    ]
    for x, y, fill in blocks:
        c.box(x, y, 76, 76, fill, 6)
    for n, fill in enumerate((BLUE, AMBER, RED)):
        x = 560 + n * 140
        c.box(x, 510, 124, 58, fill, 8)
        for wheel in (28, 96):
            c.disc(x + wheel, 576, 20, INK)
    c.box(900, 450, 60, 70, RED, 8)
    c.box(850, 470, 26, 44, INK, 4)


@picture("nachtlinie-plakat.png")
def _(c: Canvas) -> None:
    c.box(0, 0, WIDTH, HEIGHT, "#16263a")
    c.disc(1010, 150, 74, SUN)
    c.disc(980, 132, 66, "#16263a")
    for x, y in ((700, 90), (820, 210), (1120, 300), (640, 250), (900, 60)):
        c.disc(x, y, 4, PAPER)
    c.text(80, 250, "N7", 190, AMBER)
    c.text(84, 345, "Die neue Nachtlinie", 62, PAPER)
    c.text(84, 425, "Hafenviertel - Marktplatz - Bahnhof - Klinikum", 40, PALE_BLUE)
    c.text(84, 485, "Freitag und Samstag, 23 bis 5 Uhr, alle 30 Minuten", 40, PALE_BLUE)
    c.line([(84, 580), (1116, 580)], AMBER, 8)
    for x in (84, 428, 772, 1116):
        c.disc(x, 580, 20, AMBER)
        c.disc(x, 580, 11, "#16263a")


@picture("stadtbibliothek.jpg")
def _(c: Canvas) -> None:
    c.box(0, 0, WIDTH, 560, CREAM)
    c.box(0, 560, WIDTH, 115, WOOD)
    c.box(60, 60, 640, 500, ROOF)
    colours = (BLUE, RED, AMBER, NEAR, CREAM, STEEL, DEEP, PALE_BLUE)
    for row in range(4):
        c.box(78, 78 + row * 121, 604, 103, "#5f3a33")
        x, n = 84, row * 3
        while x < 650:
            width, height = 18 + n * 7 % 17, 70 + n * 13 % 28
            c.box(x, 181 + row * 121 - height, width, height, colours[n % len(colours)])
            x, n = x + width + 3, n + 1
    c.box(800, 400, 220, 150, BLUE, 24)
    c.box(820, 290, 180, 180, BLUE, 36)
    c.box(780, 400, 44, 150, "#27587f", 20)
    c.box(996, 400, 44, 150, "#27587f", 20)
    c.box(1106, 230, 8, 320, INK)
    c.shape([(1070, 240), (1090, 160), (1130, 160), (1150, 240)], AMBER)
    c.box(1080, 546, 60, 14, INK, 6)


@picture("markthalle.jpg")
def _(c: Canvas) -> None:
    c.box(0, 0, WIDTH, 560, CREAM)
    c.shape([(0, 250), (600, 20), (1200, 250), (1200, 0), (0, 0)], "#d9cbb6")
    c.shape([(0, 262), (600, 32), (1200, 262), (1200, 300), (600, 80), (0, 300)], STEEL)
    for n in range(9):
        x = 120 + n * 120
        c.line([(x, 300 - (1 - abs(x - 600) / 600) * 215), (600, 34)], PALE_BLUE, 5)
    c.box(0, 560, WIDTH, 115, "#b79b84")
    for x, fill in ((70, NEAR), (460, RED), (850, BLUE)):
        stall(c, x, 600, fill)


@picture("hallenbad.jpg")
def _(c: Canvas) -> None:
    c.box(0, 0, WIDTH, 320, CREAM)
    for n in range(8):
        c.box(40 + n * 144, 50, 124, 210, PALE_BLUE)
    c.box(0, 320, WIDTH, 60, STONE)
    c.shape([(140, 380), (1060, 380), (1200, 600), (1200, 675), (0, 675), (0, 600)], "#7fb6cf")
    for n in range(1, 4):
        top, bottom = 140 + n * 230, -90 + n * 345
        for k in range(14):
            a, b = k / 14, (k + 0.6) / 14
            c.line([(top + (bottom - top) * t, 384 + 291 * t) for t in (a, b)], RED if k % 2 else PAPER, 5 + 5 * a)
    for n in range(4):
        c.box(222 + n * 230, 330, 66, 46, BLUE, 6)
        c.box(230 + n * 230, 318, 50, 14, PAPER, 4)


@picture("stadtarchiv.jpg")
def _(c: Canvas) -> None:
    c.box(0, 0, WIDTH, HEIGHT, "#dfe3e2")
    c.box(0, 590, WIDTH, 85, WOOD)
    for x, y, width, height in (
        (90, 90, 300, 210),
        (450, 70, 300, 400),
        (810, 110, 300, 210),
        (90, 350, 300, 180),
        (810, 370, 300, 160),
    ):
        c.box(x, y, width, height, INK)
        c.box(x + 12, y + 12, width - 24, height - 24, PAPER)
        c.box(x + 36, y + 36, width - 72, height - 72, "#cdbfa8")
    house(c, 190, 264, 90, 60, "#a8977d", "#7b6a55")
    c.shape([(520, 330), (680, 330), (650, 380), (550, 380)], "#7b6a55")
    c.box(596, 180, 8, 150, "#7b6a55")
    c.shape([(610, 190), (610, 320), (676, 320)], "#efe6d6")
    c.line([(850, 240), (1070, 240)], "#7b6a55", 8)
    c.pen.arc([v * SCALE for v in (890, 190, 1030, 330)], 180, 360, fill="#7b6a55", width=8 * SCALE)
    for x in (160, 200, 240, 280, 320):
        tree(c, x, 486, 80, "#8d7c65")
    hills_in_frame = [(850, 490), (930, 430), (1000, 470), (1070, 440), (1070, 490)]
    c.shape(hills_in_frame, "#8d7c65")


@picture("stadttheater.jpg")
def _(c: Canvas) -> None:
    c.box(0, 0, WIDTH, HEIGHT, "#241a1c")
    c.shape([(560, 0), (640, 0), (820, 560), (380, 560)], "#4a3a36")
    c.box(0, 540, WIDTH, 135, "#6d4a37")
    c.pen.ellipse([v * SCALE for v in (360, 530, 840, 620)], fill="#c9a878")
    for n in range(7):
        shade = "#8f2f2f" if n % 2 else "#a33a38"
        c.box(n * 46, 0, 47, 548, shade)
        c.box(1154 - n * 46, 0, 47, 548, shade)
    for n in range(12):
        c.box(n * 100, 0, 100, 70, "#8f2f2f")
        c.disc(50 + n * 100, 70, 50, "#8f2f2f")
        c.disc(50 + n * 100, 70, 40, "#a33a38")
