"""Admission of requests to what is scarce: memory for bodies, and processors for heavy work."""

from enum import StrEnum
from typing import Final

from shared.http.admission.body_memory import BodyMemory
from shared.http.admission.fair_queue import FairQueue, QueueLimits
from shared.http.bodies.limits import BodyKind, BodyLimit, body_limit
from shared.settings import Settings

_WAITING_BODIES: Final = QueueLimits(per_tenant=128, total=512, seconds=30.0)
"""A body is checked in milliseconds, and ``BodyMemory`` limits the bytes that wait."""

_BATCHES_AT_ONCE: Final = 2
"""An answer of 20,000 segments takes about a hundred megabytes while it is built."""

_LOOK_UPS_AT_ONCE: Final = 8
_LOOK_UPS_OF_TENANT: Final = 6
_WAITING_LOOK_UPS: Final = QueueLimits(per_tenant=128, total=512, seconds=30.0)
"""The look-up of a host takes milliseconds, so that many requests may wait. The resolver waits for seconds if
the name server of the host does not answer, and a tenant may run that name server."""

_WEBHOOK_TESTS_AT_ONCE: Final = 8
_WEBHOOK_TESTS_OF_TENANT: Final = 4
"""A receiver that does not answer holds its slot, and a thread, for about 10 seconds. All receivers of one
tenant may hang."""

_STORE_CALLS_AT_ONCE: Final = 16
_STORE_CALLS_OF_TENANT: Final = 4
"""A test or a listing waits for a store of the user's, with a thread, a process and up to 1,000 files: for 20
seconds at most, or for 10 minutes while the listing is streamed. All stores of one tenant may hang."""

_TOKENS_AT_ONCE: Final = 8
_WAITING_TOKENS: Final = QueueLimits(per_tenant=64, total=256, seconds=20.0)


class Lane(StrEnum):
    """Kinds of heavy work. Each has its own slots, so that one kind does not delay another."""

    SEARCH = "searches"
    PICTURE_SEARCH = "picture searches"
    PROMPT_GENERATION = "prompt generations"
    SCHEMA_TRIAL = "schema trials"
    URI_IMPORT = "imports by URI"
    BATCH = "batch requests"
    STORE = "requests to connected stores"
    WEBHOOK_ADDRESS = "changes of webhooks"
    WEBHOOK_TEST = "tests of webhooks"


class Admission:
    """The queues and limits of one application."""

    def __init__(self, settings: Settings) -> None:
        waiting = QueueLimits(
            settings.max_waiting_per_tenant, settings.max_waiting, settings.max_waiting_seconds
        )
        slots = {
            Lane.SEARCH: settings.searches_at_once,
            Lane.PICTURE_SEARCH: 1,  # decoding a picture takes hundreds of megabytes
            Lane.PROMPT_GENERATION: settings.prompt_generations_at_once,
            Lane.SCHEMA_TRIAL: 1,
            Lane.URI_IMPORT: _LOOK_UPS_AT_ONCE,
            Lane.BATCH: _BATCHES_AT_ONCE,
            Lane.WEBHOOK_ADDRESS: _LOOK_UPS_AT_ONCE,
            Lane.WEBHOOK_TEST: _WEBHOOK_TESTS_AT_ONCE,
            Lane.STORE: _STORE_CALLS_AT_ONCE,
        }
        limits = {Lane.URI_IMPORT: _WAITING_LOOK_UPS, Lane.WEBHOOK_ADDRESS: _WAITING_LOOK_UPS}
        tenant_slots = {
            Lane.URI_IMPORT: _LOOK_UPS_OF_TENANT,
            Lane.WEBHOOK_ADDRESS: _LOOK_UPS_OF_TENANT,
            Lane.WEBHOOK_TEST: _WEBHOOK_TESTS_OF_TENANT,
            Lane.STORE: _STORE_CALLS_OF_TENANT,
        }
        self.lanes = {
            lane: FairQueue(
                lane.value, slots[lane], limits.get(lane, waiting), tenant_slots=tenant_slots.get(lane)
            )
            for lane in Lane
        }
        self.bodies = FairQueue("large bodies", 1, _WAITING_BODIES)
        """One slot: checking holds the interpreter's lock, so two threads would not be faster."""
        self.tokens = FairQueue("bearer tokens", _TOKENS_AT_ONCE, _WAITING_TOKENS)
        """For the verification of tokens, which may wait for the issuer."""
        self._limits = {kind: body_limit(settings, kind) for kind in BodyKind}
        largest = max(limit.bytes for limit in self._limits.values())
        self.memory = BodyMemory(
            total=max(settings.body_memory_bytes, largest),
            per_tenant=max(settings.body_memory_bytes // 4, largest),
        )

    def check(self, tenant_id: str, kind: BodyKind) -> None:
        """Refuse a request before its body is read if it could not be processed.

        Raises: TooManyRequests.
        """
        if kind is BodyKind.PICTURE:
            self.lanes[Lane.PICTURE_SEARCH].check(tenant_id)

    def body_limit(self, kind: BodyKind) -> BodyLimit:
        return self._limits[kind]
