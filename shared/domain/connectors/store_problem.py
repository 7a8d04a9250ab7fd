"""Problems of a store.

The module needs the standard library alone: each process of a store imports it.
"""

from enum import StrEnum


class StoreProblem(StrEnum):
    """Why a store refuses an operation."""

    NO_SUCH_BUCKET = "no_such_bucket"
    NO_SUCH_OBJECT = "no_such_object"
    WRONG_CREDENTIALS = "wrong_credentials"
    WRONG_REGION = "wrong_region"
    NOT_PERMITTED = "not_permitted"
    ADDRESS_REFUSED = "address_refused"
    INVALID_NAME = "invalid_name"
    TOO_LARGE = "too_large"
    NO_ANSWER = "no_answer"
    UNEXPECTED_ANSWER = "unexpected_answer"
