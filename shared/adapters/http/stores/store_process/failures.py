"""Translation of obstore's errors into one sentence for the owner of a connector.

obstore reports the answer of a store in its text only: status, and the code of the body. S3, Azure and the
XML API of Google Cloud Storage write ``<Code>``, and Microsoft Entra ID ``AADSTS`` with a number.
"""

import re
from dataclasses import dataclass
from typing import Final, assert_never

from shared.adapters.http.stores.store_process.messages import Answer
from shared.domain.connectors.store_problem import StoreProblem

_CODE: Final = re.compile(r"<Code>\s*([A-Za-z0-9.]{1,64})\s*</Code>")
_TOKEN_ERROR: Final = re.compile(r"\b(AADSTS\d{4,10})\b")
_STATUS: Final = re.compile(r"non-2xx status code: (\d{3})")
_REGION: Final = re.compile(r"expecting '([a-z0-9-]{2,32})'|<Region>([a-z0-9-]{2,32})</Region>")
_BARE_REDIRECT: Final = "Received redirect without LOCATION"
_INVALID_PATH: Final = re.compile(r'Path ".*?"(?:: Encountered| contained)', re.DOTALL)
_NO_KEY: Final = ("Error decoding private key", "No RSA key", "InvalidKey", "private key")

_PROBLEMS: Final = {
    "NoSuchBucket": StoreProblem.NO_SUCH_BUCKET,
    "ContainerNotFound": StoreProblem.NO_SUCH_BUCKET,
    "ContainerBeingDeleted": StoreProblem.NO_SUCH_BUCKET,
    "InvalidBucketName": StoreProblem.NO_SUCH_BUCKET,
    "NoSuchKey": StoreProblem.NO_SUCH_OBJECT,
    "BlobNotFound": StoreProblem.NO_SUCH_OBJECT,
    "InvalidAccessKeyId": StoreProblem.WRONG_CREDENTIALS,
    "SignatureDoesNotMatch": StoreProblem.WRONG_CREDENTIALS,
    "InvalidToken": StoreProblem.WRONG_CREDENTIALS,
    "ExpiredToken": StoreProblem.WRONG_CREDENTIALS,
    "InvalidSecurity": StoreProblem.WRONG_CREDENTIALS,
    "AuthenticationFailed": StoreProblem.WRONG_CREDENTIALS,
    "AuthenticationRequired": StoreProblem.WRONG_CREDENTIALS,
    "InvalidAuthenticationInfo": StoreProblem.WRONG_CREDENTIALS,
    "PermanentRedirect": StoreProblem.WRONG_REGION,
    "TemporaryRedirect": StoreProblem.WRONG_REGION,
    "AuthorizationHeaderMalformed": StoreProblem.WRONG_REGION,
    "IllegalLocationConstraintException": StoreProblem.WRONG_REGION,
    "AccessDenied": StoreProblem.NOT_PERMITTED,
    "AllAccessDisabled": StoreProblem.NOT_PERMITTED,
    "AuthorizationFailure": StoreProblem.NOT_PERMITTED,
    "AuthorizationPermissionMismatch": StoreProblem.NOT_PERMITTED,
    "InsufficientAccountPermissions": StoreProblem.NOT_PERMITTED,
}
_STATUSES: Final = {
    "301": StoreProblem.WRONG_REGION,
    "307": StoreProblem.WRONG_REGION,
    "401": StoreProblem.WRONG_CREDENTIALS,
    "403": StoreProblem.NOT_PERMITTED,
    "407": StoreProblem.ADDRESS_REFUSED,
    "408": StoreProblem.NO_ANSWER,
    "429": StoreProblem.NO_ANSWER,
}
_WRONG: Final = {
    "InvalidAccessKeyId": "The store does not know the access key id.",
    "SignatureDoesNotMatch": "The secret access key does not belong to the access key id.",
    "ExpiredToken": "The credentials have expired.",
    "AADSTS7000215": "The client secret is not a secret of the application.",
    "AADSTS700016": "The tenant has no application with the client id.",
    "AADSTS90002": "There is no tenant with the tenant id.",
}
"""Sentences for codes that say which credential is wrong."""

_INVALID_NAME: Final = (
    "The key of the object has an empty part, a part '.' or '..', or a control character, which is not "
    "supported. Rename the object in the store."
)
_CLOCK: Final = "The store refuses the time of the request: the clock of the server is wrong."


class RequestFailed(Exception):
    """A store refuses a request of a listing, or does not answer. The text is in the words of obstore."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a store was asked. ``action`` completes "not permitted to ...", for example "list objects"."""

    action: str
    kind: str
    bucket: str
    region: str | None = None
    key: str | None = None

    @property
    def place(self) -> str:
        """The bucket with its kind, for a sentence."""
        return f"the {self.kind} '{self.bucket}'"


def failure(error: BaseException, attempt: Attempt) -> Answer:
    """Return the answer for an error of obstore or of a listing."""
    text = str(error)
    code = _first(_CODE, text) or ("RequestTimeTooSkewed" if "RequestTimeTooSkewed" in text else None)
    if _INVALID_PATH.search(text):
        return invalid_name()
    if code == "RequestTimeTooSkewed":
        return _answer(_CLOCK, StoreProblem.UNEXPECTED_ANSWER, retryable=True)
    problem = _problem(error, text, code)
    if problem is None:
        return _unexpected(text, code, attempt)
    retryable = problem is StoreProblem.NO_ANSWER
    return _answer(_sentence(problem, attempt, text, code), problem, retryable=retryable)


def invalid_name() -> Answer:
    """Return the answer for a key that obstore cannot express. It is the same for each key, so that all such
    files of an import have one reason."""
    return _answer(_INVALID_NAME, StoreProblem.INVALID_NAME)


def refusal(message: str) -> Answer:
    """Return the answer for a connection that the proxy refused."""
    return _answer(message, StoreProblem.ADDRESS_REFUSED)


def unreachable(message: str) -> Answer:
    """Return the answer for a host that the proxy could not reach."""
    return _answer(message, StoreProblem.NO_ANSWER, retryable=True)


def _problem(error: BaseException, text: str, code: str | None) -> StoreProblem | None:
    """Return the problem by the code of the body, else by the kind of error, else by the status."""
    status = _first(_STATUS, text)
    is_token_refused = "TokenRequest" in text and status in ("400", "401")
    if code in _PROBLEMS:
        return _PROBLEMS[code]
    if is_token_refused or _TOKEN_ERROR.search(text) or any(mark in text for mark in _NO_KEY):
        return StoreProblem.WRONG_CREDENTIALS
    if _BARE_REDIRECT in text:
        return StoreProblem.WRONG_REGION
    if isinstance(error, FileNotFoundError):
        return StoreProblem.NO_SUCH_OBJECT
    if status is None:
        return StoreProblem.NO_ANSWER if "HTTP error" in text else None
    return _STATUSES.get(status, StoreProblem.NO_ANSWER if status.startswith("5") else None)


def _sentence(problem: StoreProblem, attempt: Attempt, text: str, code: str | None) -> str:
    match problem:
        case StoreProblem.NO_SUCH_BUCKET:
            sentence = f"There is no {attempt.kind} '{attempt.bucket}'."
        case StoreProblem.NO_SUCH_OBJECT:
            sentence = f"There is no object '{attempt.key}' in {attempt.place}."
        case StoreProblem.WRONG_CREDENTIALS:
            sentence = _wrong_credentials(code or _first(_TOKEN_ERROR, text))
        case StoreProblem.WRONG_REGION:
            sentence = _wrong_region(attempt, text)
        case StoreProblem.NOT_PERMITTED:
            unless = "" if code else "wrong, or "  # an answer to HEAD has no body, and so no code
            sentence = f"The credentials are {unless}not permitted to {attempt.action} in {attempt.place}."
        case StoreProblem.ADDRESS_REFUSED:  # reqwest drops the proxy's token when it follows a redirect
            sentence = "The store answers with a redirect to another host, which is not permitted."
        case StoreProblem.NO_ANSWER:
            sentence = "The store does not answer as expected. Try again later."
        case StoreProblem.INVALID_NAME | StoreProblem.TOO_LARGE | StoreProblem.UNEXPECTED_ANSWER:
            raise ValueError(f"no answer of a store means {problem}")
        case _:
            assert_never(problem)
    return sentence


def _wrong_region(attempt: Attempt, text: str) -> str:
    expected = _REGION.search(text)
    region = next((each for each in expected.groups() if each), None) if expected else None
    where = f" It is in {region}." if region else ""
    return (
        f"The {attempt.kind} '{attempt.bucket}' is not in the region {attempt.region}.{where} "
        "Create the connector again with the region of the bucket."
    )


def _wrong_credentials(code: str | None) -> str:
    if code in _WRONG:
        return _WRONG[code]
    return f"The store does not accept the credentials{f' ({code})' if code else ''}."


def _unexpected(text: str, code: str | None, attempt: Attempt) -> Answer:
    known = code or _first(_STATUS, text)
    reason = f" ({known})" if known else ""
    message = f"The store refuses to {attempt.action} in {attempt.place}{reason}."
    return _answer(message, StoreProblem.UNEXPECTED_ANSWER)


def _answer(message: str, problem: StoreProblem, *, retryable: bool = False) -> Answer:
    return Answer(message=message, problem=problem.value, retryable=retryable)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found.group(1) if found else None
