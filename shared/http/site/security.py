"""Security headers of the answers for browsers."""

from collections.abc import Mapping, Sequence
from typing import Final

_COMMON: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING_ELSE: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)


def console_headers(media_origins: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers of the console. ``media_origins`` are other hosts that serve media and take uploads.

    Scripts and styles come from files of the build only: inline code is not run.
    """
    media = "".join(f" {origin}" for origin in media_origins)
    policy = (
        f"{_NOTHING_ELSE}; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"img-src 'self' blob: data:{media}; media-src 'self' blob:{media}; connect-src 'self'{media}"
    )
    return {"Content-Security-Policy": policy, **_COMMON}


def documentation_headers() -> dict[str, str]:
    """Return the headers of the documentation.

    Its search runs WebAssembly in a worker. Highlighted code and the API reference have inline styles.
    """
    policy = (
        f"{_NOTHING_ELSE}; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "font-src 'self' data:; img-src 'self' blob: data:; media-src 'self'; connect-src 'self'; "
        "worker-src 'self' blob:; manifest-src 'self'"
    )
    return {"Content-Security-Policy": policy, **_COMMON}


def page_headers() -> dict[str, str]:
    """Return the headers of a page that loads nothing and runs nothing."""
    return {"Content-Security-Policy": _NOTHING_ELSE, **_COMMON}
