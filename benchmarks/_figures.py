"""What every benchmark prints: one JSON object with its figures, its goals, the machine and the versions."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from importlib.metadata import version
from pathlib import Path

Goals = dict[str, tuple[str, float]]  # name: (">=" or "<=", number)


def say(text: str) -> None:
    """Tells on stderr what is going on."""
    print(text, file=sys.stderr, flush=True)


def show(figures: dict[str, float], goals: Goals, **versions: str) -> int:
    """Prints the object and returns the exit code: 1 where a goal was missed."""
    missed = [name for name, goal in goals.items() if name in figures and not _reached(figures[name], goal)]
    for name in missed:
        say(f"missed: {name} is {figures[name]:g}, the goal is {goals[name][0]} {goals[name][1]:g}")
    ours = {"newsletter": version("newsletter"), "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    print(json.dumps({"figures": figures, "goals": goals, "machine": _machine(), "versions": ours | versions}))
    return 1 if missed else 0


def _reached(figure: float, goal: tuple[str, float]) -> bool:
    return figure >= goal[1] if goal[0] == ">=" else figure <= goal[1]


def _machine() -> dict[str, str | float]:
    """What figures depend on, and nothing that says whose machine it is."""
    cpu = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": f"{platform.system()} {platform.release()}",
        "cpu": cpu[0] if cpu else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory / 1e9, 1),
    }


def _lines(file: str) -> list[str]:
    path = Path(file)
    return path.read_text().splitlines() if path.exists() else []
