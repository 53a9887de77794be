"""Freezing an audience, on both databases: everybody once, nobody twice, however often it is begun."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Update, text, update

from newsletter.errors import NotFound, StateError
from newsletter.model import Cadence, EditionState, Format
from newsletter.store import freeze
from newsletter.store.database import Database
from newsletter.store.freeze import Choice, Freezer
from newsletter.store.tables import deliveries, editions, subscriptions
from tests.integration.deliver.world import EDITION, START, World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def variant_of(choice: Choice) -> str | None:
    language, _, topics = choice
    return None if topics == ("sport",) else f"{language}-{'+'.join(topics) or 'all'}"


def people(world: World) -> None:
    for number in range(30):
        topics = ("", "verkehr", "bildung verkehr", "sport")[number % 4]
        world.subscribe(f"leser{number}@stadt.example", topics, language="en" if number % 3 else "de")


def changed(world: World, change: Update) -> None:
    world.database.write(lambda connection: connection.execute(change))


def test_everybody_whom_it_concerns_is_planned_in_variant_order(world: World) -> None:
    people(world)
    world.edition()
    freezer = Freezer(world.database)
    wishes = freezer.wishes("presse", Cadence.DAILY)
    assert ("de", Format.STANDARD, ("bildung", "verkehr")) in wishes
    assert len(wishes) == 8
    assert freezer.wishes("presse", Cadence.WEEKLY) == []
    assert freezer.freeze(EDITION, variant_of, START) == 23
    assert {variant for (variant,) in world.rows("variant")} == {
        f"{language}-{topics}" for language in ("de", "en") for topics in ("all", "verkehr", "bildung+verkehr")
    }
    row = world.edition_row()
    assert (row.state, row.frozen_at, row.dated) == (EditionState.SENDING, START, START)
    variants = [claim.variant for claim in world.ledger.claim(100, START)]
    assert variants == sorted(variants)


@pytest.mark.parametrize("many", [23, 24])
def test_postgresql_knows_of_very_many_new_ones_before_they_are_claimed(
    world: World, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    people(world)
    world.edition()
    monkeypatch.setattr(freeze, "MANY", many)
    assert Freezer(world.database).freeze(EDITION, variant_of, START) == 23
    if world.database.engine.dialect.name == "postgresql":
        known = text("SELECT reltuples FROM pg_class WHERE relname = 'deliveries'")
        rows = world.database.read(lambda connection: connection.execute(known).scalar_one())
        assert rows == (23 if many == 23 else -1)


def test_an_edition_may_follow_another_to_exactly_those_who_got_it(world: World) -> None:
    """Not who was refused, not who is in doubt, not who has left or came since; whatever cadence they have now."""
    own = [world.subscribe(f"leser{number}@stadt.example")[1] for number in range(5)]
    world.edition()
    freezer = Freezer(world.database)
    assert freezer.freeze(EDITION, variant_of, START) == 5
    ends = ("accepted", "failed", "uncertain", "accepted", "accepted")
    for subscription, state in zip(own, ends, strict=True):
        changed(world, update(deliveries).where(deliveries.c.subscription == subscription).values(state=state))
    world.leave(own[3])
    changed(world, update(subscriptions).where(subscriptions.c.id == own[4]).values(cadence=Cadence.WEEKLY))
    world.subscribe("neu@stadt.example")
    world.edition("presse-daily-extra")
    changed(world, update(editions).where(editions.c.id == "presse-daily-extra").values(follows=EDITION))
    assert freezer.freeze("presse-daily-extra", variant_of, START) == 2
    planned = [one for edition, one in world.rows("edition", "subscription") if edition == "presse-daily-extra"]
    assert planned == [own[0], own[4]]


@pytest.mark.parametrize("after", [0, 1, 3, 5])
def test_a_crash_in_between_costs_nothing(world: World, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    monkeypatch.setattr(freeze, "FIRST_CHUNK", 3)
    people(world)
    world.edition()
    calls = iter(range(100))

    def crashing(choice: Choice) -> str | None:
        if next(calls) == after:
            raise KeyboardInterrupt
        return variant_of(choice)

    freezer = Freezer(world.database)
    with pytest.raises(KeyboardInterrupt):
        freezer.freeze(EDITION, crashing, START)
    assert world.edition_row().state == EditionState.APPROVED
    assert world.ledger.claim(100, START) == [], "nothing is claimed before the seal"
    assert freezer.freeze(EDITION, variant_of, START) == 23
    subscribers = [subscriber for (subscriber,) in world.rows("subscriber")]
    assert len(subscribers) == len(set(subscribers)) == 23
    assert freezer.freeze(EDITION, variant_of, START) == 23, "once sealed it stays"


def test_chunks_are_as_large_as_their_time_allows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freeze, "FIRST_CHUNK", 2)
    monkeypatch.setattr(freeze, "SMALLEST", 3)
    monkeypatch.setattr(freeze, "LARGEST", 4)
    people(world)
    world.edition()
    assert Freezer(world.database).freeze(EDITION, lambda _: "v", START) == 30


def test_only_an_approved_edition_can_be_sent(world: World) -> None:
    freezer = Freezer(world.database)
    with pytest.raises(NotFound):
        freezer.freeze("no-such", variant_of, START)
    world.edition()
    world.editions.move(EDITION, EditionState.CANCELLED, START)
    with pytest.raises(StateError, match="cancelled"):
        freezer.freeze(EDITION, variant_of, START)


def test_an_edition_that_is_stopped_meanwhile_is_not_sent(world: World) -> None:
    people(world)
    world.edition()

    def stopping(choice: Choice) -> str | None:
        if world.edition_row().state == EditionState.APPROVED:
            world.editions.move(EDITION, EditionState.CANCELLED, START)
        return variant_of(choice)

    with pytest.raises(StateError, match="stopped"):
        Freezer(world.database).freeze(EDITION, stopping, START)
    assert world.ledger.claim(100, START) == []
    world.ledger.tidy(START)
    assert set(world.states()) == {"cancelled"}


def test_an_edition_for_nobody_is_finished_at_once(world: World) -> None:
    world.edition()
    assert Freezer(world.database).freeze(EDITION, variant_of, START) == 0
    assert world.ledger.finish(START) == [EDITION]


def test_who_is_slower_at_freezing_adds_nobody_to_what_another_sealed(world: World) -> None:
    people(world)
    world.edition()

    def overtaken(choice: Choice) -> str | None:
        if not world.rows("variant"):
            Freezer(world.database).freeze(EDITION, variant_of, START)
            world.subscribe("spaet@stadt.example")
        return variant_of(choice)

    assert Freezer(world.database).freeze(EDITION, overtaken, START) == 23
    assert world.edition_row().state == EditionState.SENDING
