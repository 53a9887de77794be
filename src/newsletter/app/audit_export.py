"""The audit log as a file: CSV for spreadsheets, JSON lines for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, Final

from newsletter.audience.importing import FORMULA
from newsletter.model import AuditEntry

COLUMNS: Final = ("id", "at", "actor", "action", "subject", "outcome", "detail")


def values(entry: AuditEntry) -> dict[str, Any]:
    """An entry as `--json` prints it; the moment is ISO 8601 in UTC."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "outcome": entry.outcome,
        "detail": dict(entry.detail),
    }


def json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """One JSON object a line (jsonlines.org)."""
    for entry in entries:
        yield json.dumps(values(entry), ensure_ascii=False) + "\n"


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """A CSV file line by line (RFC 4180), with no formula in any cell."""
    yield _line(COLUMNS)
    for entry in entries:
        detail = json.dumps(dict(entry.detail), ensure_ascii=False) if entry.detail else ""
        yield _line((values(entry) | {"detail": detail, "outcome": entry.outcome or ""}).values())


def _line(cells: Iterable[object]) -> str:
    out = StringIO()
    said = map(str, cells)
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in said])
    return out.getvalue()
