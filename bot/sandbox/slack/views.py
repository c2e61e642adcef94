"""Modals and Home tabs: the stack of views that each person has open, and the triggers that open them.

Source: https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from dataclasses import dataclass

from . import wire
from .blockkit import rules
from .clock import Clock
from .errors import Refused
from .ids import Ids
from .model import View, ViewShown
from .workspace import Workspace

STACK = 3


@dataclass(slots=True)
class _Trigger:
    user: str
    expires: float
    used: bool = False


class Triggers:
    """Trigger ids: single use, and only for a few seconds."""

    def __init__(self, ids: Ids, clock: Clock, seconds: float) -> None:
        self._ids = ids
        self._clock = clock
        self._seconds = seconds
        self._known: dict[str, _Trigger] = {}

    def make(self, user: str) -> str:
        """A new trigger for what ``user`` just did."""
        trigger = self._ids.trigger()
        self._known[trigger] = _Trigger(user, self._clock.now() + self._seconds)
        return trigger

    def exchange(self, trigger_id: str) -> str:
        """The person whose trigger this is; it is used up.

        Raises:
            Refused: ``invalid_trigger_id``, ``exchanged_trigger_id`` or ``expired_trigger_id``.
        """
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._clock.now() > trigger.expires:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user


class Views:
    """Opens, stacks, updates and closes views; a person has one stack of up to three modals."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[str]] = {}
        options = workspace.options
        self.triggers = Triggers(workspace.ids, workspace.clock, options.trigger_seconds)

    def get(self, user: str, view_id: str) -> View | None:
        """A view that this person has open."""
        view = self._workspace.views.get(view_id)
        return view if view is not None and view.user == user else None

    def open(self, user: str, content: wire.JsonObject) -> View:
        """Open a modal as the only one of the person's stack."""
        view = self._make(user, content)
        self._drop(user)
        return self._show(view, "opened")

    def push(self, user: str, content: wire.JsonObject) -> View:
        """Put a modal on top of the person's stack.

        Raises:
            Refused: ``push_limit_reached``, or the content's refusal.
        """
        stack = self._stacks.get(user, [])
        if len(stack) >= STACK:
            raise Refused("push_limit_reached")
        if not stack:
            return self.open(user, content)
        view = self._make(user, content)
        view.root_id, view.previous_id = stack[0], stack[-1]
        return self._show(view, "pushed")

    def update(self, view: View, content: wire.JsonObject, *, expected_hash: str = "") -> View:
        """Replace the content of an open view.

        Raises:
            Refused: ``hash_conflict`` when somebody was faster, or the content's refusal.
        """
        if expected_hash and expected_hash != view.hash:
            raise Refused("hash_conflict")
        rules.check_view(self._workspace, content, viewer=view.user)
        view.content = rules.named_view(self._workspace, content)
        view.hash = self._hash()
        kept = {wire.text(block, "block_id") for block in wire.objects(view.content, "blocks")}
        view.values = {key: value for key, value in view.values.items() if key in kept}
        self._workspace.emit(ViewShown("updated", view))
        return view

    def publish(self, user: str, content: wire.JsonObject) -> View:
        """Replace a person's Home tab."""
        for view in self._workspace.views.values():
            if view.kind == "home" and view.user == user:
                return self.update(view, content)
        view = self._make(user, content)
        self._workspace.views[view.id] = view
        self._workspace.emit(ViewShown("opened", view))
        return view

    def close(self, view: View) -> None:
        """Close a view; the one below comes to light."""
        stack = self._stacks.get(view.user, [])
        if view.id in stack:
            stack.remove(view.id)
        self._workspace.views.pop(view.id, None)
        self._workspace.emit(ViewShown("closed", view))

    def clear(self, user: str) -> None:
        """Close every modal of a person, the top one first."""
        for view_id in reversed(tuple(self._stacks.get(user, ()))):
            self.close(self._workspace.views[view_id])

    def by_reference(self, view_id: str, external_id: str) -> View:
        """The view that ``views.update`` names.

        Raises:
            Refused: ``not_found``.
        """
        for view in self._workspace.views.values():
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        raise Refused("not_found")

    def _make(self, user: str, content: wire.JsonObject) -> View:
        rules.check_view(self._workspace, content, viewer=user)
        external_id = wire.text(content, "external_id")
        if external_id and any(other.external_id == external_id for other in self._workspace.views.values()):
            raise Refused("duplicate_external_id")
        view_id = self._workspace.ids.make("V")
        kind = wire.text(content, "type")
        named = rules.named_view(self._workspace, content)
        return View(view_id, kind, user, named, self._hash(), view_id, external_id=external_id)

    def _show(self, view: View, change: str) -> View:
        self._workspace.views[view.id] = view
        self._stacks.setdefault(view.user, []).append(view.id)
        self._workspace.emit(ViewShown(change, view))
        return view

    def _drop(self, user: str) -> None:
        """An opened modal takes the place of what was there, without telling the app."""
        for view_id in self._stacks.pop(user, []):
            self._workspace.views.pop(view_id, None)

    def _hash(self) -> str:
        return f"{int(self._workspace.clock.now())}.{self._workspace.ids.secret(8)}"
