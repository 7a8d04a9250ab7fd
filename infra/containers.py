"""Capabilities of the containers: the streaming ingress and the worker."""

from typing import Final

from infra.permissions import Capability

INGRESS_TITLE: Final = "ingress"
INGRESS_CAPABILITIES: Final = frozenset(
    {
        Capability.READ_RECORDS,
        Capability.WRITE_RECORDS,
        Capability.SIGN_CURSORS,
        Capability.STORE_IMPORTS,
        Capability.START_INGEST,
        Capability.READ_EXPORTS,
        Capability.SIGN_EXPORT_LINKS,
    }
)
"""Capabilities for the upload routes of ``videos`` and ``workflow``, and for the download of exports."""

WORKER_CAPABILITIES: Final = frozenset(
    {
        Capability.READ_RECORDS,
        Capability.WRITE_RECORDS,
        Capability.WORK_ON_MEDIA,
        Capability.INDEX_DOCUMENTS,
        Capability.ASK_LANGUAGE_MODEL,
        Capability.READ_SECRETS,
        Capability.OPEN_STORES,
        Capability.ASSUME_ROLES,
        Capability.TAKE_IMPORTS,
    }
)
