"""Which feeds, and which releases of theirs, somebody may see or decide on: those of their newsletters."""

from __future__ import annotations

from newsletter.model import Release, Role
from newsletter.web.admin.desk import Desk

NOWHERE = ("",)
"""No newsletter: what belongs to none is for those with a role everywhere."""


def may(desk: Desk, role: Role, slug: str) -> bool:
    """Whether who asks has this role for a feed."""
    return desk.may(role, desk.newsletters_of_feed(slug) or NOWHERE)


def feeds(desk: Desk, role: Role = Role.VIEWER) -> list[str]:
    """The feeds for which who asks has this role, in the order of the settings."""
    return [slug for slug in desk.program.settings.feeds if may(desk, role, slug)]


def among(desk: Desk) -> list[str] | None:
    """The feeds whose releases may be seen; None for all, those of feeds that are gone too."""
    return None if desk.may(Role.VIEWER, NOWHERE) else feeds(desk)


def newsletters_of(desk: Desk, release: Release) -> list[str]:
    """The newsletters that any of a release's feeds belongs to."""
    found = (name for seen in release.seen_by for name in desk.newsletters_of_feed(seen.source))
    return list(dict.fromkeys(found))


def newsletters(desk: Desk, role: Role) -> list[str] | None:
    """The newsletters in which who asks has this role; None for all, those that are gone too."""
    if desk.may(role, NOWHERE):
        return None
    return sorted(name for name in desk.account.roles if desk.may(role, [name]))
