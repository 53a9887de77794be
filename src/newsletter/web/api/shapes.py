"""What releases look like in requests and answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from newsletter.collect.decide import Outcome
from newsletter.collect.pushing import Pushed
from newsletter.model import (
    AlternateKind,
    AltFrom,
    Change,
    Document,
    Image,
    Precision,
    Release,
    ReleaseState,
)
from newsletter.web.api.values import Body, Headline, Line, Moment, Paragraph, Sent, Tag, WebUrl

Type = Annotated[str, Field(max_length=100, pattern=r"^[\w.+-]+/[\w.+-]+$")]


class ImageIn(Sent):
    """A picture. `alt` says what it shows; null: nobody said so yet, and an editor is asked."""

    src: WebUrl
    alt: Paragraph | None = None
    caption: Paragraph | None = None
    credit: Line | None = None
    symbolic: bool = Field(default=False, description="It shows something like it, not the thing itself.")
    lead: bool = Field(default=False, description="It stands for the release; one does.")


class DocumentIn(Sent):
    """A file that belongs to a release."""

    url: WebUrl
    title: Headline
    type: Type | None = None


class ReleaseIn(Sent):
    """A release as you publish it."""

    headline: Headline = Field(description="What it says, in one line.")
    body_html: Body = Field(description="The text; what is no plain text markup is taken out.")
    url: WebUrl | None = Field(default=None, description="Its page, where it has one.")
    kicker: Line | None = Field(default=None, description="The topic line.")
    teaser: Paragraph | None = Field(default=None, description="A few sentences that stand for it in lists and mails.")
    language: Tag | None = Field(default=None, description="BCP 47; else it is heard from the text.")
    published: Moment | None = Field(default=None, description="In the future: it is under embargo until then.")
    published_precision: Precision = Field(default=Precision.SECOND, description="How exactly that is known.")
    not_before: Moment | None = Field(default=None, description="An embargo; one that is over lifts the one before.")
    author: Line | None = None
    issuer: Line | None = Field(default=None, description="The office that publishes it.")
    images: list[ImageIn] = Field(default=[], max_length=50, description="They are loaded, scaled and hosted by us.")
    documents: list[DocumentIn] = Field(default=[], max_length=50)
    topics: list[Line] = Field(default=[], max_length=12)

    def pushed(self, external_id: str) -> Pushed:
        """The values of the model."""
        images = tuple(Image(**one.model_dump()) for one in self.images)
        documents = tuple(Document(**one.model_dump()) for one in self.documents)
        plain = self.model_dump(exclude={"images", "documents", "topics"})
        return Pushed(external_id, images=images, documents=documents, topics=tuple(self.topics), **plain)


class Kept(Sent):
    """Why something is decided."""

    reason: Line = Field(default="by a program", description="It is kept, and shown to nobody.")


class Withheld(Kept):
    """Why something is kept back, and until when."""

    until: Moment | None = None


class ImageOut(BaseModel):
    """A picture. `alt` null: missing; "" with `alt_from` "decorative": it says nothing, by an editor's decision."""

    src: str
    alt: str | None
    alt_from: AltFrom | None
    caption: str | None
    credit: str | None
    symbolic: bool
    lead: bool


class DocumentOut(BaseModel):
    """A file; `size` in bytes."""

    url: str
    title: str
    type: str | None
    size: int | None


class AlternateOut(BaseModel):
    """Another way to read it."""

    kind: AlternateKind
    url: str
    language: str | None


class TopicOut(BaseModel):
    """A topic."""

    slug: str
    title: str


class SightingOut(BaseModel):
    """A feed that lists it, and where it was found for that."""

    feed: str
    url: str
    mailable: bool


class ReleaseOut(BaseModel):
    """A release. `page` is its page here; `published` null: its source gave no date."""

    id: str
    source: str
    url: str
    page: str
    state: ReleaseState
    reason: str | None
    kicker: str | None
    headline: str
    teaser: str | None
    body_html: str
    body_text: str
    language: str
    author: str | None
    issuer: str | None
    published: AwareDatetime | None
    published_precision: Precision | None
    first_seen: AwareDatetime
    updated: AwareDatetime
    not_before: AwareDatetime | None
    revision: int
    change: Change | None
    images: list[ImageOut]
    documents: list[DocumentOut]
    alternates: list[AlternateOut]
    topics: list[TopicOut]
    sources: list[SightingOut]

    @classmethod
    def of(cls, release: Release, base_url: str) -> ReleaseOut:
        """A stored release."""
        sources = [SightingOut(feed=one.source, url=one.url, mailable=one.mailable) for one in release.seen_by]
        page = f"{base_url}/releases/{release.id}"
        kept = {name: getattr(release, name) for name in cls.model_fields if hasattr(release, name)}
        return cls.model_validate(kept | {"page": page, "sources": sources}, from_attributes=True)


class PushedIn(BaseModel):
    """What became of a release that was pushed in."""

    outcome: Outcome
    release: ReleaseOut
