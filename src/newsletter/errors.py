"""The kinds of error the program tells people about: decided by type, carrying ids, never an address or a secret."""

from __future__ import annotations

from newsletter.said import Said


class NewsletterError(Exception):
    """Something a person can act on: says what, where and what to do. The command line prints it as one line.

    The message is a message id where values fill it (`%(name)s`): a page says `said` in its own language.
    """

    def __init__(self, message: str = "", /, **values: object) -> None:
        self.said = Said(message, **values)
        super().__init__(str(self.said))


class SettingsError(NewsletterError):
    """The settings cannot be used; `problems` holds every one of them, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FetchError(NewsletterError):
    """An address could not be fetched. `retry_after` is in seconds where the server named it."""

    def __init__(
        self, message: str, /, *, status: int | None = None, retry_after: float | None = None, **values: object
    ) -> None:
        super().__init__(message, **values)
        self.status = status
        self.retry_after = retry_after


class AddressRefused(FetchError):
    """The address, or a hop on the way, lies where nothing may be fetched (private network, `file:`, robots.txt)."""


class UnreadablePage(NewsletterError):
    """What was fetched is no release, list or feed that can be read; the item is withheld with this reason."""


class UnfitImage(NewsletterError):
    """What lies at a picture's address cannot be shown; `stand_in`: it is one, but of nothing (a pixel, an icon)."""

    def __init__(self, message: str, *, stand_in: bool = False) -> None:
        super().__init__(message)
        self.stand_in = stand_in


class StoreError(NewsletterError):
    """The database cannot do what was asked (locked by another process, too old, too new, full)."""


class StateError(NewsletterError):
    """A row may not go from the state it is in to the one asked for."""


class TokenError(NewsletterError):
    """A token is malformed, forged, for another purpose, or too old."""


class RenderError(NewsletterError):
    """A template or a piece of content could not be rendered; `release` is the id of the one at fault, if one is."""

    def __init__(self, message: str, /, *, release: str | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.release = release


class TransportError(NewsletterError):
    """The mail server cannot be used at all (connect, TLS, sign-in); no recipient is to blame."""


class SenderRefused(TransportError):
    """The mail server will not take mail from us (sign-in, sender, policy); trying again changes nothing."""


class MirrorError(NewsletterError):
    """Who carries copies of what is published, an object store or a CDN, does not answer or refuses."""


class NotFound(NewsletterError):
    """No such feed, edition, release or subscriber."""


class BadInput(NewsletterError):
    """Something that was typed in or imported (an address, a choice, a row of a file) cannot be used; says which."""


class HookRefused(NewsletterError):
    """A call to a hook that is not its provider's, or cannot be read; `status` is the HTTP status that says so."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status
