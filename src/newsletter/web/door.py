"""The door of every form that anybody can send: not too often, and with a proof in a siege."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from newsletter.config import Settings
from newsletter.web.answers import Text, Visit, WebServices, answer, say
from newsletter.web.headers import CONTENT_POLICY, content_policy
from newsletter.web.limit import Clients, Limit
from newsletter.web.siege import Siege


def _(message: str) -> str:
    return message  # marks a message for the catalogues


TOO_OFTEN = Text(
    _("Too many requests"),
    (_("Your connection has sent this form very often. Please try again in a few minutes."),),
    (("/subscribe", _("Back to the form")),),
)


class Door:
    """One for all forms of a process."""

    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._clients = Clients(services.settings.web.trusted_proxies)
        self._limit = Limit()
        self.siege = Siege(services.subscribing.keys)

    def refusal(self, visit: Visit, *, framed: bool = False) -> Response | None:
        """Count the form; what to answer whose connection has sent too many."""
        now = self._services.clock()
        self.siege.count(now)
        wait = self._limit.wait(self._clients.of(visit.request), now)
        if wait is None:
            return None
        response = say(self._services, visit, TOO_OFTEN, 429, framed=framed)
        response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return response

    def lets(self, visit: Visit) -> bool:
        """Whether a form without mistakes may pass now; asked once, for its ticket is used up by it."""
        return self.siege.lets(visit.sent or {}, self._clients.of(visit.request), self._services.clock())

    def form(self, visit: Visit, template: str, status: int = 200, *, asked: bool = False, **values: Any) -> Response:
        """The page of a form, with a ticket where one is asked for; `asked`: it came back for nothing else.

        Its script is the only one that a form of ours for readers runs, and only then.
        """
        ticket = self.siege.ticket(self._services.clock())
        response = answer(self._services, visit, template, status, ticket=ticket, asked=asked, **values)
        if ticket is not None:
            response.headers[CONTENT_POLICY] = _policy(self._services.settings, script_src="'self'")
        return response


def framing(response: Response, settings: Settings) -> Response:
    """An answer that may stand in a frame of the sites that the settings name."""
    response.headers[CONTENT_POLICY] = _policy(
        settings,
        script_src="'self'" if "script-src" in response.headers.get(CONTENT_POLICY, "") else "'none'",
        frame_ancestors=" ".join(settings.web.embed_from) or "'none'",
    )
    return response


def _policy(settings: Settings, **other: str) -> str:
    return content_policy(settings.site.base_url, hosted=settings.publish.images == "host", **other)
