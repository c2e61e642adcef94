"""Indigo in Slack: pages of chats, transcripts, members, reports. What is not ours is escaped."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from bot.core.indigo.dialogue import Said
from bot.core.indigo.figures import Counts, Figures, Report
from bot.core.indigo.members import Changes, Members
from bot.core.indigo.model import Member
from bot.core.render import budget, elements
from bot.core.render.text import clean, emphasized, escape, line, shorten, shorten_bytes, units
from bot.model import Block, ChartImage, Draft

CHATS_ACTION = "indigo_chats"
STOP_ACTION = "indigo_stop"
POST_ACTION = "indigo_post"

_ID_CHARS = 60
_NAME_CHARS = 80
_SHOWN_CHANGES = 15
#: What a transcript may take in a message; a longer one is a file.
_TRANSCRIPT_CHARS = 6_000
_TRANSCRIPT_BLOCKS = 40
_LEFT_OUT = "Older messages are left out: there are more than I read at once."
_LEVEL = 0.005
#: Text of members in one message; the rest is told by number.
_MEMBERS_CHARS = 6_000


@dataclass(frozen=True, slots=True)
class ChatRow:
    """One chat of a list.

    Attributes:
        last: when its newest message was written, in seconds since 1970; None where there is none.
        messages: how many it has; None where Indigo does not tell.
    """

    id: str
    last: float | None
    messages: int | None


@dataclass(frozen=True, slots=True)
class ChatPage:
    """A page of chats.

    Attributes:
        view: names the list; its buttons find it again.
        number: of the page, from 0.
        older: there is another page behind it.
        total: how many chats there are; None where Indigo does not tell.
        since: chats without a message after it are left out; seconds since 1970.
        harvested: when the bot last looked at all chats, where this is its own list; None: Indigo's.
        ordered: the newest come first.
    """

    view: str
    number: int
    rows: tuple[ChatRow, ...]
    older: bool
    total: int | None = None
    since: float | None = None
    harvested: float | None = None
    ordered: bool = True


def moment(at: float) -> str:
    """A moment in the reader's own time zone, as mrkdwn."""
    written = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at)}^{{date_short_pretty}} {{time}}|{written}>"


def code(text: str) -> str:
    """An id or a name that is not ours, between backticks."""
    return f"`{escape(line(text, _ID_CHARS)).replace('`', chr(39))}`"


# -- chats -----------------------------------------------------------------------------------------------


def chats(page: ChatPage) -> Draft:
    """A page of chats, newest first, with buttons to the pages beside it."""
    if not page.rows and not page.number:
        since = f" since {moment(page.since)}" if page.since is not None else ""
        return said(f"Nobody wrote anything at Indigo{since}.")
    title = "*Newest chats at Indigo*" if page.ordered else "*Chats at Indigo*"
    if page.since is not None:
        title += f" since {moment(page.since)}"
    text = "\n".join([title, *map(_chat, page.rows)])
    blocks = [elements.section(text), *_notes(page)]
    if buttons := list(_pages(page)):
        blocks.append(elements.actions(buttons))
    return Draft(text=title, blocks=tuple(blocks))


def _chat(row: ChatRow) -> str:
    count = "" if row.messages is None else f" · {_number(row.messages, 'message')}"
    when = "no messages" if row.last is None else f"last {moment(row.last)}"
    return f"• {code(row.id)} · {when}{count}"


def _notes(page: ChatPage) -> Iterator[Block]:
    notes = [f"Page {page.number + 1}"]
    if page.total is not None:
        notes.append(f"{_number(page.total, 'chat')} in all")
    if page.harvested is not None:
        notes.append(
            f"Indigo does not list the newest first, so this is what I saw myself {moment(page.harvested)}"
        )
    elif not page.ordered:
        notes.append("Indigo does not list the newest first; this is its own order")
    notes.append("`/indigo transcript` and an id shows what was said")
    yield elements.small_print(" · ".join(notes))


def _pages(page: ChatPage) -> Iterator[Block]:
    if page.number:
        yield elements.button("Newer", f"{CHATS_ACTION}:0", f"{page.view}:{page.number - 1}")
    if page.older:
        yield elements.button("Older", f"{CHATS_ACTION}:1", f"{page.view}:{page.number + 1}")


# -- transcripts -----------------------------------------------------------------------------------------


def transcript(chat: str, lines: Sequence[Said], *, left_out: bool = False) -> Draft | None:
    """A chat to be read, oldest first; None where it is too long for a message.

    ``left_out``: older messages were not read.
    """
    title = f"*Chat {code(chat)}*"
    told = [
        f"*{'User' if each.user else 'Assistant'}* {moment(each.at.timestamp())}\n{_quoted(each.text)}"
        for each in lines
    ]
    if sum(map(units, told)) > _TRANSCRIPT_CHARS or any(units(each) > budget.SECTION_CHARS for each in told):
        return None
    blocks = [elements.section(part) for part in _parts(told, budget.SECTION_CHARS)]
    if len(blocks) + 1 > _TRANSCRIPT_BLOCKS:
        return None
    notes = [elements.small_print(_LEFT_OUT)] if left_out else []
    return Draft(text=title, blocks=(elements.section(title), *notes, *blocks))


def transcript_text(
    chat: str, lines: Sequence[Said], zone: tzinfo, name: str, *, left_out: bool = False
) -> str:
    """The same as a text for a file, with times of a zone that is named."""
    told = [f"Chat {line(chat, _ID_CHARS)}, times of {line(name, _NAME_CHARS)}"]
    if left_out:
        told.append(_LEFT_OUT)
    for each in lines:
        at = each.at.astimezone(zone)
        told.append(f"{'User' if each.user else 'Assistant'}, {at:%Y-%m-%d %H:%M:%S}\n{clean(each.text)}")
    return "\n\n".join(told) + "\n"


def _quoted(text: str) -> str:
    return "\n".join(f"> {escape(each)}" for each in clean(text).strip().split("\n"))


# -- members ---------------------------------------------------------------------------------------------


def members(seen: Members) -> Draft:
    """Everybody by role, and what is new since the same person looked last."""
    roles = Counter(each.role for each in seen.members)
    title = f"*{_number(len(seen.members), 'user')} in this workspace of Indigo*"
    text = "\n".join([title, *_by_role(seen.members, roles)])
    blocks = [elements.section(part) for part in _parts(text.split("\n"), budget.SECTION_CHARS)]
    blocks.append(elements.section("\n".join(_news(seen.changes))))
    return Draft(text=title, blocks=tuple(blocks))


def _by_role(people: Sequence[Member], roles: Counter[str]) -> Iterator[str]:
    room = _MEMBERS_CHARS // max(len(roles), 1)
    for role, count in roles.most_common():
        names = [escape(line(each.email or each.user, _NAME_CHARS)) for each in people if each.role == role]
        shown = _fitting(names, room)
        more = f" and {count - len(shown)} more" if len(shown) < count else ""
        yield f"• *{emphasized(line(role, _NAME_CHARS)) or 'No role'}* ({count}): {', '.join(shown)}{more}"


def _fitting(names: Sequence[str], room: int) -> list[str]:
    shown: list[str] = []
    for name in names:
        room -= units(name) + 2
        if room < 0 and shown:
            break
        shown.append(name)
    return shown


def _news(changes: Changes | None) -> Iterator[str]:
    if changes is None:
        yield "This is your first look. The next one tells what has changed since."
        return
    since = f"since you looked {moment(changes.since)}"
    if not changes:
        yield f"Nothing has changed {since}."
        return
    yield f"*Changed {since}*"
    told = [f"• added: {_member(each)}" for each in changes.added]
    told += [f"• removed: {_member(each)}" for each in changes.removed]
    told += [
        f"• {escape(line(each.member.email or each.member.user, _NAME_CHARS))}:"
        f" {escape(line(each.before, _NAME_CHARS))} → {escape(line(each.member.role, _NAME_CHARS))}"
        for each in changes.changed
    ]
    yield from told[:_SHOWN_CHANGES]
    if len(told) > _SHOWN_CHANGES:
        yield f"… and {len(told) - _SHOWN_CHANGES} more"


def _member(member: Member) -> str:
    name = escape(line(member.email or member.user, _NAME_CHARS))
    return f"{name} ({escape(line(member.role, _NAME_CHARS))})"


# -- reports ---------------------------------------------------------------------------------------------


def report(  # noqa: PLR0913  # keywords only; each says something else about the same report
    made: Report, charts: Sequence[ChartImage], *, zone: str, at: float, failed: bool = False, post: str = ""
) -> Draft:
    """A period in numbers and charts; sums only, so that it may stand in a channel.

    Args:
        made: the figures.
        charts: pictures that Slack can show.
        zone: name of the time zone.
        at: when the bot last looked at all chats, in seconds since 1970.
        failed: a chart is missing.
        post: value of the button that posts it in the channel; empty: there is none.
    """
    title = f"*Indigo: {_days(made.now)}*"
    text = "\n".join([title, *(f"• {each}" for each in _sentences(made))])
    blocks = [elements.section(text), *map(elements.image, charts)]
    notes = [f"Days and hours of {escape(line(zone, _NAME_CHARS))}", f"counted {moment(at)}"]
    if failed:
        notes.append("a chart could not be drawn")
    if made.before is None:
        notes.append("the days before were not counted all of them, so there is nothing to compare with")
    blocks.append(elements.small_print(" · ".join(notes)))
    if post:
        blocks.append(elements.actions([elements.button("Post in this channel", POST_ACTION, post)]))
    return Draft(text="\n".join([title, *_sentences(made)]), blocks=tuple(blocks))


def _sentences(made: Report) -> Iterator[str]:
    now, before = made.now, made.before
    if not now.chats:
        yield "Nobody wrote anything." + (f" Before: {_number(before.chats, 'chat')}." if before else "")
        return
    yield f"*{_number(now.chats, 'chat')}*{_against(now.chats, before.chats if before else None)}"
    counts = now.counts
    yield (
        f"{_number(counts.messages, 'message')}: {counts.user:,} of users, {counts.assistant:,} of the"
        f" assistant{_against(counts.messages, before.counts.messages if before else None)}"
    )
    earlier = f" (before: {before.per_chat:.1f})" if before and before.per_chat is not None else ""
    yield f"{now.per_chat or 0:.1f} messages per chat{earlier}"
    yield _feedback(counts) + (f" (before: {_feedback(before.counts, bare=True)})" if before else "")
    if now.busiest is not None:
        day, hour = now.busiest
        yield f"Busiest: {calendar.day_name[day]}s from {hour:02}:00 to {(hour + 1) % 24:02}:00"


def _feedback(counts: Counts, *, bare: bool = False) -> str:
    if not counts.rated:
        return "none" if bare else "No feedback"
    kinds = ((counts.good, "good"), (counts.bad, "bad"), (counts.unknown, "not understood"))
    told = ", ".join(f"{count:,} {name}" for count, name in kinds if count)
    return told if bare else f"Feedback: {told}"


def _against(now: int, before: int | None) -> str:
    if before is None:
        return ""
    if not before:
        return " (before: none)"
    share = now / before - 1
    if abs(share) < _LEVEL:
        return f" (as many as before: {before:,})"
    return f" ({abs(share):.0%} {'more' if share > 0 else 'less'} than before: {before:,})"


def _days(figures: Figures) -> str:
    first, last = figures.period.first, figures.period.last
    return f"{_day(first)} to {_day(last)}" if first != last else _day(first)


def _day(day: date) -> str:
    return f"{day.day} {calendar.month_abbr[day.month]} {day.year}"


# -- pieces ----------------------------------------------------------------------------------------------


def said(mrkdwn: str, *, stop: str = "") -> Draft:
    """A message that only says something; ``mrkdwn`` is ours. ``stop``: value of its Stop button."""
    blocks: list[Block] = [elements.section(mrkdwn)]
    if stop:
        blocks.append(elements.actions([elements.button("Stop", STOP_ACTION, stop, style="danger")]))
    return Draft(text=shorten_bytes(mrkdwn, budget.TEXT_BYTES), blocks=tuple(blocks))


def _parts(pieces: Iterable[str], most: int) -> Iterator[str]:
    """The pieces on lines of their own, in sections; one that is too long alone is cut."""
    part: list[str] = []
    for each in pieces:
        piece = shorten(each, most)
        if part and units("\n".join([*part, piece])) > most:
            yield "\n".join(part)
            part = []
        part.append(piece)
    if part:
        yield "\n".join(part)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
