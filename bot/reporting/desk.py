"""What ``/indigo`` does: each verb lets the person in, does its work, lets them in again, and is noted.

Everything but a posted report goes to the person alone. Work takes a while, and who may see its outcome is
who may see it at its end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.audit import Audit, Detail, What
from bot.core.indigo import requests, since
from bot.core.indigo.requests import Request
from bot.core.indigo.schedules import Schedule
from bot.core.render import indigo as drawn
from bot.core.render import indigo_notices as words
from bot.model import Draft, Person, ThreadKey
from bot.reporting.chats import Chats, ViewGone
from bot.reporting.exports import Exports
from bot.reporting.members import Looks
from bot.reporting.reports import NotCountedYet, Reports, zone_of
from bot.reporting.rights import Rights, Use
from bot.reporting.schedule import Schedules
from bot.reporting.transcripts import Transcripts

#: What is said at once, by verb, where the work may take more than a moment.
LOOKING: Mapping[str, str] = {
    "chats": words.LOOKING_CHATS,
    "transcript": words.LOOKING_TRANSCRIPT,
    "users": words.LOOKING_MEMBERS,
    "report": words.LOOKING_REPORT,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A command or a press: who, and where."""

    user: str
    team: str
    channel: str

    @property
    def place(self) -> ThreadKey:
        """For the audit."""
        return ThreadKey(self.team, self.channel, "")


@dataclass(frozen=True, slots=True)
class Tools:
    """What the desk works with.

    Attributes:
        clock: seconds since 1970.
    """

    rights: Rights
    chats: Chats
    transcripts: Transcripts
    exports: Exports
    looks: Looks
    reports: Reports
    schedules: Schedules
    audit: Audit
    clock: Callable[[], float]


_Work = Callable[[Asked, Person, Request], Awaitable[Draft]]


class IndigoDesk:
    """Answers commands and presses; what it raises is for the listener to tell."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._verbs: Mapping[str, tuple[_Work, Use]] = {
            "": (self._help, Use.LOOK),
            "help": (self._help, Use.LOOK),
            "chats": (self._chats, Use.LOOK),
            "transcript": (self._transcript, Use.LOOK),
            "export": (self._export, Use.LOOK),
            "users": (self._users, Use.LOOK),
            "report": (self._report, Use.LOOK),
            "schedule": (self._schedule, Use.LOOK),
            "allow": (self._allow, Use.ALLOW),
            "disallow": (self._disallow, Use.ALLOW),
            "who": (self._who, Use.ALLOW),
        }

    async def command(self, asked: Asked, request: Request) -> Draft:
        """What the person reads; raises BotError."""
        work, use = self._verbs.get(request.verb, (self._unknown, Use.LOOK))
        person = await self._tools.rights.admit(asked.user, asked.channel, use)
        draft = await work(asked, person, request)
        await self._tools.rights.admit(asked.user, asked.channel, use)
        return draft

    async def turn(self, asked: Asked, value: str) -> Draft:
        """Another page of a list of chats; raises BotError."""
        await self._tools.rights.admit(asked.user, asked.channel)
        try:
            page = await self._tools.chats.turn(asked.user, value)
        except ViewGone:
            return drawn.said(words.VIEW_GONE)
        await self._tools.rights.admit(asked.user, asked.channel)
        await self._note(asked, What.SHOWN, "chats", page=page.number + 1)
        return drawn.chats(page)

    async def post(self, asked: Asked, value: str) -> Draft:
        """Posts the report that somebody looks at; raises BotError."""
        person = await self._tools.rights.admit(asked.user, asked.channel)
        kind = requests.kind(value)
        if kind is None:
            return drawn.said(words.report_how())
        await self._tools.rights.admit_report(asked.channel)
        made = await self._tools.reports.make(kind, person.zone)
        await self._tools.rights.admit(asked.user, asked.channel)
        await self._tools.reports.post(asked.channel, made, user=asked.user)
        return drawn.said(words.POSTED)

    async def stop(self, asked: Asked, value: str) -> Draft | None:
        """Stops an export; what to say where it cannot be. Who began it may always end it."""
        said = await self._tools.exports.stop(value, asked.user)
        if said is None:
            await self._note(asked, What.STOPPED, "export")
        return drawn.said(said) if said else None

    async def refused(self, asked: Asked, why: str) -> None:
        """Somebody was told no."""
        await self._note(asked, What.REFUSED, "", outcome=why)

    # -- looking -------------------------------------------------------------------------------------------

    async def _help(self, _asked: Asked, person: Person, _request: Request) -> Draft:
        return drawn.said(words.help_text(admin=self._tools.rights.is_admin(person)))

    async def _unknown(self, _asked: Asked, _person: Person, request: Request) -> Draft:
        return drawn.said(words.unknown(request.verb))

    async def _chats(self, asked: Asked, person: Person, request: Request) -> Draft:
        try:
            after = self._since(request, person)
        except since.NotAMoment:
            return drawn.said(words.NOT_A_MOMENT.format(command="/indigo chats"))
        page = await self._tools.chats.first(asked.user, after)
        await self._note(asked, What.SHOWN, "chats", since=request.rest)
        return drawn.chats(page)

    async def _transcript(self, asked: Asked, person: Person, request: Request) -> Draft:
        chat = request.rest.strip("`#")
        if not (chat.isascii() and chat.isdecimal()):
            return drawn.said(words.transcript_how())
        zone = zone_of(person.zone)

        async def still() -> None:
            await self._tools.rights.admit(asked.user, asked.channel)

        draft = await self._tools.transcripts.of(chat, asked.user, zone=zone, still=still)
        await self._note(asked, What.SHOWN, "transcript", chat=chat)
        return draft

    async def _users(self, asked: Asked, _person: Person, _request: Request) -> Draft:
        members = await self._tools.looks.look()
        await self._tools.rights.admit(asked.user, asked.channel)
        seen = await self._tools.looks.compared(asked.user, members)
        await self._tools.looks.keep(asked.user, members)
        await self._note(asked, What.SHOWN, "users")
        return drawn.members(seen)

    async def _export(self, asked: Asked, person: Person, request: Request) -> Draft:
        try:
            after = self._since(request, person)
        except since.NotAMoment:
            return drawn.said(words.NOT_A_MOMENT.format(command="/indigo export"))

        async def still() -> None:
            await self._tools.rights.admit(asked.user, asked.channel)

        link = await self._tools.exports.start(asked.user, asked.place, after, still=still)
        return drawn.said(words.in_direct("The export has begun: you see how far it is", link))

    # -- reports -------------------------------------------------------------------------------------------

    async def _report(self, asked: Asked, person: Person, request: Request) -> Draft:
        kind = requests.kind(request.words[0] if request.words else "weekly")
        if kind is None:
            return drawn.said(words.report_how())
        try:
            made = await self._tools.reports.make(kind, person.zone)
        except NotCountedYet as error:
            return drawn.said(words.not_counted_yet(error.chats))
        await self._note(asked, What.SHOWN, "report", kind=kind.value)
        may_post = await self._tools.rights.takes_reports(asked.channel)
        return made.draft(post=kind.value if may_post else "")

    async def _schedule(self, asked: Asked, person: Person, request: Request) -> Draft:
        if not request.words:
            return drawn.said(words.schedules(await self._tools.schedules.all()))
        channel = request.channels[0] if request.channels else asked.channel
        if request.words[0].lower() == "off":
            count = await self._tools.schedules.end(channel)
            await self._note(asked, What.CONFIGURED, "schedule off", channel=channel)
            return drawn.said(words.unscheduled(channel, count))
        wish = requests.wish(request.words)
        if wish is None:
            return drawn.said(words.schedule_how())
        await self._tools.rights.admit_report(channel)
        zone, name = zone_of(person.zone)
        now = self._tools.clock()
        schedule = Schedule(channel, wish.kind, wish.day, wish.hour, name, asked.user, now)
        await self._tools.schedules.keep(schedule)
        await self._note(asked, What.CONFIGURED, f"schedule {wish.kind.value}", channel=channel)
        return drawn.said(words.scheduled(schedule, schedule.next(now, zone), name))

    # -- rights --------------------------------------------------------------------------------------------

    async def _allow(self, asked: Asked, _person: Person, request: Request) -> Draft:
        named = (*request.people, *request.channels)
        for each in named:
            await self._tools.rights.allow(each, by=asked.user)
            await self._note(asked, What.CONFIGURED, "allow", whom=each)
        told = [words.allowed(each) for each in named] or [words.allow_how("allow")]
        return drawn.said("\n".join(told))

    async def _disallow(self, asked: Asked, _person: Person, request: Request) -> Draft:
        rights, named = self._tools.rights, (*request.people, *request.channels)
        for each in named:
            await rights.disallow(each)
            await self._note(asked, What.CONFIGURED, "disallow", whom=each)
        told = [words.disallowed(each, named=rights.is_named(each)) for each in named]
        return drawn.said("\n".join(told or [words.allow_how("disallow")]))

    async def _who(self, _asked: Asked, _person: Person, _request: Request) -> Draft:
        named = self._tools.rights.named
        admitted = [(each.id, each.by, each.at) for each in await self._tools.rights.admitted()]
        return drawn.said(words.who(sorted(named.people), sorted(named.channels), admitted))

    # -- helpers -------------------------------------------------------------------------------------------

    def _since(self, request: Request, person: Person) -> float | None:
        """The moment that was typed, in the person's time zone; None where there is none."""
        if not request.words:
            return None
        now = datetime.fromtimestamp(self._tools.clock(), UTC)
        return since.moment(request.rest, now, zone_of(person.zone)[0]).timestamp()

    async def _note(
        self, asked: Asked, what: What, deed: str, *, outcome: str = "", **details: Detail
    ) -> None:
        told = {"indigo": deed, **details}
        await self._tools.audit.note(what, place=asked.place, user=asked.user, outcome=outcome, details=told)
