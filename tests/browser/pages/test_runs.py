"""Runs in the console: from the estimate to the results, and failures with their retry."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, Page, expect

from shared.cli.demo.server import running_server
from tests.api.imports import picture
from tests.browser import accessibility
from tests.browser.conftest import Archive, signed_in
from tests.browser.watch import PageWatch
from tests.robustness.live_archive import LiveServer


def test_run_goes_from_estimate_to_results(page: Page, api: httpx.Client, archive: Archive) -> None:
    before = len(api.get("/prompt-runs").json())
    page.goto(f"/runs/new?index={archive.index_id}")
    expect(page.get_by_role("note")).to_contain_text("This server has no language model.")
    expect(page.get_by_role("combobox", name="Model")).to_have_text("Default of the server (built-in rules)")
    page.get_by_role("combobox", name="Prompt").click()
    page.get_by_role("option", name="Archive prompt").first.click()
    estimate = page.get_by_role("region", name="Estimate")
    expect(estimate).to_contain_text("1 video")
    expect(estimate).to_contain_text("0:44")
    expect(estimate).to_contain_text("took")
    accessibility.check(page)
    page.get_by_role("button", name="Start run").dblclick()
    page.wait_for_url("**/runs/run_*")
    assert len(api.get("/prompt-runs").json()) == before + 1, "two clicks are one run"
    expect(page.get_by_role("heading", name="Archive prompt", level=1)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Completed")).to_be_visible()
    media = page.get_by_role("region", name="Media")
    expect(media.get_by_role("link")).to_contain_text("Sample reel")
    page.get_by_role("button", name="Show calls").click()
    calls = page.get_by_role("table", name="Calls to models")
    expect(calls.get_by_role("row").nth(1)).to_contain_text("builtin")
    accessibility.check(page)
    calls.get_by_role("button").first.click()
    expect(page.get_by_role("dialog", name="Call to a model")).to_be_visible()
    accessibility.check(page)
    page.keyboard.press("Escape")
    run_id = page.url.rpartition("/")[2]
    media.get_by_role("link").click()
    page.wait_for_url(f"**/media/{archive.video_id}?run={run_id}")

    page.goto("/runs")
    page.get_by_role("combobox", name="Status").click()
    page.get_by_role("option", name="Completed", exact=True).click()
    expect(page).to_have_url("/runs?status=completed")
    expect(page.get_by_role("listitem").filter(has_text="Archive prompt").first).to_be_visible()
    accessibility.check(page)


@dataclass
class ModelEndpoint:
    """A language model that refuses every request while ``works`` is false."""

    url: str = ""
    works: bool = False


@contextmanager
def model_endpoint() -> Iterator[ModelEndpoint]:
    """Serve an OpenAI-compatible endpoint until the block ends."""
    model = ModelEndpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            content = json.dumps({"summary": "A picture of coloured noise."})
            answer: dict[str, Any] = {
                "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 120, "completion_tokens": 12, "total_tokens": 132},
            }
            refusal = {"error": {"message": "The model is being loaded."}}
            body = json.dumps(answer if model.works else refusal).encode()
            self.send_response(200 if model.works else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Retry-After", "0")
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


def test_failed_segments_are_retried_by_cause(tmp_path: Path, browser: Browser) -> None:
    with model_endpoint() as model:
        variables = {
            "VIDEOVECTOR_SERVER_LLM_BASE_URL": model.url,
            "VIDEOVECTOR_SERVER_LLM_MODEL": "small",
        }
        with running_server(tmp_path / "data", variables) as address:
            server = LiveServer(address, tmp_path)
            index_id = server.new_index()
            for seed in (1, 2, 3):
                server.import_file(picture(tmp_path, f"noise-{seed}.png", seed), index_id)
            parts = urlsplit(address.base_url)
            origin = f"{parts.scheme}://{parts.netloc}"
            watch = PageWatch((origin,))
            context = browser.new_context(base_url=origin, viewport={"width": 1280, "height": 800})
            watch.attach(context)
            try:
                _retry_failures(signed_in(context, address.api_key), model, index_id, server)
            finally:
                context.close()
            assert watch.unexpected() == []


def _retry_failures(page: Page, model: ModelEndpoint, index_id: str, server: LiveServer) -> None:
    prompt = {
        "name": "Summaries",
        "prompt_text": "Sum up what is seen in the picture.",
        "json_schema": {
            "type": "object",
            "properties": {"summary": {"type": "string"}},
            "required": ["summary"],
        },
    }
    prompt_id = server.post("/prompts", **prompt)["prompt_id"]
    page.goto(f"/runs/new?index={index_id}&prompt={prompt_id}")
    page.get_by_role("button", name="Start run").click()
    failures = page.get_by_role("region", name="Failures")
    cause = failures.get_by_role("article")
    retry = cause.get_by_role("button", name="Retry 3 segments")
    expect(retry).to_be_visible()
    expect(cause).to_have_count(1)
    expect(cause).to_contain_text("model_http_503")
    accessibility.check(page)

    retry.click()
    expect(failures).to_contain_text("0 retried successfully, 3 failed again")
    model.works = True
    cause.get_by_role("button", name="Retry 3 segments").click()
    expect(failures).to_contain_text("3 retried, all succeeded")
    expect(failures).to_contain_text("Nothing has failed.")
    expect(page.get_by_role("status").filter(has_text="Completed")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Segments", exact=True)).to_have_attribute(
        "aria-valuenow", "100"
    )
    accessibility.check(page)
