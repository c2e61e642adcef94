"""What the bot says about itself and about what went wrong: every sentence a person can read.

All of it is mrkdwn. Words that are not ours (a domain's name, the tenant's reasons) are escaped and cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import errors
from bot.core.render.text import emphasized, escape, line, web_address
from bot.model import Domain, Notice

THINKING = "Thinking…"
WRITING = "Writing…"
STOPPED = "Stopped by the asker."
INTERRUPTED = "Interrupted: something went wrong before the answer was complete."
INCOMPLETE = "Part of this answer may be missing: the connection to WisdomAI had a gap."
NO_ANSWER = "WisdomAI gave an empty answer. Try asking in other words."
DRAWING = "Drawing the chart…"
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
    """What the person is told about an error; ``ref`` finds it in the log."""
    text, retry = _sentence(error)
    return Notice(f"{text}\nRef `{escape(line(ref, _NAME_CHARS))}`", retry=retry)


def _sentence(error: BaseException) -> tuple[str, bool]:  # noqa: C901, PLR0911  # a table, one line a kind
    match error:
        case errors.TenantUnreachable():
            return "I can't reach WisdomAI right now. Try again in a minute.", True
        case errors.KeyRefused():
            return "WisdomAI does not accept this app's access key. Ask your admin to renew it.", False
        case errors.DomainUnknown(domain=domain):
            return _unknown_domain(domain), False
        case errors.AnswerFailed(reasons=reasons):
            return _failed(reasons), True
        case errors.TenantSilent(seconds=seconds):
            return (
                f"WisdomAI has said nothing for {seconds:.0f} seconds, so I stopped waiting. Try again.",
                True,
            )
        case errors.PeerMisbehaved():
            return (
                "WisdomAI sent something that I don't understand. Try again; if it stays, tell your admin.",
                True,
            )
        case errors.NotInChannel():
            return (
                "I can't post in that channel. Invite me there with `/invite @wisdom`, then ask again.",
                False,
            )
        case errors.MessageGone():
            return (
                "My message was deleted, so the answer has no place any more. Ask again if you need it.",
                True,
            )
        case errors.SlackError():
            return "Slack did not take my answer. Try again in a minute.", True
        case errors.ChartFailed():
            return "The chart could not be drawn. The table has the numbers.", False
        case _:
            return (
                "Something went wrong on my side. Try again; if it stays, tell your admin the reference.",
                True,
            )


def _unknown_domain(domain: str) -> str:
    if not domain:
        return "No domain is chosen here. `/wisdom domains` shows them, `/wisdom domain` chooses one."
    return f"There is no domain called “{escape(line(domain, _NAME_CHARS))}”. `/wisdom domains` lists them."


def _failed(reasons: Sequence[str]) -> str:
    reason = escape(line(" ".join(reasons), _REASON_CHARS))
    lead = "WisdomAI could not answer this."
    return f"{lead} It says: “{reason}”" if reason else f"{lead} Try again, or ask in other words."


# -- what else the bot says ------------------------------------------------------------------------------


def how_to_ask(examples: Sequence[str] = ()) -> Notice:
    """How to ask, with example questions where there are any."""
    lines = [
        HOW_TO_ASK,
        "• Mention me in a channel: `@wisdom` and your question",
        "• Reply in a thread that I answered in: no mention needed",
        "• Write me a direct message",
        "• `/wisdom` and your question; `/wisdom domains` shows what can be asked about",
    ]
    shown = [escape(line(example, _REASON_CHARS)) for example in examples[:_SHOWN_EXAMPLES]]
    if any(shown):
        lines += ["", "For example:", *(f"• {example}" for example in shown if example)]
    return Notice("\n".join(lines))


def domains(known: Sequence[Domain], *, current: str = "") -> Notice:
    """The domains that can be asked; ``current`` is the id of the one that this channel asks."""
    if not known:
        return Notice("WisdomAI shows me no domain. Ask your admin to share one with this app.")
    lines = ["*What you can ask about*"]
    for domain in known[:_SHOWN_DOMAINS]:
        here = " (asked in this channel)" if domain.id == current else ""
        about = escape(line(domain.description, _DESCRIPTION_CHARS))
        lines.append(f"• *{_name(domain)}*{here}" + (f": {about}" if about else ""))
    if len(known) > _SHOWN_DOMAINS:
        lines.append(f"… and {len(known) - _SHOWN_DOMAINS} more")
    lines.append("Choose one for this channel: `/wisdom domain` and its name.")
    return Notice("\n".join(lines))


def domain_now(domain: Domain) -> Notice:
    """Which domain the channel asks."""
    return Notice(f"This channel asks *{_name(domain)}*. `/wisdom domains` shows the others.")


def domain_set(domain: Domain) -> Notice:
    """The channel now asks another domain."""
    return Notice(f"This channel now asks *{_name(domain)}*.")


def asked(user: str, text: str) -> Notice:
    """Who asks what: the root message for a question that has none; ``user`` is a Slack user id."""
    question = escape(text.strip()).replace("\n", "\n> ")
    return Notice(f"<@{user}> asks:\n> {question}")


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
