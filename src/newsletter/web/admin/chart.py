"""Charts as SVG within a page: no style and no script of their own, coloured by our sheet in every look."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date

from leather import Chart
from markupsafe import Markup

from newsletter.i18n import number

WIDTH, HEIGHT = 400, 200
TICKS = 3  # days named below


def columns(values: Sequence[tuple[date, int]], label: str, language: str) -> Markup:
    """A column a day. `label` says in words what it shows; the figures stand in a table beside it."""
    days, most = [day.isoformat() for day, _ in values], max((n for _, n in values), default=0)
    chart = Chart()
    chart.add_columns([(day.isoformat(), n) for day, n in values])
    chart.add_y_scale(0, max(most, 1))
    chart.add_y_axis(ticks=sorted({0, max(most, 1)}), tick_formatter=lambda value, *_: number(value, language))
    chart.add_x_axis(ticks=days[:: max(1, len(days) // TICKS)], tick_formatter=_short)
    root = ET.Element("svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")
    root.set("aria-label", label)
    root.append(chart.to_svg_group(WIDTH, HEIGHT))
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  # the tree's own escaping


def _short(value: object, *_: object) -> str:
    return f"{date.fromisoformat(str(value)):%d.%m.}"
