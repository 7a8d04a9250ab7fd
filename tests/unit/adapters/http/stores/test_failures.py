"""Sentences for the errors of obstore, from answers of the providers. The texts are those of obstore 0.12."""

import pytest

from shared.adapters.http.stores.store_process.failures import Attempt, failure

ATTEMPT = Attempt("list objects", "bucket", "archive", "us-east-1", "a/b.mp4")
MALFORMED = (
    "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the "
    "region 'us-east-1' is wrong; expecting 'eu-central-1'</Message><Region>eu-central-1</Region></Error>"
)


def answered(status: int, body: str) -> str:
    return (
        "Generic S3 error: Error performing list request: Error performing GET https://s3/archive in 1ms - "
        f"Server returned non-2xx status code: {status} Some Reason: {body}\n\nDebug source:\nGeneric {{\n"
    )


def check(text: str, problem: str, part: str) -> None:
    answer = failure(RuntimeError(text), ATTEMPT)
    assert answer.problem == problem
    assert part in answer.message
    assert answer.message.endswith(".")
    assert not any(raw in answer.message for raw in ("Debug", "<", "\n", "https://", "Generic"))
    assert answer.retryable == (problem == "no_answer" or "clock" in part)


@pytest.mark.parametrize(
    ("status", "code", "problem", "part"),
    [
        (404, "NoSuchBucket", "no_such_bucket", "no bucket 'archive'"),
        (404, "ContainerNotFound", "no_such_bucket", "archive"),
        (404, "NoSuchKey", "no_such_object", "'a/b.mp4'"),
        (404, "BlobNotFound", "no_such_object", "'a/b.mp4'"),
        (403, "InvalidAccessKeyId", "wrong_credentials", "does not know the access key id"),
        (403, "SignatureDoesNotMatch", "wrong_credentials", "secret access key"),
        (403, "AuthenticationFailed", "wrong_credentials", "(AuthenticationFailed)"),
        (400, "ExpiredToken", "wrong_credentials", "expired"),
        (403, "AccessDenied", "not_permitted", "not permitted to list objects"),
        (403, "AuthorizationPermissionMismatch", "not_permitted", "not permitted to list objects"),
        (301, "PermanentRedirect", "wrong_region", "not in the region us-east-1"),
        (403, "RequestTimeTooSkewed", "unexpected_answer", "clock"),
        (503, "SlowDown", "no_answer", "Try again"),
        (409, "InvalidObjectState", "unexpected_answer", "(InvalidObjectState)"),
    ],
)
def test_code_of_store_is_one_sentence(status: int, code: str, problem: str, part: str) -> None:
    check(answered(status, f"<?xml?><Error><Code>{code}</Code><Message>m</Message></Error>"), problem, part)


@pytest.mark.parametrize(
    ("text", "problem", "part"),
    [
        (answered(407, ""), "address_refused", "redirect to another host"),
        (answered(401, ""), "wrong_credentials", "credentials"),
        (answered(403, ""), "not_permitted", "are wrong, or not permitted to list objects"),
        (answered(400, MALFORMED), "wrong_region", "not in the region us-east-1. It is in eu-central-1."),
        (
            "GET - Received redirect without LOCATION, this",
            "wrong_region",
            "Create the connector again with the region of the bucket.",
        ),
        (answered(500, ""), "no_answer", "Try again"),
        (answered(429, ""), "no_answer", "Try again"),
        ("Error performing GET - HTTP error: error sending request", "no_answer", "Try again"),
        (answered(418, "<html>secret</html>"), "unexpected_answer", "(418)"),
        ("TokenRequest " + answered(400, '{"error":"invalid_grant"}'), "wrong_credentials", "credentials"),
        (answered(401, "AADSTS7000222: The secret has expired"), "wrong_credentials", "AADSTS7000222"),
        (
            'Could not parse path: Path "a//b" contained empty path segment',
            "invalid_name",
            "Rename the object",
        ),
        ('Error parsing Path "a\x01": Encountered illegal', "invalid_name", "Rename the object"),
        ("something unheard of", "unexpected_answer", "list objects"),
    ],
)
def test_error_without_code_is_one_sentence(text: str, problem: str, part: str) -> None:
    check(text, problem, part)


def test_missing_object_without_body_is_named() -> None:
    answer = failure(FileNotFoundError("not found: 404 Not Found: "), ATTEMPT)
    assert answer.message == "There is no object 'a/b.mp4' in the bucket 'archive'."
