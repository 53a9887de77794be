"""`admin`: who may sign in to the pages of editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsletter.cli.output import Prose, echo_json, echo_rows, program_of
from newsletter.model import EVERYWHERE, Role

if TYPE_CHECKING:
    from newsletter.app import Program

ROLES = click.Choice([str(role) for role in Role])


@click.group()
def admin() -> None:
    """Say who may sign in under /admin, and what they may do."""


@admin.command()
@click.argument("name", type=Prose())
@click.option("--role", type=ROLES, default=str(Role.ADMIN), show_default=True, help="What they may do.")
@click.option("--newsletter", "newsletters", multiple=True, help="In which newsletters; in all where none is named.")
@click.pass_context
def add(ctx: click.Context, name: str, role: str, newsletters: tuple[str, ...]) -> None:
    """Let NAME (an e-mail address, say) sign in: prints a link with which they choose their password."""
    program = program_of(ctx)
    for newsletter in newsletters:
        if program.settings.newsletter(newsletter) is None:
            raise click.BadParameter(f"there is no newsletter {newsletter!r}", param_hint="--newsletter")
    roles = dict.fromkeys(newsletters or (EVERYWHERE,), Role(role))
    with program.audit.action("(command line)", "account.invite", name):
        token = program.signin.invite(name, roles, program.now())
    _show_link(program, token)


@admin.command()
@click.argument("name", type=Prose())
@click.pass_context
def reset(ctx: click.Context, name: str) -> None:
    """Take back the password, the one-time codes and every session of NAME: prints a link to set them up anew."""
    program = program_of(ctx)
    with program.audit.action("(command line)", "account.reset", name):
        token = program.signin.invite_again(name, program.now())
    _show_link(program, token)


@admin.command()
@click.argument("name", type=Prose())
@click.pass_context
def remove(ctx: click.Context, name: str) -> None:
    """Let NAME sign in no more, and end their sessions. What they did stays on record; `reset` lets them in again."""
    program = program_of(ctx)
    with program.audit.action("(command line)", "account.disable", name):
        program.signin.disable(name, program.now())
    click.echo(f"{name} may no longer sign in")


@admin.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List who may sign in."""
    accounts = program_of(ctx).signin.accounts.all()
    if as_json:
        echo_json([{"name": one.name, "roles": dict(one.roles), "state": one.state} for one in accounts])
        return
    roles = [", ".join(f"{role} ({where})" for where, role in one.roles.items()) for one in accounts]
    rows = [(one.name, said, one.state) for one, said in zip(accounts, roles, strict=True)]
    echo_rows(("name", "roles", "state"), rows)


def _show_link(program: Program, token: str) -> None:
    click.echo(f"{program.settings.site.base_url}/admin/welcome/{token}")
    click.echo("The link works once, for three days. Give it to them in a way that nobody else reads.", err=True)
