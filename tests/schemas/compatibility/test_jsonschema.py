"""JSON Schema's compatibility: what is plainly safe, what plainly breaks, and where it can't be told."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import jsonschema as judge
import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import SchemaError
from schemas.compatibility import check, differences, read
from tests.schemas.compatibility import jsonschema_pairs as pairs
from tests.schemas.compatibility.support import jsonschema, told

S, I, N, NULL = {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "null"}  # noqa: E741
OLD = {"$schema": "http://json-schema.org/draft-04/schema#"}


def obj(more: Any = None, /, **properties: Any) -> dict[str, Any]:
    """An object; `more`: its additionalProperties."""
    rest = {} if more is None else {"additionalProperties": more}
    return {"type": "object", "properties": properties, **rest}


def arr(**more: Any) -> dict[str, Any]:
    return {"type": "array", **more}


def tagged(tag: str, **properties: Any) -> dict[str, Any]:
    return {**obj(kind={"const": tag}, **properties), "required": ["kind"]}


SAFE: list[tuple[str, Any, Any]] = [
    ("equal", obj(a=S), obj(a=S)),
    ("members in another order", {"type": "string", "maxLength": 3}, {"maxLength": 3, "type": "string"}),
    ("annotations", {**S, "title": "a", "default": "x"}, {**S, "description": "b", "$comment": "c", "examples": ["y"]}),
    ("words of others", S, {**S, "javaType": "x", "connect.index": 1}),
    ("anything", obj(a=S), {}),
    ("anything, said by true", S, True),
    ("nothing becomes something", False, S),
    ("an integer is a number", I, N),
    ("a type is added", S, {"type": ["string", "null"]}),
    ("a type's order", {"type": ["null", "string"]}, {"type": ["string", "null"]}),
    ("bounds widen", {**I, "minimum": 2, "maximum": 3}, {**I, "minimum": 1, "exclusiveMaximum": 5}),
    ("bounds go", {**I, "minimum": 2, "exclusiveMaximum": 3}, I),
    ("the same bound over integers", {**I, "minimum": 1}, {**I, "exclusiveMinimum": 0}),
    ("draft-04's flag", {**OLD, **N, "minimum": 1, "exclusiveMinimum": True}, {**OLD, **N, "minimum": 1}),
    ("multiples", {**I, "multipleOf": 6}, {**I, "multipleOf": 3}),
    ("multiples of a tenth", {**N, "multipleOf": 0.3}, {**N, "multipleOf": 0.1}),
    ("lengths widen", {**S, "minLength": 2, "maxLength": 3}, {**S, "minLength": 1, "maxLength": 4}),
    ("a pattern goes", {**S, "pattern": "^a"}, S),
    ("a format goes", {**S, "format": "date"}, S),
    ("values are added", {"enum": ["a"]}, {"enum": ["a", "b"]}),
    ("listed values become a type", {"enum": [1, 2]}, I),
    ("1.0 is 1", {"const": 1.0}, {"enum": [1]}),
    ("a listed value in bounds", {"const": 3}, {**I, "minimum": 2}),
    ("all booleans", {"type": "boolean"}, {"enum": [True, False]}),
    ("a member is added where none could be", obj(False, a=S), obj(False, a=S, b=I)),
    ("a member is added that others' schema covers", obj(S, a=S), obj(S, a=S, b=S)),
    ("a member is added that may be anything", obj(a=S), obj(a=S, b={})),
    ("a member is removed where any may be", obj(a=S, b=I), obj(a=S)),
    ("a member is removed that others' schema covers", obj(False, a=S), obj(S)),
    ("others are allowed", obj(False), obj()),
    ("others' schema widens", obj(I), obj(N)),
    ("required goes", {**obj(a=S), "required": ["a"]}, obj(a=S)),
    ("required, with a default", obj(a={**S, "default": ""}), {**obj(a={**S, "default": ""}), "required": ["a"]}),
    ("a pattern's member", {"patternProperties": {"^n": I}, **obj(False)},
     {"patternProperties": {"^n": N}, **obj(False)}),
    ("a named member of a pattern", {"patternProperties": {"^n": I}, **obj(False)},
     {"patternProperties": {"^n": I}, **obj(False, n1=N)}),
    ("fewer members are wanted", {"minProperties": 2, "maxProperties": 3}, {"minProperties": 1, "maxProperties": 4}),
    ("a dependency goes", {"dependencies": {"a": ["b"]}}, {}),
    ("a dependency becomes required", {"dependentRequired": {"a": ["b"]}, "required": ["b"]}, {"required": ["b"]}),
    ("items widen", arr(items=I), arr(items=N)),
    ("items may be anything", arr(items=S), arr()),
    ("places of a tuple", arr(prefixItems=[S], items=False), arr(prefixItems=[S, I], items=False)),
    ("a draft-07 tuple", {**arr(items=[S], additionalItems=I)}, arr(items=[S, N], additionalItems=I)),
    ("counts widen", arr(minItems=2, maxItems=3), arr(minItems=1, maxItems=4)),
    ("items need not differ", arr(uniqueItems=True), arr()),
    ("one item always differs", arr(maxItems=1), arr(maxItems=1, uniqueItems=True)),
    ("anyOf grows", {"anyOf": [S]}, {"anyOf": [N, S]}),
    ("a type becomes anyOf", {**S, "maxLength": 2}, {"anyOf": [N, S]}),
    ("types become anyOf", {"type": ["string", "null"]}, {"anyOf": [NULL, S]}),
    ("oneOf of types", S, {"oneOf": [NULL, S]}),
    ("anyOf of one", {"anyOf": [S]}, S),
    ("oneOf by a tag grows", {"oneOf": [tagged("a", x=I), tagged("b")]},
     {"oneOf": [tagged("a", x=N), tagged("b"), tagged("c")]}),
    ("allOf loses one", {"allOf": [S, {"maxLength": 3}]}, {"allOf": [S]}),
    ("allOf in another order", {"allOf": [S, {"maxLength": 3}]}, {"allOf": [{"maxLength": 3}, S]}),
    ("allOf is spread out", {"allOf": [obj(a=S)], "required": ["a"]}, obj(a=S)),
    ("not shrinks", {"not": N}, {"not": I}),
    ("not of another type", S, {"not": N}),
    ("what is compared as a whole stays", {**S, "if": {"minLength": 3}, "then": {"pattern": "a"}},
     {"if": {"minLength": 3}, "then": {"pattern": "a"}, "type": ["string", "null"]}),
    ("a reference is put in", S, {"$ref": "#/$defs/x", "$defs": {"x": S}}),
    ("a definition that nothing uses", {"$defs": {"x": S}}, {"$defs": {"x": I}}),
]  # fmt: skip

BREAKING: list[tuple[str, Any, Any, list[str]]] = [
    ("another type", S, I, ["TYPE_CHANGED #/"]),
    ("a type appears", {}, S, ["TYPE_CHANGED #/"]),
    ("nothing", S, False, ["TYPE_CHANGED #/"]),
    ("a number isn't an integer", N, I, ["TYPE_NARROWED #/"]),
    ("a type goes", {"type": ["string", "null"]}, S, ["SUM_TYPE_NARROWED #/"]),
    ("minimum", {**I, "minimum": 1}, {**I, "minimum": 2}, ["MINIMUM_INCREASED #/minimum"]),
    ("exclusiveMinimum", N, {**N, "exclusiveMinimum": 2}, ["EXCLUSIVE_MINIMUM_ADDED #/exclusiveMinimum"]),
    ("maximum", {**I, "maximum": 2}, {**I, "maximum": 1}, ["MAXIMUM_DECREASED #/maximum"]),
    ("maximum becomes exclusive", {**N, "maximum": 2}, {**N, "exclusiveMaximum": 2},
     ["EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum"]),
    ("multipleOf", I, {**I, "multipleOf": 2}, ["MULTIPLE_OF_ADDED #/multipleOf"]),
    ("multipleOf grows", {**I, "multipleOf": 2}, {**I, "multipleOf": 4}, ["MULTIPLE_OF_EXPANDED #/multipleOf"]),
    ("multipleOf changes", {**I, "multipleOf": 2}, {**I, "multipleOf": 3}, ["MULTIPLE_OF_CHANGED #/multipleOf"]),
    ("minLength", {**S, "minLength": 1}, {**S, "minLength": 2}, ["MIN_LENGTH_INCREASED #/minLength"]),
    ("maxLength", S, {**S, "maxLength": 2}, ["MAX_LENGTH_ADDED #/maxLength"]),
    ("a pattern", S, {**S, "pattern": "^a"}, ["PATTERN_ADDED #/pattern"]),
    ("values go", {"enum": ["a", "b"]}, {"enum": ["a"]}, ["ENUM_ARRAY_NARROWED #/enum"]),
    ("values change", {"enum": ["a"]}, {"enum": ["b"]}, ["ENUM_ARRAY_CHANGED #/enum"]),
    ("a type becomes values", S, {"enum": ["b"]}, ["ENUM_ARRAY_ADDED #/enum"]),
    ("a value out of bounds", {"const": 3}, {**I, "minimum": 4}, ["ENUM_VALUE_REFUSED #/"]),
    ("true is not 1", {"const": True}, {"const": 1}, ["TYPE_CHANGED #/"]),
    ("a member's type", obj(a=S), obj(a=I), ["TYPE_CHANGED #/properties/a"]),
    ("a member with an odd name", obj(**{"a/b~": S}), obj(**{"a/b~": I}), ["TYPE_CHANGED #/properties/a~1b~0"]),
    ("a member is added where any may be", obj(a=S), obj(a=S, b=S),
     ["PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/b"]),
    ("a member is added that others' schema doesn't cover", obj(S), obj(S, b=I), ["TYPE_CHANGED #/properties/b"]),
    ("a member is removed where no other may be", obj(False, a=S, b=S), obj(False, a=S),
     ["PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/b"]),
    ("others go", obj(), obj(False), ["ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties"]),
    ("others have a schema", obj(), obj(S), ["ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties"]),
    ("others' schema", obj(S), obj(I), ["TYPE_CHANGED #/additionalProperties"]),
    ("required", obj(a=S), {**obj(a=S), "required": ["a"]}, ["REQUIRED_ATTRIBUTE_ADDED #/required/a"]),
    ("a new member is required", obj(False), {**obj(False, a=S), "required": ["a"]},
     ["REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a"]),
    ("a pattern of members", obj(), {**obj(), "patternProperties": {"^n": I}},
     ["PATTERN_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/patternProperties/^n"]),
    ("a pattern of members goes", {**obj(False), "patternProperties": {"^n": I}}, obj(False),
     ["PATTERN_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/patternProperties/^n"]),
    ("more members are wanted", obj(), {**obj(), "minProperties": 1}, ["MIN_PROPERTIES_ADDED #/minProperties"]),
    ("a dependency", obj(), {**obj(), "dependentRequired": {"a": ["b"]}}, ["DEPENDENCY_ARRAY_ADDED #/dependencies/a"]),
    ("names", obj(), {**obj(), "propertyNames": {"maxLength": 3}}, ["PROPERTY_NAMES_ADDED #/propertyNames"]),
    ("items", arr(items=S), arr(items=I), ["TYPE_CHANGED #/items"]),
    ("items have a schema", arr(), arr(items=S), ["SCHEMA_ADDED #/items"]),
    ("a place of a tuple", arr(prefixItems=[S]), arr(prefixItems=[I]), ["TYPE_CHANGED #/items/0"]),
    ("a place is added where any may be", arr(prefixItems=[S]), arr(prefixItems=[S, I]),
     ["ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1"]),
    ("a place goes where no other may be", arr(prefixItems=[S, I], items=False), arr(prefixItems=[S], items=False),
     ["ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1"]),
    ("other items go", arr(prefixItems=[S]), arr(prefixItems=[S], items=False),
     ["ADDITIONAL_ITEMS_REMOVED #/additionalItems"]),
    ("minItems", arr(), arr(minItems=1), ["MIN_ITEMS_ADDED #/minItems"]),
    ("maxItems", arr(maxItems=2), arr(maxItems=1), ["MAX_ITEMS_DECREASED #/maxItems"]),
    ("items must differ", arr(), arr(uniqueItems=True), ["UNIQUE_ITEMS_ADDED #/uniqueItems"]),
    ("anyOf shrinks", {"anyOf": [S, I]}, {"anyOf": [S]}, ["TYPE_CHANGED #/"]),
    ("allOf grows", {"allOf": [S]}, {"allOf": [S, {"maxLength": 3}]}, ["MAX_LENGTH_ADDED #/maxLength"]),
    ("not grows", {"not": I}, {"not": N}, ["NOT_TYPE_EXTENDED #/not"]),
    ("a tag's member", {"oneOf": [tagged("a", x=N), tagged("b")]}, {"oneOf": [tagged("a", x=I), tagged("b")]},
     ["TYPE_NARROWED #/properties/x"]),
    ("after a reference", {"$ref": "#/$defs/x", "$defs": {"x": S}}, {"$ref": "#/$defs/x", "$defs": {"x": I}},
     ["TYPE_CHANGED #/"]),
]  # fmt: skip

UNKNOWN: list[tuple[str, Any, Any, list[str]]] = [
    ("a pattern changes", {**S, "pattern": "a"}, {**S, "pattern": "b"}, ["PATTERN_CHANGED? #/pattern"]),
    ("a format is added", S, {**S, "format": "date"}, ["FORMAT_ADDED? #/format"]),
    ("oneOf may overlap", {"oneOf": [I]}, {"oneOf": [I, N]}, ["CANNOT_TELL? #/"]),
    ("if", S, {**S, "if": {"minLength": 2}, "then": {"maxLength": 3}}, ["CANNOT_TELL? #/"]),
    ("contains", arr(), arr(contains=S), ["CANNOT_TELL? #/"]),
    ("branches together", {**I, "minimum": 0}, {"anyOf": [{**I, "maximum": 5}, {**I, "minimum": 5}]},
     ["CANNOT_TELL? #/"]),
    ("several keywords together", {"allOf": [{"minimum": 1}, {"maximum": 5}]}, {"minimum": 1, "maximum": 5},
     ["MAXIMUM_ADDED? #/maximum"]),
    ("a pattern that may take long (B70)", {**obj(False), "patternProperties": {"(a+)+$": I}},
     {**obj(False, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=I)}, ["CANNOT_TELL?"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [case[1:] for case in SAFE], ids=[case[0] for case in SAFE])
def test_safe(old: Any, new: Any) -> None:
    """Nothing is found where all old values stay valid."""
    assert told(jsonschema(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"), [case[1:] for case in BREAKING], ids=[case[0] for case in BREAKING]
)
def test_breaking(old: Any, new: Any, expected: list[str]) -> None:
    """What takes values away is told by its kind and place."""
    assert told(jsonschema(old, new)) == expected


@pytest.mark.parametrize(("old", "new", "expected"), [case[1:] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN])
def test_unknown(old: Any, new: Any, expected: list[str]) -> None:
    """What can't be told is said to be so."""
    found = jsonschema(old, new)
    assert all(each.unknown for each in found if each.kind == "CANNOT_TELL")
    assert [each[: len(expected[0])] for each in told(found)][: len(expected)] == expected


def test_unknown_is_not_compatible() -> None:
    """A verdict that is sure of nothing is not compatible, and says why."""
    old, new = (read(json.dumps(each), "jsonschema") for each in (S, {**S, "format": "date"}))
    verdict = check(new, [old], "BACKWARD")
    assert (verdict.compatible, verdict.unknown) == (False, True)
    assert check(old, [new], "BACKWARD").compatible
    assert not check(read('{"type": "integer"}', "jsonschema"), [new], "BACKWARD").unknown


def tree(value: Any) -> dict[str, Any]:
    """A schema that contains itself."""
    node = obj(
        value=value, children=arr(items={"$ref": "#/$defs/node"}), next={"anyOf": [NULL, {"$ref": "#/$defs/node"}]}
    )
    return {"$ref": "#/$defs/node", "$defs": {"node": node}}


def test_schemas_that_contain_themselves() -> None:
    """Recursion ends, and what is wrong inside is told once (B68)."""
    assert told(jsonschema(tree(I), tree(N))) == []
    assert told(jsonschema(tree(N), tree(I))) == ["TYPE_NARROWED #/properties/value"]


def test_other_documents() -> None:
    """References reach the documents given, and nothing else (B67)."""
    main = json.dumps(obj(a={"$ref": "https://example.org/a.json"}))
    old, new = (read(main, "jsonschema", {"https://example.org/a.json": json.dumps(each)}) for each in (N, I))
    assert told(differences(old, new)) == ["TYPE_NARROWED #/properties/a"]
    with pytest.raises(SchemaError, match="nothing is fetched"):
        differences(read(main, "jsonschema"), new)


def doubling(keyword: str, last: Any) -> str:
    """40 definitions, each of which names the next one twice."""
    definitions: dict[str, Any] = {f"d{n}": {keyword: [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)}
    return json.dumps({"$ref": "#/$defs/d0", "$defs": {**definitions, "d40": last}})


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_doubling_is_bounded(keyword: str) -> None:
    """What doubles at every level is told, or given up, in bounded time (B69)."""
    start = time.process_time()
    assert differences(read(doubling(keyword, S), "jsonschema"), read(doubling(keyword, I), "jsonschema"))
    assert time.process_time() - start < 3


def test_branching_is_bounded() -> None:
    """Schemas with branches inside members inside branches are given up in bounded time, and it is said (B69)."""

    def schema(required: list[str]) -> str:
        definitions = {
            f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"properties": {"a": {"$ref": f"#/$defs/d{n + 1}"}}}]}
            for n in range(40)
        }
        return json.dumps({"$ref": "#/$defs/d0", "$defs": {**definitions, "d40": {**obj(), "required": required}}})

    start = time.process_time()
    found = differences(read(schema(["x"]), "jsonschema"), read(schema(["x", "y"]), "jsonschema"))
    assert found
    assert all(each.unknown for each in found)
    assert time.process_time() - start < 5


def test_deep_nesting() -> None:
    """The deepest schema that is read is compared."""

    def schema(last: Any) -> Any:
        for _ in range(100):
            last = {"properties": {"a": last}}
        return last

    assert told(jsonschema(schema(S), schema(I))) == [f"TYPE_CHANGED #{'/properties/a' * 100}"]


@given(st.integers(0, 1 << 32))
def test_nothing_found_is_true(seed: int) -> None:
    """Where nothing is found between two random schemas, no value is valid by the old one alone."""
    chance = random.Random(seed)
    for _ in range(3):
        old = pairs.schema(chance)
        new = pairs.changed(chance, old)
        if jsonschema(old, new):
            continue
        before, after = (judge.Draft202012Validator(each) for each in (old, new))
        for _ in range(30):
            value = pairs.value(chance)
            assert after.is_valid(value) or not before.is_valid(value), (old, new, value)
