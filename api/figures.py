"""What the service counts, for Prometheus: requests in this process, the rest in the store.

Workers are processes of their own and may be on other machines, so what is kept (calls, jobs) is
counted in the store when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from autoqa.store import Jobs, Store

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
        queue = GaugeMetricFamily("autoqa_jobs", "Jobs by state.", labels=["state"])
        for state, count in Jobs(self._store).counts().items():
            queue.add_metric([state.value], count)
        yield queue
        heard = self._store.heard()
        yield GaugeMetricFamily("autoqa_calls_heard", "Recordings heard.", value=heard.count)
        yield CounterMetricFamily(
            "autoqa_audio_heard_seconds", "Audio heard.", value=heard.duration_ms / 1000
        )
