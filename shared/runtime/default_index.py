"""The thread of a laptop's server that makes the default index, and lists it once it is complete."""

import logging
import threading
from pathlib import Path
from typing import Final

from shared.domain import default_index
from shared.domain.errors import DomainError
from shared.models.catalogue import BUILTIN
from shared.runtime import Runtime
from shared.services.maintenance.default_index import DefaultIndexMaker, MakingStage

_POLL_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 60.0

log = logging.getLogger(__name__)


class DefaultIndexMaking:
    """Makes the default index in the background. Its jobs wait while any other job waits or runs."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def open_if_made(self) -> None:
        """List the default index at once if an earlier start has made it."""
        if default_index_maker(self._runtime).is_made():
            self._runtime.access.default_index.open()

    def start(self, sample: Path) -> None:
        """Make the default index from the video ``sample``, unless it is complete already.

        An index of which something failed, for example on a full disk, stays listed meanwhile.
        """
        if default_index_maker(self._runtime).is_complete():
            return
        self._thread = threading.Thread(target=self._make, args=(sample,), name="default-index", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Stop. The next start of the server continues."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _make(self, sample: Path) -> None:
        log.info("The default index is being made in the background from %s.", sample.name)
        maker = default_index_maker(self._runtime)
        pause = 0.0
        while not self._stopped.wait(pause):
            pause = _POLL_SECONDS
            try:
                stage = maker.advance(sample)
            except OSError as error:
                log.warning("There is no default index: %s cannot be read: %s", sample, error.strerror)
                return
            except DomainError as error:
                log.warning("The default index is tried again in a minute: %s", error)
                pause = _RETRY_SECONDS
                continue
            if stage is MakingStage.FAILED:
                log.error("The default index could not be made. The next start of the server tries again.")
                return
            if stage is MakingStage.DONE:
                self._runtime.access.default_index.open()
                log.info("The default index is listed: %s.", default_index.INDEX_ID)
                if not maker.is_complete():
                    log.warning("Something in it failed. The next start of the server tries again.")
                return


def default_index_maker(runtime: Runtime) -> DefaultIndexMaker:
    """Build the maker over the services of ``runtime``."""
    return DefaultIndexMaker(
        runtime.documents,
        runtime.ports.blobs,
        runtime.library.indexes,
        runtime.imports.intake,
        runtime.runs.prompt_runs,
        BUILTIN,
    )
