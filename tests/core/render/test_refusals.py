"""Why somebody gets no answer although nothing is broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.core.render import refusals
from bot.errors import Denial, Limit
from tests.core.render.limits import LIVE


@pytest.mark.parametrize("denial", list(Denial))
def test_every_denial_has_its_sentence(denial: Denial) -> None:
    """It is a whole one, no two are the same, and none names what only we call it."""
    said = refusals.sentence(errors.AccessDenied(denial))
    assert said is not None
    assert said[0].isupper()
    assert said.endswith(".")
    assert list(refusals.DENIALS.values()).count(said) == 1
    assert "_" not in said.replace("`/wisdom settings`", "")


@pytest.mark.parametrize("limit", list(Limit))
@pytest.mark.parametrize("most", [1, 2, 4_000])
def test_every_limit_has_its_sentence(limit: Limit, most: int) -> None:
    """It says how much there may be, and reads well for one and for many."""
    said = refusals.sentence(errors.LimitReached(limit, most, 20.0))
    assert said is not None
    assert f"{most:,}" in said
    assert said.endswith(".")
    assert "{" not in said
    assert "1 questions" not in said


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.0, "a second"),
        (0.2, "a second"),
        (1.0, "a second"),
        (1.01, "2 seconds"),
        (59.6, "60 seconds"),
        (60.000000000000014, "60 seconds"),
    ],
)
def test_who_waits_as_long_as_told_is_let_in(seconds: float, told: str) -> None:
    """The time is rounded up, never down."""
    said = refusals.sentence(errors.LimitReached(Limit.PERSON_A_MINUTE, 10, seconds))
    assert said is not None
    assert said.endswith(f"Ask again in {told}.")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.PersonUnknown(), "no account with the e-mail address of your Slack profile"),
        (errors.PersonDeactivated(), "account is switched off"),
        (errors.AskingRefused(), "does not let you ask questions"),
        (errors.PersonRefused("of tomorrow"), "WisdomAI does not let you in"),
    ],
)
def test_who_is_refused_at_the_tenant_hears_what_to_do(error: errors.PersonRefused, words: str) -> None:
    """Their WisdomAI admin can help, and nobody's address is named."""
    said = refusals.sentence(error)
    assert said is not None
    assert words in said
    assert "WisdomAI admin" in said
    assert "@" not in said
    assert "tomorrow" not in said


def test_a_domain_is_named_harmlessly() -> None:
    """Its name comes from a person or the tenant."""
    said = refusals.sentence(errors.DomainUnknown("<!channel> & " + "x" * 500))
    assert said is not None
    assert "&lt;!channel&gt; &amp; x" in said
    assert len(said) < 300


def test_whether_a_domain_exists_is_not_told() -> None:
    """The same is said of one that there is not and of one that may not be used."""
    assert "no such domain, or your WisdomAI account may not use it" in str(
        refusals.sentence(errors.DomainUnknown("payroll"))
    )


@given(st.text())
def test_no_name_of_a_domain_is_live(name: str) -> None:
    """Nobody is notified by a question about a domain."""
    assert not LIVE.search(str(refusals.sentence(errors.DomainUnknown(name))))


@pytest.mark.parametrize(
    "error",
    [
        errors.TenantUnreachable(),
        errors.KeyRefused(),
        errors.ImpersonationRefused(),
        errors.AnswerFailed("no"),
        errors.StoreFailed(),
        ZeroDivisionError(),
    ],
    ids=repr,
)
def test_what_is_broken_is_not_about_the_person(error: Exception) -> None:
    """It is told where everybody reads it."""
    assert refusals.sentence(error) is None


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (errors.AccessDenied(Denial.NO_CONSENT), "no_consent"),
        (errors.LimitReached(Limit.CHARACTERS, 10), "characters"),
        (errors.PersonUnknown(), "PersonUnknown"),
        (errors.DomainUnknown("x"), "DomainUnknown"),
    ],
)
def test_the_audit_gets_a_word(error: Exception, word: str) -> None:
    """One that can be counted."""
    assert refusals.word(error) == word
