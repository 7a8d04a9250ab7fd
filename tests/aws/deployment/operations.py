"""Operations on the deployed product, and views of the state that they leave."""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
from videovector import VideoVector

from shared.domain.clock import isoformat, now
from shared.domain.imports.upload_session import upload_id_of
from tests.aws.deployment.deployed import NAME, Deployed
from tests.waiting import HANG_TIMEOUT

Found = TypeVar("Found")

POLL: Final = 0.3
STEP: Final = 0.03

PROMPT: Final[dict[str, Any]] = {
    "name": "Scenes",
    "prompt_text": "Describe what is seen and heard in the scene.",
    "json_schema": {
        "type": "object",
        "properties": {"summary": {"type": "string"}, "has_speech": {"type": "boolean"}},
        "required": ["summary", "has_speech"],
    },
}

EACH_SECOND: Final[dict[str, Any]] = {"video_segmentation_type": "fixed", "video_segment_duration": 1}


@dataclass(frozen=True)
class Medium:
    index_id: str
    video_id: str


def upload(product: Deployed, file: Path, index_id: str) -> str:
    """Upload a file by an upload session, with its parts sent to the store; return the import job's id."""
    with httpx.Client(headers={"X-API-Key": product.api_key}, timeout=HANG_TIMEOUT) as http:
        announced = {
            "file_name": file.name,
            "content_type": "video/mp4",
            "size_bytes": file.stat().st_size,
            "index_id": index_id,
        }
        session = http.post(f"{product.base_url}/uploads", json=announced).raise_for_status().json()
        content = file.read_bytes()
        for part in session["parts"]:
            size = session["part_size_bytes"]
            piece = content[(part["part_number"] - 1) * size :][: part["size_bytes"]]
            httpx.request(
                part["method"], part["url"], headers=part["headers"], content=piece, timeout=HANG_TIMEOUT
            ).raise_for_status()
        done = http.post(f"{product.base_url}/uploads/{session['upload_id']}/complete").raise_for_status()
    return str(done.json()["job_id"])


def import_medium(product: Deployed, client: VideoVector, file: Path, name: str) -> Medium:
    """Import a file as a medium in an index of its own."""
    index = client.indexes.create(name=name)
    job = upload(product, file, index.index_id)
    done = client.import_jobs.wait_for_completion(job, poll_interval=POLL, timeout=HANG_TIMEOUT)
    assert done.status == "completed", done.error_message
    return Medium(index.index_id, done.video_ids[0])


def start_run(client: VideoVector, medium: Medium, **options: Any) -> str:
    """Start a run over the medium; return its id."""
    prompt = client.prompts.create(**PROMPT)
    target: Any = {"type": "index", "index_id": medium.index_id}
    return client.prompt_runs.execute(prompt_id=prompt.prompt_id, target=target, **options).run_id


def wait_for_run(client: VideoVector, run_id: str) -> Any:
    return client.prompt_runs.wait_for_completion(run_id, poll_interval=POLL, timeout=HANG_TIMEOUT)


def eventually(look: Callable[[], Found | None], pause: float = POLL) -> Found:
    """Call ``look`` until its result is true; return the result."""
    deadline = time.monotonic() + HANG_TIMEOUT
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(pause)
    raise AssertionError(f"not within {HANG_TIMEOUT} s")


def worker_starts(product: Deployed, run_id: str) -> list[int]:
    """Return the process ids of the workers that Batch has started for the run."""
    processes = [json.loads(file.read_text()) for file in product.jobs.glob("*/process-*")]
    return [process["id"] for process in processes if f"--run={run_id}" in process["command"]]


def kill_worker_when(product: Deployed, run_id: str, excluded: list[int], reached: Callable[[], bool]) -> int:
    """Kill the run's worker that is not ``excluded``, once the work has ``reached`` a point; return its id.

    The worker runs for a moment at a time and is inspected while stopped, so its speed does not matter.

    Raises:
        ProcessLookupError: the worker ended before that point.
    """
    (process,) = eventually(lambda: set(worker_starts(product, run_id)) - set(excluded), pause=0.01)
    os.kill(process, signal.SIGSTOP)
    deadline = time.monotonic() + HANG_TIMEOUT
    while not reached():
        assert time.monotonic() < deadline, "the worker did not reach the point"
        os.kill(process, signal.SIGCONT)
        time.sleep(STEP)
        os.kill(process, signal.SIGSTOP)
    os.kill(process, signal.SIGKILL)
    return process


def count_results(product: Deployed, run_id: str, medium: Medium) -> int:
    """Count the segments of the medium for which the run has written a result."""
    counted = product.clients["dynamodb"].query(
        TableName=product.outputs["RecordsTable"],
        Select="COUNT",
        ConsistentRead=True,
        KeyConditionExpression="#partition = :medium AND begins_with(sort, :segment)",
        ExpressionAttributeNames={"#partition": "partition"},
        ExpressionAttributeValues={
            ":medium": {"S": f"tenant#local#results#{run_id}#{medium.video_id}"},
            ":segment": {"S": "segment#"},
        },
    )
    return int(counted["Count"])


def count_vectors(product: Deployed, medium: Medium) -> int:
    """Refresh the search engine; count its documents of the medium."""
    httpx.post(f"{product.search_url}/videovector-*/_refresh", timeout=HANG_TIMEOUT).raise_for_status()
    answer = httpx.post(
        f"{product.search_url}/videovector-*/_count",
        json={"query": {"term": {"media_id": medium.video_id}}},
        timeout=HANG_TIMEOUT,
    )
    return int(answer.raise_for_status().json()["count"])


def item_keys(product: Deployed, text: str) -> list[tuple[str, str]]:
    """Return the keys of all items that contain ``text``."""
    pages = (
        product.clients["dynamodb"].get_paginator("scan").paginate(TableName=product.outputs["RecordsTable"])
    )
    return [
        (item["partition"]["S"], item["sort"]["S"])
        for page in pages
        for item in page["Items"]
        if text in str(item)
    ]


def has_started(product: Deployed, run_id: str, medium: Medium, times: int) -> bool:
    """Return whether workers have started the medium ``times`` times."""
    key = {"partition": {"S": f"tenant#local#run-media#{run_id}"}, "sort": {"S": medium.video_id}}
    found = product.clients["dynamodb"].get_item(TableName=product.outputs["RecordsTable"], Key=key)
    return "Item" in found and int(json.loads(found["Item"]["body"]["S"])["starts"]) == times


def object_keys(product: Deployed, text: str) -> list[str]:
    """Return the keys in the media bucket that contain ``text``."""
    pages = (
        product.clients["s3"].get_paginator("list_objects_v2").paginate(Bucket=product.outputs["MediaBucket"])
    )
    return [each["Key"] for page in pages for each in page.get("Contents", ()) if text in each["Key"]]


def messages_in(product: Deployed, title: str) -> int:
    """Count the messages of a queue, also those that wait or are being handled."""
    sqs = product.clients["sqs"]
    queue = sqs.get_queue_url(QueueName=f"{NAME}-{title}")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return sum(int(value) for name, value in found.items() if name.startswith("ApproximateNumberOf"))


def executions(product: Deployed, workflow: str, job_id: str) -> list[str]:
    """Return the status of each execution of the job, running executions included."""
    client = product.clients["stepfunctions"]
    (machine,) = (
        each["stateMachineArn"]
        for each in client.list_state_machines()["stateMachines"]
        if each["name"] == f"{NAME}-{workflow}"
    )
    found = client.list_executions(stateMachineArn=machine)["executions"]
    return [each["status"] for each in found if each["name"].startswith(job_id)]


def final_statuses(product: Deployed, workflow: str, job_id: str) -> list[str] | None:
    """Return the final status of each execution of the job, or None while one runs."""
    states = executions(product, workflow, job_id)
    return None if "RUNNING" in states else states


def object_created_event(key: str, size: int, etag: str) -> str:
    """Return EventBridge's event for a new object."""
    return json.dumps(
        {
            "source": "aws.s3",
            "detail-type": "Object Created",
            "time": isoformat(now()),
            "detail": {"bucket": {"name": "any"}, "object": {"key": key, "size": size, "etag": etag}},
        }
    )


def complete_again(product: Deployed, job_id: str) -> None:
    """Complete the upload a second time."""
    address = f"{product.base_url}/uploads/{upload_id_of(job_id)}/complete"
    answer = httpx.post(
        address, headers={"X-API-Key": product.api_key}, timeout=HANG_TIMEOUT
    ).raise_for_status()
    assert answer.json()["job_id"] == job_id


def variables_of(product: Deployed, function: str) -> dict[str, str]:
    """Return the function's variables, and those with which this machine finds the emulator."""
    found = product.clients["lambda"].get_function_configuration(FunctionName=function)
    return {**found["Environment"]["Variables"], **product.environment}
