"""What Thunderbird tells screen readers of our mails, kept as snapshots: read one aloud when it changes.

The mail is opened in Debian's Thunderbird on a screen that is not there; AT-SPI is what Orca asks on Linux.
"""

from __future__ import annotations

import signal
import subprocess
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.integration.edition.test_mails_in_a_terminal import mail
from tests.servers.process import needed
from tests.unit.edition.samples import filled

TREE = Path(__file__).parent / "accessibility_tree.py"
PREFERENCES = {  # a message, and nothing that asks or greets before it
    "accessibility.force_disabled": "-1",
    "app.donation.eoy.version.viewed": "999",
    "app.update.enabled": "false",
    "datareporting.policy.dataSubmissionEnabled": "false",
    "mail.accounthub.enabled": "false",
    "mail.provider.suppress_dialog_on_startup": "true",
    "mail.rights.version": "1",
    "mail.shell.checkDefaultClient": "false",
    "mail.spotlight.firstRunDone": "true",
    "mailnews.start_page.enabled": "false",
    "toolkit.telemetry.enabled": "false",
}
SESSION = """
/usr/libexec/at-spi-bus-launcher --launch-immediately & bus=$!
{thunderbird} --profile {folder}/profile --no-remote {folder}/mail.eml >{folder}/log 2>&1 & program=$!
/usr/bin/python3 {tree} "$TITLE"; code=$?
kill $program; wait $program; kill $bus; exit $code
"""


def tree_of(kind: str, folder: Path) -> str:
    """The accessibility tree of a mail in Thunderbird."""
    found = mail(kind)
    message = EmailMessage(policy=SMTP)
    message["From"] = "Presse Musterstadt <presse@musterstadt.example>"
    message["To"] = "leserin@leser.example"
    message["Subject"] = found.subject
    message["Date"] = "Fri, 20 Nov 2026 07:00:00 +0100"
    message.set_content(filled(found.text))
    message.add_alternative(filled(found.html), subtype="html")
    (folder / "mail.eml").write_bytes(message.as_bytes())
    (folder / "profile").mkdir()
    lines = (f'user_pref("{name}", {value});\n' for name, value in PREFERENCES.items())
    (folder / "profile/user.js").write_text("".join(lines), "ascii")
    programs = {name: needed(Path(f"/usr/bin/{name}")) for name in ("thunderbird", "xvfb-run", "dbus-run-session")}
    session = SESSION.format(thunderbird=programs["thunderbird"], folder=folder, tree=TREE)
    command = [str(programs["xvfb-run"]), "-a", str(programs["dbus-run-session"]), "--", "bash", "-c", session]
    environment = {
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "GNOME_ACCESSIBILITY": "1",
        "MOZ_ENABLE_WAYLAND": "0",
        "TITLE": found.subject,
    }
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        told, problems = process.communicate(timeout=200)
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 0, problems
    return told[told.index("document web") :]  # AT-SPI's own services greet before it


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("thunderbird")
@pytest.mark.parametrize("kind", ["standard", "compact", "single"])
def test_a_message(kind: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert tree_of(kind, tmp_path) == snapshot
