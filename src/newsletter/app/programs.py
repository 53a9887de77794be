"""What other programs do: they have tokens, push releases in, and are told what happens."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

from newsletter.app.tokens import Tokens
from newsletter.app.webhooks import Webhooks
from newsletter.collect.pushing import Pushed, Pusher, Taken
from newsletter.errors import NotFound
from newsletter.store.api_answers import ApiAnswers
from newsletter.store.api_tokens import ApiTokens
from newsletter.store.browsing import Browsing
from newsletter.store.collecting import Collecting

if TYPE_CHECKING:
    from newsletter.app.program import Program


class Programs:
    """The doors for programs."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.tokens = Tokens(ApiTokens(program.database))
        self.answers = ApiAnswers(program.database)
        self.browsing = Browsing(program.database)
        self._publishing = asyncio.Lock()
        self._unpublished = False

    @cached_property
    def webhooks(self) -> Webhooks:
        """Who is told what happens."""
        return Webhooks(self._program)

    async def push(self, source: str, pushed: Pushed) -> Taken:
        """Take a release into a feed of the settings.

        Raises NotFound for a feed there is not, BadInput for what is no release, StateError.
        """
        program = self._program
        feed = program.settings.feeds.get(source)
        if feed is None:
            raise NotFound(f"there is no feeds/{source}.toml")
        await asyncio.to_thread(program.desk.rows, program.now())  # a cadence begins before what is pushed is due
        pusher = Pusher(Collecting(program.database), program.collector.deciding, program.settings.site.zone)
        return await pusher.push(source, feed, pushed, program.now())

    async def publish(self) -> None:
        """Publish what changed; who comes while that is being done shares the next time with the others."""
        self._unpublished = True
        async with self._publishing:
            if self._unpublished:
                self._unpublished = False
                await asyncio.to_thread(self._program.publish)
