"""What the pages of the console show in the pictures of the documentation."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
import httpx
from PIL import Image
from skimage import data
from videovector import VideoVector

from shared.cli.demo.sample import SAMPLE
from tests.browser.automation_interval import end_interval_of_paused
from tests.browser.film_store import connected, film_store, still
from tests.browser.indexes import new_index
from tests.clients.conftest import Archive
from tests.stores.providers import Provider
from tests.waiting import HANG_TIMEOUT, wait_until

_POLL: Final = 0.3
_SCENES: Final = (
    "Meadow",
    "Cat at home",
    "Rainfall report",
    "Coffee break",
    "Launch pad",
    "Garage",
    "Gate B12",
    "Deep space",
)
_PHOTOGRAPHS: Final = (
    "astronaut",
    "camera",
    "coffee",
    "rocket",
    "hubble_deep_field",
    "moon",
    "coins",
    "horse",
)


@dataclass(frozen=True)
class Exhibition:
    """The things whose pages are opened: one of each kind."""

    index_id: str
    video_id: str
    video_run_id: str
    prompt_id: str
    run_id: str
    webhook_id: str
    connector_id: str
    import_index_id: str
    import_job_id: str
    saved_search_id: str
    export_id: str


def open_exhibition(
    base_url: str, api_key: str, archive: Archive, data_folder: Path, folder: Path, receiver: str
) -> Exhibition:
    """Connect stores and a receiver of webhooks, import from a store, automate it, save a search, and export.

    ``UPDATE_PICTURES=1`` adds more media and their run.
    """
    with (
        httpx.Client(base_url=base_url, headers={"X-API-Key": api_key}, timeout=HANG_TIMEOUT) as api,
        VideoVector(api_key=api_key, base_url=base_url) as client,
    ):
        webhook_id = _connect(api, receiver)
        index_id, run_id = archive.index_id, archive.run_id
        if os.environ.get("UPDATE_PICTURES"):
            index_id = _filled_index(client, folder)
        saved_search_id = _save_search(api, index_id)
        if os.environ.get("UPDATE_PICTURES"):
            run_id = _run(client, archive.prompt_id, index_id)
            matches = f"/saved-searches/{saved_search_id}/matches"
            wait_until(lambda: api.get(matches).json()["data"], "a match of the saved search")
        store = film_store(folder, pictures=9)
        connector_id = connected(api, store, "Stills of the city")
        import_index_id = new_index(api, "Stills")
        import_job_id = _import(api, connector_id, import_index_id)
        _automate(api, connector_id, import_index_id, archive)
        store.put("stills/2024/still-10.png", still(folder, 500))
        export_id = _export(api, store, run_id, archive)
        for results in (2, 3):  # the import and its run, and a check that finds nothing new
            _let_automation_look(api, data_folder, import_index_id, results)
    return Exhibition(
        index_id=index_id,
        video_id=archive.video_id,
        video_run_id=archive.run_id,
        prompt_id=archive.prompt_id,
        run_id=run_id,
        webhook_id=webhook_id,
        connector_id=connector_id,
        import_index_id=import_index_id,
        import_job_id=import_job_id,
        saved_search_id=saved_search_id,
        export_id=export_id,
    )


def _connect(api: httpx.Client, receiver: str) -> str:
    """Connect a bucket and a receiver of webhooks. Return the id of the webhook."""
    connector = {"name": "Film bucket", "bucket": "films-of-the-city", "region": "eu-west-1"}
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x" * 40}
    api.post("/connectors/s3", json=connector | keys).raise_for_status()
    events = ["media.created", "media.processing.completed", "prompt_run.started", "prompt_run.completed"]
    webhook = api.post("/webhooks", json={"name": "Newsroom", "url": receiver, "events": events})
    return str(webhook.raise_for_status().json()["webhook_id"])


def _import(api: httpx.Client, connector_id: str, index_id: str) -> str:
    """Import pictures of a store, of which one fails. Return the id of the job."""
    body = {"connector_id": connector_id, "index_id": index_id, "file_pattern": "*.png"}
    job_id = str(api.post("/import-jobs", json=body).raise_for_status().json()["job_id"])
    wait_until(lambda: api.get(f"/import-jobs/{job_id}").json()["status"] == "completed", "the import")
    return job_id


def _export(api: httpx.Client, store: Provider, run_id: str, archive: Archive) -> str:
    """Export a run for a download, and an index into a store. Return the id of the first export."""
    connector_id = connected(api, store, "Results of the city", scopes=["export"])
    to_store = {"destination_connector_id": connector_id, "destination_subpath": "films", "format": "parquet"}
    started = [
        api.post(f"/exports/index/{archive.index_id}", json=to_store),
        api.post(f"/exports/prompt-run/{run_id}", json={"format": "csv"}),
    ]
    ids = [str(answer.raise_for_status().json()["export_id"]) for answer in started]
    wait_until(
        lambda: all(api.get(f"/exports/{each}").json()["status"] == "completed" for each in ids),
        "the exports",
    )
    return ids[-1]


def _let_automation_look(api: httpx.Client, data_folder: Path, index_id: str, results: int) -> None:
    """Let the interval of an automation end, and wait until it has so many results."""
    path = f"/indexes/{index_id}/automations/import"
    api.post(f"{path}/pause").raise_for_status()
    end_interval_of_paused(data_folder, index_id)
    api.post(f"{path}/resume").raise_for_status()
    wait_until(lambda: len(api.get(path).json()["history"]) == results, "the automation")


def _automate(api: httpx.Client, connector_id: str, index_id: str, archive: Archive) -> None:
    """Save an import automation."""
    automation = {
        "connector_id": connector_id,
        "source_prefix": "stills/2024/",
        "file_pattern": "*.png",
        "debounce_interval": "1h",
        "prompt_preset": {"prompt_id": archive.prompt_id},
    }
    api.put(f"/indexes/{index_id}/automations/import", json=automation).raise_for_status()


def _save_search(api: httpx.Client, index_id: str) -> str:
    """Save a search in an index. Return its id."""
    threshold = {"space": "text", "min_score": 0.35}
    search = {"name": "Boarding at the gate", "index_ids": [index_id], "threshold": threshold}
    saved = api.post("/saved-searches", json={**search, "query": "boarding at gate B12"})
    return str(saved.raise_for_status().json()["saved_search_id"])


def _filled_index(client: VideoVector, folder: Path) -> str:
    """Import the scenes and the photographs into a new index. Return its id."""
    index_id = client.indexes.create(name="City archive").index_id
    files = [*_scenes(folder), *_photographs(folder)]
    jobs = [client.videos.upload(file=path, title=title, index_id=index_id) for title, path in files]
    for job in jobs:
        client.import_jobs.wait_for_completion(job.job_id, poll_interval=_POLL)
    return index_id


def _run(client: VideoVector, prompt_id: str, index_id: str) -> str:
    """Run a prompt on an index. Return the id of the run."""
    run = client.prompt_runs.execute(prompt_id=prompt_id, target={"type": "index", "index_id": index_id})
    client.prompt_runs.wait_for_completion(run.run_id, poll_interval=_POLL)
    return run.run_id


def _photographs(folder: Path) -> Iterator[tuple[str, Path]]:
    for name in _PHOTOGRAPHS:
        pixels: Any = getattr(data, name)()
        path = folder / f"{name}.jpg"
        Image.fromarray(pixels).convert("RGB").save(path, quality=90)
        yield name.replace("_", " ").capitalize(), path


def _scenes(folder: Path) -> Iterator[tuple[str, Path]]:
    """Cut the reel at its key frames: each scene begins with one."""
    with av.open(str(SAMPLE)) as reel:
        video = reel.streams.video[0]
        packets = [packet for packet in reel.demux(video) if packet.pts is not None]
        starts = [place for place, packet in enumerate(packets) if packet.is_keyframe]
        for title, start, end in zip(_SCENES, starts, [*starts[1:], len(packets)], strict=True):
            path = folder / f"{title}.mp4"
            _write_scene(path, video, packets[start:end])
            yield title, path


def _write_scene(path: Path, video: av.VideoStream, packets: list["av.Packet[av.VideoStream]"]) -> None:
    first = min(packet.dts for packet in packets if packet.dts is not None)
    with av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(video)
        for packet in packets:
            packet.pts, packet.dts = (packet.pts or 0) - first, (packet.dts or 0) - first
            packet.stream = stream
            target.mux(packet)
