"""What the service counts, for Prometheus: requests in this process, the rest in the store.

Workers are processes of their own and may be on other machines, so what is kept (calls, jobs) is
counted in the store when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from autoqa.store import Done, Jobs, Store, Workers

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Figures:
    """One for each application; ``seen`` is told of every answer."""

    def __init__(self, store: Store) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Kept(store))
        labels = "method", "route"
        self._requests = Counter(
            "autoqa_http_requests", "Answers.", (*labels, "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "autoqa_http_request_seconds",
            "Time to the end of the answer.",
            labels,
            buckets=_SECONDS,
            registry=self._registry,
        )

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _Kept(Collector):
    """What the store says when it is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        jobs, workers = Jobs(self._store), Workers(self._store)
        queue = GaugeMetricFamily("autoqa_jobs", "Jobs by state.", labels=["state"])
        for state, count in jobs.counts().items():
            queue.add_metric([state.value], count)
        yield queue
        since = jobs.waiting_since()
        yield GaugeMetricFamily(
            "autoqa_oldest_waiting_seconds",
            "How long the oldest of the jobs that wait has waited.",
            value=0 if since is None else (datetime.now(UTC) - since).total_seconds(),
        )
        yield GaugeMetricFamily("autoqa_workers", "Workers that live.", value=workers.living())
        heard = self._store.heard()
        yield GaugeMetricFamily("autoqa_calls_heard", "Recordings kept.", value=heard.count)
        yield from _done(workers.done())


def _done(done: Done) -> Iterable[Metric]:
    """What workers have counted (``JobsWorker.done``), and jobs that failed."""
    audio_s, work_s = done.get(("audio_ms",), 0) / 1000, done.get(("work_ms",), 0) / 1000
    yield CounterMetricFamily("autoqa_audio_heard_seconds", "Audio of posted calls.", value=audio_s)
    yield CounterMetricFamily("autoqa_work_seconds", "Workers' time on them.", value=work_s)
    yield GaugeMetricFamily(
        "autoqa_real_time_factor",
        "Workers' time for each second of audio, of all posted calls.",
        value=work_s / audio_s if audio_s else 0,
    )
    failed = CounterMetricFamily("autoqa_jobs_failed", "Jobs failed, by reason.", labels=["reason"])
    outcomes = CounterMetricFamily(
        "autoqa_rule_outcomes", "Outcomes of rules.", labels=["rule", "outcome"]
    )
    for (what, *labels), count in sorted(done.items()):
        if what == "failed":
            failed.add_metric(labels, count)
        elif what == "outcome":
            outcomes.add_metric(labels, count)
    yield failed
    yield outcomes
