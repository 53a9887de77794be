"""Sentences that are kept: all of ours can be told in every language, and survive being kept."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import newsletter
from newsletter import errors
from newsletter.collect.contract.judging import SAYS
from newsletter.collect.decide import GONE, LEFT_EARLY
from newsletter.collect.read.release import NoText
from newsletter.errors import BadInput, FetchError
from newsletter.i18n import Words, languages, translations
from newsletter.model import AlarmKind, Cadence, DeliveryState, Draft, EditionState
from newsletter.said import Said, document, said_from
from newsletter.store.fencing import CROWDED

SOURCES = sorted(Path(newsletter.__file__).parent.rglob("*.py"))
NO_VALUES = {"status", "retry_after", "release", "stand_in"}  # what errors carry beside their sentence
ERRORS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)}
BY_KIND = [*AlarmKind, *EditionState, *Cadence, CROWDED, "the address is suppressed", "the page has no headline"]
BY_KIND += [*SAYS.values(), GONE, LEFT_EARLY, str(NoText(Draft("https://a.example/")))]
HELD = Said("edition %(edition)s is held: %(why)s", edition="e", why=Said("nothing is left of it"))


def _written(tree: ast.Module) -> Iterator[str]:
    """The messages of a module that have values, or are kept."""
    named: dict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    named[target.id].append(node.value)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.func, ast.Name):
            continue
        values = {keyword.arg for keyword in node.keywords} - NO_VALUES
        if node.func.id in {"Said", "UnreadablePage"} or (node.func.id in ERRORS and values):
            first = node.args[0]
            for one in named[first.id] if isinstance(first, ast.Name) else [first]:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value


def messages() -> list[str]:
    found = {message for path in SOURCES for message in _written(ast.parse(path.read_text("utf-8")))}
    return sorted(message for message in found if re.search(r"[a-z]{2}", re.sub(r"%\(\w+\)s", "", message)))


def holes(message: str) -> list[str]:
    return sorted(set(re.findall(r"%\((\w+)\)", message)))


@pytest.mark.parametrize("message", [*messages(), *BY_KIND])
def test_every_sentence_has_its_german(message: str) -> None:
    german = translations("de").gettext(message)
    assert german != message
    if message != "no mail address: %(why)s":  # why is said in English only
        assert holes(german) == holes(message)


def test_there_are_many() -> None:
    assert len(messages()) > 50


def test_it_is_english_wherever_a_text_is_wanted() -> None:
    assert HELD == "edition e is held: nothing is left of it"
    assert json.dumps(HELD) == '"edition e is held: nothing is left of it"'
    assert Words("en").tell(HELD) == HELD


def test_it_is_told_in_german_with_what_it_holds() -> None:
    said = Said("%(row)s could not be composed: %(why)s", row="presse", why=Said("nothing is left of it"))
    assert Words("de").tell(said) == "presse konnte nicht zusammengestellt werden: nichts bleibt von ihr übrig"
    assert Words("de").tell("words of an editor") == "words of an editor"
    assert Words("de").tell("") == ""
    assert Words("de").tell(Said("")) == ""


def test_it_survives_being_kept_and_copied() -> None:
    for one in (read(HELD), copy.deepcopy(HELD)):
        assert isinstance(one, Said)
        assert (one, one.message, document(one)) == (HELD, HELD.message, document(HELD))
    assert document("words of an editor") is None
    assert type(said_from("words", None)) is str


def test_it_survives_with_what_it_holds_told_in_another_language() -> None:
    held = Said("edition %(edition)s is held: %(why)s", edition="e", why=Words("de").said("nothing is left of it"))
    assert held == "edition e is held: nichts bleibt von ihr übrig"
    assert Words("en").tell(read(held)) == HELD


def test_what_was_written_for_another_text_is_not_told() -> None:
    assert type(said_from("by the operator", document(HELD))) is str


def test_values_of_any_kind_are_kept() -> None:
    odd = Said("%(n)s at %(share)s of %(path)s", n=3, share=0.5, path=Path("a"))
    assert Words("en").tell(read(odd)) == "3 at 0.5 of a"


def read(said: Said) -> str:
    """As it comes out of a database."""
    return said_from(str(said), json.loads(json.dumps(document(said))))


def test_errors_carry_their_sentence() -> None:
    error = FetchError("%(url)s: %(why)s", status=404, url="u", why=Said("answered %(code)s", code=404))
    assert (str(error), error.status, Words("de").tell(error.said)) == ("u: answered 404", 404, "u: antwortete 404")
    assert FetchError(HELD).said.values == HELD.values
    assert (str(BadInput("100% sure")), str(BadInput("%(n)s%%", n=5))) == ("100% sure", "5%")


@pytest.mark.parametrize("language", languages())
def test_no_state_is_without_words(language: str) -> None:
    assert all(Words(language).tell(Said(state)) for state in (*EditionState, *DeliveryState))
