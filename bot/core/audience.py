"""Who may do what where: the one place where the rules stand.

Facts come in as values, a denial or nothing comes out. What is not known counts against the person.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Denial
from bot.model import Audience, ChannelPolicy, Deed, Person, Place, PlaceKind


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds in the whole workspace.

    Attributes:
        guests: guests of the workspace may ask.
        admins: user ids of people who count as admins beside those of the workspace.
        audience: of channels where nothing else is set.
        exports: results may be exported where nothing else is set.
    """

    guests: bool = False
    admins: frozenset[str] = frozenset()
    audience: Audience = Audience.EVERYBODY
    exports: bool = True


def denial(person: Person, place: Place, policy: ChannelPolicy, rules: Rules, deed: Deed) -> Denial | None:
    """Why the person may not do this here, or None."""
    if (refused := stranger(person, rules)) is not None:
        return refused
    if deed is Deed.CONFIGURE:
        return None if _edits(person, place, policy, rules) else Denial.NOT_AN_EDITOR
    if deed is Deed.CONSENT:
        return None if is_admin(person, rules) else Denial.NOT_AN_ADMIN
    if place.shared and not consented(place, policy):
        return Denial.NO_CONSENT
    if deed is Deed.EXPORT and not exports(policy, rules):
        return Denial.NO_EXPORTS
    return None


def audience(place: Place, policy: ChannelPolicy, rules: Rules) -> Audience:
    """Who reads an answer that is asked for here: in direct messages the asker is everybody there is.

    Where the bot is no member, nobody can read it but the asker.
    """
    if place.kind is PlaceKind.DIRECT:
        return Audience.EVERYBODY
    if place.kind is PlaceKind.UNKNOWN:
        return Audience.ASKER
    return policy.audience or rules.audience


def exports(policy: ChannelPolicy, rules: Rules) -> bool:
    """Whether results may be taken out as files."""
    return rules.exports if policy.exports is None else policy.exports


def consented(place: Place, policy: ChannelPolicy) -> bool:
    """Whether an admin allowed everybody to read along who does; a new partner needs a new consent."""
    return policy.consent is not None and place.partners <= policy.consent


def is_admin(person: Person, rules: Rules) -> bool:
    """An admin of the workspace, or one who is named as such."""
    return person.admin or person.id in rules.admins


def stranger(person: Person, rules: Rules) -> Denial | None:
    """Why the person may do nothing at all, wherever it is, or None."""
    if person.robot:
        return Denial.ROBOT
    if person.deactivated:
        return Denial.DEACTIVATED
    if person.outsider:
        return Denial.OUTSIDER
    return Denial.GUEST if person.guest and not rules.guests else None


def _edits(person: Person, place: Place, policy: ChannelPolicy, rules: Rules) -> bool:
    if place.kind is PlaceKind.DIRECT:
        return True
    if place.kind is PlaceKind.GROUP:
        return not person.guest
    created = policy.creator_edits and bool(place.creator) and person.id == place.creator
    return is_admin(person, rules) or person.id in policy.editors or (created and not person.guest)
