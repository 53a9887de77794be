"""The pages people act on: what they answer, what they do, and what they never tell or change."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from newsletter.config.settings import Texts
from newsletter.errors import StoreError
from newsletter.model import Cadence, SubscriptionState
from newsletter.store.audience import Audience
from newsletter.tokens import Keys, Purpose
from tests.integration.audience.world import ADDRESS, token
from tests.integration.web.world import Site, site

ACTIVE, ENDED = SubscriptionState.ACTIVE, SubscriptionState.ENDED
FORM = {
    "email": ADDRESS,
    "cadence": "weekly",
    "topics": ["verkehr"],
    "language": "de",
    "format": "standard",
    "website": "",
}
PURPOSES = {"confirm": Purpose.CONFIRM, "preferences": Purpose.PREFERENCES, "unsubscribe": Purpose.UNSUBSCRIBE}


@pytest.fixture
def here(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    with site(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def client(here: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client() as opened:
        yield opened


def own(name: str, subscription: int = 1) -> str:
    return f"/{name}/{token(PURPOSES[name], subscription)}"


async def test_the_whole_way(here: Site, client: httpx.AsyncClient) -> None:
    shown = await client.get("/subscribe")
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    for said in ("Ich willige ein, dass Stadt Musterstadt", "Verkehr", "wöchentlich, wenn es Neues gibt", "Großdruck"):
        assert said in shown.text
    sent = await client.post("/subscribe", data=FORM)
    assert (sent.status_code, "Bitte sehen Sie in Ihr Postfach" in sent.text) == (200, True)
    asked = await client.get(own("confirm"))
    assert "wöchentlich, wenn es Neues gibt; Themen: Verkehr." in asked.text
    assert "m…@leser.example" in asked.text
    confirmed = await client.post(own("confirm"))
    assert (confirmed.status_code, here.state()) == (200, ACTIVE)
    assert f'href="{own("preferences")}"' in confirmed.text
    shown = await client.get(own("preferences"))
    assert re.search(r'name="topics" value="verkehr" checked', shown.text)
    saved = await client.post(own("preferences"), data={"cadence": "daily", "language": "en", "format": "text"})
    assert "Ihre Auswahl ist gespeichert." in saved.text or "Your choices are saved." in saved.text
    wish = here.subscribing.standing(Purpose.PREFERENCES, token(Purpose.PREFERENCES, 1), here.now).subscription.wish
    assert (wish.cadence, wish.topics, wish.language, wish.format) == (Cadence.DAILY, (), "en", "text")
    left = await client.post(own("unsubscribe"))
    assert (left.status_code, here.state()) == (200, ENDED)
    assert [action for action, _ in here.actions()] == ["asked", "confirmed", "changed", "withdrawn"]


@pytest.mark.parametrize("body", [b"List-Unsubscribe=One-Click", b"", b"x" * 9, b"\xff&&=%zz"])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", ""]
)
async def test_one_click_leaves_whatever_the_mail_program_sends(
    here: Site, client: httpx.AsyncClient, body: bytes, kind: str
) -> None:
    here.reader()
    response = await client.post(own("unsubscribe"), content=body, headers={"Content-Type": kind} if kind else {})
    assert (response.status_code, here.state()) == (200, ENDED)
    assert "set-cookie" not in response.headers


async def test_one_click_is_on_record_as_such_and_idempotent(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    parts = {"List-Unsubscribe": (None, "One-Click")}  # RFC 8058, 3.2: as multipart too
    for _ in range(2):
        assert (await client.post(own("unsubscribe"), files=parts)).status_code == 200
    assert here.actions()[-1] == ("withdrawn", "one-click")
    assert len(here.goodbyes()) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_link_scanners_change_nothing(here: Site, client: httpx.AsyncClient, method: str) -> None:
    here.reader()
    here.ask("olli@leser.example")
    before = here.rows()
    for name in PURPOSES:
        for subscription in (1, 2, 3):
            for query in ("", "?lang=en", "?List-Unsubscribe=One-Click&scope=everything&cadence=weekly"):
                await client.request(method, own(name, subscription) + query)
    for path in ("/subscribe", "/subscribe?email=x@leser.example", "/healthz", "/readyz", "/"):
        await client.request(method, path)
    assert here.rows() == before
    assert here.goodbyes() == []


async def test_nobody_learns_whether_an_address_is_known(here: Site, client: httpx.AsyncClient) -> None:
    here.reader("known@leser.example")
    here.ask("asked@leser.example")
    here.register.suppress("never@leser.example", "x", here.now)
    here.reader("erased@leser.example")
    here.register.erase("erased@leser.example", here.now)
    answers = set()
    for name in ("known", "asked", "never", "erased", "new", "other"):
        for _ in range(2):
            response = await client.post("/subscribe", data=FORM | {"email": f"{name}@leser.example"})
            answers.add((response.status_code, response.content, tuple(response.headers.items())))
    assert len(answers) == 1


async def test_nobody_learns_whether_a_subscription_exists(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    foreign = Keys((b"x" * 32,))
    for name, purpose in PURPOSES.items():
        right = token(purpose, 1)
        wrong = [foreign.token(purpose, 1), token(Purpose.BOUNCE, 1), token(purpose, 999), right[:-1], right + "a", "x"]
        wrong += [right.replace(right[3], "z"), "a" * 40, "a" * 5000, "%00", "ä" * 40]
        answers = {
            (response.status_code, response.content)
            for method in ("GET", "POST")
            for response in [await client.request(method, f"/{name}/{bad}") for bad in wrong]
        }
        assert len(answers) == 1, name
        ((status, page),) = answers
        assert status == 404
        assert "Bitte kopieren Sie den ganzen Link" in page.decode()
    assert here.state() is ACTIVE


async def test_an_address_with_what_a_mail_program_glued_on(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    assert (await client.get(own("unsubscribe") + ").")).status_code == 200
    assert (await client.get(own("unsubscribe").upper().replace("/UNSUBSCRIBE", "/unsubscribe"))).status_code == 200


async def test_an_unsubscribe_address_can_only_leave(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    page = (await client.get(own("unsubscribe"))).text
    assert token(Purpose.PREFERENCES, 1) not in page
    assert "leser.example" not in page


async def test_what_is_over_says_so(here: Site, client: httpx.AsyncClient) -> None:
    here.ask()
    assert (await client.get(own("preferences"))).status_code == 410
    here.later(days=8)
    here.subscribing.forget_unconfirmed(here.now)
    for method in ("GET", "POST"):
        response = await client.request(method, own("confirm"))
        assert (response.status_code, "gilt nicht mehr" in response.text) == (410, True)
    here.reader()
    await client.post(own("unsubscribe"))
    assert (await client.post(own("preferences"), data={"cadence": "daily"})).status_code == 410
    assert "schon beendet" in (await client.get(own("unsubscribe"))).text
    assert here.state() is ENDED


async def test_the_suppressed_cannot_confirm(here: Site, client: httpx.AsyncClient) -> None:
    here.ask()
    here.register.suppress(ADDRESS, "x", here.now)
    assert (await client.post(own("confirm"))).status_code == 410


@pytest.mark.parametrize("email", ["", "mara", "mara@leser", "<script>@x", "a" * 3000 + "@leser.example"])
async def test_a_form_with_errors_comes_back_filled(here: Site, client: httpx.AsyncClient, email: str) -> None:
    response = await client.post("/subscribe", data=FORM | {"email": email, "cadence": "hourly"})
    assert response.status_code == 422
    page = response.text
    assert "<title>Fehler: " in page
    assert re.search(r'id="errors" tabindex="-1" autofocus', page)
    assert "Bitte berichtigen Sie 2 Angaben" in page
    assert 'href="#email"' in page
    assert 'href="#cadence-1"' in page
    assert 'aria-invalid="true" aria-describedby="email-hint email-error"' in page
    assert '<fieldset role="radiogroup" aria-invalid="true" aria-describedby="cadence-error">' in page
    assert 'value="verkehr" checked' in page
    assert "<script>" not in page
    assert here.emails() == []


async def test_choices_that_are_not_offered_are_refused(here: Site, client: httpx.AsyncClient) -> None:
    for field, value in (("topics", "geheim"), ("language", "tlh"), ("format", "huge"), ("cadence", "immediate")):
        assert (await client.post("/subscribe", data=FORM | {field: value})).status_code == 422, field
    assert here.emails() == []


async def test_a_form_elsewhere_needs_the_address_only(here: Site, client: httpx.AsyncClient) -> None:
    assert (await client.post("/subscribe", data={"email": ADDRESS})).status_code == 200
    wish = here.subscribing.standing(Purpose.CONFIRM, token(Purpose.CONFIRM, 1), here.now).subscription.wish
    assert (wish.cadence, wish.topics) == (Cadence.DAILY, ())


async def test_saving_keeps_a_topic_that_is_no_longer_offered(here: Site, client: httpx.AsyncClient) -> None:
    here.reader(topics=["verkehr"])
    here.offer._topics_of = lambda feed: ()
    page = (await client.get(own("preferences"))).text
    assert re.search(r'name="topics" value="verkehr" checked', page)
    await client.post(own("preferences"), data={"cadence": "weekly", "topics": "verkehr"})
    wish = here.subscribing.standing(Purpose.PREFERENCES, token(Purpose.PREFERENCES, 1), here.now).subscription.wish
    assert (wish.cadence, wish.topics) == (Cadence.WEEKLY, ("verkehr",))


async def test_robots_fill_what_people_do_not_see(here: Site, client: httpx.AsyncClient) -> None:
    answers = {
        (await client.post("/subscribe", data=FORM | {"website": web})).content for web in ("", "http://spam.example")
    }
    assert (len(answers), here.mails()) == (1, 1)
    assert (await client.post("/subscribe", data=FORM | {"email": "x", "website": "spam"})).status_code == 200


async def test_one_connection_cannot_ask_for_everybody(here: Site) -> None:
    async with here.client(client="127.0.0.1") as client:
        statuses = []
        for number in range(32):
            form = FORM | {"email": f"reader{number}@leser.example"}
            response = await client.post(
                "/subscribe", data=form, headers={"X-Forwarded-For": f"10.{number}.0.1, 198.51.100.7"}
            )
            statuses.append(response.status_code)
        assert statuses == [200] * 30 + [429] * 2
        assert (int(response.headers["retry-after"]), here.mails()) == (601, 30)
        other = await client.post("/subscribe", data=FORM, headers={"X-Forwarded-For": "203.0.113.9"})
        assert other.status_code == 200


async def test_bodies_are_bounded(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()

    async def flood() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"a" * 1024

    for path in ("/subscribe", own("preferences"), own("unsubscribe"), "/healthz"):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await client.post(path, content=b"a" * 70_000, headers=kind)).status_code == 413, path
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post("/subscribe", content=flood(), headers=kind)).status_code == 413
    file = {"file": ("x", b"x")}
    assert (await client.post("/subscribe", files=file)).status_code == 400


async def test_german_and_english(here: Site, client: httpx.AsyncClient) -> None:
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    page = await client.get("/subscribe", headers=english)
    assert (page.headers["content-language"], page.headers["vary"]) == ("en", "Accept-Language")
    assert '<html lang="en">' in page.text
    assert "I agree that Stadt Musterstadt uses my e-mail address" in page.text
    assert '<a href="?lang=de" lang="de" hreflang="de">Deutsch</a>' in page.text
    sent = await client.post("/subscribe?lang=en", data=FORM | {"language": "de"})
    assert "Please look into your mailbox" in sent.text
    own_page = await client.get(own("confirm"), headers=english)
    assert '<html lang="de">' in own_page.text  # as the mail
    assert '<html lang="en">' in (await client.get(own("confirm") + "?lang=en")).text
    asked, *_ = here.register.proof(ADDRESS)
    assert asked.wording.startswith("[2026-11] I agree that")


@pytest.mark.parametrize("prefix", ["/newsletter", ""])  # a proxy takes it off, or leaves it
async def test_all_lies_under_the_public_path(sqlite_url: str, tmp_path: Path, prefix: str) -> None:
    with site(sqlite_url, tmp_path, "https://www.musterstadt.example/newsletter/") as here:
        here.reader()
        (tmp_path / "public/feeds").mkdir()
        (tmp_path / "public/feeds/index.html").write_text("feeds")
        transport = httpx.ASGITransport(here.app)
        async with httpx.AsyncClient(transport=transport, base_url="https://www.musterstadt.example") as client:
            for path in ("/subscribe", own("preferences"), own("unsubscribe"), "/feeds/", "/healthz", "/style.css"):
                assert (await client.get(prefix + path)).status_code == 200, path
            pages = [await client.get(prefix + path) for path in ("/subscribe", own("preferences"), "/nowhere")]
            for page in pages:
                for address in re.findall(r'(?:href|action|src)="([^"]*)"', page.text):
                    assert address.startswith(("/newsletter/", "#", "?", "https://musterstadt.example/", "mailto:")), (
                        address
                    )
            moved = await client.get(prefix + "/feeds")
            assert moved.headers["location"] == "/newsletter/feeds/"
            assert (await client.get("/newsletterx/subscribe")).status_code == 404


async def test_every_answer_is_guarded(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    for path in ("/subscribe", own("preferences"), "/style.css", "/nowhere", "/healthz"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert (headers["referrer-policy"], headers["x-content-type-options"]) == ("no-referrer", "nosniff")
        assert headers["strict-transport-security"].startswith("max-age=")
        assert "set-cookie" not in headers


async def test_http_is_not_told_to_be_https(sqlite_url: str, tmp_path: Path) -> None:
    with site(sqlite_url, tmp_path, "http://127.0.0.1:8000") as here:
        async with here.client() as client:
            headers = (await client.get("/subscribe")).headers
    assert "strict-transport-security" not in headers
    assert "http:" in headers["content-security-policy"]


async def test_several_newsletters_are_chosen_first(sqlite_url: str, tmp_path: Path) -> None:
    with site(sqlite_url, tmp_path, newsletters=2) as here:
        first, second = here.reader(), here.reader(newsletter="rat")
        async with here.client() as client:
            for method in ("GET", "POST"):
                choice = await client.request(method, "/subscribe")
                assert 'href="/subscribe?newsletter=rat&amp;lang=de"' in choice.text
            assert "Abonnieren: Aus dem Rat" in (await client.get("/subscribe?newsletter=rat")).text
            assert (await client.get("/subscribe?newsletter=nope")).status_code == 404
            assert (
                await client.post("/subscribe?newsletter=rat", data={"email": "olli@leser.example"})
            ).status_code == 200
            assert here.id_of("olli@leser.example", "rat") == 3
            left = await client.post(own("unsubscribe", first), data={"scope": "everything"})
            assert "Alle Newsletter sind abbestellt" in left.text
        assert (here.state(first), here.state(second)) == (ENDED, ENDED)


async def test_without_a_newsletter_there_are_feeds(sqlite_url: str, tmp_path: Path) -> None:
    with site(sqlite_url, tmp_path, newsletters=0) as here:
        async with here.client() as client:
            page = await client.get("/subscribe")
    assert (page.status_code, "Es gibt noch keinen Newsletter" in page.text) == (200, True)


async def test_who_has_a_newsletter_that_is_no_more_can_still_leave(sqlite_url: str, tmp_path: Path) -> None:
    with site(sqlite_url, tmp_path, newsletters=2) as here:
        subscription = here.reader(newsletter="rat")
        fewer = Site(
            here.database, here.settings.model_copy(update={"newsletters": here.settings.newsletters[:1]}), here.journal
        )
        async with fewer.client() as client:
            assert (await client.get(own("unsubscribe", subscription))).status_code == 200
            assert (await client.get(own("preferences", subscription))).status_code == 404
            assert (await client.post(own("unsubscribe", subscription))).status_code == 200
        assert here.state(subscription) is ENDED


async def test_wrong_methods_and_addresses_help(client: httpx.AsyncClient) -> None:
    wrong = await client.put("/subscribe")
    assert (wrong.status_code, "GET" in wrong.headers["allow"]) == (405, True)
    lost = await client.get("/nowhere")
    assert (lost.status_code, "Diese Seite gibt es nicht" in lost.text) == (404, True)
    assert (await client.get("/subscribe/")).status_code == 404


async def test_health(here: Site, client: httpx.AsyncClient) -> None:
    assert ((await client.get("/healthz")).text, (await client.get("/readyz")).text) == ("ok\n", "ready\n")
    here.problems.append("the database is locked")
    response = await client.get("/readyz")
    assert (response.status_code, response.text) == (503, "the database is locked\n")


async def test_the_log_says_no_token_address_or_query(here: Site, client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await client.post("/subscribe?x=secret", data=FORM)
        await client.get(own("confirm"))
        await client.get("/style.css")
        await client.get("/nowhere/secret")
    asked = [(line["method"], line["route"], line["status"]) for line in lines]
    assert asked == [
        ("POST", "/subscribe", 200),
        ("GET", "/confirm/{token}", 200),
        ("GET", "(published)", 200),
        ("GET", "(none)", 404),
    ]
    assert all(isinstance(line["ms"], float) for line in lines)
    assert not re.search(r"secret|leser|[a-z2-7]{40}", str(lines))


@pytest.mark.parametrize(
    ("error", "status"), [(StoreError("the database has no room left"), 503), (ValueError("mara@leser.example"), 500)]
)
async def test_a_failure_shows_and_logs_no_inside(
    here: Site, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    here.reader()

    def fail(self: Audience, work: object) -> None:
        raise error

    monkeypatch.setattr(Audience, "write", fail)
    with capture_logs() as lines:
        response = await client.post(own("unsubscribe"))
    assert (response.status_code, "Bei uns ist etwas schiefgegangen" in response.text) == (status, True)
    assert "Traceback" not in response.text
    assert lines[0]["log_level"] == "error"
    assert "leser" not in str(lines)
    assert response.headers["referrer-policy"] == "no-referrer"


async def test_figures_are_for_the_machine_that_watches(here: Site, client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 404
    async with here.client(client="127.0.0.1") as near:
        answer = await near.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        assert (answer.status_code, answer.text) == (200, "newsletter_paused 0.0\n")
        through = await near.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
        assert through.status_code == 404
        assert (await near.post("/metrics")).status_code == 404


async def test_an_editors_own_words_stand_over_the_form_and_on_record(sqlite_url: str, tmp_path: Path) -> None:
    texts = {
        "sign_up": "Hier gibt es Meldungen.\n\nSie sind leicht zu lesen.",
        "consent": "Ja, ich will.",
        "confirmation": "?",
    }
    with site(sqlite_url, tmp_path) as here:
        letter = here.offer.newsletters[0].model_copy(update={"texts": Texts.model_validate(texts)})
        here.offer.newsletters = (letter,)
        async with here.client() as client:
            shown = await client.get("/subscribe")
            assert "Sie sind leicht zu lesen.</p>" in shown.text
            assert "Ja, ich will." in shown.text
            assert "Ich willige ein" not in shown.text
            await client.post("/subscribe", data=FORM)
            asked = await client.get(own("confirm"))
            assert "Ja, ich will.\n\nGewählt: wöchentlich" in asked.text
            await client.post(own("confirm"))
        consents = here.rows()["consents"]
    assert "Ja, ich will." in consents[-1].wording
    assert "Themen: Verkehr" in consents[-1].wording


async def test_who_found_a_hole_is_told_where_to_write(here: Site) -> None:
    """RFC 9116: a contact and a time less than a year ahead; no such page where nobody is named."""
    path = "/.well-known/security.txt"
    async with here.client() as client:
        assert (await client.get(path)).status_code == 404
    named = here.settings.site.model_copy(update={"security_contact": "mailto:sicherheit@musterstadt.example"})
    there = Site(here.database, here.settings.model_copy(update={"site": named}), here.journal, now=here.now)
    async with there.client() as client:
        answer = await client.get(path)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:sicherheit@musterstadt.example"
    assert fields["Canonical"] == f"{here.settings.site.base_url}{path}"
    ahead = datetime.fromisoformat(fields["Expires"]) - here.now
    assert timedelta(days=90) < ahead < timedelta(days=365)
