"""`editions new` and `editions edit`: what an editor puts together, and what an edition says by their words."""

from __future__ import annotations

import sys

import click

from newsletter.cli.output import Prose, echo_json, program_of
from newsletter.errors import BadInput
from newsletter.model import LONGEST_SAYING, Cadence, Edition, EditionState, Saying

HELD = 3  # exit code: done, but something waits for an editor
CADENCE = click.Choice([str(one) for one in Cadence])
SUBJECT = "Its subject; without one it is made of date and headlines."
INTRO = "Plain text before the releases; - reads it from standard input."


@click.command()
@click.argument("newsletter")
@click.option("--release", "releases", multiple=True, metavar="ID", help="What it carries; else all that is due.")
@click.option(
    "--in-order",
    "ordered",
    is_flag=True,
    help="The releases stand in the order of their --release, those of one topic together.",
)
@click.option("--urgent", metavar="RELEASE", help="This release, to everybody, approved unless something blocks it.")
@click.option(
    "--readers-of", "follows", metavar="EDITION", help="Only to those who got EDITION: its releases as they are now."
)
@click.option("--cadence", "cadences", multiple=True, type=CADENCE, help="Whose readers get it; else all of them.")
@click.option("--subject", type=Prose(), help=SUBJECT)
@click.option("--intro", type=Prose(), metavar="TEXT", help=INTRO)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def new(  # noqa: PLR0913, PLR0917 - an argument an option
    ctx: click.Context,
    newsletter: str,
    releases: tuple[str, ...],
    ordered: bool,
    urgent: str | None,
    follows: str | None,
    cadences: tuple[str, ...],
    subject: str | None,
    intro: str | None,
    as_json: bool,
) -> None:
    """Put together an edition of NEWSLETTER beside its slots, one for the readers of each cadence.

    It is held until you approve it. What it carries then no longer comes with their next edition.
    """
    from newsletter.app.extras import new_editions

    if urgent and (releases or cadences):
        raise click.UsageError("--urgent names the one release, and goes to everybody")
    if ordered and not releases:
        raise click.UsageError("--in-order is the order of the releases that --release names")
    if follows and (urgent or cadences):
        raise click.UsageError("--readers-of says who gets it; neither --urgent nor --cadence goes with it")
    chosen = (urgent,) if urgent else releases
    wanted = [Cadence(cadence) for cadence in cadences]
    made = new_editions(
        program_of(ctx),
        newsletter,
        wanted,
        chosen,
        _saying(subject, intro),
        urgent=bool(urgent),
        follows=follows,
        ordered=ordered,
    )
    _tell(ctx, made, as_json)


@click.command()
@click.argument("edition")
@click.option("--subject", type=Prose(), help=SUBJECT)
@click.option("--intro", type=Prose(), metavar="TEXT", help=INTRO)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def edit(ctx: click.Context, edition: str, subject: str | None, intro: str | None, as_json: bool) -> None:
    """Let EDITION say something else while it is not sent yet; an empty text takes yours out again.

    It is rendered and checked anew, and held until you approve it.
    """
    from newsletter.app.extras import reword

    if subject is None and intro is None:
        raise click.UsageError("give --subject, --intro, or both")
    program = program_of(ctx)
    _tell(ctx, [reword(program, edition, _saying(subject, intro))], as_json)


def _saying(subject: str | None, intro: str | None) -> Saying:
    if intro == "-":
        intro = sys.stdin.read()
    for name, text in (("subject", subject), ("intro", intro)):
        if text and len(text) > LONGEST_SAYING[name]:
            raise BadInput(f"the {name} has {len(text)} characters; {LONGEST_SAYING[name]} are the most")
    return Saying(subject, intro)


def _tell(ctx: click.Context, made: list[Edition], as_json: bool) -> None:
    if as_json:
        echo_json([{"id": one.id, "state": one.state, "reason": one.reason, "findings": one.findings} for one in made])
    else:
        for one in made:
            click.echo(f"{one.id} is {one.state}{f': {one.reason}' if one.reason else ''}")
    if any(one.state is EditionState.HELD for one in made):
        ctx.exit(HELD)
