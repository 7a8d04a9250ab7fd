"""Errors of exports."""

from typing import Final

from shared.cli.reference.error_entry import ErrorEntry

EXPORT_ERRORS: Final = (
    ErrorEntry(
        "export_too_large",
        (413,),
        "The JSON document of an export would be longer than 64 MiB, the most that official clients read.",
        "Export fewer runs or only the matches, or choose another [format](exports.md#formats): `jsonl`, "
        "`csv`, `parquet` or `sqlite`, also for a delivery through a connector.",
    ),
)
