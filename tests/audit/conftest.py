"""What `make audit` shares: one of several parts of it, the demo run once, every kind of mail."""

from __future__ import annotations

import pytest

from tests.acceptance.demo import Demo, run_demo


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shard", default="1/1", metavar="N/OF", help="run the N-th of OF parts of the audit")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    number, _, of = str(config.getoption("--shard")).partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise pytest.UsageError(f"--shard={number}/{of}: write 2/4 for the second of four parts")
    config.hook.pytest_deselected(items=[item for n, item in enumerate(items) if n % int(of) != int(number) - 1])
    items[:] = items[int(number) - 1 :: int(of)]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo after its first run."""
    return run_demo(tmp_path_factory.mktemp("demo") / "demo")
