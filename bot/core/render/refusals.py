"""Why somebody gets no answer although nothing is broken: the rules, their rights, the limits.

These sentences are about the person who asks, so nobody else reads them. All of it is mrkdwn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot import errors
from bot.core.render.text import escape, line
from bot.errors import Denial, Limit

_NAME_CHARS = 100

#: Why somebody may not do something, and what they can do instead.
DENIALS: Mapping[Denial, str] = {
    Denial.DEACTIVATED: "Your Slack account is deactivated, so I can't answer you.",
    Denial.ROBOT: "I answer people, not other apps.",
    Denial.OUTSIDER: (
        "I answer people of this workspace only. Ask somebody of it to share the answer with you."
    ),
    Denial.GUEST: (
        "Guests can't ask me in this workspace. Ask a member to share the answer with you, or an admin to let"
        " guests ask."
    ),
    Denial.NO_EMAIL: (
        "Slack does not tell me your e-mail address, and I need it to find your WisdomAI account. Ask your"
        " Slack admin to add it to your profile, or to let this app read it."
    ),
    Denial.NO_CONSENT: (
        "People of another organisation are in this channel, so I answer nothing here until an admin allows"
        " it with `/wisdom settings`. In a direct message you can ask me now."
    ),
    Denial.NO_EXPORTS: (
        "Exports are switched off in this channel. Whoever looks after it can allow them with"
        " `/wisdom settings`."
    ),
    Denial.NOT_A_MEMBER: "You are not in that channel any more, so I can't post your answer there.",
    Denial.NOT_AN_EDITOR: (
        "Only an admin of the workspace, or somebody who is named for it, can change my settings in this"
        " channel."
    ),
    Denial.NOT_AN_ADMIN: (
        "Only an admin can allow answers in a channel that is shared with another organisation."
    ),
    Denial.DOMAIN: "This channel does not ask that data. `/wisdom domains` shows what can be asked here.",
    Denial.INDIGO_GUEST: "Guests can't use `/indigo`. A member of this workspace can post a report for you.",
    Denial.INDIGO_PERSON: (
        "What customers wrote is for people whom an admin has let in. Ask one to type `/indigo allow` and"
        " your name."
    ),
    Denial.INDIGO_ADMIN: "Only an admin of the workspace, or of this app, can say who may use `/indigo`.",
    Denial.INDIGO_SHARED: (
        "I show nothing of Indigo in a channel that people of other organisations are in, or that I can't"
        " look into. Use `/indigo` in our direct messages, or in a channel of your own that I am in."
    ),
    Denial.INDIGO_CHANNEL: (
        "Reports are not allowed in that channel. An admin can allow them: `/indigo allow` and the channel."
    ),
}

_PERSONS: Mapping[type[errors.PersonRefused], str] = {
    errors.PersonUnknown: (
        "WisdomAI has no account with the e-mail address of your Slack profile. Ask your WisdomAI admin for"
        " one, then ask again."
    ),
    errors.PersonDeactivated: (
        "Your WisdomAI account is switched off. Ask your WisdomAI admin to switch it on again."
    ),
    errors.AskingRefused: (
        "Your role in WisdomAI does not let you ask questions. Ask your WisdomAI admin for one that does."
    ),
}
_PERSON = "WisdomAI does not let you in. Ask your WisdomAI admin why."

_LIMITS: Mapping[Limit, str] = {
    Limit.CHARACTERS: "That question is too long: I take {most:,} characters. Please shorten it.",
    Limit.PERSON_A_MINUTE: (
        "You asked {questions} within a minute, and I take no more. Ask again in {seconds}."
    ),
    Limit.CHANNEL_A_MINUTE: (
        "{questions} {were} asked in this channel within a minute, and I take no more. Ask again in"
        " {seconds}."
    ),
    Limit.PERSON_AT_ONCE: (
        "I am still at {most:,} of your questions. Wait for one of the answers, then ask again."
    ),
    Limit.WORKSPACE_AT_ONCE: (
        "I am at {questions} of this workspace, which is as many as I can. Ask again in a minute."
    ),
}


def sentence(error: BaseException) -> str | None:
    """What the person is told, or None where the error is about something else."""
    match error:
        case errors.AccessDenied(denial=denial):
            return DENIALS[denial]
        case errors.LimitReached(limit=limit, most=most, seconds=seconds):
            return _LIMITS[limit].format(
                most=most,
                questions="1 question" if most == 1 else f"{most:,} questions",
                were="was" if most == 1 else "were",
                seconds=_seconds(seconds),
            )
        case errors.PersonRefused():
            return _PERSONS.get(type(error), _PERSON)
        case errors.DomainUnknown(domain=domain):
            return _domain(domain)
        case _:
            return None


def word(error: BaseException) -> str:
    """The same in a word, for the audit."""
    match error:
        case errors.AccessDenied(denial=denial):
            return denial.value
        case errors.LimitReached(limit=limit):
            return limit.value
        case _:
            return type(error).__name__


def _seconds(seconds: float) -> str:
    """Rounded up: who asks again when that time is over, is let in."""
    whole = max(1, math.ceil(round(seconds, 3)))
    return "a second" if whole == 1 else f"{whole} seconds"


def _domain(domain: str) -> str:
    if not domain:
        return (
            "It is not set which data is asked here, and WisdomAI shows you no list to choose from."
            " `/wisdom settings` sets it; in a channel, whoever looks after it does."
        )
    name = escape(line(domain, _NAME_CHARS))
    return (
        f"You can't ask “{name}”: there is no such domain, or your WisdomAI account may not use it."
        " `/wisdom domains` shows what you can ask."
    )
