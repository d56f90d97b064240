"""Numbers for Prometheus: how many and how long, for whoever holds the token. Never who."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from time import monotonic, time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from manyhands.config.backups import shelf
from manyhands.config.health.logs import view_of

REGISTRY = CollectorRegistry(auto_describe=False)
ANSWERED = Histogram(
    "manyhands_request_seconds",
    "How long pages took to answer, by the name of the page and the status.",
    ("view", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
BLOCKED = Counter(
    "manyhands_blocked",
    "How often browsers kept a page from what its rules forbid: a fault of ours, an add-on of theirs, or an attack.",
    registry=REGISTRY,
)


class Measured:
    """Notes how long each page took, under its name; an address is never a name here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = monotonic()
        response = self.get_response(request)
        ANSWERED.labels(view_of(request) or "none", str(response.status_code)).observe(monotonic() - began)
        return response


class House(Collector):
    """What is counted at the moment somebody asks."""

    def collect(self) -> Iterator[Metric]:
        from manyhands.exchange import queries as exchange

        asks = GaugeMetricFamily("manyhands_asks", "Asks of all networks, by state.", labels=["state"])
        for state, count in sorted(exchange.how_many_by_state().items()):
            asks.add_metric([state], count)
        yield asks
        yield from _line()
        now = time()
        if shelved := shelf.kept():
            yield _age("manyhands_backup_age_seconds", "Since the last backup.", now - shelved[0].made_at.timestamp())
        if (drill := shelf.last_drill()) is not None:
            yield _age("manyhands_drill_age_seconds", "Since the last drill.", now - drill["at"].timestamp())
            good = GaugeMetricFamily("manyhands_drill_good", "Whether the last drill found nothing wrong.")
            good.add_metric([], float(not drill["found"]))
            yield good
        free = GaugeMetricFamily("manyhands_disk_free_bytes", "Room left on the disk of a folder.", labels=["folder"])
        for name, folder in (("data", settings.ENV.data_dir), ("backups", settings.ENV.backup_dir)):
            if folder.is_dir():
                free.add_metric([name], shutil.disk_usage(folder).free)
        yield free


def _line() -> Iterator[Metric]:
    from manyhands.jobs import queries as jobs
    from manyhands.notices import queries as notices

    line = jobs.line(jobs.moment())
    counted = GaugeMetricFamily("manyhands_jobs", "Jobs that are due, running, or failed for good.", labels=["state"])
    for state, count in (("due", line.due), ("running", line.running), ("failed", jobs.failed().count())):
        counted.add_metric([state], count)
    yield counted
    yield _age(
        "manyhands_jobs_oldest_due_seconds", "How long the oldest due job has waited.", line.oldest.total_seconds()
    )
    untold = GaugeMetricFamily("manyhands_notices_untold", "Mails and texts that did not get out.")
    untold.add_metric([], notices.untold(timezone.now()).count())
    yield untold


def _age(name: str, what: str, seconds: float) -> Metric:
    age = GaugeMetricFamily(name, what)
    age.add_metric([], max(0.0, seconds))
    return age


REGISTRY.register(House())


def as_text() -> tuple[bytes, str]:
    """Everything measured, as Prometheus reads it."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
