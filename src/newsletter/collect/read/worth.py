"""How likely rows that repeat themselves are the list of releases, and which others belong to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from newsletter.collect.read.dates import read_date
from newsletter.collect.read.page import HEADINGS, RANKED, text_of
from newsletter.collect.read.rows import Row, before

_OF_NEWS = re.compile(
    r"press|news|meldung|mitteilung|nachricht|aktuell|release|article|artikel|story|stories|/20\d\d(?:/|-)",
    re.IGNORECASE,
)
_OF_OTHER = re.compile(
    r"/(?:termine?|veranstaltung(?:en)?|events?|kalender|calendar|themen?|topics?|tags?|categor(?:y|ies)|"
    r"kategorien?|schlagw[oö]rte?r?|autor(?:en)?|authors?)(?:/|$)",
    re.IGNORECASE,
)
_SAMPLE: Final = 60  # items by which a group is judged


def worth(group: Sequence[Row]) -> float:
    """How likely a group is the list: many long texts, with headings and dates, in the page's main column."""
    sample = group[:_SAMPLE]
    texts = [row.text for row in sample]
    if len(set(texts)) < 2:
        return 0.0
    length = sum(min(len(text), 90) for text in texts) / len(texts)
    share = (sum(map(_headed, sample)) + 3 * sum(map(_dated, sample))) / len(sample)
    likely = float(len(group) ** 0.7) * length * (1 + share)
    paths = [urlsplit(row.url).path for row in sample]
    if _mostly(bool(_OF_NEWS.search(path)) for path in paths):
        likely *= 1.5
    elif _mostly(bool(_OF_OTHER.search(path)) for path in paths):
        likely *= 0.2
    if _mostly(row.beside for row in sample):
        likely *= 0.1
    return likely * (0.2 if length < 18 else 1)


def leading(best: Sequence[Row], rows: Iterable[Row]) -> list[Row]:
    """The items that stand apart from the list, larger and on top: with heading and date, to where the others lead."""
    folders = Counter(urlsplit(row.url).path.rpartition("/")[0] for row in best)
    folder, most = folders.most_common(1)[0]
    if not folder or most < 0.8 * len(best) or not all(_dated(row) for row in best[:_SAMPLE]):
        return []
    known = {row.url for row in best}
    return [
        row
        for row in rows
        if row.url not in known
        and not row.beside
        and urlsplit(row.url).path.rpartition("/")[0] == folder
        and _headed(row)
        and _dated(row)
    ]


def _headed(row: Row) -> bool:
    return row.link.css_first(HEADINGS) is not None or any(tag in RANKED for tag in row.tags.split(" < "))


def _dated(row: Row) -> bool:
    said = text_of(row.item, 300) if row.item.mem_id != row.link.mem_id else ""
    if row.item.css_first("time") is not None or read_date(said) is not None:
        return True
    return any(read_date(before(node)) is not None for node in (row.item, row.link))


def _mostly(values: Iterable[bool]) -> bool:
    found = list(values)
    return sum(found) * 2 > len(found)
