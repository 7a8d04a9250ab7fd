"""Rules of the fields of connectors."""

import re
from collections.abc import Sequence
from typing import Final

from shared.domain.connectors.connector import (
    Connector,
    ConnectorChanges,
    ConnectorOptions,
    ConnectorScope,
)
from shared.domain.errors import InvalidRequest

MAX_NAME_CHARACTERS: Final = 100
MAX_BASE_PATH_BYTES: Final = 512
"""Half of the longest key of an object, so that the rest of a key has room."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and lone surrogates, which JSON can express and UTF-8 cannot."""


def checked_options(options: ConnectorOptions) -> ConnectorOptions:
    """Return the options in their normal form. Raises: InvalidRequest: one breaks a rule."""
    check_name(options.name)
    return options.model_copy(
        update={
            "scopes": checked_scopes(options.scopes),
            "export_base_path": checked_base_path(options.export_base_path),
        }
    )


def changed(connector: Connector, changes: ConnectorChanges) -> Connector:
    """Return the connector with the changes. Raises: InvalidRequest: one breaks a rule."""
    fields = set(ConnectorOptions.model_fields)
    before = connector.model_dump(include=fields)
    options = ConnectorOptions.model_validate(before | changes.model_dump(exclude_none=True))
    return connector.model_copy(update=dict(checked_options(options)))


def check_name(name: str) -> None:
    """Raises: InvalidRequest: the name is blank, longer than 100 characters or has control characters."""
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS or not name.strip():
        raise InvalidRequest("name", f"must have 1 to {MAX_NAME_CHARACTERS} characters, not only spaces")
    if _CONTROL.search(name):
        raise InvalidRequest("name", "must not contain control characters")


def checked_scopes(scopes: Sequence[ConnectorScope]) -> list[ConnectorScope]:
    """Return the scopes without repetition, import first. Raises: InvalidRequest: there is none."""
    if not scopes:
        raise InvalidRequest("scopes", "must have at least one of import and export")
    return [scope for scope in ConnectorScope if scope in scopes]


def checked_base_path(path: str | None) -> str | None:
    """Return a path below which exports are written, without a slash at its end, or None for the root.

    Raises: InvalidRequest: the path is absolute, too long, or has a part that is empty, ``.`` or ``..``.
    """
    if not path:
        return None
    field = "export_base_path"
    if _CONTROL.search(path) or "\\" in path:
        raise InvalidRequest(field, "must not contain control characters or backslashes")
    if path.startswith("/"):
        raise InvalidRequest(field, "must be relative: remove the slash at the start")
    trimmed = path.removesuffix("/")
    if any(part.strip() in ("", ".", "..") for part in trimmed.split("/")):
        raise InvalidRequest(field, "must not have parts that are empty, '.' or '..'")
    if len(trimmed.encode("utf-8", "surrogatepass")) > MAX_BASE_PATH_BYTES:
        raise InvalidRequest(field, f"must have at most {MAX_BASE_PATH_BYTES} bytes")
    return trimmed


def check_prefix(prefix: str, field: str = "prefix") -> None:
    """Check the start of keys that a listing names. Its last part may be the start of a name.

    Raises: InvalidRequest: as ``check_key``.
    """
    _check_parts(field, prefix, prefix.split("/")[:-1])


def check_key(field: str, key: str) -> None:
    """Check the key of an object that is to be read.

    Raises: InvalidRequest: it has a part that is empty, ``.`` or ``..``, or an ASCII control character. The
        library that reads the stores cannot express them, and takes ``/a`` and ``a/`` for ``a``.
    """
    _check_parts(field, key, key.split("/"))


def is_readable_key(key: str) -> bool:
    """Return whether the key of a listed object passes ``check_key``."""
    try:
        check_key("key", key)
    except InvalidRequest:
        return False
    return True


def _check_parts(field: str, text: str, parts: Sequence[str]) -> None:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise InvalidRequest(field, "must not contain control characters")
    if any(part in ("", ".", "..") for part in parts):
        raise InvalidRequest(field, "must not have folders or names that are empty, '.' or '..'")


def check_credential(field: str, value: str, *, max_characters: int = 1024) -> None:
    """Check a credential, which goes into headers and forms. The message never has the value.

    Raises: InvalidRequest: it is empty or too long, has control characters or lone surrogates, or blanks
        at its ends.
    """
    if not 1 <= len(value) <= max_characters:
        raise InvalidRequest(field, f"must have 1 to {max_characters} characters")
    if _CONTROL.search(value):
        raise InvalidRequest(field, "must not contain control characters or line breaks")
    if value != value.strip():
        raise InvalidRequest(field, "must not begin or end with a space")
