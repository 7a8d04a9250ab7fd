"""Timeouts of Lambda functions, and limits of their concurrent calls."""

from typing import Final

API_TIMEOUT_SECONDS: Final = 29
"""API Gateway's integration timeout is 30 seconds at most."""

EMBEDDING_TIMEOUT_SECONDS: Final = 11
"""The caller waits 12 seconds for an answer and retries once (``shared.adapters.aws.clients``)."""

UPLOADS_TIMEOUT_SECONDS: Final = 900
"""An object of more than 5 GB is copied inside S3 in parts, which takes minutes."""

UPLOADS_AT_ONCE: Final = 10
"""Limit of concurrent calls of the function that takes uploaded files."""

FAN_OUT_TIMEOUT_SECONDS: Final = 30

ALERTS_TIMEOUT_SECONDS: Final = 120
"""A finished run is checked against up to 100 saved searches, one after another. Assumption, not measured:
0.3 s each, with the embedding of its query."""

ALERTS_AT_ONCE: Final = 5
"""Limit of concurrent calls of the function that checks finished runs against saved searches."""

LISTING_TIMEOUT_SECONDS: Final = 300
"""A listing ends itself a minute before, and goes on in another call."""

LISTINGS_AT_ONCE: Final = 10
"""Limit of concurrent calls of the function that lists the stores of imports."""

AUTOMATION_RUNS_TIMEOUT_SECONDS: Final = 60
AUTOMATION_RUNS_AT_ONCE: Final = 5
"""Limit of concurrent calls of the function that starts the runs of automations."""

AUTOMATION_EXPORTS_TIMEOUT_SECONDS: Final = 60
AUTOMATION_EXPORTS_AT_ONCE: Final = 5
"""Limit of concurrent calls of the function that starts the exports of automations."""

ANNOUNCEMENT_TIMEOUT_SECONDS: Final = 30
ANNOUNCEMENTS_AT_ONCE: Final = 5
"""Limit of concurrent calls of the function that records new objects. An automation is written at most once a
second, whatever their number."""

DUE_WORK_TIMEOUT_SECONDS: Final = 180
"""A delivery to a webhook takes 10 seconds at most, and all messages of a batch are handled at once. The
check of an automation lists a store for two minutes at most. The rest is for the record store."""
