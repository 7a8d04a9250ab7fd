"""URL-safe base64 without padding (RFC 4648, section 5), the encoding of signed tokens."""

import base64


def encode(content: bytes) -> str:
    """Encode bytes as text without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Decode text without padding.

    Raises:
        ValueError: the text is not URL-safe base64.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
