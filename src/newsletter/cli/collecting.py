"""`collect`, `read` and `publish`: from portals to releases, from releases to files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.output import echo_json, echo_rows, is_address, program_of, usable_settings
from newsletter.cli.past import Watcher, as_values, how_far, read_past
from newsletter.errors import NewsletterError, UnreadablePage

if TYPE_CHECKING:
    from newsletter.collect.report import SourceReport
    from newsletter.config import Settings

COUNTS = ("found", "new", "updated", "withdrawn", "withheld", "unchanged")


@click.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]…")
@click.option("--dry-run", is_flag=True, help="Look, and store nothing.")
@click.option("--backfill", is_flag=True, help="Follow the list to its end; into the archive only, never into mail.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Of a backfill: go back to that day only.")
@click.option("--most", type=click.IntRange(min=1), help="Of a backfill: so many new releases now, the others later.")
@click.option("--accept", is_flag=True, help="What is withheld as unusual is right: take it, and learn anew.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def collect(
    ctx: click.Context,
    slugs: tuple[str, ...],
    dry_run: bool,
    backfill: bool,
    until: datetime | None,
    most: int | None,
    accept: bool,
    as_json: bool,
) -> None:
    """Collect from the feeds named, or from all."""
    if (until or most) and not backfill:
        raise click.UsageError("--until and --most are of a backfill: add --backfill")
    if accept and (not slugs or dry_run or backfill):
        raise click.UsageError("--accept is said of a SLUG, and neither of a dry run nor of a backfill")
    program = program_of(ctx)
    if backfill and not dry_run:
        reports = read_past(program, slugs, until, most, Watcher(plain=ctx.obj["plain"], silent=as_json))
    else:
        reports = asyncio.run(program.then_hang_up(program.gathering.collect(slugs, dry_run=dry_run, accept=accept)))
    if as_json:
        echo_json({"sources": [_counts(report) for report in reports]})
    else:
        _show_counts(reports)
    if any(report.broken for report in reports):
        ctx.exit(1)


def _show_counts(reports: Sequence[SourceReport]) -> None:
    echo_rows(("feed", *COUNTS), [(report.slug, *(getattr(report, name) for name in COUNTS)) for report in reports])
    for report in reports:
        for problem in report.problems:
            click.echo(f"{report.slug}: {problem}", err=True)
        if report.broken and report.broken not in report.problems:
            click.echo(f"{report.slug}: {report.broken}", err=True)
        if report.backfill is not None:
            click.echo(f"{report.slug}: {how_far(report.backfill)}")


def _counts(report: SourceReport) -> dict[str, Any]:
    counts = {name: getattr(report, name) for name in COUNTS}
    known = {"slug": report.slug, **counts, "problems": list(report.problems)}
    return known if report.backfill is None else known | {"backfill": as_values(report.backfill)}


@click.command()
@click.pass_context
def publish(ctx: click.Context) -> None:
    """Write feeds and archive as they are now."""
    program = program_of(ctx)
    report = program.publish()
    asyncio.run(program.hub.tell(program.now()))
    click.echo(f"{report.written} files written, {report.unchanged} unchanged, {len(report.removed)} removed")
    for problem in report.problems:
        click.echo(problem, err=True)


@click.command()
@click.argument("places", nargs=-1, metavar="[FILE|URL]…")
@click.option("--url", "address", help="The address that a file was saved from.")
@click.option(
    "--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON lines of {file, url}."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value (a batch: one a line).")
@click.pass_context
def read(ctx: click.Context, places: tuple[str, ...], address: str | None, batch: Path | None, as_json: bool) -> None:
    """Read release pages and show what is found, field by field, with the step that found it; stores nothing."""
    if batch is not None:
        for row in _rows(batch):
            click.echo(json.dumps(_read(str(row["file"]), row.get("url")), ensure_ascii=False))
        return
    if not places:
        raise click.UsageError("name a FILE or URL, or --batch FILE")
    settings = usable_settings(ctx.obj["config"]) if any(map(is_address, places)) else None
    found = [_read(place, address, settings) for place in places]
    if as_json:
        echo_json(found)
        return
    for page in found:
        _show(page)


def _rows(batch: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(batch.read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise NewsletterError(f"{batch}, line {number}: no JSON: {error}") from error
            if not isinstance(row, dict) or "file" not in row:
                raise NewsletterError(f'{batch}, line {number}: needs {{"file": …, "url": …}}')
            yield row


def _read(place: str, address: str | None, settings: Settings | None = None) -> dict[str, Any]:
    from newsletter.app.reading import found_on, load_page

    try:
        return found_on(place, asyncio.run(load_page(place, address, settings)))
    except UnreadablePage as error:
        return {"file": place, "url": address, "problems": [str(error)]}


def _show(page: dict[str, Any]) -> None:
    click.echo(f"{page['file']}")
    steps = page.get("from", {})
    for name, value in page.items():
        if name in ("file", "from", "body_html") or value in (None, [], ""):
            continue
        text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        click.echo(f"  {name}: {text[:400]}" + (f"  (from {steps[name]})" if name in steps else ""))
    click.echo("")
