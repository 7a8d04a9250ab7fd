"""Heavy answers: the slot that they take, and the thread that makes them."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import pytest
from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel, Field, field_serializer
from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.domain.access import Scope
from shared.http.admission.admission import Lane
from shared.http.admission.fair_queue import CODE, FairQueue, QueueLimits
from shared.http.api_route import ApiRouter
from shared.http.app import API_PREFIX, create_app
from shared.http.call import Call, authorised
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings

FULL: Final = FairQueue("batch requests", 0, QueueLimits(per_tenant=0, total=0, seconds=600.0))
BATCHES: Final = ("/videos/batch", "/videos/batch/status", "/videos/batch/segments")

router = ApiRouter()


class Line(BaseModel):
    text: str = Field(serialization_alias="line")

    @field_serializer("text")
    def _with_thread(self, text: str) -> str:
        return f"{text} in {threading.current_thread().name}"


@router.get("/lines", response_model=list[Line])
async def lines(call: Annotated[Call, Depends(authorised(Scope.READ))]) -> Response:
    def work() -> Sequence[Line]:
        return [Line(text=threading.current_thread().name)]

    answer = await call.answer_in(Lane.BATCH, work)
    answer.headers["event-loop"] = threading.current_thread().name
    return answer


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return local_runtime(Settings(data_folder=tmp_path / "data"))


@pytest.fixture
def key(runtime: Runtime) -> dict[str, str]:
    return {"X-API-Key": runtime.access.api_keys.create("acme", "usr_1", "key", [Scope.READ])[1]}


def test_heavy_answer_is_serialised_in_thread_of_its_work(runtime: Runtime, key: dict[str, str]) -> None:
    answer = TestClient(create_app([router], runtime)).get(f"{API_PREFIX}/lines", headers=key)
    assert answer.headers["content-type"] == "application/json"
    ((worker, serialiser),) = (line["line"].split(" in ") for line in answer.json())
    assert worker == serialiser != answer.headers["event-loop"]


@pytest.mark.parametrize("path", BATCHES)
def test_batches_beyond_queue_are_refused(runtime: Runtime, key: dict[str, str], path: str) -> None:
    application = create_application(runtime)
    application.state.admission.lanes[Lane.BATCH] = FULL
    answer = TestClient(application).post(f"{API_PREFIX}{path}", json={"video_ids": ["v"]}, headers=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, CODE)
    assert int(answer.headers["retry-after"]) > 0


def test_deliveries_by_status_beyond_queue_are_refused(runtime: Runtime, key: dict[str, str]) -> None:
    """A status that few deliveries have costs the read of thousands; the newest cost one page."""
    application = create_application(runtime)
    application.state.admission.lanes[Lane.BATCH] = FULL
    client, path = TestClient(application), f"{API_PREFIX}/webhooks/whk_unknown/deliveries"
    refused = client.get(path, params={"status": "failed"}, headers=key)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, CODE)
    assert client.get(path, headers=key).status_code == 404


def test_every_read_of_event_stream_takes_slot(tmp_path: Path) -> None:
    runtime = local_runtime(Settings(data_folder=tmp_path / "data", event_stream_seconds=0))
    _, secret = runtime.access.api_keys.create("acme", "usr_1", "key", [Scope.READ])
    application = create_application(runtime)
    application.state.admission.lanes[Lane.EVENT_STREAM] = FULL
    answer = TestClient(application).get(
        f"{API_PREFIX}/processing/events/stream", headers={"X-API-Key": secret}
    )
    assert CODE in answer.text
