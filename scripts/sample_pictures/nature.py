"""Pictures of the river, the woods and the parks."""

from __future__ import annotations

import math

from sample_pictures.canvas import (
    AMBER,
    BLUE,
    CREAM,
    DEEP,
    FAR,
    GRASS,
    HEIGHT,
    INK,
    NEAR,
    PALE_BLUE,
    PAPER,
    RED,
    STEEL,
    STONE,
    WATER,
    WIDTH,
    WOOD,
    Canvas,
    picture,
)
from sample_pictures.parts import hills, house, poplar, sky, tree


@picture("radbruecke.jpg")
def _(c: Canvas) -> None:
    sky(c)
    hills(c, 470, 36, FAR)
    hills(c, 530, 30, DEEP, 2)
    c.box(0, 606, WIDTH, 69, WATER)
    c.box(0, 500, WIDTH, 14, INK)
    for x in (300, 800):
        for n in range(1, 10):
            for side in (-1, 1):
                c.line([(x, 288 + n * 5), (x + side * n * 27, 502)], STEEL, 2.5)
        c.box(x - 8, 274, 16, 350, STEEL)


@picture("stadtwald.jpg")
def _(c: Canvas) -> None:
    sky(c, (880, 180))
    hills(c, 390, 34, "#a9c2b2", 1)
    hills(c, 470, 40, FAR, 2.4)
    hills(c, 560, 34, NEAR, 4)
    for n in range(26):
        poplar(c, 24 + n * 47, 640 + (n * 37 % 30), 120 + n * 53 % 70)
    hills(c, 655, 8, "#2f4f40", 3)


@picture("hafen.jpg")
def _(c: Canvas) -> None:
    sky(c, (300, 330))
    hills(c, 440, 14, FAR, 2)
    c.box(0, 450, WIDTH, 225, WATER)
    c.box(640, 430, 560, 90, STONE)
    c.line([(800, 430), (860, 130), (920, 430)], STEEL, 16)
    c.line([(660, 190), (1060, 100)], STEEL, 16)
    c.line([(680, 186), (680, 330)], INK, 3)
    c.box(656, 330, 48, 36, RED, 4)
    c.box(826, 220, 70, 56, BLUE, 6)
    for x, y, fill in ((140, 530, RED), (400, 580, BLUE)):
        c.shape([(x, y), (x + 200, y), (x + 165, y + 46), (x + 30, y + 46)], fill)
        c.box(x + 96, y - 120, 6, 120, INK)
        c.shape([(x + 108, y - 116), (x + 108, y - 14), (x + 176, y - 14)], PAPER)


@picture("musterfluss.jpg")
def _(c: Canvas) -> None:
    sky(c)
    hills(c, 330, 22, FAR, 2)
    c.box(0, 360, WIDTH, 315, GRASS)
    bank = [(520 + 240 * math.sin((y - 360) / 60), y) for y in range(360, 680, 5)]
    far = [(x + 30 + (y - 360) * 1.1, y) for x, y in bank]
    c.shape([*bank, *reversed(far)], WATER)
    for x, ground, size in (
        (90, 470, 190),
        (170, 450, 160),
        (1090, 520, 230),
        (1010, 470, 190),
        (940, 430, 150),
        (330, 400, 100),
    ):
        poplar(c, x, ground, size)


@picture("suedpark.jpg")
def _(c: Canvas) -> None:
    c.box(0, 0, WIDTH, HEIGHT, "#f2f5f7")
    bank = [(0, 430), (330, 430), (420, 400), (700, 400), (840, 330), (930, 330), (1070, 400), (1200, 400)]
    c.shape([*bank, (WIDTH, HEIGHT), (0, HEIGHT)], WOOD)
    c.shape([(0, 400), (375, 415), (330, 520), (240, 560), (0, 560)], WATER)
    turf = [(400, 394), (700, 394), (838, 325), (932, 325), (1070, 394)]
    c.line(turf, NEAR, 14)
    c.box(846, 316, 78, 10, STEEL)
    for x in (460, 550, 640):
        poplar(c, x, 394, 170, NEAR)
    house(c, 1090, 400, 90, 100, CREAM)
    c.disc(885, 268, 14, INK)
    c.box(875, 282, 20, 36, INK, 8)


@picture("spielplatz.jpg")
def _(c: Canvas) -> None:
    sky(c, (180, 130))
    hills(c, 420, 20, FAR, 1)
    c.box(0, 450, WIDTH, 225, GRASS)
    c.box(80, 500, 1040, 130, "#e3cfa6", 60)
    c.line([(160, 540), (230, 260), (300, 540)], WOOD, 14)
    c.line([(460, 540), (530, 260), (600, 540)], WOOD, 14)
    c.line([(230, 262), (530, 262)], WOOD, 14)
    for x in (310, 420):
        c.line([(x, 266), (x - 14, 470)], INK, 3)
        c.line([(x + 50, 266), (x + 36, 470)], INK, 3)
        c.box(x - 20, 466, 62, 12, RED, 4)
    c.box(740, 300, 20, 250, WOOD)
    c.box(860, 300, 20, 250, WOOD)
    c.box(724, 380, 172, 16, WOOD)
    c.shape([(716, 300), (810, 210), (904, 300)], BLUE)
    c.line([(880, 384), (950, 420), (1010, 520), (1070, 540)], AMBER, 26)
    c.line([(740, 540), (660, 540), (735, 390)], WOOD, 10)
    tree(c, 1130, 490, 210)


@picture("messstation.jpg")
def _(c: Canvas) -> None:
    sky(c, (180, 150))
    hills(c, 560, 26, FAR, 1)
    for x, size in ((120, 330), (330, 400), (900, 420), (1100, 340)):
        tree(c, x, 650, size)
    hills(c, 645, 6, DEEP, 2)
    c.box(592, 40, 16, 635, STEEL)
    c.line([(600, 46), (720, 46), (740, 70)], STEEL, 12)
    c.box(700, 66, 80, 16, INK, 6)
    c.box(530, 280, 140, 170, PAPER, 14)
    for n in range(5):
        c.box(552, 320 + n * 22, 96, 8, STONE, 4)
    c.disc(600, 300, 7, NEAR)
    c.shape([(480, 250), (520, 170), (680, 170), (720, 250)], "#2b4a6b")
    c.line([(500, 210), (700, 210)], PALE_BLUE, 2)
    c.line([(600, 170), (600, 250)], PALE_BLUE, 2)
