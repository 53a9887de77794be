"""Subscribers: found, looked at and looked after, as far as somebody's role reaches."""

from __future__ import annotations

import json
import re
from html import unescape

import httpx
import pytest

from newsletter.audience import Defaults
from newsletter.errors import BadInput
from newsletter.model import Role, SubscriptionState
from newsletter.store.readership import Wanted
from tests.integration.web.admin.world import Office, press

HERE = "/admin/subscribers"
MARA, IDA, BOTH = "mara@leser.example", "ida@zeitung.example", "beide@leser.example"


def subscribe(desk: Office, email: str, *newsletters: str) -> int:
    """Somebody with these newsletters; their number."""
    for name in newsletters or ("presse",):
        desk.program.register.add(email, desk.program.offer.wish(name), "Formular, 2026-11-01", desk.now)
    who = desk.program.subscribers.with_address(email)
    assert who is not None
    return who.id


def words(page: httpx.Response) -> str:
    """A page as it is read, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


async def find(client: httpx.AsyncClient, address: str, **more: str) -> httpx.Response:
    return await press(client, HERE, f"{HERE}/find", address=address, **more)


async def test_a_list_with_its_sums_and_filters(desk: Office) -> None:
    subscribe(desk, MARA)
    subscribe(desk, BOTH, "presse", "rat")
    desk.program.subscribing.subscribe(IDA, desk.program.offer.wish("rat"), desk.now, "de")
    async with desk.signed_in(Role.EDITOR) as client:
        said = words(await client.get(HERE))
        assert "Pressemitteilungen 2 0 0 Aus dem Rat 1 1 0" in said
        assert said.index(IDA) < said.index(BOTH) < said.index(MARA)  # the latest first
        pending = words(await client.get(f"{HERE}?newsletter=rat&state=pending"))
        assert IDA in pending
        assert BOTH not in pending
        for odd in ("?state=odd", "?newsletter=%00", "?before=x", "?before=99999999999999999999"):
            assert (await client.get(HERE + odd)).status_code == 200
        assert "Kein Abonnement ist so" in words(await client.get(f"{HERE}?newsletter=weg"))


async def test_long_lists_come_page_by_page_and_nobody_twice(desk: Office) -> None:
    lines = "\n".join(f"leser{number}@amt.example" for number in range(120))
    desk.program.register.import_csv(f"email\n{lines}\n".encode(), desk.now, Defaults("presse", "Formular"))
    seen: list[str] = []
    path = HERE
    async with desk.signed_in(Role.EDITOR) as client:
        while path:
            page = await client.get(path)
            seen += re.findall(r"leser\d+@amt\.example", page.text)
            following = re.search(r'<a href="([^"]+)">Ältere', page.text)
            path = unescape(following[1]) if following else ""
        assert len(seen) == len(set(seen)) == 120
        page, seen, before = await find(client, "@amt"), [], ""
        while True:
            seen += re.findall(r">(leser\d+@amt\.example)<", page.text)
            more = re.search(r'name="before" value="(\d+)"', page.text)
            if more is None:
                break
            before = more[1]
            page = await find(client, "@amt", before=before)
    assert len(seen) == len(set(seen)) == 120


async def test_editors_find_by_a_part_and_viewers_by_the_whole_address_only(desk: Office) -> None:
    number = subscribe(desk, MARA)
    subscribe(desk, "a_b@leser.example")
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        assert (await find(client, " Mara@Leser.Example ")).headers["location"] == f"{HERE}/{number}"
        assert MARA in words(await find(client, "MARA@"))
        literal = words(await find(client, "a_b"))
        assert "a_b@leser.example" in literal
        assert MARA not in words(await find(client, "r_@"))  # no wildcard
        assert MARA not in words(await find(client, "%%%"))
        assert "Niemand hat" in words(await find(client, "niemand@leser.example"))
        short = await find(client, "ma")
        assert (short.status_code, "mindestens drei Zeichen" in words(short)) == (422, True)
    async with desk.signed_in(Role.VIEWER, name="v") as client:
        assert (await find(client, MARA)).headers["location"] == f"{HERE}/{number}"
        refused = await find(client, "mara@")
        assert refused.status_code == 422
        assert "m…@leser.example" in words(await client.get(HERE))
        assert MARA not in (await client.get(HERE)).text
        assert MARA not in (await client.get(f"{HERE}/{number}")).text
    kept = desk.program.audit.store.newest(50, action="subscriber.find")
    assert len(kept) == 9
    assert "mara" not in json.dumps([entry.detail for entry in kept]).lower()  # who looked, and whom they found


async def test_who_has_one_newsletter_sees_nothing_of_the_others(desk: Office) -> None:
    other, both = subscribe(desk, MARA), subscribe(desk, BOTH, "presse", "rat")
    async with desk.signed_in(newsletters={"rat": Role.EDITOR}, name="rat") as client:
        listed = words(await client.get(HERE))
        assert BOTH in listed
        assert MARA not in listed
        assert "Pressemitteilungen" not in listed
        assert MARA not in words(await find(client, "leser.example"))
        assert "Niemand hat" in words(await find(client, MARA))
        assert (await client.get(f"{HERE}/{other}")).status_code == 404
        shown = words(await client.get(f"{HERE}/{both}"))
        assert "Aus dem Rat" in shown
        assert "Pressemitteilungen" not in shown
        assert "auch andere Newsletter" in shown
        for verb in ("suppress", "data", "erase"):
            assert (await press(client, f"{HERE}/{both}", f"{HERE}/{both}/{verb}", reason="x")).status_code == 403
        assert (await client.get(f"{HERE}/{both}/erase")).status_code == 403
        refused = await press(client, HERE, f"{HERE}/{both}/end", subscription="presse", end_reason="x")
        assert refused.status_code == 404
        exported = await press(client, HERE, f"{HERE}/export")
        assert exported.text.count(BOTH) == 1
        assert ",presse," not in exported.text
        assert (await client.get(f"{HERE}/suppressed")).status_code == 403


async def test_choices_are_changed_and_the_subscription_ended_with_a_reason_on_record(desk: Office) -> None:
    number = subscribe(desk, MARA)
    there = f"{HERE}/{number}/subscriptions/presse"
    wish = {"subscription": "presse", "cadence": "daily", "language": "en", "format": "large"}
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        bare = await press(client, there, f"{HERE}/{number}/change", **wish)
        assert bare.status_code == 422
        assert "Bitte sagen Sie, wer darum gebeten hat" in words(bare)
        odd = await press(client, there, f"{HERE}/{number}/change", **wish | {"cadence": "hourly", "reason": "x"})
        assert odd.status_code == 422
        reason = "am Telefon, 24.11.2026"
        done = await press(client, there, f"{HERE}/{number}/change", **wish, reason=reason)
        assert done.headers["location"] == f"{HERE}/{number}"
        _, (own,), consents = desk.program.subscribers.one(number)
        assert (own.cadence, own.language, own.format) == ("daily", "en", "large")
        assert (consents[-1].action, consents[-1].how, consents[-1].evidence) == ("changed", "command", reason)
        await press(client, there, f"{HERE}/{number}/change", **wish, reason=reason)
        assert len(desk.program.subscribers.one(number)[2]) == len(consents)  # it was so already
        assert (await press(client, there, f"{HERE}/{number}/end", subscription="presse")).status_code == 422
        await press(client, there, f"{HERE}/{number}/end", subscription="presse", end_reason=reason)
        page = words(await client.get(f"{HERE}/{number}"))
        assert "Abonnement beendet, e," in page
        again = await press(client, there, f"{HERE}/{number}/change", **wish, reason=reason)
        assert again.status_code == 409
    _, (own,), consents = desk.program.subscribers.one(number)
    assert own.state is SubscriptionState.ENDED
    assert (consents[-1].action, consents[-1].evidence) == ("withdrawn", reason)
    assert "left" in desk.program.settings.store.journal.read_text()
    newest = desk.program.audit.store.newest(50, subject=str(number))
    assert [(entry.action, entry.detail["newsletter"]) for entry in newest if entry.outcome == "done"] == [
        ("subscriber.end", "presse"),
        ("subscriber.change", "presse"),
        ("subscriber.change", "presse"),
    ]


async def test_their_data_is_handed_out_and_they_are_erased_once_more_asked(desk: Office) -> None:
    number = subscribe(desk, BOTH, "presse", "rat")
    async with desk.signed_in(newsletters={"presse": Role.EDITOR, "rat": Role.EDITOR}, name="e") as client:
        handed = await press(client, f"{HERE}/{number}", f"{HERE}/{number}/data")
        assert handed.json()["email"] == BOTH
        assert len(handed.json()["subscriptions"]) == 2
        assert "attachment" in handed.headers["content-disposition"]
        asked = await client.get(f"{HERE}/{number}/erase")
        assert "Endgültig löschen?" in words(asked)
        assert (await press(client, f"{HERE}/{number}/erase")).status_code == 422
        done = await press(client, f"{HERE}/{number}/erase", reason="Brief vom 20.11.2026")
        assert done.headers["location"] == f"{HERE}/{number}"
        page = words(await client.get(f"{HERE}/{number}"))
        assert "(gelöscht)" in page
        assert BOTH not in page
        assert "eingetragen durch uns" in page or "von uns eingetragen" in page  # the proof stays
        assert (await client.get(f"{HERE}/{number}/erase")).status_code == 404
        assert (await press(client, f"{HERE}/{number}", f"{HERE}/{number}/data")).status_code == 404
    assert desk.program.subscribers.one(number)[0].email is None


async def test_export_defuses_formulas_and_is_on_record(desk: Office) -> None:
    subscribe(desk, "=cmd@leser.example")
    subscribe(desk, MARA)
    async with desk.signed_in(Role.EDITOR) as client:
        answer = await press(client, HERE, f"{HERE}/export", newsletter="presse", state="active")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.text.splitlines()[1].startswith("'=cmd@leser.example,presse,")
        nobody = await press(client, HERE, f"{HERE}/export", state="pending")
        assert len(nobody.text.splitlines()) == 1
    (entry, _) = reversed(desk.program.audit.store.newest(5, action="subscriber.export"))
    assert (entry.outcome, entry.detail) == ("done", {"newsletter": "presse", "state": "active"})


def test_a_reason_is_needed(desk: Office) -> None:
    number = subscribe(desk, MARA)
    (own,) = desk.program.subscribers.one(number)[1]
    with pytest.raises(BadInput):
        desk.program.subscribers.on_behalf.end(own.id, " ", desk.now)


def test_sums_are_of_what_may_be_seen(desk: Office) -> None:
    subscribe(desk, BOTH, "presse", "rat")
    readership = desk.program.subscribers.readership
    assert readership.counts(["rat"]) == {"rat": {SubscriptionState.ACTIVE: 1}}
    assert readership.counts([]) == {}
    assert readership.find(Wanted([]), None, 10) == ([], None)


async def test_the_suppression_list_is_counted_asked_and_added_to(desk: Office) -> None:
    number, there = subscribe(desk, MARA), f"{HERE}/suppressed"
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        assert "0 Adressen sind gesperrt" in words(await client.get(there))
        looked = await press(client, there, f"{there}/find", looked_for="Mara@leser.example")
        assert "Mara@leser.example ist nicht gesperrt" in words(looked)
        bare = await press(client, there, there, address="mara")
        assert bare.status_code == 422
        assert words(bare).count("Bitte schreiben Sie sie wie name@example.org.") == 2
        await press(client, there, there, address="Mara@leser.example", reason="Anruf")
        again = await press(client, there, there, address=MARA, reason="Brief")
        assert again.status_code == 303
        assert "war schon gesperrt" in words(await client.get(again.headers["location"]))
        found = words(await press(client, there, f"{there}/find", looked_for=MARA))
        assert "1 Adresse ist gesperrt" in found
        assert "Uhr: Anruf" in found
        assert "Gesperrt An diese Adresse" in words(await client.get(f"{HERE}/{number}"))
        other = subscribe(desk, IDA)
        assert (await press(client, f"{HERE}/{other}", f"{HERE}/{other}/suppress")).status_code == 422
        await press(client, f"{HERE}/{other}", f"{HERE}/{other}/suppress", reason="Anruf")
    async with desk.signed_in(Role.VIEWER, name="v") as client:
        said = words(await client.get(there))
    assert "2 Adressen sind gesperrt" in said
    assert "Anruf 2" in said
    assert "Zu sperrende Adresse" not in said
    assert desk.program.subscribers.suppression(IDA) is not None
    assert desk.program.settings.store.journal.read_text().count("suppressed") == 3
    kept = [entry.detail for entry in desk.program.audit.store.newest(50)]
    assert "mara" not in json.dumps(kept).lower()


async def test_an_admin_lifts_a_suppression_after_a_look_at_what_comes_of_it(desk: Office) -> None:
    number, ida = subscribe(desk, MARA), subscribe(desk, IDA)
    hashes = {one: desk.program.keys.address_hash(one) for one in (MARA, IDA)}
    desk.program.register.give_up(hashes[MARA], "bounce: user-unknown: 5.1.1", desk.now)
    desk.program.register.suppress(IDA, "Anruf", desk.now)
    there = {one: f"{HERE}/suppressed/{hashes[one]}/lift" for one in hashes}
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        assert "Sperre aufheben" not in words(await client.get(f"{HERE}/{number}"))
        assert (await client.get(there[MARA])).status_code == 403
        assert (await press(client, HERE, there[MARA], reason="x")).status_code == 403
    async with desk.signed_in(newsletters={"presse": Role.ADMIN}, name="p") as client:
        assert (await client.get(there[MARA])).status_code == 403
    async with desk.signed_in(Role.ADMIN, name="a") as client:
        assert there[MARA] in (await client.get(f"{HERE}/{number}")).text
        asked = words(await client.get(there[MARA]))
        assert MARA in asked
        assert "es kommen wieder: Pressemitteilungen" in asked
        assert (await press(client, there[MARA], there[MARA])).status_code == 422
        assert desk.program.subscribers.suppression(MARA) is not None
        done = await press(client, there[MARA], there[MARA], reason="Anruf, Postfach geht wieder")
        assert "die E-Mails kommen wieder" in words(await client.get(done.headers["location"]))
        found = await press(client, f"{HERE}/suppressed", f"{HERE}/suppressed/find", looked_for=IDA)
        assert there[IDA] in found.text
        assert "Was noch abonniert ist, endet: Pressemitteilungen" in words(await client.get(there[IDA]))
        done = await press(client, there[IDA], there[IDA], reason="Anruf")
        assert "kann wieder abonnieren" in words(await client.get(done.headers["location"]))
        assert (await client.get(there[IDA])).status_code == 404
    states = [desk.program.subscribers.one(one)[1][0].state for one in (number, ida)]
    assert states == [SubscriptionState.ACTIVE, SubscriptionState.ENDED]
    lifts = [one for one in desk.program.audit.store.newest(50, actor="a") if one.action == "suppression.lift"]
    assert [(one.subject, one.outcome, one.detail.get("reason")) for one in lifts] == [
        (hashes[IDA], "done", "Anruf"),
        (hashes[MARA], "done", "Anruf, Postfach geht wieder"),
        (hashes[MARA], "refused", None),
    ]


async def test_somebody_is_entered_with_a_consent_or_asked_by_mail(desk: Office) -> None:
    there = f"{HERE}/new"
    async with desk.signed_in(newsletters={"presse": Role.EDITOR}, name="e") as client:
        bare = await press(client, there, there, email="mara")
        assert bare.status_code == 422
        for wrong in ("keine vollständige E-Mail-Adresse", "wo und wann die Einwilligung", "eine dieser Möglichkeiten"):
            assert wrong in words(bare)
        other = await press(client, there, there, email=MARA, newsletter="rat", consent="x")
        assert other.status_code == 422
        wish = {"email": "Mara@leser.example", "newsletter": "presse"}
        done = await press(client, there, there, **wish, consent="Formular, 1.11.2026")
        assert "Eingetragen." in words(await client.get(done.headers["location"]))
        again = await press(client, there, there, **wish, consent="Formular, 1.11.2026")
        assert "schon eingetragen" in words(await client.get(again.headers["location"]))
        asked = await press(client, there, f"{HERE}/ask", email=IDA, newsletter="presse")
        assert "per E-Mail gefragt" in words(await client.get(asked.headers["location"]))
        desk.program.register.suppress(BOTH, "Brief", desk.now)
        refused = await press(client, there, there, email=BOTH, newsletter="presse", consent="Formular")
        assert (refused.status_code, "ist gesperrt" in words(refused)) == (422, True)
    states = desk.program.subscribers.readership.counts(None)["presse"]
    assert states == {SubscriptionState.ACTIVE: 1, SubscriptionState.PENDING: 1}
    who = desk.program.subscribers.with_address(MARA)
    assert who is not None
    (consent,) = desk.program.subscribers.one(who.id)[2]
    assert (consent.action, consent.evidence) == ("imported", "Formular, 1.11.2026")
    done_ = [entry for entry in desk.program.audit.store.newest(50, actor="e") if entry.outcome == "done"]
    assert [entry.action for entry in done_] == ["subscriber.ask", "subscriber.add", "subscriber.add"]
    assert "leser.example" not in json.dumps([entry.detail for entry in done_])
