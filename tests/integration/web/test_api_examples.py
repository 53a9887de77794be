"""The examples of docs/api.md run as they stand there, one after the other, in a shell with curl."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from newsletter.config import load
from tests.integration.web.api_world import api, settings
from tests.servers.web import serving

DOCS = Path(__file__).resolve().parents[3] / "docs/api.md"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", DOCS.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_every_example_does_what_it_says(sqlite_url: str, tmp_path: Path) -> None:
    script = "set -eu\n" + "\n".join(blocks("sh"))
    assert script.count("curl ") >= 10
    with api(tmp_path, sqlite_url) as here, serving(here.app) as base:
        environment = {**os.environ, "TOKEN": here.token(), "API": f"{base}/api/v1"}
        done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        release, *_ = here.program.releases.listed()
        assert (release.headline, release.change) == ("Neue Fahrradstraße in der Nordstadt", "correction")
        (edition,) = here.program.editions.listed()
        assert (edition.edition.state, here.rows()["subscribers"], here.rows()["suppressions"]) == ("approved", 1, 1)


def test_the_settings_are_settings(tmp_path: Path) -> None:
    feed, hook = blocks("toml")
    place = settings(tmp_path, "sqlite:///var/n.db", more=hook)
    (tmp_path / "feeds/rathaus.toml").write_text(feed, "utf-8")
    (tmp_path / "var/webhook-secret").write_text("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n", "ascii")
    loaded = load(place, {})
    assert loaded.feeds["rathaus"].kind == "push"
    assert len(loaded.webhooks[0].events) == 4
