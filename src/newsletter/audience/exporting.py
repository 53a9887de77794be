"""The audience as a file: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any, Final

from newsletter.audience.importing import FORMULA, OURS, ImportReport
from newsletter.i18n import Words
from newsletter.model import Consent, Subscriber, Subscription

COLUMNS: Final = (
    "email", "newsletter", "topics", "cadence", "language", "format",
    "state", "created_at", "confirmed_at", "ended_at", "suppressed", "consent",
)  # fmt: skip
GRANTED: Final = ("confirmed", "imported", "changed", "undone", "moved")


@dataclass(frozen=True, slots=True)
class Entry:
    """One subscription of one person, with what is on record of its consent, oldest first."""

    subscriber: Subscriber
    subscription: Subscription
    suppressed: bool
    consents: tuple[Consent, ...]

    def values(self) -> dict[str, Any]:
        """The entry as `--json` prints it; moments are ISO 8601 in UTC."""
        return {
            "subscriber": self.subscriber.id,
            "email": self.subscriber.email,
            **subscription_values(self.subscription),
            "suppressed": self.suppressed,
            "consents": [consent_values(consent) for consent in self.consents],
        }


def subscription_values(own: Subscription) -> dict[str, Any]:
    """A subscription as `--json` prints it."""
    return {
        "newsletter": own.newsletter,
        "topics": list(own.topics),
        "cadence": own.cadence,
        "language": own.language,
        "format": own.format,
        "state": own.state,
        "created_at": iso(own.created_at),
        "confirmed_at": iso(own.confirmed_at),
        "ended_at": iso(own.ended_at),
    }


def consent_values(consent: Consent) -> dict[str, Any]:
    """A consent as `--json` prints it."""
    return {
        "subscription": consent.subscription,
        "action": consent.action,
        "wording": consent.wording,
        "at": iso(consent.at),
        "how": consent.how,
        "evidence": consent.evidence,
    }


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """A CSV file line by line, with commas, CRLF and no formula; our own import reads it back."""
    yield _line(COLUMNS)
    for entry in entries:
        values = entry.values() | {"topics": ", ".join(entry.subscription.topics), "consent": _proof(entry.consents)}
        values["suppressed"] = "yes" if entry.suppressed else ""
        yield _line(values[column] or "" for column in COLUMNS)


def refused_lines(report: ImportReport, language: str = "en") -> Iterator[str]:
    """What an import left out, as it stood in its file, with line and reason: to be mended and imported again."""
    words = Words(language)
    yield _line((*OURS, *report.header))
    for one in report.refused:
        yield _line((str(one.line), words.tell(one.reason), *one.cells))


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """One JSON list, an entry a line."""
    mark = "["
    for entry in entries:
        yield f"{mark}\n{json.dumps(entry.values(), ensure_ascii=False)}"
        mark = ","
    yield "[]\n" if mark == "[" else "\n]\n"


def _proof(consents: Iterable[Consent]) -> str:
    """The latest consent in one cell."""
    granted = [consent for consent in consents if consent.action in GRANTED]
    if not granted:
        return ""
    last = granted[-1]
    said = last.evidence if last.action == "imported" else last.wording
    return f"{last.action} {iso(last.at)}, {last.how}: {said}"


def _line(cells: Iterable[str]) -> str:
    out = StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in map(str, cells)])
    return out.getvalue()


def iso(at: datetime | None) -> str | None:
    """A moment in UTC, as `2026-11-22T06:00:00Z`."""
    return None if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
