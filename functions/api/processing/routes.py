"""The live stream of events, and tickets for it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Query
from fastapi.responses import Response

from functions.api.processing.answer import AnswerLimits, LiveAnswer
from functions.api.processing.schemas import StreamEvent, StreamTicket
from functions.api.processing.ticket import AuthorisedByTicket
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.domain.events.event_filter import EventFilter
from shared.domain.events.stream_position import MAX_POSITION_CHARACTERS
from shared.domain.events.types import EventType
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.event_stream.open_streams import OpenStreams
from shared.http.event_stream.response import MEDIA_TYPE, EventStreamResponse, head_response
from shared.services.notifications.stream_tickets import TICKET_LIFE

router = ApiRouter(tags=["processing"])

MAX_VALUES: Final = 100
_EVENTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        "description": "Server-sent events. The ``data`` of each is a JSON object: "
        f"{', '.join(StreamEvent.model_fields)}.",
    }
}

Identifier = Annotated[str | None, Query(min_length=1, max_length=100)]
Identifiers = Annotated[list[str] | None, Query(max_length=MAX_VALUES)]


@router.get("/processing/events/stream", response_class=Response, responses=_EVENTS)
async def stream_events(
    call: Annotated[Call, Depends(AuthorisedByTicket(Scope.READ))],
    run_id: Identifier = None,
    index_id: Identifier = None,
    video_ids: Annotated[Identifiers, Query(description="Repeated, or separated by commas.")] = None,
    event_types: Annotated[Identifiers, Query(description="Repeated, or separated by commas.")] = None,
    batch_size: Annotated[int, Query(ge=1, le=100, description="Maximum number of events in a write.")] = 50,
    last_event_id: Annotated[
        str | None,
        Query(max_length=MAX_POSITION_CHARACTERS, description="As ``Last-Event-ID``, which has precedence."),
    ] = None,
    ticket: Annotated[  # noqa: ARG001 - read before the query is validated
        str | None, Query(max_length=100, description="A ticket instead of a key in a header.")
    ] = None,
    last_event_id_header: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            max_length=MAX_POSITION_CHARACTERS,
            description="The id after which the stream goes on.",
        ),
    ] = None,
) -> Response:
    """Stream the events of the tenant as server-sent events, from now on or after the last event id.

    An event passes if it fulfils every filter. Ids that do not exist are no error: no event passes.
    """
    wanted = EventFilter(
        run_id=run_id,
        index_id=index_id,
        video_ids=frozenset(_values("video_ids", video_ids)),
        event_types=frozenset(_event_types(event_types)),
    )
    live_stream = call.runtime.notifications.live_stream
    after = last_event_id_header or last_event_id or None
    streams: OpenStreams = call.request.app.state.open_streams
    limits = AnswerLimits.of(call)
    with ExitStack() as unanswered:
        stream = streams.open(call.caller.tenant_id)
        unanswered.callback(stream.close)
        opened = await call.run(
            live_stream.open, call.caller.tenant_id, wanted, after, resumes_often=limits.is_short
        )
        if call.request.scope["state"].get("head"):
            return head_response()
        unanswered.pop_all()  # from here on the answer closes the stream
    answer = LiveAnswer(call, opened, stream, batch_size=batch_size, limits=limits)
    return EventStreamResponse(answer.blocks(), stream)


@router.post("/processing/events/ticket", status_code=201)
async def create_stream_ticket(call: Annotated[Call, Depends(authorised(Scope.READ))]) -> StreamTicket:
    """Create a ticket that opens one live stream, for clients that send no headers, such as EventSource.

    It stands in the query of the stream's address. It is valid once, and for a minute.
    """
    ticket = await call.run(call.runtime.notifications.stream_tickets.issue, call.caller)
    return StreamTicket(ticket=ticket, expires_in=int(TICKET_LIFE.total_seconds()))


def _values(name: str, parameters: Sequence[str] | None) -> list[str]:
    values = list(_split(parameters or ()))
    if len(values) > MAX_VALUES:
        raise InvalidRequest(name, f"must name at most {MAX_VALUES}")
    return values


def _split(parameters: Sequence[str]) -> Iterator[str]:
    for parameter in parameters:
        yield from (value.strip() for value in parameter.split(",") if value.strip())


def _event_types(parameters: Sequence[str] | None) -> list[EventType]:
    try:
        return [EventType(value) for value in _values("event_types", parameters)]
    except ValueError:
        raise InvalidRequest("event_types", f"must be among {', '.join(EventType)}") from None
