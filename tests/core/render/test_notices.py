"""What people are told."""

import pytest

from bot import errors
from bot.core.render import notices
from bot.errors import Denial, Limit
from bot.model import Audience, Domain


def every_error() -> list[Exception]:
    """One of each kind in bot.errors, and one that nobody foresaw."""
    return [
        errors.TenantUnreachable("dns"),
        errors.KeyRefused("401"),
        errors.ImpersonationRefused("401"),
        errors.PersonRefused("401"),
        errors.PersonUnknown("401"),
        errors.PersonDeactivated("401"),
        errors.AskingRefused("401"),
        errors.AnswerTooLarge(64.0),
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
        (errors.ImpersonationRefused(), False, "does not let this app ask in your name"),
        (errors.PersonUnknown(), False, "Ask your WisdomAI admin"),
        (errors.AnswerTooLarge(64.0), False, "larger than I can take (64 MiB)"),
        (errors.AnswerTooLarge(0.5), False, "(0.5 MiB)"),
        (errors.NotInChannel("m", "c"), False, "/invite @wisdom"),
        (errors.DomainUnknown("Sales"), False, "/wisdom domains"),
        (errors.DomainUnknown(), False, "/wisdom settings"),
        (ZeroDivisionError(), True, "my side"),
    ],
)
def test_sentence_says_what_to_do(error: Exception, retry: bool, words: str) -> None:  # noqa: FBT001  # a column
    """The sentence says what can be done, and Retry is offered where it helps."""
    notice = notices.for_error(error, ref="r")
    assert notice.retry is retry
    assert words in notice.text


@pytest.mark.parametrize(
    "error", [errors.AccessDenied(Denial.GUEST), errors.LimitReached(Limit.PERSON_A_MINUTE, 10, 5.0)], ids=str
)
def test_a_plain_no_has_no_reference(error: Exception) -> None:
    """Nothing is broken that anybody could look up, and to try again does not help."""
    notice = notices.for_error(error, ref="abc123")
    assert "abc123" not in notice.text
    assert notice.text.endswith(".")
    assert not notice.retry


def test_reasons_are_shortened_and_escaped() -> None:
    """The tenant's own words are quoted harmlessly and briefly."""
    notice = notices.for_error(errors.AnswerFailed("<@U1> " + "very " * 200), ref="r")
    assert "&lt;@U1&gt;" in notice.text
    assert len(notice.text) < 420


def test_domains_are_listed() -> None:
    """Each domain has its name and what it is about; the channel's own are marked."""
    known = [Domain("1", "Sales", "Pipeline"), Domain("2", "Weather"), Domain("12", "Both")]
    text = notices.domains(known, current=("1", "12")).text
    assert "• *Sales* (asked in this channel): Pipeline\n• *Weather*\n• *Both* (asked" in text


def test_many_domains_are_counted() -> None:
    """A long list ends with how many more there are."""
    assert "… and 5 more" in notices.domains([Domain(str(n), f"d{n}") for n in range(25)]).text


def test_no_domain_is_said() -> None:
    """Without any domain WisdomAI's admin is to be asked."""
    assert "Ask your WisdomAI admin" in notices.domains([]).text


def test_help_has_examples() -> None:
    """The help shows example questions, but not an empty heading for none."""
    assert "• Revenue by region?" in notices.how_to_ask(["Revenue by region?", " "]).text
    assert "example" not in notices.how_to_ask().text


def test_the_help_says_whose_rights_count() -> None:
    """Nobody takes the answers of one account for what they alone may see."""
    assert "your own rights" in notices.how_to_ask().text
    assert "the rights of one WisdomAI account, not with your own" in notices.how_to_ask(service=True).text


def test_domain_without_a_name_is_told_by_its_id() -> None:
    """A domain that the tenant does not list any more still has its id."""
    assert "*d-1*" in notices.domain_set(Domain("d-1", "")).text
    assert "*Sales*, *d-2*" in notices.domain_now([Domain("d-1", "Sales"), Domain("d-2", "")]).text


def test_queue_counts() -> None:
    """A waiting question says how many come before it."""
    assert notices.queued(1).startswith("Waiting for 1 question before")
    assert notices.queued(3).startswith("Waiting for 3 questions before")


def test_short_sentences_end() -> None:
    """Every short sentence is a whole one."""
    for notice in (
        notices.interrupted_by_restart(),
        notices.only_the_asker(),
        notices.only_the_asker_chooses(),
        notices.sharing(),
        notices.already_shared(),
        notices.not_shared(),
        notices.withdrawn(),
        notices.with_your_rights(),
        notices.nothing_for_you(),
        notices.no_sql(),
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


# -- private answers -------------------------------------------------------------------------------------

LINK = "https://acme.slack.example/archives/D1/p1?thread_ts=1.0&cid=D1"


def test_where_a_private_answer_is_can_be_followed() -> None:
    """With its address where Slack tells it, in words where not."""
    assert f"<{LINK.replace('&', '&amp;')}|our direct messages>" in notices.answered_privately(LINK).text
    assert "it comes in our direct messages." in notices.answered_privately("").text
    assert "<" not in notices.answered_privately("javascript:x").text
    assert "/invite @wisdom" in notices.answered_privately(LINK, absent=True).text
    assert "/invite" not in notices.answered_privately(LINK).text


def test_a_shared_answer_can_be_followed() -> None:
    """Likewise."""
    assert notices.shared(LINK).text.startswith("<https://acme.slack.example/")
    assert notices.shared("").text == "Your answer is in the channel now."


def test_a_private_question_says_where_it_was_asked() -> None:
    """All of it is quoted, and nothing in it notifies anybody."""
    text = notices.asked_privately("C1", " Revenue?\n<!here> ").text
    assert text == "You asked in <#C1>:\n> Revenue?\n> &lt;!here&gt;"


def test_an_export_of_ones_own_says_so() -> None:
    """It is not what others see in the thread."""
    text = notices.exported_to_you("*Deals* <!channel>", "C1").text
    assert "with your own rights" in text
    assert "<#C1>" in text
    assert "<!channel>" not in text
    assert "the data" in notices.exported_to_you(" ", "C1").text


# -- settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "exports", "asked", "words"),
    [
        (Audience.EVERYBODY, True, (), "asks whatever the asker may ask. Answers are read by everybody"),
        (Audience.EVERYBODY, True, (Domain("1", "Sales"), Domain("2", "")), "asks *Sales*, *2*."),
        (Audience.ASKER, True, (), "by their asker alone, and results can be exported."),
        (Audience.ASKER, False, (), "results cannot be exported."),
    ],
)
def test_what_was_kept_is_said(
    audience: Audience, asked: tuple[Domain, ...], words: str, *, exports: bool
) -> None:
    """Who changed the settings reads what holds now."""
    assert words in notices.settings_kept(audience, exports=exports, asked=asked).text
