"""Signing in: a password (argon2id) and a one-time code (RFC 6238), an invitation before the first time, sessions.

Whatever is wrong, the answer is the same, and takes as long. A session is a random value in a cookie; the store knows
its hash alone, so it can be ended at any time and a stolen database signs nobody in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from newsletter.errors import BadInput, NotFound, TokenError
from newsletter.model import Account, Role, Session
from newsletter.store.accounts import Accounts
from newsletter.tokens import LASTS, Keys, Purpose

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
NOTE_EVERY = timedelta(minutes=5)  # how exactly it is known when a session was seen
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1000  # characters (NIST SP 800-63B: length, and no rules besides)
STEP = 30  # seconds that a one-time code is good for; the one before and the one after are taken too
NAME = 100  # characters
HASHING = BoundedSemaphore(4)  # at a time: argon2 takes 64 MiB each, and whoever knocks makes us hash


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at work, and the form token that only their pages hold."""

    account: Account
    session: Session
    form_token: str


class SignIn:
    """Says who somebody is."""

    def __init__(self, accounts: Accounts, keys: Keys) -> None:
        self.accounts = accounts
        self._keys = keys
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())

    # --- invitations

    def invite(self, name: str, roles: Mapping[str, Role], now: datetime) -> str:
        """A new account; the token of the link with which its person sets a password. Raises BadInput."""
        invitation = secrets.randbits(63)
        self.accounts.add(fit_name(name), roles, now, invited=invitation)
        return self._invitation(invitation, now)

    def invite_again(self, name: str, now: datetime) -> str:
        """Take back password, codes and sessions; the token of a new link. Raises NotFound."""
        account, invitation = self.accounts.named(name), secrets.randbits(63)
        self.accounts.change(account.id, password=None, secret=None, invited=invitation, disabled_at=None)
        self.accounts.end(account=account.id)
        return self._invitation(invitation, now)

    def disable(self, name: str, now: datetime) -> None:
        """Let somebody in no more. Raises NotFound, and StateError for the last admin."""
        account = self.accounts.named(name)
        self.accounts.disable(account.id, now)

    def guest(self, token: str, now: datetime) -> Account:
        """Who an invitation is for. Raises TokenError where it is not ours, too old, or used."""
        try:
            return self.accounts.invited(self._keys.subject(Purpose.INVITATION, token, now=now))
        except NotFound as error:
            raise TokenError("the invitation was used") from error

    def proposed_secret(self, token: str) -> str:
        """The secret of the one-time codes that comes with an invitation: the same whenever its page is opened."""
        digest = hmac.digest(self._keys.secrets[0], b"one-time codes\0" + token.encode(), "sha256")[:20]
        return base64.b32encode(digest).decode("ascii")

    def accept(self, token: str, password: str, code: str, now: datetime) -> Account:
        """Take up an invitation. Raises TokenError, and BadInput saying what is wrong with the password or code."""
        account = self.guest(token, now)
        hashed, secret = self._hash(password), self.proposed_secret(token)
        step = _step_of(secret, code, now)
        if step is None:
            raise BadInput("code")
        if account.invited is None or not self.accounts.take_up(
            account.id, account.invited, password=hashed, secret=secret, code_used=step
        ):
            raise TokenError("the invitation was used")
        return replace(account, invited=None, password=hashed, secret=secret, code_used=step)

    # --- their own account

    def change_password(self, who: SignedIn, old: str, new: str) -> None:
        """Set another password, and end every other session. Raises BadInput("old") and BadInput("password")."""
        if not self._is_password(who.account, old[:LONGEST_PASSWORD]):
            raise BadInput("old")
        self.accounts.change(who.account.id, password=self._hash(new))
        self.accounts.end(account=who.account.id, but=who.session.key)

    def next_secret(self, who: SignedIn) -> str:
        """The key that somebody may set their codes up with anew: the same while their session lasts."""
        return self.proposed_secret(f"again {who.session.key} {who.account.secret}")

    def change_codes(self, who: SignedIn, password: str, code: str, now: datetime) -> None:
        """Take codes of `next_secret` from now on. Raises BadInput("password") and BadInput("code")."""
        if not self._is_password(who.account, password[:LONGEST_PASSWORD]):
            raise BadInput("password")
        secret = self.next_secret(who)
        step = _step_of(secret, code, now)
        if step is None:
            raise BadInput("code")
        self.accounts.change(who.account.id, secret=secret, code_used=step)
        self.accounts.end(account=who.account.id, but=who.session.key)

    def open_sessions(self, account: int, now: datetime) -> list[Session]:
        """The sessions of an account that are not over, the one seen last first."""
        return [one for one in self.accounts.sessions(account) if not _is_over(one, now)]

    # --- signing in and out

    def check(self, name: str, password: str, code: str, now: datetime) -> Account | None:
        """Whose name, password and code these are; None where anything is wrong."""
        try:
            account = self.accounts.named(name[:NAME])
        except NotFound:
            account = None
        right = self._is_password(account, password[:LONGEST_PASSWORD])
        step = _step_of(account.secret, code, now) if account is not None and account.secret else None
        if account is None or not right or step is None or account.disabled_at is not None:
            return None
        if not account.roles:  # who may do nothing has no business inside
            return None
        return account if self.accounts.use_code(account.id, step) else None

    def known(self, name: str) -> str | None:
        """The name, where there is an account of it."""
        try:
            return self.accounts.named(name[:NAME]).name
        except NotFound:
            return None

    def begin(self, account: Account, device: str, now: datetime) -> str:
        """Sign somebody in; what their cookie holds."""
        cookie = secrets.token_urlsafe(32)
        self.accounts.begin(Session(_key(cookie), account.id, now, now, device[:200]))
        return cookie

    def who(self, cookie: str, now: datetime) -> SignedIn | None:
        """Who sent this cookie; None where its session is over, or was ended."""
        found = self.accounts.session(_key(cookie))
        if found is None:
            return None
        session, account = found
        if account.disabled_at or not account.roles or _is_over(session, now):
            return None
        if now - session.seen_at > NOTE_EVERY:
            self.accounts.seen(session.key, now)
        return SignedIn(account, session, hashlib.sha256(f"form\0{cookie}".encode()).hexdigest())

    def forget_sessions(self, now: datetime) -> int:
        """Let go of what is over."""
        return self.accounts.forget_sessions(now - IDLE, now - LONGEST)

    def _invitation(self, invitation: int, now: datetime) -> str:
        return self._keys.token(Purpose.INVITATION, invitation, expires=now + LASTS[Purpose.INVITATION])

    def _is_password(self, account: Account | None, password: str) -> bool:
        """Hashes in each case: how long it takes tells nothing of whether the account exists."""
        kept = account.password if account is not None and account.password else self._nobody
        try:
            with HASHING:
                return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    def _hash(self, password: str) -> str:
        """Raises BadInput("password") for one that is too short or too long."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise BadInput("password")
        with HASHING:
            return self._hasher.hash(password)


def _is_over(session: Session, now: datetime) -> bool:
    return now - session.seen_at > IDLE or now - session.created_at > LONGEST


def fit_name(name: str) -> str:
    """A name to sign in with, in lower case. Raises BadInput."""
    fit = " ".join(name.split()).lower()
    if not fit or len(fit) > NAME or not fit.isprintable():
        raise BadInput(f"a name has 1 to {NAME} letters; an e-mail address is a good one")
    return fit


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code is of; None where it is of none of the three that are taken."""
    typed = "".join(code.split())
    if not typed.isascii():
        return None
    this = int(now.timestamp()) // STEP
    codes = pyotp.TOTP(secret)
    fitting = [step for step in (this - 1, this, this + 1) if hmac.compare_digest(codes.at(step * STEP), typed)]
    return fitting[-1] if fitting else None
