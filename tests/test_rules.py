"""The law is whole: each rule that is named is written in docs/rules, and each rule there has a test or a mark.

A test names the rule that it holds in its name (`test_s06_…`), its docstring, a comment or a case's label. Users meet
no bare code: in messages, in help and in the other pages a rule is said, or linked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from native.binding import C
from tests.test_docs_pages import PAGES
from tests.test_tidy import KEPT, name
from translator.cli import main
from translator.cli.app import build
from translator.cli.commands.explain import Explanation, entries
from translator.cli.shared import advice

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "docs/rules"
CODE = re.compile(r"(?<![\w#$])[SBF]\d{1,2}(?!\w)")
TEST = re.compile(r"(?<![a-zA-Z])test_([sbf])0*(\d+)_")
KINDS = {"F32", "F64", "S64"}
"""Numbers' kinds, in the C tests."""
ABOUT = ("tests/test_rules.py", "tests/translator/cli/test_explain.py", "tests/translator/cli/test_completion.py")
"""Tests that name rules without holding them."""
ROOMS = ("native", "schemas", "translator", "registry")
ERROR_CLASSES = ("DataError", "LimitError", "ContainerError", "error", "refuse")
NO_CODES = {"STATUS_ACTIVE", "ACTIVE"}
"""Names in capitals that an example has."""

EVERY = list(entries())
ERRORS = {each.code: each for each in EVERY if each.page == "errors"}
WRITTEN = {each.code: each for each in EVERY if each.page != "errors"}


def named(text: str) -> set[str]:
    """The rules that a text names."""
    return {*CODE.findall(text), *(f"{family.upper()}{number}" for family, number in TEST.findall(text))} - KINDS


def readable(path: Path) -> bool:
    return path.suffix in (".py", ".c", ".h", ".md", ".toml", ".json", ".avsc", ".proto", ".sql") or not path.suffix


@cache
def held() -> frozenset[str]:
    """The rules that tests name."""
    tests = [path for path in KEPT if path.is_relative_to(ROOT / "tests") and path.suffix in (".py", ".c", ".h")]
    return frozenset(rule for path in tests if name(path) not in ABOUT for rule in named(path.read_text()))


def words(text: str) -> list[str]:
    """The bare codes in a text that users see."""
    return [each for each in CODE.findall(text) if each not in KINDS]


# --- rules ---


@pytest.mark.parametrize("page", ["semantics", "bad-input", "faults"])
def test_rules_are_numbered(page: str) -> None:
    """From 1, in their order, none twice; one page has one letter."""
    codes = [each.code for each in EVERY if each.page == page]
    assert codes == [f"{codes[0][0]}{number}" for number in range(1, len(codes) + 1)]
    assert len({each.code for each in EVERY}) == len(EVERY)


def test_every_named_rule_is_written() -> None:
    """Whatever names it: code, comment, test, page."""
    texts = ((name(path), path.read_text(errors="replace")) for path in KEPT if readable(path))
    assert [(path, rules) for path, text in texts if (rules := named(text) - set(WRITTEN))] == []


@pytest.mark.parametrize("rule", WRITTEN.values(), ids=lambda rule: rule.code)
def test_a_rule_is_held_or_says_that_not(rule: Explanation) -> None:
    """`Not yet` has no test, and goes when it gets one; everything else has a test that names it."""
    mark = rule.gap[0] if rule.gap else ""
    assert (rule.code in held()) == (mark != "Not yet")


def test_marks_are_seen() -> None:
    """A mark with its reason; the words alone are not a mark."""
    assert Explanation("S1", "semantics", "**A.** b\n\n- Not yet: no\n  test.").gap == ("Not yet", "no test.")
    assert Explanation("S1", "semantics", "**A.** b\n\n- Not yet in full: c").gap == ("Not yet in full", "c")
    assert Explanation("S1", "semantics", "**A.** Not yet: b").gap is None


def test_names_of_rules_are_seen() -> None:
    """In text, and in tests' names; other words with digits aren't."""
    assert named("S6, (B27) test_s06_a test_b13_b F7.") == {"S6", "B27", "B13", "F7"}
    assert named("F64 S100 XS6 #s6 S6a test_sum_3 0xB7") == set()


# --- error codes ---


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


def strings(path: Path) -> Iterator[ast.Constant]:
    """A module's texts, docstrings and those below an assignment aside."""
    told = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def first_texts(path: Path) -> Iterator[str]:
    """What errors are made with: their first text in capitals."""
    for node in nodes(path):
        if isinstance(node, ast.Call) and called(node) in (*ERROR_CLASSES, "Told"):
            given = node.args[1:2] if called(node) == "Told" else node.args[:1]
            for each in (inner for one in given for inner in ast.walk(one)):
                if isinstance(each, ast.Constant) and re.fullmatch(r"[A-Z][A-Z0-9_]+", str(each.value)):
                    yield str(each.value)


def raised() -> set[str]:
    """The core's codes, those that Python adds, and what the command line calls failures of other kinds."""
    modules = [path for path in KEPT if path.suffix == ".py" and name(path).startswith("translator/")]
    found = {each.removeprefix("H9_E_") for each in dir(C) if each.startswith("H9_E_")}
    found |= {code for path in modules for code in first_texts(path)}
    framing = re.compile(r"(?:CONTAINER|FRAME)_[A-Z]+")
    found |= {node.value for path in modules for node in strings(path) if framing.fullmatch(str(node.value))}
    return found | set(advice._BY_CODE)


def test_every_error_code_is_written() -> None:
    """And none that nothing raises."""
    assert set(ERRORS) == raised()


@pytest.mark.parametrize("entry", ERRORS.values(), ids=lambda entry: entry.code)
def test_an_error_code_has_an_example(entry: Explanation) -> None:
    """One that is run, or told; and what to do."""
    assert "```example\n" in entry.text or "\nFor example " in entry.text
    assert "\n- What to do: " in entry.text


def test_codes_in_the_rules_are_some() -> None:
    """What the pages call a code is one, in the text and in the examples."""
    for path in RULES.glob("*.md"):
        text = path.read_text()
        codes = {*re.findall(r"`([A-Z][A-Z0-9_]{2,})`", text), *re.findall(r"refused: ([A-Z_]\w+)", text)}
        assert codes - NO_CODES <= {*ERRORS, *WRITTEN}, path


# --- what users see ---


@pytest.mark.parametrize("room", ROOMS)
def test_messages_have_no_bare_codes(room: str) -> None:
    """No text in Python that isn't a docstring, and none in C."""
    found = []
    for path in (each for each in KEPT if name(each).startswith(f"{room}/")):
        if path.suffix == ".py":
            found += [(name(path), node.lineno, node.value) for node in strings(path) if words(str(node.value))]
        elif path.suffix in (".c", ".h"):
            bare = re.sub(r"/\*.*?\*/|//[^\n]*", " ", path.read_text(), flags=re.DOTALL)
            found += [(name(path), 0, text) for text in re.findall(r'"(?:\\.|[^"\\\n])*"', bare) if words(text)]
        elif path.suffix in (".json", ".avsc", ".proto"):
            found += [(name(path), 0, each) for each in words(path.read_text())]
    assert found == []


@pytest.mark.parametrize("page", [page for page in PAGES if RULES not in page.parents], ids=name)
def test_pages_link_to_the_rules_that_they_name(page: Path) -> None:
    """`[S6](rules/semantics.md#s6)`, never `S6` alone; what shows `translator explain` aside."""
    text = re.sub(r"\[[SBF]\d+\]\([^)]*rules/[^)]*\)", "", page.read_text())
    text = re.sub(r"^```console\n\$ translator explain.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert words(re.sub(r"translator explain \w+", "", text)) == []


def help_of(app: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command, and every one of its commands, by name."""
    yield path
    for each in app:
        if not each.startswith("-"):
            yield from help_of(app[each], *path, each)


def test_help_has_no_bare_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor has the list of formats, with what they lose."""
    for path in (*((*each, "--help") for each in help_of(build())), ("formats",)):
        assert main(list(path)) == 0
        assert words(capsys.readouterr().out) == [], path
