"""OpenAPI descriptions that FastAPI cannot derive: authentication, idempotency keys, request bodies."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import FastAPI

from shared.http.bodies.limits import EXTENSION, BodyKind

_SCHEMES: Final[dict[str, Any]] = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "Bearer": {"type": "http", "scheme": "bearer", "description": "An API key as a bearer token."},
}

KEYED: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same key with the same content gets the first answer again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        }
    ]
}
"""``openapi_extra`` of every route that answers through ``Call.once``."""

OPEN: Final[dict[str, Any]] = {"security": []}
"""``openapi_extra`` of a route that needs no key."""

_MULTIPART: Final = "multipart/form-data"


def multipart_form(required: Iterable[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Build ``openapi_extra`` of a route with an idempotency key that streams its form."""
    schema = {"type": "object", "required": list(required), "properties": dict(properties)}
    return {**KEYED, "requestBody": {"required": True, "content": {_MULTIPART: {"schema": schema}}}}


_BYTES: Final = "application/octet-stream"

RAW_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}}}
}
"""``openapi_extra`` of a route that streams a raw body and limits its size itself."""


PICTURE_BODY: Final[dict[str, Any]] = {EXTENSION: BodyKind.PICTURE.value}
"""``openapi_extra`` of a route whose JSON body holds a picture."""


_PUBLIC_TAGS: Final = frozenset({"health", "media links"})


def describe(app: FastAPI) -> None:
    """Add the security schemes to the result of ``app.openapi()``."""
    generated = app.openapi

    def described() -> dict[str, Any]:
        document = generated()
        document.setdefault("components", {})["securitySchemes"] = _SCHEMES
        document["security"] = [{"ApiKey": []}, {"Bearer": []}]
        for operations in document["paths"].values():
            for operation in operations.values():
                if _PUBLIC_TAGS.intersection(operation.get("tags", ())):
                    operation["security"] = []
        return document

    app.openapi = described  # type: ignore[method-assign]
