"""A server whose archive consists of hostile texts: every name, title, field, value, transcript and answer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from ulid import ULID

from shared.cli.demo.server import Address, running_server
from shared.domain.clock import timestamp
from shared.domain.evidence import PictureEvidence, Tag, TextLine, Transcript, Utterance, Word
from shared.domain.media import Media, ProcessingStatus
from shared.runtime.local import local_runtime
from shared.services.library.visible_media import VisibleMedia
from shared.services.runs.analysis.content_keys import transcript_key
from shared.services.runs.analysis.stored_results import picture_keys
from shared.settings import Settings
from tests.api.imports import picture
from tests.hostile_texts import HANDLERS, TEXTS
from tests.receiver import Answer, running_receiver
from tests.robustness.live_archive import LiveServer
from tests.robustness.resources.connectors import RESOURCE as CONNECTORS
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import keep_media
from tests.waiting import wait_until

MARKUP: Final = HANDLERS[0]
"""The text that stands in every place that holds one text only."""

_FIELDS: Final = [text for text in TEXTS if len(text) <= 100 and not set(text) & set(".[]\0")][:50]
"""Texts that a schema accepts as the name of a property."""


@dataclass(frozen=True)
class HostileArchive:
    """``index_id`` has a film with two runs, and a medium for each text. ``failed_run_id`` failed."""

    address: Address
    index_id: str
    video_id: str
    picture_id: str
    run_ids: tuple[str, str]
    failed_run_id: str
    prompt_id: str
    connector_id: str
    webhook_id: str
    delivery_id: str


@contextmanager
def hostile_archive(folder: Path) -> Iterator[HostileArchive]:
    """Serve the archive until the block ends."""
    with _model() as model, running_receiver(lambda _: Answer(410, "\n".join(TEXTS).encode())) as receiver:
        variables = {
            "VIDEOVECTOR_SERVER_LLM_BASE_URL": model.url,
            "VIDEOVECTOR_SERVER_LLM_MODEL": MARKUP,
            "VIDEOVECTOR_SERVER_WEBHOOK_HOSTS": "127.0.0.1",
            "VIDEOVECTOR_SERVER_REQUESTS_PER_MINUTE": "100000",
        }
        with running_server(folder / "data", variables) as address:
            yield _build(LiveServer(address, folder), address, folder, model, receiver.url)


def _build(
    server: LiveServer, address: Address, folder: Path, model: "_Model", receiver: str
) -> HostileArchive:
    webhook_id = server.post("/webhooks", name=MARKUP, url=receiver, events=["media.created"])["webhook_id"]
    index_id = server.post("/indexes", name=MARKUP, description=MARKUP)["index_id"]
    video_id = _import(server, make_video(folder / "film.mp4", seconds=4.0, scene_seconds=2.0), index_id)
    picture_id = _import(server, picture(folder), None)
    prompt_id = server.post("/prompts", **_prompt(MARKUP))["prompt_id"]
    target = {"type": "index", "index_id": index_id}
    run_ids = (server.run(prompt_id, target), server.run(prompt_id, target))
    model.works = False
    failed = server.post("/prompt-runs/execute", prompt_id=prompt_id, target=target)["run_id"]
    wait_until(lambda: server.get(f"/prompt-runs/{failed}")["completed_at"], "the failed run")
    for text in TEXTS:  # what the server refuses has no place in a page
        server.client.post("/indexes", json={"name": text})
        server.client.post("/prompts", json=_prompt(text))
    deliveries = f"/webhooks/{webhook_id}/deliveries"
    wait_until(lambda: server.get(deliveries), "the delivery")
    connector_id = CONNECTORS.make(lambda path, **body: server.post(path, **body | {"name": MARKUP}))
    _plant(folder / "data", video_id)
    return HostileArchive(
        address,
        index_id,
        video_id,
        picture_id,
        run_ids,
        failed,
        prompt_id,
        connector_id["connector_id"],
        webhook_id,
        server.get(deliveries)[0]["delivery_id"],
    )


def _import(server: LiveServer, path: Path, index_id: str | None) -> str:
    """Import a file under a hostile name and title. Return the id of its medium."""
    fields = {"title": MARKUP} | ({"index_id": index_id} if index_id else {})
    name = f"{MARKUP.replace('/', '')}{path.suffix}"
    with path.open("rb") as file:
        answer = server.client.post("/videos/upload", data=fields, files={"file": (name, file)})
    assert answer.is_success, answer.text
    job = f"/import-jobs/{answer.json()['job_id']}"
    wait_until(lambda: server.get(job)["completed_at"], "the import")
    return str(server.get(job)["video_ids"][0])


def _prompt(name: str) -> dict[str, Any]:
    text = {"type": "string", "description": MARKUP}
    fields = {field: {**text, "title": field} for field in _FIELDS}
    return {
        "name": name,
        "description": name,
        "prompt_text": " ".join(TEXTS).replace("\0", "")[:5000],
        "json_schema": {
            "type": "object",
            "properties": {**fields, "texts": {"type": "array", "items": text}, "kind": {"enum": [MARKUP, "a"]}},
        },
    }


def _answer() -> dict[str, Any]:
    return {**dict(zip(_FIELDS, TEXTS, strict=False)), "texts": list(TEXTS), "kind": MARKUP}


def _plant(data_folder: Path, video_id: str) -> None:
    """Write what no route takes: speech and text on screen of a medium, and media with every title."""
    runtime = local_runtime(Settings(data_folder=data_folder))
    film = VisibleMedia(runtime.documents).get("local", video_id)
    (stored, *_) = picture_keys(runtime.ports.blobs, film)
    seen = PictureEvidence.model_validate_json(runtime.ports.blobs.read(stored))
    lines = tuple(TextLine(text=text, confidence=0.9, box=(0.1, 0.1, 0.9, 0.2)) for text in TEXTS)
    tags = tuple(Tag(label=text, confidence=0.9) for text in TEXTS)
    frames = tuple(each.model_copy(update={"text_lines": lines, "tags": tags}) for each in seen.frames)
    changed = seen.model_copy(update={"frames": frames}).model_dump_json()
    runtime.ports.blobs.write(stored, changed.encode(), "application/json")
    words = [Word(text=f" {text}", start=n / 30, end=(n + 1) / 30, confidence=0.9) for n, text in enumerate(TEXTS)]
    said = tuple(Utterance(text=w.text, start=w.start, end=w.end, words=(w,)) for w in words)
    heard = Transcript(language=MARKUP, utterances=said, model=MARKUP).model_dump_json()
    runtime.ports.blobs.write(transcript_key(film, "zz"), heard.encode(), "application/json")
    for number, text in enumerate(TEXTS):
        keep_media(runtime.documents, _medium(film, number, text))


def _medium(film: Media, number: int, text: str) -> Media:
    changes = {
        "media_id": f"vid_{ULID()}",
        "title": text,
        "file_name": text,
        "status": ProcessingStatus.NOT_PROCESSED,
        "content_hash": f"{number:064}",
        "created_at": timestamp(),
    }
    return film.model_copy(update=changes)


@dataclass
class _Model:
    """A language model that fails with a hostile message while ``works`` is false."""

    url: str = ""
    works: bool = True


@contextmanager
def _model() -> Iterator[_Model]:
    model = _Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            said = json.dumps(_answer() if model.works else {"texts": MARKUP})
            answer = {
                "choices": [{"message": {"role": "assistant", "content": said}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        model.url = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield model
        finally:
            server.shutdown()
