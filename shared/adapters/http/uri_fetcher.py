"""Fetches over HTTPS with httpx, with protection against server-side request forgery.

The host is resolved here, all of its addresses must be public, and the connection goes to a checked
address, so a name that later resolves differently (DNS rebinding) has no effect. The certificate is
verified against the name. Redirects are followed here, so that each is checked in the same way. Proxies
from the environment are not used, because they would resolve the name again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from shared.adapters.http.header_deadline import HeaderDeadline
from shared.adapters.http.public_address import Address, is_public, resolve
from shared.ports.uri_fetcher import Fetched, FetchFailed, UriRefused
from shared.settings import Settings

_MAX_REDIRECTS: Final = 5
_PORTS: Final = frozenset({443, 8443})
_MAX_SECONDS: Final = 6 * 3600.0
_GRACE_SECONDS: Final = 60.0
_MIN_BYTES_PER_SECOND: Final = 16 * 1024
_MAX_URI_CHARACTERS: Final = 8192

_PRIVATE_DOMAINS: Final = ("localhost", "local", "internal", "home.arpa", "lan")
"""Domains that are never part of the public internet (RFC 6761, RFC 6762, RFC 8375, ICANN 2024)."""

_NOT_PUBLIC: Final = "must not point into a private network"


@dataclass(frozen=True, slots=True)
class _Destination:
    """A checked URL. ``address`` is None if the host could not be resolved."""

    url: httpx.URL
    address: Address | None


class HttpsFetcher:
    """Implements ``shared.ports.uri_fetcher.UriFetcher``."""

    def __init__(self, settings: Settings) -> None:
        self._allow_private = settings.allow_private_uris
        self._timeout = httpx.Timeout(settings.uri_timeout_seconds, pool=None)

    def check(self, uri: str) -> None:
        """Check a URI. Raises: UriRefused."""
        self._checked(uri)

    def fetch(self, uri: str, destination: Path, *, limit: int, progress: Callable[[int], None]) -> Fetched:
        """Fetch a URI. Raises: UriRefused, FetchFailed."""
        with httpx.Client(
            timeout=self._timeout,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "media-import"},
        ) as client:
            target = self._checked(uri)
            for _ in range(_MAX_REDIRECTS + 1):
                response = self._open(client, target)
                try:
                    if response.next_request is None:
                        return _save(response, destination, limit, progress)
                    target = self._checked(str(target.url.join(response.headers["location"])))
                finally:
                    response.close()
        raise FetchFailed("The link redirects too many times.", code="too_many_redirects", retryable=False)

    def _checked(self, uri: str) -> _Destination:
        url = _parse(uri)
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = resolve(url.host.rstrip("."), port)
        except OSError:
            if _is_in_private_domain(url.host):
                raise UriRefused(_NOT_PUBLIC) from None
            self._check_scheme(url, port, private=False)
            return _Destination(url, None)
        private = not all(is_public(address) for address in addresses)
        # Cloud metadata services at link-local addresses return the credentials of this machine.
        if any(address.is_link_local for address in addresses) or (private and not self._allow_private):
            raise UriRefused(_NOT_PUBLIC)
        self._check_scheme(url, port, private=private)
        return _Destination(url, addresses[0])

    def _check_scheme(self, url: httpx.URL, port: int, *, private: bool) -> None:
        if private:
            return
        if url.scheme != "https":
            raise UriRefused("must start with https://")
        if port not in _PORTS:
            raise UriRefused("must use port 443 or 8443")

    def _open(self, client: httpx.Client, target: _Destination) -> httpx.Response:
        host = target.url.host
        server_name = target.url.raw_host.decode("ascii")
        if target.address is None:
            raise FetchFailed(f"The host {host} cannot be found.", code="host_not_found", retryable=True)
        with HeaderDeadline(_GRACE_SECONDS) as deadline:
            request = client.build_request(
                "GET",
                target.url.copy_with(host=str(target.address)),
                headers={"Host": target.url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
                extensions={"sni_hostname": server_name, "trace": deadline.trace},
            )
            try:
                response = client.send(request, stream=True)
            except httpx.HTTPError as error:
                if deadline.has_passed or isinstance(error, httpx.TimeoutException):
                    raise FetchFailed(
                        f"{host} did not answer in time.", code="fetch_timeout", retryable=True
                    ) from error
                raise FetchFailed(f"No connection to {host}.", code="fetch_failed", retryable=True) from error
        if response.next_request is None and not response.is_success:
            response.close()
            raise FetchFailed(
                f"{host} answered with status {response.status_code}.",
                code="fetch_refused",
                retryable=response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS,
            )
        return response


def _parse(uri: str) -> httpx.URL:
    try:
        url = httpx.URL(uri)
    except (httpx.InvalidURL, ValueError) as error:
        raise UriRefused("must be a valid URL") from error
    if len(uri) > _MAX_URI_CHARACTERS:
        raise UriRefused(f"must have at most {_MAX_URI_CHARACTERS:,} characters")
    if url.scheme not in ("https", "http"):
        raise UriRefused("must start with https://")
    if not url.host or "%" in url.host:
        raise UriRefused("must name a host")
    if url.userinfo:
        raise UriRefused("must not hold a user name or password")
    return url


def _is_in_private_domain(host: str) -> bool:
    name = f".{host.rstrip('.').lower()}"
    return any(name.endswith(f".{private}") for private in _PRIVATE_DOMAINS)


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
