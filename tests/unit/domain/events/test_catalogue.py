"""The catalogue of events: complete, and with described payloads."""

from shared.domain.events.catalogue import CATALOGUE, WEBHOOK_EVENTS
from shared.domain.events.types import EventType


def test_catalogue_has_each_type_once() -> None:
    assert sorted(kind.event_type for kind in CATALOGUE) == sorted(EventType)


def test_webhooks_have_the_17_events_of_the_contract_first() -> None:
    *of_contract, added = WEBHOOK_EVENTS
    assert (len(of_contract), added) == (17, EventType.SEARCH_MATCHED)
    assert {event.partition(".")[0] for event in of_contract} == {
        "media",
        "prompt_run",
        "export",
        "import_job",
    }


def test_each_field_of_each_payload_is_described() -> None:
    undescribed = [
        f"{kind.payload.__name__}.{name}"
        for kind in CATALOGUE
        for name, field in kind.payload.model_fields.items()
        if not field.description
    ]
    assert undescribed == []
