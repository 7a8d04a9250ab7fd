"""Quotas of a tenant: how many of a kind it may have, whatever is created at the same time."""

from shared.domain.errors import Conflict
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Put
from shared.services.records.documents import Documents


def check_quota(resource: str, used: int, limit: int) -> None:
    """Check that one more may be created. ``resource`` is a plural in snake case, such as ``saved_searches``.

    Raises: Conflict: the quota is used up (``resource_quota_exceeded``).
    """
    if used >= limit:
        raise Conflict(
            f"There are {used} {resource.replace('_', ' ')}, and the limit is {limit}.",
            code="resource_quota_exceeded",
            details={"resource": resource, "limit": limit, "used": used, "reserved": 0},
        )


def changed_guard(documents: Documents, guard: Key) -> Put:
    """Build the write that changes a guard: of two transactions with it, the later one meets a conflict.

    Call it before counting: what is created after the count then changes the guard that was read.
    """
    found = documents.records.get(guard)
    return Put(guard, {}, ABSENT if found is None else found.version)
