"""``/wisdom settings``: what holds in a channel, looked at and changed in a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import Audit, What
from bot.core import audience
from bot.core.audience import Rules
from bot.core.render import notices, refusals, settings_view
from bot.core.render.settings_view import Chosen, Shown
from bot.domains import Domains
from bot.errors import AccessDenied, TenantError
from bot.gate import Admission, Gate
from bot.model import Block, ChannelPolicy, Deed, Domain, Notice, Person, ThreadKey
from bot.policies import Policies
from bot.slack.views import Views
from handlers import inbound, press, windows
from handlers.desk import Desk, logged


@dataclass(frozen=True, slots=True)
class Tools:
    """What the settings work with.

    Attributes:
        new_ref: makes references for the log.
        patience: seconds to look for what the window shows, before it is opened and says that it is loading.
    """

    gate: Gate
    policies: Policies
    domains: Domains
    rules: Rules
    opener: Views
    audit: Audit
    new_ref: Callable[[], str]
    patience: float = windows.PATIENCE


class ChannelSettings:
    """Shows and keeps the settings of channels."""

    def __init__(self, desk: Desk, tools: Tools) -> None:
        self._desk = desk
        self._tools = tools

    async def open(self, command: inbound.Payload) -> None:
        """Opens the window for who may change something; raises BotError for who may not."""
        tools, user = self._tools, str(command["user_id"])
        place = ThreadKey(str(command["team_id"]), str(command["channel_id"]), "")
        admission = await tools.gate.admit(user, place, Deed.CONFIGURE)
        trigger = str(command.get("trigger_id") or "")
        await windows.show(
            tools.opener,
            windows.Opening(trigger, settings_view.TITLE, patience=tools.patience),
            self._view(place.team, admission),
            explain=partial(self._explain, place, user),
        )

    async def on_kept(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Keeps what was chosen, if whoever sends it may; tells them what holds now."""
        await ack()
        chosen, user = settings_view.chosen_in(press.inner(body, "view")), press.user(body)
        try:
            notice = await self._keep(chosen, user)
        except Exception as error:  # noqa: BLE001 - also a mistake of ours must not look like settings kept
            notice = await self._explain(ThreadKey(chosen.team, chosen.channel, ""), user, error)
        await self._desk.tell(chosen.channel, user, notice)

    async def _explain(self, place: ThreadKey, user: str, error: Exception) -> Notice:
        """What they read about an error, which is logged; a refusal is in the audit, too."""
        if isinstance(error, AccessDenied):
            await self._tools.audit.note(What.REFUSED, place=place, user=user, outcome=refusals.word(error))
        return logged("Settings", error, ref=self._tools.new_ref())

    async def _view(self, team: str, admission: Admission) -> Block:
        place, policy = admission.place, admission.policy
        shown = Shown(
            place=place,
            policy=policy,
            known=await self._known(admission.person),
            default=await self._default(admission.person),
            audience=self._tools.rules.audience,
            exports=self._tools.rules.exports,
            consented=audience.consented(place, policy),
            may_consent=audience.is_admin(admission.person, self._tools.rules),
        )
        return settings_view.settings_view(shown, team=team)

    async def _known(self, person: Person) -> tuple[Domain, ...]:
        """What there is to choose from, for who looks; nothing where nobody tells."""
        try:
            return await self._tools.domains.all(self._tools.gate.identity(person))
        except (TenantError, AccessDenied):
            return ()

    async def _default(self, person: Person) -> Domain | None:
        """What is asked where nothing is set."""
        asked = self._tools.domains.asked(ChannelPolicy())
        return (await self._named(asked, person))[0] if asked else None

    async def _keep(self, chosen: Chosen, user: str) -> Notice:
        place = ThreadKey(chosen.team, chosen.channel, "")
        self._tools.gate.look_again(chosen.channel)  # who reads along is looked at now, not a minute ago
        admission = await self._tools.gate.admit(user, place, Deed.CONFIGURE)
        policy = _changed(admission.policy, chosen, self._tools.rules)
        if chosen.consent is not None:
            policy = await self._with_consent(policy, admission, place, consent=chosen.consent)
        await self._tools.policies.keep(place.team, place.channel, policy)
        await self._note(place, user, policy)
        return notices.settings_kept(
            policy.audience or self._tools.rules.audience,
            exports=audience.exports(policy, self._tools.rules),
            asked=await self._named(self._tools.domains.asked(policy), admission.person),
        )

    async def _named(self, ids: tuple[str, ...], person: Person) -> list[Domain]:
        """Who looks after a channel need not have an account at WisdomAI."""
        try:
            return await self._tools.domains.named(ids, self._tools.gate.identity(person))
        except AccessDenied:
            return [Domain(each, "") for each in ids]

    async def _with_consent(
        self, policy: ChannelPolicy, admission: Admission, place: ThreadKey, *, consent: bool
    ) -> ChannelPolicy:
        """Who may change the settings need not be an admin, who alone lets others read along."""
        if consent == audience.consented(admission.place, policy):
            return policy
        await self._tools.gate.admit(admission.person.id, place, Deed.CONSENT)
        return replace(policy, consent=admission.place.partners if consent else None)

    async def _note(self, place: ThreadKey, user: str, policy: ChannelPolicy) -> None:
        details = {
            "domains": " ".join(policy.domains),
            "audience": policy.audience.value if policy.audience else "",
            "exports": str(policy.exports),
            "creator_edits": str(policy.creator_edits),
            "editors": " ".join(policy.editors),
            "consent": "" if policy.consent is None else " ".join(sorted(policy.consent)) or "given",
        }
        await self._tools.audit.note(What.CONFIGURED, place=place, user=user, details=details)


def _changed(policy: ChannelPolicy, chosen: Chosen, rules: Rules) -> ChannelPolicy:
    """The policy with what the window asked for; what was not set and left as it was, stays not set."""
    policy = replace(policy, domains=chosen.domains)
    if chosen.audience not in {None, policy.audience or rules.audience}:
        policy = replace(policy, audience=chosen.audience)
    if chosen.exports not in {None, audience.exports(policy, rules)}:
        policy = replace(policy, exports=chosen.exports)
    if chosen.creator_edits is not None:
        policy = replace(policy, creator_edits=chosen.creator_edits, editors=chosen.editors)
    return policy
