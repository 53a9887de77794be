"""`editions send --test`: an editor sees the mail itself, and nobody's ledger changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal

pytestmark = pytest.mark.usefixtures("quiet")

NOW = datetime.now(UTC).replace(microsecond=0)
NOON = (NOW + timedelta(days=1)).replace(hour=12, minute=0)
READER, EDITOR = "leserin@leser.example", "redaktion@musterstadt.example"


def test_an_edition_is_tried_on_one_address(instance: Instance, portal: Portal, mailserver: Mailserver) -> None:
    portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
    instance.feed("presse", portal.list_url)
    instance.subscribe(READER)
    instance.once(NOW.isoformat())
    instance.once(NOON.isoformat())
    (edition,) = instance.editions("finished")
    before = instance.editions()[edition]

    for options in ((), ("--format", "text", "--language", "en")):
        done = instance.run("editions", "send", edition, "--test", EDITOR, *options)
        assert (done.code, done.out.startswith("accepted by the mail server")) == (0, True), done.err
    html, text = mailserver.to(EDITOR)
    assert [mail.subject.startswith("[Test] ") for mail in (html, text)] == [True, True]
    assert "Erste Meldung aus dem Rathaus" in html.html
    assert (text.html, "Erste Meldung aus dem Rathaus" in text.text) == ("", True)
    assert instance.editions()[edition] == before
    assert [mail.recipient for mail in mailserver.mails] == [READER, EDITOR, EDITOR]

    wrong = instance.run("editions", "send", edition, "--test", "keine adresse")
    unknown = instance.run("editions", "send", "presse-daily-20200101T0700Z", "--test", EDITOR)
    assert [(one.code, len(one.err.splitlines())) for one in (wrong, unknown)] == [(1, 1), (1, 1)]
