"""`feeds add`: a portal is looked at, what would be collected is shown, and its feed is written down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.output import echo_json, echo_rows, usable_settings
from newsletter.errors import BadInput

if TYPE_CHECKING:
    from newsletter.app.feedfiles import FeedFiles
    from newsletter.app.scouting import Item, Scouted
    from newsletter.config import Settings

MOST_ROWS = 20


@click.command()
@click.argument("place", metavar="FILE|URL")
@click.option("--url", "address", help="The address that a file was saved from.")
@click.option("--slug", help="The feed's name in addresses; else made from the host.")
@click.option(
    "--kind", type=click.Choice(("feed", "html", "sitemap")), help="Take what was found of this kind, not the best."
)
@click.option("--dry-run", is_flag=True, help="Look, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def add(
    ctx: click.Context,
    place: str,
    address: str | None,
    slug: str | None,
    kind: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Find the feed, sitemap or list of releases of a page, show what would be collected, and write feeds/SLUG.toml.

    Of an OPML file, each of its feeds becomes a file.
    """
    from newsletter.app.feedfiles import FeedFiles
    from newsletter.app.scouting import look_at

    config: Path = ctx.obj["config"]
    if not place.startswith(("http://", "https://")) and not Path(place).exists():
        raise BadInput(f"{place}: there is no such file; an address begins with https://")
    files = None if dry_run else FeedFiles(config)
    settings = usable_settings(config)
    say = _silent if ctx.obj["plain"] or as_json else _progress
    found = asyncio.run(look_at(place, address, settings, say, kind))
    if not as_json:
        _show(found, settings)
    for problem in (problem for one in found for problem in one.choice.way.problems):
        click.echo(problem, err=True)
    if slug and len(found) > 1:
        raise click.UsageError("--slug names one feed; an OPML file holds several")
    written = _write(files, found, slug) if files is not None else []
    if as_json:
        values = [one.as_dict() for one in found]
        value = {"kind": "opml", "feeds": values} if len(found) > 1 else values[0]
        echo_json(value | ({} if dry_run else {"written": written}))
    elif written:
        _tell(written, config, settings)
    if files is not None and not written:
        ctx.exit(1)


def _progress(url: str) -> None:
    click.echo(f"looking at {url}", err=True)


def _silent(url: str) -> None:
    pass


def _write(files: FeedFiles, found: Sequence[Scouted], slug: str | None) -> list[str]:
    written = []
    for one in found:
        try:
            written.append(files.add(one.choice, slug))
        except BadInput as error:
            click.echo(str(error), err=True)
    return written


def _tell(written: Sequence[str], config: Path, settings: Settings | None) -> None:
    for slug in written:
        click.echo(f"written: feeds/{slug}.toml")
    newsletter = settings.newsletters[0] if settings and settings.newsletters else None
    feeds = dict.fromkeys((*(newsletter.feeds if newsletter else ()), *written))
    where = f'the newsletter "{newsletter.id}"' if newsletter else "[[newsletters]]"
    click.echo(f"in {config.name}, under {where}: feeds = {json.dumps(list(feeds))}")


def _show(found: Sequence[Scouted], settings: Settings | None) -> None:
    from newsletter.collect.read.dates import BERLIN

    if len(found) > 1 or not found[0].items:  # an OPML file, whose feeds nobody has looked at yet
        ways = [one.choice.way for one in found]
        echo_rows(("title", "url"), [(way.title, way.url) for way in ways])
        return
    (one,) = found
    way = one.choice.way
    click.echo(f"{way.title or way.url}\n{way.kind}: {way.url}\nbecause: {one.choice.reason}")
    for other in one.choice.others:
        click.echo(f"also there (--kind {other.kind}): {other.url}")
    click.echo("")
    zone = settings.site.zone if settings else BERLIN
    head = ("date", "kicker", "headline", "image", "alt")
    echo_rows(head, [_row(item, zone) for item in one.items[:MOST_ROWS]])
    count = f"{len(one.items)} releases"
    more = f", {MOST_ROWS} of them shown" if len(one.items) > MOST_ROWS else ""
    click.echo(f"\n{count}{more}" + (f"; the list goes on at {way.next_page}" if way.next_page else ""))
    for item in one.items:
        if item.problem:
            click.echo(f"{item.url}: {item.problem}", err=True)


def _row(item: Item, zone: tzinfo) -> tuple[str, ...]:
    from newsletter.collect.read.text import shorten

    draft, image = item.draft, item.image
    if image is None:
        picture, alt = ("none" if item.read else "page not read"), ""
    else:
        picture = image.src.partition("?")[0].rpartition("/")[2][-30:]
        alt = "missing" if image.alt is None else image.alt or "empty"
    return (_date(item, zone), shorten(draft.kicker or "", 24), shorten(draft.headline, 60), picture, shorten(alt, 60))


def _date(item: Item, zone: tzinfo) -> str:
    from newsletter.model import Precision

    draft = item.draft
    if draft.published is None:
        return "none"
    if draft.published_precision is Precision.DAY:
        return draft.published.date().isoformat()
    return draft.published.astimezone(zone).strftime("%Y-%m-%d %H:%M")
