"""The window in which a channel's settings are made: what it shows, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.render import budget, elements
from bot.core.render.text import clean, line, units
from bot.core.render.windows import entered, field, form, inner, modal, private_in
from bot.model import Audience, Block, ChannelPolicy, Domain, Place, PlaceKind

#: ``callback_id`` of the window.
SETTINGS_VIEW = "wisdom_settings"
TITLE = "Settings here"

_DOMAINS, _AUDIENCE, _EXPORTS = "domains", "audience", "exports"
_CREATOR, _EDITORS, _CONSENT = "creator", "editors", "consent"
_YES = "yes"
_VALUE_CHARS = 150
_MOST_OPTIONS = 100
#: Of a domain's name: Slack takes 150 characters of a placeholder and 2,000 of a hint.
_NAME_CHARS = 100
#: Of a text input: docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element.
_INPUT_CHARS = 3_000

_AUDIENCES: Mapping[Audience, str] = {
    Audience.EVERYBODY: "Everybody in the channel: in the thread",
    Audience.ASKER: "Their asker alone: in direct messages, and may be shared from there",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the window is about.

    Attributes:
        known: the domains to choose from; where nobody tells any, or one does not fit, ids are typed.
        default: what is asked while no domain is set; None for whatever the asker may ask.
        audience: what holds while nothing is set.
        exports: likewise.
        consented: people of other organisations may read along.
        may_consent: whoever looks at the window may let them.
    """

    place: Place
    policy: ChannelPolicy
    known: tuple[Domain, ...]
    default: Domain | None
    audience: Audience
    exports: bool
    consented: bool
    may_consent: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen; None where the window did not ask.

    Attributes:
        consent: let people of other organisations read along.
    """

    team: str
    channel: str
    domains: tuple[str, ...]
    audience: Audience | None
    exports: bool | None
    creator_edits: bool | None
    editors: tuple[str, ...]
    consent: bool | None


def settings_view(shown: Shown, *, team: str) -> Block:
    """The window for one channel, as it is set now."""
    place = shown.place
    blocks: list[Block] = [elements.section(_about(place)), _domains(shown)]
    if place.kind is not PlaceKind.DIRECT:
        blocks += [_audience(shown.policy.audience or shown.audience), _exports(shown)]
    if place.kind in {PlaceKind.PUBLIC, PlaceKind.PRIVATE}:
        blocks += _editors(shown.policy)
    if place.shared:
        blocks.append(_consent(shown))
    private = {"team": team, "channel": place.id}
    return form(modal(TITLE, blocks), callback=SETTINGS_VIEW, private=private, submit="Keep", close="Cancel")


def chosen_in(view: Mapping[str, object]) -> Chosen:
    """What was sent (``view`` as in ``view_submission``)."""
    private = private_in(view)
    asked = inner(inner(view, "state"), "values")
    audience = str(inner(entered(view, _AUDIENCE), "selected_option").get("value") or "")
    return Chosen(
        team=private.get("team", ""),
        channel=private.get("channel", ""),
        domains=_domains_in(entered(view, _DOMAINS)),
        audience=next((each for each in Audience if each.value == audience), None),
        exports=_ticked(view, _EXPORTS) if _EXPORTS in asked else None,
        creator_edits=_ticked(view, _CREATOR) if _CREATOR in asked else None,
        editors=_texts(entered(view, _EDITORS).get("selected_users")),
        consent=_ticked(view, _CONSENT) if _CONSENT in asked else None,
    )


# -- fields ----------------------------------------------------------------------------------------------


def _about(place: Place) -> str:
    """Slack does not write the name of a direct message."""
    if place.kind is PlaceKind.DIRECT:
        return "What holds in our direct messages."
    return f"What holds in <#{place.id}>, for everybody who asks here."


def _domains(shown: Shown) -> Block:
    unset = f"{_name(shown.default)}, as everywhere" if shown.default else "whatever the asker may ask"
    hint = f"Nothing: {unset}. Several: the asker is asked which."
    now, names = shown.policy.domains, {each.id: each.name for each in shown.known}
    # What is chosen comes first: more than Slack shows may be known, and nothing chosen may get lost.
    offered = [each for each in dict.fromkeys((*now, *names)) if 0 < units(each) <= _VALUE_CHARS]
    options = {each: _option(names.get(each, ""), each) for each in offered[:_MOST_OPTIONS]}
    choosable = any(each in options for each in names) and all(each in options for each in now)
    element = _chosen_of(options, now, unset) if choosable else _typed(now)
    return field(_DOMAINS, "Data that can be asked here", element, optional=True, hint=hint)


def _chosen_of(options: Mapping[str, Block], now: Sequence[str], unset: str) -> Block:
    select: dict[str, object] = {
        "type": "multi_static_select",
        "placeholder": elements.plain(unset[:1].upper() + unset[1:]),
        "options": list(options.values()),
    }
    return select | ({"initial_options": [options[each] for each in dict.fromkeys(now)]} if now else {})


def _name(domain: Domain) -> str:
    return line(domain.name, _NAME_CHARS) or line(domain.id, _NAME_CHARS)


def _typed(now: Sequence[str]) -> Block:
    text: dict[str, object] = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": _INPUT_CHARS,
        "placeholder": elements.plain("Ids of domains, one a line"),
    }
    written = "\n".join(now)
    while units(written) > _INPUT_CHARS:
        written, _, _ = written.rpartition("\n")
    return text | ({"initial_value": written} if written else {})


def _audience(now: Audience) -> Block:
    options = {each: _option(text, each.value) for each, text in _AUDIENCES.items()}
    radio = {"type": "radio_buttons", "options": list(options.values()), "initial_option": options[now]}
    return field(_AUDIENCE, "Who reads the answers", radio)


def _exports(shown: Shown) -> Block:
    allowed = shown.exports if shown.policy.exports is None else shown.policy.exports
    return _box(_EXPORTS, "Results", "They may be exported as files", ticked=allowed)


def _editors(policy: ChannelPolicy) -> list[Block]:
    people: dict[str, object] = {
        "type": "multi_users_select",
        "placeholder": elements.plain("Nobody else"),
    }
    if policy.editors:
        people["initial_users"] = list(policy.editors)
    creator = _box(
        _CREATOR, "Who may change this, beside admins", "Who made the channel", ticked=policy.creator_edits
    )
    return [creator, field(_EDITORS, "And these people", people, optional=True)]


def _consent(shown: Shown) -> Block:
    if not shown.may_consent:
        state = "may read" if shown.consented else "are here, so nothing is answered"
        text = f"People of other organisations {state}. Only an admin of the workspace can change that."
        return elements.context(text)
    return _box(
        _CONSENT,
        "This channel is shared with other organisations",
        "Answer here all the same: they read along",
        ticked=shown.consented,
    )


def _box(name: str, label: str, text: str, *, ticked: bool) -> Block:
    option = _option(text, _YES)
    boxes: dict[str, object] = {"type": "checkboxes", "options": [option]}
    if ticked:
        boxes["initial_options"] = [option]
    return field(name, label, boxes, optional=True)


def _option(text: str, value: str) -> Block:
    """An option; a name that is empty gives way to the value."""
    shown = (line(each, budget.OPTION_TEXT_CHARS) for each in (text, value))
    return {"text": elements.plain(next(filter(None, shown), "–")), "value": value}


# -- what comes back -------------------------------------------------------------------------------------


def _domains_in(given: Mapping[str, object]) -> tuple[str, ...]:
    options = given.get("selected_options")
    if isinstance(options, list):
        found = [str(each.get("value") or "") for each in options if isinstance(each, Mapping)]
    else:
        found = [clean(each).strip() for each in str(given.get("value") or "").splitlines()]
    return tuple(dict.fromkeys(each for each in found if each))


def _ticked(view: Mapping[str, object], name: str) -> bool:
    return bool(entered(view, name).get("selected_options"))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
