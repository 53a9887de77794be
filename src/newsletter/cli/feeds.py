"""`feeds`: what is collected from where, and a dry run against the portal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from newsletter.app.sources import in_words
from newsletter.cli.adding import add
from newsletter.cli.checking import show_replay
from newsletter.cli.output import echo_json, echo_rows, program_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from newsletter.model import Draft


@click.group()
def feeds() -> None:
    """The feeds of the settings."""


feeds.add_command(add)


@feeds.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the feeds."""
    program = program_of(ctx)
    found = [
        {"slug": slug, "title": feed.title, "kind": feed.kind, "url": feed.url, "language": feed.language}
        for slug, feed in program.settings.feeds.items()
    ]
    if as_json:
        echo_json(found)
    else:
        echo_rows(
            ("slug", "title", "kind", "url"), [[one[n] for n in ("slug", "title", "kind", "url")] for one in found]
        )


@feeds.command()
@click.argument("slug", required=False)
@click.option("--stored", is_flag=True, help="Read the pages kept of it again, without the network.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def check(ctx: click.Context, slug: str | None, stored: bool, as_json: bool) -> None:
    """Look at the portal of SLUG (or of every feed) and show what would be collected, field by field.

    With --stored: what the profile as it is now would read otherwise on the pages kept, and which of those withheld
    would pass.
    """
    program = program_of(ctx)
    if stored:
        show_replay(program.gathering.replay([slug] if slug else list(program.settings.feeds)), as_json=as_json)
        return
    found = asyncio.run(program.then_hang_up(program.gathering.look([slug] if slug else list(program.settings.feeds))))
    if as_json:
        echo_json(found)
        return
    for name, drafts in found.items():
        click.echo(f"{name}: {len(drafts)} releases")
        for draft in drafts:
            click.echo(f"\n  {draft.headline}\n    {draft.url}")
            for field, step in draft.origin.items():
                click.echo(f"    {field}: {_in_words(draft, field, program.settings.site.zone)}  (from {step})")


def _in_words(draft: Draft, field: str, zone: ZoneInfo) -> str:
    """What a step found, in a line; `image` is what a draft keeps as its pictures."""
    if field == "image":
        lead = draft.lead
        return f"{lead.src}, alt text: {'missing' if lead.alt is None else lead.alt or 'empty'}" if lead else "none"
    return in_words(draft, field, zone) or "none"
