"""Settings, read once from the environment and ``.env``; docs/configuration.md describes each.

Only the composition root and the sandbox read them; everybody else is handed values.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.core import embedding, links
from bot.core.identity import PLACEHOLDERS
from bot.errors import ConfigurationError
from bot.model import Audience

_Settings = TypeVar("_Settings", bound=BaseSettings)


def _origin(value: str) -> str:
    """A full http(s) origin without a path: the host is never built from an account name."""
    parts = urlsplit(value)
    if parts.scheme not in {"https", "http"} or not parts.netloc or parts.path not in {"", "/"}:
        raise ValueError("must be the address one logs in at, such as https://acme.wisdom.ai")
    return f"{parts.scheme}://{parts.netloc}"


def _lines(value: object) -> object:
    """A list is written as one value with ``|`` between its parts."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|") if part.strip())
    return value


def _pairs(value: object) -> object:
    """As ``_lines``, each part with ``=`` between a key and a value."""
    parts = _lines(value)
    if not isinstance(value, str) or not isinstance(parts, tuple):
        return parts
    pairs = [tuple(side.strip() for side in part.split("=", 1)) for part in parts]
    if any(len(pair) != _PAIR or not all(pair) for pair in pairs):
        raise ValueError("must be key=value, with a vertical bar between two of them")
    return tuple(pairs)


_PAIR = 2

Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_lines)]
Pairs = Annotated[tuple[tuple[str, str], ...], NoDecode, BeforeValidator(_pairs)]


def _known_places(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Values of attributes without a place that nothing fills."""
    for _, value in pairs:
        unknown = set(re.findall(r"\{[^{}]*\}", value)) - set(PLACEHOLDERS)
        if unknown:
            raise ValueError(f"knows no {', '.join(sorted(unknown))}, only {' and '.join(PLACEHOLDERS)}")
    return pairs


def _with_slash(value: str) -> str:
    return value if value.endswith("/") else f"{value}/"


def _endpoint(value: str) -> str:
    """A full http(s) address, path included."""
    parts = urlsplit(value)
    if parts.scheme not in {"https", "http"} or not parts.netloc:
        raise ValueError("must be a full address, such as https://platform.indigo.ai/graphql")
    return value


def _own_origin(value: str) -> str:
    """As ``_origin``; without TLS only on this machine: cookies and tokens go to and fro."""
    origin = _origin(value)
    if not _private(origin):
        raise ValueError("must begin with https://, because people's tokens go there")
    return origin


def _issuer(value: str) -> str:
    """As the issuer writes itself: compared to the letter, so nothing is added or taken away."""
    parts = urlsplit(value)
    if not parts.netloc or parts.query or parts.fragment or not _private(value):
        raise ValueError("must be the issuer's address, such as https://accounts.google.com")
    return value


def _private(address: str) -> bool:
    """Nobody on the way can read along."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _long_enough(value: SecretStr) -> SecretStr:
    if not value.get_secret_value():
        raise ValueError("is not set")
    if len(value.get_secret_value()) < _SECRET_CHARS:
        raise ValueError(
            f"must have {_SECRET_CHARS} characters or more, as `openssl rand -hex 32` makes them"
        )
    return value


_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SECRET_CHARS = 32

#: A secret that is set but empty is not set.
Secret = Annotated[SecretStr, Field(min_length=1)]

_CONFIG = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
_FILE = ".env"


class WisdomSettings(BaseSettings):
    """The WisdomAI tenant, and what is assumed about it (``auto``: told apart at run time)."""

    model_config = SettingsConfigDict(**_CONFIG, env_prefix="WISDOM_")

    url: Annotated[str, AfterValidator(_origin)]
    ws_url: str = ""
    access_key: Secret
    identity: Literal["impersonate", "service"] = "impersonate"
    sign_in: Literal["auto", "exchange", "descope", "bearer"] = "auto"
    attributes: Annotated[Pairs, AfterValidator(_known_places)] = ()
    sql: Literal["auto", "show", "hide"] = "auto"
    domain_id: str = ""
    domains: Pairs = ()
    subprotocol: Literal["auto", "graphql-transport-ws", "graphql-ws"] = "auto"
    selection: Literal["auto", "full", "seed"] = "auto"
    flow: Literal["auto", "chat", "conversation"] = "auto"
    diffs: Literal["auto", "increments", "snapshots"] = "auto"
    length_unit: Literal["auto", "utf16", "codepoint"] = "auto"
    tools: Texts = ()
    silence_seconds: float = Field(default=90.0, gt=0)
    max_frame_mib: float = Field(default=16.0, gt=0)
    max_answer_mib: float = Field(default=64.0, gt=0)
    link: Annotated[str, AfterValidator(links.check)] = "{url}/chat/{conversation}"


class DescopeSettings(BaseSettings):
    """Descope, where the tenant's keys are Descope access keys that have to be exchanged there."""

    model_config = SettingsConfigDict(**_CONFIG, env_prefix="DESCOPE_")

    project_id: str = ""
    base_uri: str = ""


class EmbedSettings(BaseSettings):
    """The embed host: pages of ours with WisdomAI's own inside; there is one where ``EMBED_URL`` is set."""

    model_config = SettingsConfigDict(**_CONFIG, env_prefix="EMBED_")

    url: Annotated[str, AfterValidator(_own_origin)]
    client_id: str = Field(min_length=1)
    client_secret: Secret
    secret: Annotated[SecretStr, AfterValidator(_long_enough)]
    issuer: Annotated[str, AfterValidator(_issuer)] = "https://slack.com"
    emails: Literal["verified", "trusted"] = "verified"
    session_minutes: int = Field(default=480, ge=5, le=1440)
    paths: Annotated[Pairs, AfterValidator(embedding.check_paths)] = ()


class _EmbedWanted(BaseSettings):
    """What tells that an embed host is wanted."""

    model_config = SettingsConfigDict(**_CONFIG, env_prefix="EMBED_")

    url: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    secret: SecretStr = SecretStr("")


class IndigoSettings(BaseSettings):
    """A workspace of Indigo.ai; the bot has ``/indigo`` where ``INDIGO_TOKEN`` is set."""

    model_config = SettingsConfigDict(**_CONFIG, env_prefix="INDIGO_")

    url: Annotated[str, AfterValidator(_endpoint)] = "https://platform.indigo.ai/graphql"
    token: Secret
    project: str = Field(min_length=1)
    env: str = "PRODUCTION"
    page_size: int = Field(default=50, ge=1)
    concurrency: int = Field(default=4, ge=1)
    ids: Literal["string", "int"] = "string"
    order: str = ""
    paging: Literal["auto", "documented", "relay"] = "auto"
    people: Texts = ()
    channels: Texts = ()
    figures_days: float = Field(default=400.0, ge=1, le=3650)
    harvest_hours: float = Field(default=6.0, gt=0, le=168)


class _IndigoWanted(BaseSettings):
    """What tells that Indigo is to be connected."""

    model_config = SettingsConfigDict(**_CONFIG, env_prefix="INDIGO_")

    token: SecretStr = SecretStr("")


class AccessSettings(BaseSettings):
    """Who may ask, who reads the answers, and how much may be asked."""

    model_config = _CONFIG

    answers: Audience = Audience.EVERYBODY
    exports: bool = True
    guests: bool = False
    admins: Texts = ()
    audit_days: float = Field(default=180.0, ge=0, le=3650)
    question_chars: int = Field(default=4000, ge=1)
    questions_per_person: int = Field(default=10, ge=1)
    questions_per_channel: int = Field(default=30, ge=1)
    questions_at_once_per_person: int = Field(default=5, ge=1)
    questions_at_once: int = Field(default=50, ge=1)


class SlackSettings(BaseSettings):
    """The Slack app."""

    model_config = SettingsConfigDict(**_CONFIG, env_prefix="SLACK_")

    bot_token: Secret
    app_token: Secret | None = None
    signing_secret: Secret | None = None
    api_url: Annotated[str, AfterValidator(_with_slash)] = "https://slack.com/api/"
    edits_per_minute: int = Field(default=45, ge=5)


class Settings(BaseSettings):
    """The process itself."""

    model_config = _CONFIG

    store_url: SecretStr = SecretStr("sqlite:///var/wisdom.sqlite")
    example_questions: Texts = ()
    host: str = "0.0.0.0"  # noqa: S104 - a platform's router reaches the process from outside
    port: int = Field(default=8080, ge=0, le=65535)
    drain_seconds: float = Field(default=20.0, ge=0)
    charts: Literal["auto", "native", "png"] = "auto"
    results_days: float = Field(default=30.0, ge=0, le=3650)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"


def embed_wanted() -> bool:
    """Whether there is to be an embed host: something is set that only it needs."""
    wanted = read(_EmbedWanted)
    secrets = (wanted.client_secret, wanted.secret)
    return bool(wanted.url or wanted.client_id or any(each.get_secret_value() for each in secrets))


def indigo_wanted() -> bool:
    """Whether Indigo is to be connected."""
    return bool(read(_IndigoWanted).token.get_secret_value())


def check(*kinds: type[BaseSettings]) -> None:
    """Raises one ConfigurationError for all of these groups, so that an admin reads everything at once."""
    found = []
    for kind in kinds:
        try:
            read(kind)
        except ConfigurationError as error:
            found.append(str(error))
    if found:
        raise ConfigurationError("; ".join(found))


def read(kind: type[_Settings]) -> _Settings:
    """Reads one group of settings; raises ConfigurationError with a sentence for each that is wrong."""
    try:
        return kind(_env_file=_FILE)
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        problems = (
            f"{prefix}{problem['loc'][0]}".upper() + f": {_sentence(problem['type'], problem['msg'])}"
            for problem in error.errors(include_input=False, include_url=False)
        )
        raise ConfigurationError("; ".join(problems)) from None


def _sentence(kind: str, message: str) -> str:
    return (
        "is not set"
        if kind in {"missing", "too_short", "string_too_short"}
        else message.removeprefix("Value error, ")
    )
