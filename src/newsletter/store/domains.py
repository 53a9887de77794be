"""What the processes on one PostgreSQL know together of domains that refuse for now, by its clock.

A domain has one row while it is slow. Of what it may have at once each process has a share: a row while it has mail of
that domain at hand, which says how many it may have under way. The shares of a domain never sum up to more than its
level, except while what was under way when it sank comes to its end. A process that says nothing for some seconds has
lost its shares. Where there is less than one for each, they take turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, Connection, Row, case, cast, delete, func, or_, select, text

from newsletter.model import DomainLevel, DomainReport, DomainsHeard
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.shared_tables import domain_shares, slow_domains

SECOND = 1_000_000  # microseconds
FORGOTTEN = 3600 * SECOND  # without news
LAPSES = 10 * SECOND  # a share that nobody renews
TURN = 10 * SECOND
ONE_AT_A_TIME = (
    0x646F6D61  # key of the advisory lock: no two hand out the same, and news come in the order of their time
)
CLOCK, BEGUN = (cast(func.extract("epoch", at) * SECOND, BigInteger) for at in (func.clock_timestamp(), func.now()))
Levels = dict[str, DomainLevel | None]
Others = dict[str, dict[str, Row[Any]]]  # by domain and process


class SharedDomains:
    """See `newsletter.deliver.ledger.Neighbours`. One in a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._process = uuid4().hex
        self._heard = 0  # the latest news that were heard, by the database's clock
        self._holds = False

    def exchange(self, reports: Mapping[str, DomainReport], connections: int) -> DomainsHeard:
        """See `Neighbours`. Where nothing is slow it is one read of an empty table."""

        def work(rows: Connection) -> tuple[Levels, dict[str, int], dict[str, Row[Any]]]:
            levels, shares = _hand_out(rows, self._process, reports, connections) if writes else ({}, {})
            return levels, shares, _news(rows, self._heard)

        writes = bool(reports) or self._holds
        levels, shares, news = self._database.write(work) if writes else self._database.read(work)
        self._holds = bool(shares)
        self._heard = max((row.changed_at for row in news.values()), default=self._heard)
        return DomainsHeard({domain: _level(row) for domain, row in news.items()} | levels, shares)


def divide(most: int, wanted: Mapping[str, int], turn: int) -> dict[str, int]:
    """`most` among processes, to none more than it wants; who has the first one, and what is left over, goes round."""
    order = sorted(wanted)
    order = order[turn % len(order) :] + order[: turn % len(order)]
    shares = dict.fromkeys(order, 0)
    left = min(most, sum(wanted.values()))
    for process in cycle(order):
        if not left:
            return shares
        if shares[process] < wanted[process]:
            shares[process] += 1
            left -= 1
    return shares


def _hand_out(
    connection: Connection, process: str, reports: Mapping[str, DomainReport], connections: int
) -> tuple[Levels, dict[str, int]]:
    """The levels of all domains that were reported, and our shares."""
    connection.execute(text("SET LOCAL lock_timeout = '2s'"))  # no longer, should a machine be lost that has the lock
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    now = int(connection.execute(select(CLOCK)).scalar_one())
    _forget(connection, process, now)
    levels, others = _levels(connection, reports), _others(connection, reports)
    met = {domain: report for domain, report in reports.items() if report.tighter or report.looser}
    for domain, report in met.items():
        levels[domain] = report.level(levels[domain], connections, connections * (1 + len(others[domain])))
    _keep(connection, {domain: levels[domain] for domain in met}, now)
    shares = {
        domain: _share(process, report, level.most, others[domain], now)
        for domain, report in reports.items()
        if report.wanted and (level := levels[domain])
    }
    rows = [
        {"domain": domain, "process": process, "slots": slots, "wanted": reports[domain].wanted, "seen_at": now}
        for domain, slots in shares.items()
    ]
    if rows:
        connection.execute(domain_shares.insert(), rows)
    return levels, shares


def _forget(connection: Connection, process: str, now: int) -> None:
    """What is over, ours too: it is written anew. Later than now only a clock that was wrong can have said."""
    seen_at, changed_at = domain_shares.c.seen_at, slow_domains.c.changed_at
    over = or_(domain_shares.c.process == process, ~seen_at.between(now - LAPSES, now + LAPSES))
    connection.execute(delete(domain_shares).where(over))
    connection.execute(delete(slow_domains).where(~changed_at.between(now - FORGOTTEN, now + FORGOTTEN)))


def _levels(connection: Connection, domains: Mapping[str, Any]) -> Levels:
    query = select(slow_domains).where(slow_domains.c.domain.in_(domains))
    return dict.fromkeys(domains) | {row.domain: _level(row) for row in connection.execute(query)}


def _others(connection: Connection, domains: Mapping[str, Any]) -> Others:
    found: Others = {domain: {} for domain in domains}
    for row in connection.execute(select(domain_shares).where(domain_shares.c.domain.in_(domains))):
        found[row.domain][row.process] = row
    return found


def _keep(connection: Connection, levels: Levels, now: int) -> None:
    """A domain that is well keeps its row for an hour, so that the others hear of it."""
    if not levels:
        return
    rows = [
        {"domain": domain, "most": level.most, "pause": round(level.pause * SECOND), "changed_at": now}
        if level
        else {"domain": domain, "most": 0, "pause": 0, "changed_at": now}
        for domain, level in levels.items()
    ]
    row = insert(connection, slow_domains)
    news = {name: row.excluded[name] for name in ("most", "pause", "changed_at")}
    connection.execute(row.on_conflict_do_update(index_elements=["domain"], set_=news), rows)


def _share(process: str, report: DomainReport, most: int, others: Mapping[str, Row[Any]], now: int) -> int:
    """As much as is fair, as far as the others have left it; what is under way cannot be taken back."""
    wanted = {process: report.wanted, **{other: row.wanted for other, row in others.items()}}
    fair = divide(most, wanted, now // TURN)[process]
    left = most - sum(int(row.slots) for row in others.values())
    return max(report.under_way, min(fair, left))


def _news(connection: Connection, since: int) -> dict[str, Row[Any]]:
    """What changed since then; all where the clock was set back."""
    after = case((since > BEGUN, 0), else_=since)
    query = select(slow_domains).where(slow_domains.c.changed_at > after)
    return {row.domain: row for row in connection.execute(query)}


def _level(row: Row[Any]) -> DomainLevel | None:
    return DomainLevel(row.most, row.pause / SECOND) if row.most else None
