"""The rooms of the registry, and which may import which: closer than the rows of tests/test_imports.py."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.registry.support import ROOT

BELOW = {
    "domain": set[str](),
    "store": {"domain"},
    "commands": {"domain"},
    "queries": {"domain"},
    "dispatcher": {"domain", "commands", "queries"},
    "doors": {"domain", "commands", "queries", "dispatcher"},
    "client": {"domain"},
    "server": {"domain", "dispatcher", "doors"},
    "command": {"domain", "store", "server"},
    "__init__": {"domain"},
}
"""What each room, or module, may import of the registry besides itself."""
FILES = sorted((ROOT / "registry").rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT / "registry").parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The rooms of the registry that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            found |= {f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return {each.split(".")[1] for each in found if each.startswith("registry.")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_arrows_run_one_way(path: Path) -> None:
    """A room imports only itself and those below it."""
    assert imported(path) - {room(path)} <= BELOW[room(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_numbers_of_confluents_stay_at_its_door(path: Path) -> None:
    """No number of five digits that Confluent gives a meaning is in any other room."""
    numbers = {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and 40_000 <= node.value < 51_000
    }
    assert not numbers or path.parent.name == "rest"
