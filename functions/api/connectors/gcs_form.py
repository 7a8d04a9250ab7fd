"""The form of a new connector to Google Cloud Storage."""

from dataclasses import dataclass
from typing import Any, Final, Self

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from functions.api.connectors.requests import CreateGcsConnector
from shared.domain.errors import InvalidRequest
from shared.http.bodies.memory_file import MemoryFile
from shared.http.bodies.multipart import Received, receive_in_memory
from shared.http.openapi import multipart_form
from shared.services.connectors.gcs_key_file import MAX_KEY_FILE_BYTES, parse_key_file
from shared.services.connectors.given_credentials import GivenCredentials

_FILE: Final = "credentials_file"

GCS_FORM: Final = multipart_form(
    required=("name", "bucket", "gcp_project_id", _FILE),
    properties={
        "name": {"type": "string", "minLength": 1, "maxLength": 100},
        "bucket": {"type": "string"},
        "gcp_project_id": {"type": "string"},
        "scopes": {"type": "array", "items": {"enum": ["import", "export"]}, "default": ["import"]},
        "import_mode": {"enum": ["all", "new_only"], "default": "all"},
        "export_base_path": {"type": "string"},
        _FILE: {
            "type": "string",
            "format": "binary",
            "description": f"Key file of a service account, JSON, at most {MAX_KEY_FILE_BYTES} bytes.",
        },
    },
)


@dataclass(frozen=True, slots=True)
class GcsForm:
    """A received form. An idempotency key is bound to ``content``: the fields, and a hash of the file."""

    body: CreateGcsConnector
    key_file: bytes
    content: dict[str, Any]

    @classmethod
    async def receive(cls, request: Request) -> Self:
        """Receive a form.

        Raises:
            InvalidRequest, PayloadTooLarge: the form or its file is malformed or too large.
            RequestValidationError: a field is missing or invalid.
        """
        received = await receive_in_memory(request, limit=MAX_KEY_FILE_BYTES, rule="max_key_file_bytes")
        try:
            file = received.required_file(_FILE)
            key_file = file.content.content if isinstance(file.content, MemoryFile) else b""
            return cls(_validated(received), key_file, {"fields": received.fields, "sha256": file.sha256})
        finally:
            received.discard()

    def given(self) -> GivenCredentials:
        """Parse the key file. Raises: InvalidRequest."""
        return GivenCredentials(credentials=parse_key_file(self.key_file, _FILE))


def _validated(received: Received) -> CreateGcsConnector:
    fields: dict[str, Any] = dict(received.fields)
    if isinstance(fields.get("scopes"), str):
        fields["scopes"] = [fields["scopes"]]
    for name, value in fields.items():
        if isinstance(value, list) and name != "scopes":
            raise InvalidRequest(name, "must be sent once")
    if _FILE in fields:
        raise InvalidRequest(_FILE, "must be sent once, as a file with a file name")
    try:
        return CreateGcsConnector.model_validate(fields)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from None
