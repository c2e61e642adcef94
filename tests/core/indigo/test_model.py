from __future__ import annotations

from datetime import UTC, datetime

from bot.core.indigo.model import Member, Message, Page


def test_what_customers_wrote_is_in_no_log_by_accident() -> None:
    """Neither a message's content nor a member's address is part of how it is written."""
    message = Message("1", "2", {"text": "my card number"}, None, datetime(2026, 3, 31, tzinfo=UTC))
    assert "card" not in repr(message)
    assert "ada@" not in repr(Member("1", "ada@example.com", "Owner"))


def test_a_page_is_the_last_one_unless_it_says_otherwise() -> None:
    """Without any of the fields that Indigo need not send."""
    page = Page(("a",))
    assert (page.has_next, page.has_previous, page.total, page.unread) == (False, False, None, 0)
