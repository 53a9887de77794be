"""What the publisher does with the audience: add, import, list, export, erase, suppress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import partial

from newsletter.audience import wording
from newsletter.audience.address import normalised
from newsletter.audience.exporting import Entry
from newsletter.audience.fate import LEFT_OUT, Earlier, Fate, fates, is_active
from newsletter.audience.foreign import export_of, recognised
from newsletter.audience.importing import (
    COLUMNS,
    Arrival,
    Defaults,
    ImportReport,
    Reading,
    Record,
    Table,
    kept,
    text_of,
)
from newsletter.audience.intake import Intake
from newsletter.audience.leaving import end, erase
from newsletter.audience.offer import Offer
from newsletter.audience.store import AudienceStore, Journal, Rows
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import Consent, Enrolment, Wish
from newsletter.said import Said
from newsletter.tokens import Keys

AT_ONCE = 100  # rows a transaction of those that cost a line of the journal each, and of those that are listed


NO_DEFAULTS = Defaults()


class Register:
    """The publisher's side of the audience. Every `now` is an aware moment in UTC; addresses may be spelled anyhow."""

    def __init__(self, store: AudienceStore, journal: Journal, keys: Keys, offer: Offer) -> None:
        self.offer = offer
        self._store = store
        self._journal = journal
        self._keys = keys

    def add(self, address: str, wish: Wish, consent: str, now: datetime) -> bool:
        """Subscribe somebody whose consent is elsewhere; `consent` says where and when. False: is subscribed already.

        Raises BadInput for what is no address or no proof, StateError for those who left or are suppressed.
        """
        if not consent.strip():
            raise BadInput("no proof of consent: say where and when it was given")
        email = normalised(address)
        who = Enrolment(email, self._keys.address_hash(email), wish, kept(consent.strip()))
        _, (fate,) = self._enrol([who], "command", now)
        if fate in LEFT_OUT:
            raise StateError("not subscribed: %(why)s", why=Said(fate))
        return fate is Fate.NEW

    def import_csv(
        self,
        data: bytes,
        now: datetime,
        defaults: Defaults = NO_DEFAULTS,
        progress: Callable[[int], None] = lambda rows: None,
        program: str | None = None,
        *,
        dry_run: bool = False,
        columns: Sequence[str | None] | None = None,
        among: Collection[str] | None = None,
    ) -> ImportReport:
        """Subscribe everybody in a CSV file; bad rows are left out and told, good ones are in, nobody twice.

        `program` is the newsletter program whose export it is, where its columns do not tell; "": of none. `columns`
        says what each of the file's holds, where their names do not. `among`: the newsletters that may be subscribed;
        then nobody is suppressed, for that is of all of them. `progress` hears how many rows are done. A dry run tells
        what would become of it, and writes nothing. Raises BadInput for a file that is no such table.
        """
        table = Table(text_of(data))
        export = recognised(table.header) if program is None else export_of(program) if program else None
        fields = export.columns if export else COLUMNS
        table = table.named(fields) if columns is None else table.assigned(columns)
        reading = Reading(self.offer, self._keys, defaults, now.date(), export)
        intake = Intake(table, partial(_arrival, reading, among))
        trial = Earlier() if dry_run else None
        for chunk in intake.chunks(self._store.at_once):
            intake.settle(chunk, *self._enrol([row.who for row in chunk], "import", now, trial))
            progress(intake.done)
        name = export.name if export else None
        blocked = intake.blocked if among is None else []
        return intake.report(self._suppress_all(blocked, f"blocked in {name}", now, trial), name)

    def entries(self, newsletter: str | None = None) -> Iterator[Entry]:
        """Every subscription of people whose address is there, in the order they came."""
        after = 0
        while page := self._store.read(partial(_page, after=after)):
            yield from (entry for entry in page if newsletter in (None, entry.subscription.newsletter))
            after = page[-1].subscription.id

    def proof(self, address: str) -> Sequence[Consent]:
        """All that is on record of an address, oldest first, erased or not. Raises BadInput, or NotFound."""
        email_hash = self._keys.address_hash(normalised(address))
        found = self._store.read(lambda rows: rows.consents([email_hash]))
        if not found:
            raise NotFound("nothing is on record of this address")
        return [consent for _, consent in found]

    def erase(self, address: str, now: datetime) -> int:
        """End what somebody has and forget the address, but for its hash; how many subscriptions ended.

        Raises BadInput, or NotFound where the address is not known.
        """
        return self.erase_known(self._keys.address_hash(normalised(address)), now)

    def erase_known(self, email_hash: str, now: datetime) -> int:
        """The same, of the address that this hash stands for; again does nothing."""
        ended = self._store.write(lambda rows: self._erase(rows, email_hash, now))
        self._store.scrub()
        return ended

    def suppress(self, address: str, reason: str, now: datetime) -> None:
        """Write to an address no more, known or not; no fence lets a mail to it pass. Raises BadInput."""
        self.give_up(self._keys.address_hash(normalised(address)), reason, now)

    def give_up(self, email_hash: str, reason: str, now: datetime) -> None:
        """Write no more to the address that this hash stands for, until it is lifted (see Lifting)."""
        self._store.write(lambda rows: self._suppress(rows, email_hash, reason, now))

    def complained(self, email_hash: str, reason: str, now: datetime) -> None:
        """End all that somebody has who called a mail unwanted, and never write to them again."""
        self._store.write(lambda rows: self._complained(rows, email_hash, reason, now))

    def _suppress_all(self, hashes: Sequence[str], reason: str, now: datetime, trial: Earlier | None) -> int:
        """Never write to these again, but for who reads here: that is the later word. How many are new."""
        newsletters = [newsletter.id for newsletter in self.offer.newsletters]

        def work(rows: Rows, some: Sequence[str]) -> int:
            known = rows.people(some)
            own = rows.subscriptions_of(known.values())
            reading = {one for one, person in known.items() if any(map(is_active, own[person.id]))}
            new = [one for one in dict.fromkeys(some) if one not in reading | rows.suppressed(some)]
            if trial is not None:
                return sum(not trial.reads(one, newsletters) for one in new)
            for email_hash in new:
                self._suppress(rows, email_hash, reason, now)
            return len(new)

        chunks = (hashes[start : start + AT_ONCE] for start in range(0, len(hashes), AT_ONCE))
        run = self._store.write if trial is None else self._store.read
        return sum(run(partial(work, some=chunk)) for chunk in chunks)

    def _enrol(
        self, people: Sequence[Enrolment], how: str, now: datetime, trial: Earlier | None = None
    ) -> tuple[int, list[Fate]]:
        """How many came in (in a trial: would), and the fate of each."""
        if trial is not None:
            hashes = [who.email_hash for who in people]
            told = self._store.read(lambda rows: fates(rows, people, rows.people(hashes)))
            told = [trial.fate(who, fate) for who, fate in zip(people, told, strict=True)]
            return told.count(Fate.NEW), told
        text = wording.on_record(wording.elsewhere(self.offer.site.language))

        def work(rows: Rows) -> tuple[int, list[Fate]]:
            held = rows.hold(people, now)
            told = fates(rows, people, held)
            new = [(held[who.email_hash], who) for who, fate in zip(people, told, strict=True) if fate is Fate.NEW]
            return rows.enrol(new, text, how, now), told

        return self._store.write(work)

    def _erase(self, rows: Rows, email_hash: str, now: datetime) -> int:
        person = rows.subscriber(email_hash)
        if person is None:
            raise NotFound("this address is not known")
        return erase(rows, self._journal, person, "command", now)

    def _complained(self, rows: Rows, email_hash: str, reason: str, now: datetime) -> None:
        self._suppress(rows, email_hash, reason, now)
        person = rows.subscriber(email_hash)
        if person is not None:
            end(rows, person, rows.subscriptions(person.id), "complaint", now)

    def _suppress(self, rows: Rows, email_hash: str, reason: str, now: datetime) -> None:
        self._journal.goodbye("suppressed", email_hash, None, rows.suppress(email_hash, reason, now))


def _arrival(reading: Reading, among: Collection[str] | None, record: Record) -> Arrival:
    arrival = reading.arrival(record.said)
    if among is not None and arrival.who is not None and arrival.who.wish.newsletter not in among:
        raise BadInput("you may not import into the newsletter %(typed)s", typed=repr(arrival.who.wish.newsletter))
    return arrival


def _page(rows: Rows, after: int) -> list[Entry]:
    found = rows.everybody(after, AT_ONCE)
    consents: dict[int, list[Consent]] = {}
    for _, consent in rows.consents([person.email_hash for _, person, _ in found]):
        consents.setdefault(consent.subscription, []).append(consent)
    return [
        Entry(person, subscription, suppressed, tuple(consents.get(subscription.id, ())))
        for subscription, person, suppressed in found
    ]
