"""How domains that refuse for now are treated."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter.deliver.domains import FAR, FORGOTTEN, NEAR, NOTICES, TAKEN, Domains
from newsletter.deliver.verdict import Fate, Outcome, Reply, judge
from newsletter.model import Claim, DomainLevel, DomainReport, DomainsHeard
from newsletter.model.domain import LONGEST

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
LATER = Outcome(Fate.DEFERRED, "RCPT: 451 4.7.1 later", crowded=True)
TOOK = Outcome(Fate.ACCEPTED, "250 ok")


def claim(number: int, domain: str = "stadt.example") -> Claim:
    person = {"subscriber": number, "subscription": number, "email": f"leser{number}@{domain}"}
    return Claim(number, 1, "e", None, "v", **person, dated=NOW, attempts=0, lease_until=NOW)  # type: ignore[arg-type]


def notice(number: int) -> Claim:
    return replace(claim(number), edition=None, notice=number)


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def begun(domains: Domains, ready: deque[Claim]) -> list[int]:
    found = []
    while (one := domains.pick(ready) if ready else None) is not None:
        found.append(one.delivery)
    return found


def test_nothing_is_held_up_where_all_is_taken() -> None:
    domains, ready = Domains(10), deque(claim(number) for number in range(100))
    assert begun(domains, ready) == list(range(100))


def test_fewer_at_once_then_fewer_in_a_time() -> None:
    clock = Time()
    domains = Domains(8, clock)
    at_once = []
    for _ in range(5):
        domains.end(claim(0), LATER)
        ready = deque(claim(number) for number in range(1, 50))
        picked = begun(domains, ready)
        at_once.append(len(picked))
        for number in picked:
            domains.end(claim(number))
    assert at_once == [4, 2, 1, 1, 0], "half as many, then one at a time, then none before its time"
    assert domains.pick(deque([claim(7, "dorf.example")])), "its neighbours are not held up"
    for _ in range(10):
        domains.end(claim(0), LATER)
    clock.now += LONGEST
    assert domains.may(claim(1))
    domains.begin(claim(1))
    domains.end(claim(1))
    assert not domains.may(claim(2))
    clock.now += LONGEST
    assert domains.may(claim(2)), "never more than a second"


def test_what_is_taken_makes_room_again() -> None:
    clock = Time()
    domains = Domains(3, clock)
    for _ in range(4):
        domains.end(claim(0), LATER)
    for number in range(20 * TAKEN):
        clock.now += 1
        domains.begin(claim(number))
        domains.end(claim(number), TOOK)
    assert begun(domains, deque(claim(number) for number in range(50))) == list(range(50))


async def test_who_waits_is_woken_when_one_is_over() -> None:
    domains = Domains(2)
    domains.end(claim(0), LATER)
    ready = deque([claim(1), claim(2)])
    assert begun(domains, ready) == [1]
    waiting = asyncio.create_task(domains.pause())
    await asyncio.sleep(0)
    domains.end(claim(1), TOOK)
    await asyncio.wait_for(waiting, 0.3)
    assert begun(domains, ready) == [2]


@pytest.mark.parametrize(
    ("said", "crowded"),
    [
        *((said, True) for said in ("451 4.7.1 greylisted", "450 4.3.2 busy", "421 4.7.0 slow down", "451 later")),
        *((said, False) for said in ("452 4.2.2 full", "450 4.2.1 busy", "552 5.2.2 full", "450 4.1.1 not now")),
        ("550 5.1.1 unknown", False),
    ],
)
def test_what_is_about_one_mailbox_is_not_about_its_domain(said: str, crowded: bool) -> None:
    assert judge("RCPT", Reply(int(said[:3]), said[4:])).crowded is crowded


HERE, THERE = "stadt.example", "dorf.example"


def test_what_waits_is_looked_at_after_the_others() -> None:
    domains = Domains(2)
    domains.end(claim(0), LATER)
    ready = deque([claim(1), claim(2), claim(3), claim(4, THERE)])
    assert begun(domains, ready) == [1, 4]
    assert [one.delivery for one in ready] == [2, 3]


def test_what_would_wait_for_long_has_a_turn_of_its_own() -> None:
    clock = Time()
    domains = Domains(4, clock)
    for _ in range(20):
        domains.end(claim(0), LATER)  # one a second
    many = [claim(number) for number in range(30)]
    far = domains.far([claim(99, THERE), *many, notice(50)])
    assert list(far) == list(range(10, 30)), "ten seconds' worth stays; for a notice somebody waits"
    assert list(far.values()) == pytest.approx([NEAR + 1 + number for number in range(20)])
    assert min(domains.far(many).values()) > max(far.values()), "those come after these"
    very_many = domains.far([claim(number) for number in range(2_000)]).values()
    assert NEAR <= min(very_many) <= max(very_many) <= FAR


def test_many_notices_to_one_domain_leave_room_for_those_to_others() -> None:
    domains = Domains(4, Time())
    for _ in range(20):
        domains.end(claim(0), LATER)  # one a second
    far = domains.far([notice(number) for number in range(2_000)])
    assert list(far) == list(range(NOTICES, 2_000)), "these have a turn of their own"
    assert not domains.far([notice(number) for number in range(NOTICES)])


def test_a_domain_without_news_is_as_good_as_new() -> None:
    clock = Time()
    domains = Domains(2, clock)
    domains.end(claim(0), LATER)
    assert begun(domains, deque([claim(1), claim(2)])) == [1]
    clock.now += FORGOTTEN
    assert not domains.may(claim(2)), "one is under way"
    domains.end(claim(1))
    assert begun(domains, deque([claim(2), claim(3)])) == [2, 3]


def test_others_are_told_what_was_met_and_what_is_at_hand() -> None:
    domains = Domains(8, alone=False)
    domains.begin(claim(1))
    assert domains.report([claim(2)]) == {}, "nothing is slow"
    domains.end(claim(0), LATER)
    domains.end(claim(0), LATER)
    ready = [claim(2), claim(3), claim(4, THERE)]
    reports = domains.report(ready)
    assert reports == {HERE: DomainReport(tighter=2, under_way=1, wanted=3)}
    assert domains.report(ready) == {HERE: DomainReport(under_way=1, wanted=3)}
    domains.unheard(reports)
    domains.end(claim(1), LATER)
    assert domains.report([]) == {HERE: DomainReport(tighter=3)}


def test_nothing_that_is_slow_is_begun_until_there_is_a_share() -> None:
    domains = Domains(8, alone=False)
    domains.end(claim(0), LATER)
    ready = deque(claim(number) for number in range(1, 9))
    domains.begin(ready.popleft())
    domains.report(ready)
    assert begun(domains, ready) == []
    domains.hear(DomainsHeard({HERE: DomainLevel(4)}, {HERE: 3}))
    assert begun(domains, ready) == [2, 3]
    domains.report(ready)
    domains.hear(DomainsHeard({}, {}))
    domains.end(claim(2), TOOK)
    assert begun(domains, ready) == [4], "what was under way may be followed by as many"


def test_what_others_met_holds_here_too() -> None:
    domains = Domains(8, alone=False)
    domains.begin(claim(1))
    assert domains.hear(DomainsHeard({HERE: DomainLevel(2)}, {}))
    assert domains.report([]) == {HERE: DomainReport(under_way=1, wanted=1)}, "it was begun before"
    assert not domains.hear(DomainsHeard({HERE: DomainLevel(2)}, {HERE: 2})), "it is known"
    assert begun(domains, deque([claim(2), claim(3)])) == [2]
    domains.hear(DomainsHeard({HERE: None}, {}))
    assert begun(domains, deque([claim(3), claim(4)])) == [3, 4]


def test_what_was_met_meanwhile_counts_on_top() -> None:
    domains = Domains(8, alone=False)
    domains.end(claim(0), LATER)
    domains.report([])
    domains.end(claim(0), LATER)
    domains.hear(DomainsHeard({HERE: DomainLevel(4)}, {HERE: 4}))
    assert begun(domains, deque(claim(number) for number in range(1, 9))) == [1, 2]
    domains.hear(DomainsHeard({HERE: None}, {}))
    assert not domains.may(claim(9)), "well is what it was before"


def test_who_takes_over_keeps_the_pause() -> None:
    clock = Time()
    domains = Domains(8, clock, alone=False)
    domains.hear(DomainsHeard({HERE: DomainLevel(1, 0.8)}, {}))
    domains.report([claim(1)])
    domains.hear(DomainsHeard({}, {HERE: 1}))
    assert not domains.may(claim(1)), "whose turn it was may have begun one just now"
    clock.now += 0.8
    assert domains.may(claim(1))
    domains.report([claim(1)])
    domains.hear(DomainsHeard({}, {HERE: 0}))
    domains.report([claim(1)])
    domains.hear(DomainsHeard({}, {HERE: 1}))
    assert not domains.may(claim(1)), "and so each time"
    clock.now += 0.8
    assert domains.may(claim(1))
    domains.report([claim(1)])
    domains.hear(DomainsHeard({}, {HERE: 1}))
    assert domains.may(claim(1)), "who keeps it need not wait"


@pytest.mark.parametrize(
    ("before", "met", "after"),
    [
        (None, {"tighter": 1}, DomainLevel(4)),
        (None, {"tighter": 4}, DomainLevel(1, 0.05)),
        (None, {"looser": 1}, None),
        (DomainLevel(1, 0.9), {"tighter": 1}, DomainLevel(1, 1.0)),
        (DomainLevel(1, 0.1), {"looser": 2}, DomainLevel(1)),
        (DomainLevel(1), {"looser": 2}, DomainLevel(3)),
        (DomainLevel(14), {"looser": 1}, DomainLevel(15)),
        (DomainLevel(15), {"looser": 1}, None),
        (DomainLevel(15), {"tighter": 1, "looser": 1}, DomainLevel(8)),
    ],
)
def test_what_all_met_makes_one_level(
    before: DomainLevel | None, met: dict[str, int], after: DomainLevel | None
) -> None:
    assert DomainReport(**met).level(before, connections=8, enough=16) == after
