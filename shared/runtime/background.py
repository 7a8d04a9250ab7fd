"""What goes on beside requests on a laptop: jobs, and the removal of what has expired."""

import logging
import threading
from typing import Final

from shared.adapters.local.jobs import LocalJobs
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.upload_sessions import FolderUploadSessions
from shared.domain.errors import DomainError
from shared.domain.upload_session import UPLOAD_LIFE
from shared.runtime import Runtime

_SWEEP_SECONDS: Final = 300.0

log = logging.getLogger(__name__)


class Background:
    """Started before the first request is taken, stopped after the last."""

    def __init__(
        self, runtime: Runtime, jobs: LocalJobs, records: SqliteRecords, uploads: FolderUploadSessions
    ) -> None:
        self._runtime = runtime
        self._uploads = uploads
        self._jobs = jobs
        self._records = records
        self._stopped = threading.Event()
        self.left_at_work = False
        """After ``stop``: something is still at work, deep in a model perhaps."""
        self._sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)
        self._warmer = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)

    def start(self) -> None:
        """Clear up what a crash left between two writes, then go on with every open job."""
        self._runtime.imports.leftovers.remove()
        self._jobs.start()
        self._sweeper.start()
        self._warmer.start()

    def stop(self, timeout: float) -> None:
        """Let running jobs reach a safe point; those that do not are run again at the next start."""
        self._stopped.set()
        jobs_ended = self._jobs.stop(timeout)
        self._warmer.join(timeout)
        self.left_at_work = not jobs_ended or self._warmer.is_alive()

    def _sweep(self) -> None:
        while not self._stopped.wait(_SWEEP_SECONDS):
            try:
                self._records.remove_expired()
                self._uploads.remove_abandoned(UPLOAD_LIFE)
            except DomainError:
                log.exception("Expired records could not be removed; trying again later.")

    def _warm_up(self) -> None:
        """So that the first search need not wait for the index and the text model to load."""
        try:
            models = self._runtime.ports.models
            known = {models.text_embedder.space.name, models.image_embedder.space.name}
            if others := set(self._runtime.ports.search_index.counts().spaces) - known:
                log.warning("Vectors of %s are not searched: run the command reindex.", sorted(others))
            models.text_embedder.embed(["warm up"])
        except DomainError:
            log.exception("The search could not be made ready.")
