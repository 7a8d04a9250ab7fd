"""The reference page of errors, generated from the entries."""

from collections.abc import Sequence
from typing import Final

from shared.cli.reference.automation_errors import AUTOMATION_ERRORS
from shared.cli.reference.connector_errors import CONNECTOR_ERRORS
from shared.cli.reference.credential_errors import CREDENTIAL_ERRORS
from shared.cli.reference.error_entry import ErrorEntry
from shared.cli.reference.export_errors import EXPORT_ERRORS
from shared.cli.reference.import_errors import DROP_ERRORS, IMPORT_ERRORS
from shared.cli.reference.request_errors import REQUEST_ERRORS
from shared.cli.reference.run_errors import RUN_ERRORS
from shared.cli.reference.state_errors import STATE_ERRORS

_HEAD: Final = """\
# Errors

Every answer with a status of 400 or more has the same shape. `code` is stable, `message` is for people and
may change, and `request_id` finds the request in the log.

```json
{
  "error": {
    "code": "validation_error",
    "message": "video_uri: must start with https://",
    "details": {"errors": [{"field": "video_uri", "rule": "must start with https://"}]},
    "request_id": "req_01M81W07DZ9XE0V58MDN7BC9FM",
    "timestamp": "2026-11-22T14:54:11.909Z"
  },
  "request_id": "req_01M81W07DZ9XE0V58MDN7BC9FM"
}
```

A client repeats a request after a 429, a 502 and a 503, and where `details.retryable` is true. If an answer
has the header `Retry-After`, it waits for that many seconds first. A failed import job has its code in
`error_code`, a failed segment of a run too.

`.venv/bin/python -m shared.cli documentation` generates this page from `shared/cli/reference`.
"""
_IMPORTS: Final = (
    "An import job has these codes in `error_code`. A status is that of a search by picture, which reads a "
    "picture too. What a medium does not show of its file is a [warning](media.md#warnings), not an error."
)
_AUTOMATIONS: Final = (
    "A result of an [automation](automations.md) has these codes, or one of a connector. A run that does not "
    "follow an import has its code in `execution.error_code` of the import job."
)
_EXPORTS: Final = (
    "An [export](exports.md) that fails has its code in `error_code`, which may also be one of a connector "
    "(`connector_<problem>`), or another of this page."
)
_GROUPS: Final[tuple[tuple[str, str, Sequence[ErrorEntry]], ...]] = (
    ("Credentials and permissions", "", CREDENTIAL_ERRORS),
    ("Requests and capacity", "", REQUEST_ERRORS),
    ("Resources and their state", "", STATE_ERRORS),
    ("Connectors", "An import job that reads through a connector has these codes too.", CONNECTOR_ERRORS),
    ("Imports", _IMPORTS, IMPORT_ERRORS),
    ("Automations", _AUTOMATIONS, AUTOMATION_ERRORS),
    ("Exports", _EXPORTS, EXPORT_ERRORS),
    ("Drop folder", "The drop folder on AWS marks a refused file with these codes.", DROP_ERRORS),
    ("Runs and models", "A failed segment or medium of a run has these codes.", RUN_ERRORS),
)
ENTRIES: Final = tuple(entry for _, _, entries in _GROUPS for entry in entries)


def errors_page() -> str:
    """Return the page of errors: one heading a code, with its status, cause and cure."""
    return "".join([_HEAD, *(_group(*group) for group in _GROUPS)])


def _group(heading: str, introduction: str, entries: Sequence[ErrorEntry]) -> str:
    opening = f"\n{introduction}\n" if introduction else ""
    return f"\n## {heading}\n{opening}" + "".join(map(_section, entries))


def _section(entry: ErrorEntry) -> str:
    statuses = " or ".join(map(str, entry.statuses))
    status = f"Error {statuses}. " if statuses else ""
    return f"\n### `{entry.code}`\n\n{status}{entry.cause}\n\n**Cure:** {entry.cure}\n"
