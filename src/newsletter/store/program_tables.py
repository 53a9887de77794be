"""The tables of what programs use: tokens, answers that are repeated, and what outgoing webhooks are to be told."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text
from sqlalchemy.types import JSON

from newsletter.store.columns import Id, Moment, metadata

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256 of the secret, which nobody else has
    Column("scopes", Text, nullable=False),  # sorted, with a space between
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),  # the day, no more
    Column("revoked_at", Moment),
)

api_answers = Table(
    "api_answers",  # what a request with an Idempotency-Key was answered; no status yet: it is being worked on
    metadata,
    Column("token", Id, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),  # of the request, keyed
    Column("at", Moment, nullable=False),
    Column("status", Integer),
    Column("body", Text),
    Index("ix_api_answers_at", "at"),
)

outbox = Table(
    "outbox",  # what happened, in the transaction in which it did; webhooks are told of it, then the row goes
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("event", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("said", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False, index=True),  # later than `at` for what is under embargo
)

webhook_calls = Table(
    "webhook_calls",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("webhook", Text, nullable=False),  # a digest of its address, which may hold a secret
    Column("message", Text, nullable=False),  # its webhook-id: the same at every attempt
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("next_at", Moment),  # None: it is over
    Column("attempts", Integer, nullable=False, default=0),
    Column("answer", Text),
    Index("ix_webhook_calls_next_at", "next_at", "webhook"),
)
