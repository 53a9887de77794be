"""What the connections of one pass share: the claims at hand, the ledger's commits, the health of the mail server."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime

import structlog

from newsletter.deliver.ahead import Ahead
from newsletter.deliver.at_hand import AtHand
from newsletter.deliver.commits import Commits
from newsletter.deliver.held import Held
from newsletter.deliver.message import Message
from newsletter.deliver.pace import Turn
from newsletter.deliver.patience import gave_up
from newsletter.deliver.receipts import STATES, receipt
from newsletter.deliver.tools import Tools
from newsletter.deliver.transports import Session
from newsletter.deliver.verdict import Fate, Outcome
from newsletter.errors import NewsletterError, SenderRefused, StoreError, TransportError
from newsletter.model import AlarmKind, Claim
from newsletter.said import Said

TOO_LATE = Outcome(Fate.FAILED, "not sent: it would have come too late")
SERVER_ALARM, SENDER_ALARM = "mail-server", "mail-sender"
log = structlog.get_logger(__name__)


class Shift:
    """One pass over what is due, or `once` over no more than `batch`. `fates` counts what became of its messages."""

    def __init__(self, tools: Tools, batch: int, turn: Turn, *, once: bool = False) -> None:
        self.tools = tools
        self._turn = turn
        self.commits = Commits(tools.ledger, tools.now)
        self.held = Held(tools.ledger, tools.now)
        self.fates: Counter[Fate] = Counter()
        self.error: Exception | None = None  # the ledger failed: nothing more is begun
        self._hand = AtHand(tools, self.held, batch, once=once)
        self._ready = self._hand.claims
        self._ahead = Ahead(tools.writer, tools.shelf)
        self.capped = False  # a cap left something for later

    @property
    def halted(self) -> bool:
        """Whether no further message may be begun."""
        return (
            self.tools.stop.is_set()
            or self.error is not None
            or self.capped
            or self._turn.over
            or not self.tools.breaker.ready(self.tools.now())
        )

    async def claim(self) -> int:
        """Take claims where none are at hand; how many are, then. Raises StoreError."""
        return await self._hand.claim()

    def in_touch(self) -> AbstractAsyncContextManager[None]:
        """Keep in touch with the other processes, where there may be some, while the block sends what was claimed."""
        return self.tools.exchange.kept_up(self._ready) if self.tools.exchange and self._ready else nullcontext()

    async def message(self) -> Message | None:
        """The next message to send, if any. What cannot be written is quarantined, the others go on."""
        while not self.halted and (self._ready or await self.claim()):
            if not await self.tools.pace.allows(self.tools.now()):
                self.capped = True
                break
            if not self._ready:
                continue  # another connection was quicker
            claim = self.tools.domains.pick(self._ready)
            if claim is None:
                self._ahead.forget()  # it is of those that wait
                if not await self._hand.others():
                    await self.tools.domains.pause()
                continue
            if claim.edition is None and gave_up(claim.dated, self.tools.now(), notice=True):
                self.tools.domains.end(claim)
                self._settle(claim, TOO_LATE)
            elif message := await self._written(claim):
                return message
        return None

    async def _written(self, claim: Claim) -> Message | None:
        """The claim's message, its place under the caps taken; None where it was quarantined. Raises StoreError."""
        self.tools.pace.begin()
        try:
            return await self._write(claim)
        except StoreError:
            self._ready.appendleft(claim)
            self._unbegin(claim)
            raise
        except Exception as error:
            self._unbegin(claim)
            await self.quarantine(claim, error)
            return None

    async def _write(self, claim: Claim) -> Message:
        compiled = await self.tools.shelf.get(claim)
        self._ahead.begin([claim])
        self._write_ahead()
        future = self._ahead.take(claim)
        return self.tools.writer.write(claim, compiled) if future is None else await asyncio.wrap_future(future)

    def _write_ahead(self) -> None:
        self._ahead.begin(claim for claim in self._ready if self.tools.domains.may(claim))

    def following(self) -> Message | None:
        """The next message, where it can be had without waiting."""
        if self.halted or not self._ready or not self.tools.pace.at_hand(self.tools.now()):
            return None
        if not self.tools.domains.may(self._ready[0]):
            return None
        try:
            message = self._at_once(self._ready[0])
        except Exception:
            return None  # `message` will meet it again, and has the time to say so
        if message is not None:
            self.tools.domains.begin(self._ready.popleft())
            self.tools.pace.begin()
        return message

    def _at_once(self, claim: Claim) -> Message | None:
        compiled = self.tools.shelf.at_hand(claim)
        if compiled is None:
            return None
        if not self.tools.writer.signs:
            return self.tools.writer.write(claim, compiled)
        self._write_ahead()
        future = self._ahead.take(claim) if self._ahead.done(claim) else None
        return None if future is None else future.result()

    def put_back(self, message: Message) -> None:
        """Have a message sent by whichever connection is next."""
        self._ready.appendleft(message.claim)
        self._unbegin(message.claim)

    def _unbegin(self, claim: Claim) -> None:
        self.tools.pace.give_back()
        self.tools.domains.end(claim)

    async def conclude(self, message: Message, outcome: Outcome, session: Session) -> None:
        """Write down what became of a message that was handed to a session."""
        claim, now = message.claim, self.tools.now()
        self.fates[outcome.fate] += 1
        self.tools.domains.end(claim, outcome)
        if outcome.fate is Fate.AGAIN:
            self.put_back(message)
            return None if session.carried else await self.server_failed(TransportError(outcome.answer))
        if outcome.fate is Fate.REFUSED:
            self.held.let_go(claim)
            return await self._give_back()  # paused, perhaps: ask anew what may be sent, and not one connection each
        if outcome.fate in STATES:
            self._settle(claim, outcome)  # before anything that may fail
        if outcome.wait is not None:
            await self._left_alone(outcome, now)
        elif session.usable:
            self.tools.breaker.succeeded(now)
        else:
            await self.server_failed(TransportError(outcome.answer))
        if claim.edition and (refused := self.tools.trial.failed(claim.edition, outcome.fate)):
            await self._stop_failing(claim.edition, refused, outcome.answer)
        if outcome.fate is Fate.BARRED:
            await self.sender_refused(outcome.answer, pause=claim.edition is not None)
        if outcome.fate is Fate.UNFIT:
            await self._alarm_quarantined(claim, outcome.answer)
        return None

    def _settle(self, claim: Claim, outcome: Outcome) -> None:
        self.commits.receive(receipt(claim, outcome, self.tools.now()))
        self.held.let_go(claim)

    async def broke(self, message: Message, error: TransportError) -> None:
        """The connection failed while this message was under way, before its fence: it was not sent."""
        if self.tools.stop.is_set():
            return self.put_back(message)
        self.tools.domains.end(message.claim)
        # Deferred, so that a message at which every connection breaks cannot stand in the way of the others.
        self.fates[Fate.DEFERRED] += 1
        self._settle(message.claim, Outcome(Fate.DEFERRED, str(error)))
        return await self.server_failed(error)

    async def server_failed(self, error: TransportError) -> None:
        """Count it against the mail server, blame no reader."""
        if self.tools.stop.is_set():
            return
        log.warning("mail server failed", reason=str(error))
        if isinstance(error, SenderRefused):
            self.tools.breaker.trip(self.tools.now())
            await self.sender_refused(error.said, pause=True)
        elif self.tools.breaker.failed(self.tools.now()):
            await self._alarm_waiting(error.said)

    async def _left_alone(self, outcome: Outcome, now: datetime) -> None:
        if outcome.wait is not None and self.tools.breaker.leave(now + outcome.wait):
            await self._alarm_waiting(outcome.answer)

    async def _alarm_waiting(self, why: str) -> None:
        text = Said("mail waits: %(why)s; it is tried again by itself, at most an hour apart", why=why)
        await self._alarm(SERVER_ALARM, AlarmKind.RUN_PAUSED, text)

    async def sender_refused(self, answer: str, *, pause: bool) -> None:
        """It is us who are refused: pause what is being sent, suppress nobody, tell a person."""
        editions: list[str] = []
        if pause:
            reason = Said("the mail server refuses the sender: %(answer)s", answer=answer)
            editions = await asyncio.to_thread(self.tools.ledger.pause, reason, self.tools.now())
        text = Said("the mail server refuses mail from us: %(answer)s", answer=answer)
        if editions:
            then = "; ".join(f"`newsletter editions resume {edition}`" for edition in editions)
            refused = "the mail server refuses mail from us: %(answer)s; put it right, then %(then)s"
            text = Said(refused, answer=answer, then=then)
        await self._alarm(SENDER_ALARM, AlarmKind.RUN_PAUSED, text)

    async def _stop_failing(self, edition: str, refused: int, answer: str) -> None:
        """Too many addresses are no good: a list that old costs the sender's reputation. Let a person look."""
        reason = Said(
            "%(n)s of its first mails were refused for good, the last one with: %(answer)s", n=refused, answer=answer
        )
        if await asyncio.to_thread(self.tools.ledger.pause, reason, self.tools.now(), edition):
            look = "%(edition)s: %(why)s; look at its addresses, then `newsletter editions resume %(edition)s`"
            text = Said(look, edition=edition, why=reason)
            await self._alarm(f"failing:{edition}", AlarmKind.RUN_PAUSED, text)

    async def quarantine(self, claim: Claim, error: Exception) -> None:
        """Set a delivery aside that cannot be written, with the reason."""
        known = isinstance(error, NewsletterError)
        why = error.said if isinstance(error, NewsletterError) else type(error).__name__
        reason = Said("cannot be written: %(why)s", why=why)
        if not known:
            log.error("a message could not be built", delivery=claim.delivery, exc_info=error)
        self.fates[Fate.UNFIT] += 1
        self._settle(claim, Outcome(Fate.UNFIT, str(reason)))
        await self._alarm_quarantined(claim, reason)

    async def end(self, seconds: float) -> None:
        """Get the receipts written, give back what was claimed and not begun."""
        self._ahead.end()
        await self.commits.flush(seconds)
        await self._give_back()
        if self.fates[Fate.ACCEPTED]:
            await asyncio.to_thread(self.tools.alarms.resolve, SERVER_ALARM)
            if not self.fates[Fate.BARRED]:
                await asyncio.to_thread(self.tools.alarms.resolve, SENDER_ALARM)

    async def _give_back(self) -> None:
        self._ahead.forget()
        await self._hand.give_back()

    async def _alarm_quarantined(self, claim: Claim, reason: str) -> None:
        of = claim.edition or Said("a notice")
        aside = "%(of)s: delivery %(delivery)s was set aside, the others go on: %(why)s"
        text = Said(aside, of=of, delivery=claim.delivery, why=reason)
        await self._alarm(f"quarantined:{of}:{claim.variant}", AlarmKind.DELIVERY_QUARANTINED, text)

    async def _alarm(self, key: str, kind: AlarmKind, text: str) -> None:
        await asyncio.to_thread(self.tools.alarms.sound, key, kind, text, self.tools.now())
