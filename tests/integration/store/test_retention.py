"""What is forgotten when its time has come, and what stays: an edition's sums, a suppression, all that is open."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, func, insert, select, update

from newsletter.model import DeliveryState, EditionState, SubscriptionState
from newsletter.store.database import Database
from newsletter.store.retention import Retention
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import consents, deliveries, editions, events, notices, subscribers, subscriptions
from tests.integration.deliver.world import EDITION, World, hash_of

DAY = timedelta(days=1)
GONE = "leser0@stadt.example"


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """An edition that was accepted by two readers and refused by the third; one of them left ten days ago."""
    world = World(database, tmp_path)
    world.plan(3)
    world.ask("neu@stadt.example")
    states = ["accepted", "accepted", "failed", "accepted"]

    def work(connection: Connection) -> None:
        ids = connection.execute(select(deliveries.c.id).order_by(deliveries.c.id)).scalars().all()
        for id, state in zip(ids, states, strict=True):
            changed = {"state": state, "changed_at": world.now}
            connection.execute(update(deliveries).where(deliveries.c.id == id).values(changed))
        connection.execute(insert(events).values(delivery=ids[0], kind="bounced", at=world.now, detail="x"))
        over = {"state": EditionState.FINISHED, "finished_at": world.now}
        connection.execute(update(editions).values(over))
        ended = {"state": SubscriptionState.ENDED, "ended_at": world.now - 10 * DAY}
        person = select(subscribers.c.id).where(subscribers.c.email == GONE).scalar_subquery()
        connection.execute(update(subscriptions).where(subscriptions.c.subscriber == person).values(ended))
        proof = {"subscription": 1, "action": "withdrawn", "wording": "w", "at": world.now, "how": "page"}
        connection.execute(insert(consents).values(email_hash=hash_of(GONE), **proof))

    database.write(work)
    world.suppress(GONE)
    return world


def count(world: World, table: Table) -> int:
    query = select(func.count()).select_from(table)
    return int(world.database.read(lambda connection: connection.execute(query).scalar_one()))


def test_deliveries_go_and_their_sums_stay(world: World) -> None:
    rows, before = Retention(world.database), world.editions.counts(EDITION)
    assert rows.forget_deliveries(world.now) == 0, "not a moment too soon"
    assert rows.forget_deliveries(world.now + DAY) == 3
    assert (count(world, deliveries), count(world, events), count(world, notices)) == (1, 0, 1)
    assert before == world.editions.counts(EDITION) == {DeliveryState.ACCEPTED: 2, DeliveryState.FAILED: 1}
    assert [counted.counts for counted in world.editions.listed()] == [before]
    assert rows.forget_deliveries(world.now + DAY) == 0


def test_a_notice_goes_with_its_delivery(world: World) -> None:
    rows = Retention(world.database)
    assert (rows.forget_notices(world.now), rows.forget_notices(world.now + DAY)) == (0, 1)
    assert (count(world, notices), count(world, deliveries)) == (0, 3)


@pytest.mark.parametrize("state", ["queued", "claimed", "committing", "deferred"])
def test_what_is_open_keeps_everything(world: World, state: str) -> None:
    change = update(deliveries).values(state=state)
    world.database.write(lambda connection: connection.execute(change))
    rows, later = Retention(world.database), world.now + 4000 * DAY
    assert [rows.forget_deliveries(later), rows.forget_notices(later), rows.forget_addresses(later)] == [0, 0, 0]
    world.database.write(lambda connection: connection.execute(update(subscribers).values(email=None)))
    assert rows.forget_people(later) == 0


def test_who_left_is_forgotten_in_two_steps_and_never_written_to(world: World) -> None:
    rows, left = Retention(world.database), world.now - 10 * DAY
    assert rows.forget_people(left + DAY) == 0, "the address goes first"
    assert (rows.forget_addresses(left), rows.forget_addresses(left + DAY)) == (0, 1)
    kept = world.database.read(lambda connection: connection.execute(select(subscribers.c.email)).scalars().all())
    assert GONE not in kept
    assert len(kept) == 4
    assert count(world, consents) == 1
    assert (rows.forget_people(left), rows.forget_people(left + DAY)) == (0, 1)
    assert (count(world, subscribers), count(world, subscriptions), count(world, consents)) == (3, 3, 0)
    assert count(world, suppressions) == 1


def test_who_has_anything_left_stays(world: World) -> None:
    back = {"state": SubscriptionState.ACTIVE, "ended_at": None}
    world.database.write(lambda connection: connection.execute(update(subscriptions).values(back)))
    assert Retention(world.database).forget_addresses(world.now + 4000 * DAY) == 0
