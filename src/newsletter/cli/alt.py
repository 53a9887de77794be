"""`alt`: pictures that wait for an alt text, and the decisions of an editor about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.output import Prose, echo_json, program_of

if TYPE_CHECKING:
    from newsletter.app.alts import Asked

SHORT = 12  # characters of a picture's hash that are shown


@click.group()
def alt() -> None:
    """See which pictures wait for an alt text, and say what they show."""


@alt.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the pictures that are asked about: first those that are not shown before somebody answers."""
    program = program_of(ctx)
    waiting = program.alts.waiting(program.now())
    if as_json:
        echo_json([_values(asked) for asked in waiting])
        return
    if not waiting:
        click.echo("no picture waits for an alt text")
    for asked in waiting:
        _show(asked)


@alt.command("set")
@click.argument("picture")
@click.argument("text", type=Prose())
@click.option("--by", type=Prose(), required=True, metavar="NAME", help="Who says so; it is kept.")
@click.pass_context
def set_(ctx: click.Context, picture: str, text: str, by: str) -> None:
    """Give PICTURE (its address, or how its hash begins) the alt text TEXT: what it shows, in a sentence."""
    program = program_of(ctx)
    _tell(ctx, program.alts.describe(picture, text, by, program.now()))


@alt.command()
@click.argument("picture")
@click.option("--by", type=Prose(), required=True, metavar="NAME", help="Who says so; it is kept.")
@click.option(
    "--reason", type=Prose(), required=True, help="Why nobody misses anything who does not see it; it is kept."
)
@click.pass_context
def decorative(ctx: click.Context, picture: str, by: str, reason: str) -> None:
    """Say that PICTURE shows nothing that matters: screen readers pass over it."""
    program = program_of(ctx)
    _tell(ctx, program.alts.make_decorative(picture, by, reason, program.now()))


def _tell(ctx: click.Context, editions: list[str]) -> None:
    program = program_of(ctx)
    click.echo("kept; pages and feeds follow with the next publishing")
    for id in editions:
        edition = program.editions.get(id)
        then = "it goes out as it was approved" if edition.state == "approved" else f"rendered anew: {edition.state}"
        click.echo(f"edition {id}: {then}")


def _values(asked: Asked) -> dict[str, Any]:
    image = asked.image
    return {
        "picture": asked.picture,
        "src": asked.src,
        "why": asked.why,
        "blocks": asked.blocks,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit,
        "releases": [{"id": id, "headline": headline} for id, headline in asked.releases.items()],
        "editions": asked.editions,
    }


def _show(asked: Asked) -> None:
    name = asked.picture[:SHORT] if asked.picture and not asked.picture.startswith("linked-") else asked.src
    click.echo(f"{name}: {asked.why}" + (" (not shown until somebody answers)" if asked.blocks else ""))
    if name != asked.src:
        click.echo(f"  {asked.src}")
    for what, text in (("alt", asked.image.alt), ("caption", asked.image.caption), ("credit", asked.image.credit)):
        if text:
            click.echo(f"  {what}: {text}")
    for id, headline in asked.releases.items():
        click.echo(f"  release {id}: {headline}")
    for id in asked.editions:
        click.echo(f"  edition {id}")
    if asked.picture is None:
        click.echo("  it was not looked at yet: `newsletter collect` does")
