"""What a provider tells by `/hooks/<provider>`: each event is followed up as a returned mail is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from newsletter.app.fetching import fetcher
from newsletter.deliver import providers
from newsletter.deliver.hook import Hook
from newsletter.errors import HookRefused, StoreError

if TYPE_CHECKING:
    from newsletter.app.program import Program

log = structlog.get_logger(__name__)


class Hooks:
    """Takes the calls of the provider that the settings name."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def take(self, name: str, headers: Mapping[str, str], body: bytes) -> int:
        """Do what a call asks for; the HTTP status that answers it. The same call twice does what it does once.

        503 asks the provider to call again: the database cannot be used now. Never raises.
        """
        if name != self._program.settings.mail.transport or name not in providers.names():
            return 404
        small = {key.lower(): value for key, value in headers.items()}
        hook = Hook(small, body, fetcher(self._program.settings.network), self._program.now())
        try:
            events = self._provider.events(hook)
            done = Counter(self._program.returns.told(event).consequence for event in events)
        except HookRefused as error:
            log.warning("a hook was refused", provider=name, reason=str(error))
            return error.status
        except StoreError as error:
            log.warning("a hook cannot be followed up now", provider=name, reason=str(error))
            return 503
        except Exception as error:  # whatever it is: the provider repeats what it cannot get rid of
            log.error("a hook could not be read", provider=name, error=type(error).__name__)
            return 400
        if done:
            log.info("a provider told of mails", provider=name, **{what.name.lower(): n for what, n in done.items()})
        return 200

    @cached_property
    def _provider(self) -> providers.Provider:
        return providers.find(self._program.settings.mail)
