"""The class tree of expected failures.

::

    DomainError
    |-- InvalidRequest          422  a field breaks a rule; names the field and the rule
    |   |-- InvalidSchema       422  a prompt's JSON schema cannot be used
    |   `-- InvalidCursor       400  a cursor has no valid signature, or belongs to another query
    |-- NotRetryable            400  an import job of this kind cannot be retried
    |-- PayloadTooLarge         413
    |   `-- ExportTooLarge      413  an export is longer than its format may be
    |-- NotAuthenticated        401
    |-- NotPermitted            403
    |-- NotFound                404  unknown, or another tenant's
    |-- FeatureNotAvailable     404  a route of the public API that is not built yet
    |-- Gone                    410  what was there has been removed for good
    |-- Conflict                409
    |   |-- IdempotencyMismatch 409  an idempotency key was used before with other content
    |   `-- StoreRefusal        409  a store of the user's refuses a request
    |-- RequestTimeout          408  the body of a request arrives too slowly
    |-- TooManyRequests         429
    |-- UnsupportedMedia        415  the bytes are no medium that the server can read
    |-- Unavailable             503  a dependency does not answer
    |-- ConnectionFailed        502  a store of the user's does not answer
    `-- WriteRejected                the record store rejects a write; nothing of it is stored
        |-- VersionConflict     409  a record has another version than the write expects
        `-- RecordTooLarge      413  a record is larger than the store accepts

``shared.http.errors`` alone maps the classes to HTTP statuses.
"""

from collections.abc import Mapping
from typing import Any, Literal

from shared.domain.keys import Key


class DomainError(Exception):
    """Base class of all expected failures.

    ``code`` is stable and part of the API. ``message`` is for people. ``details`` is JSON.
    """

    code = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details: dict[str, Any] = dict(details or {})


class InvalidRequest(DomainError):
    """A value breaks a rule. ``field`` is the dotted path of the value."""

    code = "validation_error"

    def __init__(self, field: str, rule: str, *, code: str | None = None) -> None:
        super().__init__(
            f"{field}: {rule}",
            code=code,
            details={"errors": [{"field": field, "rule": rule}]},
        )
        self.field = field
        self.rule = rule


class InvalidSchema(InvalidRequest):
    """A prompt cannot use a JSON schema. ``field`` is the path of the part that breaks the rule."""

    code = "invalid_json_schema"


class InvalidCursor(DomainError):
    """A cursor has no valid signature, or belongs to another query."""

    code = "invalid_cursor"

    def __init__(self, message: str = "The cursor is not valid for this request.") -> None:
        super().__init__(message, details={"errors": [{"field": "cursor", "rule": message}]})


class NotRetryable(DomainError):
    """An import job cannot be retried in this way, whatever its state."""

    code = "import_job_not_retryable"


class PayloadTooLarge(DomainError):
    code = "payload_too_large"


class ExportTooLarge(PayloadTooLarge):
    """An export is longer than its format may be. ``message`` names other ways."""

    code = "export_too_large"


class NotAuthenticated(DomainError):
    code = "authentication_invalid_api_key"


class NotPermitted(DomainError):
    code = "authorization_insufficient_scope"


class NotFound(DomainError):
    """A resource does not exist, or belongs to another tenant.

    ``kind`` is index, video, segment, prompt, prompt_run, import_job or another name of a resource. ``by``
    tells whether the request names it by id or by name.
    """

    def __init__(self, kind: str, identifier: str, *, by: Literal["id", "name"] = "id") -> None:
        super().__init__(
            f"No {kind.replace('_', ' ')} with the {by} {identifier!r}.",
            code=f"resource_{kind}_not_found",
            details={"resource": kind, by: identifier},
        )


class FeatureNotAvailable(DomainError):
    """A route of the public API is not built yet.

    ``subject`` begins the message, such as "Exports are".
    """

    code = "feature_not_available"

    def __init__(self, feature: str, subject: str) -> None:
        super().__init__(f"{subject} not built yet in this server.", details={"feature": feature})


class Gone(DomainError):
    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, code=code)


class Conflict(DomainError):
    code = "conflict"


class IdempotencyMismatch(Conflict):
    """An idempotency key was used before with other content."""

    code = "idempotency_request_mismatch"


class RequestTimeout(DomainError):
    """The body of a request arrives too slowly."""

    code = "request_timeout"


class TooManyRequests(DomainError):
    """The caller exceeds a rate limit."""

    code = "rate_limit_exceeded"

    def __init__(self, message: str, *, retry_after_seconds: int, code: str | None = None) -> None:
        super().__init__(message, code=code, details={"retry_after": retry_after_seconds})
        self.retry_after_seconds = retry_after_seconds


class UnsupportedMedia(DomainError):
    """The bytes are no medium that the server can read. The uploader sees ``message``."""

    code = "unsupported_media"


class Unavailable(DomainError):
    """A dependency, such as a store or a model, does not answer."""

    code = "service_unavailable"


class StoreRefusal(Conflict):
    """A store of the user's refuses a request, because of the connector's address or credentials. The owner
    of the connector sees ``message``."""

    code = "connector_refused"


class ConnectionFailed(DomainError):
    """A store of the user's does not answer, or not as a store does. The owner of the connector sees
    ``message``."""

    code = "connector_failed"


class WriteRejected(DomainError):
    """The record store rejects a write. Nothing of its transaction is stored.

    ``message`` is for clients and names no key. The ``str`` of a subclass is for logs and names ``key``,
    the first record that the store rejects.
    """

    def __init__(self, message: str, key: Key, *, details: Mapping[str, Any]) -> None:
        super().__init__(message, details=details)
        self.key = key


class VersionConflict(WriteRejected):
    """A record has another version than the write expects."""

    code = "concurrent_change"

    def __init__(self, key: Key) -> None:
        super().__init__(
            "Another request changed the resource at the same time.",
            key,
            details={"retryable": True, "retry_after": 1},
        )

    def __str__(self) -> str:
        return f"version conflict at {self.key.partition} / {self.key.sort}"


class RecordTooLarge(WriteRejected):
    """A record is larger than the store accepts. Bulk data belongs in blobs."""

    code = "payload_too_large"

    def __init__(self, key: Key, size: int, limit: int) -> None:
        super().__init__("One item is larger than can be stored.", key, details={"rule": "max_record_bytes"})
        self.size = size
        self.limit = limit

    def __str__(self) -> str:
        key = self.key
        return f"the record {key.partition} / {key.sort} has {self.size} bytes; the limit is {self.limit}"
