"""What the documents say is so: tables, commands, links, settings, sentences and the example."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

import bot.__main__
import bot.sandbox.__main__
from bot import errors, exhibits
from bot.core import frames, thinning
from bot.core.endings import BOTH, ENDINGS
from bot.core.pacing import QUICK_EDITS, Pacer
from bot.core.render import budget, cells, ladder, native, notices, tables
from bot.sandbox.proof.troubles import expectations
from bot.sandbox.slack.methods import METHODS, TokenKind
from bot.sandbox.slack.ratelimits import Tier
from bot.sandbox.tenant.schema import OPERATIONS
from bot.settings import (
    AccessSettings,
    DescopeSettings,
    EmbedSettings,
    IndigoSettings,
    Settings,
    SlackSettings,
    WisdomSettings,
)

ROOT = Path(__file__).parent.parent
DOCS = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if path.stat().st_size)
NAMES = [str(path.relative_to(ROOT)) for path in DOCS]
TARGETS = set(re.findall(r"^([a-z]\w*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
MAINS: Mapping[str, Callable[[list[str]], int]] = {
    "bot": bot.__main__.main,
    "bot.sandbox": bot.sandbox.__main__.main,
}
TOKENS = {TokenKind.BOT: "bot", TokenKind.USER: "user", TokenKind.APP: "app", TokenKind.NONE: "none"}

LIMITS: Mapping[errors.Limit, str] = {
    errors.Limit.CHARACTERS: "question_chars",
    errors.Limit.PERSON_A_MINUTE: "questions_per_person",
    errors.Limit.CHANNEL_A_MINUTE: "questions_per_channel",
    errors.Limit.PERSON_AT_ONCE: "questions_at_once_per_person",
    errors.Limit.WORKSPACE_AT_ONCE: "questions_at_once",
}

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"""\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)\"""")
_SETTING = re.compile(r"`([A-Z][A-Z_]+)`")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# -- tables ----------------------------------------------------------------------------------------------


def methods_table() -> str:
    lines = ["| Method | Calls a minute | Tokens | Scopes |", "|---|---|---|---|"]
    for name, method in sorted(METHODS.items()):
        tier = "–" if method.tier is Tier.UNPUBLISHED else f"{method.tier:d}"
        tokens = ", ".join(word for kind, word in TOKENS.items() if kind in method.tokens)
        scopes = ", ".join(f"`{scope}`" for scope in method.scopes) or "–"
        lines.append(f"| `{name}` | {tier} | {tokens} | {scopes} |")
    return "\n".join(lines)


def operations_table() -> str:
    lines = ["| Operation | Kind | What it does |", "|---|---|---|"]
    lines += [f"| `{each.name}` | {each.kind} | {each.purpose} |" for each in OPERATIONS]
    return "\n".join(lines)


def budget_table() -> str:
    lines = ["| Answers at once | Seconds between two edits of one |", "|---|---|"]
    lines += [f"| {count} | {_interval(count):.1f} |" for count in (1, 3, 5, 10, 20, 30)]
    return "\n".join(lines)


def limits_table() -> str:
    prose = f"{budget.PROSE_CHARS:,} characters, {budget.PROSE_BLOCKS} blocks"
    rows = {
        "Plain text of a message": f"{budget.TEXT_BYTES:,} bytes",
        "Blocks of a message, Markdown counted as what Slack makes of it": budget.MESSAGE_BLOCKS,
        "All blocks of a message together": f"{budget.MESSAGE_CHARS:,} characters",
        "Text of the answer in one message": prose,
        "Slack's own charts in a message": budget.MESSAGE_CHARTS,
        "`table` blocks in a message": budget.MESSAGE_TABLES,
        "Rows and columns of a `table`": f"{tables.SHOWN_ROWS} and {tables.SHOWN_COLUMNS}",
        "Rows and columns of a `data_table`": f"{native._ROWS} and {budget.TABLE_COLUMNS}",
        "A cell": f"{cells.CELL_CHARS} characters",
        "Rows on a page of *Show data*": tables.PAGE_ROWS,
        "Messages of an answer": budget.MOST_MESSAGES,
        "Results of an answer that are drawn": exhibits._MOST,
        "Categories in a chart; horizontal bars": f"{thinning.MOST_CATEGORIES}; {thinning.MOST_BARS}",
        "Series in a chart": frames.MOST_SERIES,
        "Points of a line or a cloud": f"{thinning.MOST_POINTS:,}",
    }
    return "\n".join(
        ["| What | At most |", "|---|---|", *(f"| {what} | {most} |" for what, most in rows.items())]
    )


def endings_table() -> str:
    lines = ["| Subprotocol | What comes | What it means | What happens |", "|---|---|---|---|"]
    for each in ENDINGS:
        protocol = "both" if each.subprotocol == BOTH else f"`{each.subprotocol}`"
        lines.append(f"| {protocol} | {each.comes} | {each.means} | {each.outcome} |")
    return "\n".join(lines)


def _interval(count: int) -> float:
    """Seconds between two edits of a message that has been running for a while, among ``count`` of them."""
    pacer: Pacer[int] = Pacer()
    for number in range(count):
        pacer.open(number, 0.0)
    message = pacer._messages[0]
    message.edits = QUICK_EDITS
    return pacer._interval(message)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("docs/sandbox.md", methods_table),
        ("docs/sandbox.md", operations_table),
        ("docs/operations.md", budget_table),
        ("docs/operations.md", endings_table),
        ("docs/answers.md", limits_table),
        ("docs/reliability.md", expectations),
    ],
)
def test_a_table_says_what_the_code_says(name: str, table: Callable[[], str]) -> None:
    """A table that is kept by hand equals the one in the code, row for row."""
    assert f"\n{table()}\n" in read(name), f"{name} should hold:\n\n{table()}"


# -- links -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    """Every relative link is a file of the repository, and a link into a document one of its headings."""
    broken = []
    for link in _links(name):
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


def _links(name: str) -> Iterator[str]:
    text = _CODE.sub("", _FENCE.sub("", read(name)))
    for found in _LINK.finditer(text):
        link = found.group(1) or found.group(2)
        if not re.match(r"[a-z]+:", link):
            yield link


def _anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to headings: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# -- commands --------------------------------------------------------------------------------------------


def _commands() -> list[str]:
    """Every ``make …`` and ``python -m …`` in the documents, without what stands behind it."""
    found = set()
    for path in DOCS:
        text = path.read_text(encoding="utf-8")
        pieces = [line for fence in _FENCE.findall(text) for line in fence.splitlines()[1:-1]]
        for piece in [*pieces, *_CODE.findall(_FENCE.sub("", text))]:
            command = re.search(r"(?:^|[\s;&])((?:make|(?:\S*/)?python3? -m) .+)", piece)
            if command:
                found.add(command.group(1).partition(" #")[0].strip())
    return sorted(found)


@pytest.mark.parametrize("command", _commands())
def test_commands_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command of the documents is a target of the Makefile, or a module that takes these arguments."""
    words = shlex.split(command)
    if words[0] == "make":
        assert {word for word in words[1:] if re.fullmatch(r"[a-z]+", word)} <= TARGETS
        return
    module, arguments = words[2], [word.strip("[]") for word in words[3:]]
    if module not in MAINS:
        assert importlib.util.find_spec(module) is not None
        return
    chosen = arguments[0].split("|") if arguments else [""]
    for subcommand in chosen:
        given = [subcommand] if subcommand and not subcommand.startswith("-") else []
        if (module, subcommand) == ("bot", "indigo"):
            given += arguments[1:2]  # its commands have their own
        with pytest.raises(SystemExit) as ended:
            MAINS[module]([*given, "--help"])
        explained = capsys.readouterr().out
        assert ended.value.code == 0
        assert [word for word in arguments if word.startswith("--") and word not in explained] == []


# -- settings --------------------------------------------------------------------------------------------


def _documented() -> list[tuple[str, str, str]]:
    """Document, setting and the cell beside it, for each row of a table that begins with a setting."""
    rows = []
    for name in NAMES:
        for line in read(name).splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            settings = _SETTING.findall(cells[0]) if line.startswith("| `") else []
            if settings and re.fullmatch(r"(?:`[A-Z_]+`(?:, )?)+", cells[0]):
                values = cells[1].split(", ") if len(settings) > 1 else [cells[1]]
                rows += [(name, *pair) for pair in zip_longest(settings, values, fillvalue="")]
    return rows


def _known() -> Mapping[str, FieldInfo]:
    kinds = (
        Settings,
        SlackSettings,
        WisdomSettings,
        DescopeSettings,
        AccessSettings,
        EmbedSettings,
        IndigoSettings,
    )
    return {
        f"{kind.model_config.get('env_prefix', '')}{name}".upper(): field
        for kind in kinds
        for name, field in kind.model_fields.items()
    }


@pytest.mark.parametrize(("name", "setting", "default"), _documented())
def test_documented_settings_are_settings(name: str, setting: str, default: str) -> None:
    """Nothing is documented that does not exist; in the reference a default is the default."""
    field = _known()[setting]
    if name == "docs/configuration.md":
        assert field.is_required() == (default == "required")
        written = re.fullmatch(r"`([^`]+)`", default)
        assert not written or _plain(_parsed(field, written.group(1))) == _plain(field.default)


def _parsed(field: FieldInfo, text: str) -> object:
    try:
        value: object = TypeAdapter(field.annotation or object).validate_python(text)
    except ValidationError:
        return f"{text!r} is no value of this setting"
    return value


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


# -- sentences -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        errors.TenantUnreachable(),
        errors.KeyRefused(),
        errors.ImpersonationRefused(),
        errors.PersonRefused(),
        errors.PersonUnknown(),
        errors.PersonDeactivated(),
        errors.AskingRefused(),
        errors.DomainUnknown(),
        errors.DomainUnknown("…"),
        errors.AnswerFailed(),
        errors.AnswerFailed("…"),
        errors.TenantSilent(WisdomSettings.model_fields["silence_seconds"].default),
        errors.AnswerTooLarge(WisdomSettings.model_fields["max_frame_mib"].default),
        errors.PeerMisbehaved(),
        *map(errors.AccessDenied, errors.Denial),
        *(
            errors.LimitReached(limit, AccessSettings.model_fields[setting].default, 20)
            for limit, setting in LIMITS.items()
        ),
        errors.NotInChannel("chat.postMessage", "not_in_channel"),
        errors.MessageGone("chat.update", "message_not_found"),
        errors.SlackError(),
        Exception(),
    ],
    ids=lambda error: f"{type(error).__name__}({error})",
)
def test_every_failure_is_explained(error: Exception) -> None:
    """The admin finds each sentence that people may read to them."""
    sentence, _, _ = notices.for_error(error, ref="").text.partition("\nRef ")
    assert f"\n| {sentence} |" in read("docs/operations.md")


@pytest.mark.parametrize(
    "sentence",
    [
        notices.interrupted_by_restart().text,
        notices.draining().text,
        notices.not_taken().text,
        notices.CHART_FAILED,
        notices.SQL_FAILED,
        notices.INCOMPLETE,
        notices.INTERRUPTED,
        notices.NO_ANSWER,
        notices.NOT_SHOWN,
        notices.RESULT_FAILED,
        notices.WHOLE_IN_FILE,
        notices.REST_IN_FILE,
        notices.REST_MISSING,
        ladder._NO_CHART,
        ladder._NOT_ALL,
        notices.only_the_asker().text,
        notices.only_the_asker_chooses().text,
        notices.only_the_asker_deletes().text,
        notices.asker_forgotten().text,
        notices.not_deleted().text,
        notices.no_longer_kept().text,
        notices.press_again().text,
        notices.not_done().text,
        notices.too_old().text,
        notices.nothing_for_you().text,
        notices.no_sql().text,
        notices.already_shared().text,
        notices.not_shared().text,
        notices.withdrawn().text,
    ],
)
def test_what_else_goes_wrong_is_explained(sentence: str) -> None:
    """So are the sentences that come without an error."""
    assert f"\n| {sentence} |" in read("docs/operations.md")


# -- the example -----------------------------------------------------------------------------------------


def test_the_example_runs() -> None:
    """The program in docs/sandbox.md starts both halves, arms its faults and ends."""
    (program,) = re.findall(r"^```python\n(.*?)^```", read("docs/sandbox.md"), re.MULTILINE | re.DOTALL)
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "/api/ xoxb-" in done.stdout
