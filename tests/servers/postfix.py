"""A Postfix of the tests' own: real SMTP in, a Maildir behind it, nothing leaves.

Every domain under `.example` is delivered here; at RCPT `unknown@` (and `unknown+…@`) is refused with 550, `busy@` with
451. Mail to any other domain is taken and returned to its envelope sender, as a status notification (RFC 3464).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.servers.certificate import write_certificate
from tests.servers.process import free_port, needed, running

MAIN = """\
compatibility_level = 3.6
queue_directory = {place}/queue
data_directory = {place}/data
maillog_file_prefixes = {place}
maillog_file = {place}/maillog
myhostname = mx.musterstadt.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
transport_maps = regexp:{place}/etc/transport
virtual_mailbox_domains = regexp:{place}/etc/domains
virtual_mailbox_base = {place}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
default_transport = error:5.1.2 nothing leaves this server
smtpd_recipient_restrictions = check_recipient_access regexp:{place}/etc/answers, permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
smtpd_tls_security_level = may
smtpd_tls_chain_files = {place}/etc/server.pem
smtpd_peername_lookup = no
disable_dns_lookups = yes
in_flow_delay = 0
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
"""
DOMAINS = "/(^|[.])example$/ here\n"
ANSWERS = """\
/^unknown(\\+[^@]*)?@/ 550 5.1.1 no such mailbox
/^busy(\\+[^@]*)?@/ 451 4.2.1 mailbox is busy, try again later
"""


@dataclass(frozen=True)
class Mail:
    """A mail in the Maildir: its bytes begin with Return-Path, X-Original-To and Delivered-To; lines end in LF."""

    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)

    @property
    def recipient(self) -> str:
        """The envelope's recipient."""
        return str(self.message["X-Original-To"])

    @property
    def sender(self) -> str:
        """The envelope's sender, "" for `<>`."""
        return str(self.message["Return-Path"]).strip("<>")


@dataclass(frozen=True)
class Postfix:
    """A running instance: SMTP with STARTTLS on `port`, SMTP over TLS on `tls_port`, both proven by `ca_file`."""

    place: Path
    port: int
    tls_port: int
    host: str = "127.0.0.1"

    @property
    def ca_file(self) -> Path:
        return self.place / "ca.pem"

    @property
    def log(self) -> str:
        return (self.place / "maillog").read_text(errors="replace")

    def mails(self, address: str | None = None) -> list[Mail]:
        """All mails that were accepted until now (for `address`), oldest first; waits until they are delivered."""
        self._settle()
        files = sorted((self.place / "mail/all/new").glob("*"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        mails = [Mail(file.read_bytes()) for file in files]
        return [mail for mail in mails if address is None or mail.recipient.casefold() == address.casefold()]

    def clear(self) -> None:
        """Forgets every mail."""
        self._settle()
        shutil.rmtree(self.place / "mail/all", ignore_errors=True)

    @contextmanager
    def routed(self, address: str, target: str) -> Iterator[None]:
        """Hand mail to an address (and `+…` of it) on to a target, as transport(5) writes it, while the block runs."""
        user, _, domain = address.partition("@")
        self._route(f"/^{user}([+].*)?@{re.escape(domain)}$/ {target}\n")
        yield
        self._settle()
        self._route("")

    def _route(self, table: str) -> None:
        (self.place / "etc/transport").write_text(table)
        subprocess.run(["/usr/sbin/postfix", "-c", self.place / "etc", "reload"], check=True, capture_output=True)

    def _settle(self) -> None:
        deadline, empty = time.monotonic() + 60, 0
        while empty < 2:  # twice: a returned mail may be queued while we look
            if time.monotonic() > deadline:
                raise AssertionError(f"Postfix still has mail in its queue:\n{self.log[-4000:]}")
            empty = 0 if self._queued() else empty + 1
            time.sleep(0.01)

    def _queued(self) -> bool:
        return any(any((self.place / "queue" / name).iterdir()) for name in ("maildrop", "incoming", "active"))

    def ready(self) -> bool:
        with suppress(OSError), smtplib.SMTP(self.host, self.port, timeout=5) as connection:
            return connection.noop()[0] == 250
        return False


@contextmanager
def run_postfix() -> Iterator[Postfix]:
    """Runs an instance until the block ends. Raises RuntimeError where it is missing, or this is not root."""
    program = needed(Path("/usr/sbin/postfix"))
    if os.geteuid() != 0:
        raise RuntimeError("Postfix starts only as root: run this as root")
    place = Path(tempfile.mkdtemp(prefix="newsletter-postfix-"))
    server = Postfix(place, free_port(), free_port())
    _configure(server)
    subprocess.run([program, "-c", place / "etc", "check"], check=True, capture_output=True)
    daemons = subprocess.check_output(["postconf", "-c", place / "etc", "-h", "daemon_directory"], text=True).strip()
    command = [f"{daemons}/master", "-c", str(place / "etc"), "-s"]
    with running(command, stop=signal.SIGTERM, ready=server.ready, log=place / "maillog"):
        yield server
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def postfix_server() -> Iterator[Postfix]:
    with run_postfix() as server:
        yield server


@pytest.fixture
def postfix(postfix_server: Postfix) -> Postfix:
    """The instance, with an empty mailbox."""
    postfix_server.clear()
    return postfix_server


def _configure(server: Postfix) -> None:
    place = server.place
    place.chmod(0o755)
    for name in ("etc", "queue", "data", "mail"):
        (place / name).mkdir()
    shutil.chown(place / "data", "postfix")
    os.chown(place / "mail", 65534, 65534)
    files = {"main.cf": MAIN, "master.cf": MASTER, "domains": DOMAINS, "answers": ANSWERS, "transport": ""}
    for name, text in files.items():
        values = {"place": place, "port": server.port, "tls_port": server.tls_port}
        (place / "etc" / name).write_text(text.format(**values) if name.endswith(".cf") else text)
    write_certificate(chain=place / "etc/server.pem", ca_file=server.ca_file)
