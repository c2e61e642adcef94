"""Indigo.ai in Slack from its settings: what ``/indigo`` needs, and the jobs behind it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.audit import Audit
from bot.charts.pool import ChartPool
from bot.core.audience import Rules
from bot.indigo.client import Indigo, IndigoOptions
from bot.reporting.chats import Chats
from bot.reporting.desk import IndigoDesk
from bot.reporting.desk import Tools as DeskTools
from bot.reporting.exports import Exports, write
from bot.reporting.exports import Means as ExportMeans
from bot.reporting.harvest import Harvest
from bot.reporting.kept import Kept
from bot.reporting.members import Looks
from bot.reporting.reports import Means as ReportMeans
from bot.reporting.reports import Reports, zone_of
from bot.reporting.rights import Means as RightsMeans
from bot.reporting.rights import Named, Rights
from bot.reporting.schedule import Means as PostingMeans
from bot.reporting.schedule import Posting, Schedules
from bot.reporting.transcripts import Transcripts
from bot.settings import IndigoSettings
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.people import Home, People
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.store.base import Store
from bot.tasks import Tasks, background
from handlers.indigo import IndigoCommands
from handlers.indigo import Tools as CommandTools


class Parts(Protocol):
    """Parts of the app that Indigo's part works with, too."""

    poster: Poster
    editor: Editor
    files: Files
    pool: ChartPool
    audit: Audit
    rules: Rules


@dataclass(frozen=True, slots=True)
class Around:
    """What Indigo's part shares with the rest of the app.

    Attributes:
        client: Slack's Web API, with the bot token.
        tasks: owns exports.
        new_ref: makes references that people see.
    """

    client: AsyncWebClient
    home: Home
    store: Store
    parts: Parts
    tasks: Tasks
    new_ref: Callable[[], str]


async def start(stack: AsyncExitStack, settings: IndigoSettings | None, around: Around) -> IndigoCommands:
    """What listens to ``/indigo``. Where Indigo is not connected nothing is built, and it says so."""
    desk = None if settings is None else await _connected(stack, settings, around)
    return IndigoCommands(CommandTools(desk, around.parts.poster, around.new_ref))


def client(settings: IndigoSettings) -> Indigo:
    """The client as configured; close it."""
    return Indigo(
        IndigoOptions(
            url=settings.url,
            token=settings.token,
            project=settings.project,
            env=settings.env,
            page_size=settings.page_size,
            concurrency=settings.concurrency,
            ids=settings.ids,
            paging=settings.paging,
            order=settings.order,
        )
    )


async def _connected(stack: AsyncExitStack, settings: IndigoSettings, around: Around) -> IndigoDesk:
    indigo = client(settings)
    stack.push_async_callback(indigo.close)
    source = f"{settings.project}:{settings.env}"
    kept = Kept(around.store, source, settings.figures_days)
    rights = _rights(settings, around)
    reports = Reports(_report_means(kept, rights, around))
    schedules = Schedules(around.store, source)
    harvest = Harvest(indigo, kept, around.store, hours=settings.harvest_hours, clock=time.time)
    posting = Posting(
        PostingMeans(schedules, around.store, reports.post_due, lambda name: zone_of(name)[0], time.time)
    )
    exports = _exports(indigo, around)
    await stack.enter_async_context(background(harvest.run(), name="indigo-harvest"))
    await stack.enter_async_context(background(exports.run(), name="indigo-exports"))
    await stack.enter_async_context(background(posting.run(), name="indigo-posting"))
    return IndigoDesk(
        DeskTools(
            rights=rights,
            chats=Chats(indigo, kept, around.store, around.new_ref),
            transcripts=Transcripts(indigo, around.parts.poster, around.parts.files),
            exports=exports,
            looks=Looks(indigo, around.store, source, time.time),
            reports=reports,
            schedules=schedules,
            audit=around.parts.audit,
            clock=time.time,
        )
    )


def _rights(settings: IndigoSettings, around: Around) -> Rights:
    return Rights(
        RightsMeans(
            people=People(around.client, around.home),
            places=Places(around.client, around.home),
            store=around.store,
            rules=around.parts.rules,
            named=Named(frozenset(settings.people), frozenset(settings.channels)),
            team=around.home.team,
            clock=time.time,
        )
    )


def _report_means(kept: Kept, rights: Rights, around: Around) -> ReportMeans:
    return ReportMeans(
        kept=kept,
        pool=around.parts.pool,
        files=around.parts.files,
        poster=around.parts.poster,
        rights=rights,
        audit=around.parts.audit,
        team=around.home.team,
        clock=time.time,
    )


def _exports(indigo: Indigo, around: Around) -> Exports:
    return Exports(
        ExportMeans(
            write=partial(write, indigo),
            poster=around.parts.poster,
            editor=around.parts.editor,
            files=around.parts.files,
            store=around.store,
            tasks=around.tasks,
            audit=around.parts.audit,
            new_ref=around.new_ref,
            clock=time.time,
        )
    )
