"""Whether a person has to come: what monitoring asks, judged from the figures alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from newsletter.model import Alarm, AlarmKind, EditionState, Figures

LATE = timedelta(minutes=30)  # a source rests half a minute after a crash, a mail server half an hour after a failure
GRAVE = frozenset(
    {
        AlarmKind.RUN_PAUSED,
        AlarmKind.DELIVERY_QUARANTINED,
        AlarmKind.STORE_RESTORED,
        AlarmKind.CLOCK_WRONG,
        AlarmKind.SOURCE_BROKEN,
    }
)


class Level(IntEnum):
    """As Nagios and those after it number them (nagios-plugins.org, Plugin Development Guidelines)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and beyond which it is a warning or critical; None: it never is."""

    name: str
    value: int
    warn: int | None = None
    critical: int | None = None
    unit: str = ""

    def __str__(self) -> str:
        """As perfdata: `name=value;warn;critical`."""
        bounds = ("" if bound is None else str(bound) for bound in (self.warn, self.critical))
        return f"{self.name}={self.value}{self.unit};{';'.join(bounds)}".rstrip(";")


@dataclass(frozen=True, slots=True)
class Health:
    """The worst that was found, a line for each thing found, and figures."""

    level: Level
    lines: tuple[str, ...]
    figures: tuple[Figure, ...]


def judge(figures: Figures, feeds: Collection[str], now: datetime) -> Health:
    """The health of the whole at `now`; `feeds` are those that are collected."""
    found = list(_found(figures, feeds, now))
    worst = max((level for level, _ in found), default=Level.OK)
    lines = tuple(line for _, line in sorted(found, key=lambda each: -each[0]))
    return Health(worst, lines or ("all is well",), tuple(_figures(figures, feeds, now)))


def _found(figures: Figures, feeds: Collection[str], now: datetime) -> Iterator[tuple[Level, str]]:
    if figures.paused:
        yield Level.CRITICAL, f"nothing is composed or sent: {figures.paused}"
    overdue = _overdue(figures, feeds, now)
    if overdue:
        yield Level.CRITICAL, f"not collected on time: {', '.join(overdue)}. Is `newsletter run` running?"
    if figures.waits_since is not None and now - figures.waits_since > LATE:
        waits = f"mail could go since {figures.waits_since:%Y-%m-%d %H:%M} UTC and does not"
        yield Level.CRITICAL, f"{waits}. Is `newsletter run` running?"
    yield from ((_grave(alarm), f"{alarm.kind}: {alarm.message}") for alarm in figures.alarms)


def _grave(alarm: Alarm) -> Level:
    return Level.CRITICAL if alarm.kind in GRAVE else Level.WARNING


def _overdue(figures: Figures, feeds: Collection[str], now: datetime) -> list[str]:
    late = (one for one in figures.sources if one.next_at is not None and now - one.next_at > LATE)
    return [one.slug for one in late if one.slug in feeds]


def _figures(figures: Figures, feeds: Collection[str], now: datetime) -> Iterator[Figure]:
    waits = int((now - figures.waits_since).total_seconds()) if figures.waits_since else 0
    open_mail = sum(figures.deliveries.get(name, 0) for name in ("queued", "claimed", "committing", "deferred"))
    yield Figure("alarms", len(figures.alarms), warn=0)
    yield Figure("held", figures.editions.get(EditionState.HELD, 0), warn=0)
    yield Figure("overdue", len(_overdue(figures, feeds, now)), critical=0)
    yield Figure("waiting", waits, critical=int(LATE.total_seconds()), unit="s")
    yield Figure("mails", open_mail)
    yield Figure("uncertain", figures.deliveries.get("uncertain", 0))
