"""A list that comes in by batches leaves the same behind as one that comes in row by row; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from newsletter.audience import Defaults, Lifting
from newsletter.errors import BadInput
from newsletter.store.database import Database
from newsletter.store.journal import Goodbye, Journal
from newsletter.store.program_tables import outbox
from newsletter.store.suppression_tables import lifted, suppressions
from newsletter.store.tables import consents, deliveries, notices, subscribers, subscriptions
from newsletter.tokens import Purpose
from tests.integration.audience.world import KEYS, World, token
from tests.integration.audience.world import settings as site

PEOPLE = [f"{name}@leser.example" for name in ("mara", "olli", "pia", "weg", "ida", "jan")]
PASTS = (
    *("nobody", "asked", "lapsed", "reads", "reads the other", "left", "left one", "erased", "suppressed"),
    *("lifted", "reads, lifted", "asked, lifted"),
)
TABLES = (outbox, deliveries, notices, consents, subscriptions, subscribers, suppressions, lifted)
DEFAULTS = Defaults("presse", "Umzug")

spelt = st.sampled_from([*PEOPLE, *(address.upper() for address in PEOPLE), "kaputt", ""])
own = st.tuples(
    spelt,
    st.sampled_from(["presse", "rat", "", "sonstwas"]),
    st.sampled_from(["", "verkehr", "bildung|verkehr", "verkher"]),
    st.sampled_from(["", "täglich", "wöchentlich"]),
    st.sampled_from(["", "Formular", '"Formular; ""Infostand"""']),
    st.sampled_from(["", "01.11.2026", "2030-01-01", "neulich"]),
)
theirs = st.tuples(
    spelt, st.sampled_from(["active", "new", "deleted", "abused", "seltsam"]), st.sampled_from(["", "2016-04-18"])
)
HEADS = {"email;newsletter;topics;cadence;consent;date": own, "email;status;activated": theirs}
files = st.one_of(
    [st.tuples(st.just(head), st.lists(row, max_size=25), st.booleans()) for head, row in HEADS.items()]
).map(lambda file: ("\n".join([file[0], *map(";".join, file[1])]).encode(), file[2]))
pasts = st.fixed_dictionaries({address: st.sampled_from(PASTS) for address in PEOPLE})


@given(file=files, past=pasts, at_once=st.sampled_from([2, 3, 7, 1000]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_batches_leave_the_same_as_row_by_row(
    database: Database, tmp_path: Path, file: tuple[bytes, bool], past: dict[str, str], at_once: int
) -> None:
    data, kept = file
    among = ["presse"] if kept else None
    one_by_one, by_batches = (
        _left_behind(_peopled(database, tmp_path, past), data, among, size) for size in (1, at_once)
    )
    for one, other in zip(by_batches, one_by_one, strict=True):
        assert one == other


def _left_behind(world: World, data: bytes, among: list[str] | None, at_once: int) -> tuple[Any, ...]:
    """What is told of an import, and what is there after it; a dry run tells the same and leaves nothing."""
    world.store.at_once = at_once
    before = everything(world)
    program = "rapidmail" if data.startswith(b"email;status") else None
    tried, done = (
        world.register.import_csv(data, world.now, DEFAULTS, program=program, dry_run=dry, among=among)
        for dry in (True, False)
    )
    assert tried == done
    assert done.added == len(everything(world)[2]) - len(before[2])
    return done, *everything(world)


def _peopled(database: Database, tmp_path: Path, past: dict[str, str]) -> World:
    """A world with nobody but these, each with what came before."""
    database.write(_emptied)
    (tmp_path / "journal").unlink(missing_ok=True)
    world = World(database, site(tmp_path, newsletters=2), Journal(tmp_path / "journal"))
    for address, what in past.items():
        if what == "lapsed":
            world.ask(address)
    world.later(days=8)
    world.subscribing.forget_unconfirmed(world.now)
    for address, what in past.items():
        BEFORE.get(what, lambda world, address: None)(world, address)
    world.later(days=1)
    return world


def _left(world: World, address: str) -> None:
    world.subscribing.leave(token(Purpose.UNSUBSCRIBE, world.reader(address)), world.now)


def _left_one(world: World, address: str) -> None:
    world.reader(address, "rat")
    _left(world, address)


def _erased(world: World, address: str) -> None:
    world.reader(address)
    world.register.erase(address, world.now)


def _lifted(world: World, address: str) -> None:
    email_hash = KEYS.address_hash(address)
    world.register.give_up(email_hash, "bounce: user-unknown", world.now)
    Lifting(world.store, world.journal).lift(email_hash, "das Postfach geht wieder", world.now)


def _reads_lifted(world: World, address: str) -> None:
    world.reader(address)
    _lifted(world, address)


def _asked_lifted(world: World, address: str) -> None:
    world.ask(address)
    _lifted(world, address)


BEFORE: dict[str, Callable[[World, str], object]] = {
    "asked": World.ask,
    "reads": World.reader,
    "reads the other": lambda world, address: world.reader(address, "rat"),
    "left": _left,
    "left one": _left_one,
    "erased": _erased,
    "lifted": _lifted,
    "reads, lifted": _reads_lifted,
    "asked, lifted": _asked_lifted,
    "suppressed": lambda world, address: world.register.suppress(address, "will nicht", world.now),
}


def _emptied(connection: Connection) -> None:
    """Nobody is there, and numbers begin anew: what is on record names them."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"TRUNCATE {', '.join(map(str, TABLES))} RESTART IDENTITY CASCADE"))
        return
    for table in TABLES:
        connection.execute(table.delete())


def everything(world: World) -> tuple[Any, ...]:
    """All rows that an import touches, with hashes for numbers that differ from one way to the other."""
    people, own, record = subscribers.c, subscriptions.c, consents.c
    mine = [column for column in own if column.name not in ("id", "subscriber")]
    told = [column for column in record if column.name not in ("id", "subscription")]
    queries = (
        select(people.email_hash, people.email, people.created_at).order_by(people.email_hash),
        select(people.email_hash, *mine).join(subscriptions, own.subscriber == people.id).order_by(own.id),
        select(own.newsletter, *told).join(consents, record.subscription == own.id).order_by(record.id),
        select(*suppressions.c).order_by(suppressions.c.email_hash),
    )
    found = world.database.read(lambda connection: [connection.execute(query).all() for query in queries])
    goodbyes = [one for one in world.journal.entries() if isinstance(one, Goodbye)]
    return (*found, [(one.kind, one.email_hash) for one in goodbyes])


@pytest.mark.parametrize("proof", ["Formular\0", "Formular \udcfc"])
def test_a_proof_that_is_no_text_stays_out(database: Database, tmp_path: Path, proof: str) -> None:
    world = World(database, site(tmp_path), Journal(tmp_path / "journal"))
    data = b"email;consent\nmara@leser.example;\nolli@leser.example;Liste"
    report = world.register.import_csv(data, world.now, Defaults(None, proof))
    assert (report.added, [(one.line, "is no text" in one.reason) for one in report.refused]) == (1, [(2, True)])
    with pytest.raises(BadInput, match="is no text"):
        world.register.add("mara@leser.example", world.wish(), proof, world.now)
    assert world.emails() == ["olli@leser.example"]
    assert [entry.consents[0].evidence for entry in world.register.entries()] == ["Liste"]
