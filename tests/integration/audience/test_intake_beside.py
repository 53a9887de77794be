"""Lists that come in while others come in, while people subscribe and leave, and while the program is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from newsletter.audience import Defaults, Lifting
from newsletter.audience.fate import Fate
from newsletter.errors import StoreError
from newsletter.model import Enrolment, Subscriber, SubscriptionState
from newsletter.store.audience import AudienceRows
from newsletter.store.database import Database, open_database
from newsletter.store.journal import Journal
from newsletter.store.tables import consents, subscribers, subscriptions
from newsletter.tokens import Purpose
from tests.integration.audience.world import KEYS, World, settings, token
from tests.integration.web.api_world import settings as written

PEOPLE = [f"leser{number}@leser.example" for number in range(400)]
DEFAULTS = Defaults("presse", "Umzug")
ASKED, LEAVING = range(200), range(0, 200, 3)


def listed(people: list[str]) -> bytes:
    return "\n".join(["email", *people]).encode()


def test_two_lists_and_their_readers_at_once(database: Database, tmp_path: Path) -> None:
    """Nobody waits for somebody who waits for them, nobody is there twice, and who left meanwhile has left."""
    world = World(database, settings(tmp_path), Journal(tmp_path / "journal"))
    world.store.at_once = 40
    for number in ASKED:
        world.ask(PEOPLE[number])
    numbers = [world.id_of(PEOPLE[number]) for number in ASKED]
    before = deadlocks(database)
    parties = [_taking_in(world, 1), _taking_in(world, 2), _confirming(world, numbers), _sending(database)]
    over = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(party, over) for party in parties]
        added = [one.result(120) for one in running[:3]]
        over.set()
        running[3].result(60)
    assert deadlocks(database) == before
    assert states(world) == {SubscriptionState.ENDED: len(LEAVING), SubscriptionState.ACTIVE: 400 - len(LEAVING)}
    assert Counter(action for action, _ in world.actions())["imported"] == added[0] + added[1]
    assert len(set(world.emails())) == len(world.emails()) == 400


def _taking_in(world: World, seed: int) -> Callable[[threading.Event], int]:
    people = random.Random(seed).sample(PEOPLE, len(PEOPLE))
    return lambda over: world.register.import_csv(listed(people), world.now, DEFAULTS).added


def _confirming(world: World, numbers: list[int]) -> Callable[[threading.Event], int]:
    """Each of those who asked confirms, from the last to the first; some leave at once."""

    def work(over: threading.Event) -> int:
        for at in reversed(ASKED):
            world.confirm(numbers[at])
            if at in LEAVING:
                world.subscribing.leave(token(Purpose.UNSUBSCRIBE, numbers[at]), world.now)
        return 0

    return work


def _sending(database: Database) -> Callable[[threading.Event], int]:
    """Locks subscriptions as the fence does (store/deliveries.py), many at once."""

    def work(over: threading.Event) -> int:
        lock = select(subscriptions.c.id).order_by(subscriptions.c.id).with_for_update(read=True)
        fences = 0
        while not over.is_set():
            database.write(lambda connection: connection.execute(lock).all())
            fences += 1
        return fences

    return work


def test_who_comes_off_the_list_of_the_suppressed_meanwhile_is_not_brought_in(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody lifts it, and they subscribe to something else, after the list has looked at who is suppressed."""
    with closing(open_database(postgres_url)) as database:
        world = World(database, settings(tmp_path, newsletters=2), Journal(tmp_path / "journal"))
        world.register.give_up(KEYS.address_hash(PEOPLE[1]), "bounce: user-unknown", world.now)
        hold = AudienceRows.hold

        def beside(rows: AudienceRows, people: Sequence[Enrolment], now: datetime) -> dict[str, Subscriber]:
            held = hold(rows, people, now)
            Lifting(world.store, world.journal).lift(KEYS.address_hash(PEOPLE[1]), "das Postfach geht wieder", now)
            world.reader(PEOPLE[1], "rat")
            return held

        monkeypatch.setattr(AudienceRows, "hold", beside)
        report = world.register.import_csv(listed(PEOPLE[:3]), world.now, DEFAULTS)
        assert (report.added, [one.reason for one in report.refused]) == (2, [Fate.LEFT])


def test_an_address_that_came_to_nothing_stays_where_a_list_brings_it_in(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of address lapses in the moment in which a list subscribes whom it named."""
    with closing(open_database(postgres_url)) as database:
        world = World(database, settings(tmp_path), Journal(tmp_path / "journal"))
        known = {"email": PEOPLE[0], "email_hash": KEYS.address_hash(PEOPLE[0]), "created_at": world.now}
        database.write(lambda connection: connection.execute(subscribers.insert().values(known)))
        hold = AudienceRows.hold

        def beside(rows: AudienceRows, people: Sequence[Enrolment], now: datetime) -> dict[str, Subscriber]:
            held = hold(rows, people, now)
            assert world.store.write(lambda other: other.lapse_changes(now)) == 0
            return held

        monkeypatch.setattr(AudienceRows, "hold", beside)
        assert world.register.import_csv(listed(PEOPLE[:1]), world.now, DEFAULTS).added == 1
        assert world.store.write(lambda rows: rows.lapse_changes(world.now)) == 0
        assert world.emails() == PEOPLE[:1]


def test_a_disk_that_is_full_is_told_as_such_and_nobody_is_half_in(postgres_url: str, tmp_path: Path) -> None:
    with closing(open_database(postgres_url)) as database:
        world = World(database, settings(tmp_path), Journal(tmp_path / "journal"))
        database.write(lambda connection: [connection.execute(text(part)) for part in FULL])
        with pytest.raises(StoreError, match="out of room"):
            world.register.import_csv(listed(PEOPLE[:3]), world.now, DEFAULTS)
        assert world.emails() == []


FULL = (
    """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$""",
    "CREATE TRIGGER full_disk BEFORE INSERT ON consents FOR EACH ROW EXECUTE FUNCTION full_disk()",
)


def test_figures_that_are_old_do_not_make_a_list_slow(postgres_url: str, tmp_path: Path) -> None:
    """Statistics gathered while the first batch was not yet committed say that the tables are empty."""
    database = open_database(postgres_url)
    world = World(database, settings(tmp_path), Journal(tmp_path / "journal"))
    many = [f"leserin{number}@leser.example" for number in range(3_000)]
    world.register.import_csv(listed(many[:2_000]), world.now, DEFAULTS)
    database.write(lambda connection: connection.execute(NO_ROWS))
    before = counted(database, "tup_returned")
    assert world.register.import_csv(listed(many), world.now, DEFAULTS).added == 1_000
    assert counted(database, "tup_returned") - before < 100 * len(many), "a few looks at each row, none at all for each"
    database.close()


NO_ROWS = text(
    "UPDATE pg_class SET reltuples = 0, relpages = pg_relation_size(oid) / current_setting('block_size')::int"
    " WHERE relname IN ('subscribers', 'subscriptions', 'consents')"
)


def deadlocks(database: Database) -> int:
    """How many the server had to end, ever, in this database."""
    return counted(database, "deadlocks") if database.engine.dialect.name == "postgresql" else 0


def counted(database: Database, what: str) -> int:
    query = text("SELECT * FROM pg_stat_database WHERE datname = current_database()")
    database.write(lambda connection: connection.execute(text("SELECT pg_stat_force_next_flush()")).all())
    return database.read(lambda connection: int(connection.execute(query).mappings().one()[what]))


def states(world: World) -> dict[str, int]:
    query = select(subscriptions.c.state, func.count()).group_by(subscriptions.c.state)
    return {str(row[0]): int(row[1]) for row in world.database.read(lambda c: c.execute(query).all())}


def test_a_program_that_is_killed_leaves_whole_batches(store_url: str, database: Database, tmp_path: Path) -> None:
    """What is in is in, with its consents; the rest comes in with the same list, and nobody twice."""
    count = 40_000
    (tmp_path / "liste.csv").write_bytes(listed([f"leser{number}@leser.example" for number in range(count)]))
    config = written(tmp_path, store_url)
    command = [
        sys.executable,
        "-c",
        "from newsletter.cli import main; main()",
        "--config",
        str(config),
        "subscribers",
        "import",
        "--consent",
        "x",
    ]
    with subprocess.Popen([*command, str(tmp_path / "liste.csv")], stdout=subprocess.PIPE) as process:
        kept = killed_midway(database, process)
    assert 0 < kept < count
    assert rows_of(database, subscriptions) == rows_of(database, subscribers) == rows_of(database, consents) == kept
    done = subprocess.run([*command, str(tmp_path / "liste.csv")], capture_output=True, text=True, check=True)
    assert f"{count - kept} added, {kept} were subscribed already" in done.stdout
    assert rows_of(database, subscribers) == rows_of(database, consents) == rows_of(database, subscriptions) == count


def killed_midway(database: Database, process: subprocess.Popen[bytes]) -> int:
    """End it while nobody else can write, so that no batch commits after that; how many were in."""

    def work(connection: Connection) -> int:
        if connection.dialect.name == "postgresql":  # whoever waits for a lock is served before who comes later
            connection.execute(text("LOCK TABLE subscriptions IN SHARE MODE"))
        kept = int(connection.execute(select(func.count()).select_from(subscriptions)).scalar_one())
        if kept:
            process.kill()
            process.wait()
        return kept

    while process.poll() is None:
        if kept := database.write(work):
            return kept
        time.sleep(0.005)
    return rows_of(database, subscriptions)


def rows_of(database: Database, table: object) -> int:
    return database.read(lambda c: int(c.execute(select(func.count()).select_from(table)).scalar_one()))  # type: ignore[arg-type]
