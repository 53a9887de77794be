"""Who may sign in, and who is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, select, true, update

from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import EVERYWHERE, Account, Role, Session
from newsletter.store.account_tables import account_roles, accounts, sessions
from newsletter.store.conflict import insert
from newsletter.store.database import Database


class Accounts:
    """The accounts and their sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, roles: Mapping[str, Role], now: datetime, **values: Any) -> Account:
        """A new account; `values` are its further columns. Raises BadInput where the name is taken."""

        def work(connection: Connection) -> int:
            query = insert(connection, accounts).values(name=name, created_at=now, code_used=0, **values)
            id = connection.execute(query.on_conflict_do_nothing().returning(accounts.c.id)).scalar()
            if id is None:
                raise BadInput(f"somebody is named {name!r} already: `newsletter admin list` shows who may sign in")
            _set_roles(connection, id, roles)
            return int(id)

        return self.get(self._database.write(work))

    def get(self, id: int) -> Account:
        """Raises NotFound."""
        return self._one(accounts.c.id == id, f"account {id}")

    def named(self, name: str) -> Account:
        """Raises NotFound."""
        return self._one(accounts.c.name == name.strip().lower(), f"account {name!r}")

    def invited(self, invitation: int) -> Account:
        """Whose invitation it is. Raises NotFound where it was used, or replaced by a newer one."""
        return self._one(accounts.c.invited == invitation, "invitation")

    def of_subject(self, subject: str) -> Account:
        """Who signs in elsewhere as `subject`. Raises NotFound."""
        return self._one(accounts.c.subject == subject, "account of this sign-in")

    def all(self) -> list[Account]:
        """Every account, by name."""
        return self._database.read(lambda connection: _accounts(connection, true()))

    def change(self, id: int, **values: Any) -> None:
        """Write columns of an account."""
        query = update(accounts).where(accounts.c.id == id).values(**values)
        self._database.write(lambda connection: connection.execute(query))

    def take_up(self, id: int, invitation: int, **values: Any) -> bool:
        """Write columns of an account whose invitation is still open; False where somebody was faster."""
        query = update(accounts).where(accounts.c.id == id, accounts.c.invited == invitation)
        query = query.values(invited=None, **values)
        return self._database.write(lambda connection: connection.execute(query).rowcount == 1)

    def set_roles(self, id: int, roles: Mapping[str, Role], *, keep_an_admin: bool = True) -> None:
        """These roles, and no others. Raises StateError where nobody would be left who may say who may sign in.

        Not so where `keep_an_admin` is False: the house's own sign-in has the last word on its people.
        """

        def work(connection: Connection) -> None:
            admins = _admins(connection)
            _set_roles(connection, id, roles)
            if id in admins and keep_an_admin:
                _still_an_admin(connection)

        self._database.write(work)

    def disable(self, id: int, now: datetime) -> None:
        """Let somebody in no more, and end their sessions. Raises StateError as `set_roles` does."""

        def work(connection: Connection) -> None:
            admins = _admins(connection)
            connection.execute(update(accounts).where(accounts.c.id == id).values(disabled_at=now, invited=None))
            connection.execute(delete(sessions).where(sessions.c.account == id))
            if id in admins:
                _still_an_admin(connection)

        self._database.write(work)

    def use_code(self, id: int, step: int) -> bool:
        """Whether the one-time code of this time step is taken now; False where it, or a later one, was before."""
        query = update(accounts).where(accounts.c.id == id, accounts.c.code_used < step).values(code_used=step)
        return self._database.write(lambda connection: connection.execute(query).rowcount == 1)

    def begin(self, session: Session) -> None:
        """Somebody is signed in."""
        row = {
            "key": session.key,
            "account": session.account,
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "device": session.device,
        }
        self._database.write(lambda connection: connection.execute(sessions.insert().values(row)))

    def session(self, key: str) -> tuple[Session, Account] | None:
        """A session and whose it is; None where there is none."""

        def work(connection: Connection) -> tuple[Session, Account] | None:
            row = connection.execute(select(sessions).where(sessions.c.key == key)).one_or_none()
            found = None if row is None else _accounts(connection, accounts.c.id == row.account)
            return None if row is None or not found else (Session(*row), found[0])

        return self._database.read(work)

    def sessions(self, account: int | None = None) -> list[Session]:
        """Those of an account, or all; the one seen last comes first."""
        query = select(sessions).order_by(sessions.c.seen_at.desc())
        query = query if account is None else query.where(sessions.c.account == account)
        return [Session(*row) for row in self._database.read(lambda connection: connection.execute(query).all())]

    def seen(self, key: str, now: datetime) -> None:
        """Somebody is at work."""
        query = update(sessions).where(sessions.c.key == key).values(seen_at=now)
        self._database.write(lambda connection: connection.execute(query))

    def end(self, *, key: str | None = None, account: int | None = None, but: str | None = None) -> int:
        """End one session, or all of an account (of both named: that one, if it is theirs); how many there were.

        `but` is the key of one that goes on.
        """
        condition: ColumnElement[bool] = true()
        if key is not None:
            condition &= sessions.c.key == key
        if account is not None:
            condition &= sessions.c.account == account
        if but is not None:
            condition &= sessions.c.key != but
        if key is None and account is None:
            raise ValueError("say whose sessions end")
        return self._database.write(lambda connection: connection.execute(delete(sessions).where(condition)).rowcount)

    def forget_sessions(self, seen_before: datetime, created_before: datetime) -> int:
        """Those that are over; how many."""
        over = (sessions.c.seen_at < seen_before) | (sessions.c.created_at < created_before)
        return self._database.write(lambda connection: connection.execute(delete(sessions).where(over)).rowcount)

    def _one(self, condition: ColumnElement[bool], what: str) -> Account:
        found = self._database.read(lambda connection: _accounts(connection, condition))
        if not found:
            raise NotFound(f"there is no {what}")
        return found[0]


def _accounts(connection: Connection, condition: ColumnElement[bool]) -> list[Account]:
    query: Select[Any] = select(accounts).where(condition).order_by(accounts.c.name)
    rows = connection.execute(query).all()
    roles: dict[int, dict[str, Role]] = {row.id: {} for row in rows}
    for row in connection.execute(select(account_roles).where(account_roles.c.account.in_(roles))):
        roles[row.account][row.newsletter] = Role(row.role)
    return [Account(**row._mapping, roles=roles[row.id]) for row in rows]


def _admins(connection: Connection) -> frozenset[int]:
    """Who may say who may sign in. Locked, so that two who take each other's role away do so one after the other."""
    query = select(accounts.c.id).join(account_roles, account_roles.c.account == accounts.c.id)
    query = query.where(account_roles.c.newsletter == EVERYWHERE, account_roles.c.role == Role.ADMIN)
    query = query.where(accounts.c.disabled_at.is_(None)).order_by(accounts.c.id).with_for_update(of=accounts)
    return frozenset(connection.execute(query).scalars())


def _still_an_admin(connection: Connection) -> None:
    if not _admins(connection):
        raise StateError("this is the last admin: give somebody else that role first")


def _set_roles(connection: Connection, account: int, roles: Mapping[str, Role]) -> None:
    connection.execute(delete(account_roles).where(account_roles.c.account == account))
    rows = [{"account": account, "newsletter": name, "role": role} for name, role in roles.items()]
    if rows:
        connection.execute(account_roles.insert(), rows)
