"""What a clock that was wrong has written is told and taken back, so that no slot waits for years in silence."""

from __future__ import annotations

from datetime import datetime, timedelta

from newsletter.app.alarms import AlarmBoard
from newsletter.model import AlarmKind, Cadence
from newsletter.said import Said
from newsletter.store.editions import Editions
from newsletter.store.state import State

AHEAD = timedelta(days=1)
"""What lies further ahead than this was written by a clock that was wrong."""


class SlotClock:
    """Since when each cadence runs, and up to which slot it is done."""

    def __init__(self, state: State, editions: Editions, alarms: AlarmBoard) -> None:
        self._state, self._editions, self._alarms = state, editions, alarms

    def began(self, newsletter: str, cadence: Cadence, now: datetime) -> datetime:
        """Since when a cadence runs: since `now` at the first call, or where it would begin in times to come."""
        began = self._state.began(newsletter, cadence, now)
        if began > now + AHEAD:
            self._state.begin_again(newsletter, cadence, now)
            return now
        return began

    def last_slot(self, newsletter: str, cadence: Cadence, now: datetime) -> datetime | None:
        """The last slot that is done, None before the first. One that lies ahead is taken back, and a person told."""
        last = self._state.slot_cursor(newsletter, cadence)
        if last is None or last <= now + AHEAD:
            return last
        self._editions.forget_skipped(newsletter, cadence, now)
        self._state.turn_back(newsletter, cadence, now)
        self._alarms.sound(
            _key(newsletter, cadence),
            AlarmKind.CLOCK_WRONG,
            Said(
                "the clock was ahead: the slots of %(newsletter)s (%(cadence)s) up to %(last)s were done. They come "
                "again, but what was sent early stays sent. See that the machine's clock is set by NTP, and look at "
                "`newsletter editions list`",
                newsletter=newsletter,
                cadence=cadence,
                last=f"{last:%Y-%m-%d}",
            ),
            now,
        )
        return now

    def advance(self, newsletter: str, cadence: Cadence, slot: datetime) -> None:
        """Note that the slots up to and with `slot` are done: by then the clock is right."""
        self._state.advance(newsletter, cadence, slot)
        self._alarms.resolve(_key(newsletter, cadence))


def _key(newsletter: str, cadence: Cadence) -> str:
    return f"clock:{newsletter}:{cadence}"
