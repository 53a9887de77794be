"""The figures for Prometheus (prometheus.io/docs/instrumenting/exposition_formats): no address, no name of a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

import newsletter
from newsletter.model import AlarmKind, DeliveryState, EditionState, Figures, ReleaseState


def exposition(figures: Figures) -> bytes:
    """The figures as text; what there is none of is told as 0 where its name is known."""
    registry = CollectorRegistry()
    registry.register(_Once(_families(figures)))
    return generate_latest(registry)


class _Once(Collector):
    """Metrics that were counted already."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(figures: Figures) -> Iterator[Metric]:
    yield InfoMetricFamily("newsletter", "The program", {"version": newsletter.__version__})
    yield _by_name(
        "newsletter_deliveries",
        "Mails of editions under way and of notices",
        "state",
        DeliveryState,
        figures.deliveries,
    )
    yield _by_name("newsletter_editions", "Editions", "state", EditionState, figures.editions)
    yield _by_name("newsletter_releases", "Releases", "state", ReleaseState, figures.releases)
    kinds = [str(alarm.kind) for alarm in figures.alarms]
    counted = {kind: kinds.count(kind) for kind in kinds}
    yield _by_name("newsletter_alarms", "Alarms that stand", "kind", AlarmKind, counted)
    people = GaugeMetricFamily("newsletter_subscriptions", "Subscriptions", labels=["newsletter", "state"])
    for labels, count in sorted(figures.subscriptions.items()):
        people.add_metric(list(labels), count)
    yield people
    yield GaugeMetricFamily("newsletter_suppressed_addresses", "Addresses never sent to", figures.suppressed)
    yield GaugeMetricFamily("newsletter_paused", "1 while nothing is composed or sent", int(bool(figures.paused)))
    waits = figures.waits_since.timestamp() if figures.waits_since else 0
    yield GaugeMetricFamily(
        "newsletter_mail_waits_since_timestamp_seconds", "Unix time since when mail could go; 0: none", waits
    )
    yield from _sources(figures)


def _by_name(name: str, said: str, label: str, names: Iterable[str], counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=[label])
    for each in names:
        family.add_metric([str(each)], counts.get(str(each), 0))
    return family


def _sources(figures: Figures) -> Iterator[GaugeMetricFamily]:
    succeeded = GaugeMetricFamily(
        "newsletter_source_success_timestamp_seconds", "Unix time of the last collect", labels=["feed"]
    )
    due = GaugeMetricFamily("newsletter_source_due_timestamp_seconds", "Unix time of the next collect", labels=["feed"])
    failures = GaugeMetricFamily("newsletter_source_failures", "Failures in a row", labels=["feed"])
    for source in figures.sources:
        if source.succeeded_at:
            succeeded.add_metric([source.slug], source.succeeded_at.timestamp())
        if source.next_at:
            due.add_metric([source.slug], source.next_at.timestamp())
        failures.add_metric([source.slug], source.failures)
    yield from (succeeded, due, failures)
