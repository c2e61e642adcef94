"""What a person may do and see: permissions of roles, domains, and rules on rows.

The permissions are those of the vendor's page on role-based access control. A person with several roles may
do what any of them may.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.tenant.domains import SALES
from bot.sandbox.tenant.people import User, UserRole
from bot.sandbox.tenant.reply import Filter, Operator

_ASKING = frozenset({UserRole.ADMIN, UserRole.DATA_ADMIN, UserRole.EXPLORER, UserRole.BASIC_EXPLORER})
_READING_SQL = frozenset({UserRole.ADMIN, UserRole.DATA_ADMIN, UserRole.EXPLORER})
_LISTING = frozenset({UserRole.ADMIN, UserRole.DATA_ADMIN})
#: The row rules of each domain: attributes of a person that the fields of the same name must agree with.
RULES: Mapping[str, tuple[str, ...]] = {SALES: ("region", "industry")}


def may_ask(user: User) -> bool:
    """Permission ``chat:create``."""
    return not _ASKING.isdisjoint(user.roles)


def may_read_sql(user: User) -> bool:
    """Permission ``chat:edit-sql``, which a basic explorer lacks."""
    return not _READING_SQL.isdisjoint(user.roles)


def may_list_domains(user: User) -> bool:
    """Permission ``domain:list``."""
    return not _LISTING.isdisjoint(user.roles)


def may_use(user: User, domain_id: str) -> bool:
    """Whether a domain is there for this person."""
    return user.domains is None or domain_id in user.domains


def scope(user: User, domain_id: str) -> tuple[Filter, ...]:
    """The conditions on the rows of a domain that this person may see; an admin sees all of them.

    Several values of one attribute allow each of them. An attribute that no rule names restricts nothing.
    """
    if UserRole.ADMIN in user.roles:
        return ()
    rules = []
    for key in RULES.get(domain_id, ()):
        values = tuple(dict.fromkeys(each.value for each in user.attributes if each.key == key))
        if values:
            rules.append(Filter(key, Operator.IN, values, f"{key}: {' or '.join(values)}"))
    return tuple(rules)
