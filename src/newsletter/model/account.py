"""Who may sign in, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

EVERYWHERE = "*"
"""In place of a newsletter's id: a role in all of them, those to come too."""


class Role(StrEnum):
    """What somebody may do; each may what the one before it may."""

    VIEWER = "viewer"  # look
    EDITOR = "editor"  # decide on releases, pictures, editions, subscribers
    ADMIN = "admin"  # say who may sign in

    @property
    def rank(self) -> int:
        """Its place in that order."""
        return list(Role).index(self)


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in. `roles` are by newsletter (or EVERYWHERE). `invited` holds until a password is set.

    `subject` names somebody who signs in through the house's own sign-in, `issuer` and `sub` with a blank between.
    """

    id: int
    name: str
    created_at: datetime
    password: str | None = None  # argon2id, in PHC form
    secret: str | None = None  # of the one-time codes (RFC 6238), base32
    code_used: int = 0  # the time step of the last code that was taken: none is taken twice
    invited: int | None = None  # what the link of an invitation names
    subject: str | None = None
    disabled_at: datetime | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """`disabled`, `invited` (no password yet) or `active`."""
        return "disabled" if self.disabled_at else "invited" if self.invited is not None else "active"

    def may(self, role: Role, newsletters: Iterable[str] = ()) -> bool:
        """Whether they have at least this role in one of these newsletters, or everywhere; of none named, in any."""
        wanted = tuple(newsletters) or tuple(self.roles)
        had = [self.roles[name] for name in (EVERYWHERE, *wanted) if name in self.roles]
        return self.disabled_at is None and any(one.rank >= role.rank for one in had)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in, on one device. `key` is the hash of what its cookie holds."""

    key: str
    account: int
    created_at: datetime
    seen_at: datetime
    device: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What somebody did, or tried to: `action` as `edition.approve`, `subject` what it was done to."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    outcome: str | None = None  # "done" or "refused"; None while it runs, and where it never came back
    detail: Mapping[str, object] = field(default_factory=dict)
