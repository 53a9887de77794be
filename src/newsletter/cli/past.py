"""`collect --backfill`: reading a portal's past, saying how far it is, and where it goes on when it is stopped."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from newsletter.app import Program
    from newsletter.collect.progress import Progress
    from newsletter.collect.report import SourceReport
    from newsletter.model import Backfill

A_LINE_EVERY = 10.0  # seconds, where lines are kept: by a screen reader, or in a log
DRAWN_EVERY = 0.2
STOPPED = 128  # and the signal's number: how shells tell it


def read_past(
    program: Program,
    slugs: Sequence[str],
    until: datetime | None,
    most: int | None,
    watch: Watcher,
) -> list[SourceReport]:
    """Read the past of these feeds. On SIGINT and SIGTERM it says how it goes on, and exits.

    On SQLite nobody else may be at work meanwhile: StoreError. On PostgreSQL it runs beside the daemon.
    """
    from newsletter.collect.past import Extent

    since = until.replace(tzinfo=program.settings.site.zone) if until else None
    with program.alone(), watch:
        work = program.gathering.backfill(slugs, Extent(until=since, most=most), watch.tell)
        return asyncio.run(program.then_hang_up(_unless_told(work)))


async def _unless_told(work: Any) -> list[SourceReport]:
    task: asyncio.Task[list[SourceReport]] = asyncio.ensure_future(work)
    told: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        told.append(number)
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        click.echo("\nstopped; the same command goes on where it was", err=True)
        sys.exit(STOPPED + told[0] if told else 1)


class Watcher:
    """Says on stderr how far a backfill is: on a terminal in a line that is drawn anew, else in lines of their own.

    `clock`: monotonic seconds.
    """

    def __init__(self, *, plain: bool, silent: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._plain, self._silent, self._clock = plain, silent, clock
        self._begun: tuple[str, float, int] | None = None  # which feed, since when, from which page on
        self._next = 0.0
        self._width = 0

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *error: object) -> None:
        self._end_line()

    def tell(self, progress: Progress) -> None:
        """Say it, where it is time."""
        backfill, now = progress.backfill, self._clock()
        if backfill is None or self._silent:
            return
        if self._begun is None or self._begun[0] != progress.slug:
            self._begin(progress.slug, backfill, now)
        if progress.rests is None and now < self._next:
            return
        self._next = now + (A_LINE_EVERY if self._plain else DRAWN_EVERY)
        self._write(f"{progress.slug}: {self._line(progress, backfill, now)}")

    def _begin(self, slug: str, backfill: Backfill, now: float) -> None:
        self._end_line()
        self._begun = (slug, now, backfill.pages)
        if backfill.pages:
            click.echo(f"{slug}: goes on with page {backfill.pages + 1} of the list", err=True)

    def _line(self, progress: Progress, backfill: Backfill, now: float) -> str:
        of = f" of {progress.of}" if progress.of and progress.of > backfill.pages else ""
        said = [f"page {backfill.pages}{of} of the list", f"{backfill.found} releases listed", f"{progress.new} new"]
        if backfill.oldest:
            said.append(f"back to {backfill.oldest:%Y-%m-%d}")
        if progress.rests is not None:
            said.append(f"the portal asked for a rest of {progress.rests:.0f} seconds")
        elif left := self._left(progress, backfill, now):
            said.append(f"about {left} left")
        return ", ".join(said)

    def _left(self, progress: Progress, backfill: Backfill, now: float) -> str | None:
        _, begun, first = self._begun or ("", now, 0)
        done = backfill.pages - first
        if not progress.of or done < 1 or progress.of <= backfill.pages:
            return None
        return duration((now - begun) / done * (progress.of - backfill.pages))

    def _write(self, line: str) -> None:
        if self._plain:
            click.echo(line, err=True)
            return
        click.echo("\r" + line.ljust(self._width), err=True, nl=False)
        self._width = len(line)

    def _end_line(self) -> None:
        if self._width:
            click.echo("", err=True)
            self._width = 0


def duration(seconds: float) -> str:
    """A time to wait in words: seconds to a minute, then minutes, then hours."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{timedelta(minutes=minutes).total_seconds() / 3600:.1f} h"


def how_far(backfill: Backfill) -> str:
    """How far the past of a source was read, in a sentence."""
    read = (
        f"{backfill.pages} pages of the list, {backfill.found} releases on them, {backfill.kept} of them in the archive"
    )
    if backfill.ended_at is not None:
        return f"its past is read: {read}; {backfill.reason}"
    why = f"; {backfill.reason}" if backfill.reason else ""
    return f"its past is read so far: {read}{why}; `newsletter collect {backfill.slug} --backfill` goes on"


def as_values(backfill: Backfill) -> dict[str, Any]:
    """How far the past of a source was read, for `collect --json`."""
    names = ("pages", "found", "kept", "oldest", "ended_at", "reason")
    return {name: getattr(backfill, name) for name in names}
