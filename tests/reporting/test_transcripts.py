from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from bot.errors import AccessDenied, Denial, IndigoFailed
from bot.model import Draft
from bot.reporting.transcripts import Transcripts
from bot.slack.files import Files
from bot.slack.poster import Poster
from tests.handlers.conftest import Slack
from tests.reporting.upstream import NOW, Workspace, message
from tests.slack.conftest import Answer
from tests.slack.conftest import Clock as Time

UPLOAD = "files.getUploadURLExternal"


async def still() -> None:
    """They still may."""


async def of(indigo: Workspace, api: Slack, chat: str = "1") -> Draft:
    time = Time()
    files = Files(api.client, clock=time, sleep=time.sleep)
    poster = Poster(api.client, clock=time, sleep=time.sleep)
    return await Transcripts(indigo, poster, files).of(chat, "U1", zone=(UTC, "UTC"), still=still)


def long(count: int) -> Workspace:
    return Workspace(
        c1=[
            message(n, NOW - timedelta(minutes=n), text=f"word {n} " * 20, user=n % 2 == 0)
            for n in range(count)
        ]
    )


async def test_a_short_chat_is_shown_in_place(api: Slack) -> None:
    """Oldest first, and nothing is uploaded."""
    indigo = Workspace(c1=[message(2, NOW, text="prego", user=False), message(1, NOW - timedelta(minutes=1))])
    text = str((await of(indigo, api)).blocks)
    assert 0 < text.index("ciao") < text.index("prego")
    assert api.uploads == []


async def test_a_long_one_is_a_file_in_direct_messages(api: Slack) -> None:
    """Whole, in their own conversation with the app, below a message that says what it is."""
    api.expect(UPLOAD, Answer({"file_id": "F1", "upload_url": f"{api.client.base_url}../upload/F1"}))
    draft = await of(long(90), api)
    assert "a file in <" in draft.text
    assert api.of("files.completeUploadExternal")[0]["channel_id"] == "D1"
    (data,) = api.uploads
    told = data.decode()
    assert told.index("word 89 ") < told.index("word 0 ")
    assert "User, 2026-11-28 15:30:00" in told


async def test_an_endless_chat_is_read_up_to_a_limit(api: Slack) -> None:
    """The newest messages, and it says that there are more."""
    api.expect(UPLOAD, Answer({"file_id": "F1", "upload_url": f"{api.client.base_url}../upload/F1"}))
    indigo = long(2_100)
    indigo.page_size = 50
    await of(indigo, api)
    told = api.uploads[0].decode()
    assert "Older messages are left out" in told
    assert "word 1999 " in told
    assert "word 2000 " not in told


async def test_a_chat_that_indigo_does_not_have_is_told(api: Slack) -> None:
    """Deleted, or never there."""
    assert "no messages of a chat `7`" in (await of(Workspace(), api, "7")).text


async def test_a_chat_that_indigo_does_not_know_is_told_like_one_without_messages(api: Slack) -> None:
    """Any other error is one."""
    indigo = Workspace()
    indigo.error = IndigoFailed("not_found")
    assert "no messages of a chat `7`" in (await of(indigo, api, "7")).text
    indigo.error = IndigoFailed("forbidden")
    with pytest.raises(IndigoFailed):
        await of(indigo, api, "7")


async def test_who_lost_the_right_meanwhile_reads_nothing(api: Slack) -> None:
    """They are looked at again when the chat was read."""

    async def not_any_more() -> None:
        raise AccessDenied(Denial.INDIGO_PERSON)

    transcripts = Transcripts(long(90), Poster(api.client), Files(api.client))
    with pytest.raises(AccessDenied):
        await transcripts.of("1", "U1", zone=(UTC, "UTC"), still=not_any_more)
    assert (api.of("chat.postMessage"), api.uploads) == ([], [])
