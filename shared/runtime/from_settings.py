"""The runtime that the environment's settings describe."""

from shared.runtime import Runtime
from shared.settings import Settings


def configured_runtime(settings: Settings, *, worker: bool = False) -> Runtime:
    """AWS where a table is named, the laptop's otherwise. ``worker``: the process runs models."""
    if settings.records_table:
        from shared.runtime.aws import aws_runtime

        return aws_runtime(settings, worker=worker)
    from shared.runtime.local import local_runtime

    return local_runtime(settings)
