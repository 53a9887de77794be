"""What stands in the engine's queues, in words for a person."""

from __future__ import annotations

from newsletter.engine import Stats


def standing(stats: Stats) -> str:
    """What waits, and who is there for it."""
    waiting = ", ".join(f"{name} {count}" for name, count in sorted(stats.waiting.items()))
    return f"{stats.workers} workers, {stats.running} at work; waiting: {waiting or 'nothing'}"


def troubles(stats: Stats) -> list[str]:
    """What a person has to see to, or to know; each with what to do.

    Calls that wait are none: `newsletter once` leaves some, and does their work itself. Whether work waits that is due
    is the ledger's to say (app/health.py).
    """
    found = []
    if stats.stalled:
        found.append(
            f"{stats.stalled} pieces of work were begun by a process that is gone; another takes them up within a "
            "minute: if this stays, look whether one runs"
        )
    if stats.failing:
        found.append(f"failing, and tried again every few seconds: {', '.join(stats.failing)}; the log says why")
    return found
