"""Editions that wait for an editor: whom they ask, until when, and what becomes of those that nobody approves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from newsletter.app.alarms import AlarmBoard
from newsletter.config import Settings
from newsletter.edition.slots import decided_by
from newsletter.model import AlarmKind, Cadence, Edition, EditionState, Finding
from newsletter.said import Said
from newsletter.store.editions import UNDECIDED, Editions

WAITS = Said("waits for its editor: preview it, then approve it")
NOTHING_LEFT = Said("nothing is left of it")
UNAPPROVED = Said("nobody approved it in time")
ABOUT_WAITING = re.compile(r"edition:(.*):(held|approval|unapproved)")
"""Keys of alarms that an editor's decision ends."""
TOLD_FOR = timedelta(days=1)


class Awaiting:
    """What `approval = "editor"` comes to."""

    def __init__(self, settings: Settings, editions: Editions, alarms: AlarmBoard) -> None:
        self._settings = settings
        self._editions = editions
        self._alarms = alarms

    def asks(self, edition: Edition) -> bool:
        """Whether an editor approves it, whatever is found in it."""
        newsletter = self._settings.newsletter(edition.newsletter)
        return newsletter is not None and newsletter.approval == "editor"

    def ask(self, edition: Edition, findings: Sequence[Finding], now: datetime) -> Edition:
        """Hold an edition in which nothing blocks, and tell its editor that it waits."""
        held = self._editions.hold(edition.id, findings, WAITS, now)
        until = self.until(held)
        what = Said(
            "edition %(edition)s waits to be approved: see /admin, or `newsletter editions preview`", edition=edition.id
        )
        if until:
            what = Said(
                "edition %(edition)s waits to be approved by %(until)s: see /admin, or `newsletter editions preview`",
                edition=edition.id,
                until=f"{until.astimezone(self._settings.site.zone):%Y-%m-%d %H:%M}",
            )
        self._alarms.sound(f"edition:{edition.id}:approval", AlarmKind.APPROVAL_DUE, what, now)
        return held

    def until(self, edition: Edition) -> datetime | None:
        """Until when somebody is to approve it; None where it waits for nobody, or was put together by hand."""
        newsletter = self._settings.newsletter(edition.newsletter)
        held = edition.state is EditionState.HELD and not edition.extra and edition.cadence is not Cadence.IMMEDIATE
        if newsletter is None or newsletter.approval == "automatic" or not held or edition.approved_at is not None:
            return None
        return decided_by(newsletter, edition.slot, edition.composed_at or edition.slot, self._settings.site.zone)

    def look(self, now: datetime) -> list[Edition]:
        """Give up those whose time is over, and take back alarms about what waits no more. No edition is made by it."""
        for edition in self._editions.in_state(EditionState.HELD):
            if (until := self.until(edition)) is not None and now >= until:
                self._give_up(edition, now)
        waiting = {edition.id for edition in self._editions.in_state(*UNDECIDED)}
        for alarm in self._alarms.standing():
            match = ABOUT_WAITING.fullmatch(alarm.key)
            if match is None or match[1] in waiting:
                continue
            if match[2] != "unapproved" or now - alarm.raised_at >= TOLD_FOR:
                self._alarms.resolve(alarm.key)
        return []

    def _give_up(self, edition: Edition, now: datetime) -> None:
        newsletter = self._settings.newsletter(edition.newsletter)
        what = Said(
            "edition %(edition)s was not approved in time; it is held, and goes out as soon as somebody approves it",
            edition=edition.id,
        )
        if newsletter is not None and newsletter.if_unapproved == "next":
            self._editions.move(edition.id, EditionState.CANCELLED, now, UNAPPROVED)
            what = Said(
                "edition %(edition)s was not approved in time; what it carries is due again with the next one",
                edition=edition.id,
            )
        self._alarms.sound(f"edition:{edition.id}:unapproved", AlarmKind.APPROVAL_DUE, what, now)
