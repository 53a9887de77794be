"""`releases`: what was collected, and the decisions of an editor about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.output import Prose, echo_json, echo_rows, program_of
from newsletter.errors import NewsletterError
from newsletter.model import Release, ReleaseState

if TYPE_CHECKING:
    from newsletter.app import Program
    from newsletter.store.releases import Revision


WHY = "Why; it is kept, and shown to nobody."


@click.group()
def releases() -> None:
    """See what was collected, and decide about it."""


@releases.command("list")
@click.option("--state", type=click.Choice([str(one) for one in ReleaseState]), help="Only those.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def list_(ctx: click.Context, state: str | None, limit: int, as_json: bool) -> None:
    """List releases, the newest first; also those that nobody may see yet."""
    found = program_of(ctx).releases.listed(ReleaseState(state) if state else None, limit)
    if as_json:
        echo_json([_values(release) for release in found])
        return
    rows = [(one.id, one.state, one.published_at.date(), one.source, one.headline[:80]) for one in found]
    echo_rows(("release", "state", "published", "feed", "headline"), rows)


@releases.command()
@click.argument("release")
@click.option("--changes", is_flag=True, help="Show what each revision changed, line by line.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def show(ctx: click.Context, release: str, changes: bool, as_json: bool) -> None:
    """Show a RELEASE: where it was found, its revisions, who has been sent it."""
    program = program_of(ctx)
    found, history = program.releases.get(release), program.releases.history(release)
    reached = program.recalls.reached(release)
    if as_json:
        revisions = [_revision(one) for one in history]
        echo_json(_values(found) | {"aliases": found.aliases, "revisions": revisions, "reached": reached})
        return
    click.echo(f"{found.headline}\n{found.id}: {found.state}" + (f" ({found.reason})" if found.reason else ""))
    for seen in found.seen_by:
        click.echo(f"  feed {seen.source}: {seen.url}" + ("" if seen.mailable else " (archive only)"))
    for alias in found.aliases:
        click.echo(f"  also known as {alias}")
    _echo_reached(reached)
    for one in history:
        click.echo(f"  revision {one.number}, {one.at.isoformat(timespec='minutes')}: {one.change or 'first seen'}")
        for line in _difference(one) if changes else ():
            click.echo(f"    {line}")


@releases.command()
@click.argument("release")
@click.option(
    "--reason", type=Prose(), default="by the operator", show_default=True, help="Why; it is kept, and shown to nobody."
)
@click.pass_context
def withdraw(ctx: click.Context, release: str, reason: str) -> None:
    """Take RELEASE back: out of pages, feeds (with a notice that names its headline) and mails not sent yet."""
    program = program_of(ctx)
    _tell(program, program.newsdesk.withdraw(release, reason))


@releases.command()
@click.argument("release")
@click.option(
    "--reason", type=Prose(), default="by the operator", show_default=True, help="Why; it is kept, and shown to nobody."
)
@click.option("--until", metavar="ISO8601", help="Keep it back until then only: an embargo.")
@click.pass_context
def withhold(ctx: click.Context, release: str, reason: str, until: str | None) -> None:
    """Keep RELEASE out of everything, without a word to anybody."""
    program = program_of(ctx)
    desk = program.newsdesk
    _tell(program, desk.embargo(release, _moment(until)) if until else desk.withhold(release, reason))


@releases.command()
@click.argument("release")
@click.pass_context
def restore(ctx: click.Context, release: str) -> None:
    """Let RELEASE be seen again that was withheld or withdrawn."""
    program = program_of(ctx)
    _tell(program, program.newsdesk.restore(release))


@releases.command()
@click.argument("release")
@click.pass_context
def correct(ctx: click.Context, release: str) -> None:
    """Say of RELEASE that it was corrected: feeds and pages call it so, and the next edition brings it again."""
    program = program_of(ctx)
    _tell(program, program.newsdesk.correct(release))


def _tell(program: Program, release: Release) -> None:
    """Say what a decision came to."""
    waits = release.not_before is not None and release.not_before > program.now()
    until = f" until {release.not_before}" if waits and release.state is ReleaseState.LIVE else ""
    click.echo(f"{release.id} is {ReleaseState.WITHHELD if until else release.state}{until}")
    if not release.visible(program.now()):
        _echo_reached(program.recalls.reached(release.id))


def _echo_reached(reached: Mapping[str, int]) -> None:
    """Who has it already, whatever is decided now."""
    for edition, count in reached.items():
        click.echo(f"  mails that bring it: {count} of {edition}")


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise NewsletterError(f"--until: {text!r} is no date; write it as 2026-11-22T09:30+01:00") from error
    if at.tzinfo is None:
        raise NewsletterError(f"--until: {text!r} has no time zone; write it as 2026-11-22T09:30+01:00")
    return at


def _values(release: Release) -> dict[str, Any]:
    names = ("id", "state", "reason", "headline", "url", "published", "first_seen", "updated", "revision", "change")
    found = {name: getattr(release, name) for name in names}
    sources = [{"feed": seen.source, "url": seen.url, "mailable": seen.mailable} for seen in release.seen_by]
    return found | {"not_before": release.not_before, "sources": sources}


def _revision(one: Revision) -> dict[str, Any]:
    return {"number": one.number, "at": one.at, "change": one.change, "difference": list(_difference(one))}


def _difference(one: Revision) -> Iterator[str]:
    """What a revision changed of what people read, as a unified diff of paragraphs without its head."""
    if one.before is not None:
        lines = unified_diff(_lines(one.before), _lines(one.release), lineterm="", n=0)
        yield from (line for line in lines if not line.startswith(("---", "+++", "@@")))


def _lines(release: Release) -> list[str]:
    text = (release.headline, release.teaser or "", *release.body_text.splitlines())
    return [line for line in text if line.strip()]
