"""What an identity may do at the tenant, read from its roles (the vendor's pages on roles and permissions).

The shape of ``roleAssignments`` differs between the vendor's pages; the tenant's own is found out once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Literal

from bot.errors import AnswerFailed, KeyRefused
from bot.model import Identity, Rights
from bot.wisdom import documents, faults
from bot.wisdom.contact import FirstContact
from bot.wisdom.kept import MOST, Kept

SqlMode = Literal["auto", "show", "hide"]
#: Runs a query as the identity in question and returns its data; raises TenantError.
Query = Callable[[str], Awaitable[Mapping[str, object]]]

_SHAPES = ("roles", "roles_ids", "roles_names")
#: Roles change rarely, and a person who has just got one does not want to wait; in seconds.
_FRESH = 300.0
_ID = "0" * 30
#: May ask, but not look at the query behind an answer.
_WITHOUT_SQL = frozenset({"basicexplorer", f"{_ID}15"})
#: May look at it, whatever other role they have.
_WITH_SQL = frozenset(
    {"admin", "explorer", "dataadmin", "siteadmin", f"{_ID}01", f"{_ID}02", f"{_ID}04", f"{_ID}14"}
)


class RightsOf:
    """The rights of identities, each held for some minutes.

    Args:
        sql: ``auto`` goes by the roles; ``show`` and ``hide`` insist, for everybody.
        clock: seconds.
        most: of so many identities they are held at the most.
    """

    def __init__(
        self, sql: SqlMode, *, clock: Callable[[], float], contact: FirstContact, most: int = MOST
    ) -> None:
        self._sql = sql
        self._clock = clock
        self._contact = contact
        self._kept: Kept[Identity, Rights] = Kept(clock=clock, most=most)
        self._shapes: tuple[str, ...] = _SHAPES

    async def of(self, identity: Identity, query: Query) -> Rights:
        """The rights of this identity; raises TenantError where the tenant is away or does not let it in.

        A tenant that keeps its roles to itself leaves them unknown, and SQL is shown. Where it only fails to
        tell them, SQL is hidden, and it is asked again the next time.
        """

        async def looked() -> tuple[Rights, float]:
            rights, fresh = await self._look(query)
            return rights, self._clock() + (_FRESH if fresh else 0.0)

        return await self._kept.get(identity, looked)

    async def _look(self, query: Query) -> tuple[Rights, bool]:
        """The rights, and whether they are worth being kept."""
        for shape in self._shapes:
            try:
                data = await query(documents.load(shape))
            except (AnswerFailed, KeyRefused) as error:
                if isinstance(error, AnswerFailed) and faults.misfit(error.reasons):
                    continue
                return self._untold(str(error))
            self._shapes = (shape, *(other for other in _SHAPES if other != shape))
            return self._rights(tuple(_assigned(data))), True
        self._contact.note("roles", "the tenant does not have them, so SQL is shown to everybody")
        return self._rights(()), True

    def _untold(self, reason: str) -> tuple[Rights, bool]:
        if faults.permission([{"message": reason}]):
            self._contact.note("roles that the tenant refuses to tell", "SQL is shown")
            return self._rights(()), True
        self._contact.note("roles that the tenant fails to tell", "SQL is hidden until it does")
        return self._rights((), cautious=True), False

    def _rights(self, assigned: Sequence[tuple[str, ...]], *, cautious: bool = False) -> Rights:
        roles = tuple(names[0] for names in assigned)
        if self._sql != "auto":
            return Rights(sql=self._sql == "show", roles=roles)
        plain = {_plain(name) for names in assigned for name in names}
        without = not plain.isdisjoint(_WITHOUT_SQL) and plain.isdisjoint(_WITH_SQL)
        return Rights(sql=not (without or cautious), roles=roles)


def _assigned(data: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """For each role its name and its id, or what there is of them."""
    user = data.get("currentUser")
    assignments = user.get("roleAssignments") if isinstance(user, dict) else None
    for each in assignments if isinstance(assignments, list) else ():
        role = each.get("role", each.get("roleId")) if isinstance(each, dict) else None
        names = (role.get("name"), role.get("id")) if isinstance(role, dict) else (role,)
        if texts := tuple(name for name in names if isinstance(name, str) and name):
            yield texts


def _plain(name: str) -> str:
    """A role's name or id however it is written."""
    return "".join(filter(str.isalnum, name.casefold()))
