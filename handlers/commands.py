"""``/wisdom``: a question, or private, help, domains, domain, settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.audit import Audit, What
from bot.core.render import blocks, notices, refusals
from bot.domains import Domains
from bot.errors import AccessDenied
from bot.gate import Gate
from bot.model import ChannelPolicy, Deed, Domain, Draft, Entrance, Identity, Notice, Question, ThreadKey
from bot.policies import Policies
from handlers import inbound, replies
from handlers.desk import Desk, logged
from handlers.settings import ChannelSettings

Command = inbound.Payload

_PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Tools:
    """What commands work with.

    Attributes:
        new_ref: makes references for the log.
    """

    gate: Gate
    domains: Domains
    policies: Policies
    settings: ChannelSettings
    audit: Audit
    new_ref: Callable[[], str]


class Commands:
    """Answers ``/wisdom``. A command has no message and no thread: a question gets a root message first."""

    def __init__(self, desk: Desk, tools: Tools) -> None:
        self._desk = desk
        self._tools = tools

    async def on_wisdom(self, ack: AsyncAck, command: Command, respond: AsyncRespond) -> None:
        """Acknowledges soon: Slack waits three seconds for that, and WisdomAI may take longer."""
        text = inbound.plain_text(str(command.get("text") or ""), bot_user="")
        verb, _, rest = text.partition(" ")
        work = self._work(verb.lower(), rest, command)
        if work is not None:
            await ack()
            await self._guarded(command, respond, work)
            return
        private = verb.lower() == _PRIVATE
        await self._ask(command, rest if private else text, ack, respond, private=private)

    def _work(self, verb: str, rest: str, command: Command) -> Awaitable[Draft | None] | None:
        """What a word that is no question does."""
        if not rest:
            if verb in {"", "help", _PRIVATE}:
                return self._help()
            if verb == "domains":
                return self._list_domains(command)
            if verb == "settings":
                return self._settings(command)
        return self._domain(command, rest) if verb == "domain" else None

    async def _help(self) -> Draft:
        return self._desk.help()

    async def _settings(self, command: Command) -> None:
        await self._tools.settings.open(command)

    async def _ask(
        self, command: Command, text: str, ack: AsyncAck, respond: AsyncRespond, *, private: bool
    ) -> None:
        async def tell(notice: Notice) -> None:
            await self._reply(command, respond, _said(notice))

        place, user = _place(command), _user(command)
        await self._desk.take(
            Question(place, "", user, text, Entrance.COMMAND),
            ack=ack,
            source=f"command:{command.get('trigger_id')}",
            private=private,
            tell=tell,
        )

    async def _list_domains(self, command: Command) -> Draft:
        policy, identity = await self._admitted(command, Deed.ASK)
        known = await self._tools.domains.all(identity)
        return blocks.domain_list(known, current=self._tools.domains.asked(policy))

    async def _domain(self, command: Command, name: str) -> Draft:
        policy, identity = await self._admitted(command, Deed.CONFIGURE if name else Deed.ASK)
        if not name:
            asked = self._tools.domains.asked(policy)
            if not asked:
                return blocks.domain_list(await self._tools.domains.all(identity))
            return _said(notices.domain_now(await self._tools.domains.named(asked, identity)))
        domain = await self._tools.domains.meant(name, identity)
        await self._set(command, policy, domain)
        return _said(notices.domain_set(domain))

    async def _set(self, command: Command, policy: ChannelPolicy, domain: Domain) -> None:
        place = _place(command)
        await self._tools.policies.keep(place.team, place.channel, replace(policy, domains=(domain.id,)))
        await self._tools.audit.note(
            What.CONFIGURED, place=place, user=_user(command), details={"domains": domain.id}
        )

    async def _admitted(self, command: Command, deed: Deed) -> tuple[ChannelPolicy, Identity]:
        admission = await self._tools.gate.admit(_user(command), _place(command), deed)
        return admission.policy, self._tools.gate.identity(admission.person)

    async def _guarded(self, command: Command, respond: AsyncRespond, work: Awaitable[Draft | None]) -> None:
        """Replies with what came out, or with what went wrong: only the person who typed sees it."""
        try:
            draft = await work
        except Exception as error:  # noqa: BLE001 - also a mistake of ours must not leave them without a word
            draft = _said(logged("A command", error, ref=self._tools.new_ref()))
            if isinstance(error, AccessDenied):
                await self._tools.audit.note(
                    What.REFUSED, place=_place(command), user=_user(command), outcome=refusals.word(error)
                )
        if draft is not None:
            await self._reply(command, respond, draft)

    async def _reply(self, command: Command, respond: AsyncRespond, draft: Draft) -> None:
        if not await replies.reply(respond, draft):
            await self._desk.tell(_place(command).channel, _user(command), Notice(draft.text))


def _place(command: Command) -> ThreadKey:
    return ThreadKey(str(command["team_id"]), str(command["channel_id"]), "")


def _user(command: Command) -> str:
    return str(command["user_id"])


def _said(notice: Notice) -> Draft:
    """A reply to a command has no turn that a button could ask again."""
    return blocks.told(notice, turn=None)
