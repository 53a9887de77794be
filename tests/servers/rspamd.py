"""Debian's rspamd, as it comes: what a receiving server makes of a mail. It asks a name server of the tests' own."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

import httpx

from tests.servers.names import Zone, names_served
from tests.servers.process import free_port, needed, running

OPTIONS = """\
dns {{ nameserver = ["127.0.0.1:{port}:1"]; }}
control_socket = "{place}/db/control.sock mode=0600";
"""
OFF = ("fuzzy_check", "rbl", "asn", "phishing", "neural")  # what asks the internet


@dataclass(frozen=True)
class Rspamd:
    """A running instance."""

    port: int

    def scanned(self, raw: bytes, sender: str, recipient: str) -> Any:
        """What it says of a mail that came over a connection from elsewhere."""
        envelope = {"From": sender, "Rcpt": recipient, "IP": "198.51.100.7", "Helo": "relay.musterstadt.example"}
        envelope["Hostname"] = "relay.musterstadt.example"
        answer = httpx.post(f"http://127.0.0.1:{self.port}/checkv2", content=raw, headers=envelope, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def ready(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.port}/ping", timeout=2).text.strip() == "pong"
        return False


@contextmanager
def run_rspamd(zone: Zone) -> Iterator[Rspamd]:
    """Runs one until the block ends; `zone` is all that the DNS knows. Raises RuntimeError where it is missing."""
    program = needed(Path("/usr/bin/rspamd"))
    place = Path(tempfile.mkdtemp(prefix="newsletter-rspamd-"))
    place.chmod(0o755)
    for name in ("db", "run", "log", "local/local.d"):
        (place / name).mkdir(parents=True)
        (place / name).chmod(0o777)
    server = Rspamd(free_port())
    with names_served(zone) as resolver:
        files = {
            "options.inc": OPTIONS.format(port=resolver.port, place=place),
            "worker-normal.inc": f'bind_socket = "127.0.0.1:{server.port}";\ncount = 1;\n',
            "worker-controller.inc": f'bind_socket = "127.0.0.1:{free_port()}";\ncount = 1;\n',
            "worker-proxy.inc": "enabled = false;\n",
            "logging.inc": f'type = "file"; filename = "{place}/log/rspamd.log"; level = "warning";\n',
            **{f"{module}.conf": "enabled = false;\n" for module in OFF},
        }
        for name, text in files.items():
            (place / "local/local.d" / name).write_text(text)
        places = {"LOCAL_CONFDIR": "local", "DBDIR": "db", "RUNDIR": "run", "LOGDIR": "log"}
        variables = [f"--var={name}={place / folder}" for name, folder in places.items()]
        command = [str(program), "-f", "-u", "nobody", "-g", "nogroup", "-c", "/etc/rspamd/rspamd.conf", *variables]
        with running(command, stop=signal.SIGTERM, ready=server.ready, log=place / "output"):
            yield server
    rmtree(place, ignore_errors=True)
