"""Sending to the receivers of webhooks. Only this port connects to addresses of webhooks.

Both runtimes use ``shared.adapters.http.webhook_sender``.
"""

from collections.abc import Mapping
from typing import Protocol

from shared.domain.webhooks.answer import ReceiverAnswer


class SendFailed(Exception):
    """No answer came, or the address is refused. The message is a sentence for the owner of the webhook."""


class WebhookSender(Protocol):
    def check(self, url: str) -> None:
        """Refuse addresses that can never be sent to: other schemes and ports, credentials, addresses that
        are not public.

        A host that cannot be resolved at the moment passes; ``send`` checks it again.

        Raises:
            InvalidRequest: names the field ``url`` and the rule.
        """
        ...

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
        """Send one POST request and return the answer, whatever its status. Redirects are not followed.

        The address is checked as by ``check``, and the connection goes to a checked address. It takes about
        10 seconds at most.

        Raises:
            SendFailed
        """
        ...
