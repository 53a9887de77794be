"""What came back, over HTTP: by newsletter, kind and edition, page by page, and for nobody who may not see it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from newsletter.deliver.feedback.returned import Complaint, Kind, Reason, Returned
from newsletter.deliver.hook import Event
from newsletter.i18n import translations
from newsletter.model import NoticeKind, Role
from newsletter.store.deliveries import add_notice
from newsletter.store.tables import deliveries, editions, notices
from newsletter.web.admin.returned import COMPLAINTS, REASONS
from tests.integration.web.admin.test_editions_more import doubtful
from tests.integration.web.admin.world import Office

PATH = "/admin/editions/returned"
GONE = Returned(Kind.BOUNCE, permanent=True, status="5.1.1", reason=Reason.USER_UNKNOWN)
FULL = Returned(Kind.BOUNCE, permanent=False, status="5.2.2", reason=Reason.MAILBOX_FULL)
SPAM = Returned(Kind.COMPLAINT, reason=Complaint.ABUSE)


def came_back(desk: Office) -> None:
    """Of the three mails of an edition one address is gone, one mailbox is full, one reader complains."""
    query = select(deliveries.c.id, editions.c.dated).join(editions).order_by(deliveries.c.id)
    rows = desk.program.database.read(lambda connection: connection.execute(query).all())
    readers = ("a@post.example", "b@post.example", "c@brief.example")
    for (id, dated), address, said in zip(rows, readers, (GONE, FULL, SPAM), strict=True):
        tell(desk, desk.program.keys.message_id(id, dated, "mark"), address, said)


def tell(desk: Office, mark: str, address: str, said: Returned) -> None:
    found = desk.program.returns.told(Event(mark[1:].removesuffix("@mark>"), address, said))
    assert found.delivery is not None


def lines(page: str) -> list[list[str]]:
    """The rows of the table, a text a cell."""
    rows = re.findall(r"<tr>\n(.*?)</tr>", page, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)] for row in rows]


async def test_what_came_back_stands_there_with_its_reason(desk: Office, edition: str) -> None:
    doubtful(desk, edition)
    async with desk.signed_in(Role.EDITOR) as client:
        assert "Nichts kam zurück." in (await client.get(PATH)).text
        came_back(desk)
        german = lines((await client.get(PATH)).text)
        english = lines((await client.get(f"{PATH}?lang=en")).text)
    when = "24. November 2026, 07:00 Uhr"
    told = [when, "Pressemitteilungen", edition]
    assert [row[:1] + row[2:4] for row in german] == [told] * 3
    assert [[row[1], *row[4:]] for row in german] == [
        ["c…@brief.example", "als unerwünscht gemeldet", "als Spam gemeldet", "nicht gesagt"],
        ["b…@post.example", "kam zurück", "das Postfach ist voll 5.2.2", "vorerst"],
        ["a…@post.example", "kam zurück", "kein solches Postfach 5.1.1", "endgültig"],
    ]
    assert english[2][4:] == ["came back", "no such mailbox 5.1.1", "for good"]


async def test_it_is_filtered_and_read_page_by_page(
    desk: Office, edition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubtful(desk, edition)
    came_back(desk)
    monkeypatch.setattr("newsletter.web.admin.pages.returned.AT_ONCE", 2)
    async with desk.signed_in(Role.VIEWER) as client:

        async def found(query: str) -> list[str]:
            return [row[1][0] for row in lines((await client.get(PATH + query)).text)]

        assert await found("?kind=bounced") == ["b", "a"]
        assert await found("?kind=bounced&newsletter=rat") == []
        assert await found(f"?edition={edition}&newsletter=presse") == ["c", "b"]
        assert await found("?edition=another") == []
        first = (await client.get(f"{PATH}?newsletter=presse")).text
        older = re.search(r'href="[^"]*returned(\?[^"]*before=\d+)"', first)
        assert older
        assert await found(older[1].replace("&amp;", "&")) == ["a"]
        for odd in ("?kind=uncertain", "?before=x", f"?before={'9' * 30}", "?kind=%00", "?newsletter=%00presse"):
            assert await found(odd) == ["c", "b"], odd


async def test_who_edits_one_newsletter_sees_what_came_back_of_it_alone(desk: Office, edition: str) -> None:
    doubtful(desk, edition)
    came_back(desk)
    async with desk.signed_in(newsletters={"rat": Role.EDITOR}, name="rat") as client:
        page = (await client.get(f"{PATH}?newsletter=presse&edition={edition}")).text
        assert (lines(page), "Pressemitteilungen" in page) == ([], False)
    async with desk.signed_in(newsletters={"presse": Role.VIEWER}, name="presse") as client:
        page = (await client.get(PATH)).text
        assert (len(lines(page)), "Aus dem Rat" in page) == (3, False)


async def test_notices_come_back_too_and_the_erased_have_no_address(desk: Office, edition: str) -> None:
    doubtful(desk, edition)
    program = desk.program
    who = program.subscribers.with_address("c@brief.example")
    assert who is not None
    (subscription,) = program.subscribers.one(who.id)[1]
    told = program.database.write(
        lambda rows: add_notice(rows, NoticeKind.DATA, subscription.id, who.id, "de", desk.now)
    )
    query = select(deliveries.c.id, notices.c.dated).join(notices).where(notices.c.id == told)
    ((id, dated),) = program.database.read(lambda rows: rows.execute(query).all())
    tell(desk, program.keys.message_id(id, dated, "mark"), "c@brief.example", FULL)
    program.register.erase("c@brief.example", desk.now)
    async with desk.signed_in(newsletters={"presse": Role.EDITOR}, name="presse") as client:
        ((_when, address, newsletter, mail, *_rest),) = lines((await client.get(PATH)).text)
    assert (address, newsletter, mail) == ("(gelöscht)", "Pressemitteilungen", "eine Nachricht")


async def test_deliveries_and_subscribers_say_it_in_the_same_words(desk: Office, edition: str) -> None:
    doubtful(desk, edition)
    came_back(desk)
    who = desk.program.subscribers.with_address("a@post.example")
    assert who is not None
    async with desk.signed_in(Role.EDITOR) as client:
        page = (await client.get(f"/admin/editions/{edition}/deliveries")).text
        assert f'href="/admin/editions/returned?edition={edition}"' in page
        assert "kam zurück: kein solches Postfach" in page
        assert "als unerwünscht gemeldet: als Spam gemeldet" in page
        subscriber = (await client.get(f"/admin/subscribers/{who.id}")).text
        assert subscriber.count("kam zurück: kein solches Postfach") == 2  # beside the mail, and why it is suppressed
        reasons = (await client.get("/admin/subscribers/suppressed")).text
    assert '<th scope="row">kam zurück: kein solches Postfach 5.1.1</th>' in reasons
    assert '<th scope="row">als unerwünscht gemeldet: als Spam gemeldet</th>' in reasons


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(COMPLAINTS) == set(Complaint)
    german = translations("de")
    assert not [said for said in (*REASONS.values(), *COMPLAINTS.values()) if german.gettext(said) == said]
