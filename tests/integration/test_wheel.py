"""What is installed from a wheel has all that a checkout has."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = ("templates", "feeds", "locales")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place], cwd=ROOT, check=True)
    (wheel,) = place.glob("newsletter-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


@pytest.mark.parametrize("name", SHIPPED)
def test_folders_ship_in_the_wheel(installed: Path, name: str) -> None:
    ask = f"from newsletter.resources import folder; print(folder({name!r}))"
    run = [sys.executable, "-c", ask]
    found = subprocess.run(run, env={"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()).is_relative_to(installed)
    assert files(Path(found.stdout.strip())) == files(ROOT / name) != set()


def files(folder: Path) -> set[Path]:
    return {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}
