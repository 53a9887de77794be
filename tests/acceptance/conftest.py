"""What the acceptance tests share: the demo run once, an instance, its portal and its mail server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance import instance as instances
from tests.acceptance import mailserver as mailservers
from tests.acceptance import portal as portals
from tests.acceptance.demo import Demo, run_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo after its first run; no test changes what it shows."""
    return run_demo(tmp_path_factory.mktemp("demo") / "demo")


@pytest.fixture
def portal() -> Iterator[portals.Portal]:
    """An empty portal on loopback."""
    with portals.portal() as made:
        yield made


@pytest.fixture
def mailserver() -> Iterator[mailservers.Mailserver]:
    """A mail server with an empty mailbox."""
    with mailservers.mailserver() as server:
        yield server


@pytest.fixture
def instance(tmp_path: Path, mailserver: mailservers.Mailserver) -> Iterator[instances.Instance]:
    """A new instance that mails to `mailserver`; it has no feed yet."""
    with instances.instance(tmp_path / "instance", smtp_port=mailserver.port) as made:
        yield made


@pytest.fixture
def quiet(instance: instances.Instance) -> None:
    """No slot is about now, for tests whose clock is the real one: a first look makes up for the last hour's."""
    instance.letter["send_at"] = instances.quiet_hour()
