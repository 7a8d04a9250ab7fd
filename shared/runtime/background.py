"""Background work of a laptop's server: jobs, events, due work, expired data, warm-up of models."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.adapters.local.disk_reserve import DiskReserve
from shared.adapters.local.event_feed.feed import LocalEventFeed
from shared.adapters.local.jobs import LocalJobs
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.timer.timer import LocalTimer
from shared.adapters.local.upload_sessions import FolderUploadSessions
from shared.domain.errors import DomainError
from shared.domain.imports.upload_session import UPLOAD_LIFE
from shared.ports.search_index import SearchFilter, TextQuery
from shared.runtime import Runtime
from shared.runtime.default_index import DefaultIndexMaking

if TYPE_CHECKING:
    from shared.adapters.local.search.index import EmbeddedSearchIndex

_SWEEP_SECONDS: Final = 300.0
_WARM_UP_SECONDS: Final = 60.0

log = logging.getLogger(__name__)


class Background:
    """Threads that start before the server accepts requests and stop after the last request."""

    def __init__(
        self,
        runtime: Runtime,
        jobs: LocalJobs,
        records: SqliteRecords,
        uploads: FolderUploadSessions,
        reserve: DiskReserve,
        feed: LocalEventFeed,
        timer: LocalTimer,
        search_index: Callable[[], EmbeddedSearchIndex],
    ) -> None:
        """``search_index`` opens the index at its first call."""
        self._runtime = runtime
        self._search_index = search_index
        self._opened_index: EmbeddedSearchIndex | None = None
        self._uploads = uploads
        self._jobs = jobs
        self._records = records
        self._reserve = reserve
        self._feed = feed
        self._timer = timer
        self._stopped = threading.Event()
        self.has_running_threads = False
        """Whether a thread is still running after ``stop``, for example inside a model."""
        self._sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)
        self._warmer = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
        self._default_index = DefaultIndexMaking(runtime)

    def start(self) -> None:
        """Remove source files that a crash left, then resume all open jobs and start the threads.

        On return the models and the index are loaded, so that the first search takes no longer than the next.
        A download of weights may take longer than that waits.
        """
        self._warmer.start()
        self._runtime.imports.leftovers.remove()
        if self._runtime.settings.default_index:
            self._default_index.open_if_made()
        self._jobs.start()
        self._timer.start()
        self._feed.start()
        self._sweeper.start()
        self._warmer.join(_WARM_UP_SECONDS)
        if self._warmer.is_alive():
            log.warning("The models of the search still load. The first search waits for them.")

    def make_default_index(self, sample: Path) -> None:
        """Make the default index from the video ``sample``, if it is enabled and not made yet."""
        if self._runtime.settings.default_index:
            self._default_index.start(sample)

    def stop(self, timeout: float) -> None:
        """Interrupt running jobs at a safe point and wait up to ``timeout`` seconds for each thread. Jobs
        and deliveries that have not ended run again at the next start."""
        self._stopped.set()
        if self._opened_index is not None:
            self._opened_index.end_rewrites()
        self._default_index.stop(timeout)
        parts = (self._jobs, self._feed, self._timer)
        with ThreadPoolExecutor(len(parts)) as pool:
            ended = list(pool.map(lambda part: part.stop(timeout), parts))
        others = (self._warmer, self._sweeper)
        for thread in others:
            thread.join(timeout)
        self.has_running_threads = not all(ended) or any(thread.is_alive() for thread in others)

    def _sweep(self) -> None:
        while not self._stopped.wait(_SWEEP_SECONDS):
            try:
                self._reserve.tend()
                self._records.remove_expired()
                self._uploads.remove_abandoned(UPLOAD_LIFE)
            except DomainError:
                log.exception("Expired records could not be removed; the next sweep tries again.")
            self._remove_traces()

    def _remove_traces(self) -> None:
        try:
            self._opened_index = self._search_index()
            if not self._stopped.is_set():
                self._opened_index.remove_traces()
        except (DomainError, OSError) as error:
            if not self._stopped.is_set():
                log.warning("Traces of deleted documents stay in the search index until later: %s", error)

    def _warm_up(self) -> None:
        """Load the search index and its models, and search once. Nothing belongs to the tenant ""."""
        ports = self._runtime.ports
        try:
            models = ports.models
            known = {models.text_embedder.space.name, models.image_embedder.space.name}
            if others := set(ports.search_index.counts().spaces) - known:
                log.warning("Vectors of %s are not searched. Run the command reindex.", sorted(others))
            words = ports.query_embedder.words("warm up", in_pictures=True)
            ports.search_index.search_text(TextQuery(words.text.vector, "warm up"), SearchFilter(""))
        except DomainError:
            log.exception("The warm-up of the search failed.")
