"""`[mail]` and its tables: who sends, by which way, and where returned mail arrives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr, model_validator

from newsletter.config.settings import Table
from newsletter.config.values import Clock, Listen, Mailbox, ReturnPath, Slug, WebAddress

DOMAIN = re.compile(r"(?=.{4,253}\Z)[\w-]{1,63}(?:\.[\w-]{1,63})+")


class Smtp(Table):
    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "starttls"
    ca_file: Path | None = None
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    auth: Literal["auto", "plain", "login", "xoauth2"] = "auto"
    connections: int = Field(default=10, ge=1, le=100)
    log: Path | None = None  # of a Postfix on this machine: asked about mails in doubt


class Api(Table):
    """A provider that takes mail over HTTP, and tells what came back of it; see `docs/providers.md`."""

    key: SecretStr = SecretStr("")
    key_file: Path | None = None
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None
    hook_secret: SecretStr = SecretStr("")
    hook_secret_file: Path | None = None
    region: Slug | None = None
    domain: str | None = None
    project: str | None = None
    stream: str | None = None
    topic: str | None = None
    url: WebAddress | None = None
    connections: int = Field(default=10, ge=1, le=100)


class DkimKey(Table):
    """A key, and the name that its record has in the DNS of the domain."""

    selector: Slug
    key_file: Path


class Dkim(DkimKey):
    """Signing by ourselves, where the relay does not; `second` is for an Ed25519 key beside the RSA one."""

    domain: str
    second: DkimKey | None = None

    @model_validator(mode="after")
    def _names_are_two(self) -> Dkim:
        if not DOMAIN.fullmatch(self.domain):
            raise ValueError("domain is a host name, as musterstadt.example")
        if self.second is not None and self.second.selector == self.selector:
            raise ValueError("second.selector is the first one's; each key has a selector of its own")
        return self


KINDS: Final = {  # of [mail.feedback]: what each needs, and what it may have beside that
    "maildir": (("path",), ()),
    "imap": (("host", "username"), ("port", "security", "ca_file", "password", "password_file", "folder")),
    "lmtp": ((), ("path", "listen")),
    "pipe": ((), ()),
}


class Feedback(Table):
    """Where returned mail arrives: a Maildir or a mailbox (IMAP) that is looked into, LMTP that the daemon takes it by,
    or a mail server's pipe into `bounces receive`."""

    kind: Literal["maildir", "imap", "lmtp", "pipe"]
    path: Path | None = None
    listen: Listen | None = None
    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["none", "starttls", "tls"] = "tls"
    ca_file: Path | None = None
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    folder: str = "INBOX"

    @model_validator(mode="after")
    def _each_kind_has_its_own(self) -> Feedback:
        needs, may = KINDS[self.kind]
        missing = [name for name in needs if not getattr(self, name)]
        strange = sorted(self.model_fields_set - {"kind", *needs, *may})
        if missing:
            raise ValueError(f"{self.kind} needs {' and '.join(missing)}")
        if strange:
            raise ValueError(f"{self.kind} has no {', '.join(strange)}")
        if self.kind == "lmtp" and (self.path is None) == (self.listen is None):
            raise ValueError('lmtp listens at a path (a socket) or at listen = "127.0.0.1:2400", one of them')
        return self


class Mail(Table):
    sender: Mailbox = Field(alias="from")
    reply_to: Mailbox | None = None
    transport: Literal["log", "smtp", "brevo", "mailgun", "mailjet", "postmark", "scaleway", "ses"] = "log"
    return_path: ReturnPath | None = None
    when_uncertain: Literal["resend", "hold"] = "resend"
    max_per_minute: int = Field(default=0, ge=0)
    max_per_hour: int = Field(default=0, ge=0)
    max_per_day: int = Field(default=0, ge=0)
    window: tuple[Clock, Clock] | None = None
    smtp: Smtp = Smtp()
    api: Api = Api()
    dkim: Dkim | None = None
    feedback: Feedback | None = None

    @model_validator(mode="after")
    def _a_window_opens(self) -> Mail:
        if self.window is not None and self.window[0] == self.window[1]:
            raise ValueError('window = ["06:00", "22:00"]: the hours in which editions are sent; two that differ')
        return self

    @model_validator(mode="after")
    def _mail_returns_to_where_it_is_read(self) -> Mail:
        if self.feedback is not None and self.return_path is None:
            raise ValueError(
                'feedback needs return_path, the address whose mail arrives there: "bounces+{token}@example.org"'
            )
        return self
