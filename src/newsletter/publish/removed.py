"""Feeds without settings: a page that says that they have ended stands at each of their addresses, with status 410.

A reader that asks again learns that nothing will come, instead of trying for years. The file of settings coming back
brings the feed back. Releases and editions stay: they were published. Where a slug lives on as another feed's alias, no
notice stands in the way of the redirection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newsletter.config import FeedSettings
from newsletter.publish.formats import formats
from newsletter.publish.pages import Pages
from newsletter.publish.problems import Problems
from newsletter.publish.writer import Writer

GONE = ".gone.html"


def publish(feeds: Mapping[str, FeedSettings], pages: Pages, writer: Writer, problems: Problems) -> None:
    """Put the notice where feeds were published before, take it away where one is published again."""
    aliases = {alias for feed in feeds.values() for alias in feed.aliases}
    for file in list(_files(writer)):
        address, slug = file.removesuffix(GONE).removesuffix(".html"), _slug(file)
        if slug not in feeds and slug not in aliases:
            with problems.of(address):
                writer.write(f"{address}{GONE}", pages.render("feed_gone.html", pages.site.language).encode())
        if file.endswith(GONE) == (slug in feeds) or slug in aliases:
            writer.remove(file)


def _files(writer: Writer) -> Iterator[str]:
    """Whatever was published of feeds, and the notices in its place."""
    endings = tuple(f".{ending}{gone}" for ending in formats() for gone in ("", GONE))
    yield from (f"feeds/{name}" for name, _ in writer.files("feeds") if name.endswith(endings))
    for slug in writer.folders("feeds"):
        for folder in (f"feeds/{slug}", f"feeds/{slug}/archive"):
            yield from (f"{folder}/{name}" for name, _ in writer.files(folder))


def _slug(file: str) -> str:
    """The feed of `feeds/<slug>.atom` and of whatever lies in `feeds/<slug>/`."""
    return file.split("/")[1].partition(".")[0]
