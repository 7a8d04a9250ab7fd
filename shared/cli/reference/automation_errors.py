"""Reasons for which an automation does nothing, or no run follows its import."""

from typing import Final

from shared.cli.reference.error_entry import ErrorEntry

AUTOMATION_ERRORS: Final = (
    ErrorEntry(
        "nothing_new",
        (),
        "The prefix has no file that is new, or has changed, since the last check.",
        "Nothing is wrong. Check prefix and pattern if you expect files.",
    ),
    ErrorEntry(
        "import_at_work",
        (),
        "The last import of the automation has not ended. The next one starts after it.",
        "Wait, or cancel the import with `POST /import-jobs/{job_id}/cancel`.",
    ),
    ErrorEntry(
        "connector_deleted",
        (),
        "The connector of the automation was deleted. The automation looks no more.",
        "Save the automation with another connector.",
    ),
    ErrorEntry(
        "index_deleted", (), "The index is being deleted.", "None: the automation goes with the index."
    ),
    ErrorEntry(
        "automation_disabled",
        (),
        "The automation is saved with `enabled` false.",
        "Save it with `enabled` true.",
    ),
    ErrorEntry("automation_paused", (), "The automation is paused.", "Resume it."),
    ErrorEntry(
        "import_empty",
        (),
        "The import of an automation brought no media, so no run was started.",
        "Read `GET /import-jobs/{job_id}/files?failed_only=true`, and retry the import job.",
    ),
    ErrorEntry(
        "import_cancelled",
        (),
        "The import of an automation was cancelled, so no run was started.",
        "Start a run over the media with `POST /prompt-runs/execute`.",
    ),
)
