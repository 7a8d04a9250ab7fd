"""Conformance of a running server to the committed OpenAPI document.

Requests are generated from the document, and the answers are validated against it. Three in four requests
conform to the document; the fourth violates it somewhere. In most requests, ids and other values are then
replaced by values that exist on the server, so that the code behind the first look-up runs too.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.cli.demo.server import running_server
from tests.receiver import Answer, running_receiver
from tests.robustness.live_archive import PROMPT, LiveArchive, LiveServer
from tests.stores.providers import Provider, provider
from tests.stores.requests import creation
from tests.stores.settings_of_server import variables_of
from tests.unit.services.connectors.test_gcs_key_file import key_file
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

FEW: Final = 20
MANY: Final = 100

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

NEED_NOT_SUCCEED: Final = {
    "POST /api/v2/videos": "would fetch an address on the internet",
    "POST /api/v2/workflow/attachments": "would fetch addresses on the internet",
    "POST /api/v2/import-jobs": "would list a store on the internet",
    "POST /api/v2/import-jobs/{job_id}/retry": "needs a job with failed files, and the jobs have none",
    "POST /api/v2/import-jobs/{job_id}/cancel": "needs a running job, and the jobs have ended",
    "POST /api/v2/console/sign-in": "needs a ticket, which its first use deletes",
}
"""Operations that need not succeed, each with the reason. They are called all the same."""

DOCUMENT: Final = json.loads(Path("docs/openapi.json").read_text(encoding="utf-8"))
SCHEMA: Final = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS: Final = {
    found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)
}
DELETES_LAST: Final = sorted(
    OPERATIONS, key=lambda label: (label.startswith("DELETE"), -label.count("/") * label.startswith("DELETE"))
)
"""The operations, with those last that delete: parts before what they belong to."""


@dataclass
class Tally:
    examples: int = 0
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))


TALLY: Final = Tally()


@dataclass(frozen=True)
class Target:
    origin: str
    api_key: str
    archive: LiveArchive
    log: Path
    expendable: dict[str, list[str]]
    """Ids that requests may delete or change, by path parameter."""


@pytest.fixture(scope="module", params=[FEW, pytest.param(MANY, marks=pytest.mark.long)])
def examples(request: pytest.FixtureRequest) -> int:
    """The number of examples of an operation without a body. One with a body gets twice as many."""
    return int(request.param)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, examples: int) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("openapi")
    with running_receiver(lambda _: Answer(503)) as receiver:
        settings = {
            "VIDEOVECTOR_SERVER_REQUESTS_PER_MINUTE": "1000000",
            "VIDEOVECTOR_SERVER_MAX_CONNECTORS": "1000",
            "VIDEOVECTOR_SERVER_WEBHOOK_HOSTS": receiver.host,
            "VIDEOVECTOR_SERVER_EVENT_STREAM_SECONDS": "0",  # otherwise the live stream never ends
            **variables_of(store := provider("s3")),
        }
        yield from _running(folder, settings, receiver.url, store)


def _running(folder: Path, settings: dict[str, str], receiver: str, store: Provider) -> Iterator[Target]:
    """Run a server with an archive, whose webhook delivers to ``receiver``, and a connector to ``store``."""
    with running_server(folder / "data", settings) as address:
        server = LiveServer(address, folder)
        expendable = {
            "index_id": [server.new_index() for _ in range(3)],
            "video_id": [server.new_picture(seed) for seed in (11, 12, 13)],
            "prompt_id": [server.new_prompt() for _ in range(3)],
            "upload_id": [server.new_upload(sent=False) for _ in range(3)],
            "webhook_id": [server.new_webhook(receiver) for _ in range(3)],
            "connector_id": [_new_connector(server, store) for _ in range(3)],
            "saved_search_id": [_new_saved_search(server) for _ in range(3)],
        }
        for kind, name in (("indexes", "index_id"), ("videos", "video_id")):
            server.delete(f"/{kind}/{expendable[name][0]}")
        archive = server.build(receiver)
        archive = replace(archive, ids={**archive.ids, "connector_id": _new_connector(server, store)})
        _automate(server, archive)
        origin = address.base_url.removesuffix("/api/v2")
        yield Target(origin, address.api_key, archive, folder / "server.log", expendable)


def _automate(server: LiveServer, archive: LiveArchive) -> None:
    """Save an automation of each kind, which has nothing to do while the tests run."""
    ids = archive.ids
    importing = {"connector_id": ids["connector_id"], "debounce_interval": "1d"}
    exporting = {"destination_connector_id": ids["export_connector_id"]}
    for kind, body in (("import", importing), ("export", exporting)):
        server.client.put(f"/indexes/{ids['index_id']}/automations/{kind}", json=body).raise_for_status()


def _new_connector(server: LiveServer, store: Provider) -> str:
    path, content = creation(store)
    return str(server.post(path, **content["json"])["connector_id"])


def _new_saved_search(server: LiveServer) -> str:
    condition = {"field": "has_speech", "operator": "equals", "type": "boolean", "value": True}
    return str(
        server.post("/saved-searches", name="Speech", playground=True, conditions=[condition])[
            "saved_search_id"
        ]
    )


def _known_values(archive: LiveArchive) -> dict[str, list[Any]]:
    """Return values that the server accepts, by the name of the field or query parameter."""
    ids = archive.ids
    condition = {"field": "has_speech", "operator": "equals", "type": "boolean", "value": False}
    targets = [
        {"type": "index", "index_id": ids["index_id"]},
        {"type": "videos", "video_ids": [ids["video_id"]]},
        {"type": "playground"},
    ]
    return {
        "index_id": [ids["index_id"]],
        "index_name": ["Archive"],
        "index_ids": [[], [ids["index_id"]]],
        "video_id": [ids["video_id"]],
        "video_ids": [[ids["video_id"]]],
        "run_id": [ids["run_id"], archive.playground_run_id],
        "run_ids": [[], [ids["run_id"]], [archive.playground_run_id]],
        "prompt_run_ids": [[], [ids["run_id"]]],
        "query": ["a leaf"],
        "prompt_id": [ids["prompt_id"]],
        "import_job_id": [ids["job_id"]],
        "gcs_uri": [archive.uri, f"{archive.uri}#t=1,2"],
        "image_data": [archive.picture_base64],
        "conditions": [[condition], [{**condition, "value": True}]],
        "threshold": [{"space": "text", "min_score": 0.4}],
        "playground": [True],
        "filters": [[], [condition], [{"field": "has_speech", "value": False}]],
        "target": targets,
        "targets": [[{"video_id": ids["video_id"], "run_id": ids["run_id"]}]],
        "name": ["Named in a test"],
        "description": ["", "What it is for"],
        "prompt_text": [PROMPT["prompt_text"]],
        "json_schema": [PROMPT["json_schema"]],
        "video_level": [PROMPT["video_level"], None],
        "semantic_indexing": [{"disabled_segment_fields": ["summary"]}, None],
        "execution_config": [{"video_segmentation_type": "content_aware"}, None],
        "selection_filter": [None, {"conditions": [{"field": "summary", "value": "a leaf"}]}],
        "intent": ["download"],
        "segment_id": [None, ids["segment_id"]],
        "sample_data": [{"summary": "A leaf", "has_speech": False}, {}, 3],
        "instruction": ["List the objects that are seen, and say whether somebody speaks."],
        "prompt_instruction": ["Say whether somebody speaks."],
        "processing_model": [None, "builtin", "gemini-2.5-flash"],
        "token": [archive.media_token],
        "cursor": [archive.page_cursor],
        "status": ["completed", "FAILED"],
        "title": ["A leaf"],
        "file_name": ["leaf.png"],
        "content_type": ["image/png"],
        "size_bytes": [1000, 40_000_000],
        "event_id": ["7f9c24e8-3b12-4fef-91e0-56a2d5a1c2b3"],
        "reason": ["authentication"],
        "operation": [None],
        "url": ["https://1.1.1.1/hook", "https://1.0.0.1/hook"],
        "events": [["export.ready"], ["export.ready", "export.failed"]],
        "metadata": [None, {"flow": 7}],
        "from": ["2026-01-01T00:00:00Z"],
        "to": [None],
        "bucket": ["films"],
        "region": ["eu-central-1"],
        "aws_access_key_id": ["AKIAIOSFODNN7EXAMPLE"],
        "aws_secret_access_key": ["x" * 40],
        "role_arn": [None],
        "endpoint_url": [None],
        "gcp_project_id": ["my-project"],
        "credentials_file": [json.dumps(key_file()).encode()],
        "storage_account": ["films"],
        "container": ["raw"],
        "tenant_id": ["contoso.com"],
        "client_id": ["00000000-0000-0000-0000-000000000001"],
        "client_secret": ["x" * 40],
        "export_base_path": [None, "out"],
        "prefix": ["", "clips/"],
        "connector_id": [ids["connector_id"]],
        "source_prefix": ["", "clips/"],
        "file_pattern": ["*", "*.{mp4,mov}"],
        "debounce_interval": ["1d"],
        "prompt_preset": [None, {"prompt_id": ids["prompt_id"]}],
        "destination_connector_id": [ids["export_connector_id"]],
        "destination_subpath": [None, "results"],
        "result_scope": ["all"],
        "pattern": ["*", "*.{mp4,mov}"],
        "segmentation_mode": ["content_aware", None],
        "fixed_segment_duration_seconds": [None],
        "video_segment_duration": [5],
        "audio_segment_duration": [5],
    }


def _known_values_of(path: str, archive: LiveArchive) -> dict[str, list[Any]]:
    """Return the values that one path accepts in fields whose names mean something else on others."""
    if path == "/api/v2/markers":
        target = {"type": "video", "id": archive.ids["video_id"]}
        return {
            "target": [target, {"type": "segment", "id": archive.ids["segment_id"]}],
            "color": ["red"],
            "note": ["Look at this"],
        }
    if path == "/api/v2/videos/cut-list":
        return {
            "source": [{"type": "run", "run_id": archive.ids["run_id"]}],
            "frame_rate": ["25", "29.97"],
            "drop_frame": [None],
            "reel_names": [{}],
            "start_timecodes": [{}],
        }
    if path == "/api/v2/videos/{video_id}/clips":
        return {"segment_id": [archive.ids["segment_id"]], "start_seconds": [None], "end_seconds": [None]}
    if path == "/api/v2/webhooks/{webhook_id}":
        return {"status": ["active", "paused"]}
    return {}


class Cases:
    """Generated requests of one operation."""

    def __init__(self, label: str, target: Target) -> None:
        self._operation = OPERATIONS[label]
        self._method, self._path = label.split(" ")
        self._values = _known_values(target.archive) | _known_values_of(self._path, target.archive)
        self._part = target.archive.part
        if self._path.endswith("/upload"):
            self._values["file"] = [target.archive.picture]
        self._ids = {name: [value] for name, value in target.archive.ids.items()}
        if self._method in ("DELETE", "PUT", "PATCH") or self._path.endswith("/deletion"):
            self._ids |= {name: ids for name, ids in target.expendable.items() if not self._has_clip(name)}

    def _has_clip(self, name: str) -> bool:
        """Return whether the path names a clip of the medium ``name``: expendable media have none."""
        return name == "video_id" and "{clip_id}" in self._path

    def strategy(self) -> st.SearchStrategy[Any]:
        modes = [GenerationMode.POSITIVE] * 3
        if next(iter(self._operation.iter_parameters()), None) is not None or self._operation.body:
            modes.append(GenerationMode.NEGATIVE)
        return st.sampled_from(modes).flatmap(self._in_mode)

    def _in_mode(self, mode: GenerationMode) -> st.SearchStrategy[Any]:
        drawn = self._operation.as_strategy(generation_mode=mode)
        return st.builds(self._with_known_values, drawn, st.integers(0, 2**32).map(Random))

    def _with_known_values(self, case: Any, random: Random) -> Any:
        """Replace ids and values by existing ones in four of five requests."""
        if random.random() < 0.2:
            return case
        for name in case.path_parameters or {}:
            case.path_parameters[name] = random.choice(self._ids[name])
        if isinstance(case.body, dict):
            case.body = self._replace_values(case.body, random)
        for name in list(case.query or {}):
            if name in self._values and random.random() < 0.8:
                case.query[name] = random.choice(self._values[name])
        if self._path == "/upload-parts":
            case.query["token"], case.body = self._part
        if self._path == "/media/{file_name}":
            case.query["token"] = self._values["token"][0]
        return case

    def _replace_values(self, body: dict[str, Any], random: Random) -> dict[str, Any]:
        """Replace values by existing ones, and drop what excludes each other or rarely goes together."""
        replaced = {}
        needed = dict.fromkeys(_NEEDED_TOGETHER.get(self._path, ()))
        for group in _ONE_OF.get(self._path, ()):
            kept = random.choice(group)
            body = {name: value for name, value in body.items() if name not in group}
            needed[kept] = None
        for name, value in (needed | body).items():
            if name in _OFTEN_DROPPED.get(self._path, ()) and random.random() < 0.6:
                continue
            known = name in self._values and random.random() < 0.9
            replaced[name] = random.choice(self._values[name]) if known else value
        return replaced


_OFTEN_DROPPED: Final = {
    "/api/v2/workflow/process": ("segmentation_mode", "processing_model"),
    "/api/v2/connectors/{connector_id}": (
        *("role_arn", "credentials", "tenant_id", "client_id", "client_secret"),
        *("aws_access_key_id", "aws_secret_access_key"),
    ),
    **dict.fromkeys(
        ("/api/v2/saved-searches", "/api/v2/saved-searches/{saved_search_id}"),
        ("index_ids", "query", "threshold", "status"),
    ),
    "/api/v2/indexes/{index_id}/multimodal-search": ("search_fields",),
    "/api/v2/search/filter/{index_id}": ("cursor",),
    "/api/v2/search/filter/playground": ("cursor", "run_ids"),
}
"""Fields that are each dropped in six of ten bodies."""
_ONE_OF: Final = {
    "/api/v2/workflow/process": (
        ("prompt_id", "prompt_instruction"),
        ("import_job_id", "video_ids", "index_id", "index_name"),
    ),
    "/api/v2/workflow/search": (
        ("query", "filters"),
        ("index_id", "index_name", "video_ids", "prompt_run_ids"),
    ),
    "/api/v2/workflow/upload": (("index_id", "index_name"),),
    "/api/v2/videos/batch/segments": (("video_ids", "targets"),),
    "/api/v2/search/multi-run": (("run_ids", "index_id"),),
    "/api/v2/markers": (("color", "note"),),
}
"""Groups of fields of which a request has one."""
_NEEDED_TOGETHER: Final = {
    "/api/v2/saved-searches": ("playground", "conditions"),
    "/api/v2/videos/{video_id}/clips": ("segment_id",),
    "/api/v2/connectors/s3": ("aws_access_key_id", "aws_secret_access_key"),
}
"""Fields that the document does not require. Without them hardly a request of an operation would succeed: a
clip may have a span instead of a segment, which must then lie within the medium."""


def _documented_operations() -> set[str]:
    return {f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods}


@pytest.mark.parametrize("label", DELETES_LAST)
def test_answers_conform_to_openapi(target: Target, examples: int, label: str) -> None:
    headers = {"X-API-Key": target.api_key}

    @settings(
        max_examples=2 * examples if OPERATIONS[label].body else examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=Cases(label, target).strategy())
    def call(case: Any) -> None:
        response = case.call(base_url=target.origin, headers=headers, timeout=HANG_TIMEOUT)
        TALLY.examples += 1
        TALLY.statuses[label][response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    call()


def test_every_operation_was_called_and_succeeded(examples: int) -> None:
    for label, statuses in TALLY.statuses.items():
        print(label, dict(statuses))
    assert TALLY.examples >= 0.9 * examples * len(OPERATIONS)
    assert set(TALLY.statuses) == set(OPERATIONS) == _documented_operations()
    reached = {label for label, found in TALLY.statuses.items() if any(status < 300 for status in found)}
    assert set(OPERATIONS) - reached <= set(NEED_NOT_SUCCEED)


def test_server_log_contains_no_error(target: Target) -> None:
    """An error in a thread or a job shows in no answer, only in the log."""
    log = target.log.read_text()
    assert "shared.http.access" in log
    assert "ERROR" not in log
    assert "Traceback" not in log
