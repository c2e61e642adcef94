"""Slack that does not answer: nothing is posted twice, and the right answer stands there."""

from __future__ import annotations

from typing import Literal

import pytest

from bot.sandbox.slack.model import Message
from bot.sandbox.slack.options import Failure
from tests.scenarios.town import Town, charts, everything, with_process

DOUBTS = [Failure.UNANSWERED, Failure.DROPPED, Failure.SERVER_ERROR]
QUESTION = "@wisdom Expected revenue by stage as a bar chart"


async def answered(here: Town, *, how: Literal["auto", "png"] = "auto") -> tuple[Message, ...]:
    """Ada asks; what the bot has said in the thread when all its work is over, not the text alone."""
    channel = here.workspace.channels["sales"]
    async with here.bot(change=with_process(charts=how, drain_seconds=60.0)):
        ts = await here.person("ada").say(channel, QUESTION)
        await here.answer(channel, ts)
    return tuple(here.from_bot(channel, ts))


def files(here: Town, messages: tuple[Message, ...]) -> list[str]:
    """Names of the files that hang on messages."""
    return [here.workspace.files[each].name for message in messages for each in message.file_ids]


@pytest.mark.parametrize("failure", DOUBTS)
async def test_a_placeholder_in_doubt_becomes_the_answer(here: Town, failure: str) -> None:
    """One message stands in the thread, whether Slack had taken it or not."""
    here.workspace.faults.fail_next("chat.postMessage", failure)
    (answer,) = await answered(here)
    assert charts(answer)


@pytest.mark.parametrize("failure", DOUBTS)
async def test_edits_in_doubt_end_in_the_answer(here: Town, failure: str) -> None:
    """All edits but the last ones go unanswered; the final one is repeated."""
    here.workspace.faults.fail_next("chat.update", failure, times=4)
    (answer,) = await answered(here)
    assert charts(answer)
    assert "Closed Won" in everything(answer)


@pytest.mark.parametrize("failure", DOUBTS)
@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
async def test_an_upload_in_doubt_hangs_on_the_answer_once(here: Town, step: str, failure: str) -> None:
    """The picture stands in the answer, and the SQL is attached to it."""
    here.workspace.faults.fail_next(step, failure)
    (answer,) = await answered(here, how="png")
    assert charts(answer)
    assert len(files(here, (answer,))) == 1


@pytest.mark.parametrize("failure", DOUBTS)
async def test_a_file_in_doubt_is_shared_once(here: Town, failure: str) -> None:
    """Where no block is taken, the whole answer follows as a file."""
    kinds = {"table", "data_table", "image", "data_visualization", "markdown", "section", "context"}
    here.workspace.faults.refuse_blocks = frozenset(kinds)
    here.workspace.faults.fail_next("files.completeUploadExternal", failure)  # of the file, or of the SQL
    said = await answered(here)
    shared = [name for name in files(here, said) if name.startswith("answer-")]
    assert len(shared) == 1
