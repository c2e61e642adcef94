"""The options of a tenant."""

from __future__ import annotations

from bot.sandbox.tenant.options import TenantOptions


def test_secrets_do_not_show() -> None:
    """Printing the options gives away neither the key nor the secret."""
    shown = repr(TenantOptions(access_key="my key", secret="my secret"))
    assert "my key" not in shown
    assert "my secret" not in shown
