"""Mails as mutt shows them: whole messages, by their text part, and by their HTML part through w3m.

Read a snapshot aloud when it changes: everything in its order, nothing said twice, no address in a sentence.
"""

from __future__ import annotations

import subprocess
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.integration.edition.test_mails_in_a_terminal import mail
from tests.servers.process import needed
from tests.unit.edition.samples import filled

SETTINGS = """
set mailcap_path = "{folder}/mailcap"
set pipe_decode = yes
set sleep_time = 0
set charset = "utf-8"
set header_cache = ""
set folder = "{folder}"
unset mark_old
auto_view text/html
alternative_order {first}
ignore *
unignore from subject
hdr_order from subject
push "<pipe-message>cat > '{folder}/seen'<enter><exit>"
"""
MAILCAP = (
    "text/html; /usr/bin/w3m -dump -T text/html -I %{charset} -O utf-8 -cols 80 -o auto_image=FALSE %s; copiousoutput\n"
)


def in_mutt(kind: str, first: str, folder: Path) -> str:
    """What mutt shows of a mail whose parts of the type `first` it prefers."""
    found = mail(kind)
    message = EmailMessage(policy=SMTP)
    message["From"] = "Presse Musterstadt <presse@musterstadt.example>"
    message["Subject"] = found.subject
    message["Date"] = "Fri, 20 Nov 2026 07:00:00 +0100"
    message.set_content(filled(found.text))
    message.add_alternative(filled(found.html), subtype="html")
    for name in ("cur", "new", "tmp"):
        (folder / "box" / name).mkdir(parents=True)
    (folder / "box/new/1").write_bytes(message.as_bytes())
    (folder / "mailcap").write_text(MAILCAP, "utf-8")
    (folder / "muttrc").write_text(SETTINGS.format(folder=folder, first=first), "utf-8")
    program = needed(Path("/usr/bin/mutt"))
    command = f"{program} -n -R -F {folder}/muttrc -f {folder}/box"
    environment = {"HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    run = ["script", "--quiet", "--return", "--command", command, "/dev/null"]
    subprocess.run(run, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60)
    return (folder / "seen").read_text("utf-8")


@pytest.mark.parametrize("first", ["text/plain", "text/html"])
@pytest.mark.parametrize("kind", ["standard", "single"])
def test_a_message(kind: str, first: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert in_mutt(kind, first, tmp_path) == snapshot
