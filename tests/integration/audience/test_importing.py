"""Lists of other newsletter programs come in with their consents; what is bad comes back; nothing comes twice."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from newsletter.audience import Defaults, refused_lines
from newsletter.audience.foreign import export_of, programs, recognised
from newsletter.cli import cli
from newsletter.errors import BadInput
from newsletter.model import SubscriptionState
from newsletter.store.database import Database, open_database
from newsletter.store.journal import Journal
from newsletter.tokens import Purpose
from tests.integration.audience.world import ADDRESS, World, settings, token
from tests.integration.web.api_world import settings as written

PRESSE = Defaults(newsletter="presse", consent="Umzug, 2026-11")
LISTMONK = """\
uuid,email,name,attributes,status,created_at,updated_at
7d1c,mara@leser.example,Mara,{},enabled,2024-03-01 10:00:00+00,2024-03-01 10:00:00+00
7d1d,olli@leser.example,Olli,"{""stadt"": ""Köln""}",disabled,2024-03-01 10:00:00+00,2024-03-01 10:00:00+00
7d1e,weg@leser.example,Weg,{},blocklisted,2024-03-01 10:00:00+00,2024-03-01 10:00:00+00
7d1f,keine-adresse,Nix,{},enabled,2024-03-01 10:00:00+00,2024-03-01 10:00:00+00
"""
MAILCHIMP = """\
"Email Address",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,LEID,EUID,NOTES,TAGS
mara@leser.example,2,"2016-04-18 13:50:00",198.51.100.7,"2016-04-18 13:51:14",198.51.100.7,,55,89,,Rat
olli@leser.example,2,,,,,"2016-04-18 14:00:32",56,90,,
"""
UNSUBSCRIBED = """\
"Email Address",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,UNSUB_TIME,UNSUB_REASON,LEID,EUID
pia@leser.example,2,,,"2016-04-18 13:51:14",198.51.100.7,"2019-01-02 03:04:05","NORMAL",57,91
"""
CLEANED = """\
"Email Address",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,LEID,EUID
weg@leser.example,2,,,"2016-04-18 13:51:14",198.51.100.7,"2019-01-02 03:04:05",Mai,58,92
"""
CLEVERREACH = """\
email;registered;activated;deactivated;source;bounced
mara@leser.example;1460987400;1460987474;0;Formular Startseite;0
olli@leser.example;1460987400;0;0;Import;0
pia@leser.example;2016-04-18 13:50:00;2016-04-18 13:51:14;2020-01-01 00:00:00;Formular;
weg@leser.example;2016-04-18 13:50:00;2016-04-18 13:51:14;;Formular;1
"""
RAPIDMAIL = """\
email;firstname;status;created;created_ip;activated;activated_ip
mara@leser.example;Mara;active;2016-04-18 13:50:00;198.51.100.7;2016-04-18 13:51:14;198.51.100.7
olli@leser.example;Olli;new;2016-04-18 13:50:00;198.51.100.7;;
pia@leser.example;Pia;deleted;2016-04-18 13:50:00;198.51.100.7;2016-04-18 13:51:14;198.51.100.7
weg@leser.example;Weg;abused;2016-04-18 13:50:00;198.51.100.7;2016-04-18 13:51:14;198.51.100.7
neu@leser.example;Neu;seltsam;2016-04-18 13:50:00;198.51.100.7;;
"""


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, settings(tmp_path, newsletters=2), Journal(tmp_path / "journal"))


def readers(world: World) -> dict[str, str | None]:
    """Who reads, with the evidence of the consent."""
    active = [one for one in world.register.entries() if one.subscription.state is SubscriptionState.ACTIVE]
    return {one.subscriber.email or "": one.consents[-1].evidence for one in active}


@pytest.mark.parametrize(
    ("name", "data", "evidence", "passed", "suppressed", "refused"),
    [
        ("listmonk", LISTMONK, "listmonk: signed up 2024-03-01 10:00:00+00; Umzug, 2026-11", 2, 1, [5]),
        ("Mailchimp", MAILCHIMP, "Mailchimp: signed up 2016-04-18 13:50:00, confirmed 2016-04-18 13:51:14", 0, 0, []),
        (
            "CleverReach",
            CLEVERREACH,
            "CleverReach: signed up 2016-04-18 13:50:00 UTC, confirmed 2016-04-18 13:51:14 UTC, by Formular Startseite",
            3,
            1,
            [],
        ),
        ("rapidmail", RAPIDMAIL, "rapidmail: signed up 2016-04-18 13:50:00, confirmed 2016-04-18 13:51:14", 3, 1, [6]),
    ],
)
def test_the_export_of_another_program(
    world: World, name: str, data: str, evidence: str, passed: int, suppressed: int, refused: list[int]
) -> None:
    first = world.register.import_csv(data.encode(), world.now, PRESSE)
    assert (first.program, first.passed, first.suppressed) == (name, passed, suppressed)
    assert [one.line for one in first.refused] == refused
    assert readers(world)["mara@leser.example"] == evidence
    assert "198.51.100.7" not in str(readers(world))
    rows = len(world.goodbyes())
    again = world.register.import_csv(data.encode(), world.now, PRESSE)
    assert (again.added, again.already, again.suppressed) == (0, first.added, 0)
    assert (rows, len(world.actions())) == (len(world.goodbyes()), first.added)


def test_a_dry_run_tells_the_same_and_writes_nothing(world: World) -> None:
    before = world.goodbyes()
    told = world.register.import_csv(RAPIDMAIL.encode(), world.now, PRESSE, dry_run=True)
    assert (readers(world), world.actions(), world.goodbyes()) == ({}, [], before)
    assert world.register.import_csv(RAPIDMAIL.encode(), world.now, PRESSE) == told


def test_who_left_or_was_cleaned_at_mailchimp(world: World) -> None:
    left = world.register.import_csv(UNSUBSCRIBED.encode(), world.now, PRESSE)
    cleaned = world.register.import_csv(CLEANED.encode(), world.now, PRESSE)
    assert (left.added, left.passed, left.suppressed) == (0, 1, 0)
    assert (cleaned.added, cleaned.passed, cleaned.suppressed) == (0, 1, 1)
    after = world.register.import_csv(b"email,consent\nweg@leser.example,x\n", world.now, PRESSE)
    assert [one.reason for one in after.refused] == ["the address is suppressed"]
    world.ask("pia@leser.example")  # who left there may come by herself
    assert world.mails() == 1


def test_who_never_answered_has_an_address_again_by_a_list(world: World) -> None:
    world.ask()
    world.later(days=8)
    world.subscribing.forget_unconfirmed(world.now)
    assert world.emails() == [None]
    assert world.register.import_csv(f"email\n{ADDRESS}\n".encode(), world.now, Defaults("presse", "Umzug")).added == 1
    assert (world.emails(), world.state()) == ([ADDRESS], SubscriptionState.ACTIVE)


def test_whoever_reads_here_is_not_suppressed_by_an_old_list(world: World) -> None:
    world.reader("weg@leser.example")
    report = world.register.import_csv(CLEANED.encode(), world.now, PRESSE)
    assert (report.passed, report.suppressed) == (1, 0)
    assert list(readers(world)) == ["weg@leser.example"]


def test_who_never_confirmed_there_needs_a_proof(world: World) -> None:
    report = world.register.import_csv(MAILCHIMP.encode(), world.now, Defaults("presse"))
    assert [(one.line, one.reason.partition(":")[0]) for one in report.refused] == [(3, "no proof of consent")]


def test_a_program_can_be_named_and_must_be_known(world: World) -> None:
    few = b"email,status\nmara@leser.example,active\n"
    assert world.register.import_csv(few, world.now, PRESSE).program is None
    named = world.register.import_csv(few, world.now, PRESSE, program="rapidmail")
    assert (named.program, named.already) == ("rapidmail", 1)
    with pytest.raises(BadInput, match="cleverreach, listmonk, mailchimp, rapidmail"):
        world.register.import_csv(few, world.now, PRESSE, program="sonstwas")


@pytest.mark.parametrize("name", programs())
def test_every_program_has_its_page_and_no_two_look_alike(name: str) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/import.md").read_text("utf-8")
    assert f"--from {name}" in page
    for marks in export_of(name).marks:
        assert recognised(sorted(marks)) is export_of(name)


def test_what_is_bad_comes_back_and_goes_in_once_it_is_mended(world: World) -> None:
    data = 'email;consent;Notiz\nkaputt;Formular;"=1+1; ""so"""\nmara@leser.example;Formular;gut\n'
    first = world.register.import_csv(data.encode(), world.now, PRESSE)
    text = "".join(refused_lines(first))
    assert text == (
        "line,reason,email,consent,Notiz\r\n"
        '2,no mail address: An email address must have an @-sign.,kaputt,Formular,"\'=1+1; ""so"""\r\n'
    )
    mended = text.replace("kaputt", "neu@leser.example")
    second = world.register.import_csv(mended.encode(), world.now, PRESSE)
    assert (second.added, second.refused, second.ignored_columns) == (1, (), ("Notiz",))


def test_of_twenty_thousand_312_are_bad(sqlite_url: str, tmp_path: Path) -> None:
    """`benchmarks/importing.py` does it with a hundred thousand."""
    database = open_database(sqlite_url)
    world = World(database, settings(tmp_path), Journal(tmp_path / "journal"))
    rows = [f"leser{number}@leser.example;Formular" for number in range(20_000)]
    bad = range(7, 20_000, 64)
    for number in bad[:312]:
        rows[number] = f"kaputt{number};Formular"
    data = "\n".join(["email;consent", *rows]).encode()
    first = world.register.import_csv(data, world.now, PRESSE)
    assert (first.added, first.already, len(first.refused)) == (19_688, 0, 312)
    back = list(csv.DictReader(io.StringIO("".join(refused_lines(first)))))
    assert [int(row["line"]) for row in back] == [number + 2 for number in bad[:312]]
    assert {row["reason"] for row in back} == {"no mail address: An email address must have an @-sign."}
    second = world.register.import_csv(data, world.now, PRESSE)
    assert (second.added, second.already, len(second.refused)) == (0, 19_688, 312)
    assert len(world.actions()) == 19_688
    database.close()


def test_the_command_writes_what_was_left_out(sqlite_url: str, tmp_path: Path) -> None:
    place = written(tmp_path, sqlite_url)
    (tmp_path / "liste.csv").write_text(LISTMONK, "utf-8")
    command = ["--config", str(place), "subscribers", "import", str(tmp_path / "liste.csv")]
    done = CliRunner().invoke(cli, [*command, "--refused", str(tmp_path / "bad.csv"), "--from", "listmonk"])
    assert done.exit_code == 1
    assert "1 added, 0 were subscribed already, 1 left out" in done.stdout
    assert "an export of listmonk: 2 read no more there, of whom 1 are suppressed now" in done.stdout
    assert "keine-adresse" not in done.stderr
    (row,) = csv.DictReader((tmp_path / "bad.csv").open(encoding="utf-8", newline=""))
    assert (row["line"], row["email"], row["name"]) == ("5", "keine-adresse", "Nix")


def test_nobody_who_left_here_comes_back_by_an_export(world: World) -> None:
    left = world.reader()
    world.subscribing.leave(token(Purpose.UNSUBSCRIBE, left), world.now)
    report = world.register.import_csv(RAPIDMAIL.encode(), world.now, PRESSE)
    assert [one.line for one in report.refused] == [2, 6]
    assert readers(world) == {}


def test_a_dry_run_knows_who_stands_in_the_file_twice_however_far_apart(world: World) -> None:
    rows = [f"leser{number % 130}@amt.example" for number in range(260)]
    data = "\n".join(["email", *rows]).encode()
    tried = world.register.import_csv(data, world.now, PRESSE, dry_run=True)
    assert (tried.added, tried.already) == (130, 130)
    assert world.register.import_csv(data, world.now, PRESSE) == tried


def test_columns_may_be_assigned_by_place_and_newsletters_kept_to(world: World) -> None:
    data = b"Wer;Was;Wohin\nmara@leser.example;Formular;presse\nida@leser.example;Formular;\n"
    columns = ("email", "consent", "newsletter")
    report = world.register.import_csv(data, world.now, PRESSE, columns=columns, among=["rat"])
    assert [one.reason for one in report.refused] == ["you may not import into the newsletter 'presse'"] * 2
    assert world.register.import_csv(data, world.now, PRESSE, columns=columns, among=["presse"]).added == 2
    assert world.register.import_csv(CLEANED.encode(), world.now, PRESSE, among=["presse"]).suppressed == 0
    assert world.register.import_csv(CLEANED.encode(), world.now, PRESSE).suppressed > 0
