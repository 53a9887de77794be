"""Is everything in order, here and in the DNS? Each check is one finding, with its remedy where it is not."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from newsletter.app.deliverability import findings
from newsletter.app.fetching import fetcher
from newsletter.app.mailroom import signers
from newsletter.app.names import Names
from newsletter.app.queues import standing, troubles
from newsletter.app.returns import place_of
from newsletter.config import Settings, load
from newsletter.deliver import providers
from newsletter.deliver.transports import smtp
from newsletter.errors import NewsletterError
from newsletter.tokens import Keys


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is good, and what was found or is to be done."""

    what: str
    good: bool
    message: str

    def as_dict(self) -> dict[str, Any]:
        """The check as JSON."""
        return asdict(self)


def examine(path: Path, names: Names | None = None, *, test_mail: bool = False) -> Iterator[Check]:
    """Check this machine, and what the DNS says of who sends; with `test_mail`, whether one comes back.

    Raises SettingsError when the settings themselves are wrong.
    """
    settings = load(path)
    yield Check("settings", True, f"{path}: {len(settings.feeds)} feeds, {len(settings.newsletters)} newsletters")
    yield _try("keys", lambda: f"{len(Keys.read(settings.security.key_file).secrets)} in {settings.security.key_file}")
    yield _try("database", lambda: _database(settings))
    if make_url(settings.store.url).get_backend_name() == "postgresql":
        yield _try("queues", lambda: _queues(settings))
    yield _try("network", lambda: _network(settings))
    yield _try("feeds", lambda: _feeds(settings))
    yield _try("templates", lambda: _templates(settings))
    yield _try("public directory", lambda: _writable(settings.publish.directory))
    yield _try("journal", lambda: _writable(settings.store.journal.parent))
    if settings.mail.dkim is not None:
        yield _try("DKIM", lambda: _dkim(settings))
    if settings.mail.feedback is not None:
        yield _try("returned mail", lambda: _returned_mail(settings))
    yield _try("mail server", lambda: _mail_server(settings))
    if settings.mail.transport != "log":
        if test_mail:
            yield _try("test mail", lambda: _test_mail(settings))
        for what, look in findings(settings, names or Names(), fetcher(settings.network)):
            yield _try(what, look)


def _try(what: str, look: Callable[[], str]) -> Check:
    try:
        return Check(what, True, look())
    except (NewsletterError, OSError) as error:
        return Check(what, False, str(error))


def _dkim(settings: Settings) -> str:
    records = (f"{one.place} TXT {one.key.record()}" for one in signers(settings.mail.dkim))
    return f"signs; the DNS must have: {'; and '.join(records)}"


def _returned_mail(settings: Settings) -> str:
    feedback = settings.mail.feedback
    place = place_of(settings, str)
    if feedback is not None and place is not None:
        return f"{feedback.host or feedback.path}: {place.waiting()} wait"
    if feedback is not None and feedback.kind == "lmtp":
        return f"comes by LMTP: let the mail server hand it to {feedback.path or feedback.listen}, where `run` listens"
    return "comes by a pipe: let the mail server run `newsletter bounces receive` for mail to mail.return_path"


def _database(settings: Settings) -> str:
    from newsletter.store.database import open_database

    database = open_database(settings.store.url)
    try:
        return f"{database.engine.dialect.name}, its tables are up to date"
    finally:
        database.close()


def _queues(settings: Settings) -> str:
    from newsletter.engine import engine_of
    from newsletter.store.database import open_database

    database = open_database(settings.store.url)
    try:
        stats = engine_of(database, ()).stats()
    finally:
        database.close()
    if found := troubles(stats):
        raise NewsletterError("; ".join(found))
    return standing(stats)


def _network(settings: Settings) -> str:
    """How portals are reached; the proxy is connected to, and asked for nothing."""
    from newsletter.collect.route import Route

    route = Route(settings.network)
    if route.proxy is None:
        return "no proxy: every address is resolved and checked here before it is connected to"
    try:
        with socket.create_connection((route.proxy.url.host, route.port), timeout=10):
            pass
    except OSError as error:
        raise NewsletterError(f"the proxy {route.name} cannot be reached ({error}): look at [network] proxy") from error
    return (
        f"through the proxy {route.name}: it resolves names, so what they lead to cannot be checked here and its word "
        "counts; let it refuse your private networks. Addresses written as numbers are checked here all the same"
    )


def _feeds(settings: Settings) -> str:
    from newsletter.collect.kinds import kinds

    unknown = [
        f"feeds/{slug}.toml: kind = {feed.kind!r}" for slug, feed in settings.feeds.items() if feed.kind not in kinds()
    ]
    if unknown:
        raise NewsletterError(f"{', '.join(unknown)}: there are the kinds {', '.join(sorted(kinds()))}")
    if not settings.feeds:
        raise NewsletterError("there is no feeds/*.toml: nothing will be collected")
    return ", ".join(settings.feeds)


def _templates(settings: Settings) -> str:
    from newsletter.resources import folder

    ours = folder("templates")
    own = [path for path in sorted(settings.templates.rglob("*")) if path.is_file()]
    strange = [
        str(path.relative_to(settings.templates))
        for path in own
        if not (ours / path.relative_to(settings.templates)).exists()
    ]
    if strange:
        raise NewsletterError(f"{', '.join(strange)}: overrides nothing, there is no template of that name")
    return f"{len(own)} of your own" if own else "all ours"


def _writable(directory: Path) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    if not os.access(directory, os.W_OK):
        raise NewsletterError(f"{directory} cannot be written: let the user that runs newsletter own it")
    return str(directory)


def _mail_server(settings: Settings) -> str:
    mail = settings.mail
    if mail.transport == "log":
        return 'transport = "log": nothing is sent; set it to "smtp" when you are ready'
    if mail.transport != "smtp":
        provider = providers.find(mail)
        return f"{mail.transport} at {provider.host}: a key is set; `newsletter editions send --test` tries it"
    asyncio.run(_greet(settings))
    return f"{mail.smtp.host}:{mail.smtp.port} ({mail.smtp.security}) answers"


def _test_mail(settings: Settings) -> str:
    from newsletter.app.homecoming import come_home
    from newsletter.app.program import Program

    with Program.open(settings) as program:
        return come_home(program)


async def _greet(settings: Settings) -> None:
    session = await smtp.transport(settings.mail, settings.network.ca_file).session()
    await session.close()
