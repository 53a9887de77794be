"""Readers ask, confirm, change and leave; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from newsletter.errors import BadInput, NotFound, StateError, StoreError, TokenError
from newsletter.model import Cadence, Format, SubscriptionState
from newsletter.store.database import Database
from newsletter.store.journal import Journal
from newsletter.tokens import Keys, Purpose
from tests.integration.audience.world import ADDRESS, World, settings, token

ACTIVE, ENDED, PENDING = SubscriptionState.ACTIVE, SubscriptionState.ENDED, SubscriptionState.PENDING


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, settings(tmp_path, newsletters=2), Journal(tmp_path / "journal"))


def test_the_whole_way(world: World) -> None:
    world.ask(topics=["verkehr"], cadence="weekly", format="large", language="en")
    assert (world.state(), world.mails()) == (PENDING, 1)
    world.later(hours=1)
    world.confirm()
    standing = world.subscribing.standing(Purpose.PREFERENCES, token(Purpose.PREFERENCES, 1), world.now)
    assert standing.address == "m…@leser.example"
    own = standing.subscription
    assert (own.cadence, own.format, own.language, own.topics) == (Cadence.WEEKLY, Format.LARGE, "en", ("verkehr",))
    assert own.confirmed_at == world.now
    wish = world.wish(topics=["bildung", "verkehr"], cadence="daily")
    world.subscribing.change(token(Purpose.PREFERENCES, 1), wish, world.now, "de")
    left = world.subscribing.leave(token(Purpose.UNSUBSCRIBE, 1), world.now, how="one-click")
    assert (left.subscription.state, left.subscription.wish) == (ENDED, wish)
    done = [("asked", "page"), ("confirmed", "page"), ("changed", "page"), ("withdrawn", "one-click")]
    assert world.actions() == done
    assert world.goodbyes() == [("left", "presse")]


def test_consent_is_kept_word_for_word(world: World) -> None:
    world.reader(topics=["verkehr"])
    asked, confirmed = world.register.proof(ADDRESS)
    assert asked.evidence == "notice 1"
    assert asked.wording.startswith(
        "[2026-11] Ich willige ein, dass Stadt Musterstadt meine E-Mail-Adresse verarbeitet"
    )
    assert "„Pressemitteilungen“" in confirmed.wording
    assert "täglich, wenn es Neues gibt; Themen: Verkehr." in confirmed.wording
    assert "jederzeit mit Wirkung für die Zukunft widerrufen" in confirmed.wording
    assert "presse@musterstadt.example" in confirmed.wording


def test_an_address_is_one_however_it_is_spelled(world: World) -> None:
    world.reader(" Mara@LESER.example ")
    world.ask("mara@leser.EXAMPLE")
    assert (world.emails(), world.mails()) == ([ADDRESS], 1)


@pytest.mark.parametrize("address", ["", "mara", "mara@", "a@b@c.example", "mara@leser", "x" * 65 + "@leser.example"])
def test_what_is_no_address_is_refused_and_leaves_no_row(world: World, address: str) -> None:
    with pytest.raises(BadInput):
        world.ask(address)
    assert world.emails() == []


def test_nobody_is_bombed_with_confirmations(world: World) -> None:
    sent: list[datetime] = []
    for _ in range(40 * 24):
        world.ask(newsletter="presse")
        world.ask(newsletter="rat")
        if world.mails() > len(sent):
            sent.append(world.now)
        world.later(hours=1)
    assert world.mails() == len(sent)
    ages = [(later - earlier).total_seconds() / 3600 for earlier, later in pairwise(sent)]
    assert min(ages) >= 24
    assert [round(hours) for hours in ages[:3]] == [24, 24, 30 * 24 - 48]


def test_two_at_once_get_one_confirmation(world: World) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: world.ask(), range(16)))
    assert (world.mails(), world.emails()) == (1, [ADDRESS])


def test_who_is_active_and_asks_again_is_told_so_and_keeps_all(world: World) -> None:
    world.reader(cadence="weekly")
    world.later(days=2)
    world.ask(cadence="daily", topics=["verkehr"])
    standing = world.subscribing.standing(Purpose.PREFERENCES, token(Purpose.PREFERENCES, 1), world.now)
    assert (standing.subscription.cadence, standing.subscription.topics) == (Cadence.WEEKLY, ())
    assert standing.subscription.state is ACTIVE
    assert world.notices() == ["confirmation", "known"]


def test_confirming_twice_is_one_confirmation(world: World) -> None:
    world.reader()
    world.confirm()
    assert world.actions() == [("asked", "page"), ("confirmed", "page")]


def test_a_lapsed_wish_leaves_no_address_and_cannot_be_confirmed(world: World) -> None:
    world.ask()
    world.later(days=7)
    assert world.subscribing.forget_unconfirmed(world.now) == 0
    world.later(seconds=1)
    assert world.subscribing.forget_unconfirmed(world.now) == 1
    assert (world.emails(), world.state()) == ([None], ENDED)
    with pytest.raises(StateError):
        world.confirm()
    assert world.goodbyes() == []
    world.reader()
    assert (world.emails(), world.state()) == ([ADDRESS], ACTIVE)


def test_lapsing_keeps_the_address_of_who_has_another_newsletter(world: World) -> None:
    world.reader(newsletter="rat")
    world.ask(newsletter="presse")
    world.later(days=8)
    world.subscribing.forget_unconfirmed(world.now)
    assert world.emails() == [ADDRESS]


def test_who_left_is_asked_anew_and_not_before(world: World) -> None:
    subscription = world.reader()
    world.subscribing.leave(token(Purpose.UNSUBSCRIBE, subscription), world.now)
    with pytest.raises(StateError):
        world.confirm(subscription)
    world.later(days=2)
    world.ask()
    assert world.state(subscription) is PENDING
    world.confirm(subscription)
    assert world.state(subscription) is ACTIVE


def test_who_left_and_was_asked_for_again_stays_gone_unless_they_confirm(world: World) -> None:
    subscription = world.reader()
    world.subscribing.leave(token(Purpose.UNSUBSCRIBE, subscription), world.now)
    world.later(days=2)
    world.ask()
    world.later(days=8)
    world.subscribing.forget_unconfirmed(world.now)
    report = world.register.import_csv(b"email,consent\nmara@leser.example,Formular\n", world.now)
    assert (report.added, len(report.refused)) == (0, 1)


def test_leaving_is_idempotent_and_may_be_for_all(world: World) -> None:
    first, second = world.reader(), world.reader(newsletter="rat")
    for _ in range(2):
        world.subscribing.leave(token(Purpose.UNSUBSCRIBE, first), world.now, everything=True)
    assert (world.state(first), world.state(second)) == (ENDED, ENDED)
    assert world.goodbyes() == [("left", "presse"), ("left", "rat")]
    assert [action for action, _ in world.actions()].count("withdrawn") == 2


def test_leaving_one_keeps_the_other(world: World) -> None:
    first, second = world.reader(), world.reader(newsletter="rat")
    world.subscribing.leave(token(Purpose.UNSUBSCRIBE, first), world.now)
    assert (world.state(first), world.state(second)) == (ENDED, ACTIVE)


def test_nobody_leaves_whom_the_journal_cannot_note(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    subscription = world.reader()

    def full(self: Journal, kind: str, email_hash: str, newsletter: str | None, at: datetime) -> None:
        raise StoreError("no room left")

    monkeypatch.setattr(Journal, "goodbye", full)
    with pytest.raises(StoreError):
        world.subscribing.leave(token(Purpose.UNSUBSCRIBE, subscription), world.now)
    assert world.state(subscription) is ACTIVE


def test_foreign_tokens_do_nothing(world: World) -> None:
    subscription = world.reader()
    forged = Keys((b"x" * 32,)).token(Purpose.UNSUBSCRIBE, subscription)
    for wrong in ("", "abc", forged, token(Purpose.PREFERENCES, subscription), token(Purpose.UNSUBSCRIBE, 1)[:-1]):
        with pytest.raises(TokenError):
            world.subscribing.leave(wrong, world.now)
    with pytest.raises(NotFound):
        world.subscribing.leave(token(Purpose.UNSUBSCRIBE, 99), world.now)
    assert world.state(subscription) is ACTIVE


def test_only_what_is_active_can_be_changed(world: World) -> None:
    world.ask()
    with pytest.raises(StateError):
        world.subscribing.change(token(Purpose.PREFERENCES, 1), world.wish(cadence="weekly"), world.now, "de")


def test_the_suppressed_get_nothing_and_leave_no_address(world: World) -> None:
    world.register.suppress(ADDRESS, "bounced", world.now)
    world.ask()
    assert (world.mails(), world.emails()) == (0, [])
    assert world.goodbyes() == [("suppressed", None)]
