"""Why an export is refused, fails, or cannot be downloaded."""

from typing import Final

from shared.cli.reference.error_entry import ErrorEntry

EXPORT_ERRORS: Final = (
    ErrorEntry(
        "export_empty",
        (409,),
        "No run of the index has ended, or the media of the run were deleted, so there is nothing to export.",
        "Run a prompt over the index, and export it when the run has ended.",
    ),
    ErrorEntry(
        "export_without_selection",
        (409,),
        "The request has `result_scope` `matches`, and the prompt had no selection filter when the runs"
        " started.",
        "Export with `result_scope` `all`, or give the prompt a selection filter and run it again.",
    ),
    ErrorEntry(
        "export_not_completed",
        (409,),
        "The file of the export is not ready.",
        "Wait until `GET /exports/{export_id}` has the status `completed`.",
    ),
    ErrorEntry(
        "export_failed",
        (409,),
        "The export has failed, so it has no file. The message says why.",
        "Remove the cause, and create the export again.",
    ),
    ErrorEntry(
        "export_delivered_by_connector",
        (409,),
        "The export was written into the store of a connector, and no copy is kept.",
        "Read the object that `destination_uri` names, or export without a connector.",
    ),
    ErrorEntry(
        "export_expired",
        (410,),
        "The file of the export is older than `export_days`, and was removed.",
        "Create the export again.",
    ),
    ErrorEntry(
        "export_content_deleted",
        (410,),
        "The file of the export was removed, because a medium in it was deleted.",
        "Create the export again: it has what is left.",
    ),
    ErrorEntry(
        "export_too_large",
        (413,),
        "The JSON document would be longer than the official clients read.",
        "Export single runs, or another format, such as `jsonl`, which is downloaded or delivered.",
    ),
    ErrorEntry(
        "export_base_path_changed",
        (409,),
        "The `export_base_path` of the connector has changed between the request and the delivery.",
        "Create the export again.",
    ),
    ErrorEntry(
        "no_room",
        (),
        "The disk of the server has no room for the file of the export.",
        "Free some disk or delete media, then create the export again.",
    ),
    ErrorEntry(
        "export_interrupted",
        (),
        "The work of the export failed for a reason that is in the log of the server.",
        "Create the export again.",
    ),
)
