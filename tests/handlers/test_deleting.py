"""Delete."""

from __future__ import annotations

from dataclasses import replace

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.record import Stage, TurnRecord
from bot.core.results import Shown
from bot.model import ChartImage
from bot.results import Results
from handlers.deleting import Deleting
from tests.fakes import Clock, question
from tests.handlers.conftest import Office, press, result
from tests.slack.conftest import Answer, refused

TURN = TurnRecord("t1", question(user="U1"), "key", ("20.1", "20.2"), stage=Stage.ENDED)


@pytest.fixture
def deleting(office: Office) -> Deleting:
    """The bin of the office."""
    return Deleting(office.desk, office.memory, office.results, office.poster, office.files)


def deleted(office: Office) -> list[object]:
    return [each["ts"] for each in office.api.of("chat.delete")]


async def test_the_asker_deletes_all_of_it(office: Office, deleting: Deleting, ack: AsyncAck) -> None:
    """Every message of the answer, once each, and the data behind it; nobody is told, the audit has it."""
    await office.memory.keep_turn(TURN)
    await office.results.keep(result())
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert ack.response is not None
    assert deleted(office) == ["20.1", "20.2"]
    assert await office.results.load("t1") is None
    assert office.whispered() == []
    (entry,) = await office.noted()
    assert (entry.what, entry.user, entry.turn) == (What.DELETED, "U1", "t1")


async def test_what_others_were_given_of_it_goes_with_it(
    office: Office, deleting: Deleting, ack: AsyncAck
) -> None:
    """Their own rows of the same question are data behind this answer as well."""
    await office.results.keep(result())
    await office.results.keep(replace(result(), turn="t1~person-2"))
    await office.results.keep(replace(result(), turn="t10"))
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert await office.results.load("t1~person-2") is None
    assert await office.results.load("t10") is not None


async def test_its_chart_and_its_sql_go_with_it(
    office: Office, deleting: Deleting, ack: AsyncAck, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody would see them any more; a file that cannot be deleted does not keep the answer standing."""
    chart = Shown(chart=ChartImage("F1", "A chart"), sql_file="F2")
    await office.results.keep(replace(result(), shown=(chart,)))
    office.api.expect("files.delete", refused("cant_delete_file"), Answer())
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert [each["file"] for each in office.api.of("files.delete")] == ["F1", "F2"]
    assert office.whispered() == []
    assert "cant_delete_file" in caplog.text


async def test_nobody_else_deletes(office: Office, deleting: Deleting, ack: AsyncAck) -> None:
    """Slack shows the button to the asker alone, but that is no guard."""
    await office.memory.keep_turn(TURN)
    await office.results.keep(result())
    await deleting.on_delete(ack, press("t1", user="U2"))
    assert deleted(office) == []
    assert await office.results.load("t1") is not None
    (told,) = office.whispered()
    assert told["user"] == "U2"
    assert "Only the person who asked" in str(told["text"])


async def test_an_answer_is_deleted_from_its_own_channel_only(
    office: Office, deleting: Deleting, ack: AsyncAck
) -> None:
    """The button names a turn; the messages that it stands in would be others."""
    await office.memory.keep_turn(TURN)
    await deleting.on_delete(ack, press("t1", user="U1", channel="C9"))
    assert deleted(office) == []
    assert len(office.whispered()) == 1


async def test_who_may_not_ask_any_more_still_deletes(
    office: Office, deleting: Deleting, ack: AsyncAck
) -> None:
    """To take an answer back is never too much."""
    await office.memory.keep_turn(TURN)
    office.api.channels["C1"] = {"is_ext_shared": True}
    office.api.people["U1"] = {"is_restricted": True}
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert deleted(office) == ["20.1", "20.2"]


async def test_either_record_tells_who_asked(office: Office, deleting: Deleting, ack: AsyncAck) -> None:
    """Results may be kept for longer than turns, or not at all."""
    await office.results.keep(result())
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert deleted(office) == ["20.1", "20.2"]
    office.results = Results(office.memory, 0, clock=Clock())
    await office.memory.keep_turn(TURN)
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert deleted(office) == ["20.1", "20.2"] * 2


async def test_an_answer_whose_asker_is_forgotten_stays(
    office: Office, deleting: Deleting, ack: AsyncAck
) -> None:
    """Then nobody can be told from anybody; an admin can still delete it."""
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert deleted(office) == []
    assert "no longer know who asked" in str(office.whispered()[0]["text"])


async def test_what_is_gone_already_does_not_matter(
    office: Office, deleting: Deleting, ack: AsyncAck
) -> None:
    """The rest is deleted all the same."""
    await office.memory.keep_turn(TURN)
    office.api.expect("chat.delete", refused("message_not_found"))
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert deleted(office) == ["20.1", "20.2"]
    assert office.whispered() == []


async def test_what_slack_does_not_delete_is_told(office: Office, deleting: Deleting, ack: AsyncAck) -> None:
    """One message that stays does not keep the others."""
    await office.memory.keep_turn(TURN)
    office.api.expect("chat.delete", refused("cant_delete_message"))
    await deleting.on_delete(ack, press("t1", user="U1"))
    assert deleted(office) == ["20.1", "20.2"]
    assert "did not let me delete" in str(office.whispered()[0]["text"])
