"""What the embed host says to people: every sentence of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot import errors
from bot.errors import Denial

SIGNED_OUT = "You are signed out. What WisdomAI keeps in this browser ends by itself within the hour."
SESSION_OVER = "You have been signed out. Sign in to go on."
STALE = "That sign-in is too old, was begun in another browser, or was used already. Sign in again."
DECLINED = "You were not signed in, because you or your organisation did not agree. Sign in to try again."
NOT_OURS = "This did not come from our own page, so nothing was done. Open the page again."
CHANGED = "Somebody else has signed in here meanwhile."
NOWHERE = "There is no such page. Open WisdomAI from an answer in Slack, or start with its search."
_TOO_MANY = "WisdomAI was opened too often within a minute. Try again in {seconds}."

_DENIALS: Mapping[Denial, str] = {
    Denial.DEACTIVATED: "Your Slack account is deactivated, so WisdomAI can't be opened with it.",
    Denial.ROBOT: "WisdomAI is opened for people, not for apps.",
    Denial.OUTSIDER: "WisdomAI is opened here for people of this workspace only. Sign in to the workspace.",
    Denial.GUEST: "Guests of the workspace can't open WisdomAI. Ask an admin to let guests ask.",
    Denial.NO_EMAIL: (
        "Your e-mail address is not known, and it is needed to find your WisdomAI account. Ask your admin to"
        " add it to your profile, or to let this app read it."
    ),
}
_DENIED = "You may not open WisdomAI here. Ask an admin why."

#: By kind, the more special ones first.
_SENTENCES: tuple[tuple[type[errors.BotError], str], ...] = (
    (
        errors.PersonUnknown,
        "WisdomAI has no account with your e-mail address. Ask your WisdomAI admin for one, then try again.",
    ),
    (
        errors.PersonDeactivated,
        "Your WisdomAI account is switched off. Ask your WisdomAI admin to switch it on again.",
    ),
    (errors.PersonRefused, "WisdomAI does not let you in. Ask your WisdomAI admin why."),
    (
        errors.ImpersonationRefused,
        "WisdomAI does not let this app act in your name. Ask your admin for an access key that may.",
    ),
    (errors.KeyRefused, "WisdomAI does not accept this app's access key. Ask your admin to renew it."),
    (errors.TenantUnreachable, "WisdomAI can't be reached right now. Try again in a minute."),
    (errors.TenantError, "WisdomAI did not open. Try again; if it stays, tell your admin the reference."),
    (
        errors.IssuerUnreachable,
        "Who signs people in can't be reached right now. Try again in a minute.",
    ),
    (
        errors.EmailUnconfirmed,
        (
            "Your e-mail address is not confirmed where you signed in, so it can't tell which WisdomAI"
            " account is yours. Confirm it there, then sign in again."
        ),
    ),
    (
        errors.SignInFailed,
        "Signing in did not work. Try again; if it stays, tell your admin the reference.",
    ),
    (errors.SlackError, "Slack does not tell right now who you are. Try again in a minute."),
)
_UNFORESEEN = "Something went wrong on our side. Try again; if it stays, tell your admin the reference."

_FORBIDDEN, _BAD_GATEWAY, _INTERNAL = 403, 502, 500


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an error.

    Attributes:
        status: of HTTP.
        ours: something failed that an admin can look up by its reference.
    """

    text: str
    status: int
    ours: bool


def of(error: BaseException) -> Said:
    """What a person reads about it."""
    if isinstance(error, errors.AccessDenied):
        return Said(_DENIALS.get(error.denial, _DENIED), _FORBIDDEN, ours=False)
    text = next((said for kind, said in _SENTENCES if isinstance(error, kind)), _UNFORESEEN)
    if isinstance(error, errors.PersonRefused | errors.EmailUnconfirmed):
        return Said(text, _FORBIDDEN, ours=True)
    known = isinstance(
        error, errors.TenantError | errors.SlackError | errors.SignInFailed | errors.StoreFailed
    )
    return Said(text, _BAD_GATEWAY if known else _INTERNAL, ours=True)


def too_many(seconds: float) -> str:
    """How long to wait."""
    return _TOO_MANY.format(seconds="a second" if seconds <= 1 else f"{seconds:.0f} seconds")
