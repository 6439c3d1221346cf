"""The rooms stand in a row: native, schemas, translator, registry. Nothing imports what stands after it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("native", "schemas", "translator", "registry")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
BUILD_ONLY = {ROOT / "native" / "build.py", ROOT / "native" / "powers.py"}


def imported(path: Path, text: str) -> Iterator[str]:
    """Every module that the file imports anywhere in it, by its full name."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = ".".join(path.relative_to(ROOT).parent.parts[: 1 - node.level or None]) if node.level else ""
            module = ".".join(part for part in (home, node.module) if part)
            yield from (f"{module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("import_module", "__import__"):
                yield str(node.args[0].value)


def wrong(path: Path, text: str) -> list[str]:
    """The imports of `path` that its room may not make."""
    room = ROOMS.index(path.relative_to(ROOT).parts[0])
    forbidden = {*ROOMS[room + 1 :], "tests", "bench", "examples"}
    return [name for name in imported(path, text) if name.split(".")[0] in forbidden]


def test_all_rooms_are_walked() -> None:
    """The walk finds the files at all."""
    assert {path.relative_to(ROOT).parts[0] for path in FILES} >= set(ROOMS[:3])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    """A room imports only itself and the rooms before it."""
    assert wrong(path, path.read_text()) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_one_importer_of_the_compiled_module(path: Path) -> None:
    """Only native/binding.py imports native._core; what is needed for building alone, nobody."""
    names = list(imported(path, path.read_text()))
    core = [name for name in names if f"{name}.".startswith("native._core.")]
    assert not core or path == ROOT / "native" / "binding.py"
    assert not any(name.startswith(("native.build", "native.powers")) for name in names)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("native/new.py", "import schemas"),
        ("native/new.py", "from translator.plan import handle"),
        ("schemas/new.py", "def f():\n    from translator import formats"),
        ("schemas/new.py", "if 1:\n    import registry.client"),
        ("schemas/sub/new.py", "import importlib\nimportlib.import_module('translator.engine.compile')"),
        ("translator/new.py", "import registry"),
        ("translator/new.py", "from tests import vectors"),
    ],
)
def test_wrong_arrows_are_seen(file: str, text: str) -> None:
    """The walk sees each way of importing what stands after."""
    assert wrong(ROOT / file, text)


@pytest.mark.parametrize(
    ("file", "text", "names"),
    [
        ("schemas/sub/new.py", "from . import other", ["schemas.sub.other"]),
        ("schemas/sub/new.py", "from .. import model", ["schemas.model"]),
        ("schemas/sub/new.py", "from ..model import Type", ["schemas.model.Type"]),
        ("schemas/new.py", "from native import _core", ["native._core"]),
    ],
)
def test_relative_imports_are_resolved(file: str, text: str, names: list[str]) -> None:
    """A relative import counts as the module that it means."""
    assert list(imported(ROOT / file, text)) == names
