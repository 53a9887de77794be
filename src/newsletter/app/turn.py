"""One turn of everything the program does by itself, and how it stands in a few numbers."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from newsletter.app.housekeeping import housekeep
from newsletter.model import EditionState

if TYPE_CHECKING:
    from newsletter.app.program import Program


async def one_turn(program: Program) -> dict[str, Any]:
    """Collect, publish, compose what is due, send, publish the edition pages, tell; what was done, in numbers."""
    program.desk.rows(program.now())  # see `Gathering.collect`
    await asyncio.to_thread(program.pictures.tidy)
    await asyncio.to_thread(housekeep, program)
    reports = await program.gathering.collect_due()
    await program.pictures.look()
    await asyncio.to_thread(program.publish)
    await asyncio.to_thread(program.returns.look)
    composed = await program.compose()
    progress = await program.mailroom.send_all()
    report = await asyncio.to_thread(program.publish)
    behind = await asyncio.to_thread(program.mirror)
    await program.hub.tell(program.now())
    await program.programs.webhooks.tell(program.now())
    await asyncio.to_thread(program.tell)
    return {
        "collected": sum(one.new for one in reports),
        "problems": [problem for one in reports for problem in one.problems]
        + [*report.problems, *([behind] if behind else [])],
        "composed": [edition.id for edition in composed],
        "held": [edition.id for edition in program.editions.in_state(EditionState.HELD)],
        "paused": program.state.paused(),
        "rests_until": progress.rests_until,
        "capped_until": progress.capped_until,
    }


def numbers(program: Program) -> dict[str, Any]:
    """Everything in a few numbers."""
    held = [edition.id for edition in program.editions.in_state(EditionState.HELD)]
    under_way = program.editions.in_state(EditionState.SENDING, EditionState.PAUSED)
    return {
        "paused": program.state.paused(),
        "held": held,
        "sending": [edition.id for edition in under_way],
        "pictures": program.pictures.status(),
        "engine": asdict(program.engine.stats()),
        "alarms": [{"kind": a.kind, "since": a.raised_at, "message": a.message} for a in program.alarms.standing()],
    }
