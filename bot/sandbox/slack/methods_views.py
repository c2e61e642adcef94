"""views.*: modals by trigger, the Home tab by user.

Source: https://docs.slack.dev/reference/methods/views.open and its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import payloads, wire
from .call import Call, Handler, invalid_arguments
from .errors import Refused
from .model import View
from .views import Views


class ViewMethods:
    """The methods of this family, over the views that people have open."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def routes(self) -> Mapping[str, Handler]:
        """The methods of this family."""
        return {
            "views.open": self.open,
            "views.publish": self.publish,
            "views.push": self.push,
            "views.update": self.update,
        }

    def open(self, call: Call) -> Mapping[str, object]:
        """views.open."""
        content = _content(call, "modal")
        return _shown(call, self._views.open(self._trigger(call), content))

    def push(self, call: Call) -> Mapping[str, object]:
        """views.push."""
        content = _content(call, "modal")
        return _shown(call, self._views.push(self._trigger(call), content))

    def update(self, call: Call) -> Mapping[str, object]:
        """views.update."""
        view = self._views.by_reference(call.args.text("view_id"), call.args.text("external_id"))
        content = _content(call, view.kind)
        return _shown(call, self._views.update(view, content, expected_hash=call.args.text("hash")))

    def publish(self, call: Call) -> Mapping[str, object]:
        """views.publish."""
        user_id = call.args.required("user_id")
        if call.workspace.user(user_id) is None:
            raise Refused("user_not_found")
        return _shown(call, self._views.publish(user_id, _content(call, "home")))

    def _trigger(self, call: Call) -> str:
        return self._views.triggers.exchange(call.args.required("trigger_id"))


def _content(call: Call, kind: str) -> wire.JsonObject:
    value = call.args.json("view", error="invalid_arguments")
    if not wire.is_object(value) or wire.text(value, "type") != kind:
        raise invalid_arguments("missing or invalid field: view")
    return value


def _shown(call: Call, view: View) -> Mapping[str, object]:
    return {"view": payloads.view(call.workspace, view)}
