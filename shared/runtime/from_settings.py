"""The choice of a runtime from the settings."""

from shared.runtime import Runtime
from shared.settings import Settings


def configured_runtime(settings: Settings, *, worker: bool = False) -> Runtime:
    """Build the AWS runtime if the settings name a table, else the laptop's. ``worker``: the process runs
    models."""
    if settings.records_table:
        from shared.runtime.aws import aws_runtime

        return aws_runtime(settings, worker=worker)
    from shared.runtime.local import local_runtime

    return local_runtime(settings)
