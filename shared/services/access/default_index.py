"""Permission to read the default index, which callers get once it is complete."""

from shared.domain.access import Caller


class DefaultIndexAccess:
    """Whether this process lists the default index. A process that has not opened it answers as if there were
    none, so requests need no look-up."""

    def __init__(self) -> None:
        self.is_open = False

    def open(self) -> None:
        """List the default index for all callers from now on. Its run must have ended with results."""
        self.is_open = True

    def grant(self, caller: Caller) -> Caller:
        """Return the caller with the permission to read the default index, if it is open."""
        return caller.model_copy(update={"reads_default_index": True}) if self.is_open else caller
