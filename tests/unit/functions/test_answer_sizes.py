"""Tests that the largest responses that depend on the archive fit into the limit of Lambda."""

from pydantic import TypeAdapter

from functions.api.gateway.events import is_too_long
from functions.api.prompt_runs.schemas import PromptRunWire
from shared.domain.clock import timestamp
from shared.domain.ids import MEDIA, PROMPT_RUN, new_id
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.prompt_run import PromptRun, RunOptions
from shared.domain.runs.targets import MediaTarget

_NOW = timestamp()


def _run(media: int) -> PromptRun:
    return PromptRun(
        run_id=new_id(PROMPT_RUN),
        tenant_id="anna",
        user_id="usr_anna",
        prompt_id="prm_1",
        prompt=PromptDefinition(name="p" * 200, prompt_text="t", json_schema={"type": "object"}),
        options=RunOptions(),
        target=MediaTarget.of([new_id(MEDIA) for _ in range(media)]),
        index_id=None,
        executed_at=_NOW,
    )


def test_list_of_runs_with_many_media_fits_into_response() -> None:
    run = _run(5000)
    body = TypeAdapter(list[PromptRunWire]).dump_json([PromptRunWire.listed(run)] * 200).decode()
    assert not is_too_long({"body": body})
    listed, full = PromptRunWire.listed(run).run_context, PromptRunWire.from_domain(run).run_context
    assert (listed["video_ids"], listed["video_count"]) == (full["video_ids"][:100], 5000)
    assert "video_count" not in full


def test_list_contains_all_media_of_small_target() -> None:
    run = _run(100)
    assert PromptRunWire.listed(run) == PromptRunWire.from_domain(run)
