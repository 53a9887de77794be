"""How people hear of alarms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newsletter.app.alarms import AlarmBoard
from newsletter.config import Settings
from newsletter.errors import TransportError
from newsletter.model import AlarmKind
from newsletter.said import Said
from newsletter.store.alarms import Alarms
from newsletter.store.database import Database
from tests.servers.web import serving

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)


class Chat:
    """A webhook that answers as it is told."""

    def __init__(self) -> None:
        self.status, self.heard = 200, list[Any]()
        self.app = Starlette(routes=[Route("/hook", self.hear, methods=["POST"])])

    async def hear(self, request: Request) -> Response:
        self.heard.append(await request.json())
        return Response(status_code=self.status)


def board(
    database: Database, webhook: str, mailed: list[Sequence[Any]], fault: Exception | None = None, language: str = "de"
) -> AlarmBoard:
    site = {"title": "Presse", "base_url": "https://n.example", "publisher": "Stadt", "contact": "p@n.example"}
    site |= {"language": language}
    alerts = {"to": ["IT <it@n.example>"], "webhook": webhook}
    mail = {"from": "p@n.example", "transport": "smtp"}
    settings = Settings.model_validate({"site": site, "mail": mail, "alerts": alerts})

    def post(*given: Any) -> None:
        if fault:
            raise fault
        mailed.append(given)

    return AlarmBoard(settings, Alarms(database), post)


def test_mail_and_webhook_are_told_once(database: Database) -> None:
    chat, mailed = Chat(), list[Sequence[Any]]()
    with serving(chat.app) as url:
        own = board(database, f"{url}/hook", mailed)
        own.sound("a", AlarmKind.RUN_PAUSED, "the mail server refuses us", NOW)
        assert [own.tell(NOW), own.tell(NOW), own.tell(NOW + timedelta(hours=23))] == [1, 0, 0]
        assert own.tell(NOW + timedelta(hours=25)) == 1, "it still stands"
    first, _ = chat.heard
    assert "the mail server refuses us" in first["text"]
    (alarm,) = first["alarms"]
    assert alarm == {
        "key": "a",
        "kind": str(AlarmKind.RUN_PAUSED),
        "message": "the mail server refuses us",
        "raised_at": NOW.isoformat(),
    }
    assert [given[2] for given in mailed] == [["it@n.example"], ["it@n.example"]]


def test_mail_and_chat_are_told_in_the_language_of_the_site_programs_in_english(database: Database) -> None:
    chat, mailed = Chat(), list[Sequence[Any]]()
    with serving(chat.app) as url:
        for language in ("de", "en"):
            own = board(database, f"{url}/hook", mailed, language=language)
            why = Said("nothing was due")
            own.sound(
                "a", AlarmKind.EDITION_HELD, Said("%(row)s could not be composed: %(why)s", row="x", why=why), NOW
            )
            own.sound("b", AlarmKind.RUN_PAUSED, "words of somebody else", NOW)
            assert own.tell(NOW) == 2
            own.resolve("a")
            own.resolve("b")
    (subject, german, *_), (english_subject, english, *_) = mailed
    assert subject == "[Presse] Ausgabe zurückgehalten und 1 weitere"
    assert german == (
        "Ausgabe zurückgehalten, seit 2026-11-27 06:00 UTC:\n"
        "x konnte nicht zusammengestellt werden: nichts stand an\n\n"
        "Versand angehalten, seit 2026-11-27 06:00 UTC:\nwords of somebody else\n\n"
        "`newsletter status` zeigt, was ansteht.\n"
    )
    assert english_subject == "[Presse] edition held and 1 more"
    assert "edition held, since 2026-11-27 06:00 UTC:\nx could not be composed: nothing was due\n" in english
    assert chat.heard[0]["text"] == f"{subject}\n{german}"
    assert chat.heard[0]["alarms"][0]["message"] == "x could not be composed: nothing was due"


@pytest.mark.parametrize(("mail_fails", "status"), [(True, 200), (False, 500), (True, 500)])
def test_one_way_is_enough_and_without_any_it_is_tried_again(database: Database, mail_fails: bool, status: int) -> None:
    chat = Chat()
    chat.status = status
    with serving(chat.app) as url:
        own = board(database, f"{url}/hook", [], TransportError("away") if mail_fails else None)
        own.sound("a", AlarmKind.RUN_PAUSED, "x", NOW)
        heard = not mail_fails or status == 200
        assert [own.tell(NOW), own.tell(NOW)] == ([1, 0] if heard else [0, 0])
    assert len(chat.heard) == (1 if heard else 2)


def test_no_webhook_is_none(database: Database) -> None:
    mailed: list[Sequence[Any]] = []
    own = board(database, "", mailed)
    own.sound("a", AlarmKind.RUN_PAUSED, "x", NOW)
    assert own.tell(NOW) == 1
    assert len(mailed) == 1
