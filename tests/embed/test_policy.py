"""What browsers are told."""

from __future__ import annotations

import pytest

from bot.embed import policy

WISDOM = "https://acme.wisdom.example"


def test_a_page_shows_wisdom_alone_and_nobody_shows_the_page() -> None:
    """Nothing is loaded from elsewhere, and nothing inline runs."""
    told = policy.headers(WISDOM, secure=True)["Content-Security-Policy"].split("; ")
    assert {
        "default-src 'none'",
        "script-src 'self'",
        f"frame-src {WISDOM}",
        "frame-ancestors 'none'",
    } <= set(told)
    assert not any("unsafe" in each or "*" in each for each in told)


def test_the_microphone_is_wisdoms_alone() -> None:
    """What the frame may use is handed on to its origin only; what nobody needs is off."""
    told = policy.headers(WISDOM, secure=True)["Permissions-Policy"].split(", ")
    assert {f'{each}=(self "{WISDOM}")' for each in ("microphone", "camera", "clipboard-write")} <= set(told)
    assert "geolocation=()" in told


@pytest.mark.parametrize("secure", [False, True])
def test_https_stays_https(*, secure: bool) -> None:
    """Where there is any."""
    told = policy.headers(WISDOM, secure=secure)
    assert ("Strict-Transport-Security" in told) is secure
    assert (told["Referrer-Policy"], told["Cache-Control"]) == ("no-referrer", "no-store")
