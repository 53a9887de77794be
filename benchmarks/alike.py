"""Whether the time of an answer tells who is known: the sign-up form and the form for one's data, sent for addresses
that are known and for others by turns. SQLite, in this process, by a clock that never brings a siege about.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import httpx  # noqa: E402
import structlog  # noqa: E402
from _figures import Goals, say, show  # noqa: E402

from tests.integration.web.world import Site, site  # noqa: E402

FORMS = {"subscribe": {"cadence": "daily"}, "my-data": {}}
GOALS: Goals = {
    f"{form}_{which}": goal
    for form in FORMS
    for which, goal in (("known_to_unknown_most", ("<=", 1.05)), ("known_to_unknown_least", (">=", 0.95)))
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2_000, help="forms sent for each kind of address")
    parser.add_argument("--quick", action="store_true", help="300 of each")
    options = parser.parse_args()
    rounds = 300 if options.quick else options.rounds
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    figures: dict[str, float] = {"rounds": rounds}
    for form, more in FORMS.items():
        with tempfile.TemporaryDirectory(prefix="newsletter-alike-") as place, site(_url(place), Path(place)) as here:
            say(f"subscribing {rounds:,} readers, then sending {2 * rounds:,} forms to /{form}")
            for number in range(rounds):
                here.reader(f"da-{number}@leser.example")
            here.later(days=40)
            figures |= _compared(form, asyncio.run(_times(here, form, more, rounds)))
    return show(figures, GOALS)


def _url(place: str) -> str:
    return f"sqlite:///{place}/newsletter.db"


async def _times(here: Site, form: str, more: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Seconds of each answer by the kind of its address; the kinds change places from round to round."""
    found: dict[str, list[float]] = {"da": [], "neu": []}
    for number in range(rounds):
        here.later(minutes=11)  # neither the client's limit nor a siege
        async with here.client(client=f"192.0.{number % 250}.1") as client:
            for kind in ("da", "neu") if number % 2 else ("neu", "da"):
                here.settled()
                found[kind].append(await _time(client, form, {"email": f"{kind}-{number}@leser.example"} | more))
    return found


async def _time(client: httpx.AsyncClient, form: str, sent: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = await client.post(f"/{form}", data=sent)
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.status_code
    return took


def _compared(form: str, times: dict[str, list[float]]) -> dict[str, float]:
    known, unknown = (statistics.median(times[kind]) for kind in ("da", "neu"))
    ratio = known / unknown
    return {
        f"{form}_known_ms": round(known * 1e3, 3),
        f"{form}_unknown_ms": round(unknown * 1e3, 3),
        f"{form}_known_to_unknown_most": round(ratio, 3),
        f"{form}_known_to_unknown_least": round(ratio, 3),
    }


if __name__ == "__main__":
    raise SystemExit(main())
