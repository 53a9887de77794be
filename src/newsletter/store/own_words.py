"""What editors say of releases in place of their sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, fields

from sqlalchemy import BigInteger, Connection, case, delete, literal, select, type_coerce, update

from newsletter.model import OwnWords, Release
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.documents import release_from
from newsletter.store.editor_tables import own_words
from newsletter.store.tables import releases
from newsletter.store.words import keep_words

CHUNK = 500
_COLUMNS = [own_words.c[field.name] for field in fields(OwnWords)]


class OwnWording:
    """Words by release: the latest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, ids: Collection[str]) -> dict[str, OwnWords]:
        """The words for these releases, by id; only of those for which an editor has any."""
        asked = sorted(ids)

        def look(connection: Connection) -> dict[str, OwnWords]:
            found: dict[str, OwnWords] = {}
            for start in range(0, len(asked), CHUNK):
                some = own_words.c.release.in_(asked[start : start + CHUNK])
                found |= {row.release: OwnWords(*row) for row in connection.execute(select(*_COLUMNS).where(some))}
            return found

        return self._database.read(look) if asked else {}

    def said(self, releases_: Iterable[Release]) -> list[Release]:
        """The releases in an editor's words, where there are any."""
        found = list(releases_)
        own = self.of({one.id for one in found})
        return [own[one.id].said(one) if one.id in own else one for one in found]

    def keep(self, words: OwnWords) -> None:
        """Keep words in place of those before, or forget these where the new ones say nothing; the release is to be
        published anew."""

        def work(connection: Connection) -> None:
            if words.any:
                row = asdict(words)
                query = insert(connection, own_words).values(row)
                connection.execute(query.on_conflict_do_update(index_elements=["release"], set_=row))
            else:
                connection.execute(delete(own_words).where(own_words.c.release == words.release))
            _touch(connection, words)
            document = connection.execute(select(releases.c.document).where(releases.c.id == words.release)).scalar()
            if document is not None:
                keep_words(connection, release_from(document))

        self._database.write(work)


def _touch(connection: Connection, words: OwnWords) -> None:
    changed = releases.c.changed_at
    after = type_coerce(type_coerce(changed, BigInteger) + 1, changed.type)
    later = case((changed >= words.at, after), else_=literal(words.at, changed.type))
    connection.execute(update(releases).where(releases.c.id == words.release).values(changed_at=later))
