"""The rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py")])
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = node.body
    if ast.get_docstring(node) is not None:
        body = body[1:] or body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("name", _names(SOURCES))
def test_modules_and_functions_are_of_a_readable_size(name: str) -> None:
    """A module has at most about 400 lines, a function 40."""
    text = (ROOT / name).read_text()
    assert len(text.splitlines()) <= 400
    long = {
        node.name: _length(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, FUNCTION) and _length(node) > 40
    }
    assert long == {}


def test_every_module_has_its_test_module() -> None:
    """Tests mirror the tree: bot/core/delta.py is tested in tests/core/test_delta.py."""
    without = []
    for path in SOURCES:
        relative = path.relative_to(ROOT)
        if path.name == "__init__.py" and not _has_code(path):
            continue
        parts = relative.parts[1:] if relative.parts[0] == "bot" else relative.parts
        name = relative.parent.name if path.name == "__init__.py" else path.stem.strip("_")
        if not (ROOT / "tests" / Path(*parts).parent / f"test_{name}.py").exists():
            without.append(str(relative))
    assert without == []


def _has_code(path: Path) -> bool:
    tree = ast.parse(path.read_text())
    return any(
        not isinstance(node, ast.Expr | ast.ImportFrom | ast.Import | ast.Assign) for node in tree.body
    )


def test_every_test_says_what_it_shows() -> None:
    """Each test has a docstring of one sentence."""
    mute = [
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in ROOT.glob("tests/**/test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, FUNCTION) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert mute == []


def test_nothing_happens_at_import() -> None:
    """Every module imports with an empty environment, without a loop, a file or a thread."""
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in SOURCES]
    modules = [name.removesuffix(".__init__") for name in modules if not name.endswith("__main__")]
    script = f"import importlib, threading\nfor name in {modules!r}: importlib.import_module(name)\n"
    script += "assert threading.active_count() == 1"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=60)  # noqa: S603 - ours


def test_imports_run_down_the_floors() -> None:
    """The import-linter contracts in pyproject hold."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout


def test_the_repository_names_no_machine() -> None:
    """Constraints and configuration record no address to download from."""
    for name in ("constraints.txt", "pyproject.toml", "Makefile"):
        text = (ROOT / name).read_text()
        assert "index-url" not in text
        assert "find-links" not in text
        assert "file://" not in text
