"""The tables of those who may sign in, of their sessions, and of what they did."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Table, Text

from newsletter.store.columns import Id, Moment, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),  # lower case
    Column("created_at", Moment, nullable=False),
    Column("password", Text),
    Column("secret", Text),
    Column("code_used", BigInteger, nullable=False, default=0),
    Column("invited", BigInteger, unique=True),
    Column("subject", Text, unique=True),
    Column("disabled_at", Moment),
)

account_roles = Table(
    "account_roles",
    metadata,
    Column("account", Id, ForeignKey("accounts.id"), primary_key=True),
    Column("newsletter", Text, primary_key=True),
    Column("role", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("key", Text, primary_key=True),  # SHA-256 of what the cookie holds: a stolen database signs nobody in
    Column("account", Id, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("device", Text, nullable=False),
)

audit = Table(
    "audit",  # rows are added, and get their outcome; nothing else changes them
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("outcome", Text),
    Column("detail", JSON, nullable=False),
    Index("ix_audit_subject", "subject", "id"),
)
