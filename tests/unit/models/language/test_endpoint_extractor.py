"""Tests of extraction over a chat endpoint: requests, tolerated answers, records of calls."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from shared.models.language.chat_endpoint import ChatEndpoint
from shared.models.language.constraint_support import Constraint
from shared.models.language.endpoint_extractor import EndpointExtractor
from shared.models.language.json_answers import parse_json_object
from shared.models.language.strict_schema import is_strict
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest
from tests.unit.models.chat_server import ChatServer, Reply, chat_server, refuses, says
from tests.unit.models.evidence import CAFE, INTEGER, STRING, STRINGS, schema_of
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

SCHEMA = schema_of(summary=STRING, objects=STRINGS, people_count=INTEGER)
GOOD = json.dumps({"summary": "A cup.", "objects": ["cup"], "people_count": 1})
KEY = "sk-very-secret"
JPEG = b"\xff\xd8\xff\xe0picture\xff\xd9"


class Sleeps(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def extractor(
    server: ChatServer, *, timeout: float = HANG_TIMEOUT, sleeps: Sleeps | None = None
) -> EndpointExtractor:
    endpoint = ChatEndpoint(
        server.base_url,
        "test-model",
        lambda: SecretStr(KEY),
        timeout_seconds=timeout,
        sleep=Sleeps() if sleeps is None else sleeps,
    )
    return EndpointExtractor(endpoint, max_images=2)


def request(**changes: Any) -> ExtractionRequest:
    asked: dict[str, Any] = {
        "instructions": "List what is there.",
        "schema": SCHEMA,
        "evidence": CAFE,
        "images": [JPEG] * 5,
    }
    return ExtractionRequest(**{**asked, **changes})


def always(*replies: Reply) -> Callable[[dict[str, Any], int], Reply]:
    return lambda _body, number: replies[min(number, len(replies)) - 1]


def has_no_secrets(extraction: Extraction | ExtractionFailed) -> bool:
    text = "".join(call.model_dump_json() for call in extraction.calls) + str(extraction)
    return KEY not in text and "base64" not in text


def test_valid_answer_is_returned_and_recorded() -> None:
    with chat_server(always(says(GOOD))) as server:
        extraction = extractor(server).extract(request())
    assert extraction.data == json.loads(GOOD)
    assert extraction.warning is None
    sent = server.requests[0]
    assert server.keys == [f"Bearer {KEY}"]
    assert sent["response_format"]["json_schema"] == {"name": "extraction", "schema": SCHEMA, "strict": True}
    parts = sent["messages"][1]["content"]
    assert [part["type"] for part in parts] == ["text", "image_url", "image_url"]
    assert parts[1]["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/")
    assert "Blue Harbor Coffee" in parts[0]["text"]
    assert "espresso 0.80" in parts[0]["text"]
    (call,) = extraction.calls
    assert (call.status, call.purpose, call.model) == ("success", "metadata_extraction", "test-model")
    assert (call.input_tokens, call.output_tokens) == (120, 30)
    assert (call.segment_start, call.segment_end, call.video_seconds) == (10.0, 15.5, 5.5)
    assert "List what is there." in (call.prompt_text or "")
    assert "[2 pictures]" in (call.prompt_text or "")
    assert call.response_text == GOOD
    assert json.loads(call.schema_used or "") == SCHEMA
    assert has_no_secrets(extraction)


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{GOOD}\n```",
        f"Here you are:\n```\n{GOOD}\n```\nAnything else?",
        f"<think>A {{cup}}?</think>\n{GOOD}",
        f"The object is {GOOD} as asked.",
    ],
)
def test_json_is_found_in_surrounding_text(text: str) -> None:
    with chat_server(always(says(text))) as server:
        assert extractor(server).extract(request()).data == json.loads(GOOD)


def test_text_without_valid_json_is_refused() -> None:
    for text in ("", "no", '{"a": NaN}', "{'a': 1}"):
        with pytest.raises(ValueError, match=r"."):
            parse_json_object(text)


def test_invalid_answer_is_repaired_once_with_errors() -> None:
    wrong = json.dumps({"summary": "A cup.", "objects": "cup", "people_count": "one"})
    with chat_server(always(says(wrong), says(GOOD))) as server:
        extraction = extractor(server).extract(request())
    assert extraction.data == json.loads(GOOD)
    assert [call.purpose for call in extraction.calls] == ["metadata_extraction", "repair"]
    turns = server.requests[1]["messages"]
    assert [turn["role"] for turn in turns] == ["system", "user", "assistant", "user"]
    assert turns[2]["content"] == wrong
    assert "objects" in turns[3]["content"]
    assert "people_count" in turns[3]["content"]


def test_two_invalid_answers_fail_with_code() -> None:
    with (
        chat_server(always(says("Sorry."), says('{"summary": 1}'))) as server,
        pytest.raises(ExtractionFailed, match="summary") as failure,
    ):
        extractor(server).extract(request())
    assert (failure.value.code, failure.value.retryable) == ("schema_validation_failed", True)
    assert len(failure.value.calls) == len(server.requests) == 2
    assert all(call.segment_start == 10.0 for call in failure.value.calls)


def test_refused_constraints_are_omitted_from_then_on() -> None:
    def behave(body: dict[str, Any], _number: int) -> Reply:
        if "structured_outputs" in body:
            return refuses("unknown field structured_outputs", 422)
        if body.get("response_format", {}).get("type") == "json_schema":
            return refuses("response_format json_schema is not supported")
        return says(GOOD)

    with chat_server(behave) as server:
        extract = extractor(server)
        first, second = extract.extract(request()), extract.extract(request())
    assert first.data == second.data == json.loads(GOOD)
    assert [call.status for call in first.calls] == ["failed", "failed", "success"]
    assert [call.status for call in second.calls] == ["success"]
    assert server.requests[-1]["response_format"] == {"type": "json_object"}


def test_refused_images_and_temperature_are_omitted() -> None:
    def behave(body: dict[str, Any], _number: int) -> Reply:
        if not isinstance(body["messages"][1]["content"], str):
            return refuses("this model does not support image input")
        return refuses("Unsupported value: 'temperature'") if "temperature" in body else says(GOOD)

    with chat_server(behave) as server:
        extract = extractor(server)
        extraction = extract.extract(request())
    assert extraction.data == json.loads(GOOD)
    assert "no pictures" in (extraction.warning or "")
    assert extract._endpoint.support.constraint(SCHEMA) is Constraint.JSON_SCHEMA


TOO_LONG = (
    "The decoder prompt (length 30112) is longer than the maximum model length of 24576. For image "
    "inputs, the number of image tokens depends on the number of images."
)


def test_material_beyond_context_is_shortened_until_it_fits() -> None:
    seen = CAFE.model_copy(update={"transcript": "All day long they spoke of it. " * 1000})
    results = [{"summary": f"Segment {n}.", "text": "word " * 40} for n in range(400)]

    def behave(body: dict[str, Any], _number: int) -> Reply:
        return refuses(TOO_LONG) if len(_text(body)) > 25_000 else says(GOOD)

    with chat_server(behave) as server:
        extract = extractor(server)
        extraction = extract.extract(request(evidence=seen, segment_results=results))
        assert "left out" in (extraction.warning or "")
        assert extract.extract(request()).warning is None
    assert [call.status for call in extraction.calls] == ["failed", "failed", "success"]
    lengths = [len(_text(sent)) for sent in server.requests[:3]]
    assert lengths[0] > 80_000
    assert lengths[0] > 1.8 * lengths[1] > 3 * lengths[2]
    shortened = _text(server.requests[2])
    assert re.search(r"Segment \d\.", shortened)
    assert re.search(r"Segment 39\d\.", shortened)  # lines are sampled, not truncated
    assert all(json.loads(line) for line in shortened.splitlines() if line.startswith('{"summary": "Seg'))
    assert [len(sent["messages"][1]["content"]) for sent in server.requests] == [3] * 4  # images are kept


def test_material_that_never_fits_fails_with_code() -> None:
    with chat_server(always(refuses(TOO_LONG))) as server, pytest.raises(ExtractionFailed) as failure:
        extractor(server).extract(request())
    assert (failure.value.code, failure.value.retryable) == ("model_context_exceeded", False)
    assert len(failure.value.calls) == len(server.requests) == 4


def _text(body: dict[str, Any]) -> str:
    text: str = body["messages"][1]["content"][0]["text"]
    return text


def test_answer_at_token_limit_is_repaired_with_shorter_one() -> None:
    endless = says('{"summary": "' + "a cup and " * 20_000)
    endless.body["choices"][0]["finish_reason"] = "length"
    with chat_server(always(endless, says(GOOD))) as server:
        endpoint = ChatEndpoint(server.base_url, "test-model", answer_tokens=700)
        extraction = EndpointExtractor(endpoint).extract(request())
    assert extraction.data == json.loads(GOOD)
    assert [sent["max_completion_tokens"] for sent in server.requests] == [700, 700]
    quoted, asked = (turn["content"] for turn in server.requests[1]["messages"][2:])
    assert len(quoted) < 5_000
    assert "has to be shorter" in asked
    with chat_server(always(endless)) as server, pytest.raises(ExtractionFailed, match="cut off") as failure:
        extractor(server).extract(request())
    assert failure.value.code == "schema_validation_failed"
    assert "max_completion_tokens" not in server.requests[0]  # other servers use another name for it


def test_unsupported_keywords_are_dropped_from_schema() -> None:
    words = {"type": "array", "items": STRING, "uniqueItems": True, "maxItems": 3}
    schema = schema_of(words=words, code={"type": "string", "pattern": "^[a-c]+$"})

    def behave(body: dict[str, Any], _number: int) -> Reply:
        asked = body["response_format"]["json_schema"]["schema"]
        if "uniqueItems" in json.dumps(asked):
            return refuses('Grammar error: Unimplemented keys: ["uniqueItems"]')
        return says(GOOD if asked == SCHEMA else '{"words": ["a", "b"], "code": "ab"}')

    with chat_server(behave) as server:
        extract = extractor(server)
        assert extract.extract(request(schema=schema)).data == {"words": ["a", "b"], "code": "ab"}
        assert extract.extract(request()).data == json.loads(GOOD)
        assert [call.status for call in extract.extract(request(schema=schema)).calls] == ["success"]
    sent = [body["response_format"]["json_schema"]["schema"] for body in server.requests]
    plain = schema_of(words={"type": "array", "items": STRING, "maxItems": 3}, code=STRING)
    assert sent == [schema, plain, SCHEMA, plain]


def test_answer_is_validated_against_whole_schema() -> None:
    schema = schema_of(words={"type": "array", "items": STRING, "uniqueItems": True})
    replies = always(refuses("schema"), says('{"words": ["a", "a"]}'), says('{"words": ["a"]}'))
    with chat_server(replies) as server:
        extraction = extractor(server).extract(request(schema=schema))
    assert extraction.data == {"words": ["a"]}
    assert [call.purpose for call in extraction.calls][-1] == "repair"


def test_raw_line_breaks_in_strings_are_accepted() -> None:
    with chat_server(always(says(GOOD.replace("A cup.", "A\n\tcup.")))) as server:
        assert extractor(server).extract(request()).data["summary"] == "A\n\tcup."


class Stopped(Exception):
    """Raised by ``check_stop`` when the worker is stopped."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "reply",
    [Reply(200, {}, delay=2 * HANG_TIMEOUT), Reply(429, "busy", (("Retry-After", str(HANG_TIMEOUT)),))],
)
def test_waiting_for_answer_or_retry_can_be_interrupted(reply: Reply) -> None:
    """The stop is requested during a wait that would outlast the test."""
    asked = 0

    def check_stop() -> None:
        nonlocal asked
        asked += bool(server.requests)
        if asked > 3:
            raise Stopped

    with chat_server(always(reply)) as server:
        extract = EndpointExtractor(ChatEndpoint(server.base_url, "test-model"))
        with pytest.raises(Stopped):
            extract.extract(request(check_stop=check_stop))
    assert len(server.requests) == 1


def test_rate_limit_is_retried_after_given_delay() -> None:
    sleeps = Sleeps()
    busy = Reply(429, {"error": "slow down"}, (("Retry-After", "7"),))
    with chat_server(always(busy, Reply(429, "busy"), says(GOOD))) as server:
        extraction = extractor(server, sleeps=sleeps).extract(request())
    assert sleeps == [7.0, 2.0]
    assert [call.status for call in extraction.calls] == ["failed", "failed", "success"]


@pytest.mark.parametrize(
    ("reply", "code", "retryable", "calls"),
    [
        (Reply(500, "boom"), "model_http_500", True, 4),
        (Reply(429, "busy"), "model_rate_limited", True, 4),
        (refuses(f"Incorrect API key provided: {KEY}", 401), "model_http_401", False, 1),
        (refuses("the request is odd"), "model_http_400", False, 1),
        (Reply(200, "<html>garbage</html>"), "model_answer_unusable", True, 4),
        (Reply(200, {"choices": []}), "model_answer_unusable", True, 4),
        (Reply(302, "", (("Location", "/elsewhere"),)), "model_http_302", False, 1),
    ],
)
def test_failures_are_retried_within_limit_and_recorded(
    reply: Reply, code: str, retryable: bool, calls: int
) -> None:
    with chat_server(always(reply)) as server, pytest.raises(ExtractionFailed) as failure:
        extractor(server).extract(request())
    assert (failure.value.code, failure.value.retryable) == (code, retryable)
    assert len(failure.value.calls) == len(server.requests) == calls
    assert all(call.status == "failed" and call.error_message for call in failure.value.calls)
    assert has_no_secrets(failure.value)


def test_timeout_and_unreachable_endpoint_fail_with_code() -> None:
    slow = Reply(200, {}, delay=HANG_TIMEOUT)
    with (
        chat_server(always(slow)) as server,
        pytest.raises(ExtractionFailed, match=r"within 0\.1 s") as failure,
    ):
        extractor(server, timeout=0.1).extract(request())
    assert failure.value.code == "model_unreachable"
    assert failure.value.retryable
    with pytest.raises(ExtractionFailed, match=r"^The language model does not answer \(ConnectError\)\.$"):
        extractor(ChatServer(always(), base_url="http://127.0.0.1:9/v1")).extract(request())


def test_strict_needs_closed_schema_with_all_required() -> None:
    assert is_strict(SCHEMA)
    assert not is_strict({"type": "object", "properties": {"a": STRING}})
    assert not is_strict(schema_of(a=STRING, b=STRING, optional=("b",)))
    assert not is_strict(schema_of(a={"type": "array", "items": {"type": "object"}}))
