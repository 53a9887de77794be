"""`init` and `doctor`: getting a folder ready, and saying what stands in the way."""

from __future__ import annotations

import os
from pathlib import Path

import click

from newsletter.cli.output import echo_json
from newsletter.errors import NewsletterError, SettingsError
from newsletter.resources import folder
from newsletter.tokens import Keys


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def init(directory: Path) -> None:
    """Write a commented newsletter.toml, an example feed and the token key into DIRECTORY."""
    files = {
        "newsletter.toml": (folder("templates") / "init" / "newsletter.toml").read_text("utf-8"),
        "feeds/musterstadt.toml": (folder("templates") / "init" / "musterstadt.toml").read_text("utf-8"),
        "var/keys": Keys.new_line() + "\n",
    }
    there = [name for name in files if (directory / name).exists()]
    if there:
        raise NewsletterError(f"{directory}: {', '.join(there)} is already there; nothing was written")
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if name == "var/keys" else 0o644)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - of a descriptor, made with its mode
            file.write(text)
    click.echo(f"written to {directory}: {', '.join(files)}")
    click.echo(
        f"next: newsletter --config {directory}/newsletter.toml feeds add https://… (your portal), then: … doctor"
    )


@click.command()
@click.option(
    "--test-mail", is_flag=True, help="Send a mail to the return path, and wait a minute for it in [mail.feedback]."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def doctor(ctx: click.Context, test_mail: bool, as_json: bool) -> None:
    """Check settings, feeds, templates, database, keys, mail server, and the DNS of who sends; a line each.

    Each line that names a problem says what to do about it.
    """
    from newsletter.app.doctor import Check, examine

    try:
        findings = list(examine(ctx.obj["config"], test_mail=test_mail))
    except SettingsError as error:
        findings = [Check("settings", False, line) for line in error.problems]
    if as_json:
        echo_json([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{'ok     ' if finding.good else 'problem'}  {finding.what}: {finding.message}")
    if not all(finding.good for finding in findings):
        ctx.exit(1)
