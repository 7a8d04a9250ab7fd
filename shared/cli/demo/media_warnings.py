"""The warnings of imported media, which the official client's models do not contain."""

from collections.abc import Iterable

import httpx

from shared.cli.demo.server import Address


def messages_of(address: Address, video_ids: Iterable[str]) -> list[str]:
    """Return the messages of the media's ``warnings``, each once.

    Raises:
        httpx.HTTPError: the server does not answer, or refuses the request.
    """
    messages: dict[str, None] = {}
    with httpx.Client(headers={"X-API-Key": address.api_key}, timeout=30) as client:
        for video_id in video_ids:
            medium = client.get(f"{address.base_url}/videos/{video_id}").raise_for_status().json()
            messages.update(dict.fromkeys(warning["message"] for warning in medium["warnings"]))
    return list(messages)
