"""How domains that refuse for now are treated."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime

import pytest

from newsletter.deliver.domains import TAKEN, Domains
from newsletter.deliver.verdict import Fate, Outcome, Reply, judge
from newsletter.model import Claim
from newsletter.model.domain import LONGEST

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
LATER = Outcome(Fate.DEFERRED, "RCPT: 451 4.7.1 later", crowded=True)
TOOK = Outcome(Fate.ACCEPTED, "250 ok")


def claim(number: int, domain: str = "stadt.example") -> Claim:
    person = {"subscriber": number, "subscription": number, "email": f"leser{number}@{domain}"}
    return Claim(number, 1, "e", None, "v", **person, dated=NOW, attempts=0, lease_until=NOW)  # type: ignore[arg-type]


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
