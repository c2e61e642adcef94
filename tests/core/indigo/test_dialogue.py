from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo import dialogue
from bot.core.indigo.model import Message

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def message(ident: str, content: object = "x", *, sender: str | None = "7", minute: int = 0) -> Message:
    return Message(ident, "1", content, sender, NOON + timedelta(minutes=minute))


def test_a_dialogue_reads_oldest_first() -> None:
    """With who said it: without a sender it is the assistant."""
    said = dialogue.tell(
        [
            message("3", "Grazie", minute=2),
            message(
                "2", {"messages": [{"type": "text", "data": {"text": "<p>Ciao</p>"}}]}, sender=None, minute=1
            ),
            message("1", "Ciao!"),
        ]
    )
    assert [(each.user, each.text) for each in said] == [(True, "Ciao!"), (False, "Ciao"), (True, "Grazie")]
    assert said[0].at == NOON


def test_of_equal_times_the_smaller_number_is_first() -> None:
    """Ids are numbers of any length, though they are texts."""
    idents = ["10", "9", "370298847121", "1", "0009", "a", "37029884712"]
    ordered = [each.id for each in dialogue.ordered(map(message, idents))]
    assert ordered == ["a", "1", "0009", "9", "10", "37029884712", "370298847121"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**13)), max_size=20))
def test_the_order_does_not_depend_on_how_they_came(found: list[tuple[int, int]]) -> None:
    """Each message is there once, and the other way round it is the same."""
    messages = [message(str(ident), minute=minute) for minute, ident in found]
    last = {each.id: each for each in messages}
    ordered = dialogue.ordered(last.values())
    assert ordered == dialogue.ordered(reversed(last.values()))
    assert [(each.at, int(each.id)) for each in ordered] == sorted(
        (each.at, int(each.id)) for each in ordered
    )
    assert len(dialogue.ordered(messages)) == len(last)


def test_what_is_hidden_or_empty_is_left_out() -> None:
    """Whole messages, and parts of one."""
    shown = {
        "messages": [{"type": "text", "data": {"text": "a"}}, {"type": "text", "hidden": True, "text": "b"}]
    }
    said = dialogue.tell(
        [
            message("1", {"type": "payload", "payload": "init", "hidden": True}),
            message("2", None),
            message("3", {"messages": [{"type": "text", "hidden": True, "data": {"text": "b"}}]}),
            message("4", shown),
        ]
    )
    assert [each.text for each in said] == ["a"]


def test_a_dialogue_is_a_text() -> None:
    """With times of a zone that is named, and every line of what was said below them."""
    said = dialogue.tell([message("1", "one\ntwo"), message("2", "three", sender=None, minute=1)])
    assert dialogue.text(said, ZoneInfo("Europe/Rome")) == (
        "2026-03-31 14:00:00 CEST  User\n  one\n  two\n\n2026-03-31 14:01:00 CEST  Assistant\n  three\n"
    )
    assert dialogue.text(()) == ""
