"""``response_url``: answers to a command or a click without a token, five times in half an hour.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web

from . import model, wire
from .call import Actor, Args, Call
from .errors import Refused
from .methods import TokenKind
from .methods_chat import POST_TEXT_CHARACTERS, content_of
from .model import Message
from .traffic import Traffic
from .workspace import Workspace


@dataclass(slots=True)
class Place:
    """What a response answers to: a person in a channel, and the message they clicked in, if any."""

    user: str
    channel: str
    original_ts: str = ""
    thread_ts: str = ""
    ephemeral: bool = False
    uses: int = 0
    expires: float = 0.0


class Responses:
    """Makes response addresses and takes what is posted to them."""

    def __init__(self, workspace: Workspace, traffic: Traffic) -> None:
        self._workspace = workspace
        self._traffic = traffic
        self._places: dict[str, Place] = {}
        workspace.subscribe(self._hear)

    def address(self, place: Place) -> str:
        """A new response_url."""
        secret = self._workspace.ids.secret()
        place.expires = self._workspace.clock.now() + self._workspace.options.response_url_seconds
        self._places[secret] = place
        return f"{self._workspace.base_url}/hooks/{secret}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one response. Slack documents neither status nor body of a refusal; these were observed."""
        began = self._workspace.clock.now()
        body: object = {}
        error = ""
        headers: dict[str, str] = {}
        status = 200
        try:
            body = await request.json()
            place = self._place(request.match_info["secret"])
            self.respond(place, body if wire.is_object(body) else {})
        except ValueError:
            error, status = "invalid_payload", 400
        except Refused as refused:
            error, headers = refused.code, refused.headers
            status = refused.status if refused.status != 200 else 400  # noqa: PLR2004 - HTTP
        self._traffic.add(
            "in", "http", "response_url", status=error or "ok", began=began, body={"request": body}
        )
        if error:
            return web.json_response({"ok": False, "error": error}, status=status, headers=headers)
        return web.Response(text="ok")

    def respond(self, place: Place, body: wire.JsonObject) -> None:
        """Do what a response says: post, show to the one person, replace or delete the original.

        Raises:
            Refused: the content's refusal, or ``ratelimited``.
        """
        args = Args(body)
        if args.flag("delete_original"):
            self._delete(place)
            return
        call = Call("response_url", args, Actor(TokenKind.BOT, self._workspace.bot), self._workspace)
        content = content_of(call, longest=POST_TEXT_CHARACTERS)
        if self._workspace.options.enforce_tiers:
            self._workspace.rate_limits.spend_post("response_url", place.channel)
        message = Message(
            channel=place.channel,
            ts=self._workspace.ids.ts(),
            user=self._workspace.bot.id,
            bot_id=self._workspace.bot.bot_id,
            text=content.text or "",
            blocks=content.blocks or (),
            attachments=content.attachments or (),
            thread_ts=args.text("thread_ts", place.thread_ts),
        )
        if args.flag("replace_original") and place.original_ts:
            self._replace(place, message)
        elif args.text("response_type") == "in_channel":
            self._workspace.post(message)
        else:
            self._workspace.show_ephemeral(place.user, message)

    def _hear(self, change: model.Change) -> None:
        """An address goes on working when its channel gets another id."""
        if isinstance(change, model.ChannelMoved):
            for place in self._places.values():
                if place.channel == change.old:
                    place.channel = change.new

    def _place(self, secret: str) -> Place:
        place = self._places.get(secret)
        if place is None or self._workspace.clock.now() > place.expires:
            raise Refused("expired_url", status=404)
        if place.uses >= self._workspace.options.response_url_uses:
            raise Refused("used_url", status=404)
        place.uses += 1
        return place

    def _replace(self, place: Place, message: Message) -> None:
        if place.ephemeral:
            self._workspace.show_ephemeral(place.user, replace(message, ts=place.original_ts))
            return
        original = self._workspace.message(place.channel, place.original_ts)
        if original is None:
            raise Refused("message_not_found", status=404)
        changed = replace(original, text=message.text, blocks=message.blocks, attachments=message.attachments)
        self._workspace.change(changed)

    def _delete(self, place: Place) -> None:
        if place.ephemeral:
            shown = self._workspace.ephemeral(place.user, place.original_ts)
            if shown is not None:
                self._workspace.remove_ephemeral(place.user, shown)
            return
        original = self._workspace.message(place.channel, place.original_ts)
        if original is not None:
            self._workspace.delete(original)
