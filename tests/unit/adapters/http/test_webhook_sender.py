"""The addresses that the sender refuses, and its handling of answers from real receivers."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import ValidationError

from shared.adapters.http.webhook_sender import HttpWebhookSender
from shared.domain import clock
from shared.domain.errors import InvalidRequest
from shared.domain.webhooks.answer import MAX_BODY_BYTES, ReceiverAnswer
from shared.ports.webhook_sender import SendFailed
from shared.settings import Settings
from tests.certificates import Authority
from tests.hostile_addresses import METADATA_ADDRESSES, hostile_urls
from tests.receiver import Answer, running_receiver
from tests.unit.adapters.http.test_tls_redirects import authority, tls_server
from tests.waiting import HANG_TIMEOUT

__all__ = ["authority"]

pytestmark = pytest.mark.usefixtures("no_name_server")

LISTEN_ON = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def _sender(hosts: str = "127.0.0.1", seconds: float = HANG_TIMEOUT) -> HttpWebhookSender:
    return HttpWebhookSender(Settings(webhook_hosts=hosts), seconds=seconds)


def _send(sender: HttpWebhookSender, url: str) -> ReceiverAnswer:
    return sender.send(url, b"{}", {"X-Webhook-ID": "whk_1"})


def test_corpus_of_hostile_addresses_causes_no_connection() -> None:
    assert len(set(hostile_urls())) >= 120
    sender = _sender(hosts="")
    with ExitStack() as stack:
        for family, address in LISTEN_ON:
            listener = stack.enter_context(socket.create_server((address, 0), family=family))
            for url in hostile_urls(listener.getsockname()[1]):
                with pytest.raises(InvalidRequest):
                    sender.check(url)
                with pytest.raises(SendFailed):
                    _send(sender, url)
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()


@pytest.mark.parametrize("host", METADATA_ADDRESSES)
def test_metadata_service_is_refused_although_it_is_listed(host: str) -> None:
    sender = _sender(hosts=host)
    for url in (f"http://{host}/latest", f"https://{host}/latest"):
        with pytest.raises(InvalidRequest):
            sender.check(url)
        with pytest.raises(SendFailed):
            _send(sender, url)


def test_private_receiver_that_is_not_listed_gets_no_connection() -> None:
    with running_receiver() as receiver:
        for hosts in ("", "127.0.0.2", f"127.0.0.1:{receiver.port + 1}"):
            with pytest.raises(SendFailed, match="private network"):
                _send(_sender(hosts), receiver.url)
        assert receiver.received == []


def test_listed_receiver_may_use_http_and_any_port() -> None:
    with running_receiver() as receiver:
        sender = _sender(receiver.host)
        sender.check(receiver.url)
        assert _send(sender, receiver.url) == ReceiverAnswer(200, "thanks")
        (request,) = receiver.received
        assert (request.path, request.body) == ("/hook", b"{}")
        assert request.headers["host"] == receiver.host
        assert request.headers["x-webhook-id"] == "whk_1"


def test_connection_uses_checked_address_without_second_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def spy(host: str, *args: Any, **kwargs: Any) -> Any:
        looked_up.append(host)
        return real("127.0.0.1" if host == "rebinding.lan" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", spy)
    with running_receiver() as receiver:
        _send(_sender("rebinding.lan"), f"http://rebinding.lan:{receiver.port}/hook")
        assert looked_up.count("rebinding.lan") == 1
        assert receiver.received[0].headers["host"] == f"rebinding.lan:{receiver.port}"


def test_name_that_moves_to_metadata_service_is_refused_when_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["127.0.0.1", "169.254.169.254"])
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _, *args, **kwargs: real(next(answers), *args, **kwargs)
    )
    sender = _sender("rebinding.lan")
    sender.check("http://rebinding.lan/hook")
    with pytest.raises(SendFailed, match="private network"):
        _send(sender, "http://rebinding.lan/hook")


def test_host_that_cannot_be_resolved_passes_check_and_fails_when_sent() -> None:
    sender = _sender("")
    sender.check("https://no-such-host.invalid/hook")
    with pytest.raises(SendFailed, match=r"The host no-such-host.invalid cannot be found."):
        _send(sender, "https://no-such-host.invalid/hook")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_answer_that_is_not_followed(status: int) -> None:
    with running_receiver() as target, running_receiver() as receiver:
        receiver.answer = lambda _: Answer(status, headers={"Location": target.url})
        answer = _send(_sender(), receiver.url)
        assert answer.status == status
        assert answer.error is not None
        assert "Redirects are not followed" in answer.error
        assert target.received == []


def test_proxy_of_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_receiver() as proxy, running_receiver() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.host}")
        assert _send(_sender(), receiver.url).status == 200
        assert proxy.received == []


def test_first_kilobyte_of_large_answer_is_kept() -> None:
    with running_receiver(lambda _: Answer(500, b"x" * 10**6)) as receiver:
        answer = _send(_sender(), receiver.url)
    assert (answer.status, answer.body) == (500, "x" * MAX_BODY_BYTES)


def test_compressed_answer_is_not_expanded() -> None:
    bomb = gzip.compress(b"0" * 10**7)
    with running_receiver(lambda _: Answer(200, bomb, {"Content-Encoding": "gzip"})) as receiver:
        assert _send(_sender(), receiver.url) == ReceiverAnswer(200, "")


def test_answer_that_is_no_text_is_kept_as_far_as_it_is_text() -> None:
    with running_receiver(lambda _: Answer(200, b"\xff\x00ok")) as receiver:
        assert _send(_sender(), receiver.url).body == "\ufffd\x00ok"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("0", 0.0), ("9" * 400, 999_999_999.0), ("-5", None), ("soon", None), ("1.5", None)],
)
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    with running_receiver(lambda _: Answer(503, headers={"Retry-After": value})) as receiver:
        assert _send(_sender(), receiver.url).retry_after_seconds == seconds


@pytest.mark.parametrize(("hours", "low", "high"), [(2, 7000, 7200), (-2, 0, 0)])
def test_retry_after_as_date(hours: int, low: float, high: float) -> None:
    moment = clock.now() + timedelta(hours=hours)
    header = {"Retry-After": format_datetime(moment, usegmt=True)}
    with running_receiver(lambda _: Answer(429, headers=header)) as receiver:
        wait = _send(_sender(), receiver.url).retry_after_seconds
    assert wait is not None
    assert low <= wait <= high


def test_closed_port_is_named_in_error() -> None:
    with running_receiver() as receiver:
        url = receiver.url
    with pytest.raises(SendFailed, match=r"No connection to 127.0.0.1."):
        _send(_sender(), url)


def test_certificate_is_verified(authority: Authority) -> None:
    refused = pytest.raises(SendFailed, match=r"The certificate of 127.0.0.1 is not valid.")
    with tls_server(authority.server_context("127.0.0.1")) as port, refused:
        _send(_sender(), f"https://127.0.0.1:{port}/hook")


def test_receiver_with_certificate_of_known_authority_is_accepted(authority: Authority) -> None:
    trusting = ssl.create_default_context(cafile=str(authority.certificate))
    sender = HttpWebhookSender(Settings(webhook_hosts="127.0.0.1"), trusting, seconds=HANG_TIMEOUT)
    with tls_server(authority.server_context("127.0.0.1")) as port:
        assert _send(sender, f"https://127.0.0.1:{port}/hook").status == 501  # this server knows only GET


def test_certificate_of_other_name_is_refused(authority: Authority) -> None:
    trusting = ssl.create_default_context(cafile=str(authority.certificate))
    sender = HttpWebhookSender(Settings(webhook_hosts="127.0.0.1"), trusting, seconds=HANG_TIMEOUT)
    refused = pytest.raises(SendFailed, match="certificate")
    with tls_server(authority.server_context("127.0.0.2")) as port, refused:
        _send(sender, f"https://127.0.0.1:{port}/hook")


@pytest.mark.parametrize("hosts", ["http://a.lan", "a.lan/path", "::1", "a b", "user@a.lan", "*", "a.lan,"])
def test_setting_with_invalid_host_prevents_start(hosts: str) -> None:
    with pytest.raises(ValidationError):
        Settings(webhook_hosts=hosts)


def _drip(connection: socket.socket, start: bytes) -> None:
    """Send one byte every 20 ms until the client disconnects."""
    deadline = time.monotonic() + HANG_TIMEOUT
    connection.sendall(start)
    while time.monotonic() < deadline:
        connection.sendall(b"x")
        time.sleep(0.02)


def _hang(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


@contextmanager
def _raw_server(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """Accept connections, and let ``behave`` handle each. Yields the URL."""

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            behave(connection)

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "behave",
    [
        _hang,
        lambda connection: _drip(connection, b"HTTP/1.1 200 OK\r\nX-Padding: "),
        lambda connection: [connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n") for _ in iter(int, 1)],
    ],
    ids=["silent", "dripping-headers", "endless-informational-answers"],
)
def test_receiver_without_answer_is_given_up(behave: Callable[[socket.socket], None]) -> None:
    given_up = pytest.raises(SendFailed, match=r"127.0.0.1 did not answer within 0.1 seconds.")
    with _raw_server(behave) as url, given_up:
        _send(_sender(seconds=0.1), url)


def test_tls_handshake_that_hangs_is_given_up() -> None:
    with _raw_server(_hang) as url, pytest.raises(SendFailed, match="did not answer within"):
        _send(_sender(seconds=0.1), url.replace("http:", "https:"))


@pytest.mark.slow
def test_body_that_drips_is_cut_and_status_counts() -> None:
    start = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    with _raw_server(lambda connection: _drip(connection, start)) as url:
        answer = _send(_sender(seconds=2), url)
    assert answer.succeeded
    assert set(answer.body) <= {"x"}


@pytest.mark.parametrize(
    "content",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nX-Padding: " + b"a" * 200_000,
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"",
    ],
    ids=["other-protocol", "huge-headers", "bad-status", "closed"],
)
def test_invalid_answer_is_failure(content: bytes) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(content)

    with _raw_server(answer) as url, pytest.raises(SendFailed, match="gave no valid HTTP answer"):
        _send(_sender(), url)


def test_answer_before_end_of_request_is_taken() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(10)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        _hang(connection)

    with _raw_server(answer) as url:
        assert _send(_sender(), url).status == 413
