"""The text of server-sent events, read by a parser of the HTML standard."""

from pydantic import BaseModel

from shared.http.event_stream.server_sent_events import HEARTBEAT, event_block, position_block, retry_block
from tests.api.server_sent_events import parsed


class Note(BaseModel):
    text: str


def test_text_with_line_breaks_is_one_event() -> None:
    note = Note(text="a\nb\r\nc\rd\u2028e: \0 😀\n\ndata: x\n\nid: 7\n\n")
    ((message,), parser) = parsed(event_block("note.made", note, "evt_1").decode())
    assert (message.event, message.last_event_id) == ("note.made", "evt_1")
    assert Note.model_validate_json(message.data) == note
    assert parser.last_event_id == "evt_1"


def test_position_changes_last_event_id_without_event() -> None:
    blocks = event_block("a", Note(text=""), "evt_1") + position_block("evt_1.abc") + HEARTBEAT
    (messages, parser) = parsed(blocks.decode())
    assert [message.last_event_id for message in messages] == ["evt_1"]
    assert (parser.last_event_id, parser.comments) == ("evt_1.abc", 1)


def test_event_without_id_keeps_last_event_id() -> None:
    blocks = position_block("evt_1.abc") + event_block("broken", Note(text="")) + retry_block(3000)
    (_, parser) = parsed(blocks.decode())
    assert (parser.last_event_id, parser.retry) == ("evt_1.abc", 3000)
