"""A page is asked once for what is asked of it again and again, and addresses stay as browsers read them."""

from __future__ import annotations

import re

import pytest

from newsletter.collect.read.blocks import plain, says_at_least
from newsletter.collect.read.page import PageTree, absolute, says
from newsletter.collect.read.text import either, is_legal, legal
from tests.unit.collect.read.pages import URL


def test_what_was_taken_out_is_no_longer_among_what_was_found():
    page = PageTree("<div><p id=a>x</p><p id=b>y</p></div><p id=c>z</p>", URL)
    assert [node.id for node in page.all("p")] == ["a", "b", "c"]
    page.all("div")[0].remove()
    assert [node.id for node in page.all("p")] == ["c"]
    assert page.all("div") == []


def test_each_element_is_found_once_in_the_pages_order():
    page = PageTree("<p id=a class=x>x</p><h2 id=b>y</h2><p id=c>z</p>", URL)
    assert [node.id for node in page.all("h2, p, [class]")] == ["a", "b", "c"]


def test_a_pattern_is_asked_for_what_it_says_itself():
    for pattern, found in ((re.compile("teaser"), True), (re.compile("lead"), False)):
        assert [says(pattern, "news teaser"), says(pattern, "news teaser")] == [found, found]


@pytest.mark.parametrize("text", ["bild", "bilder", "foto", "(c)", "©", "quelle"])
def test_choices_put_together_match_as_each_of_them(text):
    choices = [re.escape(word) for word in ("bild", "bilder", "foto", "(c)", "©", "quelle", "quarz")]
    assert re.fullmatch(either(choices), text)
    assert not re.fullmatch(either(choices), text + "x")


@pytest.mark.parametrize(
    ("text", "clean"), [("Kopf\n", True), ("„Kopf“ 🚲", True), ("a\x08b", False), ("a\ufffeb", False)]
)
def test_what_xml_forbids_is_seen_and_taken_out(text, clean):
    assert is_legal(text, text.encode()) is clean
    assert (legal(text) == text) is clean


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/a", "/a"), ("/a?b=c", "/a?b=c"), ("/a/../b", "/b"), ("/a/./b", "/a/b"), ("?x=1", "/presse/radweg?x=1"),
        ("/ä b", "/%C3%A4%20b"), ("/a?", "/a"), ("/a#", "/a"), ("/a//b", "/a//b"), ("/.a", "/.a"), ("b", "/presse/b"),
    ],
)  # fmt: skip
def test_plain_and_odd_addresses_are_read_alike(href, path):
    assert absolute(href, "https://musterstadt.example/presse/radweg") == f"https://musterstadt.example{path}"


@pytest.mark.parametrize(("characters", "enough"), [(0, True), (9, True), (14, True), (15, False)])
def test_how_much_plain_blocks_say_at_least(characters, enough):
    html = "<p>Ein <b>Satz</b></p>\n<figure><img src=a><figcaption>Ein Bild</figcaption></figure>\n<p>Noch</p>"
    assert len(plain(html)) == 14
    assert says_at_least(html, characters) is enough
