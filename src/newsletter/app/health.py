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
class Health:
    """The worst that was found, a line for each thing found, and figures as perfdata (`name=value;warn;crit`)."""

    level: Level
    lines: tuple[str, ...]
    perfdata: tuple[str, ...]


def judge(figures: Figures, feeds: Collection[str], now: datetime) -> Health:
    """The health of the whole at `now`; `feeds` are those that are collected."""
    found = list(_found(figures, feeds, now))
    worst = max((level for level, _ in found), default=Level.OK)
    lines = tuple(line for _, line in sorted(found, key=lambda each: -each[0]))
    return Health(worst, lines or ("all is well",), tuple(_perfdata(figures, feeds, now)))


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


def _perfdata(figures: Figures, feeds: Collection[str], now: datetime) -> Iterator[str]:
    waits = int((now - figures.waits_since).total_seconds()) if figures.waits_since else 0
    open_mail = sum(figures.deliveries.get(name, 0) for name in ("queued", "claimed", "committing", "deferred"))
    yield f"alarms={len(figures.alarms)};0"
    yield f"held={figures.editions.get(EditionState.HELD, 0)};0"
    yield f"overdue={len(_overdue(figures, feeds, now))};;0"
    yield f"waiting={waits}s;;{int(LATE.total_seconds())}"
    yield f"mails={open_mail}"
    yield f"uncertain={figures.deliveries.get('uncertain', 0)}"
