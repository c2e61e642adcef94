"""The measuring of replies: the late line, and one question of each kind."""

from __future__ import annotations

import time
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.replies import Kind, Line, Spread, Timing, measure, rows

LATE = 0.03
TEXT = Kind("text", ("Who wrote Faust?",), chart=False)
CHART = Kind("chart", ("Total amount by stage",), chart=True)


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


async def test_a_chart_needs_more_calls_than_text() -> None:
    """Three calls of an upload, one look at the file and the final edit follow each other."""
    timing = await measure(CHART, LATE, speed=0)
    assert timing.final.middle >= 5 * LATE


async def test_an_answer_of_another_kind_is_not_measured() -> None:
    """A figure for charts never comes from an answer without one."""
    with pytest.raises(AssertionError, match="another kind"):
        await measure(Kind("chart", TEXT.questions, chart=True), LATE, speed=0)


def test_each_run_gives_two_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row tells the figure in calls and in milliseconds, and the worst."""

    async def measured(_: Kind, latency: float) -> Timing:
        return Timing(latency, Spread(0.03, 0.06), Spread(0.045, 0.09))

    monkeypatch.setattr("benchmarks.replies.measure", measured)
    monkeypatch.setattr("benchmarks.replies.RUNS", ((TEXT, LATE),))
    assert rows() == [
        ("question → placeholder, text; one call takes 30 ms", "1.0 calls, 30 ms (worst 60 ms)"),
        ("last diff → final edit, text; one call takes 30 ms", "1.5 calls, 45 ms (worst 90 ms)"),
    ]
