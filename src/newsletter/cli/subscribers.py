"""`subscribers`: who reads, with consent on record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.output import Prose, echo_json, echo_rows, program_of

if TYPE_CHECKING:
    from newsletter.audience import ImportReport

UNPROVEN = "no proof was given: {how} on the operator's word"
HEAD = ("subscriber", "email", "newsletter", "cadence", "language", "format", "topics", "state", "suppressed")


@click.group()
def subscribers() -> None:
    """Add, list, import, export, erase, suppress and unsuppress readers; show what is on record of their consent."""


@subscribers.command()
@click.argument("address")
@click.option("--newsletter", help="Its id; may be left out where there is only one.")
@click.option("--topic", "topics", multiple=True, help="A topic's slug or title; may be given again. None: all topics.")
@click.option("--cadence", default="", help="immediate, daily or weekly; else the newsletter's first.")
@click.option("--language", default="", help="de or en; else the site's.")
@click.option("--format", "format_", default="", help="standard, large, no-images or text; else standard.")
@click.option(
    "--consent", type=Prose(), default="", help='Where and when consent was given, as "signed form, 2026-11-01".'
)
@click.option("--confirm", is_flag=True, help="Ask the person by mail (double opt-in) instead of subscribing at once.")
@click.pass_context
def add(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: click.Context,
    address: str,
    newsletter: str | None,
    topics: tuple[str, ...],
    cadence: str,
    language: str,
    format_: str,
    consent: str,
    confirm: bool,
) -> None:
    """Subscribe ADDRESS."""
    program = program_of(ctx)
    wish = program.offer.wish(newsletter, topics=topics, cadence=cadence, language=language, format=format_)
    if confirm:
        program.subscribing.subscribe(address, wish, program.now(), wish.language)
        click.echo("asked: subscribed as soon as the mail is confirmed")
    elif program.register.add(address, wish, consent or UNPROVEN.format(how="added"), program.now()):
        click.echo("subscribed" if consent else "subscribed; no proof of consent on record (--consent gives one)")
    else:
        click.echo("is subscribed already; consent and choices stay as they were")


@subscribers.command("list")
@click.option("--newsletter", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def list_(ctx: click.Context, newsletter: str | None, as_json: bool) -> None:
    """List subscriptions."""
    values = [entry.values() for entry in program_of(ctx).register.entries(newsletter)]
    if as_json:
        echo_json(values)
        return
    rows = [
        {**value, "topics": " ".join(value["topics"]) or "all", "suppressed": "yes" if value["suppressed"] else "no"}
        for value in values
    ]
    echo_rows(HEAD, [[row[name] for name in HEAD] for row in rows])


@subscribers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--newsletter", help="For rows that name none.")
@click.option("--consent", type=Prose(), help="For rows that name none: where and when it was given.")
@click.option("--from", "source", help="listmonk, mailchimp, cleverreach or rapidmail; else its columns tell.")
@click.option(
    "--refused", type=click.Path(dir_okay=False, path_type=Path), help="Write what was left out to this CSV file."
)
@click.option("--dry-run", is_flag=True, help="Tell what would become of it, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    newsletter: str | None,
    consent: str | None,
    source: str | None,
    refused: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Subscribe everybody in FILE.csv; bad rows are told with their line, the good ones are in.

    It may be an export of listmonk, Mailchimp, CleverReach or rapidmail: who left there, or never confirmed, is passed
    over; to whom nothing was sent there, nothing is sent here.
    """
    from newsletter.audience.importing import Defaults

    program = program_of(ctx)
    name = click.format_filename(file, shorten=True)  # it may be in any encoding, what is on record is text
    defaults = Defaults(newsletter, consent or UNPROVEN.format(how=f"imported from {name}"))
    report = program.register.import_csv(
        file.read_bytes(), program.now(), defaults, _progress(ctx), source, dry_run=dry_run
    )
    if refused is not None:
        _write_refused(refused, report, program.settings.site.language)
    if as_json:
        echo_json(_import_values(report))
    else:
        _tell_import(report, name, listed=refused is None)
    if report.refused:
        ctx.exit(1)


def _write_refused(place: Path, report: ImportReport, language: str) -> None:
    from newsletter.audience.exporting import refused_lines

    with place.open("w", encoding="utf-8", newline="") as out:
        out.writelines(refused_lines(report, language))


def _import_values(report: ImportReport) -> dict[str, object]:
    return {
        "added": report.added,
        "already": report.already,
        "refused": [{"line": one.line, "reason": one.reason} for one in report.refused],
        "ignored": report.ignored_columns,
        "from": report.program,
        "passed": report.passed,
        "suppressed": report.suppressed,
    }


def _tell_import(report: ImportReport, name: str, *, listed: bool) -> None:
    """What became of a file; each row that was left out, where they are `listed`."""
    click.echo(f"{report.added} added, {report.already} were subscribed already, {len(report.refused)} left out")
    if report.program is not None:
        what = f"{report.passed} read no more there, of whom {report.suppressed} are suppressed now"
        click.echo(f"an export of {report.program}: {what}")
    for column in report.ignored_columns:
        click.echo(f"column {column!r} is not known and was not read", err=True)
    for one in report.refused if listed else ():
        click.echo(f"{name}, line {one.line}: {one.reason}", err=True)


def _progress(ctx: click.Context):  # type: ignore[no-untyped-def]
    if ctx.obj["plain"]:
        return lambda rows: None
    return lambda rows: click.echo(f"\r{rows} rows", err=True, nl=False)


@subscribers.command()
@click.option("--newsletter", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of CSV.")
@click.pass_context
def export(ctx: click.Context, newsletter: str | None, as_json: bool) -> None:
    """Print subscriptions as CSV, which `import` reads back."""
    from newsletter.audience.exporting import csv_lines, json_lines

    entries = program_of(ctx).register.entries(newsletter)
    for line in (json_lines if as_json else csv_lines)(entries):
        click.echo(line, nl=False)


@subscribers.command()
@click.argument("address")
@click.pass_context
def erase(ctx: click.Context, address: str) -> None:
    """End what ADDRESS has and forget it, but for a keyed hash."""
    program = program_of(ctx)
    click.echo(f"erased; {program.register.erase(address, program.now())} subscriptions ended")


@subscribers.command()
@click.argument("address")
@click.option("--reason", type=Prose(), default="by the operator", show_default=True)
@click.pass_context
def suppress(ctx: click.Context, address: str, reason: str) -> None:
    """Never write to ADDRESS again, unless `unsuppress` takes that back."""
    program = program_of(ctx)
    program.register.suppress(address, reason, program.now())
    click.echo("suppressed")


@subscribers.command()
@click.argument("address")
@click.option("--reason", type=Prose(), required=True, help="Who asked for it, when and how; it is kept on record.")
@click.pass_context
def unsuppress(ctx: click.Context, address: str, reason: str) -> None:
    """Let ADDRESS be written to again.

    Where it was suppressed because its mailbox was gone, less than 180 days ago, its reader gets the mails again. Else
    it may be asked again, no more: its owner alone can subscribe, with a confirmation.
    """
    from newsletter.audience.address import normalised

    program = program_of(ctx)
    email_hash = program.keys.address_hash(normalised(address))
    with program.audit.action("(command line)", "suppression.lift", email_hash) as record:
        record["reason"] = reason
        done = program.subscribers.lifting.lift(email_hash, reason, program.now())
    if done.resumed:
        click.echo(f"not suppressed any more; gets again: {', '.join(done.resumed)}")
    else:
        click.echo("not suppressed any more; its owner can subscribe again, with a confirmation")


@subscribers.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def proof(ctx: click.Context, address: str, as_json: bool) -> None:
    """Print all that is on record of the consent of ADDRESS."""
    from newsletter.audience.exporting import consent_values

    found = [consent_values(consent) for consent in program_of(ctx).register.proof(address)]
    if as_json:
        echo_json(found)
        return
    for one in found:
        click.echo(f"{one['at']}  {one['action']} ({one['how']}){': ' + one['evidence'] if one['evidence'] else ''}")
        click.echo(f"  {one['wording']}\n")
