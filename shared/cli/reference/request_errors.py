"""Errors of the content of requests, and of the capacity of the server."""

from typing import Final

from shared.cli.reference.error_entry import ErrorEntry

_WAIT: Final = "Wait for the seconds of the header `Retry-After`, then repeat the request."

REQUEST_ERRORS: Final = (
    ErrorEntry(
        "invalid_json", (400,), "The body is not valid JSON.", "Send JSON in UTF-8 with its content type."
    ),
    ErrorEntry(
        "invalid_body", (400,), "The body cannot be read, such as a damaged form.", "Correct the body."
    ),
    ErrorEntry(
        "invalid_cursor",
        (400,),
        "The cursor was not made by this server, or belongs to another query.",
        "Start the list again without a cursor.",
    ),
    ErrorEntry(
        "validation_error",
        (422,),
        "A value breaks a rule. `details.errors` names each field and its rule.",
        "Correct the named fields.",
    ),
    ErrorEntry(
        "invalid_json_schema",
        (422,),
        "A prompt cannot use the JSON schema. `details.errors` names the part that breaks a rule.",
        "Correct that part: [Extraction](extraction.md#valid-schemas) has the rules.",
    ),
    ErrorEntry(
        "target_empty",
        (422,),
        "The target of a run holds no media that can be processed.",
        "Import media first, or name another target.",
    ),
    ErrorEntry(
        "media_duration_missing",
        (422,),
        "A medium of the target has no measured duration.",
        "Leave the medium out, or import it again.",
    ),
    ErrorEntry(
        "payload_too_large",
        (413,),
        "A body, a file, a field or an item is too large. `details.rule` names the limit. In an import job: "
        "the file of an address is larger than `max_upload_bytes`.",
        "Send less, or raise the limit: [Limits](limits.md) names its setting.",
    ),
    ErrorEntry(
        "request_timeout",
        (408,),
        "The body arrives more slowly than `body_bytes_per_second` on average.",
        "Send it over a faster connection, or in parts with an upload session.",
    ),
    ErrorEntry(
        "endpoint_not_found",
        (404,),
        "No route has this path. Paths have no slash at their end.",
        "Compare the address with the page of [routes](routes.md). The base address ends with `/api/v2`.",
    ),
    ErrorEntry(
        "method_not_allowed",
        (405,),
        "The path has no such method. The header `Allow` lists its methods.",
        "Use a method of that list.",
    ),
    ErrorEntry(
        "http_<status>",
        (),
        "The web framework refuses a request with a status that has no code of its own.",
        "Read the message, and correct the request.",
    ),
    ErrorEntry(
        "feature_not_available",
        (404,),
        "The server does not have this route of the public API yet. `details.feature` names the feature.",
        "Leave the request out. [Routes](routes.md#not-built-yet) lists what is missing.",
    ),
    ErrorEntry(
        "rate_limit_exceeded", (429,), "The key made more than `requests_per_minute` requests.", _WAIT
    ),
    ErrorEntry(
        "too_many_concurrent_requests",
        (429,),
        "Too many requests of this kind, or of this tenant, wait for their turn, or bodies take too much "
        "memory.",
        f"{_WAIT} Send fewer requests at a time.",
    ),
    ErrorEntry(
        "too_many_open_streams",
        (429,),
        "The tenant has `event_streams_per_tenant` live streams open.",
        "Close streams that nobody reads. One stream can carry every event of the tenant.",
    ),
    ErrorEntry(
        "internal_error",
        (500,),
        "A defect of the server. In an import job or a run: a step failed for an internal reason.",
        "Look up the request id in the log. Repeat the request with the same `Idempotency-Key`.",
    ),
    ErrorEntry(
        "service_unavailable",
        (503,),
        "A dependency, such as a store or a model, does not answer.",
        "Repeat the request. If it fails again, read the log.",
    ),
    ErrorEntry(
        "storage_full",
        (503,),
        "The disk has no room beside its reserve (`disk_reserve_bytes`).",
        "Delete media, or give the data folder more room. Then send the file again.",
    ),
    ErrorEntry(
        "storage_failed", (503,), "The server could not store an upload.", "Check the disk and the log."
    ),
    ErrorEntry(
        "too_many_uploads",
        (503,),
        "All upload slots of the streaming service on AWS are in use (`uploads_at_once`).",
        _WAIT,
    ),
    ErrorEntry(
        "too_many_downloads",
        (503,),
        "All slots of the streaming service on AWS are in use (`uploads_at_once`, which downloads of exports "
        "share).",
        _WAIT,
    ),
    ErrorEntry(
        "search_space_unavailable",
        (503,),
        "The archive on AWS is indexed with one embedding model, and queries are embedded with another.",
        "Rebuild the search index with the command `reindex`, or deploy the former model.",
    ),
)
