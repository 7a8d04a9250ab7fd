"""Incremental parser of a multipart form. It is synchronous; the caller feeds it from a thread."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from python_multipart.multipart import MultipartParser, parse_options_header

from shared.domain.errors import InvalidRequest, PayloadTooLarge
from shared.ports.incoming_files import IncomingFile

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_FIELD_BYTES: Final = 64 * 1024
MAX_PARTS: Final = 64

_MAX_FILE_NAME_CHARACTERS: Final = 255
_CONTROL_CHARACTERS: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A received file. ``file_name`` is the base name of the sent name; ``sha256`` is hexadecimal."""

    field: str
    content: IncomingFile
    file_name: str
    content_type: str
    size: int
    sha256: str

    def keep(self, key: str) -> str:
        """Store the file as a blob; returns the blob's key."""
        return self.content.keep(key)

    def discard(self) -> None:
        """Remove the file, unless it was kept."""
        self.content.discard()


@dataclass(frozen=True, slots=True)
class Received:
    """A decoded form. The value of a repeated field is a list."""

    fields: dict[str, str | list[str]] = field(default_factory=dict)
    file: ReceivedFile | None = None

    def text(self, name: str, *, max_length: int | None = None) -> str | None:
        """Return an optional field. Raises: InvalidRequest: it is repeated or too long."""
        value = self.fields.get(name)
        if isinstance(value, list):
            raise InvalidRequest(name, "must be sent once")
        if value is not None and max_length is not None and len(value) > max_length:
            raise InvalidRequest(name, f"must have at most {max_length} characters")
        return value

    def required_text(self, name: str, *, max_length: int | None = None) -> str:
        """Return a field. Raises: InvalidRequest: it is absent, empty, repeated or too long."""
        value = self.text(name, max_length=max_length)
        if not value:
            raise InvalidRequest(name, "is required")
        return value

    def required_file(self, name: str = "file") -> ReceivedFile:
        """Return the file. Raises: InvalidRequest: the form has no file under ``name``."""
        if self.file is None or self.file.field != name:
            raise InvalidRequest(name, "is required, as a file with a file name")
        return self.file

    @property
    def content(self) -> dict[str, object]:
        """The content that an idempotency key is bound to. Raises: InvalidRequest: the form has no file."""
        file = self.required_file()
        return {
            "fields": self.fields,
            "file_name": file.file_name,
            "size": file.size,
            "sha256": file.sha256,
        }

    def discard(self) -> None:
        """Remove the file, unless it was kept."""
        if self.file is not None:
            self.file.discard()


class FormReceiver:
    """A parser that is fed with bytes, and then finished or discarded."""

    def __init__(
        self,
        boundary: bytes,
        new_file: Callable[[str], IncomingFile],
        max_file_bytes: int,
        rule: str = "max_upload_bytes",
    ) -> None:
        """``new_file`` creates a file of the content type that the sender gave. ``rule`` names the limit."""
        self._new_file = new_file
        self._max_file_bytes = max_file_bytes
        self._rule = rule
        self._fields: dict[str, str | list[str]] = {}
        self._file: ReceivedFile | None = None
        self._part: _FieldPart | _FilePart | None = None
        self._files: list[_FilePart] = []
        self._parts = 0
        self._headers: dict[bytes, bytes] = {}
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._ended = False
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }
        self._parser = MultipartParser(boundary, callbacks)

    def feed(self, content: bytes) -> None:
        """Parse more bytes. Raises: FormParserError, InvalidRequest, PayloadTooLarge, OSError."""
        self._parser.write(content)

    def finish(self) -> Received:
        """Return the form. Raises: InvalidRequest: the form is not complete."""
        if not self._ended:
            raise InvalidRequest("body", "ended before the form was complete")
        return Received(self._fields, self._file)

    def discard(self) -> None:
        for part in self._files:
            part.discard()

    def _on_part_begin(self) -> None:
        self._headers.clear()
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise PayloadTooLarge(
                f"A form may have at most {MAX_PARTS} parts.",
                details={"rule": "max_parts", "limit": MAX_PARTS},
            )

    def _on_header_field(self, content: bytes, start: int, end: int) -> None:
        self._header_name += content[start:end]

    def _on_header_value(self, content: bytes, start: int, end: int) -> None:
        self._header_value += content[start:end]

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header_name).lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"")
        form, options = parse_options_header(disposition)
        if form != b"form-data" or not options.get(b"name"):
            raise InvalidRequest("body", "has a part without a name")
        name = _text(options[b"name"], "body")
        if b"filename" not in options:
            self._part = _FieldPart(name)
            return
        if self._files:
            raise InvalidRequest(name, "is a second file; a form may bring one")
        kind = _media_type(self._headers.get(b"content-type", b""))
        shown = file_name(_text(options[b"filename"], name))
        part = _FilePart(name, shown, kind, self._new_file(kind), self._max_file_bytes, self._rule)
        self._files.append(part)
        self._part = part

    def _on_part_data(self, content: bytes, start: int, end: int) -> None:
        if self._part is not None:
            self._part.add(memoryview(content)[start:end])

    def _on_part_end(self) -> None:
        part, self._part = self._part, None
        if isinstance(part, _FilePart):
            self._file = part.close()
        elif part is not None:
            self._add_field(part.name, part.value())

    def _on_end(self) -> None:
        self._ended = True

    def _add_field(self, name: str, value: str) -> None:
        before = self._fields.get(name)
        if before is None:
            self._fields[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            self._fields[name] = [before, value]


class _FieldPart:
    def __init__(self, name: str) -> None:
        self.name = name
        self._content = bytearray()

    def add(self, content: memoryview) -> None:
        self._content += content
        if len(self._content) > MAX_FIELD_BYTES:
            raise PayloadTooLarge(
                f"{self.name}: a field may have at most {MAX_FIELD_BYTES} bytes.",
                details={"rule": "max_field_bytes", "limit": MAX_FIELD_BYTES, "field": self.name},
            )

    def value(self) -> str:
        return _text(bytes(self._content), self.name)


class _FilePart:
    def __init__(
        self,
        name: str,
        file_name: str,
        content_type: str,
        content: IncomingFile,
        max_bytes: int,
        rule: str,
    ) -> None:
        self._name = name
        self._file_name = file_name
        self._content_type = content_type
        self._content = content
        self._max_bytes = max_bytes
        self._rule = rule
        self._size = 0
        self._hash = hashlib.sha256()

    def add(self, content: memoryview) -> None:
        self._size += len(content)
        if self._size > self._max_bytes:
            raise PayloadTooLarge(
                f"A file may have at most {self._max_bytes} bytes.",
                details={"rule": self._rule, "limit": self._max_bytes},
            )
        self._hash.update(content)
        self._content.write(content)

    def close(self) -> ReceivedFile:
        self._content.close()
        return ReceivedFile(
            self._name,
            self._content,
            self._file_name,
            self._content_type,
            self._size,
            self._hash.hexdigest(),
        )

    def discard(self) -> None:
        self._content.discard()


def file_name(sent: str) -> str:
    """Return the base name that a part gives; ``upload`` where it names no file or a folder.

    Idempotency keys are bound to this name, so characters that an import leaves out remain in it.
    """
    last = _CONTROL_CHARACTERS.sub("", sent).replace("\\", "/").rpartition("/")[2].strip()
    return "upload" if last in ("", ".", "..") else last[-_MAX_FILE_NAME_CHARACTERS:]


def _media_type(sent: bytes) -> str:
    """Return the sent type if it is valid in a header, which stores and browsers will receive."""
    kind = sent.decode("latin-1").strip()[:255]
    return kind if kind and kind.isascii() and kind.isprintable() else "application/octet-stream"


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise InvalidRequest(name, "must be UTF-8") from None
    if "\0" in text:
        raise InvalidRequest(name, "must not contain NUL characters")
    return text
