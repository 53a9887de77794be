"""What is stored comes back as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model import Blank, Document, Finding, Format, Image, Part, Release, Sheet, Topic
from newsletter.store.documents import (
    findings_document,
    findings_from,
    pack,
    release_columns,
    release_document,
    release_from,
    unpack,
)
from newsletter.store.tables import releases

TEXT = st.text(max_size=20)
MOMENT = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
RELEASES = st.builds(
    Release,
    first_seen=MOMENT,
    updated=MOMENT,
    published=st.none() | MOMENT,
    not_before=st.none() | MOMENT,
    topics=st.lists(st.builds(Topic), max_size=2).map(tuple),
    images=st.lists(st.builds(Image), max_size=2).map(tuple),
    documents=st.lists(st.builds(Document), max_size=2).map(tuple),
    origin=st.dictionaries(TEXT, TEXT, max_size=2),
)
PIECES = st.lists(st.one_of(TEXT, st.builds(Blank, TEXT)), max_size=4).map(tuple)


@settings(max_examples=30, deadline=None)
@given(RELEASES)
def test_a_release_comes_back_whole(release: Release) -> None:
    assert release_from(json.loads(json.dumps(release_document(release)))) == release


@settings(max_examples=30, deadline=None)
@given(RELEASES, MOMENT)
def test_its_row_lacks_only_what_the_collector_knows(release: Release, now: datetime) -> None:
    row = release_columns(release, now)
    assert {column.name for column in releases.c} - row.keys() == {"told_revision", "digest"}
    assert row["published_at"] == (release.published or release.first_seen)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.from_type(Finding), max_size=3))
def test_findings_come_back(findings: list[Finding]) -> None:
    assert findings_from(json.loads(json.dumps(findings_document(findings)))) == tuple(findings)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.builds(Part, kind=TEXT, html=PIECES, text=PIECES, topic=TEXT, release=TEXT), max_size=3),
    st.dictionaries(TEXT, TEXT, max_size=3),
    st.sampled_from(Format),
)
def test_a_sheet_comes_back_to_the_byte(parts: list[Part], texts: dict[str, str], format: Format) -> None:
    sheet = Sheet("presse-daily-20261122T0600Z", "de", format, tuple(parts), texts)
    assert unpack(pack(sheet)) == sheet
    assert pack(unpack(pack(sheet))) == pack(sheet)


def test_what_an_older_version_wrote_is_read_with_todays_defaults() -> None:
    document = {
        "id": "1",
        "source": "s",
        "url": "https://a.example/1",
        "headline": "H",
        "body_html": "",
        "body_text": "",
        "language": "de",
        "first_seen": "2026-11-22T06:00:00Z",
        "updated": "2026-11-22T06:00:00Z",
        "given_up_since": 1,
    }
    release = release_from(document)
    assert release.revision == 1
    assert release.first_seen == datetime(2026, 11, 22, 6, tzinfo=UTC)
