#!/usr/bin/env python3
"""A local check of Checkmk: how the newsletter is, with its figures.

Put it into /usr/lib/check_mk_agent/local/300/ (it is asked every five minutes), executable, and mend the lines marked
with <<.
It says `<state> "<service>" <metric>=<value>|… <text>`, where a line break in the text is written as \\n.
"""

import json
import subprocess

COMMAND = (
    *("runuser", "-u", "newsletter", "--"),  # << not as root, who would own what is written beside the database
    "/opt/newsletter/.venv/bin/newsletter",  # <<
    *("--config", "/srv/newsletter/newsletter.toml"),  # <<
    *("status", "--check", "--json"),
)
SERVICE = "Newsletter"
SECONDS = 60
UNKNOWN = 3


def line(level, text, figures):
    metrics = "|".join(f"{name}={value}" for name, value in figures.items()) or "-"
    escaped = text.replace("\\", "/").replace("\n", "\\n")
    return f'{level} "{SERVICE}" {metrics} {escaped}'


def asked():
    try:
        done = subprocess.run(COMMAND, check=False, capture_output=True, text=True, timeout=SECONDS)
        found = json.loads(done.stdout)
        return line(found["level"], "\n".join(found["lines"]), found["figures"])
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired) as error:
        return line(UNKNOWN, f"`newsletter status` cannot be asked: {type(error).__name__}", {})


if __name__ == "__main__":
    print(asked())
