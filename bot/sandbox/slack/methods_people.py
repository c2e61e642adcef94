"""auth.*, users.*, bots.*, team.*, reactions.* and the other small families.

Source: https://docs.slack.dev/reference/methods
"""

from __future__ import annotations

from collections.abc import Mapping

from . import payloads, wire
from .blockkit import rules
from .call import Call, Handler, page
from .errors import Refused
from .methods import TokenKind
from .model import Message, StatusSet

_VALIDATE_CHARACTERS = 100_000


def routes() -> Mapping[str, Handler]:
    """The methods of these families."""
    return {
        "api.test": api_test,
        "assistant.threads.setStatus": set_status,
        "auth.test": auth_test,
        "blocks.validate": validate,
        "bots.info": bot_info,
        "reactions.add": react,
        "reactions.remove": unreact,
        "team.info": team_info,
        "users.info": user_info,
        "users.list": user_list,
        "users.lookupByEmail": user_by_email,
    }


def api_test(call: Call) -> Mapping[str, object]:
    """api.test: gives the arguments back; an ``error`` argument becomes the error."""
    if error := call.args.text("error"):
        raise Refused(error, details={"args": dict(call.args.values)})
    return {"args": dict(call.args.values)}


def auth_test(call: Call) -> Mapping[str, object]:
    """auth.test: who the token is."""
    workspace, user = call.workspace, call.actor.user
    answer: dict[str, object] = {
        "url": f"{workspace.base_url}/",
        "team": user.team.name,
        "user": user.name,
        "team_id": user.team.id,
        "user_id": user.id,
        "is_enterprise_install": False,
    }
    return answer | ({"bot_id": user.bot_id} if user.is_bot else {})


def team_info(call: Call) -> Mapping[str, object]:
    """team.info."""
    workspace = call.workspace
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.team.name,
            "domain": workspace.team.domain,
            "url": f"{workspace.base_url}/",
            "email_domain": "example.com",
            "icon": {"image_default": True},
        }
    }


def bot_info(call: Call) -> Mapping[str, object]:
    """bots.info."""
    workspace = call.workspace
    if call.args.text("bot", workspace.bot.bot_id) != workspace.bot.bot_id:
        raise Refused("bot_not_found")
    profile = payloads.bot_profile(workspace)
    return {"bot": profile | {"user_id": workspace.bot.id, "icons": {}}}


def user_list(call: Call) -> Mapping[str, object]:
    """users.list: the people and the bot, deactivated ones too; nobody of another organisation."""
    ours = [user for user in call.workspace.everyone() if not user.is_outsider]
    items, following = page(call, ours, default=100, high=1000)
    shown = [payloads.user(call.workspace, user, email=_sees_email(call)) for user in items]
    return {"members": shown, "cache_ts": int(call.workspace.clock.now()), **following}


def user_info(call: Call) -> Mapping[str, object]:
    """users.info: the address only with users:read.email."""
    user = call.workspace.user(call.args.required("user"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": payloads.user(call.workspace, user, email=_sees_email(call))}


def user_by_email(call: Call) -> Mapping[str, object]:
    """users.lookupByEmail: active people of this workspace only."""
    wanted = call.args.required("email").lower()
    for user in call.workspace.users.values():
        if user.email == wanted and not (user.is_outsider or user.deactivated):
            return {"user": payloads.user(call.workspace, user, email=True)}
    raise Refused("users_not_found")


def react(call: Call) -> Mapping[str, object]:
    """reactions.add."""
    message, name = _reaction(call)
    if call.actor.user.id in dict(message.reactions).get(name, ()):
        raise Refused("already_reacted")
    call.workspace.react(message, call.actor.user.id, name, add=True)
    return {}


def unreact(call: Call) -> Mapping[str, object]:
    """reactions.remove."""
    message, name = _reaction(call)
    if call.actor.user.id not in dict(message.reactions).get(name, ()):
        raise Refused("no_reaction")
    call.workspace.react(message, call.actor.user.id, name, add=False)
    return {}


def set_status(call: Call) -> Mapping[str, object]:
    """assistant.threads.setStatus: shown until the app posts; the end after two minutes is not imitated."""
    channel = call.writable("channel_id")
    thread_ts = call.args.required("thread_ts")
    if call.workspace.message(channel.id, thread_ts) is None:
        raise Refused("invalid_thread_ts")
    call.workspace.emit(StatusSet(channel.id, thread_ts, call.args.text("status")))
    return {}


def validate(call: Call) -> Mapping[str, object]:
    """blocks.validate: exactly one of ``blocks``, ``message`` and ``view``, by the rules of the others.

    Whether files can be shown and how much there is in all is not looked at, as in Slack.
    """
    given = [name for name in ("blocks", "message", "view") if call.args.has(name)]
    if len(given) != 1 or len(call.args.text(given[0])) > _VALIDATE_CHARACTERS:
        raise Refused("invalid_arguments")
    value = call.args.json(given[0], error="invalid_json")
    surface: rules.Surface = "message"
    if wire.is_object(value):
        surface = "modal" if wire.text(value, "type") == "modal" else "message"
        value = value.get("blocks")
    if not wire.is_array(value):
        raise Refused("invalid_arguments")
    problems = rules.problems(value, surface=surface)
    if not problems:
        return {}
    errors = [{"pointer": problem.pointer, "message": problem.message} for problem in problems]
    raise Refused("invalid_blocks", details={"errors": errors})


def _sees_email(call: Call) -> bool:
    scopes = call.workspace.manifest.bot_scopes
    return call.actor.kind is TokenKind.USER or "users:read.email" in scopes


def _reaction(call: Call) -> tuple[Message, str]:
    channel = call.writable()
    message = call.workspace.message(channel.id, call.args.required("timestamp"))
    if message is None or message.tombstone:
        raise Refused("message_not_found")
    return message, call.args.required("name").strip(":")
