"""Nothing in the rooms' Python is dead: every name that is defined is used somewhere in them, every parameter is read.

A name is used where it stands in the rooms' code anywhere but at its definition: as a name, an attribute, a keyword or
a text. That says too little about common names, and never too much. What only tests use is dead too. Alive without a
use are what `__all__` or the documentation names, what a base class or library calls, and decorated functions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("native", "schemas", "translator", "registry")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
WORD = re.compile(r"[A-Za-z_]\w*")
Function = ast.FunctionDef | ast.AsyncFunctionDef

CALLED_BY_OTHERS = {
    "capture_signals": "uvicorn calls it on its server",
    "prepare": "setup.py and the Makefile call it",
}
"""Names that nothing in the rooms uses, and who does."""
BUILT_NAMES = ("max_",)
"""How names begin that are looked up by a text put together: the command line's options, as `Limits` calls them."""


class Defined(NamedTuple):
    """What a file defines, and where."""

    name: str
    line: int


def definitions(tree: ast.Module) -> Iterator[Defined]:
    """Functions, methods, classes, constants and fields, but for names that Python itself or a decorator calls."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("__") and not registered(node):
            yield Defined(node.name, node.lineno)
        if isinstance(node, ast.Module | ast.ClassDef):
            yield from assigned(node)


def registered(node: Function | ast.ClassDef) -> bool:
    """Whether a decorator hands the function on, as an application's `command` does."""
    bare = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
    return any(isinstance(each, ast.Attribute) and each.attr not in ("setter", "getter") for each in bare)


def assigned(body: ast.Module | ast.ClassDef) -> Iterator[Defined]:
    """The constants of a module, the fields and constants of a class."""
    for node in body.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [each for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
            yield from (Defined(each.id, node.lineno) for each in names if not each.id.startswith("__"))


def uses(tree: ast.Module) -> Iterator[str]:
    """Every word of the code that is not a definition's own: names, attributes, keywords, imports, and words in texts
    that are not docstrings."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case ast.MatchClass(kwd_attrs=names):
                yield from names
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield from WORD.findall(text)


def called_as_others(trees: list[ast.Module]) -> set[str]:
    """Functions that stand in a table, are handed over, or are what a protocol asks for: their parameters are chosen by
    whoever calls them."""
    found: set[str] = set()
    for tree in trees:
        nodes = list(ast.walk(tree))
        calls = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        found |= {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in calls}
        protocols = [node for node in nodes if isinstance(node, ast.ClassDef) and is_protocol(node)]
        found |= {each.name for node in protocols for each in node.body if isinstance(each, Function)}
    return found


def is_protocol(node: ast.ClassDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "Protocol" for each in node.bases)


def unread(tree: ast.Module, others: set[str]) -> Iterator[Defined]:
    """Parameters that their function never reads. A method may take what its siblings in other classes need."""
    nodes = list(ast.walk(tree))
    methods = {id(each) for node in nodes if isinstance(node, ast.ClassDef) for each in node.body}
    for node in nodes:
        if isinstance(node, Function) and id(node) not in methods and node.name not in others and not registered(node):
            read = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                if each.arg not in read and not each.arg.startswith("_"):
                    yield Defined(f"{node.name}({each.arg})", node.lineno)


def dead(trees: list[ast.Module], alive: frozenset[str]) -> list[list[Defined]]:
    """By file: what is defined in it and used in none of them, and not `alive`."""
    used = {name for tree in trees for name in uses(tree)} | alive
    return [[each for each in definitions(tree) if each.name not in used and not built(each.name)] for tree in trees]


def built(name: str) -> bool:
    return name.startswith(BUILT_NAMES)


@cache
def parsed() -> list[ast.Module]:
    return [ast.parse(path.read_text()) for path in FILES]


@cache
def documented() -> frozenset[str]:
    """The words in the documentation's code, and in pyproject.toml, which names entry points."""
    pages = [path.read_text() for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))]
    code = [found for page in pages for found in re.findall(r"```.*?```|`[^`\n]+`", page, re.DOTALL)]
    return frozenset(WORD.findall(" ".join([*code, (ROOT / "pyproject.toml").read_text()])))


def told(found: list[list[Defined]]) -> list[str]:
    """What was found, with its place."""
    named = [(str(path.relative_to(ROOT)), each) for path, names in zip(FILES, found, strict=True) for each in names]
    return [f"{path}:{each.line} {each.name}" for path, each in named]


def test_nothing_is_dead() -> None:
    """Every function, class, constant and field is used."""
    assert told(dead(parsed(), documented() | CALLED_BY_OTHERS.keys())) == []


def test_every_parameter_is_read() -> None:
    """No function takes what it doesn't look at."""
    others = called_as_others(parsed())
    assert told([list(unread(tree, others)) for tree in parsed()]) == []


PLANTED = """
import used
TABLE = {"a": in_a_table}
DEAD_CONSTANT = 1
class DeadClass:
    dead_field: int
    kept: int
    def dead_method(self, unread): ...
    def __repr__(self): return self.kept
class Asked(Protocol):
    def asked(self, both): ...
def asked(both): return 1
def dead_function(unread, _meant, read=1):
    "It says dead_function."
    return read
def in_a_table(given): return 1
@app.command
def handed_on(option): return 1
getattr(used, "by_text")
def by_text(): used.call(keyword=TABLE)
def keyword(): asked(1)
"""


def test_what_is_dead_is_seen() -> None:
    """Planted: what nothing names (a docstring is not a use) and parameters that are not read are found; no more is."""
    tree = ast.parse(PLANTED)
    ((*found,),) = dead([tree], frozenset({"Asked"}))
    names = {"DEAD_CONSTANT", "DeadClass", "dead_field", "dead_method", "dead_function"}
    assert {each.name for each in found} == names
    assert dead([tree], frozenset({"Asked", *names})) == [[]]
    assert [each.name for each in unread(tree, called_as_others([tree]))] == ["dead_function(unread)"]


@pytest.mark.parametrize("name", CALLED_BY_OTHERS)
def test_exceptions_are_there(name: str) -> None:
    """What is called by others is defined, and is not used by ours."""
    assert any(each.name == name for tree in parsed() for each in definitions(tree))
