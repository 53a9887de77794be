"""A tree is bounded before it is built, and keeps what its elements were asked."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborNode

from newsletter.collect.read.tree import MAX_ATTRIBUTES, MAX_DEPTH, once, parse
from newsletter.errors import UnreadablePage

BOLD = "".join(f"<b title={number}>" for number in range(200))
SOME = "<p>Wort</p>"


def attributes(number: int, form: str) -> str:
    return "<p " + " ".join(form.format(name=f"a{one}") for one in range(number)) + ">x</p>"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div>" * 10_000, "levels"),
        ("<div>" * (MAX_DEPTH + 5) + "x", "levels"),
        ("<svg>" + "<path>" * 10_000, "levels"),
        ("<path>" * 10_000, "levels"),
        (f"<p>{BOLD}</p>" + SOME * 10_000, "formatting"),
        *[(attributes(MAX_ATTRIBUTES + 1, form), "attributes") for form in ("{name}", "{name}=1", "{name}='>'")],
        (attributes(MAX_ATTRIBUTES + 1, '{name}="<br>"'), "attributes"),
    ],
)
def test_what_would_eat_the_machine_is_refused(html, reason):
    with pytest.raises(UnreadablePage, match=reason):
        parse(html)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * (MAX_DEPTH - 10) + SOME + "</div>" * (MAX_DEPTH - 10),
        "<script>" + "'<div>'" * 10_000 + "</script>" + SOME,
        "<style>" + "<b>" * 10_000 + "</style>" + SOME,
        "<p><b>a</b></p>" * 10_000 + SOME,
        "<p>" + "<b>" * 200 + "</p>" + SOME * 1_000,
        "<select>" + "<option>a</option>" * 20_000 + "</select>" + SOME,
        " ".join(f"wort{number}/" for number in range(3 * MAX_ATTRIBUTES)) + SOME,
        attributes(MAX_ATTRIBUTES - 10, "a='{name}'") + SOME,
        "<script>" + SOME,
        "</div>" * 1_000 + SOME,
    ],
)
def test_masses_of_what_does_no_harm_are_parsed(html):
    assert parse(html + SOME).root is not None


def test_the_tree_holds_what_was_written():
    tree = parse("<h1 class=Kopf>Überschrift – „Müller“ \ud800</h1>")
    heading = tree.css_first("h1")
    assert heading is not None
    assert heading.text().startswith("Überschrift – „Müller“")


def test_each_element_is_asked_once_even_when_it_is_found_anew_or_taken_out():
    asked: list[str | None] = []

    @once
    def name(node: LexborNode) -> str | None:
        asked.append(node.id)
        return node.id

    tree = parse("<p id=a>x</p><p id=b>y</p>")
    first = tree.css("p")[0]
    assert [name(node) for node in tree.css("p")] == ["a", "b"]
    first.remove()
    assert name(first) == "a"
    assert [name(node) for node in parse("<p id=c>x</p>").css("p")] == ["c"]
    assert [name(node) for node in tree.css("p")] == ["b"]
    assert asked == ["a", "b", "c"]
