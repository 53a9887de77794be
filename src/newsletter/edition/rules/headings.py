"""The outline of a mail: one title, then topics, then releases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from newsletter.edition.links import address
from newsletter.edition.plain import HEADLINE, plain
from newsletter.edition.rules.mail import Mail, Origin
from newsletter.edition.rules.page import Page
from newsletter.rules.headings import skipped_levels
from newsletter.rules.markup import Element, level, said
from newsletter.rules.rule import BLOCK, Defect, _, rule


@rule("HEAD-1", BLOCK, "WCAG 1.3.1")
def one_h1(mail: Mail) -> Iterator[Defect]:
    """There is exactly one heading of the first level."""
    if mail.page and (count := sum(level(one) == 1 and _is_shown(one, mail.page) for one in mail.page.headings)) != 1:
        yield Defect(
            "<h1>",
            _("The mail has %(count)s headings of the first level; one is needed."),
            _("Have one <h1>, the newsletter's title."),
            {"count": count},
        )


@rule("HEAD-2", BLOCK, "WCAG 1.3.1")
def no_skipped_level(mail: Mail) -> Iterator[Defect]:
    """No level is left out on the way down."""
    if mail.page:
        yield from skipped_levels(mail.page, 0)


@rule("HEAD-4", BLOCK, "WCAG 2.4.6")
def heading_for_each(mail: Mail) -> Iterator[Defect]:
    """Every release, and every topic that releases stand under, has its heading."""
    if mail.page is None or mail.origin is None:
        return
    yield from _not_linked(mail.page, mail.origin)
    linked = Counter(link.get("href") for heading in mail.page.headings for link in heading.iter("a"))
    if any(level(one) == 1 for one in mail.page.headings if one.find(".//a") is not None):
        topics = []  # the release is the title: what it is about is no level of its own
    else:
        topics = _topics(mail.origin)
    for release in mail.origin.told:
        if (count := linked[address(release.url)]) != 1:
            yield Defect(
                release.url,
                _("The release “%(headline)s” has %(count)s headings that link to it; one is needed."),
                _("Let your template have one heading a release, with its link in it."),
                {"headline": plain(release.headline, HEADLINE), "count": count},
            )
    said_by_headings = {said(heading) for heading in mail.page.headings}
    for topic in topics:
        if not said_by_headings.isdisjoint(topic):
            continue
        title = topic[0]
        yield Defect(
            title,
            _("The topic “%(topic)s” has no heading."),
            _("Let your template have one heading a topic."),
            {"topic": title},
        )


def _is_shown(heading: Element, page: Page) -> bool:
    """Whether a heading is there for anybody: one that no mode shows is no heading."""
    look = page.looks.get(heading)
    return look is None or not (look.light.hidden and look.dark.hidden)


def _not_linked(page: Page, origin: Origin) -> Iterator[Defect]:
    """What has no card, and no link in its place."""
    places = {link.get("href") for link in page.links}
    wanted = [(address(release.url), release.headline) for release in origin.linked]
    wanted += [(origin.url, origin.variant.edition)] if origin.variant.beyond else []
    for url, name in wanted:
        if url not in places:
            yield Defect(
                url,
                _("The mail has no room for “%(name)s”, and no link to it."),
                _("Let your template have a line for each release, and a link to the edition's page."),
                {"name": plain(name, HEADLINE)},
            )


def _topics(origin: Origin) -> list[list[str]]:
    """For each topic that the mail's releases stand under, what its heading may say (feeds may differ)."""
    used = {
        release.topics[0].slug: plain(release.topics[0].title, HEADLINE) for release in origin.told if release.topics
    }
    titles = {slug: [title] for slug, title in used.items() if title}
    for topic in (topic for release in origin.known.values() for topic in release.topics[:1] if topic.slug in titles):
        titles[topic.slug].append(plain(topic.title, HEADLINE))
    return list(titles.values())
