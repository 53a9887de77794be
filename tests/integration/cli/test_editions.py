"""`editions approve --at` and `editions settle`: a time of its own, and mails in doubt decided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import cli
from newsletter.errors import BadInput
from newsletter.model import DeliveryState, EditionState
from tests.integration.store.test_releases import collected
from tests.integration.web.admin.samples import new
from tests.integration.web.admin.test_editions_more import doubtful
from tests.integration.web.admin.world import Office, office


@pytest.fixture
def desk(tmp_path: Path, store_url: str) -> Iterator[Office]:
    with office(tmp_path, store_url) as here:
        collected(here.program.database, new("a", headline="Neue Radbrücke"))
        here.program.desk.compose_due(here.now)
        yield here


def run(desk: Office, *args: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(desk.program.settings.root / "newsletter.toml"), "editions", *args])


def test_a_time_of_its_own(desk: Office) -> None:
    id = desk.program.editions.listed()[0].edition.id
    desk.program.move(id, EditionState.HELD, "later")
    assert isinstance(run(desk, "approve", id, "--at", "2020-01-01 09:30").exception, BadInput)
    assert isinstance(run(desk, "approve", id, "--at", "morgen").exception, BadInput)
    assert desk.program.editions.get(id).state is EditionState.HELD
    done = run(desk, "approve", id, "--at", "2199-11-28 09:30")
    assert (done.exit_code, done.output) == (0, f"{id} is approved, and goes out from 2199-11-28T08:30:00Z on\n")


def test_mails_in_doubt(desk: Office) -> None:
    id = desk.program.editions.listed()[0].edition.id
    doubtful(desk, id)
    assert run(desk, "settle", id, "--reason", "x").exit_code == 2  # says nothing of what became of them
    assert run(desk, "settle", id, "--arrived").exit_code == 2  # nor why
    (first, _) = desk.program.mailroom.deliveries(id, 0, 10, DeliveryState.UNCERTAIN)
    done = run(desk, "settle", id, "--arrived", "--delivery", str(first.delivery), "--reason", "mara: in the log")
    assert (done.exit_code, done.output) == (0, "1 count as accepted\n"), done.output
    done = run(desk, "settle", id, "--resend", "--reason", "mara: not in the log")
    assert (done.exit_code, done.output) == (0, "1 are sent again\n"), done.output
    assert desk.program.editions.counts(id) == {DeliveryState.ACCEPTED: 2, DeliveryState.QUEUED: 1}


def test_mails_in_doubt_that_shall_not_go_again(desk: Office) -> None:
    id = desk.program.editions.listed()[0].edition.id
    doubtful(desk, id)
    done = run(desk, "settle", id, "--failed", "--reason", "mara: refused, says the log")
    assert (done.exit_code, done.output) == (0, "2 count as failed\n"), done.output
    ledger = desk.program.mailroom.ledger(id)
    assert (ledger["planned"], ledger["counts"], ledger["complete"]) == (3, {"accepted": 1, "failed": 2}, True)
    assert run(desk, "settle", id, "--resend", "--reason", "too late").output == "0 are sent again\n"
