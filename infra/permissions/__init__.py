"""IAM permissions of functions and containers, given as capabilities."""

from infra.permissions.capabilities import STARTED_WORKFLOWS, Capability, Targets
from infra.permissions.policies import KEY_PARTITIONS, statements, weights_statements

__all__ = [
    "KEY_PARTITIONS",
    "STARTED_WORKFLOWS",
    "Capability",
    "Targets",
    "statements",
    "weights_statements",
]
