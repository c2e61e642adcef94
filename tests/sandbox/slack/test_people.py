from pathlib import Path

from bot.sandbox.slack.model import ChannelKind, Standing
from bot.sandbox.slack.people import BOT, PEOPLE, ROOMS

DOCUMENT = Path(__file__).parents[3] / "docs" / "sandbox.md"


def test_everybody_in_a_room_is_somebody() -> None:
    """Rooms name people of the table, and no deactivated ones."""
    active = {name for name, person in PEOPLE.items() if not person.deactivated}
    for name, room in ROOMS.items():
        assert set(room.members) <= {*active, BOT}, name


def test_outsiders_are_only_in_shared_rooms() -> None:
    """As Slack allows it; and there is one such room, for them to be met in."""
    outsiders = {name for name, person in PEOPLE.items() if person.standing is Standing.OUTSIDER}
    with_outsiders = {name for name, room in ROOMS.items() if outsiders & set(room.members)}
    assert with_outsiders == {name for name, room in ROOMS.items() if room.shared} == {"partners"}


def test_every_kind_of_person_and_room_is_there() -> None:
    """Tests and people who try the app find each: an admin, a guest, an outsider, a private room."""
    assert {person.standing for person in PEOPLE.values()} >= {
        Standing.ADMIN,
        Standing.MEMBER,
        Standing.GUEST,
        Standing.OUTSIDER,
    }
    assert [name for name, person in PEOPLE.items() if not person.email] == ["emmy"]
    assert [name for name, person in PEOPLE.items() if person.deactivated] == ["emilie"]
    assert {room.kind for room in ROOMS.values()} == {ChannelKind.PUBLIC, ChannelKind.PRIVATE}
    assert [name for name, room in ROOMS.items() if BOT not in room.members] == ["random"]


def test_the_documents_table_of_people_is_this_one() -> None:
    """With the addresses that Slack shows to an app."""
    rows = ["| Name | Real name | Address | What they are |", "|---|---|---|---|"]
    for name, person in PEOPLE.items():
        outside = person.standing is Standing.OUTSIDER
        what = "of another organisation" if outside else person.standing.value
        address = "–" if outside or not person.email else person.email
        rows.append(
            f"| {name} | {person.real_name} | {address} | {'deactivated' if person.deactivated else what} |"
        )
    assert "\n".join(rows) in DOCUMENT.read_text(encoding="utf-8")


def test_the_documents_table_of_channels_is_this_one() -> None:
    """With everybody who is in them."""
    rows = ["| Channel | Kind | Members |", "|---|---|---|"]
    for name, room in ROOMS.items():
        kind = "public" if room.kind is ChannelKind.PUBLIC else "private"
        members = ", ".join("the bot" if each == BOT else each for each in room.members)
        rows.append(f"| {name} | {kind}{', shared' if room.shared else ''} | {members} |")
    assert "\n".join(rows) in DOCUMENT.read_text(encoding="utf-8")
