"""Which way is best, and the file that is written for it."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from newsletter.collect.scout.choice import Choice, choose, with_sitemap
from newsletter.collect.scout.profile import longer_slug, slug_of, write_profile
from newsletter.collect.scout.way import Way
from newsletter.config import FeedSettings
from newsletter.errors import BadInput
from newsletter.model import Candidate, Draft

SITE = "https://www.musterstadt.example"
PAGE = f"{SITE}/presse"


def candidate(number: int, *, body: str = "", folder: str = "presse", kicker: str | None = None) -> Candidate:
    url = f"{SITE}/{folder}/{number}"
    headline = f"In der Innenstadt sprudelt nun Brunnen Nummer {number}"
    return Candidate(url, headline, kicker=kicker, entry=Draft(url, headline, body_html=body))


def listing(*numbers: int, path: str = "/presse") -> Way:
    found = tuple(replace(candidate(number), entry=None) for number in numbers)
    return Way("html", SITE + path, found, "Presse")


def feed(*numbers: int, body: str = "", name: str = "feed", folder: str = "presse") -> Way:
    return Way("feed", f"{SITE}/{name}", tuple(candidate(n, body=body, folder=folder) for n in numbers), "Presse")


TEN = range(20, 10, -1)


def test_a_feed_that_carries_the_list_is_taken_the_one_with_whole_texts_first():
    teasers, whole = feed(*TEN), feed(*TEN, body="<p>Ganz</p>", name="voll")
    choice = choose(listing(*TEN), [teasers, whole], PAGE)
    assert choice
    assert (choice.way, "whole text" in choice.reason) == (whole, True)
    assert [way.url for way in choice.others] == [PAGE, f"{SITE}/feed"]


def test_a_feed_may_be_shorter_than_the_list_or_longer_or_call_the_pages_otherwise():
    for other in (feed(20, 19, 18), feed(*range(20, 0, -1)), feed(*TEN, folder="aktuelles")):
        choice = choose(listing(*TEN), [other], PAGE)
        assert choice
        assert choice.way is other


@pytest.mark.parametrize(
    "other",
    [feed(*range(90, 80, -1)), feed(20, 19, *range(90, 70, -1)), feed(*(n for t in TEN for n in (t, t + 50, t + 70)))],
    ids=["none of them", "few of them", "them among many others"],
)
def test_a_list_that_was_named_is_taken_where_the_feed_of_the_site_carries_something_else(other):
    choice = choose(listing(*TEN), [other], PAGE)
    assert choice
    assert (choice.way.kind, choice.others) == ("html", (other,))
    assert "no feed" in choice.reason


def test_of_a_front_page_or_of_a_page_that_is_a_release_the_feed_is_taken():
    other = feed(*range(90, 80, -1))
    for asked in (f"{SITE}/", SITE, f"{SITE}/presse/85"):
        choice = choose(listing(*TEN), [other], asked)
        assert choice
        assert choice.way is other


def test_what_looks_like_a_menu_gives_way_to_a_feed_and_to_a_sitemap_of_news():
    menu = Way("html", PAGE, tuple(Candidate(f"{SITE}/{n}", f"Amt {n}") for n in range(9)))
    choice = choose(menu, [feed(1, 2)], PAGE)
    assert choice
    assert choice.way.kind == "feed"
    alone = choose(menu, [feed()], PAGE)
    assert alone
    assert alone.way is menu
    news = Way("sitemap", f"{SITE}/news.xml", (candidate(1),))
    plain = Way("sitemap", f"{SITE}/sitemap.xml", (Candidate(f"{SITE}/presse/1"),), under="/presse/")
    chosen = with_sitemap(alone, news)
    assert chosen
    assert (chosen.way, chosen.others) == (news, (menu,))
    assert with_sitemap(alone, plain) == replace(alone, others=(plain,))
    only = with_sitemap(None, plain)
    assert only
    assert only.way is plain
    assert choose(None, [], PAGE) is None


def test_another_kind_may_be_asked_for():
    choice = choose(listing(*TEN), [feed(*TEN)], PAGE)
    assert choice
    assert choice.instead("html").way.url == PAGE
    assert choice.instead("feed") is choice
    with pytest.raises(BadInput, match="found: feed, html"):
        choice.instead("sitemap")


@pytest.mark.parametrize(
    ("url", "short", "long"),
    [
        ("https://www.musterstadt.example/presse/", "musterstadt", "musterstadt-presse"),
        ("https://presse.stadt-muster.de/feed.xml", "presse-stadt-muster", "presse-stadt-muster-feed"),
        ("https://www.justice.gov.uk/", "justice", "justice-feed"),
        ("https://bürger.example/a%20b/Übersicht.html", "buerger", "buerger-uebersicht"),
        ("http://127.0.0.1:8010/presse", "127-0-0-1", "127-0-0-1-presse"),
    ],
)
def test_slugs(url, short, long):
    way = Way("feed", url, ())
    assert (slug_of(way), longer_slug(way)) == (short, long)


def test_the_file_says_what_is_needed_and_can_be_read_whatever_stands_in_it():
    title = 'Presse "heute" \\ \x7f gestern\u2028\x00\n[release]'
    candidates = tuple(candidate(n, kicker=k) for n, k in ((1, "Verkehr"), (2, 'Um"welt\n'), (3, "Verkehr")))
    way = Way("sitemap", f"{SITE}/sitemap.xml", candidates, title, under='/presse/"/')
    text = write_profile(Choice(way, "weil\nx = 1", (listing(1),)), "musterstadt")
    settings = FeedSettings.model_validate(tomllib.loads(text))
    assert (settings.title, settings.kind, settings.url, settings.item.under) == (title, "sitemap", way.url, way.under)
    assert settings.topics == {}
    assert text.startswith("# Weil x = 1.\n")
    assert text.count('# "Verkehr" = "verkehr"') == 1
    assert f'#   kind = "html", url = "{PAGE}"' in text


def test_uncommenting_the_topics_of_the_file_gives_topics():
    way = Way("feed", PAGE, tuple(candidate(n, kicker=k) for n, k in ((1, "Bürger & Ämter"), (2, "Verkehr"))), "Presse")
    text = write_profile(Choice(way, "darum"), "x")
    topics = text[text.index("# [topics]") :].replace("# [topics]", "[topics]").replace('\n# "', '\n"')
    assert tomllib.loads(topics)["topics"] == {"Bürger & Ämter": "buerger-aemter", "Verkehr": "verkehr"}
