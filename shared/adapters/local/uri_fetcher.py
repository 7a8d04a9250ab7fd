"""Fetches over HTTPS with httpx, and cannot be turned against the network it runs in.

A host is resolved here, every one of its addresses must be public, and the connection is made to an
address that was checked: a name that answers otherwise a moment later (DNS rebinding) gains nothing.
The certificate is still verified against the name. Redirects are followed by hand so that each is
checked in the same way. Proxies from the environment are not used: they would resolve once more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from shared.adapters.local.answer_deadline import AnswerDeadline
from shared.adapters.local.public_address import Address, is_public, resolve
from shared.ports.uri_fetcher import Fetched, FetchFailed, UriRefused
from shared.settings import Settings

_MOST_REDIRECTS: Final = 5
_PORTS: Final = frozenset({443, 8443})
_LONGEST_SECONDS: Final = 6 * 3600.0
_GRACE_SECONDS: Final = 60.0
_SLOWEST_BYTES_PER_SECOND: Final = 16 * 1024
_LONGEST_URI: Final = 8192

_PRIVATE_NAMES: Final = ("localhost", "local", "internal", "home.arpa", "lan")
"""Top-level names that never belong to the internet (RFC 6761, RFC 6762, RFC 8375, ICANN 2024)."""

_NOT_PUBLIC: Final = "must not point into a private network"


@dataclass(frozen=True, slots=True)
class _Destination:
    """A checked URL; ``address`` is None where the host could not be resolved."""

    url: httpx.URL
    address: Address | None


class HttpsFetcher:
    def __init__(self, settings: Settings) -> None:
        self._allow_private = settings.allow_private_uris
        self._timeout = httpx.Timeout(settings.uri_timeout_seconds, pool=None)

    def check(self, uri: str) -> None:
        """Raises: UriRefused."""
        self._checked(uri)

    def fetch(self, uri: str, destination: Path, *, limit: int, progress: Callable[[int], None]) -> Fetched:
        """Raises: UriRefused, FetchFailed."""
        with httpx.Client(
            timeout=self._timeout,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "media-import"},
        ) as client:
            target = self._checked(uri)
            for _ in range(_MOST_REDIRECTS + 1):
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
            if _has_private_name(url.host):
                raise UriRefused(_NOT_PUBLIC) from None
            self._check_scheme(url, port, private=False)
            return _Destination(url, None)
        private = not all(is_public(address) for address in addresses)
        # On link-local addresses clouds hand out the credentials of the machine that asks.
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
        with AnswerDeadline(_GRACE_SECONDS) as deadline:
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
    if len(uri) > _LONGEST_URI:
        raise UriRefused(f"must have at most {_LONGEST_URI:,} characters")
    if url.scheme not in ("https", "http"):
        raise UriRefused("must start with https://")
    if not url.host or "%" in url.host:
        raise UriRefused("must name a host")
    if url.userinfo:
        raise UriRefused("must not hold a user name or password")
    return url


def _has_private_name(host: str) -> bool:
    name = f".{host.rstrip('.').lower()}"
    return any(name.endswith(f".{private}") for private in _PRIVATE_NAMES)


def _save(
    response: httpx.Response, destination: Path, limit: int, progress: Callable[[int], None]
) -> Fetched:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchFailed(
            "The link answers with compressed bytes though none were asked for.",
            code="fetch_encoding",
            retryable=False,
        )
    size = 0
    started = time.monotonic()
    try:
        with destination.open("wb") as file:
            for chunk in response.iter_raw():  # as it comes: gathering would keep the pace from being seen
                size += len(chunk)
                if size > limit:
                    raise FetchFailed(
                        f"The file is larger than {limit:,} bytes.", code="payload_too_large", retryable=False
                    )
                _check_pace(size, time.monotonic() - started)
                file.write(chunk)
                progress(size)
    except httpx.HTTPError as error:
        raise FetchFailed("The connection broke off.", code="fetch_failed", retryable=True) from error
    return Fetched(response.headers.get("content-type", "").partition(";")[0].strip(), size)


def _check_pace(size: int, seconds: float) -> None:
    too_slow = seconds > _GRACE_SECONDS and size / seconds < _SLOWEST_BYTES_PER_SECOND
    if too_slow or seconds > _LONGEST_SECONDS:
        raise FetchFailed("The file came too slowly.", code="fetch_timeout", retryable=True)
