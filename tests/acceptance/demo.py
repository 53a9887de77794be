"""The demo, run once for a test process: its folder, and what is in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.acceptance.instance import Done, newsletter
from tests.acceptance.mailserver import Mail


@dataclass(frozen=True)
class Demo:
    """A folder that `demo --once` has filled."""

    folder: Path
    done: Done
    summary: dict[str, int]
    mails: tuple[Mail, ...]
    items: tuple[dict[str, Any], ...]


def run_demo(folder: Path, *options: str) -> Demo:
    """Runs `demo --once` in a new folder."""
    done = newsletter("demo", "--once", "--dir", str(folder), *options)
    assert done.code in (0, 3), done.err
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    mails = tuple(
        Mail(unquote(path.stem.partition("-")[2]), path.read_bytes()) for path in sorted(folder.glob("inbox/*.eml"))
    )
    items = json.loads((folder / "public/feeds/musterstadt.json").read_text("utf-8"))["items"]
    return Demo(folder, done, summary, mails, tuple(items))
