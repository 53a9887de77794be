"""The site of deploy/nginx.conf in a real nginx, on loopback without TLS, before a program that runs elsewhere."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import free_port, needed, running, which

ROOT = Path(__file__).parents[2]
CONF = ROOT / "deploy/nginx.conf"
HANDED_OVER = re.compile(r"^    (location /newsletter/ \{\n.*?^    \})$", re.MULTILINE | re.DOTALL)
"""What docs/deploy.md tells those to put into another site who have the newsletter under a path of it."""


@dataclass(frozen=True)
class Site:
    """Where it answers, without a slash at the end, and its access log."""

    address: str
    log: Path


@contextmanager
def nginx(folder: Path, public: Path, program: str, under: str = "") -> Iterator[Site]:
    """Serves `public`, and what is not there from the address of the `program`, until the block ends.

    `under` is the path of the public address, as "/newsletter".
    """
    port = free_port()
    with _running(folder, port, _adapted(folder, public, port, program, under)):
        yield Site(f"http://127.0.0.1:{port}", folder / "access.log")


@contextmanager
def handing_over(folder: Path, newsletter: str) -> Iterator[str]:
    """The address of another site that hands `/newsletter/` over, as docs/deploy.md says, until the block ends."""
    port = free_port()
    (found,) = HANDED_OVER.findall((ROOT / "docs/deploy.md").read_text("utf-8"))
    location = found.replace("http://127.0.0.1:8080", newsletter)
    server = f"access_log off; server {{ listen 127.0.0.1:{port}; server_name stadt.example; {location} }}"
    with _running(folder, port, server):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(folder: Path, port: int, sites: str) -> Iterator[None]:
    """An nginx with one worker, until the block ends."""
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; user root; events {{}}"
    (folder / "nginx.conf").write_text(f"{main} http {{ {temporary}\n{sites}\n}}", "utf-8")
    command = [str(needed(Path("/usr/sbin/nginx"), which("nginx"))), "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    with running(command, stop=signal.SIGQUIT, ready=lambda: _answers(port), log=folder / "nginx.log"):
        yield


def _adapted(folder: Path, public: Path, port: int, program: str, under: str) -> str:
    """The site as it is shipped, with the paths of this test."""
    text = CONF.read_text("utf-8")
    text = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"^ *ssl_certificate.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("/srv/newsletter/public", str(public))
    text = text.replace("/var/log/nginx/newsletter.log", f"{folder}/access.log")
    text = text.replace("http://127.0.0.1:8000", program)
    if under:
        text = text.replace("# rewrite ^/newsletter(", f"rewrite ^{under}(")
    return text


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
