"""B19, B40: what a compile costs, in calls of functions: linear in the schemas, and less where it is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

import translator
from native.errors import PlanError

Compile = Callable[[int], object]


def work(compile_: Callable[[], object]) -> int:
    """How many functions are called, Python's own in C included."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        compile_()
    finally:
        sys.setprofile(before)
    return calls


def properties(n: int) -> object:
    kinds = ("integer", "string", "number", "boolean")
    members = {f"field_{i:06d}": {"type": kinds[i % 4]} for i in range(n)}
    return translator.compile(("json", {"type": "object", "properties": members}), "msgpack")


def symbols(name: str) -> Compile:
    def made(n: int) -> object:
        kind = {"type": "enum", "name": "E", "symbols": [name.format(i) for i in range(n)]}
        return translator.compile(("avro", kind), "json")

    return made


def branches(n: int) -> object:
    kinds = [{"type": "record", "name": f"R{i}", "fields": [{"name": "a", "type": "int"}]} for i in range(n)]
    return translator.compile(("avro", {"type": "array", "items": kinds}), "avro-json")


def rules(n: int) -> object:
    fields = [{"name": f"f{i}", "type": "int"} for i in range(n)]
    schema = {"type": "record", "name": "R", "fields": fields}
    mapping = {"version": 1, "fields": {f"f{i}": f"f{n - 1 - i}" for i in range(n)}}
    return translator.compile(("avro", schema), ("json", schema), mapping)


@pytest.mark.parametrize(
    ("made", "few"),
    [
        (properties, 100),
        (symbols("s{}"), 500),
        (symbols("prefix__{:06d}_suffix_"), 500),
        (branches, 40),
        (rules, 40),
    ],
    ids=["properties", "symbols", "symbols that are alike", "branches", "rules"],
)
def test_b40_compiling_is_linear(made: Compile, few: int) -> None:
    """B40: eight times as much of a schema or mapping costs at most 8.8 times as many calls: 66 for 60."""
    made(few)  # what is loaded and kept once isn't counted
    assert work(lambda: made(8 * few)) < 8.8 * work(lambda: made(few))


@pytest.mark.heavy
def test_b40_a_refusal_is_quick() -> None:
    """B40: a record of more fields than a frame has slots costs no more than the largest that fits."""

    def refused() -> None:
        with pytest.raises(PlanError, match="larger than an image"):
            properties(66_000)

    assert work(refused) < work(lambda: properties(60_000))
