"""strace, attached to a child before its first step: it kills at a system call, makes one fail, or writes them down."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

from tests.proof.children import Child

LOOK = 30  # seconds for strace to attach


def traced(child: Child, *options: str, log: Path | None = None, threads: bool = True) -> subprocess.Popen[bytes]:
    """strace with these options on a child's threads, or its first one; it is attached now and ends with the child."""
    follow = ("-f",) if threads else ()
    command = ["strace", *follow, "-p", str(child.process.pid), "-o", str(log or "/dev/null"), *options]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert tracer.stderr
    line = tracer.stderr.readline()
    if b"attached" not in line:
        child.kill()
        raise RuntimeError(f"strace could not attach: {line.decode(errors='replace').strip()}")
    return tracer


def injected(child: Child, call: str, what: str, when: str, *, threads: bool = True) -> subprocess.Popen[bytes]:
    """Have `what` (as strace writes it: `signal=SIGKILL`, `error=ENOSPC`) happen at a thread's nth such call."""
    return traced(child, "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={when}", threads=threads)


def calls(log: Path) -> dict[str, int]:
    """Each system call in a log, and how often the thread made it that made it most."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        thread, _, rest = line.partition(" ")
        name, bracket, _ = rest.strip().partition("(")
        if bracket and name.isidentifier():
            counts[name, thread] += 1
    most: dict[str, int] = {}
    for (name, _), count in counts.items():
        most[name] = max(count, most.get(name, 0))
    return most


def end(tracer: subprocess.Popen[bytes], seconds: float = 10) -> None:
    """Wait for strace, whose child has ended."""
    try:
        tracer.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        tracer.kill()
        tracer.communicate()


def refused() -> str:
    """Why the system lets nobody trace; empty where it does."""
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return tried.stderr.strip()
