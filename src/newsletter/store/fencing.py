"""The two statements that every mail costs, for all that wait at once: its fence and its receipt. And putting off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    UpdateBase,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from newsletter.model import DELIVERY_MOVES, Claim, DeliveryState, EditionState, Receipt
from newsletter.store.prepared import Prepared
from newsletter.store.settling import WANTED
from newsletter.store.state import PAUSED
from newsletter.store.tables import deliveries, editions, state

own = deliveries.c
CROWDED: Final = "not tried yet: its domain takes few mails at a time"
RUNNING: Final[ColumnElement[bool]] = ~exists().where(state.c.name == PAUSED)
SENDING: Final[ColumnElement[bool]] = or_(
    own.edition.is_(None), exists().where(editions.c.id == own.edition, editions.c.state == EditionState.SENDING)
)


def grant(connection: Connection, claims: Iterable[Claim], now: datetime, until: datetime) -> frozenset[int]:
    """Let those of these claims' messages go that may; the deliveries that it was.

    They have to be under their claim still, within its lease, wanted, of an edition that is sent, and nothing paused.
    """
    pairs = ",".join(f"[{claim.delivery},{claim.token}]" for claim in claims)
    return frozenset(FENCE.scalars(connection, pairs=f"[{pairs}]", now=now, until=until))


def write(connection: Connection, target: DeliveryState, receipts: Sequence[Receipt]) -> None:
    """Move deliveries to the state that their receipts say, each under its claim."""
    rows = [
        {"of": one.delivery, "under": one.token, "again": one.retry_at, "said": one.answer, "then": one.at}
        for one in receipts
    ]
    RECEIPTS[target].many(connection, rows)


def put_off(connection: Connection, later: Sequence[tuple[Claim, datetime]], now: datetime) -> None:
    """Leave deliveries that were not tried until their moment; what a server said of one before is kept."""
    rows = [{"of": claim.delivery, "under": claim.token, "again": at, "then": now} for claim, at in later]
    PUT_OFF.many(connection, rows)


def _fence(dialect: str) -> UpdateBase:
    moment = own.lease_until.type
    change = update(deliveries).where(
        own.id.in_(_given(dialect, "id")),  # for the index: row values alone have none
        tuple_(own.id, own.token).in_(_given(dialect, "id", "token")),
        # no bare column: SQLite would take the index of all that is held, and look at each of them for the few
        own.state.concat(literal_column("''")) == DeliveryState.CLAIMED,
        own.lease_until > bindparam("now", type_=moment),
        WANTED,
        SENDING,
        RUNNING,
    )
    change = change.values(
        state=DeliveryState.COMMITTING,
        lease_until=bindparam("until", type_=moment),
        changed_at=bindparam("now", type_=moment),
    )
    return change.returning(own.id)


def _given(dialect: str, *names: str) -> Select[Any]:
    """The claims, which come as one JSON value: pairs of delivery and token."""
    pairs = bindparam("pairs", type_=Text)
    columns: list[ColumnElement[Any]]
    if dialect == "sqlite":
        each = func.json_each(pairs).table_valued("value")
        columns = [func.json_extract(each.c.value, f"$[{place}]") for place in range(len(names))]
    else:
        pair = func.jsonb_array_elements(cast(pairs, JSONB), type_=JSONB).column_valued("pair")
        columns = [cast(pair[place].astext, BigInteger) for place in range(len(names))]
    return select(*columns)


def _receipt(target: DeliveryState) -> Prepared:
    origins = [own.state == state for state, moves in DELIVERY_MOVES.items() if target in moves]
    change = (
        update(deliveries)
        .where(own.id == bindparam("of"), own.token == bindparam("under"), or_(*origins))
        .values(
            state=target,
            attempts=own.attempts + 1,
            lease_until=None,
            retry_at=bindparam("again", type_=own.retry_at.type),
            answer=bindparam("said", type_=Text),
            changed_at=bindparam("then", type_=own.changed_at.type),
        )
    )
    return Prepared(lambda dialect: change)


def _put_off() -> UpdateBase:
    change = update(deliveries).where(
        own.id == bindparam("of"), own.token == bindparam("under"), own.state == DeliveryState.CLAIMED
    )
    return change.values(
        state=DeliveryState.DEFERRED,
        lease_until=None,
        retry_at=bindparam("again", type_=own.retry_at.type),
        answer=func.coalesce(own.answer, CROWDED),
        changed_at=bindparam("then", type_=own.changed_at.type),
    )


FENCE = Prepared(_fence)
PUT_OFF = Prepared(lambda dialect: _put_off())
RECEIPTS = {target: _receipt(target) for target in DeliveryState}
