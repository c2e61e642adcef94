"""What browsers are told about the pages: who may frame them, run in them, hear of them. No I/O.

A page may show WisdomAI and nobody else, and nobody may show the page. The microphone, the camera and the
clipboard are for WisdomAI: a browser hands on only what the page itself may use, so ``self`` stands beside.
"""

from __future__ import annotations

from collections.abc import Mapping

#: What the frame may use, as its ``allow`` attribute says it, too.
_DELEGATED = ("microphone", "camera", "clipboard-write", "fullscreen")
_DENIED = ("geolocation", "payment", "usb", "display-capture", "publickey-credentials-get")
_YEAR = 365 * 24 * 3600


def headers(wisdom: str, *, secure: bool) -> Mapping[str, str]:
    """The headers of every answer.

    Args:
        wisdom: WisdomAI's origin.
        secure: the pages are served by https.
    """
    content = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        f"frame-src {wisdom}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
    permissions = (
        *(f'{each}=(self "{wisdom}")' for each in _DELEGATED),
        *(f"{each}=()" for each in _DENIED),
    )
    told = {
        "Content-Security-Policy": "; ".join(content),
        "Permissions-Policy": ", ".join(permissions),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if secure:
        told["Strict-Transport-Security"] = f"max-age={_YEAR}"
    return told
