"""The OpenAPI document is current, and the API does what it says: schemathesis finds no failure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.web.api import create_api
from tests.integration.web.api_world import api
from tests.servers.web import serving

ROOT = Path(__file__).resolve().parents[3]
SNAPSHOT = ROOT / "docs/openapi.json"
EXAMPLES = 5  # for each operation and phase; the seed is fixed, so that a failure is the same for everybody
RULES = """
# What a schema cannot say is refused with 422: a topic that the newsletter has not, a reserved mail domain, a key that
# was used, a cursor of another list.
[[operations]]
include-method = ["POST", "PUT"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422", "502"]

[[operations]]
include-method = ["DELETE"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "422"]

[[operations]]
include-name-regex = "^GET /v1/(releases|editions|subscribers|suppressions|editions/.id./deliveries)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "422"]
"""


def test_the_document_in_docs_is_current(tmp_path: Path, sqlite_url: str) -> None:
    """`SNAPSHOT=1 pytest tests/integration/web/test_openapi.py` writes it anew."""
    with api(tmp_path, sqlite_url) as here:
        found = create_api(here.program).openapi()
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("SNAPSHOT"):
        SNAPSHOT.write_text(text, "utf-8")
    assert SNAPSHOT.read_text("utf-8") == text


@pytest.mark.timeout(300)
def test_schemathesis_finds_no_failure(store_url: str, tmp_path: Path) -> None:
    rules = tmp_path / "schemathesis.toml"
    rules.write_text(RULES, "utf-8")
    with api(tmp_path, store_url) as here, serving(here.app) as base:
        command = [f"{Path(sys.executable).parent}/schemathesis", "--config-file", str(rules), "--no-color", "run"]
        command += [f"{base}/api/v1/openapi.json", "--url", f"{base}/api", "--seed", "1", "--warnings", "off"]
        command += ["--max-examples", str(EXAMPLES), "--header", f"Authorization: Bearer {here.token()}"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    assert "Tested: 26" in done.stdout
