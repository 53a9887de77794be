"""`audit`: what was done by whom."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from newsletter.cli.output import echo_rows, program_of


@click.command()
@click.option(
    "--since", metavar="ISO8601", help="From this day or moment on, as 2026-11-23; UTC where no offset is said."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines, an entry each.")
@click.pass_context
def audit(ctx: click.Context, since: str | None, as_json: bool) -> None:
    """Show the audit log, the oldest entry first."""
    from newsletter.app.audit_export import json_lines

    start = _moment(since) if since else None
    entries = program_of(ctx).audit.store.all(start)
    if as_json:
        for line in json_lines(entries):
            click.echo(line, nl=False)
        return
    rows = ((f"{one.at:%Y-%m-%d %H:%M:%S}", one.actor, one.action, one.subject, one.outcome or "?") for one in entries)
    echo_rows(("at (UTC)", "who", "what", "to what", "outcome"), list(rows))


def _moment(typed: str) -> datetime:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError as error:
        raise click.BadParameter(f"{typed!r} is no day or moment", param_hint="--since") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
