/** A Python function that verifies a delivery. The secret is a variable of the environment. */
export const verifySnippet = `import hashlib
import hmac
import os


def is_genuine(body: bytes, headers: dict[str, str]) -> bool:
    """Verify a delivery over the bytes of its body, before they are parsed."""
    secret = os.environ["WEBHOOK_SECRET"].encode()
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers.get("X-Webhook-Signature", ""))
`;
