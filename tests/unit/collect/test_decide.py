"""What becomes of a draft, in tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter.collect.decide import FIRST_SEEN, GONE, Decision, Outcome, Sight, decide, withdraw
from newsletter.collect.identity import address_key, claim_key, guid_key
from newsletter.collect.recognising import known_by, recognise
from newsletter.config import FeedSettings
from newsletter.model import (
    AltFrom,
    Candidate,
    Change,
    Document,
    Draft,
    Image,
    Precision,
    ReleaseState,
    Stored,
    Topic,
)

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
BERLIN = ZoneInfo("Europe/Berlin")
URL = "https://portal.example/presse/brunnen"
TEXT = "Die Stadtwerke stellen in allen Stadtteilen Trinkbrunnen auf. " * 10
PICTURE = Image(
    "https://portal.example/csm_brunnen_0123456789.jpg", alt="Ein Brunnen", lead=True, alt_from=AltFrom.SOURCE
)
DRAFT = Draft(
    url=URL,
    headline="Zwanzig neue Trinkbrunnen",
    kicker="Umwelt",
    teaser="Niemand soll lange suchen.",
    body_html=f"<p>{TEXT}</p>",
    body_text=TEXT,
    language="de",
    published=NOW - timedelta(hours=2),
    published_precision=Precision.MINUTE,
    images=(PICTURE,),
    origin={"headline": "structure", "published": "meta"},
)
CANDIDATE = Candidate(URL)


def feed(**settings: Any) -> FeedSettings:
    return FeedSettings(**{"title": "Presse", "url": "https://portal.example/presse", **settings})


def sight(now: datetime = NOW, *, archive: bool = False, **settings: Any) -> Sight:
    return Sight("portal", feed(**settings), now, BERLIN, archive)


def look(
    draft: Draft, stored: Stored | None = None, at: Sight | None = None, candidate: Candidate = CANDIDATE
) -> Decision:
    return decide(draft, candidate, stored, known_by(draft, candidate, None), at or sight())


def stored_of(decision: Decision) -> Stored:
    assert decision.revised is not None
    return Stored(decision.revised.release, decision.revised.told_revision)


def fresh(draft: Draft = DRAFT, at: Sight | None = None) -> Stored:
    return stored_of(look(draft, at=at))


def test_a_new_release_has_all_its_draft_says() -> None:
    decision = look(DRAFT, at=sight(topics={"Umwelt": "natur"}))
    assert decision.outcome is Outcome.NEW
    assert decision.revised is not None
    assert (decision.revised.before, decision.revised.change, decision.revised.told_revision) == (None, None, 1)
    release = decision.revised.release
    assert (release.url, release.headline, release.teaser, release.body_text) == (
        URL,
        DRAFT.headline,
        DRAFT.teaser,
        TEXT,
    )
    assert release.topics == (Topic("natur", "Umwelt"),)
    assert (release.first_seen, release.updated, release.published) == (NOW, DRAFT.published, DRAFT.published)
    assert (release.state, release.mailable, release.revision, release.change) == (ReleaseState.LIVE, True, 1, None)
    assert release.origin == DRAFT.origin
    assert release.id != fresh().release.id


MAILABLE = {
    "new": (DRAFT, sight(), True),
    "found at a first collect or backfill": (DRAFT, sight(archive=True), False),
    "older than max_age": (replace(DRAFT, published=NOW - timedelta(days=8)), sight(), False),
    "as old as max_age": (replace(DRAFT, published=NOW - timedelta(days=7)), sight(), True),
    "no max_age": (replace(DRAFT, published=NOW - timedelta(days=900)), sight(max_age=""), True),
    "a day, the seventh back": (
        replace(DRAFT, published=datetime(2026, 11, 16, tzinfo=UTC), published_precision=Precision.DAY),
        sight(),
        True,
    ),
    "undated": (replace(DRAFT, published=None, published_precision=None), sight(), True),
}


@pytest.mark.parametrize("name", MAILABLE)
def test_what_may_be_mailed(name: str) -> None:
    draft, at, mailable = MAILABLE[name]
    assert fresh(draft, at).release.mailable is mailable


def test_what_is_undated_is_dated_by_its_first_sight_once() -> None:
    undated = replace(DRAFT, published=None, published_precision=None)
    first = fresh(undated)
    assert (first.release.published, first.release.published_at, first.release.updated) == (None, NOW, NOW)
    assert first.release.origin["published"] == FIRST_SEEN
    again = look(undated, first, sight(LATER))
    assert (again.outcome, again.revised) == (Outcome.UNCHANGED, None)


def test_the_feed_says_the_language_where_the_page_says_none() -> None:
    release = fresh(replace(DRAFT, language=None), sight(language="en")).release
    assert (release.language, release.origin["language"]) == ("en", "feed's settings")


@pytest.mark.parametrize(
    ("published", "precision", "begins"),
    [
        (NOW + timedelta(hours=5), Precision.MINUTE, NOW + timedelta(hours=5)),
        (datetime(2026, 11, 23, tzinfo=UTC), Precision.DAY, datetime(2026, 11, 22, 23, tzinfo=UTC)),
        (datetime(2026, 11, 22, tzinfo=UTC), Precision.DAY, None),
        (NOW, Precision.SECOND, None),
    ],
)
def test_a_date_to_come_is_an_embargo(published: datetime, precision: Precision, begins: datetime | None) -> None:
    release = fresh(replace(DRAFT, published=published, published_precision=precision)).release
    assert release.not_before == begins
    assert release.visible(NOW) is (begins is None)


def test_today_is_no_embargo_in_the_first_hour_of_the_day() -> None:
    midnight = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # 00:30 in Berlin
    draft = replace(DRAFT, published=datetime(2026, 11, 22, tzinfo=UTC), published_precision=Precision.DAY)
    assert fresh(draft, sight(midnight)).release.not_before is None


def test_an_embargo_follows_its_page_and_ends_with_it() -> None:
    embargoed = fresh(replace(DRAFT, published=NOW + timedelta(days=1)))
    postponed = look(replace(DRAFT, published=NOW + timedelta(days=3)), embargoed, sight(LATER))
    assert stored_of(postponed).release.not_before == NOW + timedelta(days=3)
    lifted = look(replace(DRAFT, published=NOW), embargoed, sight(LATER))
    assert stored_of(lifted).release.visible(LATER)


def changed(name: str, value: Any) -> Callable[[Draft], Draft]:
    return lambda draft: replace(draft, **{name: value})


UNCHANGED: dict[str, Callable[[Draft], Draft]] = {
    "nothing": lambda draft: draft,
    "where a field came from": changed("origin", {"headline": "opengraph"}),
    "a name made up for a picture": changed(
        "images", (replace(PICTURE, src="https://portal.example/csm_brunnen_abcdef0123.jpg"),)
    ),
    "no date any more": lambda draft: replace(draft, published=None, published_precision=None),
    "a later date": changed("published", NOW - timedelta(minutes=5)),
}
COSMETIC: dict[str, Callable[[Draft], Draft]] = {
    "white space": changed("body_text", TEXT.replace(" ", "  ")),
    "white space in the teaser": changed("teaser", "Niemand soll  lange suchen."),
    "a stamp": changed("body_text", TEXT + "Stand: 22.11.2026, 10:00 Uhr"),
    "an alt text": changed("images", (replace(PICTURE, alt="Ein Brunnen aus Stahl"),)),
    "another picture": changed("images", (replace(PICTURE, src="https://portal.example/b.jpg"),)),
    "a press contact": changed("contact", "Erika Beispiel"),
    "a document": changed("documents", (Document("https://portal.example/a.pdf", "Plan"),)),
    "a topic": changed("kicker", "Natur"),
    "an earlier date": changed("published", NOW - timedelta(hours=9)),
    "another address": changed("url", URL + "-neu"),
    "a canonical address": changed("canonical", "https://ministerium.example/brunnen"),
    "its markup": changed("body_html", f"<p><strong>{TEXT}</strong></p>"),
}
UPDATE: dict[str, Callable[[Draft], Draft]] = {
    "the headline": changed("headline", "Dreißig neue Trinkbrunnen"),
    "the teaser": changed("teaser", "Niemand soll je mehr suchen."),
    "the text": changed("body_text", TEXT + "Der Bau hat begonnen."),
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_no_change(name: str) -> None:
    decision = look(UNCHANGED[name](DRAFT), fresh(), sight(LATER))
    assert (decision.outcome, decision.revised) == (Outcome.UNCHANGED, None)


@pytest.mark.parametrize("name", COSMETIC)
def test_a_cosmetic_change_is_silent(name: str) -> None:
    before = fresh()
    decision = look(COSMETIC[name](DRAFT), before, sight(LATER))
    assert decision.outcome is Outcome.UNCHANGED
    assert decision.revised is not None
    assert (decision.revised.change, decision.revised.told_revision) == (Change.COSMETIC, 1)
    after = decision.revised.release
    assert (after.id, after.updated, after.change) == (before.release.id, before.release.updated, None)


@pytest.mark.parametrize("name", UPDATE)
def test_an_update_is_told(name: str) -> None:
    before = fresh()
    decision = look(UPDATE[name](DRAFT), before, sight(LATER))
    assert decision.outcome is Outcome.UPDATED
    assert decision.revised is not None
    assert (decision.revised.change, decision.revised.told_revision) == (Change.UPDATE, 2)
    after = decision.revised.release
    assert (after.id, after.revision, after.updated) == (before.release.id, 2, LATER)
    assert (after.published, after.first_seen) == (before.release.published, NOW)
    assert after.was_updated


def test_what_may_be_our_own_doing_is_not_told() -> None:
    decision = look(UPDATE["the text"](DRAFT), fresh(), replace(sight(LATER), reread=True))
    assert decision.outcome is Outcome.UNCHANGED
    assert decision.revised is not None
    assert (decision.revised.change, decision.revised.told_revision) == (Change.COSMETIC, 1)
    assert decision.revised.release.body_text.endswith("Der Bau hat begonnen.")


def test_cosmetic_changes_in_a_row_are_one_revision_and_leave_the_update_standing() -> None:
    stored = stored_of(look(UPDATE["the text"](DRAFT), fresh(), sight(LATER)))
    numbers = []
    for alt in ("a", "b", "c"):
        draft = replace(UPDATE["the text"](DRAFT), images=(replace(PICTURE, alt=f"Brunnen {alt}"),))
        stored = stored_of(look(draft, stored, sight(LATER + timedelta(days=1))))
        numbers.append((stored.release.revision, stored.told_revision, stored.release.change, stored.release.updated))
    assert numbers == [(3, 2, Change.UPDATE, LATER)] * 3
    told = look(UPDATE["the headline"](DRAFT), stored, sight(LATER + timedelta(days=2)))
    assert stored_of(told).told_revision == 4


def test_a_date_gets_sharper_but_not_later() -> None:
    day = replace(DRAFT, published=datetime(2026, 11, 22, tzinfo=UTC), published_precision=Precision.DAY)
    release = stored_of(look(DRAFT, fresh(day), sight(LATER))).release
    assert (release.published, release.published_precision) == (DRAFT.published, Precision.MINUTE)


def test_a_date_that_comes_late_is_taken() -> None:
    undated = fresh(replace(DRAFT, published=None, published_precision=None))
    assert stored_of(look(DRAFT, undated, sight(LATER))).release.published == DRAFT.published


def test_credits_are_not_read_aloud() -> None:
    image = replace(PICTURE, alt="Ein Brunnen (Quelle: dpa)")
    lead = fresh(replace(DRAFT, images=(image,))).release.lead
    assert lead is not None
    assert (lead.alt, lead.credit) == ("Ein Brunnen", "dpa")


def test_what_an_editor_decided_of_a_picture_stays() -> None:
    before = fresh()
    by_hand = replace(PICTURE, alt="Kinder trinken", alt_from=AltFrom.EDITOR)
    edited = replace(before, release=replace(before.release, images=(by_hand,)))
    renamed = replace(DRAFT, images=(replace(PICTURE, src=PICTURE.src.replace("0123456789", "abcdef0123")),))
    after = stored_of(look(UPDATE["the text"](renamed), edited, sight(LATER))).release
    assert (after.images[0].alt, after.images[0].alt_from) == ("Kinder trinken", AltFrom.EDITOR)


@pytest.mark.parametrize("state", [ReleaseState.WITHHELD, ReleaseState.WITHDRAWN])
def test_what_an_editor_took_back_does_not_come_back(state: ReleaseState) -> None:
    before = fresh()
    taken = replace(before, release=replace(before.release, state=state, reason="by the press office"))
    decision = look(UPDATE["the text"](DRAFT), taken, sight(LATER))
    after = decision.revised.release if decision.revised else taken.release
    assert (after.state, after.reason) == (state, "by the press office")


FAULTS = {
    "no headline": (replace(DRAFT, headline=""), CANDIDATE, "no headline"),
    "no text": (replace(DRAFT, body_text=" "), CANDIDATE, "no text"),
    "not what the list said": (
        replace(
            DRAFT, headline="Bitte Cookies zulassen", teaser=None, kicker=None, body_text="Wir nutzen Cookies. " * 20
        ),
        replace(CANDIDATE, headline="Zwanzig neue Trinkbrunnen für alle"),
        "not what the list calls",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_no_release_is_withheld_with_a_reason(name: str) -> None:
    draft, candidate, reason = FAULTS[name]
    decision = look(draft, candidate=candidate)
    assert (decision.outcome, decision.revised) == (Outcome.WITHHELD, None)
    assert reason in str(decision.reason)


BREAKS = {
    "emptied": replace(DRAFT, body_text=""),
    "cut to a line": replace(DRAFT, body_text="Weitere Informationen folgen."),
    "something else": replace(
        DRAFT, headline="Wartungsarbeiten", body_text="Unser Angebot ist derzeit nicht erreichbar. " * 30
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_page_that_breaks_leaves_its_release_as_it_was(name: str) -> None:
    before = fresh(replace(DRAFT, body_text=TEXT * 3))
    decision = look(BREAKS[name], before, sight(LATER))
    assert (decision.outcome, decision.revised) == (Outcome.UNCHANGED, None)
    assert decision.reason


def test_a_release_that_is_but_a_document_is_one() -> None:
    draft = replace(DRAFT, body_text="", documents=(Document("https://portal.example/a.pdf", "Mitteilung"),))
    assert look(draft).outcome is Outcome.NEW


def test_a_page_that_is_gone_withdraws_its_release() -> None:
    before = fresh()
    decision = withdraw(before, LATER)
    assert decision.outcome is Outcome.WITHDRAWN
    after = stored_of(decision).release
    assert (after.id, after.state, after.reason) == (before.release.id, ReleaseState.WITHDRAWN, GONE)
    assert (after.revision, after.change, after.headline) == (2, Change.WITHDRAWAL, before.release.headline)
    assert withdraw(stored_of(decision), LATER).revised is None


def test_what_is_gone_before_its_time_is_never_shown() -> None:
    embargoed = fresh(replace(DRAFT, published=NOW + timedelta(days=1)))
    decision = withdraw(embargoed, LATER)
    assert decision.outcome is Outcome.WITHHELD
    assert stored_of(decision).release.state is ReleaseState.WITHHELD


def test_a_page_that_comes_back_brings_its_release_back_with_a_date_and_without_a_mail() -> None:
    before = fresh()
    gone = stored_of(withdraw(before, LATER))
    back = look(DRAFT, gone, sight(LATER + timedelta(hours=1)))
    assert back.outcome is Outcome.UPDATED
    after = stored_of(back)
    assert (after.release.state, after.release.reason, after.told_revision) == (ReleaseState.LIVE, None, 1)
    assert (after.release.revision, after.release.change) == (3, Change.RETURN)
    assert (gone.release.updated, after.release.updated) == (LATER, LATER + timedelta(hours=1))


MINISTRY = "https://ministerium.example/brunnen"
OTHER_TEXT = replace(DRAFT, body_text="Etwas ganz anderes steht hier. " * 12)


def release(**fields: Any) -> Stored:
    return Stored(replace(fresh().release, **fields), 1)


RECOGNISED: dict[str, tuple[Draft, str | None, Stored, str | None, bool]] = {
    "its address": (DRAFT, None, release(), address_key(URL), True),
    "its address, all else new": (replace(OTHER_TEXT, headline="Neu"), None, release(), address_key(URL), True),
    "its entry's id": (replace(OTHER_TEXT, url=URL + "-2"), "7", release(), guid_key("portal", "7"), True),
    "its claim, headline alike": (replace(DRAFT, canonical=MINISTRY), None, release(), claim_key(MINISTRY), True),
    "its claim, headline not": (
        replace(DRAFT, canonical=MINISTRY, headline="Haushalt beschlossen"),
        None,
        release(),
        claim_key(MINISTRY),
        False,
    ),
    "its text": (DRAFT, None, release(), None, True),
    "its text, of another day": (DRAFT, None, release(published=NOW - timedelta(days=7)), None, False),
    "its text, too short": (replace(DRAFT, body_text="Kurz."), None, release(body_text="Kurz."), None, False),
}


@pytest.mark.parametrize("name", RECOGNISED)
def test_what_is_known_by(name: str) -> None:
    draft, guid, stored, key, is_known = RECOGNISED[name]
    known = known_by(draft, Candidate(draft.url), guid_key("portal", guid) if guid else None)
    assert (recognise(draft, known, [(stored, key)]) is stored) is is_known


def test_the_surest_key_decides() -> None:
    by_address, by_text = release(), release()
    known = known_by(DRAFT, CANDIDATE, None)
    assert recognise(DRAFT, known, [(by_address, address_key(URL)), (by_text, None)]) is by_address


def test_every_address_is_kept_and_a_claim_stays_a_claim() -> None:
    draft = replace(DRAFT, url="https://portal.example/neu", canonical=MINISTRY)
    revised = look(draft, candidate=Candidate(URL)).revised
    assert revised is not None
    assert revised.release.url == draft.url
    assert set(revised.release.aliases) == {URL, MINISTRY}
    assert {address_key(URL), URL, address_key(draft.url), claim_key(MINISTRY)} <= set(revised.keys)
    assert address_key(MINISTRY) not in revised.keys
    assert revised.keys[0] == address_key(draft.url)
