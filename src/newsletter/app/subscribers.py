"""The subscriber desk: who reads, looked for and looked after by editors, by the verbs of commands and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.audience import Lifting, OnBehalf
from newsletter.audience.address import normalised
from newsletter.errors import NotFound
from newsletter.model import Consent, Subscriber, Subscription, Suppression
from newsletter.store.browsing import Browsing
from newsletter.store.journal import Journal
from newsletter.store.readership import Readership

if TYPE_CHECKING:
    from newsletter.app.program import Program


class SubscriberDesk:
    """What editors see and do. `readership` lists, `on_behalf` changes what one subscriber gets.

    `lifting` takes addresses off the suppression list.
    """

    def __init__(self, program: Program) -> None:
        settings = program.settings
        self._keys = program.keys
        self._browsing = Browsing(program.database)
        self.readership = Readership(program.database)
        journal = Journal(settings.store.journal)
        self.on_behalf = OnBehalf(program.audience, journal, settings.site.language)
        self.lifting = Lifting(program.audience, journal)

    def one(self, id: int) -> tuple[Subscriber, list[Subscription], list[Consent]]:
        """Somebody with all they have and had, and what is on record of their consent. Raises NotFound."""
        found = self._browsing.subscriber(id)
        if found is None:
            raise NotFound("there is no subscriber %(id)s", id=id)
        return found

    def with_address(self, address: str) -> Subscriber | None:
        """Who has or had an address, by its keyed hash. Raises BadInput for what is no address."""
        return self.with_hash(self._keys.address_hash(normalised(address)))

    def with_hash(self, email_hash: str) -> Subscriber | None:
        """Who has or had the address that this hash stands for."""
        return self._browsing.person(email_hash)

    def suppression(self, address: str) -> Suppression | None:
        """Whether and why nothing is sent to an address. Raises BadInput for what is none."""
        return self._browsing.suppression(self._keys.address_hash(normalised(address)))

    def suppression_of(self, subscriber: Subscriber) -> Suppression | None:
        """Whether and why nothing is sent to somebody."""
        return self._browsing.suppression(subscriber.email_hash)
