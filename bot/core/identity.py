"""From a person in Slack to the identity that their questions run with at WisdomAI."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.errors import AccessDenied, Denial
from bot.model import Identity, Person

_NAME_CHARS = 20

#: What an attribute's value may refer to.
PLACEHOLDERS = ("{email}", "{slack_user}")


def as_person(person: Person, attributes: Sequence[tuple[str, str]] = ()) -> Identity:
    """The person's own identity; raises AccessDenied where Slack does not tell their address.

    Its name is made of the address, so that another address is another identity (with conversations of its
    own), and does not tell it.

    Args:
        person: who asks.
        attributes: key and value for WisdomAI's row-level rules; a value may hold ``PLACEHOLDERS``.
    """
    email = person.email.strip()
    if not email:
        raise AccessDenied(Denial.NO_EMAIL)
    # Of letters beyond ASCII the case counts: folding makes one address of what may be two people's.
    digest = hashlib.sha256(email.encode().lower()).hexdigest()
    return Identity(
        name=f"person-{digest[:_NAME_CHARS]}",
        email=email,
        attributes=tuple((key, _filled(value, person)) for key, value in attributes),
    )


def _filled(value: str, person: Person) -> str:
    # One after the other would read a placeholder inside what was put in.
    parts = value.split("{slack_user}")
    return person.id.join(part.replace("{email}", person.email.strip()) for part in parts)
