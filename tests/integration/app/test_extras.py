"""Editions that an editor puts together, and what an edition says by an editor's words."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from newsletter.app import Program
from newsletter.app.extras import new_editions, reword
from newsletter.cli import cli
from newsletter.config import load
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import Cadence, EditionState, Format, Saying, Sighting, Topic
from tests.integration.app.test_composing import DAILY, NOW, new, program, states
from tests.integration.store.test_releases import collected

__all__ = ["program"]  # the fixture
EXTRA = "presse-daily-extra-20261123T060001Z"
SAYING = Saying("Sonderausgabe zum Fest", "Liebe Leserinnen und Leser,\n\nes gibt <etwas> zu feiern.")


def text(program: Program, edition: str, format: Format = Format.STANDARD) -> tuple[str, str, str]:
    subject, html, plain = program.preview(edition, format, None)
    return subject, html or "", plain


async def test_an_extra_edition_waits_for_its_editor_and_then_goes(program: Program) -> None:
    collected(program.database, new("a"), new("b"), new("c"))
    (made,) = new_editions(program, "presse", [Cadence.DAILY], ["b", "a"], SAYING)
    assert (made.id, made.state, {one.release for one in made.carried}) == (EXTRA, EditionState.HELD, {"a", "b"})
    subject, html, plain = text(program, EXTRA)
    assert subject == SAYING.subject
    assert html.count('class="intro"') == 2
    assert "es gibt &lt;etwas&gt; zu feiern." in html
    assert "Liebe Leserinnen und Leser,\n\nes gibt <etwas> zu feiern.\n" in plain
    await program.compose()
    assert states(program)[EXTRA] is EditionState.HELD  # the daily edition does not overtake it
    program.editions.move(EXTRA, EditionState.APPROVED, NOW)
    program.mailroom.freeze_approved()
    assert states(program)[EXTRA] is EditionState.SENDING
    program.publish()
    page = (program.settings.publish.directory / f"editions/{EXTRA}.html").read_text("utf-8")
    assert "<p>es gibt &lt;etwas&gt; zu feiern.</p>" in page


def test_a_release_is_of_every_feed_that_found_it(program: Program) -> None:
    found = Sighting("musterstadt", "https://musterstadt.example/a", NOW, mailable=True)
    collected(program.database, replace(new("a"), source="portal", sightings=(found,)))
    (made,) = new_editions(program, "presse", [Cadence.DAILY], ["a"], Saying())
    assert [one.release for one in made.carried] == ["a"]


async def test_it_overtakes_nothing(program: Program) -> None:
    collected(program.database, new("a"))
    await program.compose()
    program.editions.get(DAILY)
    before = states(program)
    collected(program.database, new("b"))
    new_editions(program, "presse", [Cadence.DAILY], ["b"], Saying())
    assert {id: state for id, state in states(program).items() if id != EXTRA} == before


def test_what_it_carries_is_due_no_more_once_it_is_approved(program: Program) -> None:
    collected(program.database, new("a"), new("b"))
    new_editions(program, "presse", [Cadence.DAILY], ["a"], Saying())

    def due() -> set[str]:
        return {one.id for one in program.releases.due("presse", ["musterstadt"], Cadence.DAILY, NOW)}

    assert due() == {"a", "b"}
    program.editions.move(EXTRA, EditionState.APPROVED, NOW)
    assert due() == {"b"}


def test_what_is_urgent_goes_to_everybody_at_once(program: Program) -> None:
    collected(program.database, new("a"))
    made = new_editions(program, "presse", [], ["a"], Saying(), urgent=True)
    assert {(one.cadence, one.state) for one in made} == {
        (Cadence.IMMEDIATE, EditionState.APPROVED),
        (Cadence.DAILY, EditionState.APPROVED),
    }


def test_without_releases_it_carries_what_is_due(program: Program) -> None:
    collected(program.database, new("a"), new("b"))
    made = new_editions(program, "presse", [], [], Saying())
    assert [len(one.carried) for one in made] == [2, 2]
    assert "Sonder" not in text(program, made[0].id)[1]


def test_an_editor_s_order_stays(program: Program) -> None:
    schools, parks = Topic("schulen", "Schulen"), Topic("parks", "Parks")
    for id, topic in (("a", schools), ("b", parks), ("c", schools), ("d", parks)):
        collected(program.database, new(id, headline=f"Meldung {id}", topics=(topic,)))

    def order(*wanted: str, ordered: bool = True) -> str:
        (made,) = new_editions(program, "presse", [Cadence.DAILY], wanted, Saying(), ordered=ordered)
        assert not [finding for finding in made.findings if finding.blocks]
        program.desk.prepare(made, NOW)  # as where one of them changes
        found = "".join(one.release for one in program.editions.get(made.id).carried)
        plain = text(program, made.id)[2]
        assert sorted(wanted, key=lambda id: plain.rindex(f"Meldung {id}")) == list(found)
        return found

    assert order("d", "b", "c", "a") == "dbca"
    assert order("c", "b", "d", "a") == "cabd"  # what is of one topic stays under its heading
    assert order("c", "b", "d", "a", ordered=False) == order("d", "c", "b", "a", ordered=False) == "acbd"


def test_what_does_not_go_together_is_refused(program: Program) -> None:
    collected(program.database, new("a"), new("other", source="elsewhere"))
    program.releases.withhold("a", "an editor keeps it back", NOW)
    for releases, cadences, error, says in (
        (["a"], [], BadInput, "may not be shown now"),
        (["other"], [], BadInput, "which presse does not carry"),
        ([], [Cadence.WEEKLY], BadInput, "is not sent weekly"),
        ([], [], StateError, "nothing is due for presse"),
        (["nobody"], [], NotFound, "nobody"),
    ):
        with pytest.raises(error, match=says):
            new_editions(program, "presse", cadences, releases, Saying())
    with pytest.raises(NotFound, match="there are: presse"):
        new_editions(program, "press", [], [], Saying())
    assert states(program) == {}


def test_an_edition_is_reworded_and_checked_anew(program: Program) -> None:
    collected(program.database, new("a"))
    new_editions(program, "presse", [Cadence.DAILY], ["a"], SAYING)
    program.editions.move(EXTRA, EditionState.APPROVED, NOW)
    edition = reword(program, EXTRA, Saying(intro="Nur ein Satz."))
    assert (edition.state, edition.subject, edition.intro) == (EditionState.HELD, SAYING.subject, "Nur ein Satz.")
    for format in Format:
        subject, html, plain = text(program, EXTRA, format)
        assert (subject, "Nur ein Satz." in plain, "feiern" in html + plain) == (SAYING.subject, True, False)
    standard = program.desk.variant(edition, "de", Format.STANDARD)
    assert {one["sha256"]["text"] for one in program.desk.report(edition)["variants"]} == {standard.text_sha256}
    edition = reword(program, EXTRA, Saying(subject="", intro="NIEMAND LIEST GERN GROSSBUCHSTABEN"))
    assert edition.subject is None
    assert "TYPO-1" in {finding.rule for finding in edition.findings}


async def test_what_is_sent_stays_as_it_is(program: Program) -> None:
    collected(program.database, new("a"))
    await program.compose()
    with pytest.raises(StateError, match="what it says stays as it is"):
        reword(program, "presse-immediate-a-1", Saying("Zu spät"))


def test_the_commands(program: Program) -> None:
    collected(program.database, new("a"))

    def run(*args: str, typed: str = "") -> Result:
        config = ["--config", str(program.settings.root / "newsletter.toml")]
        return CliRunner().invoke(cli, [*config, "editions", *args], input=typed)

    made = run(
        "new", "presse", "--cadence", "daily", "--release", "a", "--intro", "-", "--json", typed="Aus der Datei."
    )
    assert made.exit_code == 3  # it is held for its editor
    (found,) = json.loads(made.stdout)
    assert program.editions.get(found["id"]).intro == "Aus der Datei."
    done = run("edit", found["id"], "--subject", "Neu")
    assert (done.exit_code, done.stdout) == (
        3,
        f"{found['id']} is held: waits for its editor: preview it, then approve it\n",
    )
    assert program.editions.get(found["id"]).subject == "Neu"
    assert run("approve", found["id"]).exit_code == 0
    assert run("new", "presse", "--urgent", "a").exit_code == 0
    assert run("edit", found["id"]).exit_code == 2
    assert run("new", "presse", "--urgent", "a", "--release", "a").exit_code == 2
    assert run("new", "presse", "--in-order").exit_code == 2  # of which releases?
    collected(program.database, new("b"), new("c"))
    made = run("new", "presse", "--cadence", "daily", "--in-order", "--release", "c", "--release", "b", "--json")
    ordered = program.editions.get(json.loads(made.stdout)[0]["id"])
    assert ([one.release for one in ordered.carried], ordered.ordered) == (["c", "b"], True)
    too_long = run("edit", found["id"], "--subject", "x" * 251)
    assert isinstance(too_long.exception, BadInput)


def test_a_logo_is_published_where_mails_look_for_it(program: Program) -> None:
    root = program.settings.root
    (root / "wappen.png").write_bytes(b"a picture")
    logo = 'logo = { file = "wappen.png", alt = "Stadt Musterstadt", width = 160, height = 40 }'
    settings = root / "newsletter.toml"
    settings.write_text(f"{settings.read_text('utf-8')}\n[theme]\n{logo}\n", "utf-8")
    with Program.open(load(settings, {}), lambda: NOW) as themed:
        collected(themed.database, new("a"))
        (made,) = new_editions(themed, "presse", [Cadence.DAILY], ["a"], Saying())
        (address,) = re.findall(r'<img src="https://news\.musterstadt\.example/([^"]+)"', text(themed, made.id)[1])
        themed.publish()
        (root / "wappen.png").unlink()
        themed.publish()  # what was published stays
    assert (root / "public" / address).read_bytes() == b"a picture"
