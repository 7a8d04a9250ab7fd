"""Counters of answered requests."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

UNMATCHED: Final = "unmatched"
"""The route of requests that match none, so that addresses of clients are no labels."""

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestCounters:
    """Counts requests by method, route and status, and their seconds until the first byte of the answer."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "videovector_requests",
            "Answered requests.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "videovector_request_seconds",
            "Seconds from the head of a request to the head of its answer.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=registry,
        )

    def observe(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request. ``route`` is the template of its path, None if it matched no route."""
        known_method = method if method in _METHODS else "other"
        known_route = UNMATCHED if route is None else route
        self._requests.labels(known_method, known_route, str(status)).inc()
        self._seconds.labels(known_method, known_route).observe(seconds)
