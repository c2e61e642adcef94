"""From settings to parts: every part of the running app is built here, and knows only what it is handed."""

from __future__ import annotations

import logging
import time
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from slack_bolt.async_app import AsyncApp

import handlers
from bot import embed_wiring, indigo_wiring
from bot.answering import Answering
from bot.answering import Tools as AnsweringTools
from bot.audit import Audit
from bot.budget import SharedBudget
from bot.charts.pool import ChartPool
from bot.copies import Copies
from bot.core.audience import Rules
from bot.core.identity import as_person
from bot.core.limits import Limiter, Limits
from bot.core.pacing import Pacer
from bot.core.record import name_of
from bot.core.turn import Turn
from bot.delivery import Delivery, Means
from bot.domains import Domains
from bot.errors import ChartFailed
from bot.exhibits import Exhibits
from bot.gate import Gate
from bot.heart import Heart
from bot.heart import Parts as HeartParts
from bot.inflight import Inflight
from bot.inquiry import Inquirer
from bot.journal import Journal
from bot.memory import Memory
from bot.model import SERVICE, Domain, Identity, Person
from bot.policies import Policies
from bot.private import PrivateThreads
from bot.recovery import Means as RecoveryMeans
from bot.recovery import Recovery
from bot.redrawing import Redrawing
from bot.results import Results
from bot.settings import (
    AccessSettings,
    DescopeSettings,
    EmbedSettings,
    IndigoSettings,
    Settings,
    SlackSettings,
    WisdomSettings,
)
from bot.sharing import Means as SharingMeans
from bot.sharing import Sharing
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.messages import AnswerMessages, Noted
from bot.slack.people import Home, People
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.slack.threads import Threads
from bot.slack.views import Views
from bot.standing import Ground
from bot.store.base import Store
from bot.tasks import Tasks, background
from bot.wisdom.tenant import Tenant, TenantOptions
from handlers import Listeners
from handlers.actions import Actions
from handlers.channels import Channels
from handlers.commands import Commands
from handlers.commands import Tools as CommandTools
from handlers.deleting import Deleting
from handlers.desk import Desk
from handlers.desk import Tools as DeskTools
from handlers.exhibits import ExhibitControls
from handlers.exhibits import Tools as ControlTools
from handlers.feedback import Feedback
from handlers.indigo import IndigoCommands
from handlers.mentions import Mentions
from handlers.messages import Messages
from handlers.readers import Readers
from handlers.settings import ChannelSettings
from handlers.settings import Tools as SettingsTools
from handlers.sharing import Sharing as SharingControls

_log = logging.getLogger("bot.app")

#: Presses and commands that are being answered get so many seconds at the end.
_LISTENER_SECONDS = 5.0

_EXAMPLES = ("What can I ask?", "What changed this month?", "Show the top 10 as a bar chart")


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings of a running app."""

    process: Settings
    slack: SlackSettings
    wisdom: WisdomSettings
    access: AccessSettings
    descope: DescopeSettings
    embed: EmbedSettings | None = None
    indigo: IndigoSettings | None = None

    @property
    def service(self) -> bool:
        """Everybody asks with the rights of the access key's owner."""
        return self.wisdom.identity == "service"


def tenant(wisdom: WisdomSettings, descope: DescopeSettings) -> Tenant:
    """The WisdomAI client as configured; close it."""
    return Tenant(
        TenantOptions(
            url=wisdom.url,
            ws_url=wisdom.ws_url or None,
            access_key=wisdom.access_key,
            sign_in=wisdom.sign_in,
            descope_project=descope.project_id,
            descope_base=descope.base_uri,
            sql=wisdom.sql,
            subprotocol=wisdom.subprotocol,
            selection=wisdom.selection,
            flow=wisdom.flow,
            tools=wisdom.tools,
            silence=wisdom.silence_seconds,
            max_frame=int(wisdom.max_frame_mib * 1024 * 1024),
            max_answer=int(wisdom.max_answer_mib * 1024 * 1024),
        )
    )


def new_turn(wisdom: WisdomSettings) -> Turn:
    """The state of one answer, with what is assumed about the tenant's diffs."""
    return Turn(unit=wisdom.length_unit, mode=wisdom.diffs)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the app is connected to.

    Attributes:
        home: the workspace that it is installed in.
    """

    bolt: AsyncApp
    home: Home
    tenant: Tenant
    store: Store


class Parts:
    """Everything that answers a question is made of; made once, for one running app."""

    def __init__(self, configuration: Configuration, outside: Outside) -> None:
        self._configuration = configuration
        self._outside = outside
        client, process, wisdom = outside.bolt.client, configuration.process, configuration.wisdom
        self.pool = ChartPool()
        self.memory = Memory(outside.store)
        self.journal = Journal(outside.store, self.memory, name_of=name_of)
        self.policies = Policies(outside.store)
        self.audit = Audit(outside.store, configuration.access.audit_days, clock=time.time, new_id=new_ref)
        self.poster, self.files = Poster(client), Files(client)
        self.editor = Editor(client, Pacer(per_minute=configuration.slack.edits_per_minute))
        self.views = Views(client)
        self.rules = _rules(configuration.access)
        self.gate = Gate(
            People(client, outside.home),
            Places(client, outside.home),
            self.policies,
            self.rules,
            _service if configuration.service else partial(as_person, attributes=wisdom.attributes),
        )
        self.domains = Domains(
            outside.tenant,
            self.memory,
            default=wisdom.domain_id,
            configured=tuple(Domain(each, name) for each, name in wisdom.domains),
            clock=time.monotonic,
        )
        self.results = Results(self.memory, process.results_days, clock=time.time)
        self.exhibits = Exhibits(self.pool, self.files)
        self.delivery = Delivery(
            Means(
                exhibits=self.exhibits,
                poster=self.poster,
                files=self.files,
                threads=Threads(client),
                memory=self.memory,
                charts=process.charts,
            )
        )
        self.private = PrivateThreads(self.poster, self.memory)
        self.inquirer = Inquirer(outside.tenant, self.memory, lambda: new_turn(wisdom))

    def messages(
        self, channel: str, thread_ts: str, *, turn: str = "", noted: Noted | None = None
    ) -> AnswerMessages:
        """The messages of an answer."""
        return AnswerMessages(
            self.poster, self.editor, channel=channel, thread_ts=thread_ts, turn=turn, noted=noted
        )

    def answering(self) -> Answering:
        """What answers turns."""
        wisdom = self._configuration.wisdom
        ground = Ground(self.gate, self.private, self.poster, self.messages, clock=time.monotonic)
        return Answering(
            AnsweringTools(
                inquirer=self.inquirer,
                ground=ground,
                delivery=self.delivery,
                results=self.results,
                link=embed_wiring.link(self._configuration.embed, wisdom),
                journal=self.journal,
                domains=self.domains,
                audit=self.audit,
                clock=time.monotonic,
                wall=time.time,
            )
        )

    def desk(self, inflight: Inflight) -> Desk:
        """What takes questions."""
        return Desk(
            DeskTools(
                inflight=inflight,
                journal=self.journal,
                memory=self.memory,
                poster=self.poster,
                gate=self.gate,
                private=self.private,
                limiter=Limiter(_limits(self._configuration.access)),
                audit=self.audit,
                examples=self._configuration.process.example_questions or _EXAMPLES,
                service=self._configuration.service,
                new_key=_new_key,
                new_ref=new_ref,
                clock=time.monotonic,
                wall=time.time,
            )
        )

    def heart(self, inflight: Inflight, desk: Desk, tasks: Tasks) -> Heart:
        """What keeps turns, and takes over those of processes that died."""
        budget = SharedBudget(
            self._outside.store,
            self.editor,
            name=uuid.uuid4().hex,
            per_minute=self._configuration.slack.edits_per_minute,
        )
        recovery = Recovery(
            RecoveryMeans(self.journal, self.messages, desk.resume, desk.whisper, clock=time.time)
        )
        return Heart(
            HeartParts(
                self.journal, self.memory, inflight, recovery, tasks, budget=budget, clock=time.monotonic
            )
        )

    def listeners(self, inflight: Inflight, desk: Desk, indigo: IndigoCommands) -> Listeners:
        """Everybody who listens to Slack."""
        memory, results = self.memory, self.results
        copies = Copies(self.inquirer, results, new_key=_new_key)
        readers = Readers(desk, results, copies, self._outside.tenant.rights)
        settings = self._channel_settings(desk)
        return Listeners(
            mentions=Mentions(desk),
            messages=Messages(desk),
            commands=Commands(desk, self._commands(settings)),
            actions=Actions(desk, inflight, memory, results),
            exhibits=ExhibitControls(desk, self._controls(readers)),
            feedback=Feedback(desk, memory, self.views, clock=time.time),
            deleting=Deleting(desk, memory, results, self.poster, self.files),
            sharing=SharingControls(desk, readers, memory, results, self._sharing()),
            settings=settings,
            channels=Channels(self.gate, memory, self.policies, results),
            indigo=indigo,
        )

    def _channel_settings(self, desk: Desk) -> ChannelSettings:
        return ChannelSettings(
            desk,
            SettingsTools(
                gate=self.gate,
                policies=self.policies,
                domains=self.domains,
                rules=self.rules,
                opener=self.views,
                audit=self.audit,
                new_ref=new_ref,
            ),
        )

    def _commands(self, settings: ChannelSettings) -> CommandTools:
        return CommandTools(
            gate=self.gate,
            domains=self.domains,
            policies=self.policies,
            settings=settings,
            audit=self.audit,
            new_ref=new_ref,
        )

    def _controls(self, readers: Readers) -> ControlTools:
        return ControlTools(
            readers=readers,
            results=self.results,
            memory=self.memory,
            poster=self.poster,
            files=self.files,
            views=self.views,
            redraws=Redrawing(self.delivery, self.messages, self.results, self.exhibits, self.poster),
            native=self.delivery.native,
        )

    def _sharing(self) -> Sharing:
        return Sharing(
            SharingMeans(
                delivery=self.delivery,
                messages=self.messages,
                results=self.results,
                memory=self.memory,
                poster=self.poster,
                new_key=_new_key,
            )
        )


async def start(stack: AsyncExitStack, configuration: Configuration, outside: Outside) -> Parts:
    """Builds the parts and lets Slack's listeners loose; the stack takes all of it down."""
    parts = Parts(configuration, outside)
    stack.push_async_callback(parts.pool.close)
    await _warm(parts.pool)
    await stack.enter_async_context(background(parts.editor.run(), name="editor"))
    tasks = Tasks()
    around = indigo_wiring.Around(outside.bolt.client, outside.home, outside.store, parts, tasks, new_ref)
    indigo = await indigo_wiring.start(stack, configuration.indigo, around)
    inflight = Inflight(parts.answering().run, parts.journal)
    desk = parts.desk(inflight)
    heart = parts.heart(inflight, desk, tasks)
    stack.push_async_callback(heart.stop)
    await stack.enter_async_context(background(heart.run(), name="heart"))
    stack.push_async_callback(inflight.drain, configuration.process.drain_seconds)
    stack.push_async_callback(tasks.drain, _LISTENER_SECONDS)
    stack.push_async_callback(heart.rest)
    handlers.register(outside.bolt, parts.listeners(inflight, desk, indigo), parts.memory, tasks)
    return parts


def new_ref() -> str:
    """Eight characters that people can read to each other, unique enough for a month of buttons."""
    return uuid.uuid4().hex[:8]


def _new_key() -> str:
    return str(uuid.uuid4())


def _service(_: Person) -> Identity:
    return SERVICE


def _rules(access: AccessSettings) -> Rules:
    return Rules(
        guests=access.guests,
        admins=frozenset(access.admins),
        audience=access.answers,
        exports=access.exports,
    )


def _limits(access: AccessSettings) -> Limits:
    return Limits(
        characters=access.question_chars,
        person_a_minute=access.questions_per_person,
        channel_a_minute=access.questions_per_channel,
        person_at_once=access.questions_at_once_per_person,
        workspace_at_once=access.questions_at_once,
    )


async def _warm(pool: ChartPool) -> None:
    """An app without charts still answers; the pool tries again with every chart."""
    try:
        await pool.start()
    except ChartFailed:
        _log.exception("Charts cannot be drawn")
