"""Loading: the collector rests while modules are loaded, and works again whatever came of it."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from newsletter.memory import loading


def test_the_collector_rests_while_modules_are_loaded() -> None:
    try:
        with loading():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_it_works_again_where_one_could_not_be_loaded() -> None:
    try:
        with pytest.raises(ModuleNotFoundError), loading():
            raise ModuleNotFoundError
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_a_worker_does_not_load_the_pages() -> None:
    code = "import sys, newsletter.daemon; print([name for name in sys.modules if name.startswith('newsletter.web')])"
    run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert run.stdout.strip() == "[]"
