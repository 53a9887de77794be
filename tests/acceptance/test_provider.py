"""A provider instead of a mail server: editions, confirmations and alarms go through it, and its calls are heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.acceptance.instance import Instance
from tests.acceptance.portal import Portal
from tests.servers.provider import Provider, Taken, provided

pytestmark = pytest.mark.usefixtures("quiet")

GONE, SPAM, STAYS = "weg@leser.example", "spam@leser.example", "bleibt@leser.example"
NOW = datetime.now(UTC).replace(microsecond=0)
NOON = (NOW + timedelta(days=1)).replace(hour=12, minute=0)
SECRET = "ein-geheimes-wort"


def test_a_provider_takes_mail_and_tells_what_came_back(instance: Instance, portal: Portal) -> None:
    with provided(Provider("brevo")) as brevo:
        use(instance, brevo)
        portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
        instance.feed("presse", portal.list_url)
        instance.subscribe(GONE, SPAM, STAYS)
        instance.once(NOW.isoformat())
        mails = digest(instance, brevo, NOON)
        assert set(mails) == {GONE, SPAM, STAYS}

        daemon = instance.start("--web-only")
        assert told(instance, event(mails[GONE], "hard_bounce", reason="550 5.1.1 no such user")) == 200
        assert told(instance, event(mails[SPAM], "spam")) == 200
        forged = event(mails[STAYS], "spam") | {"X-Mailin-custom": mails[SPAM].mark}
        assert told(instance, forged) == 200, "whose mark is another's proves nothing"
        assert told(instance, event(mails[STAYS], "spam"), "falsch") == 401
        assert told(instance, event(mails[STAYS], "spam"), place="mailgun") == 404
        assert httpx.get(f"{instance.url}/hooks/brevo").status_code == 405
        assert httpx.post(f"{instance.url}/hooks/brevo", content=b"x" * 2_000_000).status_code == 413
        assert instance.stop(daemon) == 0
        assert SECRET not in instance.log
        standing = {one["email"]: (one["state"], one["suppressed"]) for one in instance.json("subscribers", "list")}
        assert standing == {STAYS: ("active", False), GONE: ("active", True), SPAM: ("ended", True)}

        portal.add("zwei", "Zweite Meldung aus dem Rathaus", NOON)
        assert set(digest(instance, brevo, NOON + timedelta(days=1))) == {STAYS}


def test_alarms_and_tests_go_through_it_too(instance: Instance, portal: Portal) -> None:
    with provided(Provider("brevo")) as brevo:
        use(instance, brevo)
        instance.settings["alerts"] = {"to": ["IT <it@musterstadt.example>", "presse@musterstadt.example"]}
        portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
        instance.feed("presse", portal.list_url)
        instance.subscribe("jürgen@leser.example", STAYS)
        instance.once(NOW.isoformat())
        assert set(digest(instance, brevo, NOON)) == {STAYS}
        instance.once((NOON + timedelta(minutes=5)).isoformat())
        told = {one.recipient: one.got.json for one in brevo.taken if one.recipient.endswith("@musterstadt.example")}
        assert set(told) == {"it@musterstadt.example", "presse@musterstadt.example"}
        alarm = told["it@musterstadt.example"]
        assert alarm["subject"].endswith("Zustellung beiseitegelegt")
        assert "providers do not carry SMTPUTF8" in alarm["textContent"]
        assert alarm["headers"]["Auto-Submitted"] == "auto-generated"
        (edition,) = instance.editions("finished")
        done = instance.run("editions", "send", edition, "--test", "redaktion@musterstadt.example")
        assert done.code == 0, done.err
        assert brevo.recipients()[-1] == "redaktion@musterstadt.example"


def use(instance: Instance, provider: Provider) -> None:
    instance.settings["mail"]["transport"] = provider.name
    instance.settings["mail.api"] = {"key": "key", "url": provider.url, "hook_secret": SECRET}


def digest(instance: Instance, brevo: Provider, moment: datetime) -> dict[str, Taken]:
    brevo.taken.clear()
    instance.once(moment.isoformat())
    return {one.recipient: one for one in brevo.taken if one.recipient.endswith("@leser.example")}


def event(mail: Taken, kind: str, **more: str) -> dict[str, Any]:
    return {"event": kind, "email": mail.recipient, "X-Mailin-custom": mail.mark, **more}


def told(instance: Instance, body: dict[str, Any], secret: str = SECRET, place: str = "brevo") -> int:
    return httpx.post(f"{instance.url}/hooks/{place}", json=body, auth=("hook", secret)).status_code


def test_settings_that_do_not_go_with_a_provider_are_told_at_once(instance: Instance) -> None:
    instance.settings["mail"] |= {"transport": "postmark", "return_path": "bounces+{token}@musterstadt.example"}
    instance.write()
    done = instance.run("run")
    assert done.code != 0
    assert "mail.api.key: postmark needs it" in done.err
    assert "mail.return_path: postmark has its own" in done.err
    checked = instance.run("doctor")
    assert "mail.api.key: postmark needs it" in checked.out + checked.err


@pytest.fixture
def instance(instance: Instance) -> Instance:
    instance.settings["mail"].pop("return_path", None)
    return instance
