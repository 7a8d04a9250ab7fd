"""Errors of imports and of the drop folder."""

from typing import Final

from shared.cli.reference.error_entry import ErrorEntry

_SEND_AGAIN: Final = "Import the file again."
_CONVERT: Final = "Convert the file, for example to H.264 and AAC in an MP4, and import it again."
_WHOLE_FILE: Final = "Import the original file. Check that it plays on your computer."

IMPORT_ERRORS: Final = (
    ErrorEntry(
        "uri_refused",
        (),
        "The address cannot be used: it is not `https`, or it leads into a private network.",
        "Use a public address, or set `allow_private_uris` where the server may reach your own network.",
    ),
    ErrorEntry("host_not_found", (), "The host of the address has no IP address.", "Correct the address."),
    ErrorEntry(
        "fetch_refused",
        (),
        "The server of the address answers with an error. The message has its status.",
        "Open the address in a browser without signing in. Use a link that needs no login.",
    ),
    ErrorEntry("fetch_failed", (), "The connection to the address was lost.", _SEND_AGAIN),
    ErrorEntry(
        "fetch_timeout",
        (),
        "The file was sent too slowly, or not at all for `uri_timeout_seconds`.",
        "Import it again, or download it and upload the file.",
    ),
    ErrorEntry(
        "fetch_certificate_invalid",
        (),
        "The certificate of the address is not valid.",
        "Correct the certificate, or use another address.",
    ),
    ErrorEntry(
        "fetch_encoding",
        (),
        "The server of the address compresses the file without being asked to.",
        "Turn the compression off there, or upload the file.",
    ),
    ErrorEntry(
        "too_many_redirects", (), "The address redirects more than five times.", "Use the final address."
    ),
    ErrorEntry("source_missing", (), "The uploaded file is missing.", _SEND_AGAIN),
    ErrorEntry(
        "part_failed",
        (),
        "Some parts of a long video could not be imported. The message counts them.",
        "Import the file again. The message has the reason of the parts.",
    ),
    ErrorEntry(
        "cancelled",
        (),
        "The import was cancelled before the file, or all of its parts, were imported.",
        "Retry the import job to go on.",
    ),
    ErrorEntry(
        "too_many_files",
        (),
        "The prefix of an import, or of an automation, has more files than a job may have.",
        "Import with several longer prefixes.",
    ),
    ErrorEntry(
        "all_files_failed",
        (),
        "The files of an import job failed for different reasons.",
        "Read `GET /import-jobs/{job_id}/files?failed_only=true`.",
    ),
    ErrorEntry(
        "completed_with_failures",
        (),
        "Some files or parts of an import job, or some segments of a run, failed.",
        "Read the failed files of the job, or the failed segments of the run.",
    ),
    ErrorEntry(
        "unsupported_media",
        (415,),
        "The bytes are no medium that the server can read.",
        "Send a file of a [supported format](media.md#formats).",
    ),
    ErrorEntry("unsupported_format", (415,), "The server does not read this format.", _CONVERT),
    ErrorEntry(
        "unsupported_codec",
        (415,),
        "The server cannot decode the codecs of the file. The message names them.",
        _CONVERT,
    ),
    ErrorEntry(
        "media_encrypted",
        (415,),
        "The file is encrypted, or protected by DRM.",
        "Import a file without protection.",
    ),
    ErrorEntry("media_empty", (415,), "The file has no bytes.", _WHOLE_FILE),
    ErrorEntry(
        "media_has_no_streams",
        (415,),
        "The file has neither a video stream nor an audio stream.",
        _WHOLE_FILE,
    ),
    ErrorEntry(
        "media_truncated",
        (415,),
        "The file is cut off, and its index is missing.",
        "Upload the whole file.",
    ),
    ErrorEntry(
        "media_undecodable",
        (415,),
        "Nothing of the content can be decoded: the file is damaged.",
        _WHOLE_FILE,
    ),
    ErrorEntry("media_zero_duration", (415,), "The medium has no duration.", _WHOLE_FILE),
    ErrorEntry(
        "media_too_long",
        (415,),
        "The audio is longer than `max_audio_seconds`.",
        "Cut the file, or raise the setting.",
    ),
    ErrorEntry(
        "picture_too_large",
        (413, 415),
        "The picture, or the picture of a video, has more pixels than the server decodes.",
        "Make the picture smaller. [Media](media.md#limits) has the limits.",
    ),
    ErrorEntry(
        "worker_failed",
        (),
        "A job failed three times in another process. The message has the last error.",
        "Read the log, then import or run again.",
    ),
    ErrorEntry(
        "worker_timed_out",
        (),
        "A worker on AWS exceeded its time limit.",
        "Import or run again. For very long media, raise the limit in the deployment's choices.",
    ),
    ErrorEntry(
        "step_failed",
        (),
        "A step of a workflow on AWS failed.",
        "Read the execution of the workflow in the console of Step Functions.",
    ),
)

DROP_ERRORS: Final = (
    ErrorEntry(
        "drop_refused", (), "A dropped file breaks a rule of an import.", "Read the reason in the log."
    ),
    ErrorEntry(
        "bad_name",
        (),
        "The key is not `drop/{tenant}/{index id or playground}/{file name}`.",
        "Put the file under such a key.",
    ),
    ErrorEntry("no_such_tenant", (), "No tenant has the name in the key.", "Correct the name of the tenant."),
    ErrorEntry(
        "no_such_index", (), "The tenant has no index with the id in the key.", "Correct the index id."
    ),
    ErrorEntry(
        "bad_size",
        (),
        "The file is empty, or larger than `max_upload_bytes`.",
        "Drop a file within the limit.",
    ),
)
