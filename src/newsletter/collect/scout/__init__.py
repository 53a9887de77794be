"""Scouting: given one page of a portal, find the best way to collect its releases, and say why it is the best.

Fetches what the page points at (its feeds; its sitemaps where it has neither feed nor list); stores nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from urllib.parse import urljoin

from newsletter.collect.entries import read_feed
from newsletter.collect.kinds import Fetch, Visit
from newsletter.collect.kinds.sitemap import discover
from newsletter.collect.read import read_list
from newsletter.collect.read.dates import BERLIN
from newsletter.collect.read.language import language_tag
from newsletter.collect.read.page import PageTree, decode
from newsletter.collect.scout.choice import Choice, choose, with_sitemap
from newsletter.collect.scout.declared import declared_feeds, declared_sitemaps, likely_sitemap, title_of
from newsletter.collect.scout.narrowing import narrowed
from newsletter.collect.scout.nature import Nature, feed_title, nature
from newsletter.collect.scout.way import Way
from newsletter.config import FeedSettings
from newsletter.errors import FetchError, UnreadablePage
from newsletter.model import Candidate, Page

__all__ = ["Choice", "Nature", "Way", "nature", "scout"]

MOST_FEEDS = 4  # of a page, that are looked at
MOST_SITEMAPS = 3
MOST_PARTS = 3  # of a sitemap's index


async def scout(page: Page, fetch: Fetch, *, zone: tzinfo = BERLIN, kind: str | None = None) -> Choice:
    """The best way to collect what `page` shows, or the best of a `kind`.

    Raises UnreadablePage where there is none, BadInput where there is none of that kind, FetchError for a dead page.
    """
    if page.status != 200:
        raise FetchError(
            "%(url)s: answered %(code)s; has it moved?", status=page.status, url=page.url, code=page.status
        )
    match nature(page):
        case Nature.FEED:
            choice = Choice(await asyncio.to_thread(_feed, page, "", zone), "the address is that of a feed")
        case Nature.SITEMAP:
            choice = Choice(await _sitemap(page, page.url, fetch, zone), "the address is that of a sitemap")
        case _:
            choice = await _portal(page, fetch, zone, sitemap_too=kind == "sitemap")
    return choice.instead(kind) if kind else choice


async def _portal(page: Page, fetch: Fetch, zone: tzinfo, *, sitemap_too: bool) -> Choice:
    """The best way to collect what a web page shows."""
    tree = await asyncio.to_thread(_tree, page)
    listing = await asyncio.to_thread(_listing, page, tree, zone)
    feeds, missed = await _feeds(tree, fetch, zone)
    choice = choose(listing, feeds, page.url)
    if choice is None or not choice.way.sure or sitemap_too:
        choice = with_sitemap(choice, await _best_sitemap(page, tree, fetch, zone))
    if choice is None:
        raise UnreadablePage(
            "%(url)s: there is no list of releases, no feed and no sitemap of news. If a script draws the list, "
            "look for the address of a feed; if the list has a page of its own, name that",
            url=page.url,
        )
    return choice.with_problems(missed)


def _tree(page: Page) -> PageTree:
    return PageTree(decode(page.body, page.charset), page.url)


def _listing(page: Page, tree: PageTree, zone: tzinfo) -> Way | None:
    try:
        listing = read_list(page, zone=zone)
    except UnreadablePage:
        return None
    return Way(
        "html",
        page.url,
        listing.candidates,
        title=title_of(tree),
        language=language_tag(tree.language),
        next_page=listing.next_page,
    )


async def _feeds(tree: PageTree, fetch: Fetch, zone: tzinfo) -> tuple[list[Way], list[str]]:
    """The feeds that a page declares, and which of them could not be had; those that it merely links to may be none."""
    found, missed = [], []
    for declared in declared_feeds(tree)[:MOST_FEEDS]:
        try:
            answer = await fetch(declared.url)
            if answer.status == 200 and nature(answer) is Nature.FEED:
                found.append(await asyncio.to_thread(_feed, answer, declared.title, zone))
            elif declared.sure:
                missed.append(f"{declared.url}: is declared as a feed, but is none (it answered {answer.status})")
        except (FetchError, UnreadablePage) as error:
            if declared.sure:
                missed.append(f"{error} (the page declares it as a feed)")
    return found, missed


def _feed(page: Page, title: str, zone: tzinfo) -> Way:
    """The way of a feed. Raises UnreadablePage."""
    candidates, problems = read_feed(page, zone=zone)
    languages = [candidate.entry.language for candidate in candidates if candidate.entry and candidate.entry.language]
    return Way(
        "feed",
        page.url,
        candidates,
        title=feed_title(page) or title,
        language=_most_common(languages),
        problems=problems,
    )


async def _best_sitemap(page: Page, tree: PageTree, fetch: Fetch, zone: tzinfo) -> Way | None:
    """The best sitemap of the site that lists releases: one of news, else the one that lists most."""
    try:
        robots = await fetch(urljoin(page.url, "/robots.txt"))
        told = declared_sitemaps(tree, robots.body if robots.status == 200 else b"")
    except FetchError:
        told = declared_sitemaps(tree, b"")
    found = []
    for url in [*told, likely_sitemap(page.url)][:MOST_SITEMAPS]:
        try:
            way = await _sitemap(await fetch(url), page.url, fetch, zone, title_of(tree), language_tag(tree.language))
        except (FetchError, UnreadablePage):
            continue
        if way.candidates and (way.news or way.under):
            found.append(way)
    return max(found, key=lambda way: (way.news, len(way.candidates)), default=None)


async def _sitemap(
    page: Page, seen_from: str, fetch: Fetch, zone: tzinfo, title: str = "", language: str | None = None
) -> Way:
    """The way of a sitemap, narrowed to where its releases lie. Raises FetchError and UnreadablePage."""

    async def had(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        return page if url == page.url else await fetch(url, etag=etag, last_modified=last_modified)

    async def all_of_them(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        return candidates

    settings = FeedSettings(title=title, kind="sitemap", url=page.url)
    found = await discover(Visit(settings, zone, had, all_of_them, most=MOST_PARTS))
    problems = (*found.problems, *((found.incomplete,) if found.incomplete else ()))
    languages = [candidate.language for candidate in found.candidates if candidate.language]
    way = Way("sitemap", page.url, found.candidates, title, language or _most_common(languages), problems=problems)
    return narrowed(way, seen_from)


def _most_common(values: Iterable[str]) -> str | None:
    values = list(values)
    return max(set(values), key=values.count) if values else None
