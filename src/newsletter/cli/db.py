"""`db`: bringing the database up to date, copying it, and putting a copy back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from newsletter.config import Settings, load
from newsletter.errors import StoreError


@click.group()
def db() -> None:
    """Upgrade, back up and restore the database."""


def _settings(ctx: click.Context) -> Settings:
    return load(ctx.obj["config"])


@db.command()
@click.option("--no-backup", is_flag=True, help="Without a backup: you have made one yourself.")
@click.pass_context
def upgrade(ctx: click.Context, no_backup: bool) -> None:
    """Bring the database's tables up to this version; a backup of what they are comes first."""
    from newsletter.store import backup as backups
    from newsletter.store import schema

    store = _settings(ctx).store
    if not no_backup:
        try:
            file = backups.before_upgrade(store.url, store.backups, datetime.now(UTC))
        except StoreError as error:
            hint = "nothing was changed; back it up yourself, then `newsletter db upgrade --no-backup`"
            raise StoreError(f"no backup could be made: {error}. {hint}") from error
        if file is not None:
            click.echo(f"backed up into {file}")
    before, after = schema.upgrade(store.url)
    click.echo(f"is at {after} already" if before == after else f"upgraded from {before or 'empty'} to {after}")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Copy the whole database into FILE, while the program runs. Keep the key file and the journal beside it."""
    from newsletter.store import backup as backups

    settings = _settings(ctx)
    backups.backup(settings.store.url, file)
    click.echo(f"written to {file}; keep {settings.security.key_file} and {settings.store.journal} with it")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--aside", type=click.Path(dir_okay=False, path_type=Path), help="Keep the database that is there in this file."
)
@click.pass_context
def restore(ctx: click.Context, file: Path, aside: Path | None) -> None:
    """Put the backup FILE in place of the database; it starts paused, with every goodbye since then replayed."""
    from newsletter.app.lock import only_one
    from newsletter.store import backup as backups
    from newsletter.store.journal import Journal

    settings = _settings(ctx)
    with only_one(settings.store.url):
        done = backups.restore(settings.store.url, file, Journal(settings.store.journal), datetime.now(UTC), aside)
    for what, count in sorted(done.items()):
        click.echo(f"{count} {what}")
    click.echo("restored, and paused: nothing is sent until `newsletter db resume`")


@db.command()
@click.option("--from", "old", required=True, metavar="URL", help="The database that is left, as in store.url.")
@click.option("--to", "new", required=True, metavar="URL", help="An empty one, or one that was half moved into.")
@click.pass_context
def move(ctx: click.Context, old: str, new: str) -> None:
    """Move everything into another database, and see that it is the same. End `newsletter run` before.

    Broken off, it goes on where it was. The database that was left stays as it is, paused for good.
    """
    from newsletter.app.lock import only_one
    from newsletter.store.moving import move as move_all

    silent = ctx.obj["plain"]
    with only_one(old), only_one(new):
        moved = move_all(old, new, lambda table, rows: None if silent else click.echo(f"{table}: {rows}", err=True))
    for one in moved:
        click.echo(f"{one.table}: {one.rows} rows, the same at both ends (SHA-256 {one.sha256[:16]}…)")
    click.echo("moved: set store.url to the new address; key file and journal stay where they are")


@db.command()
@click.pass_context
def resume(ctx: click.Context) -> None:
    """After a restore: look at `ledger` first, then let the program send again."""
    from newsletter.store.alarms import Alarms
    from newsletter.store.database import open_database
    from newsletter.store.restored import resume_after_restore

    database = open_database(_settings(ctx).store.url)
    try:
        resume_after_restore(database)
        Alarms(database).resolve("paused")
    finally:
        database.close()
    click.echo("sending again")
