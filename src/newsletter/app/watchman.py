"""Telling a person what became of a source: that it is broken, that pages of it are withheld, that it is silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from newsletter.app.alarms import AlarmBoard
from newsletter.collect.report import SourceReport
from newsletter.collect.watching import watch
from newsletter.config import Settings
from newsletter.model import AlarmKind
from newsletter.said import Said
from newsletter.store.collecting import Collecting


class Watchman:
    """Sounds and resolves the alarms of sources after each collect."""

    def __init__(self, settings: Settings, store: Collecting, alarms: AlarmBoard) -> None:
        self._settings = settings
        self._store = store
        self._alarms = alarms

    def told(self, report: SourceReport, now: datetime) -> SourceReport:
        """The report, in which a portal that changed counts as broken. Alarms about a source that did not answer stay.

        Raises StoreError.
        """
        slug = report.slug
        if not report.read:
            if report.alarm:
                self._sound(slug, AlarmKind.SOURCE_BROKEN, report.alarm, now)
            return report
        seen = watch(slug, self._store, now, self._settings.site.zone, self._free(slug))
        broken = seen.changed or report.alarm
        for kind, said in (
            (AlarmKind.SOURCE_BROKEN, broken),
            (AlarmKind.PAGE_WITHHELD, seen.odd if broken is None else None),
            (AlarmKind.SOURCE_SILENT, seen.silent),
        ):
            self._sound(slug, kind, said, now)
        return replace(report, broken=broken, alarm=broken)

    def _sound(self, slug: str, kind: AlarmKind, said: str | None, now: datetime) -> None:
        word = {
            AlarmKind.SOURCE_BROKEN: "source",
            AlarmKind.PAGE_WITHHELD: "withheld",
            AlarmKind.SOURCE_SILENT: "silent",
        }
        key = f"{word[kind]}:{slug}"
        if said is None:
            self._alarms.resolve(key)
        else:
            more = "feeds/%(slug)s.toml: %(said)s; `newsletter feeds check %(slug)s` shows more"
            message = Said(more, slug=slug, said=said)
            self._alarms.sound(key, kind, message, now)

    def _free(self, slug: str) -> Callable[[date], bool]:
        """Which days are holidays where the source's releases are read."""
        regions = {one.holidays for one in self._settings.newsletters if slug in one.feeds and one.holidays}
        if not regions:
            return lambda day: False
        import holidays  # all the world's calendars, for those who need one

        calendars = []
        for region in sorted(regions):
            country, _, part = region.partition("-")
            calendars.append(holidays.country_holidays(country, subdiv=part or None))
        return lambda day: any(day in calendar for calendar in calendars)
