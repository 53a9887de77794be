"""What stands where in an edition, and what it is called."""

from __future__ import annotations

from dataclasses import replace

from newsletter.edition.compose import compose, edition_of
from newsletter.edition.content import EditionContent
from newsletter.model import Cadence, Carried, EditionState
from tests.unit.edition.samples import BRIDGE, DESK, FOREST, NEWSLETTER, NOON, SITE, SLOT, edition, release


def order(content: EditionContent) -> list[tuple[str | None, list[str]]]:
    return [
        (group.topic.slug if group.topic else None, [release.headline for release in group.releases])
        for group in content.groups
    ]


def test_topics_by_their_newest_release_and_newest_first_within_them() -> None:
    assert order(edition([DESK, FOREST, BRIDGE])) == [
        ("verkehr", [BRIDGE.headline]),
        ("umwelt", [FOREST.headline, DESK.headline]),
    ]


def test_topics_in_the_order_given_and_what_has_none_last() -> None:
    loose = release(0, "Ohne Thema", topics=())
    content = compose(SITE, NEWSLETTER, Cadence.DAILY, SLOT, [loose, BRIDGE, FOREST], ["umwelt", "verkehr"])
    assert [topic for topic, _ in order(content)] == ["umwelt", "verkehr", None]


def test_an_undated_release_is_sorted_by_when_it_was_seen() -> None:
    undated = release(5, "Ohne Datum", published=None)
    assert order(edition([BRIDGE, undated]))[0][1] == ["Ohne Datum", BRIDGE.headline]


def test_ids_are_readable_and_unique_for_their_slot() -> None:
    assert edition().id == "presse-daily-20261120T0600Z"
    revised = replace(BRIDGE, revision=3)
    assert compose(SITE, NEWSLETTER, Cadence.IMMEDIATE, NOON, [revised]).id == f"presse-immediate-{revised.id}-3"


def test_an_edition_carries_its_releases_and_an_empty_one_is_skipped() -> None:
    made = edition_of(edition(), NOON)
    assert (made.state, made.composed_at) == (EditionState.COMPOSED, NOON)
    assert made.carried[0] == Carried(BRIDGE.id, 1)
    empty = edition_of(edition([]), NOON)
    assert (empty.state, empty.carried, empty.reason) == (EditionState.SKIPPED, (), "nothing was due")


def test_leaving_out_a_release_leaves_out_its_empty_topic() -> None:
    assert order(edition().without([BRIDGE.id])) == [("umwelt", [FOREST.headline, DESK.headline])]
