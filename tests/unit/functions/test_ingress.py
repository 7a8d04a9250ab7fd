"""Tests of the slots of the streaming ingress, and of the metric that scales it."""

import json
import time
from pathlib import Path

import anyio
import pytest
from starlette.testclient import TestClient

from functions.ingress import application
from functions.ingress.transfer_slots import TransferSlots
from shared.adapters.aws.incoming_files import part_bytes
from shared.domain.errors import Unavailable
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.waiting import HANG_TIMEOUT

MEBIBYTE = 1024**2


def test_slots_are_released_and_peak_is_reported_once() -> None:
    async def use() -> None:
        slots = TransferSlots(2)
        first, second = slots.for_upload(), slots.for_download()
        await anext(first)
        await anext(second)
        for third, code in (
            (slots.for_upload(), "too_many_uploads"),
            (slots.for_download(), "too_many_downloads"),
        ):
            with pytest.raises(Unavailable) as refused:
                await anext(third)
            assert (refused.value.code, refused.value.details["retry_after"]) == (code, 30)
        for slot in (first, second):
            with pytest.raises(StopAsyncIteration):
                await anext(slot)
        assert [slots.peak_percent(), slots.peak_percent()] == [100, 0]
        await anext(slots.for_upload())

    anyio.run(use)


def test_scaling_metric_is_reported_repeatedly_even_when_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(application, "_SECONDS_BETWEEN_METRICS", 0.02)
    output, deadline = "", time.monotonic() + HANG_TIMEOUT
    with TestClient(application.create_ingress(local_runtime(Settings(data_folder=tmp_path)))):
        while output.count("\n") < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
            output += capsys.readouterr().out
    metrics = [json.loads(line) for line in output.splitlines()]
    assert len(metrics) >= 2
    assert metrics[0]["service"] == application.SERVICE
    assert metrics[0][application.SLOTS_METRIC] == [0.0]


def test_largest_file_stays_within_part_limit_of_s3() -> None:
    assert part_bytes(20 * 1024**3) == 8 * MEBIBYTE
    for size in (1, 8 * MEBIBYTE * 10_000, 8 * MEBIBYTE * 10_000 + 1, 5 * 1024**4):
        part = part_bytes(size)
        assert part % MEBIBYTE == 0
        assert part * 10_000 >= size
