"""What asks for a person today, and how the last weeks went. Looks only: nothing is begun by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.app.desk import Row
from newsletter.edition.slots import slots_between
from newsletter.model import Alarm, Cadence, DeliveryState, Edition, EditionState, SourceFigures
from newsletter.store.figures import Count
from newsletter.store.history import History

if TYPE_CHECKING:
    from newsletter.app.program import Program

AHEAD = timedelta(days=21)  # a weekly slot that falls on days off twice is still within
DAYS = 30


@dataclass(frozen=True, slots=True)
class Slot:
    """When a cadence composes next (None: as soon as something is there), and how many releases wait for it."""

    newsletter: str
    title: str
    cadence: Cadence
    at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Day:
    """One local day in numbers; mails by the day on which their edition began to go out."""

    day: date
    releases: int
    accepted: int
    failed: int


@dataclass(frozen=True, slots=True)
class Today:
    """All of it. `pictures` is how many wait for an alt text."""

    paused: str | None
    due: tuple[Slot, ...]
    held: tuple[Edition, ...]
    under_way: tuple[Edition, ...]
    alarms: tuple[Alarm, ...]
    failing: tuple[SourceFigures, ...]
    pictures: int
    days: tuple[Day, ...]


def today(program: Program) -> Today:
    """How it stands at the program's moment."""
    now, figures = program.now(), Count(program.database).at(program.now())
    failing = [one for one in figures.sources if one.failures and one.slug in program.settings.feeds]
    return Today(
        paused=figures.paused,
        due=tuple(sorted(_due(program, now), key=lambda slot: slot.at or now)),
        held=program.editions.in_state(EditionState.HELD),
        under_way=program.editions.in_state(EditionState.SENDING, EditionState.PAUSED),
        alarms=figures.alarms,
        failing=tuple(failing),
        pictures=len(program.alts.waiting(now)),
        days=tuple(_days(program, now)),
    )


def _due(program: Program, now: datetime) -> Iterator[Slot]:
    for newsletter in program.settings.newsletters:
        for cadence in newsletter.cadences:
            slots = slots_between(newsletter, cadence, now, now + AHEAD, program.settings.site.zone)
            began = program.state.known_beginning(newsletter.id, cadence)
            waiting = len(program.desk.due(Row(newsletter, cadence, began), now)) if began is not None else 0
            if slots or cadence is Cadence.IMMEDIATE:
                yield Slot(newsletter.id, newsletter.title, cadence, slots[0] if slots else None, waiting)


def _days(program: Program, now: datetime) -> Iterator[Day]:
    zone = program.settings.site.zone
    last = now.astimezone(zone).date()
    first = last - timedelta(days=DAYS - 1)
    since = datetime.combine(first, datetime.min.time(), zone).astimezone(now.tzinfo)
    history = History(program.database, zone)
    releases = history.releases(since)
    accepted, failed = (history.mails(since, state) for state in (DeliveryState.ACCEPTED, DeliveryState.FAILED))
    for number in range(DAYS):
        day = first + timedelta(days=number)
        yield Day(day, releases[day], accepted[day], failed[day])
