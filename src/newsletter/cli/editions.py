"""`editions` and `ledger`: what was composed, what became of every mail, and the decisions of an editor."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from newsletter.app import decisions
from newsletter.app.directly import send_test
from newsletter.cli.making import HELD, edit, new
from newsletter.cli.output import Prose, echo_json, echo_rows, program_of
from newsletter.edition.slots import moment_at
from newsletter.errors import NewsletterError
from newsletter.i18n import languages
from newsletter.model import Edition, EditionState, Finding, Format, Settled
from newsletter.store.edition_rows import Counted

SETTLED = {
    Settled.ARRIVED: "count as accepted",
    Settled.AGAIN: "are sent again",
    Settled.FAILED: "count as failed",
}


@click.group()
def editions() -> None:
    """See editions, and decide about them."""


editions.add_command(new)
editions.add_command(edit)


@editions.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List editions, the latest first."""
    found = program_of(ctx).editions.listed()
    if as_json:
        echo_json([_values(counted) for counted in found])
        return
    rows = [
        (one.edition.id, one.edition.state, len(one.edition.carried), one.planned, _in_words(one), one.edition.reason)
        for one in found
    ]
    echo_rows(("edition", "state", "releases", "planned", "deliveries", "reason"), rows)


@editions.command()
@click.argument("edition")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def show(ctx: click.Context, edition: str, as_json: bool) -> None:
    """Show an EDITION: its releases, findings and deliveries."""
    program = program_of(ctx)
    counted = Counted(program.editions.get(edition), program.editions.counts(edition))
    releases = [program.releases.get(carried.release) for carried in counted.edition.carried]
    if as_json:
        carried = [{"id": one.id, "headline": one.headline, "url": one.url} for one in releases]
        own = counted.edition
        echo_json(_values(counted) | {"carried": carried, "override": own.override, "follows": own.follows})
        return
    click.echo(f"{edition}: {counted.edition.state}, {_in_words(counted)}")
    for release in releases:
        click.echo(f"  {release.headline}\n    {release.url}")
    _echo_findings(counted.edition.findings)


@editions.command()
@click.argument("edition")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def check(ctx: click.Context, edition: str, as_json: bool) -> None:
    """Check the final bytes of every variant of EDITION again."""
    program = program_of(ctx)
    found = program.editions.get(edition)
    _, findings = program.desk.check(found, program.freezer.wishes(found.newsletter, found.cadence, found.follows))
    if as_json:
        echo_json(findings)
    else:
        _echo_findings(findings)
    if any(finding.blocks for finding in findings):
        ctx.exit(HELD)


@editions.command()
@click.argument("edition")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.option("--earl", is_flag=True, help="Print the public report in EARL (JSON-LD).")
@click.pass_context
def report(ctx: click.Context, edition: str, as_json: bool, earl: bool) -> None:
    """Tell how EDITION was checked: by which rules, on which bytes, and what was not tested."""
    program = program_of(ctx)
    if earl:
        click.echo(program.earl(edition), nl=False)
        return
    value = program.desk.report(program.editions.get(edition))
    if as_json:
        echo_json(value)
        return
    versions = ", ".join(f"{name} {version}" for name, version in value["versions"].items())
    click.echo(f"{edition}: {value['state']}, checked at {value['checked_at']} with {versions}")
    click.echo(f"{len(value['rules'])} rules over {len(value['variants'])} variants")
    _echo_findings(program.editions.get(edition).findings)
    if value["override"]:
        click.echo(f"let go in spite of that by {value['override']}")
    click.echo("not tested:")
    for line in value["not_tested"]:
        click.echo(f"  {line}")


@editions.command()
@click.argument("edition")
@click.option("--html", "html_file", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the HTML.")
@click.option("--text", "text_file", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the text.")
@click.option(
    "--format", "format_", type=click.Choice([str(one) for one in Format]), default="standard", show_default=True
)
@click.option("--language", type=click.Choice(languages()), help="Else the site's.")
@click.pass_context
def preview(
    ctx: click.Context, edition: str, html_file: Path | None, text_file: Path | None, format_: str, language: str | None
) -> None:
    """Write EDITION as a subscriber would get it; without a file, print its text."""
    program = program_of(ctx)
    subject, html, text = program.preview(edition, Format(format_), language)
    if html_file is not None:
        if html is None:
            raise NewsletterError(f"the format {format_} has no HTML")
        html_file.write_text(html, "utf-8")
    if text_file is not None:
        text_file.write_text(text, "utf-8")
    if html_file is None and text_file is None:
        click.echo(f"{subject}\n\n{text}")


@editions.command()
@click.argument("edition")
@click.option("--test", "address", required=True, metavar="ADDRESS", help="Whom to send it to.")
@click.option(
    "--format", "format_", type=click.Choice([str(one) for one in Format]), default="standard", show_default=True
)
@click.option("--language", type=click.Choice(languages()), help="Else the site's.")
@click.pass_context
def send(ctx: click.Context, edition: str, address: str, format_: str, language: str | None) -> None:
    """Send EDITION, as it is now, to one address that need not be subscribed; its subject begins with [Test]."""
    program = program_of(ctx)
    answer = asyncio.run(send_test(program, edition, address, Format(format_), language))
    click.echo(f"accepted by the mail server: {answer}")


@editions.command()
@click.argument("edition")
@click.option("--override", metavar="NAME: REASON", help="Let it go in spite of findings; who, and why. It is kept.")
@click.option("--at", metavar="TIME", help="When it goes, as 2026-11-28 09:30 by the site's clock; else at its slot.")
@click.pass_context
def approve(ctx: click.Context, edition: str, override: str | None, at: str | None) -> None:
    """Approve EDITION: it is sent at the next turn, or at its time where that is still to come."""
    program = program_of(ctx)
    moment = moment_at(at, program.settings.site.zone) if at else None
    decisions.approve(program, edition, override, moment)
    click.echo(f"{edition} is approved" + (f", and goes out from {moment:%Y-%m-%dT%H:%M:%SZ} on" if moment else ""))


@editions.command()
@click.argument("edition")
@click.option("--arrived", "what", flag_value=str(Settled.ARRIVED), help="They arrived: they count as accepted.")
@click.option(
    "--resend", "what", flag_value=str(Settled.AGAIN), help="Send them once more; who has them gets them twice."
)
@click.option("--failed", "what", flag_value=str(Settled.FAILED), help="They did not arrive, and are not sent again.")
@click.option("--delivery", "ids", type=int, multiple=True, help="Only this one (may be given again); else all.")
@click.option("--reason", type=Prose(), required=True, help="Who decides it, and why. It is kept with each.")
@click.pass_context
def settle(ctx: click.Context, edition: str, what: str | None, ids: tuple[int, ...], reason: str) -> None:
    """Decide what became of the uncertain mails of EDITION: `--arrived`, `--resend` or `--failed`."""
    if what is None:
        raise click.UsageError("say what became of them: --arrived, --resend or --failed")
    settled = Settled(what)
    count = program_of(ctx).mailroom.settle(edition, ids or None, settled, reason)
    click.echo(f"{count} {SETTLED[settled]}")


def _mover(name: str, state: EditionState, does: str) -> None:
    @editions.command(name, help=does)
    @click.argument("edition")
    @click.option("--reason", type=Prose(), default="by the operator", show_default=True)
    @click.pass_context
    def command(ctx: click.Context, edition: str, reason: str) -> None:
        program = program_of(ctx)
        program.move(edition, state, reason)
        click.echo(f"{edition} is {state}")


_mover("hold", EditionState.HELD, "Keep EDITION back until somebody approves it.")
_mover("pause", EditionState.PAUSED, "Stop sending EDITION; what is on its way arrives.")
_mover("resume", EditionState.SENDING, "Go on sending EDITION.")
_mover("cancel", EditionState.CANCELLED, "Stop EDITION for good; nobody else gets it.")


@click.command()
@click.argument("edition")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def ledger(ctx: click.Context, edition: str, as_json: bool) -> None:
    """For every subscriber of the frozen audience of EDITION, what became of the mail."""
    value = program_of(ctx).mailroom.ledger(edition)
    if as_json:
        echo_json(value)
        return
    sums = ", ".join(f"{count} {state}" for state, count in value["counts"].items())
    complete = "complete" if value["complete"] else "not complete"
    click.echo(f"{edition}: {value['planned']} planned: {sums or 'none'}; {complete}")
    names = ("subscriber", "state", "attempts", "uncertain", "message_id", "answer")
    echo_rows(names, [[line[name] for name in names] for line in value["deliveries"]])


def _values(counted: Counted) -> dict[str, Any]:
    edition: Edition = counted.edition
    return {
        "id": edition.id,
        "newsletter": edition.newsletter,
        "cadence": edition.cadence,
        "slot": edition.slot,
        "state": edition.state,
        "releases": len(edition.carried),
        "planned": counted.planned,
        "counts": counted.counts,
        "findings": edition.findings,
        "reason": edition.reason,
    }


def _in_words(counted: Counted) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(counted.counts.items())) or "none"


def _echo_findings(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        click.echo(f"{finding.severity}: {finding.rule} ({finding.criterion}) at {finding.where}: {finding.message}")
        click.echo(f"  what to do: {finding.remedy}")
