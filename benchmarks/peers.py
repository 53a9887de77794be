"""How fast mail goes out beside what people use: nodemailer 7 (pool, DKIM) and django-newsletter, into the same sink.

Both are installed for the run, from npm and PyPI; without a network it says so. The messages have 60 KB and links of
the reader's own; django-newsletter gets the same HTML as its article, and its own links are the same for all readers.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402
from _post import EDITION, variant  # noqa: E402
from _sinks import smtp_sink  # noqa: E402
from send_rate import USUAL, _key, _ours  # noqa: E402

from newsletter.model import Pieces  # noqa: E402

GOALS: Goals = {"rate_rsa_of_nodemailer": (">=", 8.0), "rate_unsigned_of_django_newsletter": (">=", 25.0)}
HERE = ROOT / "benchmarks"
PYTHON = ("django-newsletter", "sorl-thumbnail")  # the second is what the first needs for pictures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="fewer messages, 3 rounds")
    options = parser.parse_args()
    rounds, ours, theirs, few = (3, 3_000, 1_000, 100) if options.quick else (options.rounds, 10_000, 3_000, 300)
    with tempfile.TemporaryDirectory(prefix="newsletter-peers-") as place, ExitStack() as ends:
        folder = Path(place)
        _install(folder)
        _key(folder / "dkim.pem")
        sink = ends.enter_context(smtp_sink())
        found: dict[str, list[float]] = defaultdict(list)
        for number in range(rounds):
            found["nodemailer"].append(_nodemailer(folder, sink, theirs))
            found["rsa"].append(_ours(place, sink, USUAL, ours, folder / "dkim.pem")["rate"])
            found["django_newsletter"].append(_django(folder, sink, few))
            found["unsigned"].append(_ours(place, sink, USUAL, ours)["rate"])
            say(
                f"round {number + 1}: " + ", ".join(f"{name} {those[-1]:.0f} a second" for name, those in found.items())
            )
    return show(_figures(found), GOALS)


def _figures(found: dict[str, list[float]]) -> dict[str, float]:
    def ratio(one: str, other: str) -> float:
        return round(median(a / b for a, b in zip(found[one], found[other], strict=True)), 2)

    return {
        "rate_rsa_of_nodemailer": ratio("rsa", "nodemailer"),
        "rate_unsigned_of_django_newsletter": ratio("unsigned", "django_newsletter"),
        **{f"{name}_per_second": round(median(those), 1) for name, those in found.items()},
    }


def _install(folder: Path) -> None:
    """Raises SystemExit where npm or PyPI cannot be had."""
    if shutil.which("npm") is None:
        raise SystemExit("npm is not installed: apt-get install nodejs npm")
    commands = (
        ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder), "nodemailer@7"],
        [sys.executable, "-m", "venv", str(folder / "django")],
        [str(folder / "django/bin/pip"), "install", "--quiet", "--disable-pip-version-check", *PYTHON],
    )
    for command in commands:
        if subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False).returncode:
            raise SystemExit(f"this cannot be installed here: {' '.join(command)}")


def _nodemailer(folder: Path, port: int, messages: int) -> float:
    own = variant(EDITION)
    assert own.html is not None
    text, html = (
        "".join(piece if isinstance(piece, str) else "{link}" for piece in part) for part in (own.text, own.html)
    )
    work = {"modules": str(folder), "key": str(folder / "dkim.pem"), "port": port, "connections": USUAL}
    said = _run(
        folder, ["node", str(HERE / "_nodemailer.js")], work | {"text": text, "html": html, "messages": messages}
    )
    return messages / float(said["seconds"])


def _django(folder: Path, port: int, messages: int) -> float:
    (folder / "django.db").unlink(missing_ok=True)
    html = _filled(variant(EDITION).html, "https://news.musterstadt.example/")
    work = {"database": str(folder / "django.db"), "port": port, "html": html, "messages": messages}
    said = _run(folder, [str(folder / "django/bin/python"), str(HERE / "_django_newsletter.py")], work)
    return messages / float(said["seconds"])


def _filled(pieces: Pieces | None, link: str) -> str:
    return "".join(piece if isinstance(piece, str) else link for piece in pieces or ())


def _run(folder: Path, command: list[str], work: dict[str, Any]) -> dict[str, Any]:
    file = folder / "work.json"
    file.write_text(json.dumps(work | {"subject": variant(EDITION).subject}), "utf-8")
    run = subprocess.run([*command, str(file)], stdout=subprocess.PIPE, check=True)
    said: dict[str, Any] = json.loads(run.stdout)
    return said


if __name__ == "__main__":
    sys.exit(main())
