"""Uploads: three calls, then patience."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import SlackRefused, SlackUnreachable
from bot.sandbox.slack.options import Failure, SlackOptions
from bot.slack.files import Files
from tests.slack.conftest import Answer, Clock, WebApi, limited, refused
from tests.slack.installed import Installed, installed


@pytest.fixture
def files(api: WebApi, clock: Clock) -> Files:
    """Uploads on the test's clock."""
    return Files(api.client, clock=clock, sleep=clock.sleep)


def place(api: WebApi) -> Answer:
    """The answer that says where the bytes go."""
    root = api.client.base_url.removesuffix("api/")
    return Answer({"file_id": "F0123456789", "upload_url": f"{root}upload/1"})


async def test_uploads_privately(api: WebApi, files: Files) -> None:
    """Name, length and alt text are announced, the bytes follow, and no channel is named."""
    api.expect("files.getUploadURLExternal", limited(1), place(api))
    file_id = await files.upload("../a/chart:1.png", b"PNG", title="Revenue", alt_text="It grew.")
    assert file_id == "F0123456789"
    announced = api.of("files.getUploadURLExternal")[-1]
    assert announced == {"filename": "chart_1.png", "length": "3", "alt_txt": "It grew."}
    assert api.uploads == [b"PNG"]
    assert api.of("files.completeUploadExternal") == [{"files": [{"id": file_id, "title": "Revenue"}]}]


async def test_shares_in_a_thread_when_asked(api: WebApi, files: Files) -> None:
    """With a channel the file is shared there, as a snippet of its language."""
    api.expect("files.getUploadURLExternal", place(api))
    await files.upload(
        "q.sql", b"select 1", title="q", snippet_type="sql", channel="C1", thread_ts="1.5", comment="The SQL."
    )
    (shared,) = api.of("files.completeUploadExternal")
    assert shared["initial_comment"] == "The SQL."
    assert (shared["channel_id"], shared["thread_ts"]) == ("C1", "1.5")
    assert api.of("files.getUploadURLExternal")[0]["snippet_type"] == "sql"


async def test_failed_bytes_are_an_error(api: WebApi, files: Files) -> None:
    """An upload that Slack's file server does not take is not completed."""
    api.expect("files.getUploadURLExternal", *[place(api)] * 3)
    api.expect("upload", *[Answer(status=500)] * 3)
    with pytest.raises(SlackUnreachable):
        await files.upload("a.png", b"PNG", title="a")
    assert not api.of("files.completeUploadExternal")


async def test_deletes_what_is_there(api: WebApi, files: Files) -> None:
    """A file that is gone already is no failure; one that may not be deleted is."""
    api.expect("files.delete", Answer(), refused("file_not_found"), refused("cant_delete_file"))
    await files.delete("F1")
    await files.delete("F1")
    with pytest.raises(SlackRefused, match="cant_delete_file"):
        await files.delete("F1")


async def test_waits_until_visible(api: WebApi, files: Files, clock: Clock) -> None:
    """A file is visible when Slack has found out its type; the looks become rarer."""
    empty = Answer({"file": {"mimetype": ""}})
    api.expect(
        "files.info",
        refused("file_not_found"),
        empty,
        empty,
        empty,
        empty,
        Answer({"file": {"mimetype": "image/png"}}),
    )
    await files.visible("F1")
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 4.0]


async def test_gives_up_in_time(api: WebApi, files: Files, clock: Clock) -> None:
    """A file that never becomes visible is an error after half a minute."""
    api.expect("files.info", *[Answer({"file": {"mimetype": ""}})] * 20)
    with pytest.raises(SlackRefused, match="not_visible"):
        await files.visible("F1")
    assert clock.now <= 1030


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("query.sql", "query.sql"),
        ("..\\..\\x<y>.sql", "x_y.sql"),
        ("", "file"),
        ("///", "file"),
        ("Umsatz (Ä).png", "Umsatz (Ä).png"),
        ("a" * 300 + ".sql", "a" * 116 + ".sql"),
    ],
)
async def test_names_are_made_safe(api: WebApi, files: Files, given: str, sent: str) -> None:
    """No folder, no control character and no endless name reaches Slack."""
    api.expect("files.getUploadURLExternal", place(api))
    await files.upload(given, b"x", title="t")
    assert api.of("files.getUploadURLExternal")[0]["filename"] == sent


# -- uploads in doubt ------------------------------------------------------------------------------------


@pytest.fixture
async def here() -> AsyncIterator[Installed]:
    """A workspace whose files are visible at once, and that takes as many calls as a test makes."""
    options = SlackOptions(enforce_tiers=False, file_visibility_delay=0)
    async with installed(options=options) as made:
        yield made


def shared(here: Installed) -> list[str]:
    """Names of the files in Sales, newest first."""
    said = here.workspace.history(here.channel("sales"))
    return [here.workspace.files[each].name for message in said for each in message.file_ids]


STEPS = ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info"]
ONCE = [Failure.UNANSWERED, Failure.DROPPED, Failure.SERVER_ERROR, Failure.RATE_LIMITED]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("failure", ONCE)
async def test_a_file_is_shared_once_whatever_step_is_in_doubt(
    here: Installed, clock: Clock, step: str, failure: str
) -> None:
    """The first steps are made again; the last one only where Slack knows no file."""
    here.workspace.faults.fail_next(step, failure)
    files = Files(here.client, clock=clock, sleep=clock.sleep)
    await files.upload("a.csv", b"1", title="a", channel=here.channel("sales"))
    assert shared(here) == ["a.csv"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("failure", ONCE)
async def test_a_private_file_becomes_visible_whatever_step_is_in_doubt(
    here: Installed, clock: Clock, step: str, failure: str
) -> None:
    """It is uploaded to its end."""
    here.workspace.faults.fail_next(step, failure)
    files = Files(here.client, clock=clock, sleep=clock.sleep)
    await files.visible(await files.upload("a.png", b"PNG", title="a"))
    assert shared(here) == []


@pytest.mark.parametrize("step", STEPS[:3])
async def test_an_upload_that_slack_never_takes_ends(here: Installed, clock: Clock, step: str) -> None:
    """Within a bounded time, and without anything in the channel."""
    here.workspace.faults.fail_next(step, Failure.DROPPED, times=100)
    files = Files(here.client, clock=clock, sleep=clock.sleep)
    with pytest.raises(SlackUnreachable):
        await files.upload("a.csv", b"1", title="a", channel=here.channel("sales"))
    assert shared(here) == []
    assert clock.now - 1000 < 60


async def test_a_share_that_never_shows_stays_unknown(here: Installed, clock: Clock) -> None:
    """Slack knows the file and shows it nowhere: it is not shared again, and the wait ends."""
    here.workspace.faults.uploads_never_visible = True
    here.workspace.faults.fail_next("files.completeUploadExternal", Failure.UNANSWERED)
    files = Files(here.client, clock=clock, sleep=clock.sleep)
    with pytest.raises(SlackUnreachable, match="unknown"):
        await files.upload("a.csv", b"1", title="a", channel=here.channel("sales"))
    assert shared(here) == ["a.csv"]


async def test_a_deletion_in_doubt_is_done(here: Installed, clock: Clock) -> None:
    """It is repeated; that the file is gone by then is what was wanted."""
    files = Files(here.client, clock=clock, sleep=clock.sleep)
    file_id = await files.upload("a.csv", b"1", title="a", channel=here.channel("sales"))
    here.workspace.faults.fail_next("files.delete", Failure.UNANSWERED)
    await files.delete(file_id)
    assert shared(here) == []
