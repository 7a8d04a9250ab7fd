"""Names of the fields that the server adds."""

from shared.domain.schema.system_fields import disabled_fields


def test_former_name_means_field_of_server_unless_schema_defines_it() -> None:
    listed = ["on_screen_text", "visual_tags", "title"]
    assert disabled_fields(listed, ()) == {"[on_screen_text]", "[visual_tags]", "title"}
    assert disabled_fields(listed, {"on_screen_text"}) == {"on_screen_text", "[visual_tags]", "title"}
