"""How a WebSocket to the tenant may end, and what follows from each end.

The codes are those of RFC 6455, section 7.4, of graphql-transport-ws (PROTOCOL.md of the npm package
graphql-ws) and of the older graphql-ws. Which of them are worth another try is the choice of the reference
client, graphql-ws 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What happens to an answer that was running; the value is the sentence in the documents."""

    RECONNECT = "A new connection is made and the answer goes on"
    RENEW = "A new token is made, once, and the answer goes on"
    FAILED = "The answer fails in the tenant's words (`AnswerFailed`)"
    MISBEHAVED = "The answer fails (`PeerMisbehaved`)"
    TOO_LARGE = (
        "The answer fails (`AnswerTooLarge`). Where several shared the connection, each goes on over one of "
        "its own, and only the large one fails"
    )
    ENDED = "The answer ends; what is in doubt is read from `chatMessages`"
    PASSED = "It is passed over"


BOTH = "both"
TRANSPORT = "graphql-transport-ws"
LEGACY = "graphql-ws"


@dataclass(frozen=True, slots=True)
class Ending:
    """One way to end.

    Attributes:
        subprotocol: in which it happens.
        comes: what arrives, or what is noticed; for a close code its number.
        means: why a tenant does that.
        codes: the close codes it is about; empty where it is not about one.
    """

    subprotocol: str
    comes: str
    means: str
    outcome: Outcome
    codes: tuple[int, ...] = ()


def _code(subprotocol: str, code: int, means: str, outcome: Outcome) -> Ending:
    return Ending(subprotocol, f"close {code}", means, outcome, (code,))


#: The peer closes with a code, or the program gives up on it with one.
CLOSES = (
    _code(BOTH, 1000, "closed in the ordinary way", Outcome.RECONNECT),
    _code(BOTH, 1001, "the server goes away", Outcome.RECONNECT),
    _code(BOTH, 1002, "the server finds an error in the protocol, or speaks another one", Outcome.MISBEHAVED),
    _code(BOTH, 1003, "a kind of frame that the server does not take", Outcome.MISBEHAVED),
    _code(BOTH, 1005, "closed without a code", Outcome.RECONNECT),
    _code(BOTH, 1006, "the connection broke", Outcome.RECONNECT),
    _code(BOTH, 1007, "text that is no UTF-8", Outcome.MISBEHAVED),
    _code(BOTH, 1008, "against a policy of the server", Outcome.MISBEHAVED),
    _code(BOTH, 1009, "what was sent is too long for the server", Outcome.MISBEHAVED),
    _code(BOTH, 1011, "an error in the server", Outcome.FAILED),
    _code(BOTH, 1012, "the server restarts", Outcome.RECONNECT),
    _code(BOTH, 1013, "the server is too busy", Outcome.RECONNECT),
    _code(BOTH, 1014, "a gateway got no good answer", Outcome.RECONNECT),
    _code(TRANSPORT, 4004, "the client does not understand the server", Outcome.MISBEHAVED),
    _code(TRANSPORT, 4005, "an error in the client", Outcome.MISBEHAVED),
    _code(TRANSPORT, 4400, "a message that the server does not understand", Outcome.MISBEHAVED),
    _code(TRANSPORT, 4401, "not let in", Outcome.RENEW),
    _code(TRANSPORT, 4403, "forbidden", Outcome.RENEW),
    _code(TRANSPORT, 4406, "a subprotocol that the server does not speak", Outcome.MISBEHAVED),
    _code(TRANSPORT, 4408, "`connection_init` came too late", Outcome.RECONNECT),
    _code(TRANSPORT, 4409, "an id was used twice", Outcome.MISBEHAVED),
    _code(TRANSPORT, 4429, "`connection_init` came twice", Outcome.MISBEHAVED),
    _code(BOTH, 4499, "nothing was heard for too long, so this app gave up", Outcome.RECONNECT),
    _code(TRANSPORT, 4500, "an error in the server", Outcome.FAILED),
    _code(BOTH, 4504, "no `connection_ack` within 10 seconds, so this app gave up", Outcome.RECONNECT),
    Ending(BOTH, "another close code below 2000", "an error that the standard knows", Outcome.MISBEHAVED),
    Ending(BOTH, "another close code from 2000 on", "a code of the server's own", Outcome.RECONNECT),
    Ending(
        BOTH,
        "any close code whose reason speaks of a token or of being unauthorized",
        "not let in",
        Outcome.RENEW,
    ),
)

#: Everything that ends without a close code, or does not end at all.
FORMS = (
    Ending(BOTH, "no connection", "nothing listens, or TLS or the handshake breaks", Outcome.RECONNECT),
    Ending(BOTH, "HTTP 401 or 403 to the handshake", "not let in", Outcome.RENEW),
    Ending(BOTH, "another HTTP status to the handshake", "a gateway, or a server error", Outcome.RECONNECT),
    Ending(BOTH, "a subprotocol that was not offered", "something else listens there", Outcome.MISBEHAVED),
    Ending(LEGACY, "`connection_error` about the token", "not let in", Outcome.RENEW),
    Ending(LEGACY, "another `connection_error`", "the server does not take connections", Outcome.RECONNECT),
    Ending(TRANSPORT, "`error` with a list of errors", "the operation failed", Outcome.FAILED),
    Ending(LEGACY, "`error` with one error", "the operation failed", Outcome.FAILED),
    Ending(LEGACY, "`data` with errors and no data", "the operation failed", Outcome.FAILED),
    Ending(TRANSPORT, "`next` with errors and no data", "the operation failed", Outcome.FAILED),
    Ending(BOTH, "any of these errors, unauthorized", "the token ended while the answer ran", Outcome.RENEW),
    Ending(BOTH, "`complete` of `chat` before its end", "the stream was cut short", Outcome.ENDED),
    Ending(
        BOTH, "`complete` of a conversation", "the subscription is over, not the answer", Outcome.RECONNECT
    ),
    Ending(BOTH, "a frame longer than `WISDOM_MAX_FRAME_MIB`", "a very large result", Outcome.TOO_LARGE),
    Ending(BOTH, "a frame that is no message of the protocol", "junk", Outcome.PASSED),
    Ending(BOTH, "a frame for another id, or after its end", "late, or twice", Outcome.PASSED),
)

#: All of them, in the order of the documents.
ENDINGS = (*FORMS, *CLOSES)

#: The codes below this one are the standard's.
_PRIVATE = 2000


def of_code(code: int) -> Outcome:
    """What follows from a close code alone, whatever its reason says."""
    known = next((each.outcome for each in CLOSES if code in each.codes), None)
    if known is not None:
        return known
    return Outcome.MISBEHAVED if code < _PRIVATE else Outcome.RECONNECT
