"""The functions of a small workflow in the emulator, with the product's final steps."""

from typing import Any

from functions.pipeline.complete.handler import handler as complete
from functions.pipeline.give_up.handler import handler as product_give_up
from functions.pipeline.jobs import Job
from tests.contract import job_diary

__all__ = ["complete", "give_up", "work"]


def work(event: dict[str, Any], _: object) -> dict[str, Any]:
    job_diary.work(Job.model_validate(event).request())
    return event


def give_up(event: dict[str, Any], context: Any) -> dict[str, Any]:
    request = Job.model_validate(event).request()
    job_diary.diary_of(request).report_failure(request.job_id)
    return product_give_up(event, context)
