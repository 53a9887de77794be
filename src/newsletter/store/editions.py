"""Editions: their rows are the state machine of model.EDITION_MOVES, moved by one conditional UPDATE each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, exists, or_, select, update

from newsletter.errors import NotFound, StateError
from newsletter.model import EDITION_MOVES, Cadence, Carried, DeliveryState, Edition, EditionState, Finding
from newsletter.said import Said
from newsletter.store.database import Database
from newsletter.store.documents import findings_document
from newsletter.store.edition_rows import Counted, carry, counted, counts_of, edition_of, editions_of, insert_edition
from newsletter.store.outbox import moved_to
from newsletter.store.reasons import told
from newsletter.store.sheet_tables import variants
from newsletter.store.states import is_in, open_of
from newsletter.store.tables import deliveries, edition_releases, editions

UNDECIDED = (EditionState.COMPOSED, EditionState.HELD)
"""States in which an edition may still be written anew, and in which a later one overtakes it."""


UNSENT = (*UNDECIDED, EditionState.APPROVED)


class Editions:
    """Every edition there is. Raises NotFound for an id nobody has, StateError for a move that the model forbids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, edition: Edition, skipped: Sequence[Edition] = ()) -> bool:
        """Add a composed edition and the slots skipped before it, in one transaction; False where it is there already.

        A new one that carries releases overtakes what is composed or held for an earlier slot of its row (of
        `immediate`: for an earlier revision of its release): that becomes `superseded`, and its releases are due again.
        One that an editor put together overtakes nothing, and is not overtaken.
        """

        def work(connection: Connection) -> bool:
            for earlier in skipped:
                insert_edition(connection, earlier)
            new = insert_edition(connection, edition)
            if new and edition.carried and not edition.extra:
                _supersede(connection, edition)
            return new

        return self._database.write(work)

    def get(self, id: str) -> Edition:
        """The edition, with its releases in their order."""
        (found,) = self._read(select(editions).where(editions.c.id == id)) or (None,)
        if found is None:
            raise NotFound("there is no edition %(edition)s", edition=id)
        return found

    def known(self, ids: Collection[str]) -> frozenset[str]:
        """Those of these ids that an edition has already, whatever became of it."""
        query = select(editions.c.id).where(editions.c.id.in_(ids))
        return frozenset(self._database.read(lambda connection: connection.execute(query).scalars().all()))

    def listed(self, states: Collection[EditionState] = (), limit: int = 100) -> list[Counted]:
        """The editions with their counts, the latest slot first; only those in `states` where any are given."""
        query = select(editions).order_by(editions.c.slot.desc(), editions.c.id).limit(limit)
        if states:
            query = query.where(editions.c.state.in_(sorted(states)))
        return self._database.read(lambda connection: counted(connection, query))

    def in_state(self, *states: EditionState) -> tuple[Edition, ...]:
        """The editions in these states, the earliest slot first."""
        wanted = editions.c.state.in_(sorted(states))
        return self._read(select(editions).where(wanted).order_by(editions.c.slot, editions.c.id))

    def counts(self, id: str) -> Mapping[DeliveryState, int]:
        """How many deliveries of an edition are in each state."""
        return self._database.read(lambda connection: counts_of(connection, [id]).get(id, {}))

    def forget_skipped(self, newsletter: str, cadence: Cadence, after: datetime) -> None:
        """Forget the slots after then that were skipped: a clock that was ahead took them for missed."""
        ahead = (editions.c.newsletter == newsletter, editions.c.cadence == cadence, editions.c.slot > after)
        change = delete(editions).where(*ahead, editions.c.state == EditionState.SKIPPED)
        self._database.write(lambda connection: connection.execute(change))

    def move(self, id: str, state: EditionState, now: datetime, reason: str | None = None) -> Edition:
        """Move an edition to `state`; of two who try, one gets a StateError. It is finished by `finish_if_complete`."""
        return self._database.write(lambda connection: _move(connection, id, state, now, reason))

    def hold(self, id: str, findings: Iterable[Finding], reason: str, now: datetime) -> Edition:
        """Keep an edition back with what was found in it, for an editor to decide; one held already gets the new."""

        def work(connection: Connection) -> Edition:
            _note(connection, id, findings=findings_document(findings), **told(reason))
            edition = edition_of(connection, id)
            held = edition.state is EditionState.HELD
            return edition if held else _move(connection, id, EditionState.HELD, now, reason)

        return self._database.write(work)

    def note(self, id: str, findings: Iterable[Finding]) -> None:
        """Write down what was found in the final bytes of an edition not sent yet, in place of the last look."""
        self._database.write(lambda connection: _note(connection, id, findings=findings_document(findings)))

    def approve(self, id: str, now: datetime, override: str | None, send_after: datetime | None) -> Edition:
        """What a person decides: it may go from `send_after` on (None: at its slot), whatever was said before.

        `override` says who lets it go in spite of its findings, and why. Where it may not be approved (StateError)
        nothing of this is written down.
        """

        def work(connection: Connection) -> Edition:
            _move(connection, id, EditionState.APPROVED, now, None)
            _note(connection, id, send_after=send_after, **({"override": override} if override else {}))
            return edition_of(connection, id)

        return self._database.write(work)

    def word(self, id: str, subject: str | None, intro: str | None) -> Edition:
        """Write down what an editor says in an edition. Raises StateError unless it is composed or held."""

        def work(connection: Connection) -> Edition:
            change = update(editions).where(editions.c.id == id, editions.c.state.in_(UNDECIDED))
            changed = connection.execute(change.values(subject=subject, intro=intro)).rowcount
            edition = edition_of(connection, id)
            if not changed:
                stays = "edition %(edition)s is %(state)s: what it says stays as it is"
                raise StateError(stays, edition=id, state=Said(edition.state))
            return edition

        return self._database.write(work)

    def carry(self, id: str, carried: Sequence[Carried]) -> Edition:
        """Let an edition that is composed or held carry these releases instead. Raises StateError for any other.

        Whom a freeze that was stopped had planned it for is forgotten: their variants may hold what it no longer does.
        """

        def work(connection: Connection) -> Edition:
            lock = select(editions.c.state).where(editions.c.id == id).with_for_update()
            if (state := connection.execute(lock).scalar()) not in UNDECIDED:
                raise StateError(f"edition {id} is {state or 'not there'}: what it carries stays as it is")
            for table in (edition_releases, deliveries, variants):
                connection.execute(table.delete().where(table.c.edition == id))
            carry(connection, id, carried)
            return edition_of(connection, id)

        return self._database.write(work)

    def finish_if_complete(self, id: str, now: datetime) -> bool:
        """Finish a sending edition whose audience was frozen and has no open delivery left; True where that was so.

        Call it after uncertain deliveries that are to be sent again were queued: a finished edition sends nothing.
        """
        asked = and_(is_in(DeliveryState.UNCERTAIN), deliveries.c.lease_until.is_not(None))
        left = or_(open_of(id), exists().where(deliveries.c.edition == id, asked))
        change = (
            update(editions)
            .where(editions.c.id == id, editions.c.state == EditionState.SENDING)
            .where(editions.c.frozen_at.is_not(None), ~left)
            .values(state=EditionState.FINISHED, finished_at=now, reason=None)
        )

        def work(connection: Connection) -> bool:
            finished = connection.execute(change).rowcount == 1
            if finished:
                moved_to(connection, id, EditionState.FINISHED, now)
            return finished

        return self._database.write(work)

    def _read(self, query: Select[Any]) -> tuple[Edition, ...]:
        return tuple(self._database.read(lambda connection: editions_of(connection, query)))


def _move(connection: Connection, id: str, state: EditionState, now: datetime, reason: str | None) -> Edition:
    if state is EditionState.FINISHED:
        raise ValueError("an edition finishes only when its ledger is complete")
    allowed = sorted(origin for origin, moves in EDITION_MOVES.items() if state in moves)
    moment = {"approved_at": now} if state is EditionState.APPROVED else {}
    change = update(editions).where(editions.c.id == id, editions.c.state.in_(allowed))
    moved = connection.execute(change.values(state=state, **told(reason), **moment)).rowcount
    edition = edition_of(connection, id)
    if not moved:
        about = {"edition": id, "state": Said(edition.state), "wanted": Said(state)}
        raise StateError("edition %(edition)s is %(state)s: it cannot become %(wanted)s", **about)
    moved_to(connection, id, state, now)
    return edition


def _note(connection: Connection, id: str, **values: Any) -> None:
    change = update(editions).where(editions.c.id == id, editions.c.state.in_(UNSENT)).values(**values)
    if not connection.execute(change).rowcount:
        raise StateError(f"edition {id} is {edition_of(connection, id).state}: what was found in it is settled")


def _supersede(connection: Connection, edition: Edition) -> None:
    row = (editions.c.newsletter == edition.newsletter, editions.c.cadence == edition.cadence)
    overtaken = update(editions).where(*row, editions.c.slot < edition.slot, editions.c.state.in_(UNDECIDED))
    overtaken = overtaken.where(editions.c.extra.is_not(True))
    if edition.cadence is Cadence.IMMEDIATE:
        (one,) = edition.carried
        older = exists().where(edition_releases.c.edition == editions.c.id, edition_releases.c.release == one.release)
        overtaken = overtaken.where(older)
    why = Said("overtaken by %(edition)s", edition=edition.id)
    connection.execute(overtaken.values(state=EditionState.SUPERSEDED, **told(why)))
