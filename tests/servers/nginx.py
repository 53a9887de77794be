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

CONF = Path(__file__).parents[2] / "deploy/nginx.conf"


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
    (folder / "nginx.conf").write_text(_adapted(folder, public, port, program, under), "utf-8")
    command = [str(needed(Path("/usr/sbin/nginx"), which("nginx"))), "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    with running(command, stop=signal.SIGQUIT, ready=lambda: _answers(port), log=folder / "nginx.log"):
        yield Site(f"http://127.0.0.1:{port}", folder / "access.log")


def _adapted(folder: Path, public: Path, port: int, program: str, under: str) -> str:
    """The site as it is shipped, with one worker, and with the paths of this test."""
    text = CONF.read_text("utf-8")
    text = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"^ *ssl_certificate.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("/srv/newsletter/public", str(public))
    text = text.replace("/var/log/nginx/newsletter.log", f"{folder}/access.log")
    text = text.replace("http://127.0.0.1:8000", program)
    if under:
        text = text.replace("# rewrite ^/newsletter(", f"rewrite ^{under}(")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; user root; events {{}}"
    return f"{main} http {{ {temporary}\n{text}\n}}"


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
