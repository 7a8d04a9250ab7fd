"""Errors of resources and their state."""

from typing import Final

from shared.cli.reference.editing_errors import EDITING_ERRORS
from shared.cli.reference.error_entry import ErrorEntry

_OTHER_TENANT: Final = "The id is unknown, its resource is deleted, or it belongs to another tenant."
_WAIT: Final = "Wait for the seconds of the header `Retry-After`, then repeat the request."

STATE_ERRORS: Final = (
    ErrorEntry(
        "resource_<kind>_not_found",
        (404,),
        f"{_OTHER_TENANT} `details.resource` names the kind: `index`, `video`, `segment`, `prompt`, "
        "`prompt_run`, `import_job`, `upload`, `connector`, `automation`, `webhook`, `webhook_delivery`, "
        "`saved_search`, `clip` and others. `transcript`: the medium has not been transcribed yet, or not in "
        "the language that is asked for.",
        "Check the id, and that the key belongs to the tenant of the resource.",
    ),
    ErrorEntry(
        "resource_quota_exceeded",
        (409,),
        "The tenant has as many resources of the kind as the server permits.",
        "Delete some, or raise the setting: [Limits](limits.md) names it.",
    ),
    ErrorEntry(
        "embedding_model_changed",
        (409,),
        "The threshold of a saved search was set for scores of another embedding model than the server uses "
        "now, so they cannot be compared.",
        "Set `threshold` again: [Saved searches](saved-searches.md) tells how to choose it.",
    ),
    ErrorEntry(
        "conflict",
        (409,),
        "The current state of the resource forbids the request.",
        "Read the resource again, then decide.",
    ),
    ErrorEntry(
        "concurrent_change",
        (409,),
        "Another request changed the resource at the same time. `details.retryable` is true.",
        "Repeat the request after a second.",
    ),
    ErrorEntry(
        "idempotency_request_mismatch",
        (409,),
        "An `Idempotency-Key` was used before with other content.",
        "Use a new key for other content.",
    ),
    ErrorEntry(
        "idempotency_request_in_progress",
        (409,),
        "The first request with this `Idempotency-Key` is still at work.",
        _WAIT,
    ),
    ErrorEntry(
        "prompt_in_use",
        (409,),
        "Runs use the prompt.",
        "Keep the prompt, or delete it with `force=true`. The runs keep their results.",
    ),
    ErrorEntry(
        "prompt_run_not_finished",
        (409,),
        "A segment can be retried, and a run exported, once the run has ended.",
        "Wait until the run has ended, or cancel it.",
    ),
    ErrorEntry(
        "segment_retry_in_progress",
        (409,),
        "The segment is being retried.",
        "Read that retry with its `retry_id`.",
    ),
    ErrorEntry(
        "video_already_processing",
        (409,),
        "A run is processing the medium.",
        "Wait for that run, or cancel it.",
    ),
    ErrorEntry(
        "import_job_not_completed",
        (409,),
        "A workflow names an import job that has not ended with success.",
        "Wait for the job, or read its error.",
    ),
    ErrorEntry(
        "import_job_running",
        (409,),
        "A retry names an import job that has not ended.",
        "Wait until the job has ended, or cancel it.",
    ),
    ErrorEntry(
        "import_job_ended",
        (409,),
        "A cancellation names an import job that has ended.",
        "Nothing is left to do. To import again what failed, retry the job.",
    ),
    ErrorEntry(
        "nothing_to_retry",
        (409,),
        "A retry names an import job of which no file failed.",
        "Nothing is left to do.",
    ),
    ErrorEntry(
        "import_job_not_retryable",
        (400,),
        "An import job of this kind cannot be retried: uploaded files are deleted when their import ends. "
        "New addresses are possible for attachments only.",
        "Upload the files again, or retry without `files`.",
    ),
    ErrorEntry(
        "upload_completed",
        (409,),
        "The upload is complete, and its import has begun.",
        "Read the import job of the upload. For another file, begin another upload.",
    ),
    ErrorEntry(
        "upload_incomplete",
        (409,),
        "Parts of the upload have not arrived as announced. `details.missing_parts` lists their numbers.",
        "Send the missing parts, then complete the upload again.",
    ),
    ErrorEntry(
        "upload_aborted",
        (409,),
        "The upload was aborted, or it has expired.",
        "Begin another upload.",
    ),
    ErrorEntry(
        "webhook_not_active",
        (409,),
        "The webhook is paused or disabled.",
        "Set its status to `active` first.",
    ),
    ErrorEntry(
        "delivery_already_delivered",
        (409,),
        "The receiver has taken the delivery.",
        "To send the event again, replay the webhook.",
    ),
    ErrorEntry(
        "export_too_large_for_function",
        (409,),
        "On AWS: the file of an export is larger than the answer of a function. `details` has `limit`, "
        "`size` and, with the streaming service, its address.",
        "Download it from that address. Without the service export through a connector, or fewer runs, or "
        "choose a smaller format: [Download exports](aws-guide.md#download-exports).",
    ),
    ErrorEntry(
        "event_expired",
        (409,),
        "The event of a delivery is older than 7 days, and no longer in the event log.",
        "Read the current state of the resource with the API.",
    ),
    ErrorEntry(
        "events_expired",
        (),
        "A live stream resumes at an event that is no longer in the event log. The stream says so in an "
        "error block, and goes on with newer events.",
        "Read the current state with the API, then follow the stream.",
    ),
    ErrorEntry(
        "archive_too_new",
        (),
        "A later release wrote the data folder. The server does not start.",
        "Use that release, or restore a copy of the folder from before the upgrade.",
    ),
    *EDITING_ERRORS,
)
