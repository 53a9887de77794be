"""A release page becomes a Draft: for each field a cascade of steps; the first that finds something wins and is noted.

profile selectors → the page's own data → the page's structure → text statistics. Nothing is decided here: what may be
published, and whether anything changed, is for others.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from selectolax.lexbor import LexborNode, SelectolaxError

from newsletter.collect.read import (
    alternates,
    contact,
    data,
    documents,
    headline,
    images,
    issuer,
    language,
    lead,
    teaser,
)
from newsletter.collect.read.blocks import plain, says_at_least
from newsletter.collect.read.body import MIN_BODY, clear, find_body, without_loose_ends
from newsletter.collect.read.dates import BERLIN, Stamp, read_machine_date
from newsletter.collect.read.lines import without_edges, without_lead, without_repeated
from newsletter.collect.read.page import PageTree, decode, remove, select, text_of
from newsletter.collect.read.prune import prune
from newsletter.collect.read.published import Finder
from newsletter.collect.read.sanitise import sanitise, sanitise_node
from newsletter.collect.read.statistics import statistical_body
from newsletter.collect.read.text import clean
from newsletter.collect.read.topics import find_topics
from newsletter.config import ReleaseProfile
from newsletter.errors import UnreadablePage
from newsletter.model import Draft, Image, Page
from newsletter.said import Said

_NO_PROFILE: Final = ReleaseProfile()
_NAME_MAX: Final = 200  # characters


class NoText(UnreadablePage):
    """A page that says nothing a release could be; `found` is what it says besides, for people to look at."""

    def __init__(self, found: Draft) -> None:
        super().__init__("the page has no text that could be a release")
        self.found = found


def read_release(page: Page, profile: ReleaseProfile = _NO_PROFILE, *, zone: tzinfo = BERLIN) -> Draft:
    """What `page` says of its one release; times without an offset are local to `zone`.

    The lead picture is in `images` and no longer in the body. Raises UnreadablePage with the reason where the page is
    empty, too large, or has no headline or no text (NoText).
    """
    text = decode(page.body, page.charset)
    if not text.strip():
        raise UnreadablePage("the page is empty")
    return _Reading(PageTree(text, page.url), profile, zone).draft()


class _Reading:
    """One page being read: the profile's elements, what was found so far, and by which step."""

    def __init__(self, page: PageTree, profile: ReleaseProfile, zone: tzinfo) -> None:
        self.page, self.zone = page, zone
        self.origin: dict[str, str] = {}
        self.problems: list[str] = []
        for query in profile.remove:
            remove(self._selected("remove", query))
        chosen = profile.model_dump(exclude={"remove"}, exclude_none=True)
        self.chosen = {name: nodes[0] for name, query in chosen.items() if (nodes := self._selected(name, query))}
        self.things = data.things(page)
        self.known = data.known_things(self.things)
        self.finder = Finder(page, zone, month_first=page.language in ("en", "en-us"))

    def draft(self) -> Draft:
        """Reads everything; what only the whole page can tell before the page is pruned."""
        told = headline.told_headlines(self.page, self.things)
        node = self.chosen.get("headline") or headline.headline_node(self.page, list(told.values()))
        title, kicker = self._headline(node, told)
        topics = find_topics(self.page, self.things)
        files = documents.find_documents(self.page, node)
        others = alternates.find_alternates(self.page, node, self.things)
        beside = contact.find_contact(self.page, node)
        stamp = self._told_date(node)
        pictures = lead.told_pictures(self.page, self.things)
        self._prune(node, lead.told_picture(self.page, pictures))
        stamp = stamp or self._shown_date(node)
        body = self._body(node)
        shown, gone = self._images(pictures, node, body)
        begun, opening = self._teaser(node, body, gone, [one.caption for one in shown if one.caption])
        gone += [begun] if begun is not None else []
        author = self._author()
        html = self._body_html(body, gone, [title, kicker or "", opening or ""])
        html, opening, office, under = self._told_apart(html, opening, [author or "", kicker or "", *topics])
        text = plain(html)
        draft = Draft(
            url=self.page.url,
            headline=title,
            kicker=kicker,
            teaser=opening,
            body_html=html,
            body_text=text,
            language=self._language(body, f"{opening or ''} {text}"),
            published=stamp.when if stamp else None,
            published_precision=stamp.precision if stamp else None,
            author=author,
            issuer=office or self._issuer(),
            contact=self._contact(under, beside),
            images=shown,
            documents=files,
            alternates=others,
            topics=topics,
            canonical=self._canonical(),
            origin=self.origin,
            problems=tuple(self.problems),
        )
        if not text and not opening:
            raise NoText(draft)
        return draft

    def _headline(self, node: LexborNode | None, told: dict[str, str]) -> tuple[str, str | None]:
        kicker = text_of(self.chosen.get("kicker")) or None
        self._note("kicker", kicker and "profile")
        if node is not None and ("headline" in self.chosen or headline.is_told(node, told)):
            self._note("headline", "profile" if "headline" in self.chosen else "structure")
            title, within = headline.headline_and_kicker(node, told.values())
            if not kicker and (kicker := within or headline.kicker_near(node)):
                self._note("kicker", "structure")
            return title, kicker
        if (said := headline.told_headline(told, self.page)) is None:
            raise UnreadablePage("the page has no headline")
        self._note("headline", said[0])
        return said[1], kicker

    def _told_date(self, node: LexborNode | None) -> Stamp | None:
        if (chosen := self.chosen.get("date")) is not None:
            written = (chosen.attributes.get("datetime"), text_of(chosen))
            if stamp := next((stamp for text in written if (stamp := read_machine_date(text, self.zone))), None):
                self._note("published", "profile")
                return stamp
            self.problems.append(Said("what the profile's selector for date finds is no date"))
        return self._dated(self.finder.told(self.things, node) or self.finder.only_time())

    def _shown_date(self, node: LexborNode | None) -> Stamp | None:
        return self._dated(self.finder.shown(node))

    def _dated(self, found: tuple[Stamp, str] | None) -> Stamp | None:
        self._note("published", found[1] if found else None)
        return found[0] if found else None

    def _prune(self, node: LexborNode | None, shown: tuple[LexborNode, lead.Told] | None) -> None:
        parts = [chosen for name, chosen in self.chosen.items() if name != "body"]
        whole = [one for one in (node, shown[0] if shown else None, *parts) if one is not None]
        whole += teaser.quoted(self.page, [text for _, text in teaser.told_teasers(self.page, self.things)])
        prune(self.page, whole, [self.chosen["body"]] if "body" in self.chosen else [])

    def _body(self, node: LexborNode | None) -> LexborNode | None:
        found = (self.chosen["body"], "profile") if "body" in self.chosen else find_body(self.page, node)
        self._note("body", found[1] if found else None)
        return found[0] if found else None

    def _images(
        self, told: list[lead.Told], node: LexborNode | None, body: LexborNode | None
    ) -> tuple[tuple[Image, ...], list[LexborNode]]:
        chosen = self.chosen.get("image")
        caption = text_of(self.chosen.get("caption")) or None
        read = images.read_picture(chosen, self.page, lead=True, caption=caption) if chosen is not None else None
        found = (read, "profile") if read else lead.find_lead(self.page, told, node, body)
        self._note("image", found[1] if found else None)
        return images.with_inner(found[0] if found else None, body, self.page)

    def _teaser(
        self, node: LexborNode | None, body: LexborNode | None, pictures: list[LexborNode], captions: list[str]
    ) -> tuple[LexborNode | None, str | None]:
        chosen = self.chosen.get("teaser")
        told = list(teaser.told_teasers(self.page, self.things))
        said = [text for _, text in told]
        found = chosen if chosen is not None else teaser.find_teaser(self.page, node, body, pictures, said)
        if (
            found is not None
            and (text := text_of(found))
            and (found is chosen or not teaser.is_caption(text, captions))
        ):
            self._note("teaser", "structure" if chosen is None else "profile")
            return found, text
        if not told:
            return None, None
        self._note("teaser", told[0][0])
        return None, told[0][1]

    def _body_html(self, body: LexborNode | None, gone: list[LexborNode], told: list[str]) -> str:
        html = ""
        if body is not None:
            clear(body, gone, told)
            html = without_loose_ends(sanitise_node(body, self.page.base))
        if "body" in self.chosen or says_at_least(html, MIN_BODY):
            return html
        other = sanitise(statistical_body(self.page), self.page.base)
        if len(plain(other)) <= len(plain(html)):
            return html
        self._note("body", "text statistics")
        return other

    def _told_apart(
        self, html: str, opening: str | None, names: list[str]
    ) -> tuple[str, str | None, str | None, str | None]:
        """The text without what is told apart from it, the teaser, the issuer and the contact that it holds."""
        html, office = issuer.split_issuer(html)
        self._note("issuer", office and "structure")
        html, under = contact.split_contact(html)
        html, apart = without_edges(html, names)
        if apart and teaser.is_surer(apart, opening, self.origin.get("teaser")):
            html, opening = without_lead(html, apart), apart
            self._note("teaser", "structure")
        html, opening = without_repeated(html, opening) if opening else (html, None)
        html, under = (html, under) if under else contact.split_contact(html)
        return html, opening, office, under

    def _language(self, body: LexborNode | None, text: str) -> str | None:
        found = language.find_language(self.page, body, text)
        self._note("language", found[1] if found else None)
        return found[0] if found else None

    def _contact(self, *found: str | None) -> str | None:
        said = next(filter(None, found), None)
        self._note("contact", said and "structure")
        return said

    def _author(self) -> str | None:
        return self._name("author", "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")

    def _issuer(self) -> str | None:
        return self._name("issuer", "dc.publisher", "dcterms.publisher", "og:site_name", "publisher")

    def _name(self, field: str, *metas: str) -> str | None:
        """The author or issuer: the JSON-LD's persons or publisher, else the first of the `metas`."""
        key = "publisher" if field == "issuer" else field
        articles = (thing for thing in self.things if data.is_article(thing))
        names = next((n for thing in articles if (n := data.names(thing.get(key), self.known))), [])
        written = (text for meta in metas for text in self.page.meta.get(meta, ()) if data.is_name(text))
        if not (name := ", ".join(names) or next(written, "")):
            return None
        self._note(field, "json-ld" if names else "meta")
        return clean(name, _NAME_MAX)

    def _canonical(self) -> str | None:
        link = self.page.tree.css_first("link[rel~=canonical]")
        return self.page.absolute(link.attributes.get("href") if link is not None else self.page.first_meta("og:url"))

    def _selected(self, name: str, query: str) -> list[LexborNode]:
        try:
            nodes = select(self.page.root, query)
        except SelectolaxError:
            said = "the profile's selector for %(name)s (%(query)s) is no CSS selector"
            self.problems.append(Said(said, name=name, query=query))
            return []
        if not nodes and name != "remove":
            said = "the profile's selector for %(name)s (%(query)s) finds nothing"
            self.problems.append(Said(said, name=name, query=query))
        return nodes

    def _note(self, name: str, step: str | None) -> None:
        if step:
            self.origin[name] = step
