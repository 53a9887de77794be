"""What was done already, a line a case: a proof that was interrupted goes on where it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.proof.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]
PROVEN = (ROOT / "src" / "newsletter", ROOT / "tests" / "proof", ROOT / "tests" / "integration" / "deliver")


class Record:
    """One part's cases in a file. What other code was proven with is forgotten."""

    def __init__(self, file: Path, state: str) -> None:
        self._file = file
        self._done: dict[str, Outcome] = {}
        lines = file.read_text().splitlines() if file.exists() else []
        if lines[:1] == [state]:
            self._done = {case: Outcome(**counts) for case, counts in map(json.loads, lines[1:])}
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{state}\n")

    def get(self, case: str) -> Outcome | None:
        """A case that was done."""
        return self._done.get(case)

    def add(self, case: str, outcome: Outcome) -> None:
        """One more."""
        self._done[case] = outcome
        with self._file.open("a") as file:
            file.write(json.dumps([case, outcome.counts()]) + "\n")


def state_of_the_code() -> str:
    """A digest of all that a result depends on."""
    digest = hashlib.sha256()
    for path in sorted(path for place in PROVEN for path in place.rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
