"""What the benchmarks of sending send: one edition of 60 KB with links of each reader's own, and an audience for it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Connection, insert

from newsletter.deliver.message import Envelope, compile_variant
from newsletter.deliver.writer import Writer
from newsletter.model import (
    Blank,
    Cadence,
    Claim,
    Edition,
    EditionState,
    Format,
    SubscriptionState,
    Variant,
)
from newsletter.store.database import Database, open_database
from newsletter.store.editions import Editions
from newsletter.store.freeze import Freezer
from newsletter.store.tables import subscribers, subscriptions
from newsletter.tokens import Keys

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
KEYS = Keys((b"k" * 32,))
ENVELOPE = Envelope("Presse <presse@musterstadt.example>", None, ("Presse", "presse.musterstadt.example"))
EDITION = "presse-daily-20261122T0600Z"
BASE_URL = "https://news.musterstadt.example"
BYTES = 60_000
CHUNK = 20_000
CARD = (
    '<h2 style="margin:0 0 8px;font-size:20px"><a href="https://www.musterstadt.example/pm/{0}">Neue Brücke für alle '
    'im Stadtteil eröffnet ({0})</a></h2>\n<p style="margin:0 0 16px;line-height:1.5">Die Stadt hat die Brücke nach '
    "zwei Jahren Bauzeit freigegeben. Sie ist barrierefrei und führt den Radverkehr über die Gleise.</p>\n"
)


def variant(edition: str) -> Variant:
    """HTML and text, three links of the reader's own in each."""
    links = ("<p>", Blank("unsubscribe_url"), " ", Blank("preferences_url"), "</p>\n")
    html = "".join(CARD.format(number) for number in range(126))
    text = "Die Stadt hat die Brücke freigegeben. https://www.musterstadt.example/pm/\n" * 130
    return Variant(
        key="de-standard",
        edition=edition,
        language="de",
        format=Format.STANDARD,
        selection=(),
        subject="Die Nachrichten aus Musterstadt vom 22. November",
        html=('<p><a href="', Blank("unsubscribe_url"), '">Abmelden</a></p>\n', html, *links),
        text=("Abmelden: ", Blank("unsubscribe_url"), "\n", text, *links),
    )


def sample() -> bytes:
    """One reader's message."""
    claim = Claim(1, 1, EDITION, None, "de-standard", 1, 1, "leser1@stadt.example", START, 0, START)
    return b"".join(Writer(KEYS, BASE_URL).write(claim, compile_variant(variant(EDITION), ENVELOPE)).data)


def prepare(url: str, readers: int) -> Database:
    """A new database with so many readers and an approved edition."""
    database = open_database(url)
    for first in range(1, readers + 1, CHUNK):
        ids = range(first, min(first + CHUNK, readers + 1))
        database.write(lambda connection, ids=ids: _subscribe(connection, ids))
    editions = Editions(database)
    editions.add(Edition(EDITION, "presse", Cadence.DAILY, START, EditionState.COMPOSED, composed_at=START))
    editions.move(EDITION, EditionState.APPROVED, START)
    return database


def freeze(database: Database) -> int:
    """Give the edition its audience; how many."""
    return Freezer(database).freeze(EDITION, lambda choice: "de-standard", START)


def write_key(file: Path) -> rsa.RSAPrivateKey:
    """An RSA-2048 key to sign mails with, in a file."""
    key = rsa.generate_private_key(65537, 2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*form))
    return key


def _subscribe(connection: Connection, ids: range) -> None:
    people = [
        {"id": id, "email": f"leser{id}@stadt.example", "email_hash": _hash(id), "created_at": START} for id in ids
    ]
    wish = {"newsletter": "presse", "cadence": "daily", "language": "de", "format": "standard", "topics": ""}
    state = {"state": SubscriptionState.ACTIVE, "created_at": START}
    connection.execute(insert(subscribers), people)
    connection.execute(insert(subscriptions), [{"id": id, "subscriber": id} | wish | state for id in ids])


def _hash(id: int) -> str:
    return hashlib.sha256(str(id).encode()).hexdigest()[:32]
