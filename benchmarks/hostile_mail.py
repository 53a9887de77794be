"""Hostile words in a mail: as headline, name, address and topic through whole mails, and through the header functions.

Each input is Hypothesis's: any text, and pieces that attackers use. The mails are those of the tests; what they assert
is that no field is added, no CR or LF stands alone, and what was meant is what is read.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402
from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from newsletter.deliver.headers import address_of, list_field, mailbox_field, one_line, text_field  # noqa: E402
from newsletter.errors import BadInput  # noqa: E402
from tests.unit.deliver.test_message import (  # noqa: E402
    NAUGHTY,
    test_names_are_read_as_they_were_given,
    test_what_was_meant_is_what_is_read,
)

CHUNK = 5_000  # inputs a run: Hypothesis remembers all of one
USUAL = settings(
    database=None, deadline=None, derandomize=False, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
GOALS: Goals = {"broken": ("<=", 0)}


@given(text=NAUGHTY)
def field_of_text(text: str) -> None:
    """A subject."""
    field = text_field("Subject", text)
    assert whole(field, "Subject")["Subject"] == one_line(text)


@given(name=NAUGHTY, local=NAUGHTY)
def field_of_mailbox(name: str, local: str) -> None:
    """A name and an address, which is refused or stands as it is."""
    quoted = one_line(name).translate({ord(char): f"\\{char}" for char in '"\\'})
    try:
        field = mailbox_field("From", f'"{quoted}" <{local}@musterstadt.example>')
    except BadInput:
        return
    assert len(whole(field, "From")["From"].addresses) == 1


@given(title=NAUGHTY, identifier=st.one_of(NAUGHTY, st.just("presse.musterstadt.example")))
def field_of_list(title: str, identifier: str) -> None:
    """A newsletter's title and its identifier."""
    try:
        field = list_field("List-Id", title, identifier)
    except BadInput:
        return
    assert str(whole(field, "List-Id")["List-Id"]).endswith(f"<{identifier}>")


@given(address=st.one_of(NAUGHTY, NAUGHTY.map(lambda text: f"{text}@musterstadt.example")))
def command(address: str) -> None:
    """An address in a command of SMTP."""
    try:
        written, _ = address_of(address)
    except BadInput:
        return
    assert written.count("@") == 1
    assert not set(written) & set("\r\n\0 <>")


def whole(field: bytes, name: str) -> Any:
    """The mail that a field alone makes: it is one field, in lines that a mail may have."""
    lines = field.split(b"\r\n")
    assert lines[-1] == b""
    assert all(line[:1] in (b" ", b"\t") and line.strip() for line in lines[1:-1])
    assert not any(b"\r" in line or b"\n" in line or len(line) > 998 for line in lines)
    message = email.message_from_bytes(field + b"\r\n", policy=email.policy.default)
    assert message.keys() == [name]
    return message


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--fields", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="2,000 mails, 20,000 fields")
    options = parser.parse_args()
    mails, fields = (2_000, 20_000) if options.quick else (options.mails, options.fields)
    through_mails = (test_what_was_meant_is_what_is_read, test_names_are_read_as_they_were_given)
    through_fields = (field_of_text, field_of_mailbox, field_of_list, command)
    figures: dict[str, float] = {"mails": 0, "fields": 0, "broken": 0}
    for name, checks, count in (("mails", through_mails, mails), ("fields", through_fields, fields)):
        for check in checks:
            done, broken = tried(check, count // len(checks))
            figures[name] += done
            figures["broken"] += broken
    return show(figures, GOALS)


def tried(check: Any, count: int) -> tuple[int, int]:
    """How many inputs were tried, and how many runs of them ended with one that is broken."""
    began, done, broken = time.perf_counter(), 0, 0
    for number in range(0, count, CHUNK):
        size = min(CHUNK, count - number)
        handle: Any = check.hypothesis  # a check can be given settings of its own only once: make it anew
        anew = given(**handle._given_kwargs)(handle.inner_test)
        try:
            seed(number)(settings(USUAL, max_examples=size)(anew))()
        except Exception as error:  # whatever it is, an input did it
            say(f"{check.__name__}: {error!r}")
            broken += 1
        done += size
    say(f"{check.__name__}: {done:,} inputs in {time.perf_counter() - began:.0f} s, {broken} broken")
    return done, broken


if __name__ == "__main__":
    sys.exit(main())
