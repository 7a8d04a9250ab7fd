"""Answers of stores to listings: XML of S3, Google Cloud Storage and Azure.

Sources: "ListObjectsV2" (AWS), "List objects" of the XML API (Google), "List Blobs" (Azure).
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, unquote_plus
from xml.etree import ElementTree as ET

from shared.adapters.http.stores.store_process.messages import ObjectEntry


@dataclass(frozen=True, slots=True)
class ListedPage:
    """Objects with their exact keys. ``next_page`` names the next page; it is empty after the last."""

    objects: list[ObjectEntry]
    next_page: str


def bucket_page(answer: str) -> ListedPage:
    """Parse an answer of S3 or of Google. Raises: ValueError: it is no listing."""
    root, space = _root(answer, "ListBucketResult")
    is_encoded = root.findtext(f"{space}EncodingType") == "url"
    key, size, modified, etag = (f"{space}{name}" for name in ("Key", "Size", "LastModified", "ETag"))
    objects = [
        ObjectEntry(
            _decoded(_text(found, key), is_encoded),
            int(_text(found, size)),
            datetime.fromisoformat(_text(found, modified)).timestamp(),
            found.findtext(etag),
        )
        for found in root.iterfind(f"{space}Contents")
    ]
    return ListedPage(objects, root.findtext(f"{space}NextContinuationToken") or "")


def container_page(answer: str) -> ListedPage:
    """Parse an answer of Azure. Folders of a hierarchical namespace are no objects.

    Raises: ValueError: it is no listing.
    """
    root, _ = _root(answer, "EnumerationResults")
    objects = [
        ObjectEntry(
            _blob_name(found),
            int(_text(found, "Properties/Content-Length")),
            parsedate_to_datetime(_text(found, "Properties/Last-Modified")).timestamp(),
            found.findtext("Properties/Etag"),
        )
        for found in root.iterfind("Blobs/Blob")
        if found.findtext("Properties/ResourceType") != "directory"
    ]
    return ListedPage(objects, root.findtext("NextMarker") or "")


def _root(answer: str, name: str) -> tuple[ET.Element, str]:
    """Return the root of XML, and what its names begin with: ``{namespace}``, or nothing.

    A document type is refused: its entities may be larger than any memory.
    """
    if "<!DOCTYPE" in answer:
        raise ValueError("the answer has a document type")
    try:
        root = ET.fromstring(answer)  # noqa: S314 - without a document type there are no entities
    except ET.ParseError as error:
        raise ValueError("the answer is no XML") from error
    space, brace, found = root.tag.rpartition("}")
    if found != name:
        raise ValueError("the answer is no listing")
    return root, space + brace


def _text(found: ET.Element, path: str) -> str:
    text = found.findtext(path)
    if not text:
        raise ValueError("the answer lacks an element")
    return text


def _decoded(key: str, is_encoded: bool) -> str:
    """Decode a key exactly: a replaced character would be another key, and another place in the listing."""
    return unquote_plus(key, errors="strict") if is_encoded else key


def _blob_name(found: ET.Element) -> str:
    """Return the name of a blob. Azure encodes a name that XML cannot express."""
    name, element = _text(found, "Name"), found.find("Name")
    is_encoded = element is not None and element.get("Encoded") == "true"
    return unquote(name, errors="strict") if is_encoded else name
