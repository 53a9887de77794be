"""Alt texts by an editor: what is asked about, what a decision changes, and that another picture asks again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from newsletter.app import Program
from newsletter.app.alts import Asked
from newsletter.cli import cli
from newsletter.errors import BadInput, NotFound
from newsletter.model import AltFrom, EditionState, Format, Image, ImageState, KnownImage, Release
from newsletter.store.images import Images, link_images
from tests.integration.app.test_composing import DAILY, NOW, new, program
from tests.integration.store.test_releases import collected

__all__ = ["program"]

SRC = "https://musterstadt.example/a.jpg"
SAID = "Zwei Kinder lassen am Ufer ein Papierboot ins Wasser"
HASH = "ab12cd" + "0" * 58


def picture(**values: Any) -> Image:
    return replace(Image(SRC, lead=True, alt_from=AltFrom.SOURCE), **values)


def show(program: Program, *releases: Release) -> None:
    """Collect these, with the pictures that they show."""
    collected(program.database, *releases)
    for release in releases:
        program.database.write(lambda connection, release=release: link_images(connection, release, None))  # type: ignore[misc]


def known(program: Program, src: str = SRC, content_hash: str | None = HASH, **values: Any) -> None:
    """What a look at a picture found; as if the portal's own were linked."""
    found = KnownImage(src, ImageState.GOOD, content_hash, width=800, height=400, size=9_000, type="image/jpeg")
    Images(program.database).settle(replace(found, **values), NOW)


def waiting(program: Program) -> list[Asked]:
    return program.alts.waiting(NOW)


@pytest.mark.parametrize(
    ("image", "why", "blocks"),
    [
        (picture(), "it has no alt text", True),
        (picture(alt=""), "it has no alt text", True),
        (picture(alt="IMG_2041.jpg"), "its alt text is a file name, or says only that it is a picture", True),
        (picture(alt="Überschrift a"), "its alt text is the headline", False),
        (picture(alt="Am Ufer", caption="Am Ufer."), "its alt text is the caption", False),
        (picture(alt=f"{SAID} (Foto: dpa)"), "its alt text holds a credit", False),
    ],
)
def test_a_picture_is_asked_about(program: Program, image: Image, why: str, blocks: bool) -> None:
    show(program, new("a", images=(image,)))
    known(program)
    (asked,) = waiting(program)
    assert (asked.why, asked.blocks, asked.releases) == (why, blocks, {"a": "Überschrift a"})


def test_what_is_said_or_shows_nothing_is_not_asked_about(program: Program) -> None:
    pixel = "https://musterstadt.example/pixel.gif"
    show(program, new("a", images=(picture(alt=SAID), picture(src=pixel, lead=False))))
    known(program)
    known(program, pixel, None, state=ImageState.STAND_IN)
    assert waiting(program) == []


def test_a_picture_in_the_text_is_asked_about_too(program: Program) -> None:
    show(program, new("a", body_html=f'<p>Text</p><p><img src="{SRC}" alt=""></p>'))
    known(program)
    assert [asked.src for asked in waiting(program)] == [SRC]
    program.alts.describe(SRC, SAID, "Erika", NOW)
    (release,) = program.published.releases(["a"])
    assert SAID in release.body_html or "src=" not in release.body_html
    assert waiting(program) == []


async def test_a_decision_lets_a_held_edition_go_with_the_picture(program: Program) -> None:
    show(program, new("a", images=(picture(),)))
    known(program)
    await program.compose()
    assert program.editions.get(DAILY).state is EditionState.HELD
    (asked,) = waiting(program)
    assert DAILY in asked.editions
    affected = program.alts.describe(HASH[:8], f"  {SAID} ", "Erika Muster", NOW)
    assert DAILY in affected
    assert program.editions.get(DAILY).state is EditionState.APPROVED
    release = program.desk.shown(["a"], program.settings.newsletters[0])[0]
    assert (release.images[0].alt, release.images[0].alt_from) == (SAID, AltFrom.EDITOR)
    variant = program.desk.variant(program.editions.get(DAILY), "de", Format.STANDARD)
    assert SAID in program.mailroom.sample(variant)[2]
    assert waiting(program) == []


async def test_a_decorative_picture_has_an_empty_alt_by_decision(program: Program) -> None:
    show(program, new("a", images=(picture(),)))
    known(program)
    program.alts.make_decorative(SRC, "Erika", "a pattern in our colours", NOW)
    release = program.desk.shown(["a"], program.settings.newsletters[0])[0]
    assert (release.images[0].alt, release.images[0].alt_from) == ("", AltFrom.DECORATIVE)
    await program.compose()
    assert program.editions.get(DAILY).state is not EditionState.HELD


def test_another_picture_at_the_address_asks_again(program: Program) -> None:
    show(program, new("a", images=(picture(),)))
    known(program)
    program.alts.describe(SRC, SAID, "Erika", NOW)
    known(program, content_hash="ff" * 32)
    assert len(waiting(program)) == 1
    assert program.published.releases(["a"])[0].images[0].alt is None


def test_a_picture_is_the_same_wherever_it_lies(program: Program) -> None:
    moved = "https://musterstadt.example/neu/csm_a_ff.jpg"
    show(program, new("a", images=(picture(),)), new("b", images=(picture(src=moved),)))
    known(program)
    known(program, moved)
    (asked,) = waiting(program)
    assert set(asked.releases) == {"a", "b"}
    program.alts.describe(moved, SAID, "Erika", NOW)
    assert waiting(program) == []


def test_a_picture_that_is_only_linked_is_known_by_its_address_and_size(program: Program) -> None:
    show(program, new("a", images=(picture(),)))
    known(program, content_hash=None)
    program.alts.describe(SRC, SAID, "Erika", NOW)
    assert waiting(program) == []
    known(program, content_hash=None, size=9_001)
    assert len(waiting(program)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "call it decorative"),
        ("IMG_2041.jpg", "what can be seen"),
        ("Bild von zwei Kindern", "begin with what it shows"),
        (f"{SAID}, Foto: dpa", "leave it out"),
        ("Überschrift a", "repeats the headline"),
        ("Wort " * 60, "hard to listen to"),
    ],
)
def test_a_text_that_a_rule_would_refuse_is_refused(program: Program, text: str, said: str) -> None:
    show(program, new("a", images=(picture(),)))
    known(program)
    with pytest.raises(BadInput, match=said):
        program.alts.describe(SRC, text, "Erika", NOW)
    assert len(waiting(program)) == 1


def test_who_names_no_picture_is_told_so(program: Program) -> None:
    show(program, new("a", images=(picture(),)))
    with pytest.raises(NotFound, match="no release shows"):
        program.alts.describe("https://musterstadt.example/b.jpg", SAID, "Erika", NOW)
    with pytest.raises(NotFound, match="was not looked at yet"):
        program.alts.describe(SRC, SAID, "Erika", NOW)
    known(program)
    with pytest.raises(NotFound, match="no picture begins"):
        program.alts.describe("00000000", SAID, "Erika", NOW)
    with pytest.raises(BadInput, match="too short"):
        program.alts.describe("ab1", SAID, "Erika", NOW)
    with pytest.raises(BadInput, match="--by"):
        program.alts.describe(SRC, SAID, " ", NOW)


def test_the_commands_tell_and_decide(program: Program, tmp_path: Path) -> None:
    def run(*args: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(tmp_path / "newsletter.toml"), "--plain", "alt", *args])

    show(program, new("a", images=(picture(caption="Am Ufer"),)))
    known(program)
    listed = run("list").output
    assert f"{HASH[:12]}: it has no alt text (not shown until somebody answers)" in listed
    assert "caption: Am Ufer" in listed
    (value,) = json.loads(run("list", "--json").output)
    assert (value["picture"], value["blocks"], value["releases"][0]["id"]) == (HASH, True, "a")
    done = run("set", HASH[:12], SAID, "--by", "Erika")
    assert (done.exit_code, done.output.splitlines()[0]) == (0, "kept; pages and feeds follow with the next publishing")
    assert run("list").output == "no picture waits for an alt text\n"
    assert isinstance(run("set", SRC, "Foto", "--by", "Erika").exception, BadInput)
    assert run("decorative", SRC, "--by", "Erika").exit_code == 2  # without a reason
