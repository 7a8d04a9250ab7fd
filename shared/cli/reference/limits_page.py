"""The reference page of limits, generated from the settings and the constants of the product."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from shared.cli.reference.quantities import count, data_size, duration, span
from shared.domain.alerts import definition as saved_search_rules
from shared.domain.alerts.match import MATCH_LIFE, MAX_SEGMENTS
from shared.domain.automations.import_automation import LONGEST_GATHERING
from shared.domain.automations.outcome import MAX_HISTORY
from shared.domain.connectors import rules as connector_rules
from shared.domain.connectors.file_pattern import MAX_ALTERNATIVES, MAX_PATTERN_CHARACTERS
from shared.domain.connectors.object_address import MAX_KEY_BYTES
from shared.domain.editing.clip import (
    CLIP_LIFE,
    MAX_CLIP_SECONDS,
    MAX_CLIPS_OF_MEDIUM,
    MAX_CLIPS_OF_TENANT,
)
from shared.domain.editing.cut_list import MAX_EDL_EVENTS, MAX_EVENTS, MAX_HANDLE_SECONDS
from shared.domain.exports.export_format import MAX_JSON_BYTES
from shared.domain.imports.batch import MAX_BATCH_BYTES, MAX_BATCH_FILES
from shared.domain.markers import rules as marker_rules
from shared.domain.prompts import rules as prompt_rules
from shared.domain.query.conditions import MAX_CONDITIONS, MAX_SUBSTRING
from shared.domain.runs.targets import MAX_NAMED_MEDIA
from shared.domain.schema import json_schema
from shared.domain.webhooks import definition as webhook_rules
from shared.http.bodies import json_text, multipart_parts
from shared.ports.upload_sessions import MAX_PARTS
from shared.services.connectors.gcs_key_file import MAX_KEY_FILE_BYTES
from shared.services.exports.exports import MAX_RUNS
from shared.services.imports.attachments import MAX_ATTACHMENTS
from shared.services.imports.batches.records import MAX_FILES
from shared.services.imports.views import MAX_SCANNED_JOBS
from shared.services.library.media_library import MAX_MEDIA_IN_BATCH
from shared.services.notifications.replays import MAX_DELIVERIES
from shared.services.prompts.prompts import MAX_SAMPLE_BYTES
from shared.settings import Settings

_HEAD: Final = """\
# Limits

The server refuses a request over a limit, names the limit, and never truncates. A limit with a
[setting](settings.md) can be changed; the page shows its default. [Media](media.md#limits) has the limits of
pictures in detail, the guide for AWS the [quotas](aws-guide.md#quotas) there.

`.venv/bin/python -m shared.cli documentation` generates this page from the settings and the constants of the
code.
"""


class Limit(NamedTuple):
    subject: str
    value: str
    settings: tuple[str, ...] = ()


def limits_page() -> str:
    """Return the page of limits: one table a subject."""
    return "".join([_HEAD, *(_group(heading, rows) for heading, rows in _groups())])


def _group(heading: str, rows: Sequence[Limit]) -> str:
    lines = (
        f"| {row.subject} | {row.value} | {', '.join(f'`{name}`' for name in row.settings)} |\n"
        for row in rows
    )
    return f"\n## {heading}\n\n| what | limit | setting |\n| --- | --- | --- |\n{''.join(lines)}"


def _default(name: str) -> Any:
    return Settings.model_fields[name].default


def _bytes(name: str) -> str:
    return data_size(_default(name))


def _number(name: str) -> str:
    return count(_default(name))


def _groups() -> tuple[tuple[str, Sequence[Limit]], ...]:
    return (
        ("Uploads and media", _media()),
        ("Imports and automations", _imports()),
        ("Resources of a tenant", _resources()),
        ("Requests", _requests()),
        ("Prompts and runs", _prompts()),
        ("Search", _searches()),
        ("Retention", _retention()),
    )


def _media() -> list[Limit]:
    pictures = ("max_search_picture_bytes", "max_search_picture_pixels")
    return [
        Limit("size of an uploaded file", _bytes("max_upload_bytes"), ("max_upload_bytes",)),
        Limit("parts of an upload session", count(MAX_PARTS)),
        Limit(
            "length of a video",
            f"longer than {duration(_default('max_part_seconds'))} is split into equal parts",
            ("max_part_seconds",),
        ),
        Limit("length of audio", duration(_default("max_audio_seconds")), ("max_audio_seconds",)),
        Limit(
            "pixels of a picture",
            f"{_number('max_picture_pixels')} (WebP 50, HEIC 67 million)",
            ("max_picture_pixels",),
        ),
        Limit(
            "picture of a search",
            f"{_bytes('max_search_picture_bytes')}, {_number('max_search_picture_pixels')} pixels",
            pictures,
        ),
        Limit(
            "free disk",
            "uploads stop at 512 MiB of free disk, or at a tenth of a smaller disk",
            ("disk_reserve_bytes",),
        ),
        Limit(
            "imports and runs at work at a time",
            f"{_number('ingest_workers')} and {_number('run_workers')}",
            ("ingest_workers", "run_workers"),
        ),
        Limit("title of a medium, name of an index", "1 to 255 characters"),
    ]


def _imports() -> list[Limit]:
    return [
        Limit("files of an import job", count(MAX_FILES)),
        Limit("newest import jobs that a list looks at", count(MAX_SCANNED_JOBS)),
        Limit(
            "files of a batch, which one worker imports",
            f"{count(MAX_BATCH_FILES)}, or {count(MAX_BATCH_BYTES / 1e9)} GB",
        ),
        Limit("files of a request with attachments", count(MAX_ATTACHMENTS)),
        Limit("key and prefix of an object", data_size(MAX_KEY_BYTES)),
        Limit(
            "file pattern",
            f"{count(MAX_PATTERN_CHARACTERS)} characters, {count(MAX_ALTERNATIVES)} alternatives in braces",
        ),
        Limit("automations of an index", "1 for imports, 1 for exports"),
        Limit("results that an automation keeps", count(MAX_HISTORY)),
        Limit(
            "wait for objects that keep coming",
            f"{duration(LONGEST_GATHERING.total_seconds())}, or two intervals if they are longer",
        ),
    ]


def _resources() -> list[Limit]:
    return [
        Limit("indexes", _number("max_indexes"), ("max_indexes",)),
        Limit("media in the playground", _number("max_playground_media"), ("max_playground_media",)),
        Limit("connectors", _number("max_connectors"), ("max_connectors",)),
        Limit("name of a connector", f"1 to {count(connector_rules.MAX_NAME_CHARACTERS)} characters"),
        Limit("key file of Google Cloud Storage", data_size(MAX_KEY_FILE_BYTES)),
        Limit("webhooks", _number("max_webhooks"), ("max_webhooks",)),
        Limit("name of a webhook", f"1 to {count(webhook_rules.MAX_NAME_CHARACTERS)} characters"),
        Limit("address of a webhook", f"{count(webhook_rules.MAX_URL_CHARACTERS)} characters"),
        Limit("indexes that a webhook names", count(webhook_rules.MAX_INDEX_IDS)),
        Limit("metadata of a webhook", data_size(webhook_rules.MAX_METADATA_BYTES)),
        Limit("deliveries of one replay", count(MAX_DELIVERIES)),
        Limit("exports at work", _number("max_exports_at_work"), ("max_exports_at_work",)),
        Limit("runs that the request for an export names", count(MAX_RUNS)),
        Limit("export as JSON; other formats have no limit", data_size(MAX_JSON_BYTES)),
        Limit(
            "time for which the file of an export is kept", f"{_number('export_days')} days", ("export_days",)
        ),
        Limit("saved searches", _number("max_saved_searches"), ("max_saved_searches",)),
        Limit("name of a saved search", f"1 to {count(saved_search_rules.MAX_NAME_CHARACTERS)} characters"),
        Limit("query of a saved search", f"1 to {count(saved_search_rules.MAX_QUERY_CHARACTERS)} characters"),
        Limit("indexes that a saved search names", count(saved_search_rules.MAX_INDEX_IDS)),
        Limit("segments of a match", count(MAX_SEGMENTS)),
        Limit("time for which a match is kept", f"{MATCH_LIFE.days} days"),
        Limit("markers", _number("max_markers"), ("max_markers",)),
        Limit("markers on a medium, its segments and results", count(marker_rules.MAX_MARKERS_OF_MEDIUM)),
        Limit("markers on a segment or result and its fields", count(marker_rules.MAX_MARKERS_OF_TARGET)),
        Limit("note of a marker", f"{count(marker_rules.MAX_NOTE_CHARACTERS)} characters"),
        Limit(
            "clips of a medium; of a tenant", f"{count(MAX_CLIPS_OF_MEDIUM)}; {count(MAX_CLIPS_OF_TENANT)}"
        ),
        Limit("length of a clip", f"{MAX_CLIP_SECONDS / 60:.0f} minutes"),
        Limit("time for which a clip is kept", f"{CLIP_LIFE.days} days"),
        Limit("parts of a cut list", f"{count(MAX_EVENTS)}; CMX 3600 {count(MAX_EDL_EVENTS)}"),
        Limit("handles of a cut list", f"{MAX_HANDLE_SECONDS:.0f} seconds"),
        Limit("open live streams", _number("event_streams_per_tenant"), ("event_streams_per_tenant",)),
    ]


def _requests() -> list[Limit]:
    waiting = ("max_waiting_per_tenant", "max_waiting", "max_waiting_seconds")
    return [
        Limit("requests a minute and key", _number("requests_per_minute"), ("requests_per_minute",)),
        Limit("JSON body", _bytes("max_plain_body_bytes"), ("max_plain_body_bytes",)),
        Limit(
            "JSON body, whatever the other settings", _bytes("max_json_body_bytes"), ("max_json_body_bytes",)
        ),
        Limit(
            "JSON bodies in memory",
            f"{_bytes('body_memory_bytes')}, a quarter of it a tenant",
            ("body_memory_bytes",),
        ),
        Limit(
            "content of a JSON body",
            f"{count(json_text.MAX_DEPTH)} levels, {count(json_text.MAX_VALUES)} values, "
            f"{count(json_text.MAX_CONTAINERS)} arrays and objects, "
            f"{count(json_text.MAX_ESCAPES)} backslashes, {count(json_text.MAX_DIGITS)} digits a number",
        ),
        Limit(
            "form",
            f"{count(multipart_parts.MAX_PARTS)} parts, one file, "
            f"{data_size(multipart_parts.MAX_FIELD_BYTES)} a text field",
        ),
        Limit(
            "text and picture searches at work", "2 text searches, 1 picture search", ("searches_at_once",)
        ),
        Limit(
            "drafts of prompts at work",
            _number("prompt_generations_at_once"),
            ("prompt_generations_at_once",),
        ),
        Limit(
            "requests that wait for their turn",
            f"{_number('max_waiting_per_tenant')} of a tenant, {_number('max_waiting')} in all, at most "
            f"{duration(_default('max_waiting_seconds'))}",
            waiting,
        ),
        Limit("tests of webhooks at work", "8, and 4 of one tenant"),
        Limit("media in a batch", count(MAX_MEDIA_IN_BATCH)),
        Limit("items of a page", "100; import manifests 500; lists of runs and import jobs 200"),
    ]


def _prompts() -> list[Limit]:
    return [
        Limit("name of a prompt", f"{span(prompt_rules.NAME_LENGTH)} characters"),
        Limit("description", f"{span(prompt_rules.DESCRIPTION_LENGTH)} characters"),
        Limit("text of a prompt", f"{span(prompt_rules.TEXT_LENGTH)} characters"),
        Limit(
            "instructions for the whole medium", f"{span(prompt_rules.VIDEO_INSTRUCTIONS_LENGTH)} characters"
        ),
        Limit("instruction in plain words", f"{span(prompt_rules.INSTRUCTION_LENGTH)} characters"),
        Limit(
            "JSON schema",
            f"{data_size(json_schema.MAX_BYTES)}, {count(json_schema.MAX_DEPTH)} levels, "
            f"{count(json_schema.MAX_LEAVES)} leaves",
        ),
        Limit("sample for a schema", data_size(MAX_SAMPLE_BYTES)),
        Limit(
            "media of a run, listed by id",
            f"{count(MAX_NAMED_MEDIA)}; no limit for an index or the playground",
        ),
        Limit("fixed segments", "1 to 300 whole seconds"),
    ]


def _searches() -> list[Limit]:
    return [
        Limit("query", "5,000 characters"),
        Limit("hits", "100 (`top_k`); 50 a run in a search over several runs"),
        Limit(
            "results that a workflow search keeps", _number("search_result_window"), ("search_result_window",)
        ),
        Limit("conditions", f"1 to {count(MAX_CONDITIONS)}"),
        Limit("text of a substring condition", f"{count(MAX_SUBSTRING)} characters"),
    ]


def _retention() -> list[Limit]:
    return [
        Limit("events, and what deliveries of webhooks can be sent again", "7 days"),
        Limit(
            "memory of an `Idempotency-Key`", f"{_number('idempotency_hours')} hours", ("idempotency_hours",)
        ),
        Limit("result list of a workflow search", "24 hours"),
        Limit("signed link", duration(_default("signed_link_seconds")), ("signed_link_seconds",)),
    ]
