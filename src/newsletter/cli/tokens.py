"""`tokens`: what other programs sign in to the API with."""

from __future__ import annotations

import click

from newsletter.cli.output import Prose, echo_json, echo_rows, program_of
from newsletter.model import ApiToken, Scope


@click.group()
def tokens() -> None:
    """Make, list and revoke the tokens of programs that use the API."""


@tokens.command()
@click.argument("name", type=Prose())
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice([str(one) for one in Scope]),
    help="What it may be used for; may be given again.",
)  # fmt: skip
@click.option("--expires", "days", type=int, metavar="DAYS", help="After how many days it ends; else it does not.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def add(ctx: click.Context, name: str, scopes: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Make a token called NAME; it is shown once, and never again."""
    program = program_of(ctx)
    token, secret = program.programs.tokens.issue(name, scopes, program.now(), days)
    if as_json:
        echo_json(_values(token) | {"token": secret})
        return
    click.echo(secret)
    click.echo(f"token {token.id}, {name}: keep it now, nobody can show it again", err=True)


@tokens.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List tokens, also those that are over; their secrets are known to nobody here."""
    program = program_of(ctx)
    found = program.programs.tokens.listed()
    if as_json:
        echo_json([_values(token) for token in found])
        return
    rows = [
        (
            token.id,
            token.name,
            " ".join(sorted(token.scopes)),
            token.created_at.date(),
            token.expires_at and token.expires_at.date(),
            token.last_used_at and token.last_used_at.date(),
            "valid" if token.valid(program.now()) else "revoked" if token.revoked_at else "expired",
        )
        for token in found
    ]
    echo_rows(("token", "name", "scopes", "created", "expires", "last used", "state"), rows)


@tokens.command()
@click.argument("token", type=int)
@click.pass_context
def revoke(ctx: click.Context, token: int) -> None:
    """End TOKEN (its number in `tokens list`) for good."""
    program = program_of(ctx)
    ended = program.programs.tokens.revoke(token, program.now())
    click.echo(f"token {ended.id}, {ended.name}, is revoked")


def _values(token: ApiToken) -> dict[str, object]:
    day = token.last_used_at.date().isoformat() if token.last_used_at else None
    return {
        "id": token.id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_on": day,
        "revoked_at": token.revoked_at,
    }
