from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo import rows
from bot.core.indigo.model import Message

AT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
USER = {"type": "text", "text": "=1+1; dov'è?", "sender": "x", "hidden": False, "timestamp": 1}


def message(content: object = None, **more: object) -> Message:
    known = {"id": "370303139127", "chat": "17536413069", "sender": "1", "at": AT}
    return Message(content=USER if content is None else content, **{**known, **more})  # type: ignore[arg-type]  # any field may be given


def table(*messages: Message) -> list[dict[str, str]]:
    text = rows.head("csv") + "".join(rows.row("csv", each) for each in messages)
    return list(csv.DictReader(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()))


def test_both_styles_say_the_same() -> None:
    """A table for people, objects for programs; the object has the whole tree beside."""
    one = message(feedback="👍", read=AT)
    (row,) = table(one)
    told = json.loads(rows.row("jsonl", one))
    assert row["id"] == told["id"] == "370303139127"
    assert row["at"] == row["read"] == told["at"] == told["read"] == "2026-11-28T09:30:00Z"
    assert (row["from"], told["from"], row["feedback"], told["feedback"]) == ("user", "user", "👍", "👍")
    assert told["text"] == "=1+1; dov'è?"
    assert told["content"] == USER
    assert rows.head("jsonl") == ""


def test_no_spreadsheet_runs_what_somebody_wrote() -> None:
    """A formula is a text in the table, and as it was in the objects."""
    assert table(message())[0]["text"].startswith("'=1+1")


def test_the_assistant_and_hidden_messages_are_told() -> None:
    """An export leaves nothing out; it says who spoke and whether anybody saw it."""
    shown, unseen = table(message({"messages": []}, sender=None), message({**USER, "hidden": True}))
    assert (shown["from"], shown["sender"], shown["hidden"]) == ("assistant", "", "false")
    assert (unseen["from"], unseen["hidden"]) == ("user", "true")


def test_feedback_of_any_form_is_kept() -> None:
    """Its form is not published: what is no text stands there as JSON."""
    one = message(feedback={"value": "up"})
    assert table(one)[0]["feedback"] == '{"value": "up"}'
    assert json.loads(rows.row("jsonl", one))["feedback"] == {"value": "up"}


@given(st.text())
def test_every_text_is_one_row(text: str) -> None:
    """Whatever it holds, the file has one row and one line of it more."""
    one = message({**USER, "text": text})
    assert len(list(csv.reader(io.StringIO(rows.row("csv", one), newline="")))) == 1
    assert rows.row("jsonl", one).count("\n") == 1
    assert rows.row("jsonl", one).encode()
