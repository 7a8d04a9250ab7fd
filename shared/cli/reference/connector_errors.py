"""Errors of connectors."""

from collections.abc import Mapping
from typing import Final

from shared.cli.reference.error_entry import ErrorEntry
from shared.domain.connectors.store_problem import StoreProblem

_STORE_PROBLEMS: Final[Mapping[StoreProblem, tuple[int, str, str]]] = {
    StoreProblem.NO_SUCH_BUCKET: (
        409,
        "The store has no bucket or container of that name.",
        "Create a connector with the right name.",
    ),
    StoreProblem.NO_SUCH_OBJECT: (
        409,
        "The store has no object with that key.",
        "List the files with `POST /connectors/{connector_id}/browse`, and use a key of the list.",
    ),
    StoreProblem.WRONG_CREDENTIALS: (
        409,
        "The store does not accept the credentials.",
        "Update the connector with valid credentials, then test it.",
    ),
    StoreProblem.WRONG_REGION: (
        409,
        "The bucket is in another region. The message names it where the store does.",
        "Create the connector again with that region.",
    ),
    StoreProblem.NOT_PERMITTED: (
        409,
        "The credentials lack a permission that the message names.",
        "Grant the permissions of the page [Connectors](connectors.md), then test the connector.",
    ),
    StoreProblem.ADDRESS_REFUSED: (
        409,
        "The address of the store is in a private network, or the store redirects to another host.",
        "Use a public address. The operator can permit a store with `s3_endpoints`.",
    ),
    StoreProblem.INVALID_NAME: (
        409,
        "The key of an object has an empty part, a part `.` or `..`, or a control character.",
        "Rename the object in the store, then import it again. The files beside it are imported.",
    ),
    StoreProblem.TOO_LARGE: (
        409,
        "The object is larger than `max_upload_bytes`.",
        "Raise the setting, or import a smaller file.",
    ),
    StoreProblem.NO_ANSWER: (
        502,
        "The store does not answer, or not in time.",
        "Try again later. Check the address of the store.",
    ),
    StoreProblem.UNEXPECTED_ANSWER: (
        502,
        "The store answers in a way that no store of its kind does, or the clock of the server is wrong.",
        "Check the address of the store and the server's clock.",
    ),
}

CONNECTOR_ERRORS: Final = (
    *(
        ErrorEntry(f"connector_{problem}", (status,), cause, cure)
        for problem, (status, cause, cure) in _STORE_PROBLEMS.items()
    ),
    ErrorEntry(
        "connector_refused",
        (409,),
        "The store refuses the request, because of the connector's address or credentials.",
        "Test the connector with `POST /connectors/{connector_id}/test`.",
    ),
    ErrorEntry(
        "connector_failed",
        (502,),
        "The store does not answer as a store does.",
        "Test the connector with `POST /connectors/{connector_id}/test`.",
    ),
    ErrorEntry("connector_disabled", (409,), "The connector is disabled.", "Enable the connector."),
    ErrorEntry(
        "connector_scope_missing",
        (409,),
        "The connector may not be used for this. `details.scope` names the missing scope.",
        "Add the scope to the connector.",
    ),
)
