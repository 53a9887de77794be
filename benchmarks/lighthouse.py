"""The readers' pages as Lighthouse 12 sees them: accessibility and performance on a slow telephone, and how many bytes
the first page takes in all. Needs Node.js; npm fetches Lighthouse.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402

from tests.acceptance.demo import run_demo  # noqa: E402
from tests.acceptance.instance import start  # noqa: E402
from tests.servers.process import free_port  # noqa: E402

GOALS: Goals = {
    "accessibility_worst": (">=", 1.0),
    "performance_worst": (">=", 0.95),
    "first_page_kb": ("<=", 50),
}
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the first page only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsletter-lighthouse-") as folder:
        place = Path(folder)
        program = _installed(place / "npm")
        demo = run_demo(place / "demo")
        release = next((demo.folder / "public/releases").glob("*.html")).stem
        pages = {"first": "/"} | (
            {} if options.quick else {"feeds": "/feeds/", "release": f"/releases/{release}", "form": "/subscribe"}
        )
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        places = {"NEWSLETTER_WEB__LISTEN": f"127.0.0.1:{port}", "NEWSLETTER_SITE__BASE_URL": url}
        daemon = start(demo.folder / "newsletter.toml", url, "--web-only", **places)
        try:
            found = {name: _looked_at(program, url + path, place) for name, path in pages.items()}
        finally:
            daemon.terminate()
            daemon.wait(30)
    return show(_figures(found), GOALS, lighthouse=next(iter(found.values()))["lighthouseVersion"])


def _installed(folder: Path) -> Path:
    folder.mkdir()
    command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder), "lighthouse@12"]
    subprocess.run(command, check=True)
    return folder / "node_modules/.bin/lighthouse"


def _looked_at(program: Path, address: str, place: Path) -> dict[str, Any]:
    """Lighthouse's report of a page."""
    report = place / "report.json"
    only = "--only-categories=accessibility,performance,best-practices"
    command = [str(program), address, "--quiet", "--output=json", f"--output-path={report}", only]
    environment = os.environ | {"CHROME_PATH": "/usr/bin/chromium"}
    subprocess.run([*command, f"--chrome-flags={CHROME}"], check=True, env=environment, timeout=180)
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


def _figures(found: dict[str, dict[str, Any]]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for page, report in found.items():
        for name, category in report["categories"].items():
            figures[f"{page}_{name}"] = float(category["score"])
            for line in _lost(report, category):
                say(f"{page}: {name}: {line}")
    for name in ("accessibility", "performance"):
        figures[f"{name}_worst"] = min(figures[f"{page}_{name}"] for page in found)
    figures["first_page_kb"] = round(found["first"]["audits"]["total-byte-weight"]["numericValue"] / 1024, 1)
    return figures


def _lost(report: dict[str, Any], category: dict[str, Any]) -> list[str]:
    """The audits of a category that cost it something."""
    audits = ((report["audits"][one["id"]], one["weight"]) for one in category["auditRefs"])
    return [f"{audit['id']}: {audit['title']}" for audit, weight in audits if weight and (audit["score"] or 0) < 1]


if __name__ == "__main__":
    raise SystemExit(main())
