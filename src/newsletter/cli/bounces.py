"""`bounces`: what returned mails mean, and what is done about them."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import Any

import click

from newsletter.cli.output import echo_json, program_of
from newsletter.deliver.feedback.mime import MOST_BYTES
from newsletter.deliver.feedback.read import read_returned
from newsletter.errors import NewsletterError

ENVELOPE = ("ORIGINAL_RECIPIENT", "RECIPIENT")  # as Postfix names it: local(8)
TEMPFAIL = 75  # sysexits.h
PERMANENCE = {True: "gone for good", False: "may take mail again", None: ""}


@click.group()
def bounces() -> None:
    """Mails that came back."""


@bounces.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
def read(files: tuple[str, ...], as_json: bool) -> None:
    """Say what returned mails mean: a line each; stores nothing."""
    found, problems = [], []
    for name in files:
        try:
            found.append(_read(name))
        except OSError as error:
            problems.append(f"{name}: cannot be read: {error.strerror}")
    if as_json:
        echo_json(found)
    else:
        for one in found:
            click.echo(_line(one))
    if problems:
        raise NewsletterError("\n".join(problems))


@bounces.command()
@click.argument("recipients", nargs=-1, metavar="[ADDRESS…]")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def receive(ctx: click.Context, recipients: tuple[str, ...], as_json: bool) -> None:
    """Take one returned mail from standard input, as a mail server's pipe hands it over, and do what it asks for.

    ADDRESS is whom it came to (Postfix: ${original_recipient}); else $ORIGINAL_RECIPIENT and $RECIPIENT. Exit code 75
    (EX_TEMPFAIL) asks the mail server to try again: the settings or the database cannot be used now.
    """
    raw = sys.stdin.buffer.read(MOST_BYTES)
    while sys.stdin.buffer.read(MOST_BYTES):
        pass  # who feeds a pipe that is closed gets an error for it
    given = recipients or tuple(os.environ[name] for name in ENVELOPE if os.environ.get(name))
    try:
        program = program_of(ctx)
        taken = program.returns.take(raw, given)
    except Exception as error:  # whatever it is: the mail stays with the mail server
        click.echo(str(error) if isinstance(error, NewsletterError) else f"a fault: {error!r}", err=True)
        ctx.exit(TEMPFAIL)
    if as_json:
        echo_json(taken)
    else:
        about = f"delivery {taken.delivery}" if taken.delivery else ""
        said = (taken.kind, taken.reason, taken.status, about)
        click.echo(f"{taken.consequence}: {', '.join(str(word) for word in said if word)}")


def _read(name: str) -> dict[str, Any]:
    with Path(name).open("rb") as file:
        return {"file": name, **dataclasses.asdict(read_returned(file.read(MOST_BYTES)))}


def _line(one: dict[str, Any]) -> str:
    said = (one["kind"], one["reason"], one["status"], PERMANENCE[one["permanent"]], ", ".join(one["recipients"]))
    return f"{one['file']}: {'; '.join(str(word) for word in said if word)}"
