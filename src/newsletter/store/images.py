"""The pictures of releases: what is known of each address, the copies that we host, and what is due.

Fulfils `collect.hosting.store.ImageStore`. Whatever changes of a picture as it is shown also writes `changed_at` of the
releases that show it, so that publishing makes their pages anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Delete,
    Integer,
    Select,
    Update,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from newsletter.model import DueImage, ImageCopy, ImageState, KnownImage, Release, ReleaseState
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.image_tables import image_copies, images, release_images
from newsletter.store.tables import releases

LONGEST = 2_000  # bytes of an address: PostgreSQL's index takes no more than about 2,700
CHUNK = 500  # addresses asked for in one query
RENEWED = timedelta(days=30)  # how exactly it is kept when a copy was last in use
_IN_TEXT = re.compile(r'(?<= src=")[^"]+')
_KNOWN = [images.c[field.name] for field in fields(KnownImage) if field.name != "copy"]
_COPY = [image_copies.c[field.name].label(f"copy_{field.name}") for field in fields(ImageCopy)]


class Images:
    """What the store knows of pictures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, sources: Collection[str]) -> dict[str, KnownImage]:
        """What is known of the pictures at these addresses, by address."""
        asked = sorted(set(filter(can_be_kept, sources)))

        def work(connection: Connection) -> dict[str, KnownImage]:
            found: dict[str, KnownImage] = {}
            for start in range(0, len(asked), CHUNK):
                query = _with_copies().where(images.c.src.in_(asked[start : start + CHUNK]))
                found |= {row.src: _known(row) for row in connection.execute(query)}
            return found

        return self._database.read(work)

    def due(self, now: datetime, limit: int, *, host: bool, urgent: bool) -> list[DueImage]:
        """The pictures of live releases to look at: those that mails wait for first, then the newest.

        `host`: also those that are known and have no copy. `urgent`: only those that a mail may show and that were
        never tried.
        """
        mailed = func.max(cast(releases.c.mailable, Integer))
        place, born = func.min(release_images.c.place), func.max(releases.c.published_at)
        query = (
            _with_copies(born.label("born"))
            .join(release_images, release_images.c.src == images.c.src)
            .join(releases, releases.c.id == release_images.c.release)
            .where(releases.c.state == ReleaseState.LIVE, _is_due(now, host=host))
            .group_by(images.c.src, image_copies.c.name)
            .order_by(mailed.desc(), place, born.desc(), images.c.src)
            .limit(limit)
        )
        if urgent:
            query = query.where(releases.c.mailable, release_images.c.place == 0, images.c.checked_at.is_(None))
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [DueImage(_known(row), row.born) for row in rows]

    def settle(self, image: KnownImage, at: datetime) -> bool:
        """Keep what a look told; whether the picture is shown otherwise now."""

        def work(connection: Connection) -> bool:
            if image.copy is not None:
                _use(connection, image.copy, at)
            before = connection.execute(select(images).where(images.c.src == image.src).with_for_update()).first()
            row = asdict(image) | {"copy": image.copy and image.copy.name}
            query = insert(connection, images).values(row)
            connection.execute(query.on_conflict_do_update(index_elements=["src"], set_=row))
            changed = before is None or _shown(dict(before._mapping)) != _shown(row)
            if changed:
                touch(connection, [image.src], at)
            return changed

        return self._database.write(work)

    def counts(self) -> dict[str, int]:
        """How many pictures of live releases are in each state."""
        query = select(images.c.state, func.count()).where(_shown_by(ReleaseState.LIVE)).group_by(images.c.state)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {str(state): 0 for state in ImageState} | {row[0]: row[1] for row in rows}

    def problems(self, limit: int) -> list[KnownImage]:
        """Pictures of live releases that cannot be had or shown, the latest first."""
        bad = images.c.state.in_((ImageState.FAILED, ImageState.UNFIT))
        query = (
            _with_copies().where(bad, _shown_by(ReleaseState.LIVE)).order_by(images.c.checked_at.desc()).limit(limit)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [_known(row) for row in rows]

    # --- the copies

    def copies(self) -> set[str]:
        """The names of all copies that are kept."""
        return set(self._all(select(image_copies.c.name)))

    def forget(self, names: Sequence[str], at: datetime) -> None:
        """Forget copies, whose files are gone; their pictures are to be looked at again."""

        for start in range(0, len(names), CHUNK):
            self._database.write(partial(_forget, names=names[start : start + CHUNK], at=at))

    def unused(self, now: datetime, keep: timedelta) -> list[str]:
        """The copies that no release shows since `keep`, and those whose releases were all withdrawn.

        Notes of the others, where a release shows them, that they are in use at `now`; forgets addresses that no
        release shows any more.
        """
        linked = exists().where(release_images.c.src == images.c.src)
        shown = exists().where(
            images.c.copy == image_copies.c.name, _shown_by(ReleaseState.LIVE, ReleaseState.WITHHELD)
        )
        withdrawn = exists().where(images.c.copy == image_copies.c.name, _shown_by(ReleaseState.WITHDRAWN))
        gone = or_(withdrawn, image_copies.c.used_at < now - keep)
        lost = self._all(select(images.c.src).where(~linked))
        stale = self._all(select(image_copies.c.name).where(image_copies.c.used_at < now - RENEWED, shown))
        self._in_chunks(delete(images).where(~linked), images.c.src, lost)
        self._in_chunks(update(image_copies).values(used_at=now), image_copies.c.name, stale)
        return self._all(select(image_copies.c.name).where(~shown, gone))

    def _all(self, query: Select[str]) -> list[str]:
        return list(self._database.read(lambda connection: connection.execute(query).scalars().all()))

    def _in_chunks(self, change: Delete | Update, column: ColumnElement[str], values: Sequence[str]) -> None:
        for start in range(0, len(values), CHUNK):
            some = change.where(column.in_(values[start : start + CHUNK]))
            self._database.write(partial(Connection.execute, statement=some))


def _forget(connection: Connection, names: Sequence[str], at: datetime) -> None:
    sources = connection.execute(select(images.c.src).where(images.c.copy.in_(names))).scalars().all()
    again = {"state": ImageState.WAITING, "copy": None, "checked_at": None, "next_at": None}
    connection.execute(update(images).where(images.c.src.in_(sources)).values(again))
    connection.execute(delete(image_copies).where(image_copies.c.name.in_(names)))
    touch(connection, sources, at)


def link_images(connection: Connection, release: Release, changed_at: datetime | None) -> None:
    """Write down the pictures that a release shows; with `changed_at` they are looked at again."""
    rows = [{"release": release.id, "src": src, "place": place} for place, src in enumerate(sources_of(release))]
    connection.execute(delete(release_images).where(release_images.c.release == release.id))
    if not rows:
        return
    sources = [row["src"] for row in rows]
    new = [{"src": src, "state": ImageState.WAITING, "failures": 0} for src in sources]
    connection.execute(insert(connection, images).on_conflict_do_nothing(), new)
    connection.execute(insert(connection, release_images), rows)
    if changed_at is not None:
        checked = and_(images.c.src.in_(sources), images.c.checked_at.is_not(None))
        connection.execute(update(images).where(checked).values(next_at=changed_at))


def sources_of(release: Release) -> Iterator[str]:
    """The addresses of a release's pictures, each once: its lead first, then in their order, those of its text too."""
    ordered = sorted(release.images, key=lambda image: not image.lead)
    in_text = map(unescape, _IN_TEXT.findall(release.body_html))
    yield from filter(can_be_kept, dict.fromkeys([*(image.src for image in ordered), *in_text]))


def can_be_kept(src: str) -> bool:
    """Whether an address is one of the web that an index can hold."""
    return src.startswith(("http://", "https://")) and len(src.encode("utf-8", "replace")) <= LONGEST


def touch(connection: Connection, sources: Sequence[str], at: datetime) -> None:
    """Note that the releases that show these pictures are to be published anew."""
    showing = select(release_images.c.release).where(release_images.c.src.in_(sources))
    after = type_coerce(type_coerce(releases.c.changed_at, BigInteger) + 1, releases.c.changed_at.type)
    later = case((releases.c.changed_at >= at, after), else_=literal(at, releases.c.changed_at.type))
    connection.execute(update(releases).where(releases.c.id.in_(showing)).values(changed_at=later))


def _is_due(now: datetime, *, host: bool) -> ColumnElement[bool]:
    never = and_(images.c.checked_at.is_(None), images.c.next_at.is_(None))
    due = or_(never, images.c.next_at <= now)
    return or_(due, and_(images.c.state == ImageState.GOOD, images.c.copy.is_(None))) if host else due


def _shown_by(*states: ReleaseState) -> ColumnElement[bool]:
    return exists().where(
        release_images.c.src == images.c.src, releases.c.id == release_images.c.release, releases.c.state.in_(states)
    )


def _with_copies(*more: Any) -> Any:
    columns = select(*_KNOWN, *_COPY, *more)
    return columns.select_from(images).outerjoin(image_copies, image_copies.c.name == images.c.copy)


def _shown(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of a picture's row decides on how it is shown."""
    left_out = row["state"] in (ImageState.UNFIT, ImageState.STAND_IN)
    return left_out and row["state"], *(row[name] for name in ("copy", "width", "height", "type", "size"))


def _use(connection: Connection, copy: ImageCopy, at: datetime) -> None:
    query = insert(connection, image_copies).values(**asdict(copy), used_at=at)
    connection.execute(query.on_conflict_do_update(index_elements=["name"], set_={"used_at": at}))


def _known(row: Any) -> KnownImage:
    values = {column.name: getattr(row, column.name) for column in _KNOWN}
    copied = {field.name: getattr(row, f"copy_{field.name}") for field in fields(ImageCopy)}
    copy = ImageCopy(**copied) if copied["name"] is not None else None
    return KnownImage(**values | {"state": ImageState(row.state)}, copy=copy)
