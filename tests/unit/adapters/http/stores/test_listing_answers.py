"""Answers of stores to listings, with keys that XML or a path cannot express."""

from datetime import UTC, datetime

import pytest

from shared.adapters.http.stores.store_process.listing.answers import bucket_page, container_page
from shared.adapters.http.stores.store_process.messages import ObjectEntry

MOMENT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC).timestamp()
S3 = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{}</ListBucketResult>'
)
AZURE = '<EnumerationResults ContainerName="films"><Blobs>{}</Blobs>{}</EnumerationResults>'


def contents(key: str) -> str:
    return (
        f"<Contents><Key>{key}</Key><LastModified>2026-11-28T12:00:00.000Z</LastModified>"
        "<ETag>&quot;1&quot;</ETag><Size>4</Size></Contents>"
    )


def blob(name: str, more: str = "") -> str:
    return (
        f"<Blob>{name}<Properties><Last-Modified>Sat, 28 Nov 2026 12:00:00 GMT</Last-Modified>"
        f"<Etag>0x1</Etag><Content-Length>4</Content-Length>{more}</Properties></Blob>"
    )


def test_bucket_page_has_every_field() -> None:
    more = "<NextContinuationToken>next</NextContinuationToken>"
    page = bucket_page(S3.format(contents("a//b &amp; c+.png") + more))
    assert page.objects == [ObjectEntry("a//b & c+.png", 4, MOMENT, '"1"')]
    assert page.next_page == "next"


@pytest.mark.parametrize(
    ("encoded", "key"),
    [("a%01b", "a\x01b"), ("%C3%BC+%2B%20x", "ü + x"), ("..%2F%2e", "../."), ("a%0D%0Ab", "a\r\nb")],
)
def test_encoded_keys_are_decoded(encoded: str, key: str) -> None:
    page = bucket_page(S3.format("<EncodingType>url</EncodingType>" + contents(encoded)))
    assert [entry.path for entry in page.objects] == [key]
    assert page.next_page == ""


def test_container_page_has_every_field() -> None:
    page = container_page(AZURE.format(blob("<Name>a//b.png</Name>"), "<NextMarker>next</NextMarker>"))
    assert page.objects == [ObjectEntry("a//b.png", 4, MOMENT, "0x1")]
    assert page.next_page == "next"


def test_encoded_blob_names_are_decoded_and_folders_left_out() -> None:
    folder = blob("<Name>films</Name>", "<ResourceType>directory</ResourceType>")
    blobs = folder + blob('<Name Encoded="true">a%EF%BF%BE+.png</Name>')
    page = container_page(AZURE.format(blobs, "<NextMarker />"))
    assert [entry.path for entry in page.objects] == ["a\ufffe+.png"]
    assert page.next_page == ""


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "<html><body>Sign in</body></html>",
        S3.format("<Contents><Key>a</Key></Contents>"),
        S3.format(contents("")),
        S3.format("<EncodingType>url</EncodingType>" + contents("a%FF")),
        '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + S3.format(contents("&a;")),
    ],
)
def test_answer_that_is_no_listing_is_refused(answer: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        bucket_page(answer)
