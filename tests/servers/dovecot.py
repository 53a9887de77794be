"""A Dovecot of the tests' own: real IMAP, with TLS and STARTTLS, over a Maildir; one user, nobody else comes in."""

from __future__ import annotations

import imaplib
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.certificate import write_certificate
from tests.servers.process import free_port, needed, running

USER, PASSWORD = "bounces@musterstadt.example", 'ein Wort \\ mit " Zeichen'
CONFIG = """\
protocols = imap
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{place}/server.pem
ssl_key = <{place}/server.pem
disable_plaintext_auth = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 0
mail_location = maildir:{place}/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {place}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={place}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running instance: IMAP with STARTTLS on `port`, over TLS on `tls_port`, both proven by `ca_file`."""

    place: Path
    port: int
    tls_port: int
    host: str = "127.0.0.1"

    @property
    def ca_file(self) -> Path:
        return self.place / "ca.pem"

    def put(self, raw: bytes) -> None:
        """Put a mail into the inbox."""
        with self.client() as client:
            client.append("INBOX", "", "", raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def flags(self) -> list[str]:
        """The flags of each mail, in the order that they came."""
        with self.client() as client:
            client.select("INBOX", readonly=True)
            _, found = client.fetch("1:*", "(FLAGS)")
            return [
                line.decode().partition("FLAGS (")[2].partition(")")[0] for line in found if isinstance(line, bytes)
            ]

    def clear(self) -> None:
        with self.client() as client:
            if int(client.select("INBOX")[1][0] or b"0"):
                client.store("1:*", "+FLAGS", r"\Deleted")
                client.expunge()

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(self.host, self.port, timeout=10) as client:
            client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield client

    def ready(self) -> bool:
        with suppress(OSError, imaplib.IMAP4.error), self.client() as client:
            return client.noop()[0] == "OK"
        return False


@contextmanager
def run_dovecot() -> Iterator[Dovecot]:
    """Runs an instance until the block ends. Raises RuntimeError where it is missing."""
    program = needed(Path("/usr/sbin/dovecot"))
    place = Path(tempfile.mkdtemp(prefix="newsletter-dovecot-"))
    server = Dovecot(place, free_port(), free_port())
    place.chmod(0o755)
    (place / "mail").mkdir()
    shutil.chown(place / "mail", "nobody", "nogroup")
    (place / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    write_certificate(chain=place / "server.pem", ca_file=server.ca_file)
    (place / "dovecot.conf").write_text(CONFIG.format(place=place, port=server.port, tls_port=server.tls_port))
    command = [str(program), "-F", "-c", str(place / "dovecot.conf")]
    with running(command, stop=signal.SIGTERM, ready=server.ready, log=place / "output"):
        yield server
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    with run_dovecot() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """The instance, with an empty mailbox."""
    dovecot_server.clear()
    return dovecot_server
