"""Controls on an answer: what can be pressed and chosen, and what Slack sends back when somebody does.

Anybody in the channel can press them, and they outlive the process: a value only names a turn, an exhibit, a
page or a type; everything else is looked up when the press comes.
Limits: docs.slack.dev/reference/block-kit/blocks/context-actions-block and …/block-elements.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import charts
from bot.core.render import budget, elements
from bot.core.render.text import line, units
from bot.model import Block, Domain, Exhibit, VisualizationType

STOP_ACTION = "wisdom_stop"
RETRY_ACTION = "wisdom_retry"
#: Followed by a number, because the buttons of a block must differ: ``wisdom_ask:0``.
ASK_ACTION = "wisdom_ask"
AGAIN_ACTION = "wisdom_again"
DATA_ACTION = "wisdom_data"
SQL_ACTION = "wisdom_sql"
CSV_ACTION = "wisdom_csv"
CHART_ACTION = "wisdom_chart"
PAGE_ACTION = "wisdom_page"
FEEDBACK_ACTION = "wisdom_feedback"
DELETE_ACTION = "wisdom_delete"
SHARE_ACTION = "wisdom_share"
#: Followed by a number: ``wisdom_domain:0``; with many domains a menu, ``wisdom_domain:menu``.
DOMAIN_ACTION = "wisdom_domain"

UP, DOWN = "up", "down"

_SUGGESTIONS = 3
_FEW_DOMAINS = 4
#: Of a menu: docs.slack.dev/reference/block-kit/composition-objects/option-object.
_MOST_OPTIONS = 100
_VALUE_CHARS = 150


def exhibit_controls(turn: str, index: int, exhibit: Exhibit, *, exports: bool = True) -> Block | None:
    """What can be done with one visualization; None where there is nothing, or its data are not kept.

    Without ``exports`` it cannot be taken out as a file. ``index`` counts the answer's visualizations from 0.
    Values are ``<turn>:<index>``, the chart select's ``<turn>:<index>:<VisualizationType>``.
    """
    if not exhibit.kept:
        return None
    value = f"{turn}:{index}"
    shown: list[Block] = []
    has_rows = exhibit.table is not None and bool(exhibit.table.columns and exhibit.table.rows)
    if has_rows:
        shown.append(elements.button("Show data", DATA_ACTION, value))
    if exhibit.has_sql:
        shown.append(elements.button("Show SQL", SQL_ACTION, value))
    if has_rows and exports:
        shown.append(elements.button("Export CSV", CSV_ACTION, value))
    if len(exhibit.types) > 1:
        shown.append(_chart_select(value, exhibit.types, exhibit.type))
    return elements.actions(shown) if shown else None


def answer_controls(turn: str, suggestions: Sequence[str], *, question: str, done: bool) -> Block | None:
    """Suggested questions as buttons, and "Ask again" on an answer that is done; None where there is neither.

    The value of a question's button is its text. One that is too long for that is left out, since it would be
    cut; the asked one is then looked up by its turn.
    """
    fitting = [each for each in suggestions if each.strip() and units(each) <= budget.BUTTON_VALUE_CHARS][
        :_SUGGESTIONS
    ]
    shown = [elements.button(each, f"{ASK_ACTION}:{number}", each) for number, each in enumerate(fitting)]
    if done and question.strip() and units(question) <= budget.BUTTON_VALUE_CHARS:
        shown.append(elements.button("Ask again", f"{ASK_ACTION}:{len(fitting)}", question))
    elif done and question.strip():
        shown.append(elements.button("Ask again", AGAIN_ACTION, turn))
    return elements.actions(shown) if shown else None


def share(turn: str) -> Block:
    """What the only reader of a private answer can do with it."""
    return elements.actions([elements.button("Share to channel", SHARE_ACTION, turn, style="primary")])


def domain_choice(turn: str, domains: Sequence[Domain]) -> Block:
    """Which data a question is about; values are ``<turn>|<id>``, as many as Slack takes."""
    named = {f"{turn}|{each.id}": _name(each) for each in domains if each.id}
    fitting = [(name, value) for value, name in named.items() if units(value) <= _VALUE_CHARS][:_MOST_OPTIONS]
    if len(fitting) <= _FEW_DOMAINS:
        return elements.actions([
            elements.button(name, f"{DOMAIN_ACTION}:{number}", value)
            for number, (name, value) in enumerate(fitting)
        ])  # fmt: skip
    return elements.actions([{
        "type": "static_select",
        "action_id": f"{DOMAIN_ACTION}:menu",
        "placeholder": elements.plain("Choose"),
        "options": [_option(name, value) for name, value in fitting],
    }])  # fmt: skip


def _name(domain: Domain) -> str:
    names = (line(each, budget.OPTION_TEXT_CHARS) for each in (domain.name, domain.id))
    return next(filter(None, names), "–")


def feedback(turn: str, *, asker: str) -> Block:
    """Good or bad, for every reader; Delete, which only the asker sees (``asker`` is a Slack user id).

    Slack hides the bin from the others but does not guard it: who pressed is to be checked again.
    """
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": FEEDBACK_ACTION,
                "positive_button": _opinion("Good answer", f"{turn}:{UP}"),
                "negative_button": _opinion("Bad answer", f"{turn}:{DOWN}"),
            },
            {
                "type": "icon_button",
                "action_id": DELETE_ACTION,
                "icon": "trash",
                "text": elements.plain("Delete"),
                "value": turn,
                "visible_to_user_ids": [asker],
                "confirm": _delete_confirm(),
            },
        ],
    }


def _chart_select(value: str, types: Sequence[VisualizationType], now: VisualizationType) -> Block:
    options = {each: _option(charts.NAMES[each], f"{value}:{each.value}") for each in types}
    select: dict[str, object] = {
        "type": "static_select",
        "action_id": CHART_ACTION,
        "placeholder": elements.plain("Chart type"),
        "options": list(options.values()),
    }
    if now in options:
        select["initial_option"] = options[now]
    return select


def _option(text: str, value: str) -> Block:
    return {"text": elements.plain(line(text, budget.OPTION_TEXT_CHARS)), "value": value}


def _opinion(text: str, value: str) -> Block:
    return {"text": elements.plain(text), "accessibility_label": text, "value": value}


def _delete_confirm() -> Block:
    return {
        "title": elements.plain("Delete this answer?"),
        "text": elements.plain("It disappears for everybody, with its data. Question and exports stay."),
        "confirm": elements.plain("Delete"),
        "deny": elements.plain("Keep"),
        "style": "danger",
    }
