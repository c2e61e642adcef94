"""What people are told."""

import pytest

from bot import errors
from bot.core.render import notices
from bot.model import Domain


def every_error() -> list[Exception]:
    """One of each kind in bot.errors, and one that nobody foresaw."""
    return [
        errors.TenantUnreachable("dns"),
        errors.KeyRefused("401"),
        errors.DomainUnknown("Sales"),
        errors.DomainUnknown(),
        errors.AnswerFailed("no table <!channel>"),
        errors.AnswerFailed(),
        errors.TenantSilent(60),
        errors.PeerMisbehaved("frame"),
        errors.SlackUnreachable("x"),
        errors.NotInChannel("chat.postMessage", "not_in_channel"),
        errors.MessageGone("chat.update", "message_not_found"),
        errors.SlackRefused("chat.update", "invalid_blocks"),
        errors.ChartFailed("png"),
        errors.ConfigurationError("WISDOM_URL"),
        KeyError("secret"),
    ]


@pytest.mark.parametrize("error", every_error(), ids=repr)
def test_every_error_has_a_sentence_and_a_reference(error: Exception) -> None:
    """Each failure reads as sentences, names its reference, and never shows the exception's own text."""
    notice = notices.for_error(error, ref="abc123")
    assert notice.text.endswith("\nRef `abc123`")
    assert notice.text[0].isupper()
    for secret in ("dns", "401", "frame", "png", "WISDOM_URL", "secret", "invalid_blocks", "<!channel>"):
        assert secret not in notice.text


@pytest.mark.parametrize(
    ("error", "retry", "words"),
    [
        (errors.TenantUnreachable(), True, "can't reach"),
        (errors.TenantSilent(60), True, "60 seconds"),
        (errors.AnswerFailed("no such column"), True, "“no such column”"),
        (errors.PeerMisbehaved(), True, "Try again"),
        (errors.KeyRefused(), False, "Ask your admin"),
        (errors.NotInChannel("m", "c"), False, "/invite @wisdom"),
        (errors.DomainUnknown("Sales"), False, "/wisdom domains"),
        (errors.DomainUnknown(), False, "/wisdom domains"),
        (ZeroDivisionError(), True, "my side"),
    ],
)
def test_sentence_says_what_to_do(error: Exception, retry: bool, words: str) -> None:  # noqa: FBT001  # a column
    """The sentence says what can be done, and Retry is offered where it helps."""
    notice = notices.for_error(error, ref="r")
    assert notice.retry is retry
    assert words in notice.text


def test_reasons_are_shortened_and_escaped() -> None:
    """The tenant's own words are quoted harmlessly and briefly."""
    notice = notices.for_error(errors.AnswerFailed("<@U1> " + "very " * 200), ref="r")
    assert "&lt;@U1&gt;" in notice.text
    assert len(notice.text) < 420


def test_domains_are_listed() -> None:
    """Each domain has its name and what it is about; the channel's own is marked."""
    text = notices.domains([Domain("1", "Sales", "Pipeline"), Domain("2", "Weather")], current="1").text
    assert "• *Sales* (asked in this channel): Pipeline\n• *Weather*" in text


def test_many_domains_are_counted() -> None:
    """A long list ends with how many more there are."""
    assert "… and 5 more" in notices.domains([Domain(str(n), f"d{n}") for n in range(25)]).text


def test_no_domain_is_said() -> None:
    """Without any domain the admin is to be asked."""
    assert "Ask your admin" in notices.domains([]).text


def test_help_has_examples() -> None:
    """The help shows example questions, but not an empty heading for none."""
    assert "• Revenue by region?" in notices.how_to_ask(["Revenue by region?", " "]).text
    assert "example" not in notices.how_to_ask().text


def test_domain_without_a_name_is_told_by_its_id() -> None:
    """A domain that the tenant does not list any more still has its id."""
    assert "*d-1*" in notices.domain_set(Domain("d-1", "")).text
    assert "*Sales*" in notices.domain_now(Domain("d-1", "Sales")).text


def test_queue_counts() -> None:
    """A waiting question says how many come before it."""
    assert notices.queued(1).startswith("Waiting for 1 question before")
    assert notices.queued(3).startswith("Waiting for 3 questions before")


def test_short_sentences_end() -> None:
    """Every short sentence is a whole one."""
    for notice in (
        notices.interrupted_by_restart(),
        notices.only_the_asker(),
        notices.too_old(),
        notices.not_taken(),
        notices.draining(),
    ):
        assert notice.text.endswith(".")


@pytest.mark.parametrize(
    ("rows", "total", "more", "words"),
    [
        (1, None, False, "exported *Deals*. 1 row."),
        (100, 100, False, "100 rows."),
        (100, 2_310, True, "All 100 rows held of 2,310."),
        (100, None, True, "All 100 rows held; there are more."),
    ],
)
def test_an_export_says_what_is_in_it(rows: int, total: int | None, more: bool, words: str) -> None:  # noqa: FBT001  # a column
    """Nobody takes the rows that are held for all that there are."""
    said = notices.exported("U1", "Deals", rows=rows, total=total, more=more)
    assert said.startswith("<@U1> ")
    assert words in said


def test_an_exports_title_notifies_nobody() -> None:
    """A title is the tenant's."""
    said = notices.exported("U1", "<!channel> *x*", rows=1, total=None, more=False)
    assert "<!channel>" not in said
    assert notices.exported("U1", " ", rows=1, total=None, more=False) == "<@U1> exported the data. 1 row."
