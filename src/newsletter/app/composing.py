"""One turn of composing: what is due becomes editions, and what is approved gets its audience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.model import AlarmKind, Edition
from newsletter.said import Said

if TYPE_CHECKING:
    from newsletter.app.program import Program


def compose_alone(program: Program) -> list[Edition]:
    """What was composed; nothing while another process composes: it would take what we render for a crash's remains."""
    with program.database.alone("compose") as mine:
        return _compose(program) if mine else []


def _compose(program: Program) -> list[Edition]:
    if why := program.state.paused():
        message = Said("nothing is composed or sent: %(why)s. Look at the ledger, then `newsletter db resume`", why=why)
        program.alarms.sound("paused", AlarmKind.STORE_RESTORED, message, program.now())
        return []
    program.alarms.resolve("paused")
    program.recall.take_out(program.now())
    made = program.desk.compose_due(program.now())
    program.mailroom.freeze_approved()
    return made
