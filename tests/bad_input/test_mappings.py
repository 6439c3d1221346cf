"""Mappings that mean harm: huge, deep, and with code for names. Refused in bounded time and memory."""

from __future__ import annotations

from typing import Any

import pytest

import translator
from native.errors import PlanError
from tests.bad_input.support import in_little_memory
from tests.pace import in_time
from translator.mapping import MappingError, load

SCHEMA = {"type": "record", "name": "S", "fields": [{"name": f"f{i}", "type": "string"} for i in range(3)]}
EACH: dict[str, Any] = {f"f{i}": f"f{i}" for i in range(3)}


def compiled(fields: dict[str, Any]) -> translator.Plan:
    mapping = {"version": 1, "fields": {**EACH, **fields}}
    return translator.compile(("avro", SCHEMA), ("avro", SCHEMA), mapping=mapping)


def around(key: str, levels: int, value: Any) -> Any:
    for _ in range(levels):
        value = {key: [value] if key != "not" else value}
    return value


@pytest.mark.parametrize("levels", [500, 5000])
def test_deep_values_and_conditions(levels: int) -> None:
    """A source within a source, a condition within a condition."""
    for value in (around("first", levels, "f1"), around("join", levels, "f1")):
        with in_time(), pytest.raises(MappingError):
            compiled({"f1": value})
    for key in ("not", "all", "any"):
        condition = around(key, levels, {"path": "f1", "equals": "a"})
        with in_time(), pytest.raises(MappingError):
            compiled({"f1": {"path": "f1", "when": condition}})


DOCUMENTS = {
    "brackets": "version = 1\n[fields]\na = " + "[" * 100_000,
    "tables": "version = 1\n[fields]\na = " + "{a=" * 5000 + "1" + "}" * 5000,
    "dotted key": "version = 1\n[fields]\n" + "a." * 20_000 + "b = 1",
    "quoted key": "version = 1\n[fields]\n" + '"a" . ' * 20_000 + "b = 1",
    "dotted table": "version = 1\n[" + "a." * 20_000 + "b]\n",
    "path": 'version = 1\n[fields]\na = "' + "a." * 100_000 + 'b"',
    "target": 'version = 1\n[fields]\n"' + "a." * 100_000 + 'b" = "a"',
}
DOCUMENT = """
import sys
from tests.bad_input.test_mappings import DOCUMENTS, MappingError, load
from tests.pace import in_time
with in_time():
    try:
        load(DOCUMENTS[sys.argv[1]])
    except MappingError as error:
        print(len(error.problems))
"""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_deep_documents(name: str) -> None:
    """Nesting of every kind that TOML has, in little memory (dotted keys cost tomllib the square of their parts)."""
    assert in_little_memory(DOCUMENT, name, megabytes=600) == "1\n"


def test_keys_of_many_parts_are_told_from_others() -> None:
    """A text that has dots, and a long word, are not such keys."""
    text = f'version = 1\ndescription = "{"so it is. " * 300} {"x" * 100_000}"\n[fields]\n{"y" * 1000} = "a.b.c"\n'
    with in_time(2):
        assert len(load(text).rules) == 1


def test_100000_rules() -> None:
    """Read in linear time; a target that has no such fields refuses them by name."""
    rules = {f"g{i}": "f1" for i in range(100_000)}
    with in_time(20):
        assert len(load({"version": 1, "fields": rules}).rules) == 100_000
    with in_time(20), pytest.raises(PlanError) as caught:
        compiled({f"g{i}": "f1" for i in range(5000)})
    assert len(caught.value.problems) >= 1


def test_code_in_mappings() -> None:
    """What looks like code is a path that isn't there, or a constant's text."""
    code = "__import__('os').system('touch harm')"
    with pytest.raises((MappingError, PlanError)):
        compiled({"f1": code})
    assert compiled({"f1": {"const": code}}).translate(b"\x02a\x02b\x02c") == b"\x02a\x4a" + code.encode() + b"\x02c"
