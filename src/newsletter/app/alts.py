"""The alt desk: pictures that wait for somebody to say what they show, and what was decided about them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from itertools import chain, islice

from lxml import html

from newsletter.app.desk import EditionDesk
from newsletter.edition.plain import same
from newsletter.errors import BadInput, NotFound
from newsletter.model import AltDecision, EditionState, Image, ImageState, KnownImage, Release
from newsletter.model.alt import alt_text, says_nothing
from newsletter.rules.images import LONG, begins_as_picture, holds_credit
from newsletter.store.alts import Alts
from newsletter.store.database import Database
from newsletter.store.editions import Editions
from newsletter.store.images import Images, sources_of


def _(message: str) -> str:
    return message  # marks a message for the catalogues


LEAST = 6  # characters of a hash that name a picture
TOGETHER = 200  # releases whose pictures are asked for at once
NOTHING_SHOWN = frozenset({ImageState.STAND_IN, ImageState.UNFIT})
NOT_OVER = (EditionState.COMPOSED, EditionState.HELD, EditionState.APPROVED)


@dataclass(slots=True)
class Asked:
    """A picture that is asked about: `why` says for what; `blocks`, that it is not shown before somebody answers."""

    picture: str | None  # None: it was never looked at, so nothing can be decided yet
    src: str
    image: Image
    why: str  # a message id
    blocks: bool
    known: KnownImage
    releases: dict[str, str] = field(default_factory=dict)  # headlines by id
    editions: list[str] = field(default_factory=list)  # those not over that carry it


class AltDesk:
    """Says which pictures wait, and takes decisions."""

    def __init__(self, database: Database, editions: Editions, desk: EditionDesk) -> None:
        self._alts = Alts(database)
        self._images = Images(database)
        self._editions = editions
        self._desk = desk

    def waiting(self, now: datetime) -> list[Asked]:
        """The pictures of live releases that are asked about: those that are not shown first, then the newest."""
        carrying = self._carrying()
        found: dict[str, Asked] = {}
        releases = self._alts.with_pictures()
        while some := list(islice(releases, TOGETHER)):
            known = self._images.known(set(chain.from_iterable(map(sources_of, some))))
            decided = self._alts.decided({one.picture for one in known.values() if one.picture})
            for release in some:
                for asked in _asked_of(release, known, decided):
                    one = found.setdefault(asked.picture or asked.src, asked)
                    one.releases[release.id] = release.headline
                    one.editions = sorted({*one.editions, *carrying.get(release.id, ())})
        return sorted(found.values(), key=lambda one: not one.blocks)

    def describe(self, picture: str, alt: str, by: str, now: datetime) -> list[str]:
        """Give a picture an alt text; the editions not over that carry it. Raises NotFound, and BadInput saying why."""
        known = self._known(picture)
        showing = self._showing(known)
        text = " ".join(alt.split())
        if refusal := _refused(text, showing):
            raise refusal
        return self._decide(known, showing, text, by, None, now)

    def make_decorative(self, picture: str, by: str, reason: str, now: datetime) -> list[str]:
        """Say that a picture shows nothing that matters. Raises NotFound, and BadInput without a reason."""
        known = self._known(picture)
        if not reason.strip():
            raise BadInput(_("say why nobody misses anything who does not see the picture"))
        return self._decide(known, self._showing(known), None, by, reason.strip(), now)

    def _decide(
        self,
        known: list[KnownImage],
        showing: list[tuple[Release, Image]],
        alt: str | None,
        by: str,
        reason: str | None,
        now: datetime,
    ) -> list[str]:
        if not by.strip():
            raise BadInput("say who decides: --by NAME")
        picture = known[0].picture
        if picture is None:
            raise NotFound(f"{known[0].src} was not looked at yet: `newsletter collect` does")
        before = next((image.alt for _, image in showing), None)
        decision = AltDecision(picture, alt, by.strip(), now, reason, before)
        self._alts.decide(decision, {one.src for one in known})
        return self._render_again({release.id for release, _ in showing}, now)

    def _render_again(self, releases: set[str], now: datetime) -> list[str]:
        """Editions not over that carry one of these, rendered anew where they wait; approved ones go as they are."""
        affected = []
        for edition in self._editions.in_state(*NOT_OVER):
            if releases & {one.release for one in edition.carried}:
                if edition.state is not EditionState.APPROVED:
                    self._desk.prepare(edition, now)
                affected.append(edition.id)
        return affected

    def _known(self, picture: str) -> list[KnownImage]:
        """All that is known of the picture that is named by its address, or by how its hash begins."""
        if "://" in picture:
            found = list(self._images.known([picture]).values())
            if not found:
                raise NotFound(f"no release shows {picture}; `newsletter alt list` names the pictures that wait")
            same_one = self._alts.sources(found[0].content_hash) if found[0].content_hash else {}
            return found + list(self._images.known(set().union(*same_one.values()) - {picture}).values())
        if len(picture) < LEAST:
            raise BadInput(f"{picture!r} is too short: name a picture by {LEAST} characters or more, or by its address")
        hashes = self._alts.sources(picture.lower())
        if len(hashes) > 1:
            raise BadInput(f"{picture!r} names {len(hashes)} pictures; write more of it")
        if not hashes:
            raise NotFound(f"no picture begins with {picture!r}; `newsletter alt list` names those that wait")
        return list(self._images.known(set().union(*hashes.values())).values())

    def _showing(self, known: list[KnownImage]) -> list[tuple[Release, Image]]:
        sources = {one.src for one in known}
        every = ((release, image) for release in self._alts.with_pictures() for image in _pictures(release))
        return [(release, image) for release, image in every if image.src in sources]

    def _carrying(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for edition in self._editions.in_state(*NOT_OVER):
            for carried in edition.carried:
                found.setdefault(carried.release, []).append(edition.id)
        return found


def _asked_of(release: Release, known: Mapping[str, KnownImage], decided: Mapping[str, AltDecision]) -> Iterator[Asked]:
    for image in _pictures(release):
        one = known.get(image.src, KnownImage(image.src))
        if one.state in NOTHING_SHOWN or (one.picture is not None and one.picture in decided):
            continue
        if why := _why(release, image):
            yield Asked(one.picture, image.src, image, why, alt_text(image) is None, one)


def _pictures(release: Release) -> Iterator[Image]:
    """The pictures of a release, those in its text too."""
    yield from release.images
    there = {image.src for image in release.images}
    if "<img" in release.body_html:
        for picture in html.fragment_fromstring(release.body_html, create_parent="div").iter("img"):
            if (src := unescape(picture.get("src") or "")) not in there:
                yield Image(src, alt=picture.get("alt"))


def _why(release: Release, image: Image) -> str | None:
    """Why somebody is asked about a picture's alt text, by the same judgement as the gate's; None where it is good."""
    alt = " ".join((image.alt or "").split())
    if not alt:
        return _("it has no alt text")
    if says_nothing(alt):
        return _("its alt text is a file name, or says only that it is a picture")
    if alt_text(image) is None:
        return _("its alt text says nothing")
    if same(alt, release.headline):
        return _("its alt text is the headline")
    if same(alt, image.caption):
        return _("its alt text is the caption")
    return _("its alt text holds a credit") if holds_credit(alt) else None


def _refused(alt: str, showing: Collection[tuple[Release, Image]]) -> BadInput | None:
    """Why a rule would object to an alt text, with what to do; None where none does."""
    if not alt:
        return BadInput(_("an empty alt text says that the picture shows nothing: call it decorative, with a reason"))
    if says_nothing(alt):
        said = _("“%(alt)s” does not say what the picture shows: write what can be seen and matters")
        return BadInput(said, alt=alt)
    if begins_as_picture(alt):
        return BadInput(_("screen readers say by themselves that it is a picture: begin with what it shows"))
    if holds_credit(alt):
        return BadInput(_("the credit is shown below the picture: leave it out of the alt text"))
    if len(alt) > LONG:
        said = _("it has %(count)s characters; more than %(most)s are hard to listen to: say the essential")
        return BadInput(said, count=len(alt), most=LONG)
    if any(same(alt, release.headline) or same(alt, image.caption) for release, image in showing):
        said = _("it repeats the headline or the caption, which are read out beside it: say what the picture shows")
        return BadInput(said)
    return None
