"""`bounces`: what returned mails mean."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from newsletter.cli.output import echo_json
from newsletter.deliver.feedback.mime import MOST_BYTES
from newsletter.deliver.feedback.read import read_returned
from newsletter.errors import NewsletterError

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


def _read(name: str) -> dict[str, Any]:
    with Path(name).open("rb") as file:
        return {"file": name, **dataclasses.asdict(read_returned(file.read(MOST_BYTES)))}


def _line(one: dict[str, Any]) -> str:
    said = (one["kind"], one["reason"], one["status"], PERMANENCE[one["permanent"]], ", ".join(one["recipients"]))
    return f"{one['file']}: {'; '.join(str(word) for word in said if word)}"
