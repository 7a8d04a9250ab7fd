"""Sends deliveries of webhooks with httpx, with protection against server-side request forgery.

Each attempt checks the address anew: the host is resolved here, all of its addresses must be public, and
the connection goes to a checked address. The certificate is verified against the name. Redirects are not
followed. Proxies from the environment are not used. No connection is kept, so that none outlives its check.
"""

import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from shared.adapters.http.listed_hosts import ListedHosts
from shared.adapters.http.response_deadline import ResponseDeadline
from shared.adapters.http.uri_rules import Destination, HostRefused, UriRules
from shared.domain import clock
from shared.domain.errors import InvalidRequest
from shared.domain.lazy import lazy
from shared.domain.webhooks.answer import MAX_BODY_BYTES, ReceiverAnswer
from shared.ports.uri_fetcher import UriRefused
from shared.ports.webhook_sender import SendFailed
from shared.settings import Settings

ATTEMPT_SECONDS: Final = 10.0
"""Time of an attempt from the connection to the end of the answer. A resolver may add its own time."""


class HttpWebhookSender:
    """Implements ``shared.ports.webhook_sender.WebhookSender``.

    ``tls`` verifies certificates; by default against the authorities of the package certifi. Threads share a
    sender.
    """

    def __init__(
        self, settings: Settings, tls: ssl.SSLContext | None = None, *, seconds: float = ATTEMPT_SECONDS
    ) -> None:
        self._rules = UriRules(allow_private=False, listed_hosts=ListedHosts.parse(settings.webhook_hosts))
        self._given_tls = tls
        self._seconds = seconds

    def check(self, url: str) -> None:
        """Check a URL. Raises: InvalidRequest."""
        try:
            self._rules.checked(url)
        except HostRefused as error:
            raise InvalidRequest(
                "url", f"{error}, unless the operator lists its host (setting webhook_hosts)"
            ) from error
        except UriRefused as error:
            raise InvalidRequest("url", str(error)) from error

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
        """Send one POST request. Raises: SendFailed."""
        try:
            target = self._rules.checked(url)
        except UriRefused as error:
            raise SendFailed(f"The url of the webhook {error}.") from error
        if target.address is None:
            raise SendFailed(f"The host {target.host} cannot be found.")
        with ResponseDeadline(self._seconds) as deadline:
            request = httpx.Request(
                "POST",
                target.url.copy_with(host=str(target.address)),
                content=body,
                headers={
                    "Host": target.url.netloc.decode("ascii"),
                    "User-Agent": "VideoVector-Webhooks",
                    "Content-Type": "application/json",
                    "Accept": "*/*",
                    "Accept-Encoding": "identity",
                    "Connection": "close",
                    **headers,
                },
                extensions={
                    "sni_hostname": target.host,
                    "timeout": httpx.Timeout(self._seconds).as_dict(),
                    "trace": deadline.trace,
                },
            )
            return self._exchange(request, target, deadline)

    def _exchange(
        self, request: httpx.Request, target: Destination, deadline: ResponseDeadline
    ) -> ReceiverAnswer:
        # The transport, unlike the client, neither follows redirects nor decodes bodies.
        with httpx.HTTPTransport(verify=self._tls, trust_env=False) as transport:
            try:
                response = transport.handle_request(request)
            except (httpx.HTTPError, ValueError) as error:
                raise SendFailed(_no_answer(target.host, self._seconds, deadline, error)) from error
            try:
                return ReceiverAnswer(response.status_code, _first_bytes(response), _retry_after(response))
            finally:
                with suppress(httpx.HTTPError):
                    response.close()

    @lazy
    def _tls(self) -> ssl.SSLContext:
        """One context for all attempts: reading the authorities takes tens of milliseconds."""
        return self._given_tls or httpx.create_ssl_context(trust_env=False)


def _no_answer(host: str, seconds: float, deadline: ResponseDeadline, error: Exception) -> str:
    if deadline.has_passed or isinstance(error, httpx.TimeoutException):
        return f"{host} did not answer within {seconds:g} seconds."
    if isinstance(error.__cause__, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return f"The certificate of {host} is not valid."
    if isinstance(error, httpx.ConnectError):
        return f"No connection to {host}."
    return f"{host} gave no valid HTTP answer."


def _first_bytes(response: httpx.Response) -> str:
    """Read the start of the body. The status is the answer; a body that ends early or late is no failure."""
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        return ""
    content = b""
    with suppress(httpx.HTTPError):
        for chunk in response.iter_raw():
            content += chunk[: MAX_BODY_BYTES - len(content)]
            if len(content) >= MAX_BODY_BYTES:
                break
    return content.decode("utf-8", "replace")


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds of ``Retry-After``, which holds seconds or a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        moment: datetime = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - clock.now()).total_seconds())
