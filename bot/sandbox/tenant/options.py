"""What a local tenant is like: the ways in which real tenants are known, or suspected, to differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["increments", "snapshots"]
Unit = Literal["utf16", "codepoint"]
StatusStyle = Literal["deleted", "kept", "trailing"]
Dressing = Literal["json", "bare", "formatted"]
Subprotocol = Literal["graphql-transport-ws", "graphql-ws"]
Impersonation = Literal["mutation", "query", "none"]
Roles = Literal["objects", "ids", "none"]
Flow = Literal["both", "chat", "conversation"]
Ending = Literal["both", "diff", "message"]
Refusing = Literal["error", "status"]

BOTH_SUBPROTOCOLS: tuple[Subprotocol, ...] = ("graphql-transport-ws", "graphql-ws")


@dataclass(frozen=True, slots=True)
class TenantOptions:
    """How the tenant answers; the defaults are what a bot will most likely meet.

    Attributes:
        flow: how questions are asked: by the older subscription ``chat``, by the newer three operations
            around a ``conversation``, or by either. What is not served is not in the schema.
        ending: what tells subscribers of a conversation that an answer is complete: its last ``diff``, the
            whole ``message``, or both of them in this order.
        batch: how many updates go into one event of a conversation. They are held back until there are as
            many, or the answer has ended.
        refusing: how ``sendUserMessage`` says no to somebody it knows: by an ``error``, or by a ``status``
            other than OK.
        speed: characters a second at which answers are written; 0 writes them at once.
        chunk: code points of text in one diff.
        mode: ``increments`` sends what changed, ``snapshots`` sends the whole body in every diff.
        unit: what ``retain`` and ``delete`` count in text; an embed always counts 1.
        status: what becomes of progress, thinking and the query in the making. ``deleted``: the next step
            removes them. ``kept``: they stay in the body, told apart by their attributes only.
            ``trailing``: one status operation stays last, text is inserted before it, the end removes it.
        dressing: how the value of a cell is written: JSON, bare, or formatted for reading.
        flat: ``data`` is one list of cells instead of rows of cells, in totals and in the schema too.
        attributes: False serves the older schema, in which operations have no ``attributes``.
        highcharts: False serves the older schema, in which visualizations have no ``highchartsOptions``.
        roles: how a ``User`` shows its roles: as objects with id and name, by ``roleId`` only, or not at all.
        impersonation: what ``impersonateUser`` is; older tenants have it as a query, or not at all.
        attributes_argument: False serves the older schema, in which it takes no ``attributes``.
        introspection: False refuses ``__schema`` and ``__type``.
        subprotocols: those that are spoken, the preferred one first. Empty: the tenant confirms none
            whatever is offered, and speaks the legacy one.
        token_life: seconds until a token expires.
        embed_lead: seconds before that at which an embedded page asks for the next token.
        embed_patience: seconds after which a page that was not answered asks again.
        secret: signs the tokens; empty makes a new one for each server.
        access_key: what is exchanged for a token; empty makes a new one for each server.
        key_impersonates: False: the access key may not act for others.
        bearer_key: the access key itself is accepted where a token is.
        unauthorized_status: HTTP status of an answer that says "Unauthorized".
        init_timeout: seconds within which ``connection_init`` has to come (graphql-transport-ws only).
        keepalive: seconds between signs of life on an idle socket.
    """

    flow: Flow = "both"
    ending: Ending = "both"
    batch: int = 1
    refusing: Refusing = "error"
    speed: float = 0.0
    chunk: int = 24
    mode: Mode = "increments"
    unit: Unit = "utf16"
    status: StatusStyle = "deleted"
    dressing: Dressing = "json"
    flat: bool = False
    attributes: bool = True
    highcharts: bool = True
    roles: Roles = "objects"
    impersonation: Impersonation = "mutation"
    attributes_argument: bool = True
    introspection: bool = True
    subprotocols: tuple[Subprotocol, ...] = BOTH_SUBPROTOCOLS
    token_life: float = 3600.0
    embed_lead: float = 10.0
    embed_patience: float = 10.0
    secret: str = field(default="", repr=False)
    access_key: str = field(default="", repr=False)
    key_impersonates: bool = True
    bearer_key: bool = False
    unauthorized_status: Literal[200, 401] = 200
    init_timeout: float = 3.0
    keepalive: float = 12.0
