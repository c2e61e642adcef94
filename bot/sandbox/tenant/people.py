"""The people who have an account at the tenant, with their roles and what the row rules look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from bot.sandbox.tenant.domains import SALES


class UserRole(Enum):
    """A role of WisdomAI, by the number that its id ends in."""

    ADMIN = 1
    EXPLORER = 2
    VIEWER = 3
    DATA_ADMIN = 4
    CONNECTION_ADMIN = 5
    CREATOR = 6
    OBSERVER = 7
    STORY_VIEWER = 8
    STORY_WRITER = 9
    SCHEDULE_VIEWER = 10
    SCHEDULE_WRITER = 11
    AGENT_VIEWER = 12
    AGENT_WRITER = 13
    SITE_ADMIN = 14
    BASIC_EXPLORER = 15

    @property
    def id(self) -> str:
        """The role's id, as the vendor lists it."""
        return f"00000000-0000-0000-0000-{self.value:012d}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value of one attribute of a person; several values of a key are several of these.

    Attributes:
        source: ``DATABASE`` where it is stored, ``JWT`` where it came with the token.
    """

    key: str
    value: str
    source: Literal["DATABASE", "JWT"] = "DATABASE"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account.

    Attributes:
        attributes: what row rules look at.
        domains: ids of the domains that they may ask; None for all.
        active: False where the account is switched off.
    """

    id: str
    email: str
    name: str
    roles: tuple[UserRole, ...] = (UserRole.EXPLORER,)
    attributes: tuple[Attribute, ...] = ()
    domains: frozenset[str] | None = None
    active: bool = True


#: Whose rights the access key carries.
OWNER = User("user_0001", "service@example.com", "Service account", (UserRole.ADMIN,))


def residents() -> tuple[User, ...]:
    """The people of the sandbox; in its Slack workspace they have the same addresses."""
    return (
        OWNER,
        User("user_0002", "ada@example.com", "Ada Lovelace", (UserRole.ADMIN,)),
        User("user_0003", "grace@example.com", "Grace Hopper", attributes=(Attribute("region", "EMEA"),)),
        User("user_0004", "linus@example.com", "Linus Pauling", domains=frozenset({SALES})),
        User("user_0005", "vera@example.com", "Vera Rubin", (UserRole.VIEWER,)),
        User("user_0006", "barbara@example.com", "Barbara McClintock", (UserRole.BASIC_EXPLORER,)),
        User("user_0007", "dorothy@example.com", "Dorothy Hodgkin", active=False),
        User("user_0008", "gertrude@example.com", "Gertrude Elion"),
        User("user_0009", "emilie@example.com", "Emilie du Chatelet"),
    )


class People:
    """Everybody who has an account; may be changed at any time, and every token notices.

    People are named by their address, in upper or lower case. What is done to somebody who has no account
    raises KeyError.
    """

    def __init__(self, users: Iterable[User] = ()) -> None:
        self._users = {user.id: user for user in users}

    def with_id(self, user_id: str) -> User | None:
        """The person with this id, switched off or not."""
        return self._users.get(user_id)

    def with_email(self, email: str) -> User | None:
        """The person with this address, switched off or not."""
        wanted = email.strip().casefold()
        return next((user for user in self._users.values() if user.email.casefold() == wanted), None)

    def add(self, user: User) -> None:
        """A new account.

        Raises:
            ValueError: the id or the address has one already.
        """
        if user.id in self._users or self.with_email(user.email) is not None:
            raise ValueError(f"{user.id} or its address has an account already")
        self._users[user.id] = user

    def remove(self, email: str) -> None:
        """Delete an account."""
        del self._users[self._known(email).id]

    def deactivate(self, email: str) -> None:
        """Switch an account off."""
        self._put(replace(self._known(email), active=False))

    def activate(self, email: str) -> None:
        """Switch an account on again."""
        self._put(replace(self._known(email), active=True))

    def set_attributes(self, email: str, *attributes: tuple[str, str]) -> None:
        """Let ``attributes`` (key, value) take the place of the stored ones."""
        stored = tuple(Attribute(key, value) for key, value in attributes)
        self._put(replace(self._known(email), attributes=stored))

    def set_roles(self, email: str, *roles: UserRole) -> None:
        """Let ``roles`` take the place of the present ones."""
        self._put(replace(self._known(email), roles=roles))

    def set_domains(self, email: str, domains: Iterable[str] | None) -> None:
        """Let somebody ask these domains (ids) and no others; None for all."""
        allowed = None if domains is None else frozenset(domains)
        self._put(replace(self._known(email), domains=allowed))

    def _known(self, email: str) -> User:
        user = self.with_email(email)
        if user is None:
            raise KeyError(email)
        return user

    def _put(self, user: User) -> None:
        self._users[user.id] = user
