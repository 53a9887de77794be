"""What is taken off the suppression list: who gets mail again, who may only be asked, also after a restore."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.audience import Defaults, Lift, Lifting
from newsletter.deliver.feedback import diagnosis
from newsletter.deliver.feedback.returned import Kind
from newsletter.deliver.verdict import Reply, judge
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import SubscriptionState, Suppression
from newsletter.store.audience import Audience, AudienceRows
from newsletter.store.backup import backup, restore
from newsletter.store.database import Database, open_database
from newsletter.store.journal import Goodbye, Journal
from newsletter.store.suppression_tables import lifted, suppressions
from newsletter.tokens import Purpose
from tests.integration.audience.world import ADDRESS, KEYS, START, World, settings, token

ACTIVE, PENDING, ENDED = SubscriptionState.ACTIVE, SubscriptionState.PENDING, SubscriptionState.ENDED
HASH = KEYS.address_hash(ADDRESS)
STRANGER = "fremd@leser.example"
BOUNCE, COMPLAINT, CALL = "bounce: user-unknown: 5.1.1", "complaint: abuse", "rief an, will nichts mehr"
WHY = "rief an, das Postfach geht wieder"
LIST = f"email\n{ADDRESS}\n{STRANGER}\n".encode()
FROM_LIST = Defaults(newsletter="presse", consent="Liste 2026")


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, settings(tmp_path, newsletters=2), Journal(tmp_path / "journal"))


def lifting(world: World) -> Lifting:
    return Lifting(Audience(world.database), world.journal)


def lift(world: World, email_hash: str = HASH) -> Lift:
    world.later(hours=1)
    return lifting(world).lift(email_hash, WHY, world.now)


def suppressed(world: World) -> dict[str, str]:
    query = select(suppressions.c.email_hash, suppressions.c.reason)
    return {row.email_hash: row.reason for row in world.database.read(lambda c: c.execute(query).all())}


def test_whose_mailbox_is_back_gets_the_mails_again(world: World) -> None:
    own, left = world.reader(), world.reader(newsletter="rat")
    world.subscribing.leave(token(Purpose.UNSUBSCRIBE, left), world.now)
    on_record = world.actions()
    world.register.give_up(HASH, BOUNCE, world.now)
    known, foreseen = lifting(world).foreseen(HASH, world.now)
    assert (known.reason, foreseen) == (BOUNCE, Lift(("presse",), ()))
    assert lift(world) == foreseen
    assert suppressed(world) == {}
    assert (world.state(own), world.state(left), world.actions()) == (ACTIVE, ENDED, on_record)
    with pytest.raises(NotFound, match="not suppressed"):
        lift(world)


@pytest.mark.parametrize("goodbye", ["complaint", "call"])
def test_who_wanted_no_mail_is_only_let_be_asked_again(world: World, goodbye: str) -> None:
    own = world.reader()
    if goodbye == "complaint":
        world.register.complained(HASH, COMPLAINT, world.now)
    else:
        world.register.suppress(ADDRESS, CALL, world.now)
    assert lift(world).resumed == ()
    assert (suppressed(world), world.state(own)) == ({}, ENDED)
    assert world.actions()[-1] == ("withdrawn", "complaint" if goodbye == "complaint" else "command")
    with pytest.raises(StateError, match="who alone can subscribe again"):
        world.register.add(ADDRESS, world.wish("rat"), "Formular", world.now)
    world.later(days=2)
    mails = world.mails()
    world.ask()
    assert (world.mails(), world.state(own)) == (mails + 1, PENDING)
    world.confirm(own)
    assert world.state(own) is ACTIVE


def test_no_list_brings_back_who_was_never_here(world: World) -> None:
    world.register.suppress(STRANGER, CALL, world.now)
    lift(world, KEYS.address_hash(STRANGER))
    report = world.register.import_csv(LIST, world.now, FROM_LIST)
    assert (report.added, [refusal.line for refusal in report.refused]) == (1, [3])
    world.reader(STRANGER, "rat")
    assert world.register.import_csv(LIST, world.now, FROM_LIST).added == 1, "who came back by themselves reads again"


def test_a_word_of_theirs_stands_over_a_bounce(world: World) -> None:
    own = world.reader()
    world.register.give_up(HASH, BOUNCE, world.now)
    world.register.suppress(ADDRESS, CALL, world.now)
    assert suppressed(world) == {HASH: CALL}
    world.register.give_up(HASH, BOUNCE, world.now)
    world.register.suppress(ADDRESS, "noch einmal", world.now)
    assert suppressed(world) == {HASH: CALL}
    assert lift(world) == Lift((), ("presse",))
    assert world.state(own) is ENDED


def test_an_old_mailbox_may_be_anothers_now(world: World) -> None:
    own = world.reader()
    world.register.give_up(HASH, BOUNCE, world.now)
    world.later(days=181)
    assert lift(world) == Lift((), ("presse",))
    assert world.state(own) is ENDED


def test_it_wants_a_reason(world: World) -> None:
    world.register.suppress(ADDRESS, CALL, world.now)
    with pytest.raises(BadInput, match="no reason"):
        lifting(world).lift(HASH, "  ", world.now)
    assert suppressed(world) == {HASH: CALL}


@pytest.mark.parametrize(
    ("reason", "bounced"),
    [
        (BOUNCE, True),
        (judge("RCPT", Reply(550, "5.1.1 No such user")).answer, True),
        (judge(".", Reply(550, "5.1.10 No such user")).answer, True),
        (judge("RCPT", Reply(550, "5.7.1 Not wanted")).answer, False),
        ("406 You tried to send to a recipient that has been marked as inactive.", False),
        ("bounce: mailbox-full: 5.2.2", True),
        ("bounce: not-allowed: 5.7.1", False),
        ("bounce: unexplained: 5.0.0", False),
        (COMPLAINT, False),
        (CALL, False),
        ("by the journal", False),
        ("blocked in mailchimp", False),
    ],
)
def test_only_a_mailbox_that_was_gone_counts_as_bounced(reason: str, bounced: bool) -> None:
    assert Suppression(HASH, reason, START).bounced is bounced


def restored(world: World, store_url: str, file: Path) -> World:
    world.database.close()
    restore(store_url, file, world.journal, world.now, file.with_suffix(".aside"))
    world.database = open_database(store_url)
    return World(world.database, world.settings, world.journal, world.now)


def test_a_restore_brings_back_no_suppression_that_was_lifted(world: World, store_url: str, tmp_path: Path) -> None:
    own, theirs = world.reader(), world.reader(STRANGER)
    before, between = tmp_path / "before", tmp_path / "between"
    backup(store_url, before)
    world.later(hours=1)
    world.register.give_up(HASH, BOUNCE, world.now)
    world.register.complained(KEYS.address_hash(STRANGER), COMPLAINT, world.now)
    backup(store_url, between)
    lift(world)
    lift(world, KEYS.address_hash(STRANGER))
    for file in (before, between):
        again = restored(world, store_url, file)
        assert suppressed(again) == {}
        assert (again.state(own), again.state(theirs)) == (ACTIVE, ENDED), file.name
        with pytest.raises(StateError, match="who alone can subscribe again"):
            again.register.add(STRANGER, again.wish("rat"), "Formular", again.now)
        again.database.close()


def test_a_restore_loses_no_suppression_that_came_after_a_lift(world: World, store_url: str, tmp_path: Path) -> None:
    own = world.reader()
    file, after = tmp_path / "before", tmp_path / "after"
    backup(store_url, file)
    world.later(hours=1)
    world.register.give_up(HASH, BOUNCE, world.now)
    lift(world)
    world.later(hours=1)
    world.register.complained(HASH, COMPLAINT, world.now)
    backup(store_url, after)
    for one, reason in ((file, "by the journal"), (after, COMPLAINT)):
        again = restored(world, store_url, one)
        assert suppressed(again) == {HASH: reason}
        assert again.state(own) is ENDED
        again.database.close()


def test_a_lift_gives_back_nothing_that_an_earlier_one_did_not(world: World, store_url: str, tmp_path: Path) -> None:
    """Who complained, came back and bounced gets mail again by the second lift, not by what they had before."""
    own = world.reader()
    file = tmp_path / "before"
    backup(store_url, file)
    world.later(hours=1)
    world.register.complained(HASH, COMPLAINT, world.now)
    lift(world)
    world.later(days=2)
    world.ask()
    world.confirm(own)
    world.later(hours=1)
    world.register.give_up(HASH, BOUNCE, world.now)
    assert lift(world) == Lift(("presse",), ())
    again = restored(world, store_url, file)
    assert (suppressed(again), again.state(own)) == ({}, ENDED)
    again.database.close()


def test_nothing_stays_of_an_address_that_no_list_may_bring_back(world: World) -> None:
    world.register.suppress(STRANGER, CALL, world.now)
    lift(world, KEYS.address_hash(STRANGER))
    assert world.register.import_csv(LIST, world.now, FROM_LIST).added == 1
    with pytest.raises(StateError, match="who alone can subscribe again"):
        world.register.add(STRANGER, world.wish("rat"), "Formular", world.now)
    assert world.emails() == [ADDRESS]


def test_a_restore_keeps_at_whose_word_something_was_lifted(world: World, store_url: str, tmp_path: Path) -> None:
    world.register.suppress(ADDRESS, CALL, world.now)
    lift(world)
    backup(store_url, tmp_path / "after")
    again = restored(world, store_url, tmp_path / "after")
    assert again.database.read(lambda c: c.execute(select(lifted.c.reason)).scalars().all()) == [WHY]
    again.database.close()


def test_two_clocks_that_differ_lose_no_goodbye(world: World, store_url: str, tmp_path: Path) -> None:
    """What is lifted by a slow clock is lifted; what is suppressed by one after that stays so, restored or not."""
    own = world.reader()
    file = tmp_path / "before"
    backup(store_url, file)
    world.later(hours=1)
    slow = world.now - timedelta(seconds=2)
    world.register.give_up(HASH, BOUNCE, world.now)
    assert lifting(world).lift(HASH, WHY, slow) == Lift(("presse",), ())
    assert (suppressed(world), world.state(own)) == ({}, ACTIVE)
    world.register.complained(HASH, COMPLAINT, slow)
    assert suppressed(world) == {HASH: COMPLAINT}
    again = restored(world, store_url, file)
    assert (suppressed(again), again.state(own)) == ({HASH: "by the journal"}, ENDED)
    again.database.close()


def test_a_restore_ends_what_a_lift_ended(world: World, store_url: str, tmp_path: Path) -> None:
    """Also what was confirmed while the goodbye was on its way, which is not older than that."""
    own, late = world.reader(), tmp_path / "late"
    confirmed = world.now
    world.register.suppress(ADDRESS, CALL, confirmed - timedelta(seconds=1))
    backup(store_url, late)
    assert lift(world) == Lift((), ("presse",))
    again = restored(world, store_url, late)
    assert (suppressed(again), again.state(own)) == ({}, ENDED)
    again.database.close()


@pytest.mark.parametrize("answer", ["550 5.7.1 Rejected by the recipient", "550 5.7.1 Delivery not authorized"])
def test_whose_own_rule_refused_the_mail_gets_none_again(world: World, answer: str) -> None:
    own, said = world.reader(), diagnosis.judge([answer])
    world.register.give_up(HASH, f"{Kind.BOUNCE}: {said.reason}: {said.status}", world.now)
    assert (said.temporary, lift(world)) == (False, Lift((), ("presse",)))
    assert world.state(own) is ENDED


def test_a_complaint_that_comes_while_it_is_lifted_comes_after_that(world: World) -> None:
    """Its moment may be an earlier one: the database knows which of the two waited for the other."""
    world.register.suppress(ADDRESS, CALL, world.now)
    early = world.now + timedelta(minutes=1)
    world.later(hours=1)
    with ThreadPoolExecutor(1) as pool:

        def work(rows: AudienceRows) -> Future[None]:
            rows.lift(HASH, WHY, world.now)
            complaint = pool.submit(world.register.complained, HASH, COMPLAINT, early)
            time.sleep(0.2)  # so that it waits, mostly
            return complaint

        world.store.write(work).result(30)
    assert suppressed(world) == {HASH: COMPLAINT}
    goodbyes = [entry for entry in world.journal.entries() if isinstance(entry, Goodbye)]
    assert [entry.at > world.now for entry in goodbyes] == [False, True]
