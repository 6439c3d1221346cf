"""Random messages by random documents of loops, conditions and alternatives: as a few lines of Python do it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

import translator
from tests.properties import examples
from tests.translator.mapping.support import INTEGER, TEXT, avro_bytes, objects, record

LOOPS = (("g", "groups"), ("i", "g.items"), ("t", "i.tags"))
PATHS = {"g": ("g.name",), "i": ("i.n", "i.text"), "t": ("t",)}
ITEM = record(
    ("n", ["null", "long"]), ("text", ["null", "string"]), ("tags", ["null", {"type": "array", "items": "string"}]),
    name="Item",
)  # fmt: skip
GROUP = record(("name", ["null", "string"]), ("items", {"type": "array", "items": ["null", ITEM]}), name="Group")
SCHEMA = record(("name", ["null", "string"]), ("groups", ["null", {"type": "array", "items": ["null", GROUP]}]))
TARGET = objects((), text=TEXT, n=INTEGER, list={"type": "array", "items": TEXT}, also=TEXT)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Null once in a while."""
    return st.integers(0, 5).flatmap(lambda roll: st.none() if roll == 5 else values)


texts = st.sampled_from(["a", "b", "ä", ""])
items = st.fixed_dictionaries(
    {"n": maybe(st.integers(-3, 3)), "text": maybe(texts), "tags": maybe(st.lists(texts, min_size=1, max_size=3))}
)
groups = st.fixed_dictionaries({"name": maybe(texts), "items": st.lists(maybe(items), min_size=1, max_size=3)})
messages = st.fixed_dictionaries({
    "name": maybe(texts), "groups": maybe(st.lists(maybe(groups), min_size=1, max_size=3))})  # fmt: skip


@st.composite
def conditions(draw: Any, names: list[str]) -> dict[str, Any]:
    path = draw(st.sampled_from(["name", *(path for name in names for path in PATHS[name])]))
    if draw(st.booleans()):
        return {"path": path, "present": draw(st.booleans())}
    if path == "i.n":
        return {"path": path, draw(st.sampled_from(["less", "greater_equal"])): draw(st.integers(-2, 2))}
    return {"path": path, draw(st.sampled_from(["equals", "not_equals"])): draw(texts)}


@st.composite
def blocks(draw: Any, names: list[str], depth: int = 2) -> dict[str, Any]:
    """A block inside of loops with these names."""
    block: dict[str, Any] = {}
    if draw(st.integers(0, 3)) == 3:
        block["when"] = draw(conditions(names))
    more = draw(st.integers(0, len(LOOPS) - len(names)))
    loops = LOOPS[len(names) : len(names) + more]
    names = [*names, *(name for name, _ in loops)]
    if loops:
        block["for_each"] = [f"{name} in {path}" for name, path in loops]
    if draw(st.integers(0, 2)) == 2:
        block["where"] = draw(conditions(names))
    known = ["name", *(path for name in names for path in PATHS[name] if path != "i.n")]
    fields: dict[str, Any] = {"text": draw(st.sampled_from(known))}
    if "i" in names:
        fields["n"] = "i.n"
        fields["list"] = {"for_each": "x in i.tags", "item": "x", "where": {"path": "x", "not_equals": "a"}}
    if draw(st.booleans()):
        fields["also"] = {"path": draw(st.sampled_from(known)), "when": draw(conditions(names)), "default": "-"}
    block["fields"] = fields
    if depth and draw(st.booleans()):
        inner = draw(st.lists(blocks(names, depth - 1), min_size=1, max_size=3))
        for each in inner[:-1]:
            each.setdefault("when", draw(conditions(names)))
        block["alternatives"] = inner
        block["otherwise"] = "skip"
    return block


# --- the same in Python ---


def value(path: str, scope: dict[str, Any]) -> Any:
    for name in path.split("."):
        scope = scope.get(name) if isinstance(scope, dict) else None  # type: ignore[assignment]
    return scope


def holds(condition: dict[str, Any], scope: dict[str, Any]) -> bool:
    found = value(condition["path"], scope)
    test, wanted = next(each for each in condition.items() if each[0] != "path")
    if test == "present":
        return (found is not None) is wanted
    if found is None:
        return False
    return {
        "equals": found == wanted, "not_equals": found != wanted, "less": test == "less" and found < wanted,
        "greater_equal": test == "greater_equal" and found >= wanted,
    }[test]  # fmt: skip


def made(given: Any, scope: dict[str, Any]) -> Any:
    if isinstance(given, str):
        return value(given, scope)
    if "for_each" in given:
        found = value("i.tags", scope)
        return None if found is None else [each for each in found if each != "a"]
    found = value(given["path"], scope) if holds(given["when"], scope) else None
    return "-" if found is None else found


def scopes(loops: list[str], scope: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not loops:
        yield scope
        return
    name, _, path = loops[0].partition(" in ")
    for each in value(path, scope) or ():
        yield from scopes(loops[1:], {**scope, name: each})


def expected(block: dict[str, Any], scope: dict[str, Any], outer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rules = {**outer, **block["fields"]}
    for inner in scopes(block.get("for_each", []), scope):
        if "where" in block and not holds(block["where"], inner):
            continue
        if "alternatives" not in block:
            yield {name: found for name, given in rules.items() if (found := made(given, inner)) is not None}
            continue
        for each in block["alternatives"]:
            if "when" not in each or holds(each["when"], inner):
                yield from expected(each, inner, rules)
                break


@examples(60)
@given(blocks([]), st.lists(messages, min_size=1, max_size=3))
def test_random_documents(block: dict[str, Any], values: list[dict[str, Any]]) -> None:
    """Whatever the document and the messages, each format gives what it says."""
    block.setdefault("when", {"path": "name", "present": True})
    passed = [each for each in values if holds(block["when"], each)]
    wanted = [result for each in passed for result in expected(block, each, {})]
    for source, packed in (
        (SCHEMA, [avro_bytes(SCHEMA, each) for each in values]),
        ("json", [json.dumps(each).encode() for each in values]),
        ("msgpack", [msgspec.msgpack.encode(each) for each in values]),
    ):
        batch = translator.compile(source, TARGET, {"version": 1, **block}).translate_each(packed)
        assert batch.errors == []
        assert [json.loads(each) for each in batch] == wanted
