"""What the bot says about Indigo: help, progress, refusals, what went wrong. All of it is mrkdwn."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence

from bot import errors
from bot.core.indigo import since
from bot.core.indigo.schedules import Kind, Schedule
from bot.core.render import notices
from bot.core.render.indigo import code, moment
from bot.core.render.text import escape, line, web_address
from bot.model import Notice

NOT_CONFIGURED = (
    "Indigo is not connected. An admin sets `INDIGO_TOKEN` and `INDIGO_PROJECT` where this app runs; then"
    " `/indigo` shows chats, transcripts and reports."
)
LOOKING_CHATS = "Looking at the newest chats…"
LOOKING_TRANSCRIPT = "Reading the chat…"
LOOKING_MEMBERS = "Looking at who is in Indigo's workspace…"
LOOKING_REPORT = "Counting and drawing…"
LOOKING = "One moment…"
NOT_A_MOMENT = f"I don't understand since when. Write it like {since.EXAMPLES}, for example `{{command}} 7d`."
VIEW_GONE = "This list is too old to be turned. Type `/indigo chats` for a fresh one."
EXPORT_STOPPED = "You stopped this export. Nothing was uploaded."
EXPORT_CUT_OFF = "I was restarted before this export was complete. Type `/indigo export` to begin it again."
EXPORT_TOO_LARGE = (
    "This export is too large to be uploaded. Export less (`/indigo export 7d`), or ask whoever runs this"
    " app for `python -m bot indigo export`."
)
EXPORT_OVER = "This export is over already."
NOT_YOURS = "Only the person who started this export can stop it."
NO_SCHEDULE = "No reports come by themselves. `/indigo schedule weekly #channel monday 9` begins one."
POSTED = "The report is in the channel now."

_NAME_CHARS = 80
_REASON_CHARS = 300
_HELP = """*Indigo in Slack*
• `/indigo chats` or `/indigo chats 7d`: the newest chats
• `/indigo transcript` and the id of a chat: what was said
• `/indigo export` or `/indigo export 7d`: all messages as CSV and JSONL, in our direct messages
• `/indigo users`: who has which role in Indigo, and what changed since you looked
• `/indigo report weekly` or `monthly`: chats, feedback and busiest hours, without anything personal
• `/indigo schedule weekly #channel monday 9`: the report comes by itself; `off` ends that"""
_HELP_ADMIN = """
For admins: `/indigo allow @person` or `#channel`, `/indigo disallow …`, `/indigo who`"""
_SCHEDULE_HOW = (
    "Write it like `/indigo schedule weekly #channel monday 9` or `/indigo schedule monthly #channel 1 9`:"
    " how often, where, the day, the hour from 0 to 23. `/indigo schedule off #channel` ends it."
)


def help_text(*, admin: bool) -> str:
    """What there is."""
    return _HELP + (_HELP_ADMIN if admin else "")


def unknown(verb: str) -> str:
    """A word after the command that means nothing."""
    return f"I don't know {code(verb)}.\n{_HELP}"


def for_error(error: BaseException, *, ref: str) -> Notice:
    """What the person is told about an error; ``ref`` finds it in the log."""
    text = _sentence(error)
    if text is None:
        return notices.for_error(error, ref=ref)
    return Notice(f"{text}\nRef `{escape(line(ref, _NAME_CHARS))}`")


def _sentence(error: BaseException) -> str | None:
    """None for what is said elsewhere: a plain no, or what has nothing to do with Indigo."""
    if isinstance(error, errors.IndigoFailed):
        reason = escape(line(str(error), _REASON_CHARS))
        return f"Indigo could not do that. It says: “{reason}”"
    return next((text for kind, text in _SENTENCES if isinstance(error, kind)), None)


#: By kind, the more special ones first.
_SENTENCES: Sequence[tuple[type[errors.BotError], str]] = (
    (
        errors.IndigoRefused,
        "Indigo does not accept this app's token for this workspace. Ask your admin to renew `INDIGO_TOKEN`.",
    ),
    (errors.IndigoUnreachable, "I can't reach Indigo right now. Try again in a minute."),
    (
        errors.IndigoError,
        "Indigo sent something that I don't understand. Try again; if it stays, tell your admin.",
    ),
    (errors.StoreFailed, "I can't get at my own notes right now. Try again in a minute."),
    (
        errors.NotInChannel,
        "I can't post in that channel. Invite me there with `/invite @wisdom`, then try again.",
    ),
    (errors.SlackError, "Slack did not take my answer. Try again in a minute."),
)


# -- transcripts and exports ------------------------------------------------------------------------------


def transcript_how() -> str:
    """No id was given."""
    return "Which chat? Write its id, as `/indigo chats` shows it: `/indigo transcript 17536399072`."


def no_such_chat(chat: str) -> str:
    """Indigo has no messages of it."""
    return f"Indigo has no messages of a chat {code(chat)}. It deletes chats after some weeks."


def transcript_of(chat: str) -> str:
    """Above a transcript in direct messages."""
    return f"The transcript of the chat {code(chat)}, as a file:"


def transcript_sent() -> str:
    """A transcript is too long to be shown in place."""
    return "The transcript is long, so it is a file"


def in_direct(what: str, link: str) -> str:
    """It stands in direct messages; ``what`` is ours, ``link`` may be empty."""
    address = escape(web_address(link))
    place = f"<{address}|our direct messages>" if address else "our direct messages"
    return f"{what} in {place}."


def exporting(chats: int, total: int | None, messages: int, since_at: float | None) -> str:
    """How far an export is."""
    since_text = f" since {moment(since_at)}" if since_at is not None else ""
    of = f" of {total:,}" if total is not None else ""
    return (
        f"*Exporting Indigo's messages{since_text}*\n{chats:,}{of} chats read, {messages:,} messages so far…"
    )


def exported(chats: int, messages: int, since_at: float | None, skipped: int = 0) -> str:
    """An export is complete; ``skipped`` chats could not be read."""
    since_text = f" since {moment(since_at)}" if since_at is not None else ""
    if not messages:
        return f"There are no messages at Indigo{since_text}, so there is nothing to export."
    missing = f"\n{skipped:,} of the chats could not be read, and are missing." if skipped else ""
    return (
        f"*Indigo's messages{since_text}*\n{messages:,} messages of {chats:,} chats, as CSV and as JSONL,"
        " in this thread. They hold what customers wrote: keep them no longer than you need them."
        f"{missing}"
    )


# -- reports ---------------------------------------------------------------------------------------------


def not_counted_yet(chats: int) -> str:
    """The first harvest is not over."""
    return (
        f"I am still counting Indigo's chats for the first time ({chats:,} so far). Ask again in some"
        " minutes."
    )


def report_how() -> str:
    """Neither weekly nor monthly."""
    return "Write `/indigo report weekly` for the last 7 days, or `/indigo report monthly` for the last 30."


def schedule_how() -> str:
    """It was not understood."""
    return _SCHEDULE_HOW


def scheduled(schedule: Schedule, following: float, zone: str) -> str:
    """It was kept; ``following`` is when the first one comes."""
    told = f"The next one comes {moment(following)}, if I am in that channel then: `/invite @wisdom`."
    return f"Kept: {_schedule(schedule, zone)}. {told}"


def unscheduled(channel: str, count: int) -> str:
    """A channel's schedules ended."""
    if not count:
        return f"No reports come by themselves in <#{channel}>."
    return f"No more reports come by themselves in <#{channel}>."


def schedules(known: Sequence[Schedule]) -> str:
    """All of them."""
    if not known:
        return NO_SCHEDULE
    return "\n".join(
        ["*Reports that come by themselves*", *(f"• {_schedule(each, each.zone)}" for each in known)]
    )


def _schedule(schedule: Schedule, zone: str) -> str:
    day = (
        f"on {calendar.day_name[schedule.day]}s"
        if schedule.kind is Kind.WEEKLY
        else f"on day {schedule.day} of the month"
    )
    where = escape(line(zone, _NAME_CHARS))
    return f"{schedule.kind.value} in <#{schedule.channel}> {day} at {schedule.hour:02}:00 ({where})"


# -- rights ----------------------------------------------------------------------------------------------


def allow_how(verb: str) -> str:
    """Nobody was named."""
    return f"Whom? Write `/indigo {verb} @person` or `/indigo {verb} #channel`."


def allowed(each: str) -> str:
    """Somebody or a channel was let in."""
    if each.startswith("C"):
        return f"Reports can be posted in <#{each}> now. I have to be in it: `/invite @wisdom`."
    return f"<@{each}> can use `/indigo` now. They can read what customers wrote."


def disallowed(each: str, *, named: bool) -> str:
    """… or not any more; ``named``: the settings say otherwise."""
    who = f"<#{each}>" if each.startswith("C") else f"<@{each}>"
    if named:
        return (
            f"{who} is let in by this app's settings: an admin changes that in `INDIGO_PEOPLE`,"
            " `INDIGO_CHANNELS` or `ADMINS`."
        )
    return f"{who} is not let in any more."


def who(people: Sequence[str], channels: Sequence[str], admitted: Sequence[tuple[str, str, float]]) -> str:
    """Whom the settings let in, and who was let in here: (id, by whom, when)."""
    return "\n".join(_who(people, channels, admitted))


def _who(
    people: Sequence[str], channels: Sequence[str], admitted: Sequence[tuple[str, str, float]]
) -> Iterator[str]:
    yield "*Who may use `/indigo`, and where reports may stand*"
    yield "• admins of this workspace"
    if people:
        yield f"• by the app's settings: {', '.join(f'<@{each}>' for each in people)}"
    if channels:
        yield f"• reports, by the app's settings: {', '.join(f'<#{each}>' for each in channels)}"
    for each, by, at in admitted:
        name = f"reports in <#{each}>" if each.startswith("C") else f"<@{each}>"
        yield f"• {name}, let in by <@{by}> {moment(at)}"
