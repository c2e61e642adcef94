"""What the bot says about itself and about what went wrong: every sentence a person can read.

All of it is mrkdwn. Words that are not ours (a domain's name, the tenant's reasons) are escaped and cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import errors
from bot.core.render import refusals
from bot.core.render.text import emphasized, escape, line, web_address
from bot.model import Audience, Domain, Notice

THINKING = "Thinking…"
WRITING = "Writing…"
STOPPED = "Stopped by the asker."
INTERRUPTED = "Interrupted: something went wrong before the answer was complete."
INCOMPLETE = "Part of this answer may be missing: the connection to WisdomAI had a gap."
NO_ANSWER = "WisdomAI gave an empty answer. Try asking in other words."
DRAWING = "Drawing the chart…"
GOES_ON = "I am restarting. This answer goes on in a moment…"
CHART_FAILED = "The chart could not be drawn."
SQL_FAILED = "The SQL could not be attached."
NOT_SHOWN = "Left out here to keep this readable. Ask for it alone to see it."
HOW_TO_ASK = "*Ask a question about your data, and I answer in the thread.*"

_REASON_CHARS = 300
_NAME_CHARS = 100
_DESCRIPTION_CHARS = 200
_SHOWN_DOMAINS = 20
_SHOWN_EXAMPLES = 4


def for_error(error: BaseException, *, ref: str) -> Notice:
    """What the person is told about an error; ``ref`` finds it in the log, and is left out of a plain no."""
    if isinstance(error, errors.AccessDenied | errors.LimitReached):
        return Notice(refusals.sentence(error) or "")
    text, retry = _sentence(error)
    return Notice(f"{text}\nRef `{escape(line(ref, _NAME_CHARS))}`", retry=retry)


def _sentence(error: BaseException) -> tuple[str, bool]:
    """What is said of it, and whether it may help to try again."""
    if said := refusals.sentence(error):
        return said, False
    match error:
        case errors.AnswerFailed(reasons=reasons):
            return _failed(reasons), True
        case errors.AnswerTooLarge(mib=mib):
            text = f"This answer is larger than I can take ({mib:g} MiB). Ask for fewer rows, or for totals."
            return text, False
        case errors.TenantSilent(seconds=seconds):
            text = f"WisdomAI has said nothing for {seconds:.0f} seconds, so I stopped waiting. Try again."
            return text, True
    return next(((text, retry) for kind, text, retry in _SENTENCES if isinstance(error, kind)), _UNFORESEEN)


#: By kind, the more special ones first: what is said, and whether it may help to try again.
_SENTENCES: Sequence[tuple[type[errors.BotError], str, bool]] = (
    (errors.TenantUnreachable, "I can't reach WisdomAI right now. Try again in a minute.", True),
    (
        errors.ImpersonationRefused,
        "WisdomAI does not let this app ask in your name. Ask your admin for an access key that may.",
        False,
    ),
    (
        errors.KeyRefused,
        "WisdomAI does not accept this app's access key. Ask your admin to renew it.",
        False,
    ),
    (
        errors.PeerMisbehaved,
        "WisdomAI sent something that I don't understand. Try again; if it stays, tell your admin.",
        True,
    ),
    (
        errors.NotInChannel,
        "I can't post in that channel. Invite me there with `/invite @wisdom`, then ask again.",
        False,
    ),
    (
        errors.MessageGone,
        "My message was deleted, so the answer has no place any more. Ask again if you need it.",
        True,
    ),
    (errors.SlackError, "Slack did not take my answer. Try again in a minute.", True),
    (errors.ChartFailed, "The chart could not be drawn. The table has the numbers.", False),
)
_UNFORESEEN = (
    "Something went wrong on my side. Try again; if it stays, tell your admin the reference.",
    True,
)


def _failed(reasons: Sequence[str]) -> str:
    reason = escape(line(" ".join(reasons), _REASON_CHARS))
    lead = "WisdomAI could not answer this."
    return f"{lead} It says: “{reason}”" if reason else f"{lead} Try again, or ask in other words."


# -- what else the bot says ------------------------------------------------------------------------------


SERVICE_IDENTITY = "Everybody's questions run with the rights of one WisdomAI account, not with your own."
OWN_IDENTITY = "Your questions run with your own rights in WisdomAI."


def how_to_ask(examples: Sequence[str] = (), *, service: bool = False) -> Notice:
    """How to ask, with example questions where there are any; ``service``: all ask with the same rights."""
    lines = [
        HOW_TO_ASK,
        "• Mention me in a channel: `@wisdom` and your question",
        "• Reply in a thread that I answered in: no mention needed",
        "• Write me a direct message",
        "• `/wisdom` and your question; `/wisdom domains` shows what can be asked about",
        "• `/wisdom private` and your question: only you read the answer, and may share it",
        SERVICE_IDENTITY if service else OWN_IDENTITY,
    ]
    shown = [escape(line(example, _REASON_CHARS)) for example in examples[:_SHOWN_EXAMPLES]]
    if any(shown):
        lines += ["", "For example:", *(f"• {example}" for example in shown if example)]
    return Notice("\n".join(lines))


def domains(known: Sequence[Domain], *, current: Sequence[str] = ()) -> Notice:
    """The domains that can be asked; ``current`` are the ids of those that this channel asks."""
    if not known:
        return Notice("WisdomAI shows you no domain. Ask your WisdomAI admin to share one with you.")
    lines = ["*What you can ask about*"]
    for domain in known[:_SHOWN_DOMAINS]:
        here = " (asked in this channel)" if domain.id in current else ""
        about = escape(line(domain.description, _DESCRIPTION_CHARS))
        lines.append(f"• *{_name(domain)}*{here}" + (f": {about}" if about else ""))
    if len(known) > _SHOWN_DOMAINS:
        lines.append(f"… and {len(known) - _SHOWN_DOMAINS} more")
    lines.append("To set what this channel asks: `/wisdom settings`, or `/wisdom domain` and a name.")
    return Notice("\n".join(lines))


def domain_now(asked: Sequence[Domain]) -> Notice:
    """Which domains the channel asks."""
    names = ", ".join(f"*{_name(each)}*" for each in asked[:_SHOWN_DOMAINS])
    return Notice(f"This channel asks {names}. `/wisdom domains` shows the others.")


def which_domain() -> Notice:
    """There are several domains, and nobody said which."""
    return Notice("Which data is your question about? Further questions in the thread go there, too.")


# -- private answers -------------------------------------------------------------------------------------


def asked_privately(channel: str, text: str) -> Notice:
    """The question that is answered in direct messages; ``channel`` is where it was asked."""
    return Notice(f"You asked in <#{channel}>:\n> {_quoted(text)}")


def answered_privately(link: str = "", *, absent: bool = False) -> Notice:
    """Where the private answer is; ``link`` is its address, ``absent``: the app is not in that channel."""
    address = escape(web_address(link))
    place = f"<{address}|our direct messages>" if address else "our direct messages"
    lead = "I am not in that channel (`/invite @wisdom` brings me in). " if absent else ""
    return Notice(f"{lead}Only you read the answer: it comes in {place}.")


def sharing() -> Notice:
    """The answer is about to be posted in the channel."""
    return Notice("I am posting your answer here, for everybody in this channel.")


def shared(link: str) -> Notice:
    """The private answer was posted in the channel."""
    address = escape(web_address(link))
    return Notice(
        f"<{address}|Your answer is in the channel now.>" if address else "Your answer is in the channel now."
    )


def already_shared() -> Notice:
    """Share was pressed twice."""
    return Notice("You have shared this answer already.")


def not_shared() -> Notice:
    """The answer could not be posted."""
    return Notice("I could not post your answer in the channel. Please try it again in a minute.")


def withdrawn() -> Notice:
    """Stands in the place of what may not stand there, and could not be deleted."""
    return Notice("This answer was withdrawn.")


def with_your_rights() -> Notice:
    """Somebody wants to see the data of another person's answer."""
    return Notice("This answer was asked by somebody else. One moment: I am asking it with your own rights.")


def nothing_for_you() -> Notice:
    """With their own rights the question has no such result."""
    return Notice(
        "With your own rights there is no such result. Ask the question yourself to see what there is."
    )


def no_sql() -> Notice:
    """Show SQL was pressed by somebody for whom there is none."""
    return Notice("There is no SQL to show you: this result has none, or your role in WisdomAI hides it.")


def exported_to_you(title: str, channel: str) -> Notice:
    """Above the export that somebody gets in their direct messages."""
    what = emphasized(line(title, _NAME_CHARS))
    return Notice(
        f"Your export of {f'*{what}*' if what else 'the data'} from <#{channel}>, with your own rights:"
    )


# -- settings --------------------------------------------------------------------------------------------


def settings_kept(audience: Audience, *, exports: bool, asked: Sequence[Domain]) -> Notice:
    """What holds in the channel from now on."""
    names = ", ".join(f"*{_name(each)}*" for each in asked[:_SHOWN_DOMAINS]) or "whatever the asker may ask"
    read = "everybody in the channel" if audience is Audience.EVERYBODY else "their asker alone"
    return Notice(
        f"Kept. This channel asks {names}. Answers are read by {read}, and results can"
        f"{'' if exports else 'not'} be exported."
    )


def domain_set(domain: Domain) -> Notice:
    """The channel now asks another domain."""
    return Notice(f"This channel now asks *{_name(domain)}*.")


def asked(user: str, text: str) -> Notice:
    """Who asks what: the root message for a question that has none; ``user`` is a Slack user id."""
    return Notice(f"<@{user}> asks:\n> {_quoted(text)}")


def queued(ahead: int) -> str:
    """What a question that waits for others in its thread says; ``ahead`` is at least 1."""
    before = "1 question" if ahead == 1 else f"{ahead} questions"
    return f"Waiting for {before} before this one in the thread."


def interrupted_by_restart() -> Notice:
    """An answer was cut off because the app went down."""
    return Notice("I was restarted before this answer was complete. Ask again.", retry=True)


def only_the_asker() -> Notice:
    """Somebody else pressed Stop."""
    return Notice("Only the person who asked can stop this answer.")


def only_the_asker_chooses() -> Notice:
    """Somebody else chose the data of a question."""
    return Notice("Only the person who asked can choose this.")


def only_the_asker_deletes() -> Notice:
    """Somebody else pressed Delete."""
    return Notice("Only the person who asked can delete this answer.")


def asker_forgotten() -> Notice:
    """Delete was pressed on an answer whose asker is not known any more."""
    return Notice("I no longer know who asked this, so I can't delete it. An admin of the workspace can.")


def not_deleted() -> Notice:
    """Slack did not let the answer be deleted."""
    return Notice("Slack did not let me delete all of this answer. Try again in a minute.")


def no_longer_kept() -> Notice:
    """A control was used on an answer whose data are gone."""
    return Notice("The data behind this answer is no longer kept. Ask again to get it fresh.")


def press_again() -> Notice:
    """Slack waits three seconds for a window, and it took longer."""
    return Notice("That took too long for Slack. Please press the button once more.")


def not_done() -> Notice:
    """A control could not do its work."""
    return Notice("That did not work. Please try it again in a minute.")


def thanks() -> Notice:
    """Somebody gave feedback."""
    return Notice("Thanks, your feedback is noted. Only the people who look after this app read it.")


def exported(user: str, title: str, *, rows: int, total: int | None, more: bool) -> str:
    """Who exported what, above the file; ``rows`` are in it, ``total`` (where known) would be all."""
    what = emphasized(line(title, _NAME_CHARS))
    count = "1 row" if rows == 1 else f"{rows:,} rows"
    if more or (total or 0) > rows:
        count = f"All {count} held of {total:,}" if total else f"All {count} held; there are more"
    return f"<@{user}> exported {f'*{what}*' if what else 'the data'}. {count}."


def too_old() -> Notice:
    """Retry was pressed on an answer that is forgotten."""
    return Notice("This question is too old to try again. Please ask it once more.")


def not_taken() -> Notice:
    """A question came in, but could not be noted."""
    return Notice("I could not take your question. Please ask it again in a minute.")


def draining() -> Notice:
    """A question came in while the app goes down."""
    return Notice("I am restarting. Please ask again in a minute.")


def goes_on_later() -> Notice:
    """A question was taken while the app goes down: whoever comes next answers it."""
    return Notice("I am restarting. I will answer this in a moment.")


def _quoted(text: str) -> str:
    return escape(text.strip()).replace("\n", "\n> ")


def _name(domain: Domain) -> str:
    return emphasized(line(domain.name, _NAME_CHARS) or domain.id)


# -- when Slack does not take an answer ------------------------------------------------------------------

RESULT_FAILED = "This result could not be shown."
WHOLE_IN_FILE = (
    "Slack did not take this answer as a message. All of it is in the file `answer.md` in this thread."
)
REST_IN_FILE = "The whole answer, because not all of it could be shown in the messages."
REST_MISSING = "Part of this answer is missing: Slack took neither all of it nor a file with the rest."


def linked(text: str, address: str) -> str:
    """The text, and where the answer stands in WisdomAI; ``address`` may be empty."""
    link = escape(web_address(address))
    return f"{text}\n<{link}|Open in WisdomAI>" if link else text


def about(notice: Notice, question: str) -> Notice:
    """The notice where the question that it is about cannot be seen."""
    asked = escape(line(question, _REASON_CHARS))
    return replace(notice, text=f"About your question “{asked}”:\n{notice.text}") if asked else notice
