"""`once`, `run`, `worker`, `status` and `demo`: the program at work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from newsletter.cli.output import echo_json, program_of
from newsletter.errors import NewsletterError
from newsletter.i18n import Words
from newsletter.memory import loading

HELD = 3


@click.command()
@click.option("--now", "moment", metavar="ISO8601", help="As if it were then, as 2026-11-23T07:00:00+01:00.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.pass_context
def once(ctx: click.Context, moment: str | None, as_json: bool) -> None:
    """One whole turn: collect, publish, compose what is due, send, exit."""
    with loading():
        from newsletter.app import Program
        from newsletter.app.logs import start_logging
        from newsletter.config import load

    start_logging(plain=True)
    settings = load(ctx.obj["config"])
    with Program.open(settings, clock(moment)) as program, program.alone():
        done = asyncio.run(program.then_hang_up(program.turn()))
    if as_json:
        echo_json(done)
    else:
        click.echo(f"{done['collected']} new releases; editions: {', '.join(done['composed']) or 'none due'}")
        for problem in done["problems"]:
            click.echo(problem, err=True)
    if done["paused"]:
        click.echo(f"nothing is composed or sent: {done['paused']}; `newsletter db resume` goes on", err=True)
        ctx.exit(HELD)
    if done["capped_until"]:
        click.echo("mail waits: as much went out as mail.max_per_… allows; the next turn goes on", err=True)
    if done["rests_until"]:
        click.echo(
            "mail waits: the mail server failed; the next turn goes on (`newsletter status` says more)", err=True
        )
        ctx.exit(1)
    if done["held"]:
        click.echo(f"held for an editor: {', '.join(done['held'])}", err=True)
        ctx.exit(HELD)


def clock(moment: str | None) -> Callable[[], datetime]:
    """The clock: the system's, or one that was set to `moment` when we began and goes on from there."""
    if moment is None:
        return lambda: datetime.now(UTC)
    try:
        start = datetime.fromisoformat(moment)
    except ValueError as error:
        raise NewsletterError(f"--now: {moment!r} is no moment, as 2026-11-23T07:00:00+01:00") from error
    if start.tzinfo is None:
        raise NewsletterError("--now: say the offset from UTC too, as 2026-11-23T07:00:00+01:00")
    begun, start = time.monotonic(), start.astimezone(UTC)
    return lambda: start + timedelta(seconds=time.monotonic() - begun)


@click.command()
@click.option("--web-only", is_flag=True, help="Only pages and addresses; another process collects and sends.")
@click.pass_context
def run(ctx: click.Context, web_only: bool) -> None:
    """The daemon: clock, delivery and web in one process, until SIGTERM."""
    with loading():
        from newsletter import daemon
        from newsletter.app.logs import start_logging

    program = program_of(ctx)
    start_logging(plain=False)
    asyncio.run(daemon.run(program, web_only=web_only, ready=click.echo))


@click.command()
@click.pass_context
def worker(ctx: click.Context) -> None:
    """Only delivery and collecting, until SIGTERM: on as many machines as you like, with one PostgreSQL."""
    with loading():
        from newsletter import daemon
        from newsletter.app.logs import start_logging

    program = program_of(ctx)
    start_logging(plain=False)
    asyncio.run(daemon.work(program, ready=click.echo))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.option("--check", is_flag=True, help="For Nagios, Icinga and Checkmk: one of OK … UNKNOWN, perfdata, exit 0-3.")
@click.pass_context
def status(ctx: click.Context, as_json: bool, check: bool) -> None:
    """What is held, under way or broken."""
    if check:
        ctx.exit(_check(ctx, as_json=as_json))
    found = program_of(ctx).status()
    if as_json:
        echo_json(found)
        return
    parts = [f"paused: {found['paused']}"] if found["paused"] else []
    parts += [f"held: {', '.join(found['held'])}"] if found["held"] else []
    parts += [f"sending: {', '.join(found['sending'])}"] if found["sending"] else []
    click.echo("; ".join(parts) or "nothing is held, nothing is under way")
    _tell_pictures(found["pictures"])
    _tell_engine(found["engine"])
    from newsletter.app.alarms import in_words

    words = Words(program_of(ctx).settings.site.language)
    for alarm in program_of(ctx).alarms.standing():
        click.echo(in_words(words, alarm).replace("\n", " ", 1))


def _check(ctx: click.Context, *, as_json: bool) -> int:
    """Print what monitoring reads (monitoring-plugins.org, guidelines: status text | perfdata, then more lines)."""
    from newsletter.app.health import Health, Level

    try:
        health = program_of(ctx).health()
    except NewsletterError as error:
        health = Health(Level.UNKNOWN, tuple(str(error).splitlines()), ())
    if as_json:
        figures = {figure.name: figure.value for figure in health.figures}
        echo_json({"level": int(health.level), "lines": health.lines, "figures": figures})
        return int(health.level)
    first, *more = (line.replace("|", "/") for line in health.lines)
    perfdata = f" | {' '.join(map(str, health.figures))}" if health.figures else ""
    click.echo(f"NEWSLETTER {health.level.name} - {first}{perfdata}")
    for line in more:
        click.echo(line)
    return int(health.level)


def _tell_pictures(pictures: dict[str, Any]) -> None:
    """A line on pictures, where any waits or cannot be shown, and one for each of the latest problems."""
    missing = pictures["failed"] + pictures["unfit"]
    if pictures["waiting"] or missing:
        click.echo(f"pictures: {pictures['good']} good, {pictures['waiting']} wait, {missing} cannot be had or shown")
    for problem in pictures["problems"]:
        click.echo(f"picture {problem}")


def _tell_engine(found: dict[str, Any]) -> None:
    """What stands in the queues, where there are any (PostgreSQL)."""
    from newsletter.app.queues import standing, troubles
    from newsletter.engine import Stats

    stats = Stats(**found)
    if stats != Stats():
        click.echo(standing(stats))
        for trouble in troubles(stats):
            click.echo(trouble)


@click.command()
@click.option(
    "--once", "only_once", is_flag=True, help="Do the main job once and exit: 0, or 3 where something is held."
)
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Where it works; else ./demo."
)
@click.option(
    "--port", type=int, default=8000, show_default=True, help="Of the pages; the portal and inbox take the next."
)
@click.option(
    "--transport",
    type=click.Choice(["smtp", "mailgun"]),
    default="smtp",
    show_default=True,
    help="How mail goes to the inbox: by SMTP, or over HTTP as to a provider.",
)
@click.pass_context
def demo(ctx: click.Context, only_once: bool, directory: Path | None, port: int, transport: str) -> None:
    """Sample portal, daemon and inbox on loopback; prints the link with which you come in as an editor."""
    from newsletter.demo.show import run_demo, run_once

    directory = (directory or Path("demo")).resolve()
    if only_once:
        summary = asyncio.run(run_once(directory, transport))
        click.echo(", ".join(f"{name} {value}" for name, value in summary.items()))
        ctx.exit(HELD if summary["editions_held"] else 0)
    asyncio.run(run_demo(directory, port, click.echo, transport))
