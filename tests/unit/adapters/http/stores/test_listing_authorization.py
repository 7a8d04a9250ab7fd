"""Authorization of listings: the signatures are those of AWS's own library."""

from unittest.mock import patch

import pytest
from botocore.auth import S3SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from shared.adapters.http.stores.store_process.failures import RequestFailed
from shared.adapters.http.stores.store_process.listing.authorization import (
    gcs_authorization,
    s3_authorization,
)

URL = (
    "https://s3.eu-central-1.amazonaws.com:443/archive?list-type=2&prefix=a%2F%2Fb%20%C3%BC~&start-after=%01"
)
CONFIG = {"region": "eu-central-1", "access_key_id": "AKIAEXAMPLE", "secret_access_key": "wJalr/K7MDENG+x"}
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("token", [None, "token-of-a-role/+="])
@pytest.mark.parametrize("url", [URL, URL.replace(":443", ":9000").replace("https", "http")])
def test_signature_is_that_of_botocore(url: str, token: str | None) -> None:
    config = CONFIG | ({"session_token": token} if token else {})
    fields = s3_authorization(config)(url)
    request = AWSRequest("GET", url.replace(":443", ""), headers={"X-Amz-Content-SHA256": EMPTY})
    credentials = Credentials(CONFIG["access_key_id"], CONFIG["secret_access_key"], token)
    signer = S3SigV4Auth(credentials, "s3", CONFIG["region"])
    request.context["timestamp"] = fields["x-amz-date"]
    request.headers["X-Amz-Date"] = fields["x-amz-date"]
    if token:
        request.headers["X-Amz-Security-Token"] = token
    with patch.object(signer, "payload", return_value=EMPTY):
        signature = signer.signature(
            signer.string_to_sign(request, signer.canonical_request(request)), request
        )
    assert fields["Authorization"].endswith(f"Signature={signature}")


def test_unreadable_key_of_google_is_told() -> None:
    account = '{"client_email": "a@b.c", "private_key_id": "1", "private_key": "no key"}'
    with pytest.raises(RequestFailed, match="private key"):
        gcs_authorization({"service_account_key": account})(URL)
