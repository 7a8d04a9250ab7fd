"""Scopes and isolation cases of prompts."""

from typing import Final

from tests.robustness.resource import Attempt, Resource, by_path

RESOURCE: Final = Resource(
    scopes={
        "POST /prompts": "write",
        "GET /prompts": "read",
        "GET /prompts/{prompt_id}": "read",
        "PUT /prompts/{prompt_id}": "write",
        "DELETE /prompts/{prompt_id}": "admin",
        "POST /prompts/test-schema": "write",
        "GET /prompts/{prompt_id}/usage": "read",
        "POST /prompts/generate": "write",
    },
    isolation={
        "POST /prompts": lambda *_: [
            Attempt(
                {
                    "name": "Mine",
                    "prompt_text": "Name what is seen",
                    "json_schema": {"type": "object", "properties": {"a": {"type": "string"}}},
                },
                statuses=(201,),
            )
        ],
        "GET /prompts": lambda *_: [Attempt(query={"active_only": "false"}, statuses=(200,))],
        "GET /prompts/{prompt_id}": by_path,
        "PUT /prompts/{prompt_id}": lambda *_: [Attempt({"name": "Taken over"})],
        "DELETE /prompts/{prompt_id}": lambda *_: [Attempt(), Attempt(query={"force": "true"})],
        "GET /prompts/{prompt_id}/usage": by_path,
    },
    exempt={
        "POST /prompts/test-schema": "looks nothing up",
        "POST /prompts/generate": "looks nothing up",
    },
)
