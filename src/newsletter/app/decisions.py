"""What a person (or a program in their name) decides about editions and releases, and that it takes effect."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from newsletter.errors import BadInput, StateError
from newsletter.model import Edition

if TYPE_CHECKING:
    from newsletter.app.program import Program

CARRIES = (
    "%(edition)s carries release %(release)s, which may no longer be shown: cancel it, and the others are due again"
)
BLOCKED = '%(edition)s has findings that block it: an override lets it go, and is kept (--override "NAME: REASON")'


def approve(program: Program, id: str, override: str | None = None, at: datetime | None = None) -> Edition:
    """Let an edition go at its slot, or `at` a moment of its own; at the next turn where that has passed.

    `override` ("NAME: REASON") lets it go in spite of findings, and is kept. Raises NotFound, BadInput for a moment in
    the past, and StateError where it may not go: for its state, for a finding, for a release that is hidden.
    """
    found = program.editions.get(id)
    if at is not None and at <= program.now():
        raise BadInput("this moment has passed")
    for release in (program.releases.get(carried.release) for carried in found.carried):
        if not release.visible(program.now()):
            raise StateError(CARRIES, edition=id, release=release.id)
    if any(finding.blocks for finding in found.findings):
        if not override or ":" not in override:
            raise StateError(BLOCKED, edition=id)
    else:
        override = None  # there is nothing that it would let go
    approved = program.editions.approve(id, program.now(), override, at)
    for why in ("held", "approval", "unapproved"):
        program.alarms.resolve(f"edition:{id}:{why}")
    return approved


def take_effect(program: Program) -> None:
    """Let a decision about a release take effect at once: in editions that are not over, pages and feeds."""
    program.recall.take_out(program.now())
    program.publish()
