"""Security headers of the site. They equal those of ``shared.http.site.security``, as a test compares."""

from collections.abc import Mapping
from typing import Final

CONTENT_SECURITY_POLICY: Final = "Content-Security-Policy"
CONTENT_TYPE_OPTIONS: Final = "X-Content-Type-Options"
REFERRER_POLICY: Final = "Referrer-Policy"

_COMMON: Final[Mapping[str, str]] = {
    CONTENT_TYPE_OPTIONS: "nosniff",
    REFERRER_POLICY: "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING_ELSE: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)


def console_headers(media_origin: str) -> dict[str, str]:
    """Return the headers of the console. ``media_origin`` serves media and takes uploads."""
    policy = (
        f"{_NOTHING_ELSE}; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"img-src 'self' blob: data: {media_origin}; media-src 'self' blob: {media_origin}; "
        f"connect-src 'self' {media_origin}"
    )
    return {CONTENT_SECURITY_POLICY: policy, **_COMMON}


def documentation_headers() -> dict[str, str]:
    """Return the headers of the documentation."""
    policy = (
        f"{_NOTHING_ELSE}; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "font-src 'self' data:; img-src 'self' blob: data:; media-src 'self'; connect-src 'self'; "
        "worker-src 'self' blob:; manifest-src 'self'"
    )
    return {CONTENT_SECURITY_POLICY: policy, **_COMMON}
