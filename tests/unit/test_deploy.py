"""What lies in deploy/ names commands, settings and metrics that are there, and lets nobody do more than is needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families

from newsletter.app.metrics import exposition
from newsletter.cli import cli
from newsletter.config import Settings, load
from newsletter.model import Figures, SourceFigures

DEPLOY = Path(__file__).parents[2] / "deploy"
NOW = datetime(2026, 11, 27, tzinfo=UTC)
METRIC = re.compile(r"newsletter_\w+")
USER = 10001


def kubernetes() -> dict[str, Any]:
    return {one["kind"]: one for one in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))}


def workers() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "kubernetes-workers.yaml").read_text("utf-8"))
    return found


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def commands() -> Iterator[tuple[str, list[str]]]:
    """Where a command of ours stands, and its words."""
    for name in ("newsletter.service", "newsletter-worker@.service"):
        unit = (DEPLOY / name).read_text("utf-8")
        yield name, re.findall(r"^ExecStart=\S+/newsletter (.*)$", unit, re.MULTILINE)[0].split()
    yield "Dockerfile", json.loads(re.findall(r"\nCMD (.*)", (DEPLOY / "Dockerfile").read_text("utf-8"))[-1])
    yield from ((f"compose.yaml {name}", one["command"]) for name, one in compose()["services"].items())
    pod = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    yield from (("kubernetes.yaml", one["args"]) for one in (*pod["containers"], *pod["initContainers"]))
    yield "kubernetes-workers.yaml", workers()["spec"]["template"]["spec"]["containers"][0]["args"]
    icinga = re.findall(r"command = \[ (.*) \]", (DEPLOY / "icinga2.conf").read_text("utf-8"))[0]
    yield "icinga2.conf", json.loads(f"[{icinga}]")[1:]
    yield "checkmk-mrpe.cfg", (DEPLOY / "checkmk-mrpe.cfg").read_text("utf-8").splitlines()[-1].split()[2:]


@pytest.mark.parametrize(
    ("place", "words"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_is_one_of_ours(place: str, words: list[str]) -> None:
    words = words[2:] if words[0] == "--config" else words
    command: click.Command = cli
    with click.Context(cli) as context:
        while words and isinstance(command, click.Group):
            found = command.get_command(context, words.pop(0))
            assert found is not None, place
            command = found
    options = {option for parameter in command.params for option in parameter.opts}
    assert set(words) <= options, place


def test_every_metric_that_is_drawn_or_watched_is_there() -> None:
    source = SourceFigures("presse", NOW, NOW, 0)
    figures = Figures({}, None, {}, {}, {("presse", "active"): 1}, 0, (source,), (), None)
    known = set(METRIC.findall(exposition(figures).decode()))
    dashboard = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    drawn = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = yaml.safe_load((DEPLOY / "prometheus-alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
    named = {name for text in (*drawn, *(rule["expr"] for rule in rules)) for name in METRIC.findall(text)}
    assert len(named) > 8
    assert named <= known
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_what_holds_a_moment_says_so_in_its_name() -> None:
    """prometheus.io/docs/practices/naming: a Unix time ends in `_timestamp_seconds`, and nothing else does."""
    source = SourceFigures("presse", NOW, NOW, 0)
    figures = Figures({}, NOW, {}, {}, {}, 0, (source,), (), None)
    families = text_string_to_metric_families(exposition(figures).decode())
    samples = [sample for family in families for sample in family.samples]
    named = {sample.name for sample in samples if sample.name.endswith("_timestamp_seconds")}
    assert {sample.name for sample in samples if sample.value == NOW.timestamp()} == named
    assert len(named) == 3


def test_no_pod_may_more_than_it_needs() -> None:
    pod = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, USER)
    more = workers()["spec"]["template"]["spec"]
    assert (more["securityContext"], more["automountServiceAccountToken"]) == (pod["securityContext"], False)
    for one in (*pod["containers"], *pod["initContainers"], *more["containers"]):
        contained = one["securityContext"]
        assert contained["readOnlyRootFilesystem"] is True
        assert contained["allowPrivilegeEscalation"] is False
        assert contained["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in one["resources"]["limits"]
    probes = [pod["containers"][0][name]["httpGet"]["path"] for name in ("readinessProbe", "livenessProbe")]
    assert probes == ["/readyz", "/healthz"]
    assert kubernetes()["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}  # two on one SQLite cannot be
    assert pod["terminationGracePeriodSeconds"] >= 60


def test_no_container_may_more_than_it_needs() -> None:
    for one in compose()["services"].values():
        assert (one["user"], one["read_only"], one["cap_drop"]) == (f"{USER}:{USER}", True, ["ALL"])
        assert "no-new-privileges:true" in one["security_opt"]
    assert compose()["services"]["newsletter"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert image.rindex("\nUSER 10001:10001") < image.rindex("\nENTRYPOINT")
    assert f"--uid {USER}" in image


def test_the_settings_of_the_example_can_be_read(tmp_path: Path) -> None:
    data = kubernetes()["ConfigMap"]["data"]
    for name in ("feeds", "secrets"):
        (tmp_path / name).mkdir()
    (tmp_path / "newsletter.toml").write_text(data["newsletter.toml"], "utf-8")
    (tmp_path / "feeds/musterstadt.toml").write_text(data["musterstadt.toml"], "utf-8")
    (tmp_path / "secrets/smtp").write_text("geheim\n", "utf-8")
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    environment = dict(re.findall(r"(NEWSLETTER_\w+__\w+)=(\S+)", image))
    settings: Settings = load(tmp_path / "newsletter.toml", environment)
    assert settings.web.listen == "0.0.0.0:8000"
    assert settings.mail.smtp.password.get_secret_value() == "geheim"
    named = compose()["services"]["newsletter"]["environment"]
    for name in named:
        table: Any = settings
        for part in name.removeprefix("NEWSLETTER_").lower().split("__"):
            table = getattr(table, part)  # raises where no setting is called so
