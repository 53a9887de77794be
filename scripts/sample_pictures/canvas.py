"""What the pictures are drawn on and with: one size, one palette, a few shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 675
SCALE = 2  # drawn larger, then made smaller: smooth edges

SKY, HAZE, SUN = "#cfe2f0", "#ebe8e0", "#efd8a6"
FAR, NEAR, DEEP, GRASS = "#8fae9c", "#5f8a73", "#3f6452", "#86a97c"
WATER, STEEL, INK, STONE = "#8db4cc", "#5d626a", "#333b45", "#c3c8cc"
PAPER, CREAM, WOOD, BRICK, ROOF = "#fbfaf6", "#f1e8d8", "#c79f74", "#b9705a", "#8d5247"
BLUE, PALE_BLUE, AMBER, RED = "#2f6b9c", "#bcd5e6", "#dca94b", "#b5483f"

Points = Sequence[tuple[float, float]]


class Canvas:
    """A picture in the making; lengths in pixels of the finished one."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, ground: str = PAPER) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.pen = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, width: float, height: float, fill: str, radius: float = 0) -> None:
        edges = [v * SCALE for v in (x, y, x + width, y + height)]
        self.pen.rounded_rectangle([edges[0], edges[1], edges[2] - 1, edges[3] - 1], radius * SCALE, fill=fill)

    def shape(self, points: Points, fill: str) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        self.pen.ellipse([v * SCALE for v in (x - radius, y - radius, x + radius, y + radius)], fill=fill)

    def line(self, points: Points, fill: str, width: float = 4) -> None:
        self.pen.line([(x * SCALE, y * SCALE) for x, y in points], fill=fill, width=round(width * SCALE), joint="curve")

    def text(self, x: float, y: float, words: str, size: int, fill: str) -> None:
        font = ImageFont.load_default(size * SCALE)
        self.pen.text((x * SCALE, y * SCALE), words, fill=fill, font=font, anchor="ls")

    def finished(self) -> Image.Image:
        return self.image.resize(self.size, Image.Resampling.LANCZOS)


Drawing = Callable[[Canvas], None]
PICTURES: dict[str, Drawing] = {}


def picture(name: str) -> Callable[[Drawing], Drawing]:
    """Enter a drawing under its file's name."""

    def enter(drawing: Drawing) -> Drawing:
        PICTURES[name] = drawing
        return drawing

    return enter
