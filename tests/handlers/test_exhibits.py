"""Controls on one visualization."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.render import controls
from bot.core.results import StoredResult
from bot.errors import SlackUnreachable
from bot.model import ChannelPolicy, Native, VisualizationType
from bot.redrawing import Place
from bot.slack.files import Files
from bot.slack.views import Views
from handlers.exhibits import ExhibitControls, Tools
from tests.handlers.conftest import DIRECT, Office, identity, press, respond, result
from tests.slack.conftest import Answer, refused

PIE, LINE = VisualizationType.PIE_CHART, VisualizationType.LINE_CHART
GONE = "no longer kept"


@dataclass
class Redraws:
    """Draws nothing, but keeps what was chosen, as it must.

    Attributes:
        exports: whether the redrawn answers can be exported.
        alone: what one reader alone was shown.
        hold: a redraw takes until this is set.
    """

    office: Office
    drawn: list[tuple[int, VisualizationType]] = field(default_factory=list)
    exports: list[bool] = field(default_factory=list)
    alone: list[tuple[StoredResult, Place, VisualizationType]] = field(default_factory=list)
    began: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    hold: asyncio.Event | None = None
    error: Exception | None = None

    async def draw_alone(self, copy: StoredResult, place: Place, wanted: VisualizationType) -> None:
        """Notes what was shown."""
        self.alone.append((copy, place, wanted))

    async def redraw(
        self, result: StoredResult, index: int, wanted: VisualizationType, *, exports: bool
    ) -> None:
        """Notes what was chosen."""
        await self.began.put(result.turn)
        if self.error:
            raise self.error
        if self.hold:
            await self.hold.wait()
        self.drawn.append((index, wanted))
        self.exports.append(exports)
        await self.office.results.keep(result.choose(index, wanted))


@pytest.fixture
def redraws(office: Office) -> Redraws:
    """What draws anew."""
    return Redraws(office)


@pytest.fixture
def native() -> Native:
    """What the workspace takes."""
    return Native()


@pytest.fixture
def exhibits(office: Office, redraws: Redraws, native: Native) -> ExhibitControls:
    """The controls of the office."""
    return make(office, redraws, native=native)


def make(office: Office, redraws: Redraws, *, native: Native, patience: float = 60.0) -> ExhibitControls:
    async def takes(team: str) -> Native:
        assert team == "T1"
        return native

    tools = Tools(
        readers=office.readers,
        results=office.results,
        memory=office.memory,
        poster=office.poster,
        files=Files(office.api.client),
        views=Views(office.api.client),
        redraws=redraws,
        native=takes,
        patience=patience,
    )
    return ExhibitControls(office.desk, tools)


def said(payload: dict[str, object]) -> str:
    return json.dumps(payload, ensure_ascii=False)


def expect_upload(office: Office) -> None:
    """Slack gives a place for a file."""
    base = office.api.client.base_url.removesuffix("api/")
    office.api.expect(
        "files.getUploadURLExternal", Answer({"file_id": "F1", "upload_url": f"{base}upload/1"})
    )


# -- Show data -------------------------------------------------------------------------------------------


async def test_the_data_are_shown_to_who_pressed(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """In the thread, a page at a time, and to nobody else."""
    await office.results.keep(result(60))
    await exhibits.on_data(ack, press("t1:0", user="U2"))
    assert ack.response is not None
    (shown,) = office.whispered()
    assert (shown["user"], shown["channel"], shown["thread_ts"]) == ("U2", "C1", "10.1")
    assert "Rows 1–25 of 60" in said(shown)
    assert '"S24"' in said(shown)
    assert '"S25"' not in said(shown)
    assert '"t1:0:1"' in said(shown)
    assert office.posted() == []
    (entry,) = await office.noted()
    assert (entry.what, entry.user, entry.identity, entry.turn) == (What.SHOWN, "U2", "service", "t1")
    assert entry.details == {"form": "data", "result": 0, "rows": 60}


@pytest.mark.parametrize("native", [Native(tables=True)])
async def test_the_data_are_shown_in_slacks_own_table_where_it_is_taken(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """A reader can sort it there."""
    await office.results.keep(result(3))
    await exhibits.on_data(ack, press("t1:0"))
    assert '"data_table"' in said(office.whispered()[0])


@pytest.mark.parametrize("native", [Native(tables=True)])
async def test_the_data_are_shown_in_a_plain_table_where_slack_refuses_its_own(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """What Slack takes in a message it may refuse in one for a single person; the rows are shown anyway."""
    await office.results.keep(result(60))
    office.api.expect("chat.postEphemeral", refused("invalid_blocks"))
    await exhibits.on_data(ack, press("t1:0"))
    _, shown = office.whispered()
    assert '"table"' in said(shown)
    assert '"S24"' in said(shown)
    office.api.expect("response", Answer({"error": "invalid_blocks"}, status=400))
    await exhibits.on_page(ack, press("t1:0:1", at="50.2"), respond(office))
    _, turned = office.api.of("response")
    assert '"table"' in said(turned)
    assert len(office.whispered()) == 2


async def test_a_page_takes_the_place_of_the_one_before(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """By the address that came with the press, so that pages do not pile up."""
    await office.results.keep(result(60))
    await exhibits.on_page(ack, press("t1:0:2"), respond(office))
    (page,) = office.api.of("response")
    assert (page["replace_original"], page["thread_ts"]) == (True, "10.1")
    assert "Rows 51–60 of 60" in said(page)
    assert office.whispered() == []


async def test_a_page_stays_in_its_thread_where_the_press_does_not_name_it(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """A press in a message for one person comes without that message, and maybe without its thread."""
    await office.results.keep(result(60))
    body = {**press("t1:0:2"), "message": {}, "container": {"message_ts": "77.7", "channel_id": "C1"}}
    await exhibits.on_page(ack, body, respond(office))
    (page,) = office.api.of("response")
    assert page["thread_ts"] == "10.1"


async def test_a_page_whose_place_is_gone_is_shown_anew(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """The address is good for half an hour only, and Slack may not answer there."""
    await office.results.keep(result(60))
    office.api.expect("response", Answer({"error": "used_url"}, status=404))
    office.api.expect("response", Answer(drop=True), Answer(drop=True))
    for at in ("50.1", "50.2"):
        await exhibits.on_page(ack, press("t1:0:1", at=at), respond(office))
    assert ["Rows 26–50 of 60" in said(shown) for shown in office.whispered()] == [True, True]


# -- Show SQL --------------------------------------------------------------------------------------------


async def test_the_sql_opens_in_a_window(office: Office, exhibits: ExhibitControls, ack: AsyncAck) -> None:
    """Laid out for reading, with its dialect in the title."""
    await office.results.keep(result())
    await exhibits.on_sql(ack, press("t1:0"))
    (opened,) = office.api.of("views.open")
    assert opened["trigger_id"] == "trigger"
    assert "SQL · SQLite" in said(opened)
    assert "select 1\\nfrom t" in said(opened)
    assert office.whispered() == []
    assert [entry.details["form"] for entry in await office.noted()] == ["sql"]


async def test_where_there_is_no_sql_that_is_told(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """A button of an earlier version may have been left."""
    await office.results.keep(result(code=None))
    await exhibits.on_sql(ack, press("t1:0"))
    assert "There is no SQL to show you" in said(office.whispered()[0])
    assert office.api.of("views.open") == []


async def test_whose_role_hides_the_sql_does_not_see_it(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """Also where the data are their own, fetched before the role changed."""
    await office.results.keep(result())
    office.tenant.sql = False
    await exhibits.on_sql(ack, press("t1:0"))
    assert "There is no SQL to show you" in said(office.whispered()[0])
    assert (office.api.of("views.open"), await office.noted()) == ([], [])


async def test_a_slow_store_does_not_cost_the_window(
    office: Office, redraws: Redraws, native: Native, ack: AsyncAck
) -> None:
    """The trigger would be over: so the window opens first, and is filled when the SQL is there."""
    await office.results.keep(result())
    office.store.slow = asyncio.Event()
    office.api.expect("views.open", Answer({"view": {"id": "V1", "hash": "h1"}}))
    pressed = asyncio.create_task(make(office, redraws, native=native, patience=0).on_sql(ack, press("t1:0")))
    await office.api.until(1)
    assert "Loading" in said(office.api.of("views.open")[0])
    office.store.slow.set()
    await pressed
    (filled,) = office.api.of("views.update")
    assert (filled["view_id"], filled["hash"]) == ("V1", "h1")
    assert "select 1" in said(filled)


@pytest.mark.parametrize(("broken", "words"), [(False, GONE), (True, "did not work")])
async def test_a_window_that_stands_open_says_what_went_wrong(
    office: Office, redraws: Redraws, native: Native, ack: AsyncAck, *, broken: bool, words: str
) -> None:
    """It never stays at "Loading"."""
    office.store.slow = asyncio.Event()
    office.store.broken = broken
    pressed = asyncio.create_task(make(office, redraws, native=native, patience=0).on_sql(ack, press("t1:0")))
    await office.api.until(1)
    office.store.slow.set()
    await pressed
    assert words in said(office.api.of("views.update")[0])
    assert office.whispered() == []


async def test_a_refusal_in_an_open_window_is_noted_as_well(
    office: Office, redraws: Redraws, native: Native, ack: AsyncAck
) -> None:
    """It is told in the window, and the audit has it, however long it took."""
    await office.results.keep(result())
    office.api.people["U2"] = {"is_restricted": True}
    office.store.slow = asyncio.Event()
    controls = make(office, redraws, native=native, patience=0)
    pressed = asyncio.create_task(controls.on_sql(ack, press("t1:0", user="U2")))
    await office.api.until(1)
    office.store.slow.set()
    await pressed
    assert "Guests can't ask me" in said(office.api.of("views.update")[0])
    assert [entry.outcome for entry in await office.noted()] == ["guest"]


async def test_a_mistake_of_ours_does_not_leave_a_window_loading(
    office: Office,
    redraws: Redraws,
    native: Native,
    ack: AsyncAck,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It says that it did not work, and the log says why."""
    monkeypatch.setattr("bot.core.sql.pretty", lambda _code: 1 / 0)
    await office.results.keep(result())
    office.store.slow = asyncio.Event()
    pressed = asyncio.create_task(make(office, redraws, native=native, patience=0).on_sql(ack, press("t1:0")))
    await office.api.until(1)
    office.store.slow.set()
    await pressed
    assert "did not work" in said(office.api.of("views.update")[0])
    assert "ZeroDivisionError" in caplog.text


async def test_a_press_that_came_late_is_told_to_press_again(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """Slack opens no window after three seconds."""
    await office.results.keep(result())
    office.api.expect("views.open", refused("expired_trigger_id"))
    await exhibits.on_sql(ack, press("t1:0", user="U2"))
    (told,) = office.whispered()
    assert told["user"] == "U2"
    assert "press the button once more" in said(told)


# -- Export CSV ------------------------------------------------------------------------------------------


async def test_an_export_is_a_file_in_the_thread(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """With all rows that are held, and a line that says whose it is and that there are more."""
    await office.results.keep(result(60, hasMore=True, totalRows=2310))
    expect_upload(office)
    await exhibits.on_csv(ack, press("t1:0", user="U2"))
    (data,) = office.api.uploads
    assert data.startswith(b"\xef\xbb\xbf")
    assert len(data.decode("utf-8-sig").splitlines()) == 61
    (shared,) = office.api.of("files.completeUploadExternal")
    assert (shared["channel_id"], shared["thread_ts"]) == ("C1", "10.1")
    assert shared["initial_comment"] == "<@U2> exported *Deals*. All 60 rows held of 2,310."
    assert office.api.of("files.getUploadURLExternal")[0]["filename"] == "Deals.csv"
    (entry,) = await office.noted()
    assert (entry.what, entry.user, entry.domain) == (What.EXPORTED, "U2", "d-sales")
    assert entry.details == {"form": "csv", "result": 0, "rows": 60}


async def test_where_exports_are_off_there_is_none(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """Also by a button of before; the data can still be looked at."""
    await office.results.keep(result())
    await office.policies.keep("T1", "C1", ChannelPolicy(exports=False))
    await exhibits.on_csv(ack, press("t1:0"))
    assert "Exports are switched off" in said(office.whispered()[0])
    assert office.api.uploads == []
    await exhibits.on_chart(ack, choose("PIE_CHART"))
    await exhibits.on_data(ack, press("t1:0"))
    assert "Rows 1–25 of 60" in said(office.whispered()[1])


async def test_an_export_of_ones_own_rows_goes_to_ones_direct_messages(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """Nobody in the channel gets what only this person may see."""
    office.service = False
    await office.results.keep(result(identity=identity("U1").name))
    expect_upload(office)
    await exhibits.on_csv(ack, press("t1:0", user="U2"))
    (data,) = office.api.uploads
    assert b"u2@example.com" in data
    (above,) = office.posted()
    assert above["channel"] == "U2"
    assert "with your own rights" in said(above)
    (shared,) = office.api.of("files.completeUploadExternal")
    assert shared["channel_id"] == DIRECT
    assert shared["thread_ts"]


async def test_a_press_that_comes_twice_exports_once(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """Slack may deliver a press again; another press is another file."""
    await office.results.keep(result())
    for at in ("50.1", "50.1", "50.2"):
        expect_upload(office)
        await exhibits.on_csv(ack, press("t1:0", at=at))
    assert len(office.api.uploads) == 2


async def test_an_export_that_slack_does_not_take_is_told(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """Whoever pressed does not wait for a file that never comes."""
    await office.results.keep(result())
    office.api.expect("files.getUploadURLExternal", refused("storage_limit_reached"))
    await exhibits.on_csv(ack, press("t1:0"))
    assert "did not work" in said(office.whispered()[0])


# -- chart type ------------------------------------------------------------------------------------------


def choose(wanted: str, *, index: int = 0, at: str = "50.1", user: str = "U1") -> dict[str, object]:
    """Somebody chooses a type from the menu."""
    option = {"text": {"type": "plain_text", "text": "x"}, "value": f"t1:{index}:{wanted}"}
    action = {"action_id": controls.CHART_ACTION, "type": "static_select", "selected_option": option}
    return press("", user=user, actions=[{**action, "action_ts": at}])


async def test_a_chosen_type_is_drawn_once(
    office: Office, exhibits: ExhibitControls, redraws: Redraws, ack: AsyncAck
) -> None:
    """Choosing what stands there already changes nothing."""
    await office.results.keep(result())
    for at in ("50.1", "50.2"):
        await exhibits.on_chart(ack, choose("PIE_CHART", at=at))
    assert redraws.drawn == [(0, PIE)]
    assert redraws.exports == [True]
    assert office.api.calls == []


async def test_who_may_not_export_is_offered_none_anew(
    office: Office, exhibits: ExhibitControls, redraws: Redraws, ack: AsyncAck
) -> None:
    """An answer that is drawn anew has the controls that hold now."""
    await office.results.keep(result())
    await office.policies.keep("T1", "C1", ChannelPolicy(exports=False))
    await exhibits.on_chart(ack, choose("PIE_CHART"))
    assert redraws.exports == [False]


async def test_another_readers_choice_is_theirs_alone(
    office: Office, exhibits: ExhibitControls, redraws: Redraws, ack: AsyncAck
) -> None:
    """What stands in the thread was fetched with the asker's rights, and stays as it is."""
    office.service = False
    await office.results.keep(result(identity=identity("U1").name))
    await exhibits.on_chart(ack, choose("PIE_CHART", user="U2"))
    ((copy, place, wanted),) = redraws.alone
    assert copy.identity == identity("U2").name
    assert (place.turn, place.index, place.shown_index, place.user) == ("t1", 0, 0, "U2")
    assert (wanted, redraws.drawn) == (PIE, [])
    shared = await office.results.load("t1")
    assert shared is not None
    assert shared.chosen == (None,)


async def test_choices_wait_for_each_other(
    office: Office, exhibits: ExhibitControls, redraws: Redraws, ack: AsyncAck
) -> None:
    """Two readers who choose at the same moment are drawn one after the other; the last choice stays."""
    await office.results.keep(result())
    redraws.hold = asyncio.Event()
    both = asyncio.gather(
        exhibits.on_chart(ack, choose("PIE_CHART")), exhibits.on_chart(ack, choose("LINE_CHART", at="50.2"))
    )
    await redraws.began.get()
    redraws.hold.set()
    await both
    assert redraws.drawn == [(0, PIE), (0, LINE)]
    kept = await office.results.load("t1")
    assert kept is not None
    assert kept.chosen == (LINE,)


async def test_a_chart_that_cannot_be_drawn_anew_is_told(
    office: Office, exhibits: ExhibitControls, redraws: Redraws, ack: AsyncAck
) -> None:
    """Only who chose hears of it; the message stays as it is."""
    await office.results.keep(result())
    redraws.error = SlackUnreachable("chat.update")
    await exhibits.on_chart(ack, choose("PIE_CHART"))
    assert "did not work" in said(office.whispered()[0])


async def test_a_type_that_is_none_is_not_drawn(
    office: Office, exhibits: ExhibitControls, redraws: Redraws, ack: AsyncAck
) -> None:
    """A menu of another version may offer one."""
    await office.results.keep(result())
    await exhibits.on_chart(ack, choose("HOLOGRAM"))
    assert redraws.drawn == []
    assert len(office.whispered()) == 1


# -- all -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["t1:0", "t2:0", "t1:7", "t1", ""])
async def test_what_is_no_longer_kept_is_told(
    office: Office, exhibits: ExhibitControls, redraws: Redraws, ack: AsyncAck, value: str
) -> None:
    """Every control says what happened and what to do, to who pressed alone."""
    if value != "t1:0":
        await office.results.keep(result())
    await exhibits.on_data(ack, press(value, user="U2"))
    await exhibits.on_sql(ack, press(value, user="U2"))
    await exhibits.on_csv(ack, press(value, user="U2"))
    told = office.whispered()
    assert [(GONE in said(each), "Ask again" in said(each)) for each in told] == [(True, True)] * 3
    assert {each["user"] for each in told} == {"U2"}
    assert (office.api.of("views.open"), office.posted(), redraws.drawn) == ([], [], [])


async def test_a_page_of_what_is_no_longer_kept_says_so_itself(
    office: Office, exhibits: ExhibitControls, ack: AsyncAck
) -> None:
    """Its answer may be deleted, and a word aside in a thread without replies is seen by nobody."""
    await exhibits.on_page(ack, press("t1:0:1"), respond(office))
    (page,) = office.api.of("response")
    assert (GONE in said(page), page["replace_original"], office.whispered()) == (True, True, [])
    office.api.expect("response", Answer({"error": "used_url"}, status=404))
    await exhibits.on_page(ack, press("t1:0:1", at="50.2"), respond(office))
    assert GONE in said(office.whispered()[0])


async def test_a_chart_that_is_no_longer_kept_is_told(
    office: Office, exhibits: ExhibitControls, redraws: Redraws, ack: AsyncAck
) -> None:
    """The menu outlives what it works with."""
    await exhibits.on_chart(ack, choose("PIE_CHART"))
    assert GONE in said(office.whispered()[0])
    assert redraws.drawn == []


async def test_a_store_that_fails_is_told(office: Office, exhibits: ExhibitControls, ack: AsyncAck) -> None:
    """A press is never without an answer."""
    office.store.broken = True
    await exhibits.on_data(ack, press("t1:0"))
    await exhibits.on_csv(ack, press("t1:0"))
    assert ["did not work" in said(each) for each in office.whispered()] == [True, True]
