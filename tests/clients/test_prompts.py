import pytest
from videovector import ConflictError, NotFoundError, ValidationError

from tests.clients.conftest import PROMPT, Archive
from tests.clients.either_client import EitherClient, refused_field

pytestmark = pytest.mark.slow


def test_prompt_is_created_read_updated_and_deleted(client: EitherClient) -> None:
    made = client.prompts.create(**PROMPT)
    assert made.video_level.instructions_text == "Sum up the whole reel."
    changed = client.prompts.update(made.prompt_id, name="Renamed", description="", clear_video_level=True)
    assert (changed.name, changed.description, changed.video_level) == ("Renamed", "", None)
    assert changed.json_schema == PROMPT["json_schema"]
    assert client.prompts.retrieve(made.prompt_id) == changed
    assert client.prompts.delete(made.prompt_id).message
    with pytest.raises(NotFoundError):
        client.prompts.retrieve(made.prompt_id)


def test_prompts_are_listed_with_counts(client: EitherClient, archive: Archive) -> None:
    listed = client.prompts.list(active_only=True, include_defaults=False)
    assert archive.prompt_id in {prompt.prompt_id for prompt in listed.prompts}
    assert listed.total_count >= listed.active_count >= 1


def test_prompt_in_use_is_not_deleted_without_force(client: EitherClient, archive: Archive) -> None:
    with pytest.raises(ConflictError) as refused:
        client.prompts.delete(archive.prompt_id)
    assert refused.value.error_code == "prompt_in_use"
    usage = client.prompts.get_usage(archive.prompt_id)
    assert usage.is_in_use
    assert usage.schema_properties_count > 0


def test_schema_is_tested_with_sample_data(client: EitherClient) -> None:
    schema = {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}
    good = client.prompts.test_schema(json_schema=schema, sample_data={"count": 3})
    assert good.valid
    assert good.validated_data == {"count": 3}
    bad = client.prompts.test_schema(json_schema=schema, sample_data={"count": "three"})
    assert not bad.valid
    assert "count" in bad.error


def test_schema_without_object_root_is_refused(client: EitherClient) -> None:
    with pytest.raises(ValidationError) as refused:
        client.prompts.create(
            name="Bad schema", prompt_text="Describe the scene", json_schema={"type": "array"}
        )
    assert refused_field(refused).startswith("json_schema")
