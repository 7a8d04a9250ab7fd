"""The names of the queues in which events wait, and queues that may not be read."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from shared.adapters.aws.event_feed.queues import EventQueues, deployment_of
from shared.domain.errors import Conflict


class RefusingQueues:
    """Answers every request with an error."""

    def __init__(self, code: str) -> None:
        self._code = code

    def get_queue_url(self, **_: Any) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": self._code}}, "GetQueueUrl")


@pytest.mark.parametrize(
    ("table", "deployment"),
    [
        ("videovector-server-data-RecordsE5F1A2B3-1ABCDEFGHIJKL", "videovector-server"),
        ("films-data-server-data-Records-1ABC", "films-data-server"),
        ("records", None),
    ],
)
def test_deployment_is_named_by_its_table(table: str, deployment: str | None) -> None:
    assert deployment_of(table) == deployment


def test_queue_that_does_not_exist_has_no_event() -> None:
    client = RefusingQueues("AWS.SimpleQueueService.NonExistentQueue")
    assert EventQueues("films", client).with_events() == []


def test_queue_that_may_not_be_read_is_refused_with_the_permissions() -> None:
    with pytest.raises(Conflict, match="Grant sqs:GetQueueUrl and sqs:GetQueueAttributes"):
        EventQueues("films", RefusingQueues("AccessDenied")).with_events()
