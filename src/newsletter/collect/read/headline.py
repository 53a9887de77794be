"""The headline of a release: where it stands, what it says, and the topic line (kicker) over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.data import Thing, is_article, microdata, text_value
from newsletter.collect.read.dates import read_date
from newsletter.collect.read.page import PageTree, inside, marks, nearest, says, select, text_of
from newsletter.collect.read.text import HEADLINE_LIMIT, clean, folded, likeness

KICKER_MARK: Final = re.compile(
    r"(?:^|[\s_-])(?:kicker|dachzeile|topline|overline|spitzmarke|roofline|pre-?title|pre-?headline|eyebrow|oberzeile|"
    r"over-?title|supertitle|subject-?line|catch-?line|rubrik|headline-?prefix|title-?prefix|topic-?line|tagline|"
    r"introline|"
    r"strapline|flag)(?:$|[\s_-])"
)
_SITE_MARK: Final = re.compile(r"(?:^|[\s_-])(?:logo|site-?(?:name|title|branding)|branding|navbar-brand)(?:$|[\s_-])")
_PATH_MARK: Final = re.compile(r"breadcrumb|rootline|brotkrume", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"\s+[|–—»·•:-]\s+|\s*\|\s*|\s+::\s+")
_MENUS: Final = frozenset({"nav", "footer", "aside"})
_LEVELS: Final = (("h1", 0.45), ("[itemprop~=headline]", 0.5), ("h2", 0.2), ("h3", 0.1), ("[class*=headline]", 0.1))
_LONG: Final = 0.1  # what a heading's length adds, at most
_SURE: Final = 0.6  # agreement from which on a heading of a lower level may be the headline
_SECTION: Final = re.compile(  # what a part of a site is called, and no release
    r"(?:aktuelle |neueste |alle |unsere )?(?:news|newsroom|aktuelles|presse|pressebereich|blog|medien|nachrichten|"
    r"neuigkeiten|meldung(?:en)?|archiv|detail(?:s|ansicht|seite)?|(?:presse|medien)(?:mitteilung(?:en)?|meldung(?:en)?|"
    r"information(?:en)?|service|archiv)|press|media|(?:press|news|media) ?(?:releases?|room|cent(?:er|re))|"
    r"latest news|announcements?|statements?|service|startseite|home)",
    re.IGNORECASE,
)
_SECTION_MAX: Final = 60  # characters
_TELLING: Final = 15  # characters
_LINKS: Final = frozenset({"a"})
_KICKER_MAX: Final = 120  # characters


def headline_node(page: PageTree, told: Sequence[str]) -> LexborNode | None:
    """The heading that is the headline: the one that says most of what the page's data tell, an h1 before others."""
    best, worth = None, 0.0
    for query, bonus in _LEVELS:
        if worth >= 1 + bonus + _LONG:
            continue  # nothing of this level can be worth more
        for node in page.all(query):
            text = text_of(node)
            if not text or len(text) > 2_000 or inside(node, _MENUS) or _is_site_name(node, text, page):
                continue
            agreed = _agreement(text, told)
            in_path = query == "h1" and any(says(_PATH_MARK, marks(n)) for n in (node, *nearest(node, 2)))
            value = agreed + (0.1 if in_path else bonus) + min(len(text), 60) / 60 * _LONG
            if value > worth and (agreed >= _SURE or query == "h1"):
                best, worth = node, value
    if best is not None and _SECTION.fullmatch(text_of(best, _SECTION_MAX)):
        best = _heading_after(page, best) or best
    return best or page.root.css_first("article header h2, main header h2, article > h2")


def _heading_after(page: PageTree, section: LexborNode) -> LexborNode | None:
    """The heading under one that only names the section of a site, if it stands for itself and is no link."""
    begun = False
    for node in select(page.root, "h1, h2, h3"):
        if begun and not inside(node, _MENUS) and node.css_first("a") is None and not inside(node, _LINKS):
            return node if len(text_of(node)) >= _TELLING else None
        begun = begun or node.mem_id == section.mem_id
    return None


def is_told(node: LexborNode, told: Mapping[str, str]) -> bool:
    """Whether a heading is to be trusted against what the page's data tell: an h1, or one that says the same."""
    sure = told.keys() & {"json-ld", "opengraph"}
    return node.tag == "h1" or not sure or _agreement(text_of(node), list(told.values())) >= _SURE


def told_headlines(page: PageTree, things: Sequence[Thing]) -> dict[str, str]:
    """What the page's data call the release, by step, surest first."""
    article = next((text_value(t.get("headline") or t.get("name")) for t in things if is_article(t)), "")
    title = page.tree.css_first("head title") or page.tree.css_first("title")
    steps = {
        "json-ld": article,
        "opengraph": page.first_meta("og:title", "twitter:title") or "",
        "microdata": next(iter(microdata(page, "headline")), ""),
        "dublin-core": page.first_meta("dc.title", "dcterms.title") or "",
        "meta": page.first_meta("citation_title", "parsely-title", "sailthru.title", "title") or "",
        "title": text_of(title),
    }
    return {step: text for step, text in steps.items() if text}


def headline_and_kicker(node: LexborNode, told: Iterable[str]) -> tuple[str, str | None]:
    """What the heading says, and the kicker where one stands within it.

    A kicker that the page's own data count to the headline stays in it.
    """
    whole = text_of(node, 20_000)
    over = next(
        (text_of(n) for n in node.css("span, small, div, p, em") if says(KICKER_MARK, marks(n)) and text_of(n)), ""
    )
    if not (over and whole.startswith(over) and len(whole) > len(over) + 5):
        over = _told_prefix(whole, told)
    if not over or read_date(over) is not None:
        return clean(whole if not over else whole[len(over) :].lstrip(" :|–-"), HEADLINE_LIMIT), None
    rest, over = whole[len(over) :].lstrip(" :|–-"), over.rstrip(" :|–-")
    if any(folded(text) == folded(over + rest) for text in told):
        return clean(f"{over}: {rest}", HEADLINE_LIMIT), None
    return clean(rest, HEADLINE_LIMIT), over


def told_headline(told: Mapping[str, str], page: PageTree) -> tuple[str, str] | None:
    """The headline that the page's data tell, and the step, where no heading says it."""
    for step, text in told.items():
        return step, without_site(text, page) if step in ("opengraph", "title") else clean(text, HEADLINE_LIMIT)
    return None


def without_site(title: str, page: PageTree) -> str:
    """A page's title without the name of its site behind or before it."""
    parts = [part for part in _SEPARATORS.split(title) if part]
    site = page.first_meta("og:site_name", "application-name") or page.host_name
    if len(parts) < 2:
        return clean(title, HEADLINE_LIMIT)
    for end in (-1, 0):
        if likeness(parts[end], site) >= 0.8:
            found = _SEPARATORS.finditer(title)
            cut = [match.span() for match in found][end]
            return clean(title[: cut[0]] if end else title[cut[1] :], HEADLINE_LIMIT)
    return clean(max(parts, key=len), HEADLINE_LIMIT)


def kicker_near(headline: LexborNode) -> str | None:
    """The topic line that stands before the headline, within its header."""
    for around in (headline, *nearest(headline, 2)):
        for before in _before(around):
            named = [before, *before.css("[class], [id]")]
            text = next((text_of(n) for n in named if says(KICKER_MARK, marks(n))), "")
            if 2 < len(text) <= _KICKER_MAX and read_date(text) is None:
                return text.rstrip(" :")
    return None


def _before(node: LexborNode) -> Iterator[LexborNode]:
    before = node.prev
    for _ in range(6):
        if before is None:
            return
        if before.is_element_node:
            yield before
        before = before.prev


def _told_prefix(whole: str, told: Iterable[str]) -> str:
    """What stands in the heading before the headline that the data tell."""
    for text in told:
        if len(text) > 20 and whole.endswith(text) and 2 < len(over := whole[: -len(text)].strip()) <= _KICKER_MAX:
            return over
    return ""


def _agreement(text: str, told: Sequence[str]) -> float:
    """How well a heading says one of the told headlines, 0 to 1; surer ones count a little more."""
    return max((_same(text, other) * (1 - 0.02 * place) for place, other in enumerate(told)), default=0.0)


def _same(text: str, other: str) -> float:
    return likeness(text, other) * min(1.0, (len(text) + 10) / max(1, min(len(other), 80)))


def _is_site_name(node: LexborNode, text: str, page: PageTree) -> bool:
    host = folded(page.host_name)
    return folded(text) == host or any(says(_SITE_MARK, marks(around)) for around in (node, *nearest(node, 2)))
