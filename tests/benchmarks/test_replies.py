"""The measuring of replies: the late line, and one question of each kind."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.replies import Kind, Line, Spread, Timing, measure, rows

LATE = 0.03
TEXT = Kind("text", ("Who wrote Faust?",))
NATIVE = Kind("Slack's own chart", ("Total amount by stage",), "data_visualization")
PICTURE = Kind("picture", ("Total amount by stage",), "image", charts="png")


async def test_a_call_over_the_line_is_late_and_whole() -> None:
    """What is sent arrives after the set time, however large, and the answer comes back unchanged."""
    application = web.Application(client_max_size=4 * 1024 * 1024)

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    application.router.add_post("/", echo)
    sent = bytes(range(256)) * 4096
    async with (
        TestServer(application) as server,
        Line(str(server.make_url("/")), LATE).laid() as url,
        aiohttp.ClientSession() as session,
    ):
        began = time.perf_counter()
        async with session.post(url, data=sent) as response:
            assert await response.read() == sent
    assert time.perf_counter() - began >= LATE


async def test_a_text_answer_is_measured() -> None:
    """No figure is better than one call, because the placeholder and the final edit are a call each."""
    timing = await measure(TEXT, LATE, speed=0)
    assert timing.call >= LATE
    assert all(low <= high for low, high in pairwise((LATE, timing.first.middle, timing.first.worst)))
    assert all(low <= high for low, high in pairwise((LATE, timing.final.middle, timing.final.worst)))
    assert timing.calls >= 2


async def test_a_picture_needs_more_calls_than_slacks_own_chart() -> None:
    """Three calls of an upload, one look at the file and the final edit follow each other."""
    own, picture = await measure(NATIVE, LATE, speed=0), await measure(PICTURE, LATE, speed=0)
    assert picture.final.middle >= 5 * LATE
    assert picture.calls > own.calls


async def test_an_answer_of_another_kind_is_not_measured() -> None:
    """A figure for charts never comes from an answer without one."""
    with pytest.raises(AssertionError, match="another kind"):
        await measure(replace(NATIVE, questions=TEXT.questions), LATE, speed=0)


def test_each_run_gives_three_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time is told in calls and in milliseconds, with the worst; then how many calls there were."""

    async def measured(_: Kind, latency: float) -> Timing:
        return Timing(latency, Spread(0.03, 0.06), Spread(0.045, 0.09), calls=3.0)

    monkeypatch.setattr("benchmarks.replies.measure", measured)
    monkeypatch.setattr("benchmarks.replies.RUNS", ((TEXT, LATE),))
    assert rows() == [
        ("question → placeholder, text; one call takes 30 ms", "1.0 calls, 30 ms (worst 60 ms)"),
        ("last diff → final edit, text; one call takes 30 ms", "1.5 calls, 45 ms (worst 90 ms)"),
        ("Web API calls for one answer, text; one call takes 30 ms", "3"),
    ]
