"""Processes on one PostgreSQL share what a slow domain may have at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import func, select, text, update

from newsletter.errors import StoreError
from newsletter.model import DomainLevel, DomainReport
from newsletter.store import domains
from newsletter.store.database import Database, open_database
from newsletter.store.domains import FORGOTTEN, LAPSES, SharedDomains, divide
from newsletter.store.shared_tables import domain_shares, slow_domains

CONNECTIONS = 8
FULL = "voll.example"


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = open_database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def processes(database: Database) -> list[SharedDomains]:
    return [SharedDomains(database) for _ in range(3)]


def wants(wanted: int, under_way: int = 0, *, tighter: int = 0, looser: int = 0) -> dict[str, DomainReport]:
    return {FULL: DomainReport(tighter, looser, under_way, wanted)}


def share(process: SharedDomains, *what: int, **met: int) -> int:
    return process.exchange(wants(*what, **met), CONNECTIONS).shares.get(FULL, -1)


def count(database: Database, table: object) -> int:
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]
    return int(database.read(lambda connection: connection.execute(query).scalar_one()))


def test_one_is_refused_and_all_hear_of_it(processes: Sequence[SharedDomains]) -> None:
    one, two, _ = processes
    assert two.exchange({}, CONNECTIONS).levels == {}
    assert one.exchange(wants(8, tighter=1), CONNECTIONS).levels == {FULL: DomainLevel(4)}
    assert two.exchange({}, CONNECTIONS).levels == {FULL: DomainLevel(4)}
    assert two.exchange({}, CONNECTIONS).levels == {}, "it was heard"
    two.exchange(wants(8, tighter=4), CONNECTIONS)
    assert one.exchange({}, CONNECTIONS).levels == {FULL: DomainLevel(1, 0.1)}


def test_each_has_its_part_and_nobody_more_than_it_wants(processes: Sequence[SharedDomains]) -> None:
    one, two, three = processes
    assert share(one, 8, tighter=1) == 4, "alone it has all"
    assert share(two, 8) == 0, "what is given away comes back first"
    assert share(one, 8, 1) == 2
    assert share(two, 8) == 2
    assert share(three, 1) == 0
    shares = [share(one, 8), share(two, 8), share(three, 1)]
    assert (sum(shares), shares[2]) == (4, 1)
    three.exchange({}, CONNECTIONS)
    for process in (one, two):
        assert share(process, 8) > 0
    assert [share(one, 8), share(two, 8)] == [2, 2]


def test_what_is_under_way_counts_when_there_is_less(processes: Sequence[SharedDomains]) -> None:
    one, two, _ = processes
    assert share(one, 8, 8, tighter=1) == 8
    assert share(two, 8) == 0
    assert share(one, 8, 3) == 3
    assert share(two, 8) == 1
    assert share(one, 8, 3, tighter=2) == 3
    assert share(two, 8, 1) == 1
    assert share(two, 8, 0) == 0


def test_however_many_ask_in_whatever_order_no_more_is_handed_out_than_there_is(database: Database) -> None:
    chance = random.Random(1)
    processes = [SharedDomains(database) for _ in range(5)]
    held, had = Counter[int](), Counter[int]()
    share(processes[0], 0, tighter=2)
    for _ in range(200):
        number = chance.randrange(5)
        held[number] = share(processes[number], chance.randint(1, 8), chance.randint(0, held[number]))
        assert held.total() <= 2
        had[number] += held[number]
    assert had.total() > 0


def test_where_there_is_less_than_one_for_each_they_take_turns(
    processes: Sequence[SharedDomains], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domains, "TURN", 100_000)
    had = Counter[int]()
    share(processes[0], 0, tighter=3)
    while len(had) < 3 or min(had.values()) < 3:
        now = [share(process, 8) for process in processes]
        assert sum(now) <= 1
        had.update(number for number, one in enumerate(now) if one)


def test_what_is_well_again_is_told_and_forgotten(database: Database, processes: Sequence[SharedDomains]) -> None:
    one, two, three = processes
    for process in (one, two):
        share(process, 8, tighter=process is one)
    assert one.exchange(wants(8, looser=4), CONNECTIONS).levels == {FULL: DomainLevel(8)}, "there are two of them"
    assert one.exchange(wants(8, looser=8), CONNECTIONS).levels == {FULL: None}
    heard = two.exchange(wants(8), CONNECTIONS)
    assert (heard.levels, heard.shares) == ({FULL: None}, {})
    for process in (one, two):
        process.exchange({}, CONNECTIONS)
    assert count(database, domain_shares) == 0
    three.exchange({"leer.example": DomainReport(tighter=1)}, CONNECTIONS)
    assert count(database, slow_domains) == 2, "so that all hear of it"
    early(database, slow_domains.c.changed_at, FORGOTTEN)
    three.exchange({"leer.example": DomainReport(tighter=1)}, CONNECTIONS)
    assert count(database, slow_domains) == 1


def test_who_says_nothing_loses_its_share(database: Database, processes: Sequence[SharedDomains]) -> None:
    one, two, _ = processes
    assert share(one, 8, tighter=1) == 4
    assert share(two, 8) == 0
    early(database, domain_shares.c.seen_at, LAPSES)
    assert share(two, 8) == 4


def test_what_was_forgotten_meanwhile_is_well(database: Database, processes: Sequence[SharedDomains]) -> None:
    share(processes[0], 8, tighter=1)
    early(database, slow_domains.c.changed_at, FORGOTTEN)
    assert processes[0].exchange(wants(8), CONNECTIONS).levels == {FULL: None}


@pytest.mark.parametrize("wrong", [-1, 1])
def test_a_clock_that_was_wrong_hides_no_news(
    database: Database, processes: Sequence[SharedDomains], wrong: int
) -> None:
    one, two, _ = processes
    share(one, 8, tighter=1)
    early(database, slow_domains.c.changed_at, wrong * FORGOTTEN // 2)
    assert two.exchange({}, CONNECTIONS).levels == {FULL: DomainLevel(4)}
    share(one, 8, tighter=1)
    assert two.exchange({}, CONNECTIONS).levels == {FULL: DomainLevel(2)}


def test_a_machine_that_is_lost_in_it_holds_nobody_up(database: Database, processes: Sequence[SharedDomains]) -> None:
    with database.engine.begin() as lost:
        lost.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": domains.ONE_AT_A_TIME})
        with pytest.raises(StoreError):
            share(processes[0], 8, tighter=1)
    assert share(processes[0], 8, tighter=1) == 4


def early(database: Database, column: object, by: int) -> None:
    """Let what was said have been said so many microseconds before."""
    change = update(column.table).values({column: column - by - 1_000_000})  # type: ignore[attr-defined,operator]
    database.write(lambda connection: connection.execute(change))


@pytest.mark.parametrize(
    ("most", "wanted", "turn", "shares"),
    [
        (8, {"a": 100, "b": 100}, 0, {"a": 4, "b": 4}),
        (8, {"a": 1, "b": 100}, 0, {"a": 1, "b": 7}),
        (3, {"a": 5, "b": 5}, 0, {"a": 2, "b": 1}),
        (3, {"a": 5, "b": 5}, 1, {"a": 1, "b": 2}),
        (1, {"a": 5, "b": 5, "c": 5}, 2, {"a": 0, "b": 0, "c": 1}),
        (1, {"a": 5, "b": 5, "c": 5}, 3, {"a": 1, "b": 0, "c": 0}),
        (8, {"a": 2, "b": 0}, 0, {"a": 2, "b": 0}),
    ],
)
def test_dividing(most: int, wanted: dict[str, int], turn: int, shares: dict[str, int]) -> None:
    assert divide(most, wanted, turn) == shares
