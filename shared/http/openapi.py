"""What FastAPI cannot know of the API: how callers prove who they are."""

from typing import Any, Final

from fastapi import FastAPI

_SCHEMES: Final[dict[str, Any]] = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "Bearer": {"type": "http", "scheme": "bearer", "description": "An API key as a bearer token."},
}

_PUBLIC_TAGS: Final = frozenset({"health", "media links"})


def describe(app: FastAPI) -> None:
    """Add the security schemes to what ``app.openapi()`` returns."""
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
