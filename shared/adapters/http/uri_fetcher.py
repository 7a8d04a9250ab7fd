"""Fetches over HTTPS with httpx, with protection against server-side request forgery.

The host is resolved here, all of its addresses must be public, and the connection goes to a checked
address, so a name that later resolves differently (DNS rebinding) has no effect. The certificate is
verified against the name. Redirects are followed here, so that each is checked in the same way. Proxies
from the environment are not used, because they would resolve the name again.
"""

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from shared.adapters.http.response_deadline import ResponseDeadline
from shared.adapters.http.uri_rules import Destination, UriRules
from shared.ports.uri_fetcher import Fetched, FetchFailed
from shared.settings import Settings

_MAX_REDIRECTS: Final = 5
_MAX_SECONDS: Final = 6 * 3600.0
_GRACE_SECONDS: Final = 60.0
_MIN_BYTES_PER_SECOND: Final = 16 * 1024


class HttpsFetcher:
    """Implements ``shared.ports.uri_fetcher.UriFetcher``.

    ``tls`` verifies certificates; by default against the authorities of the package certifi.
    """

    def __init__(self, settings: Settings, tls: ssl.SSLContext | None = None) -> None:
        self._rules = UriRules(allow_private=settings.allow_private_uris)
        self._timeout = httpx.Timeout(settings.uri_timeout_seconds, pool=None)
        self._tls = tls

    def check(self, uri: str) -> None:
        """Check a URI. Raises: UriRefused."""
        self._rules.checked(uri)

    def fetch(self, uri: str, destination: Path, *, limit: int, progress: Callable[[int], None]) -> Fetched:
        """Fetch a URI. Raises: UriRefused, FetchFailed."""
        target = self._rules.checked(uri)
        with httpx.HTTPTransport(verify=self._tls or True, trust_env=False) as transport:
            for _ in range(_MAX_REDIRECTS + 1):
                response = self._open(transport, target)
                try:
                    if not response.has_redirect_location:
                        return _save(response, destination, limit, progress)
                    target = self._rules.checked(response.headers["location"], base=target.url)
                finally:
                    response.close()
        raise FetchFailed("The link redirects too many times.", code="too_many_redirects", retryable=False)

    def _open(self, transport: httpx.HTTPTransport, target: Destination) -> httpx.Response:
        if target.address is None:
            raise FetchFailed(
                f"The host {target.host} cannot be found.", code="host_not_found", retryable=True
            )
        with ResponseDeadline(_GRACE_SECONDS) as deadline:
            request = httpx.Request(
                "GET",
                target.url.copy_with(host=str(target.address)),
                headers={
                    "Host": target.url.netloc.decode("ascii"),
                    "User-Agent": "media-import",
                    "Accept": "*/*",
                    "Accept-Encoding": "identity",
                },
                extensions={
                    "sni_hostname": target.host,
                    "timeout": self._timeout.as_dict(),
                    "trace": deadline.trace,
                },
            )
            try:
                # The transport, unlike the client, leaves the location of a redirect unparsed.
                response = transport.handle_request(request)
            except (httpx.HTTPError, ValueError) as error:
                raise _no_answer(target.host, deadline, error) from error
        if not response.has_redirect_location and not response.is_success:
            response.close()
            raise FetchFailed(
                f"{target.host} answered with status {response.status_code}.",
                code="fetch_refused",
                retryable=response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS,
            )
        return response


def _no_answer(host: str, deadline: ResponseDeadline, error: Exception) -> FetchFailed:
    if deadline.has_passed or isinstance(error, httpx.TimeoutException):
        return FetchFailed(f"{host} did not answer in time.", code="fetch_timeout", retryable=True)
    if isinstance(error.__cause__, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return FetchFailed(
            f"The certificate of {host} is not valid.", code="fetch_certificate_invalid", retryable=False
        )
    return FetchFailed(f"No connection to {host}.", code="fetch_failed", retryable=True)


def _save(
    response: httpx.Response, destination: Path, limit: int, progress: Callable[[int], None]
) -> Fetched:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchFailed(
            "The server of the link compressed the file without being asked to.",
            code="fetch_encoding",
            retryable=False,
        )
    size = 0
    started = time.monotonic()
    try:
        with destination.open("wb") as file:
            for chunk in response.iter_raw():  # unbuffered, so that the transfer rate can be checked
                size += len(chunk)
                if size > limit:
                    raise FetchFailed(
                        f"The file is larger than {limit:,} bytes.", code="payload_too_large", retryable=False
                    )
                _check_rate(size, time.monotonic() - started)
                file.write(chunk)
                progress(size)
    except httpx.HTTPError as error:
        raise FetchFailed("The connection was lost.", code="fetch_failed", retryable=True) from error
    return Fetched(response.headers.get("content-type", "").partition(";")[0].strip(), size)


def _check_rate(size: int, seconds: float) -> None:
    too_slow = seconds > _GRACE_SECONDS and size / seconds < _MIN_BYTES_PER_SECOND
    if too_slow or seconds > _MAX_SECONDS:
        raise FetchFailed("The file was sent too slowly.", code="fetch_timeout", retryable=True)
