import re

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.ids import Ids


def test_one_seed_one_sequence() -> None:
    """The same seed makes the same names, which look like Slack's."""
    one, two = Ids(7, ManualClock()), Ids(7, ManualClock())
    assert [one.make("C"), one.token("xoxb"), one.uuid()] == [two.make("C"), two.token("xoxb"), two.uuid()]
    assert re.fullmatch(r"F[A-Z0-9]{8,}", one.make("F"))


def test_an_app_token_names_its_app() -> None:
    """As Slack's do, with digits and hexadecimal behind it."""
    token = Ids(7, ManualClock()).app_token("A0123456789")
    assert re.fullmatch(r"xapp-1-A0123456789-\d{13}-[0-9a-f]{64}", token)


def test_what_a_sign_in_needs() -> None:
    """A client id is two numbers with a dot between them, and a code has a secret behind such a pair."""
    ids = Ids(7, ManualClock())
    assert re.fullmatch(r"\d{11}\.\d{12}", ids.client_id())
    assert re.fullmatch(r"\d{11}\.\d{12}\.[0-9a-f]{64}", ids.code())


def test_timestamps_only_grow() -> None:
    """Every ts is later than the one before, also when the clock stands or goes back."""
    clock = ManualClock(1_234_567_890.5)
    ids = Ids(1, clock)
    stamps = [ids.ts(), ids.ts()]
    clock.advance(-10)
    stamps.append(ids.ts())
    assert stamps == ["1234567890.500000", "1234567890.500001", "1234567890.500002"]
