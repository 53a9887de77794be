"""Addresses, limits and tables: decisions without a database."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.address import masked, normalised
from newsletter.audience.importing import COLUMNS, Table, text_of
from newsletter.audience.limits import may_confirm
from newsletter.errors import BadInput

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("Max.Muster@Example.ORG", "max.muster@example.org"),
        ("  max@example.org\n", "max@example.org"),
        ("max@Bücher.example", "max@xn--bcher-kva.example"),
        ("max@xn--bcher-kva.example", "max@xn--bcher-kva.example"),
        ("MÜLLER@bücher.example", "müller@xn--bcher-kva.example"),
        ("mu\u0308ller@example.org", "müller@example.org"),
        ("max@раураl.example", "max@xn--l-7sba6dbr.example"),  # Cyrillic: no look-alike of paypal any more
    ],
)
def test_one_spelling_for_each_address(written: str, one: str) -> None:
    assert normalised(written) == one
    assert normalised(one) == one


@pytest.mark.parametrize(
    "text",
    ["", "max", "@example.org", "max@", "max@localhost", "max@[127.0.0.1]", "Max <max@example.org>", "a b@example.org",
     "max@example.org, olli@example.org", "max@example.org\r\nBcc: x@example.org", "x" * 65 + "@example.org",
     "ü" * 33 + "@example.org", "max@" + "a" * 300 + ".org", "max\0@example.org", '"max"@example.org'],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadInput):
        normalised(text)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        found = normalised(text)
    except BadInput:
        return
    assert normalised(found) == found
    assert not set(found) & set(" \t\r\n\0<>,;")


PARTS = st.text("aZ09._+-üx", max_size=70), st.text("aZn09.-xü", max_size=70), st.sampled_from(["", ".de", ".example"])


@given(*PARTS)
def test_a_plain_address_is_what_the_library_makes_of_it(local: str, domain: str, end: str) -> None:
    """Domains are looked at once, with a local part of our own."""
    try:
        found = validate_email(f"{local}@{domain}{end}", check_deliverability=False, strict=True)
        wanted = f"{found.local_part.lower()}@{found.ascii_domain}"
    except EmailNotValidError:
        wanted = None
    if wanted is None or len(local.encode()) > 64:
        with pytest.raises(BadInput):
            normalised(f"{local}@{domain}{end}")
    else:
        assert normalised(f"{local}@{domain}{end}") == wanted


def test_a_masked_address_shows_its_owner_enough() -> None:
    assert masked("mara.muster@leser.example") == "m…@leser.example"


@pytest.mark.parametrize(
    ("hours", "may"),
    [
        ([], True),
        ([23.99], False),
        ([24], True),
        ([24, 48], True),
        ([24, 48, 72], False),
        ([24, 48, 720], True),
        ([24, 48, 719.9], False),
        ([-1], False),  # a clock that was set back
    ],
)
def test_one_confirmation_a_day_and_three_a_month(hours: list[float], may: bool) -> None:
    assert may_confirm([NOW - timedelta(hours=age) for age in hours], NOW) is may


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_tables_of_any_spreadsheet(encoding: str, delimiter: str, end: str) -> None:
    lines = [
        ["E-Mail", "Häufigkeit", "Ort"],
        ["mara@leser.example", " täglich ", "Köln"],
        ["'=1@leser.example", "", ""],
    ]
    data = end.join(delimiter.join(line) for line in lines).encode(encoding)
    table = Table(text_of(data)).named(COLUMNS)
    assert table.ignored == ("Ort",)
    assert list(table) == [
        (2, tuple(lines[1]), {"email": "mara@leser.example", "cadence": "täglich"}),
        (3, tuple(lines[2]), {"email": "=1@leser.example", "cadence": ""}),
    ]


LINES = st.lists(st.text("a ü;,\t'=\"", max_size=12), max_size=30)


@given(LINES)
def test_rows_are_what_the_csv_module_reads(lines: list[str]) -> None:
    """Where no cell holds a line break: each line that holds something is a row."""
    lines = [line if line.count('"') % 2 == 0 else line.replace('"', "") for line in lines]
    table = Table("\n".join(["email;consent", *lines]))
    read = {
        number: tuple(next(csv.reader([line], delimiter=";"))) for number, line in enumerate(lines, 2) if line.strip()
    }
    assert {record.line: record.cells for record in table} == read
    assert len(table) == len(read)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        rows = list(Table(text_of(b"email;consent\n" + data)).named(COLUMNS))
    except BadInput:
        return
    assert all(set(row.said) <= {"email", "consent"} for row in rows)
