"""Authorization of listings: signatures of S3, and tokens of Google Cloud Storage and Azure.

Sources: "Signature Version 4 for API requests" (AWS), "Using OAuth 2.0 for server to server applications",
section "service account authorization without OAuth" (Google), "OAuth 2.0 client credentials flow"
(Microsoft).
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from shared.adapters.http.stores.store_process.failures import RequestFailed
from shared.adapters.http.stores.store_process.listing.requests import StoreRequests, host_field

Authorize = Callable[[str], dict[str, str]]
"""Returns the fields that authorize a GET request to an address. Raises: RequestFailed."""

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_NO_CONTENT: Final = hashlib.sha256(b"").hexdigest()
_GOOGLE_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_AZURE_SCOPE: Final = "https://storage.azure.com/.default"
_AZURE_VERSION: Final = "2023-11-03"
_TOKEN_SECONDS: Final = 3600
_MARGIN_SECONDS: Final = 300.0
"""A token that is valid for less is replaced."""


def s3_authorization(config: Mapping[str, str]) -> Authorize:
    """Sign requests with an access key."""

    def authorize(url: str) -> dict[str, str]:
        now = datetime.now(UTC)
        fields = {
            "host": host_field(url),
            "x-amz-content-sha256": _NO_CONTENT,
            "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
        }
        if token := config.get("session_token"):
            fields["x-amz-security-token"] = token
        parts = urlsplit(url)  # the parameters of the query are in order, and encoded as the signature needs
        signed = ";".join(fields)
        described = "".join(f"{name}:{value}\n" for name, value in fields.items())
        request = f"GET\n{parts.path}\n{parts.query}\n{described}\n{signed}\n{_NO_CONTENT}"
        scope = f"{now:%Y%m%d}/{config['region']}/s3/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{config['secret_access_key']}".encode()
        for part in (*scope.split("/"), f"{_ALGORITHM}\n{fields['x-amz-date']}\n{scope}\n{digest}"):
            key = hmac.digest(key, part.encode(), "sha256")
        credential = f"{config['access_key_id']}/{scope}"
        authorization = f"{_ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={key.hex()}"
        del fields["host"]
        return {**fields, "Authorization": authorization}

    return authorize


def gcs_authorization(config: Mapping[str, str]) -> Authorize:
    """Send tokens that the service account signs itself, as obstore does."""
    account = json.loads(config["service_account_key"])

    def authorize(_: str) -> dict[str, str]:
        import jwt  # noqa: PLC0415 - only Google needs it

        now, email = int(time.time()), account["client_email"]
        claims = {
            "iss": email,
            "sub": email,
            "scope": _GOOGLE_SCOPE,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
        }
        try:
            token = jwt.encode(claims, account["private_key"], "RS256", {"kid": account["private_key_id"]})
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise RequestFailed("The private key cannot be read.") from error
        return {"Authorization": f"Bearer {token}"}

    return authorize


def azure_authorization(config: Mapping[str, str], requests: StoreRequests) -> Authorize:
    """Send tokens that the authority issues for the secret of an application."""
    tenant = quote(config["tenant_id"], safe="")
    address = f"{config['authority_host']}/{tenant}/oauth2/v2.0/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": config["client_id"],
        "client_secret": config["client_secret"],
        "scope": _AZURE_SCOPE,
    }
    token, ends_at = "", 0.0

    def authorize(_: str) -> dict[str, str]:
        nonlocal token, ends_at
        if time.monotonic() > ends_at - _MARGIN_SECONDS:
            began = time.monotonic()
            token, seconds = _issued_token(requests, address, form)
            ends_at = began + seconds
        return {
            "Authorization": f"Bearer {token}",
            "x-ms-version": _AZURE_VERSION,
            "x-ms-date": formatdate(usegmt=True),
        }

    return authorize


def _issued_token(requests: StoreRequests, address: str, form: Mapping[str, str]) -> tuple[str, float]:
    """Return a new token, and the number of seconds that it is valid."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        issued = json.loads(requests.send("POST", address, kind, urlencode(form).encode()))
        return str(issued["access_token"]), float(issued["expires_in"])
    except RequestFailed as error:
        raise RequestFailed(f"TokenRequest: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RequestFailed("The authority's answer has no token.") from error
