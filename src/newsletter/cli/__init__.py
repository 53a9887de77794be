"""The commands. Each lives in a module of its own that is loaded when it is called, so that `--help` is there at once.

Exit codes: 0 done, 1 a clear error on stderr (one line a problem), 2 wrong usage, 3 done but something is held.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from newsletter import __version__
from newsletter.errors import NewsletterError

COMMANDS = {
    "admin": "newsletter.cli.admin",
    "alt": "newsletter.cli.alt",
    "audit": "newsletter.cli.audit",
    "bounces": "newsletter.cli.bounces",
    "collect": "newsletter.cli.collecting",
    "db": "newsletter.cli.db",
    "demo": "newsletter.cli.running",
    "doctor": "newsletter.cli.setup",
    "editions": "newsletter.cli.editions",
    "feeds": "newsletter.cli.feeds",
    "init": "newsletter.cli.setup",
    "ledger": "newsletter.cli.editions",
    "lint": "newsletter.cli.lint",
    "once": "newsletter.cli.running",
    "publish": "newsletter.cli.collecting",
    "read": "newsletter.cli.collecting",
    "releases": "newsletter.cli.releases",
    "run": "newsletter.cli.running",
    "status": "newsletter.cli.running",
    "subscribers": "newsletter.cli.subscribers",
    "tokens": "newsletter.cli.tokens",
    "worker": "newsletter.cli.running",
}


class Commands(click.Group):
    """A group whose commands are imported only when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(importlib.import_module(module), cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newsletter")
@click.option(
    "--config", type=click.Path(path_type=Path), help="The settings; else $NEWSLETTER_CONFIG, ./newsletter.toml."
)
@click.option("--plain", is_flag=True, help="No colour, no bars: a line for each thing, for screen readers and logs.")
@click.pass_context
def cli(ctx: click.Context, config: Path | None, plain: bool) -> None:
    """Collect press releases, publish them as feeds, and mail an accessible digest."""
    ctx.obj = {
        "config": config or Path(os.environ.get("NEWSLETTER_CONFIG", "newsletter.toml")),
        "plain": plain or not sys.stderr.isatty(),
    }


def main(args: list[str] | None = None) -> Any:
    """Run the command line; errors that a person can act on become lines on stderr and exit code 1."""
    try:
        return cli.main(args=args, prog_name="newsletter")
    except NewsletterError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
