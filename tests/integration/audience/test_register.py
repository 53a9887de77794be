"""The publisher adds, imports, exports, erases and suppresses; on both databases."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from newsletter.audience import Defaults, csv_lines, json_lines
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import Cadence, Format, SubscriptionState
from newsletter.store.database import Database
from newsletter.store.journal import Journal
from newsletter.tokens import Purpose
from tests.integration.audience.world import ADDRESS, World, settings, token

GERMAN = """\
E-Mail-Adresse;Themen;Rhythmus;Sprache;Format;Einwilligung;Datum;Telefon
Mara@Leser.example;Verkehr, Bildung;täglich;Deutsch;Großdruck;Formular am Infostand;01.11.2026;4711
olli@leser.example;;wöchentlich;Englisch;nur Text;Formular;2026-11-02;
keine-adresse;;;;;Formular;;
ohne@leser.example;;;;;;;
thema@leser.example;Verkher;;;;Formular;;
takt@leser.example;;immer;;;Formular;;
morgen@leser.example;;;;;Formular;24.12.2026;
mara@leser.example;;;;;Formular;;

weg@leser.example;;;;;Formular;;
""".encode("cp1252")


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, settings(tmp_path, newsletters=2), Journal(tmp_path / "journal"))


def test_a_german_spreadsheet(world: World) -> None:
    world.register.suppress("weg@leser.example", "beschwerte sich", world.now)
    report = world.register.import_csv(GERMAN, world.now, Defaults(newsletter="presse"))
    assert (report.added, report.already, report.ignored_columns) == (2, 1, ("Telefon",))
    assert [(refusal.line, refusal.reason.partition(":")[0]) for refusal in report.refused] == [
        (4, "no mail address"),
        (5, "no proof of consent"),
        (6, "topic 'Verkher' is not known; did you mean verkehr?"),
        (7, "cadence 'immer'"),
        (8, "the consent's date 2026-12-24 lies in the future"),
        (11, "the address is suppressed"),
    ]
    mara, olli = world.register.entries()
    own = mara.subscription
    assert (own.topics, own.cadence, own.format) == (("bildung", "verkehr"), Cadence.DAILY, Format.LARGE)
    assert own.state is SubscriptionState.ACTIVE
    assert [(one.action, one.how, one.evidence) for one in mara.consents] == [
        ("imported", "import", "Formular am Infostand (2026-11-01)")
    ]
    assert (olli.subscription.language, olli.subscription.cadence) == ("en", Cadence.WEEKLY)


def test_a_second_import_adds_nothing(world: World) -> None:
    defaults = Defaults(newsletter="presse", consent="Liste 2026")
    rows = "email\n" + "".join(f"leser{number}@leser.example\n" for number in range(700))
    heard: list[int] = []
    first = world.register.import_csv(rows.encode(), world.now, defaults, heard.append)
    assert (first.added, first.already, first.refused, heard[-1]) == (700, 0, (), 700)
    second = world.register.import_csv(rows.encode(), world.now, defaults)
    assert (second.added, second.already, second.refused) == (0, 700, ())
    assert len(list(world.register.entries("presse"))) == 700
    assert len(world.actions()) == 700


def test_no_file_brings_back_who_said_goodbye(world: World) -> None:
    left, erased = world.reader(), world.reader("olli@leser.example")
    world.reader("pia@leser.example", "rat")
    world.subscribing.leave(token(Purpose.UNSUBSCRIBE, left), world.now)
    world.register.erase("olli@leser.example", world.now)
    rows = (
        b"email,newsletter,consent\nmara@leser.example,presse,x\nolli@leser.example,rat,x\nmara@leser.example,rat,x\n"
    )
    report = world.register.import_csv(rows + b"pia@leser.example,presse,x\n", world.now)
    assert (report.added, [refusal.line for refusal in report.refused]) == (1, [2, 3, 4])
    assert world.emails() == [ADDRESS, None, "pia@leser.example"]
    for address in (ADDRESS, "olli@leser.example"):
        with pytest.raises(StateError, match="ended by its owner"):
            world.register.add(address, world.wish(), "Formular", world.now)
    assert world.state(erased) is SubscriptionState.ENDED


def test_a_wish_that_was_never_confirmed_does_not_keep_a_signed_form_out(world: World) -> None:
    world.ask()
    assert world.register.add(ADDRESS, world.wish(cadence="weekly"), "Formular 2026-11-01", world.now) is True
    world.ask("olli@leser.example")
    world.later(days=8)
    world.subscribing.forget_unconfirmed(world.now)
    assert world.register.add("olli@leser.example", world.wish(), "Formular 2026-11-01", world.now) is True
    assert [entry.subscription.state for entry in world.register.entries()] == [SubscriptionState.ACTIVE] * 2
    assert world.register.add(ADDRESS, world.wish(), "Formular 2026-11-01", world.now) is False


def test_adding_needs_proof(world: World) -> None:
    with pytest.raises(BadInput, match="no proof"):
        world.register.add(ADDRESS, world.wish(), "  ", world.now)
    assert world.emails() == []


def test_an_erased_address_is_nowhere(world: World, tmp_path: Path) -> None:
    subscription = world.reader()
    world.reader("olli@leser.example")
    assert world.register.erase("Mara@leser.example", world.now) == 1
    assert world.emails() == [None, "olli@leser.example"]
    assert world.goodbyes() == [("erased", None)]
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert b"mara@leser" not in file.read_bytes(), file.name
    kept = [consent.action for consent in world.register.proof(ADDRESS)]
    assert kept == ["asked", "confirmed", "withdrawn"]
    left = world.subscribing.leave(token(Purpose.UNSUBSCRIBE, subscription), world.now)
    assert (left.address, left.subscription.state) == ("", SubscriptionState.ENDED)
    with pytest.raises(NotFound):
        world.register.erase("nobody@leser.example", world.now)


def test_the_erased_may_come_back_by_themselves(world: World) -> None:
    world.reader()
    world.register.erase(ADDRESS, world.now)
    world.later(days=2)
    world.reader()
    assert world.emails() == [ADDRESS]


def test_suppressing_is_for_good_and_for_unknown_addresses_too(world: World) -> None:
    world.reader()
    world.register.suppress(ADDRESS, "beschwerte sich", world.now)
    world.register.suppress("fremd@leser.example", "wünscht keine Post", world.now)
    assert [entry.suppressed for entry in world.register.entries()] == [True]
    with pytest.raises(StateError, match="suppressed"):
        world.register.add("fremd@leser.example", world.wish(), "Formular", world.now)


def test_an_export_defuses_formulas_and_can_be_imported(world: World, tmp_path: Path) -> None:
    world.reader("=cmd|calc@leser.example", topics=["verkehr", "bildung"])
    world.register.add("+49@leser.example", world.wish("rat"), '=HYPERLINK("x")', world.now)
    text = "".join(csv_lines(world.register.entries()))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["email"] for row in rows] == ["'=cmd|calc@leser.example", "'+49@leser.example"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert rows[0]["topics"] == "bildung, verkehr"
    again = world.register.import_csv(text.encode(), world.now)
    assert (again.added, again.already, again.refused) == (0, 2, ())


def test_an_export_as_json(world: World) -> None:
    assert json.loads("".join(json_lines(world.register.entries()))) == []
    world.reader()
    (entry,) = json.loads("".join(json_lines(world.register.entries())))
    assert (entry["email"], entry["state"], entry["confirmed_at"]) == (ADDRESS, "active", "2026-11-22T06:00:00Z")
    assert [consent["action"] for consent in entry["consents"]] == ["asked", "confirmed"]


def test_what_is_no_table_is_refused_whole(world: World) -> None:
    for data in (b"", b"name,ort\nMara,Hier\n", b"\x89PNG\r\n\x1a\n\0\0\0", "é\0".encode("utf-16")):
        with pytest.raises(BadInput):
            world.register.import_csv(data, world.now)


def test_a_torn_row_spoils_no_other(world: World) -> None:
    rows = b'email,consent\n"mara@leser.example,x\n' + b"a" * 200_000 + b'\n"\nolli@leser.example,x\n'
    rows += b'"pia@leser.example,x\n' + b"".join(b"reader%d@leser.example,x\n" % number for number in range(30))
    report = world.register.import_csv(rows, world.now, Defaults(newsletter="presse"))
    assert (report.added, [refusal.line for refusal in report.refused]) == (31, [2, 6])


def test_a_cell_may_hold_line_breaks_and_marks(world: World) -> None:
    rows = b'email,consent\r\nmara@leser.example,"Formular\r\n""Infostand"", Raum 4"\r\nolli@leser.example,x\r\n'
    assert world.register.import_csv(rows, world.now, Defaults(newsletter="presse")).added == 2
    assert world.register.proof(ADDRESS)[0].evidence == 'Formular\n"Infostand", Raum 4'
