"""IAM permissions of functions and containers, given as capabilities."""

from infra.permissions.capabilities import STARTED_WORKFLOWS, Capability, Targets
from infra.permissions.policies import KEY_PARTITIONS, SECRET_CONTEXT, statements, weights_statements

__all__ = [
    "KEY_PARTITIONS",
    "SECRET_CONTEXT",
    "STARTED_WORKFLOWS",
    "Capability",
    "Targets",
    "statements",
    "weights_statements",
]
