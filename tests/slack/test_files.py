"""Uploads: three calls, then patience."""

import pytest

from bot.errors import SlackRefused, SlackUnreachable
from bot.slack.files import Files
from tests.slack.conftest import Answer, Clock, WebApi, limited, refused


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
    api.expect("files.getUploadURLExternal", place(api))
    api.expect("upload", Answer(status=500))
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
