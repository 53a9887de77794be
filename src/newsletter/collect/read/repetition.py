"""Which links of a page are its list of releases: those that stand at one place of a structure that repeats itself.

Every element is looked at a bounded number of times, however many links there are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final
from urllib.parse import urldefrag, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.collect.read.beside import Beside
from newsletter.collect.read.page import HEADINGS, PageTree, ancestors, text_of
from newsletter.collect.read.rows import Row
from newsletter.collect.read.worth import leading, worth

_AWAY: Final = (
    "script, style, template, svg, nav, footer, [role=navigation], [role=contentinfo], [role=search], "
    "[role=banner], [role=menu], "
    "[class*=breadcrumb i], [class*=cookie i], [class*=pagination i], [class*=pager i], [class*=pagebrowser i], "
    "[class*=share i], [class*=social i]"
)
_WIDE: Final = frozenset({"main", "ul", "ol", "dl", "table", "tbody"})  # hold a list, and are no item of one
_NOT_ITEM = re.compile(
    r"^(?:mehr|weiterlesen|weiter|read more|more|details|zurück|home|startseite|\d+|»|«|drucken|print|kontakt|"
    r"impressum|login)$",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|zip|ics|jpe?g|png|gif|mp[34])$", re.IGNORECASE)
_FEW_LINKS: Final = 4
_MANY_LINKS: Final = 12
_MANY_HEADINGS: Final = 3
_LABEL: Final = 3  # times that a text stands at links to different places, before it is a label and no headline


@dataclass(slots=True)
class _Census:
    """How many links and headings there are in each element, by the element's id."""

    links: Counter[int] = field(default_factory=Counter)
    targets: defaultdict[int, set[str]] = field(default_factory=partial(defaultdict, set))
    headings: Counter[int] = field(default_factory=Counter)


def repeated(page: PageTree) -> list[tuple[LexborNode, LexborNode]]:
    """Items and their links, in the page's order; empty where nothing repeats itself."""
    census = _census(page)
    rows = _rows(page, census)
    groups = [_without_labels(_with_headings(group)) for group in _joined(_grouped(rows))]
    best = max(groups, key=worth, default=[])
    if not best or (len(best) > 1 and not worth(best)):
        return []
    found = {row.link.mem_id for row in (*leading(best, rows), *best)}
    return _whole([row for row in rows if row.link.mem_id in found], census)


def _census(page: PageTree) -> _Census:
    census = _Census()
    for a in page.root.css("a[href]"):
        target = a.attributes.get("href") or ""
        for element in ancestors(a):
            census.links[element.mem_id] += 1
            if len(census.targets[element.mem_id]) <= _FEW_LINKS:
                census.targets[element.mem_id].add(target)
    for heading in page.root.css(HEADINGS):
        for element in ancestors(heading):
            census.headings[element.mem_id] += 1
    return census


def _rows(page: PageTree, census: _Census) -> list[Row]:
    away = {node.mem_id for node in page.root.css(_AWAY)}
    beside = Beside(page)
    rows = []
    for a in page.root.css("a[href]"):
        path = list(ancestors(a))
        if any(node.mem_id in away for node in path):
            continue
        row = _row(a, path, page, census)
        if row is not None:
            rows.append(replace(row, beside=beside.holds(a, path)))
    told = {row.url for row in rows if not row.label}
    return [row for row in rows if not row.label or row.url not in told]


def _row(a: LexborNode, path: Sequence[LexborNode], page: PageTree, census: _Census) -> Row | None:
    url = _target(a, page)
    if url is None:
        return None
    item, text, near = _item(a, path, census), text_of(a), (a, *path[:6])
    label = len(text) <= 3 or bool(_NOT_ITEM.match(text))
    text = _heading(item) if label else text
    if not text:
        return None
    return Row(
        link=a,
        text=text,
        item=item,
        around=item.parent.mem_id if item.parent is not None else 0,
        url=url,
        tags=" < ".join(str(node.tag) for node in near),
        classes=" < ".join(_class(node) for node in near),
        label=label,
    )


def _target(a: LexborNode, page: PageTree) -> str | None:
    """Where a link leads, if that may be a release."""
    url = page.absolute(a.attributes.get("href"))
    other = url and urldefrag(url)[0] != urldefrag(page.url)[0] and not _FILE.search(urlsplit(url).path)
    return url if other else None


def _heading(item: LexborNode) -> str:
    return text_of(item.css_first(HEADINGS))


def _class(node: LexborNode) -> str:
    first = (node.attributes.get("class") or "").split()
    return re.sub(r"[-_]?[0-9]+", "", first[0]) if first else ""


def _item(a: LexborNode, path: Sequence[LexborNode], census: _Census) -> LexborNode:
    """The largest element around a link that holds no other item."""
    item = a
    for around in path:
        links, targets = census.links[around.mem_id], len(census.targets[around.mem_id])
        if around.tag in _WIDE or targets > _FEW_LINKS or census.headings[around.mem_id] > 2:
            break
        if targets > 1 and links > _FEW_LINKS:
            break
        item = around
    return item


def _whole(rows: Sequence[Row], census: _Census) -> list[tuple[LexborNode, LexborNode]]:
    """The rows with all that belongs to each: the largest element around its link that holds no other row."""
    targets: defaultdict[int, set[str]] = defaultdict(set)
    for row in rows:
        for element in ancestors(row.link):
            targets[element.mem_id].add(row.url)
    found = []
    for row in rows:
        item = row.item
        for element in ancestors(row.link):
            crowded = len(targets[element.mem_id]) > 1 or census.headings[element.mem_id] > _MANY_HEADINGS
            if element.tag in _WIDE or crowded or census.links[element.mem_id] > _MANY_LINKS:
                break
            item = element
        found.append((item if len(targets[item.mem_id]) <= 1 else row.item, row.link))
    return found


def _grouped(rows: Iterable[Row]) -> list[list[Row]]:
    groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.tags, row.classes].append(row)
    return list(groups.values())


def _joined(groups: Sequence[list[Row]]) -> list[list[Row]]:
    """Groups of one element that differ in their classes alone: first, last, odd, even, highlighted items."""
    joined: dict[tuple[str, int], list[Row]] = {}
    for group in sorted(groups, key=len, reverse=True):
        tags = group[0].tags
        places = {row.around for row in group}
        home = next((joined[tags, place] for place in places if (tags, place) in joined), None)
        if home is None or _class_of_link(home[0]) != _class_of_link(group[0]):
            home = []
        home += group
        for place in places:
            joined.setdefault((tags, place), home)
    return list({id(group): group for group in joined.values()}.values())


def _class_of_link(row: Row) -> str:
    return row.classes.partition(" < ")[0]


def _with_headings(group: list[Row]) -> list[Row]:
    """The group with the headings beside its links, where most links say the same: "Zur Pressemitteilung"."""
    texts = Counter(text for text, _ in {(row.text, row.url) for row in group})
    if texts.most_common(1)[0][1] * 2 <= texts.total() or texts.total() < 2:
        return group
    headed = [replace(row, text=_heading(row.item)) for row in group]
    return [row for row in headed if row.text] or group


def _without_labels(group: list[Row]) -> list[Row]:
    """The group without the second links of its items that all say the same: "Leichte Sprache", "Download"."""
    texts = Counter(text for text, _ in {(row.text, row.url) for row in group})
    seen: set[int] = set()
    kept = []
    for row in group:
        parent = row.link.parent.mem_id if row.link.parent is not None else 0
        if parent not in seen or texts[row.text] < _LABEL:
            kept.append(row)
        seen.add(parent)
    return kept
