from __future__ import annotations

from datetime import UTC, datetime

import pytest
from graphql import parse, validate

from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.schema import build
from bot.wisdom import documents, settled
from bot.wisdom.settled import Sought


def test_the_query_selects_what_chat_selects() -> None:
    """Both documents of ``chat`` give a query that the schema takes, with the same body."""
    schema = build(TenantOptions())
    for name in ("chat", "chat_seed"):
        for cancelled in (False, True):
            query = settled.document(documents.load(name), cancelled=cancelled)
            assert validate(schema, parse(query)) == []
            assert "codeStr" in query
            assert ("cancelledAt" in query) is (cancelled and name == "chat")


def test_who_said_what_is_asked_without_the_results() -> None:
    """The schema takes it, and it selects texts alone."""
    assert validate(build(TenantOptions()), parse(settled.BRIEF)) == []
    assert "visualization" not in settled.BRIEF


def test_the_message_is_found_by_either_id() -> None:
    """A node's ``messageId`` or ``id`` names it; a person's message is never taken for an answer."""
    nodes: list[object] = [
        {"id": "1", "sender": "USER", "body": {"ops": [{"insert": {"text": "How much?"}}]}},
        {
            "id": "2",
            "messageId": "m2",
            "sender": "ASSISTANT",
            "body": {"ops": [{"insert": {"text": "Ten."}}]},
        },
        {"id": "3", "sender": "ASSISTANT", "body": {"ops": [{"insert": {"text": "Eleven."}}]}},
    ]
    data = {"chatMessages": {"nodes": nodes}}
    found = {
        name: settled.read(data, conversation="c", message=name) for name in ("m2", "2", "3", "", "1", "x")
    }
    texts = {name: diff.ops[0]["insert"] if diff else None for name, diff in found.items()}
    assert texts == {"m2": "Ten.", "2": "Ten.", "3": "Eleven.", "": "Eleven.", "1": None, "x": None}
    assert found["m2"] is not None
    assert (found["m2"].in_progress, found["m2"].conversation_id) == (False, "c")


def test_junk_is_no_message() -> None:
    """An answer of another shape than expected holds nothing."""
    for data in (
        {},
        {"chatMessages": None},
        {"chatMessages": {"nodes": [None, "x", {"sender": "ASSISTANT"}]}},
    ):
        found = settled.read(data, conversation="c", message="")
        assert found is None or not found.ops


def kept(*nodes: dict[str, object]) -> tuple[settled.Message, ...]:
    """The messages of a conversation."""
    return settled.messages({"chatMessages": {"nodes": list(nodes)}}, conversation="c")


def question(ident: str, text: str | None = "How  much?") -> dict[str, object]:
    """A message of a person; without a text, of a shape that cannot be read."""
    return {"id": ident, "sender": "USER", "body": {"ops": [{"insert": {"text": text}}]} if text else None}


def answer(ident: str) -> dict[str, object]:
    """An answer."""
    return {"id": ident, "sender": "ASSISTANT", "body": {"ops": [{"insert": {"text": ident}}]}}


EARLIER = (question("q0"), answer("m0"))


@pytest.mark.parametrize(
    ("nodes", "there"),
    [
        (EARLIER, False),
        ((*EARLIER, question("q1")), True),
        ((*EARLIER, question("q1", "And now?")), False),
        ((*EARLIER, question("q1", None)), True),
        ((*EARLIER, {**question("q1"), "sender": "ASSISTANT"}), False),
    ],
    ids=["before", "new", "other words", "unreadable", "an answer"],
)
def test_whether_a_question_is_there(nodes: tuple[dict[str, object], ...], there: bool) -> None:  # noqa: FBT001 - a table
    """It must be new; blanks make no difference, and what cannot be read may be it."""
    sought = Sought("How much? ", before=frozenset({"q0", "m0"}))
    assert (sought.place(kept(*nodes)) is not None) is there


@pytest.mark.parametrize(
    ("nodes", "found"),
    [
        (EARLIER, []),
        ((*EARLIER, question("q1"), answer("m1"), answer("m2")), ["m1", "m2"]),
        ((*EARLIER, question("q1"), answer("m1"), question("q2", "And?"), answer("m2")), ["m1"]),
        ((*EARLIER, question("q1"), answer("m1"), question("q2"), answer("m2")), ["m2"]),
        ((*EARLIER, question("q1", "Rewritten"), answer("m8"), answer("m9")), ["m9"]),
    ],
    ids=["none", "two", "before another question", "the newest", "known"],
)
def test_the_answers_to_a_question(nodes: tuple[dict[str, object], ...], found: list[str]) -> None:
    """Those between the newest question of these words and the next one, or those that are known."""
    before, known = frozenset({"q0", "m0"}), frozenset({"m9"})
    answers = settled.answers(kept(*nodes), Sought("How much?", before), known=known)
    assert [each.text for each in answers] == found
    assert all(each.diff.whole for each in answers)


@pytest.mark.parametrize(
    ("nodes", "place"),
    [
        ((), None),
        ((answer("m1"),), None),
        ((question("q1", "How &lt;much&gt;?"), answer("m1")), 0),
        ((question("q1", "Rewritten"), answer("m1"), question("q2", "And?")), 0),
        ((question("q1", "Rewritten"), answer("m1"), question("q2")), 2),
    ],
    ids=["empty", "an answer", "rewritten", "with another", "the words"],
)
def test_the_only_question_of_its_conversation(
    nodes: tuple[dict[str, object], ...], place: int | None
) -> None:
    """However the tenant has written it, it is not asked twice; its own words go first all the same."""
    assert Sought("How much?", sole=True).place(kept(*nodes)) == place


def test_what_no_encoder_takes_is_sent_and_sought_alike() -> None:
    """Half a pair of surrogates is replaced before a question is sent, so it is when it is looked for."""
    assert Sought("How much \ud83d?", frozenset({"q0"})).place(kept(question("q1", "How much \ufffd?"))) == 0


def test_that_an_answer_was_stopped_is_kept_with_it() -> None:
    """A message says when it was cancelled."""
    (message,) = kept({**answer("m1"), "cancelledAt": "2026-01-01T00:00:00Z"})
    assert message.diff.cancelled


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("created", "updated", "at", "rested"),
    [
        ("2026-01-01T11:59:00Z", "2026-01-01T11:59:45Z", NOON, 15.0),
        ("2026-01-01T11:59:00", "2026-01-01T11:59:45.5", NOON, 14.5),  # without a zone: in UTC
        ("2026-01-01T12:59:00+01:00", "2026-01-01T12:59:45+01:00", NOON, 15.0),
        ("2026-01-01T11:59:00Z", "2026-01-01T11:59:00.4Z", NOON, 0.0),  # perhaps never changed
        ("2026-01-01T11:59:00Z", "2026-01-01T12:00:05Z", NOON, 0.0),  # the clocks differ
        ("2026-01-01T11:59:00Z", "2026-01-01T11:59:45Z", None, 0.0),
        ("yesterday", "today", NOON, 0.0),
        (None, 7, NOON, 0.0),
    ],
)
def test_for_how_long_a_message_has_rested(
    created: object, updated: object, at: datetime | None, rested: float
) -> None:
    """By the tenant's own clock, and only where it keeps the time of the last change up."""
    node = {"id": "1", "sender": "ASSISTANT", "createdAt": created, "updatedAt": updated, "body": {"ops": []}}
    (message,) = settled.messages({"chatMessages": {"nodes": [node]}}, conversation="c", at=at)
    assert message.rested == rested
    (same,) = settled.messages({"chatMessages": {"nodes": [node]}}, conversation="c")
    assert same == message  # a message that only grew older has not changed
