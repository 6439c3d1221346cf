"""The JSON Schema reader: what is typed, what is refused, and that nothing leaves the process."""

from __future__ import annotations

import contextlib
import json
import pickle
import socket
import urllib.request
from pathlib import Path
from typing import Any

import jsonschema_specifications  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from native.errors import SchemaError
from schemas import jsonfacts, model
from schemas.jsonschema import read

DATA = Path(__file__).parents[2].parent / "shared" / "data"
DRAFT_04 = "http://json-schema.org/draft-04/schema#"
DRAFT_07 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
METASCHEMAS = sorted(uri for uri in jsonschema_specifications.REGISTRY if "draft-03" not in uri)


def shape(type_: model.Type | None) -> Any:
    """A type as short plain values; a record is its name."""
    match type_:
        case model.Record() | model.Fixed():
            return type_.name
        case model.Enum():
            return tuple(name for name, _ in type_.symbols)
        case model.Array():
            return [shape(type_.items)]
        case model.Map():
            return {"*": shape(type_.values)}
        case model.Union():
            return {"one of": [shape(each) for each in type_.branches]}
        case model.Int():
            return f"{'' if type_.signed else 'u'}int{type_.bits}"
        case model.Float():
            return f"float{type_.bits}"
        case model.Timestamp():
            return f"timestamp-{type_.unit}"
    return type(type_).__name__.lower()


def root(document: Any, **more: Any) -> Any:
    return shape(read(document, **more).root)


def record(document: Any, **more: Any) -> model.Record:
    found = read(document, **more).root
    assert isinstance(found, model.Record)
    return found


def fields(document: Any, **more: Any) -> dict[str, Any]:
    return {each.name: shape(each.type) for each in record(document, **more).fields}


def beside(**schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": schema}


TYPES = [
    ({"type": "string"}, "string"),
    ({"type": "string", "format": "date-time"}, "timestamp-ns"),
    ({"type": "string", "format": "date"}, "date"),
    ({"type": "string", "format": "time"}, "string"),
    ({"type": "string", "format": "duration"}, "string"),
    ({"type": "string", "format": "uuid"}, "uuid"),
    ({"type": "string", "format": "email"}, "string"),
    ({"type": "string", "contentEncoding": "base64"}, "bytes"),
    ({"type": "string", "contentEncoding": "base64", "format": "date"}, "bytes"),
    ({"type": "integer"}, "int64"),
    ({"type": "integer", "minimum": 0}, "int64"),
    ({"type": "integer", "minimum": 0, "maximum": 100}, "int32"),
    ({"type": "integer", "minimum": 0, "maximum": 2**32 - 1}, "uint32"),
    ({"type": "integer", "minimum": 0, "maximum": 2**32}, "int64"),
    ({"type": "integer", "minimum": 0, "maximum": 2**64 - 1}, "uint64"),
    ({"type": "integer", "minimum": 0, "exclusiveMaximum": 2**64}, "uint64"),
    ({"type": "integer", "exclusiveMinimum": -1, "exclusiveMaximum": 2**32}, "uint32"),
    ({"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}, "int32"),
    ({"type": "integer", "minimum": -(2**31) - 1, "maximum": 0}, "int64"),
    ({"type": "integer", "minimum": -0.5, "maximum": 1e9}, "int32"),
    ({"type": "integer", "minimum": 0, "maximum": 2**70}, "int64"),
    ({"type": "integer", "format": "int32"}, "int32"),
    ({"type": "integer", "format": "uint64"}, "uint64"),
    ({"type": "number"}, "float64"),
    ({"type": "number", "format": "float"}, "float32"),
    ({"type": "number", "format": "double"}, "float64"),
    ({"type": "boolean"}, "bool"),
    ({"type": "null"}, "null"),
    ({"type": "array", "items": {"type": "string"}}, ["string"]),
    ({"items": {"type": "string"}}, ["string"]),
    ({"type": "array"}, ["any"]),
    ({"type": "array", "items": False}, ["any"]),
    ({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "string"}}, ["any"]),
    ({"$schema": DRAFT_07, "type": "array", "items": [{"type": "string"}]}, ["any"]),
    ({"type": "array", "items": [{"type": "string"}]}, ["any"]),
    ({"type": "object"}, {"*": "any"}),
    ({"type": "object", "additionalProperties": {"type": "boolean"}}, {"*": "bool"}),
    ({"type": "object", "patternProperties": {"^x": {"type": "boolean"}}}, {"*": "bool"}),
    ({"type": "object", "patternProperties": {"^x": {"type": "null"}}, "additionalProperties": False}, {"*": "null"}),
    ({"enum": ["a", "b", "a"]}, ("a", "b")),
    ({"type": "string", "enum": ["a"]}, ("a",)),
    ({"const": "a"}, ("a",)),
    ({"const": 1}, "int64"),
    ({"const": 2**64 - 1}, "uint64"),
    ({"const": 1.5}, "float64"),
    ({"const": {"a": 1}}, "any"),
    ({"enum": ["a", None]}, {"one of": [("a",), "null"]}),
    ({"enum": ["a", 1, True]}, {"one of": [("a",), "int64", "bool"]}),
    ({"enum": ["a", []]}, "any"),
    ({"type": ["integer", "number"]}, "float64"),
    ({"type": ["string", "null"]}, {"one of": ["string", "null"]}),
    ({"type": ["null", "integer", "array"], "items": {"type": "null"}}, {"one of": ["null", "int64", ["null"]]}),
    ({"anyOf": [{"type": "null"}, {"type": "string"}]}, {"one of": ["null", "string"]}),
    ({"oneOf": [{"type": "string"}, {"type": ["string", "null"]}]}, {"one of": ["string", "null"]}),
    ({"anyOf": [{"type": "string"}, {"minLength": 2, "type": "string"}]}, "string"),
    ({"anyOf": [{"type": "string"}, {}]}, "any"),
    ({"anyOf": [{"type": "string"}, False]}, "string"),
    ({"oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]}, ("a", "b")),
    ({"type": "string", "anyOf": [{"pattern": "^a"}, {"enum": ["b"]}]}, "string"),
    ({"anyOf": [{"type": "array", "items": {"type": "null"}}, {"items": {"type": "null"}}]}, ["null"]),
    ({"type": "string", "nullable": True}, {"one of": ["null", "string"]}),
    ({"allOf": [{"type": "string"}, {"format": "date"}]}, "date"),
    ({"allOf": [{"type": "number"}, {"type": "integer"}]}, "int64"),
    ({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, ("b",)),
    ({"allOf": [{"type": "integer", "minimum": 0}, {"maximum": 9}]}, "int32"),
    ({"allOf": [{"items": {"type": "integer"}}, {"items": {"format": "int32"}}]}, ["int32"]),
    ({"not": {"type": "string"}}, "any"),
    ({"minLength": 3}, "any"),
    ({}, "any"),
    (True, "any"),
]


@pytest.mark.parametrize(("document", "expected"), TYPES, ids=lambda each: json.dumps(each)[:60])
def test_types(document: Any, expected: Any) -> None:
    """Each way to type a value gives its type, from parsed JSON and from text alike."""
    assert root(document) == expected
    assert root(json.dumps(document)) == expected
    assert root(json.dumps(document).encode()) == expected


def test_draft_04_bounds() -> None:
    """Draft-04's boolean exclusiveMaximum moves its bound, with or without $schema."""
    document = {"type": "integer", "minimum": 0, "maximum": 2**32, "exclusiveMaximum": True}
    assert root({"$schema": DRAFT_04, **document}) == "uint32"
    assert root(document) == "uint32"


def test_record() -> None:
    """Properties are fields: required or optional, with default and description; the record is open."""
    document = {
        "title": "Order line",
        "description": "One line.",
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "description": "Its id."},
            "count": {"type": "integer", "default": 1},
            "note": {"type": ["string", "null"], "default": None},
            "gone": False,
        },
    }
    found = record(document)
    assert (found.name, found.doc, found.open) == ("OrderLine", "One line.", True)
    assert [(each.name, each.presence.value, each.default, each.doc) for each in found.fields] == [
        ("id", "required", model.MISSING, "Its id."),
        ("count", "optional", 1, ""),
        ("note", "optional", None, ""),
    ]


@pytest.mark.parametrize(
    ("more", "is_open"),
    [
        ({}, True),
        ({"additionalProperties": True}, True),
        ({"additionalProperties": False}, False),
        ({"unevaluatedProperties": False}, False),
        ({"$schema": DRAFT_07, "unevaluatedProperties": False}, True),
        ({"additionalProperties": False, "patternProperties": {"^x-": {}}}, True),
    ],
)
def test_open_and_closed(more: dict[str, Any], is_open: bool) -> None:
    """A record is closed by additionalProperties or unevaluatedProperties false, where its draft knows them."""
    assert record(beside(a={"type": "string"}) | more).open is is_open


def test_closed_without_properties() -> None:
    """An object that may have no member is an empty closed record, not a map."""
    found = record({"type": "object", "additionalProperties": False})
    assert not found.open
    assert not found.fields


def test_typed_extra_members_are_noted() -> None:
    """Typed additionalProperties beside properties leave the record open, with a warning."""
    schema = read(beside(a={"type": "string"}) | {"additionalProperties": {"type": "integer"}})
    assert isinstance(schema.root, model.Record)
    assert schema.root.open
    assert len(schema.warnings) == 1


def test_names() -> None:
    """A name comes from the title, the definition or the way through properties, and each stands once."""
    document = {
        "title": "hal9.Order",
        **beside(
            to={"$ref": "#/$defs/postal-address"},
            back={"$ref": "#/$defs/postal-address"},
            line_items={"type": "array", "items": beside(n={"type": "null"})},
            kind={"enum": ["x"]},
            other={"title": "hal9.Order", **beside(x={"type": "null"})},
        ),
        "$defs": {"postal-address": beside(city={"type": "string"})},
    }
    schema = read(document)
    assert set(schema.names) == {
        "hal9.Order",
        "PostalAddress",
        "hal9.OrderLineItems",
        "hal9.OrderKind",
        "hal9.Order_2",
    }
    assert isinstance(schema.root, model.Record)
    assert schema.root.fields[0].type is schema.root.fields[1].type


def test_root() -> None:
    """`root` picks a definition by name or by JSON pointer, and an unknown one is refused with the known names."""
    document = {"$defs": {"A": beside(a={"type": "null"}), "x/y": {"type": "string"}}, "definitions": {"B": True}}
    assert root(document, root="A") == "A"
    assert root(document, root="/$defs/A/properties/a") == "null"
    assert root(document, root="#/$defs/A") == "A"
    assert root(document, root="x/y") == "string"
    assert root(document, root="B") == "any"
    with pytest.raises(SchemaError, match=r"no definition 'C'.*A, x/y, B"):
        read(document, root="C")
    with pytest.raises(SchemaError, match="points nowhere"):
        read(document, root="#/$defs/C")


def test_all_of_objects() -> None:
    """allOf unites properties and required; a property in two branches must satisfy both."""
    document = {
        "title": "Both",
        "allOf": [
            {"$ref": "#/$defs/Base"},
            beside(b={"type": "string"}, n={"minimum": 0, "maximum": 5}) | {"required": ["a"]},
        ],
        "$defs": {"Base": beside(a={"type": "null"}, n={"type": "integer"})},
    }
    found = record(document)
    assert fields(document) == {"a": "null", "n": "int32", "b": "string"}
    assert found.name == "Both"
    assert [each.presence for each in found.fields if each.name == "a"] == [model.Presence.REQUIRED]


def test_all_of_that_contradicts() -> None:
    """Parts that no value can satisfy together are read as any, with a warning."""
    schema = read({"allOf": [{"type": "string"}, {"type": "integer"}]})
    assert shape(schema.root) == "any"
    assert "contradict" in schema.warnings[0]


def test_all_of_one_reference_is_that_type() -> None:
    """A reference wrapped in allOf to say something beside it is the type itself; nullable adds null to it."""
    defs = {"$defs": {"A": beside(a={"type": "null"})}}
    wrapped = {"allOf": [{"$ref": "#/$defs/A"}], "description": "x"}
    schema = read(beside(p={"$ref": "#/$defs/A"}, q=wrapped, r=wrapped | {"nullable": True}) | defs)
    assert isinstance(schema.root, model.Record)
    plain, one, null = (each.type for each in schema.root.fields)
    assert plain is one
    assert shape(null) == {"one of": ["null", "A"]}


def test_alternatives_beside_properties() -> None:
    """Alternatives that only require add nothing; those with properties of their own add them as optional."""
    base = beside(kind={"type": "string"}) | {"required": ["kind"]}
    assert fields(base | {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}) == {"kind": "string"}
    branches = [beside(kind={"const": "x"}, a={"type": "null"}), beside(a={"type": "string"})]
    assert fields(base | {"oneOf": branches}) == {"kind": "string", "a": {"one of": ["null", "string"]}}


def test_alternatives_of_an_object() -> None:
    """`type: object` with alternatives of objects is the union of the alternatives."""
    document = {
        "type": "object",
        "oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
        "$defs": {"A": beside(a={}), "B": beside(b={})},
    }
    assert root(document) == {"one of": ["A", "B"]}
    assert root(document | {"type": ["object", "null"]}) == {"one of": ["null", "A", "B"]}


@pytest.mark.parametrize(
    ("draft", "expected"), [(DRAFT_04, "string"), (DRAFT_07, "string"), (DRAFT_2019, "date"), (DRAFT_2020, "date")]
)
def test_siblings_of_a_reference(draft: str, expected: str) -> None:
    """Up to draft-07 a $ref hides what stands beside it; later it adds to it."""
    document = {
        "$schema": draft,
        **beside(a={"$ref": "#/definitions/S", "format": "date", "default": "x"}),
        "definitions": {"S": {"type": "string", "default": "y"}},
    }
    field = record(document).fields[0]
    assert shape(field.type) == expected
    assert field.default == ("x" if expected == "date" else "y")


REFERENCES = [
    ({"$id": "http://x.test/a/b", "$ref": "c", "$defs": {"q": {"$id": "c", "type": "null"}}}, "null"),
    ({"$ref": "#here", "$defs": {"q": {"$anchor": "here", "type": "null"}}}, "null"),
    ({"$dynamicRef": "#here", "$defs": {"q": {"$dynamicAnchor": "here", "type": "null"}}}, "null"),
    ({"$ref": "#/$defs/a~1b%25", "$defs": {"a/b%": {"type": "null"}}}, "null"),
    (
        {"$schema": DRAFT_04, "id": "http://x.test/a", "items": {"$ref": "b#"}, "not": {"id": "b", "type": "null"}},
        ["null"],
    ),
    ({"$schema": DRAFT_07, "items": {"$ref": "#q"}, "definitions": {"a": {"$id": "#q", "type": "null"}}}, ["null"]),
    ({"$ref": "#/components/schemas/A", "components": {"schemas": {"A": {"type": "null"}}}}, "null"),
]


@pytest.mark.parametrize(("document", "expected"), REFERENCES)
def test_references(document: Any, expected: Any) -> None:
    """References resolve by pointer, $id, anchor and dynamic anchor, each draft by its own rules."""
    assert root(document) == expected


def test_recursive_reference() -> None:
    """$recursiveRef (2019-09) makes a record contain itself."""
    found = record({"$schema": DRAFT_2019, "title": "Tree", **beside(kids={"items": {"$recursiveRef": "#"}})})
    kids = found.fields[0].type
    assert isinstance(kids, model.Array)
    assert kids.items is found


def test_recursive_records() -> None:
    """Records contain themselves, directly, through a definition, and through each other."""
    found = record(
        {
            "title": "Node",
            **beside(next={"anyOf": [{"type": "null"}, {"$ref": "#"}]}, a={"$ref": "#/$defs/A"}),
            "$defs": {"A": beside(b={"$ref": "#/$defs/B"}), "B": beside(a={"$ref": "#/$defs/A"}, n={"$ref": "#"})},
        }
    )
    assert isinstance(found.fields[0].type, model.Union)
    assert found.fields[0].type.branches[1] is found
    assert len(list(model.walk(found))) == 5


def test_cycle_without_a_record() -> None:
    """An array that contains itself is cut with any, and a warning says so."""
    schema = read({"type": "array", "items": {"$ref": "#"}})
    assert shape(schema.root) == [["any"]] or shape(schema.root) == ["any"]
    assert "contains itself" in schema.warnings[0]


def test_documents() -> None:
    """References reach the documents given, by URI or by name relative to the document."""
    given_documents: dict[str, Any] = {
        "parts/a.json": beside(b={"$ref": "b.json#/$defs/N"}),
        "parts/b.json": b'{"$defs": {"N": {"type": "null"}}}',
    }
    for identity in ({}, {"$id": "http://x.test/root.json"}):
        found = record({**identity, "title": "R", **beside(a={"$ref": "parts/a.json"})}, documents=given_documents)
        inner = found.fields[0].type
        assert isinstance(inner, model.Record)
        assert (inner.name, shape(inner.fields[0].type)) == ("a", "null")


def test_documents_keep_their_draft() -> None:
    """A document reached by reference is read by its own draft's rules."""
    other = {
        "$schema": DRAFT_07,
        "definitions": {"a": {"$ref": "#/definitions/s", "format": "date"}, "s": {"type": "string"}},
    }
    assert root({"$schema": DRAFT_2020, "$ref": "o.json#/definitions/a"}, documents={"o.json": other}) == "string"


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/x.json",
        "https://json-schema.org/nothing",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "/etc/passwd",
        "other.json",
        "ftp://x.test/",
        "http://[",
    ],
)
@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_nothing_leaves_the_process(keyword: str, reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """B67: a reference outside of the documents given is refused, without a socket or a file opened."""

    def caught(*_: Any, **__: Any) -> None:
        raise AssertionError("something left the process")

    read({})
    monkeypatch.setattr(socket, "socket", caught)
    monkeypatch.setattr(urllib.request, "urlopen", caught)
    monkeypatch.setattr("builtins.open", caught)
    with pytest.raises(SchemaError, match="isn't among the documents given"):
        read({"$schema": DRAFT_2020, keyword: reference})


def test_metaschema_is_not_fetched() -> None:
    """B67: a $schema that isn't known is not fetched either; the document is read plainly, with a warning."""
    schema = read({"$schema": "http://127.0.0.1:9/meta", "type": "null"})
    assert shape(schema.root) == "null"
    assert "isn't known" in schema.warnings[0]


NO_PROGRESS = [
    {"$ref": "#"},
    {"$schema": DRAFT_07, "$ref": "#"},
    {"$schema": DRAFT_2019, "$recursiveRef": "#"},
    {"allOf": [{"$ref": "#"}]},
    {"allOf": [{"$ref": "#"}, {"type": "object"}]},
    {"anyOf": [{"$ref": "#"}, {"type": "string"}]},
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
    {"$ref": "#/$defs/a", "type": "object", "$defs": {"a": {"$ref": "#"}}},
    beside(a={"$ref": "#/properties/a"}),
]


@pytest.mark.parametrize("document", NO_PROGRESS, ids=json.dumps)
def test_no_progress(document: Any) -> None:
    """B68: a schema that refers to itself without getting to a value is refused."""
    with pytest.raises(SchemaError, match="never gets to a value"):
        read(document)


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_doubling(keyword: str) -> None:
    """B69: twenty steps that each name the next one twice cost twenty steps, not 2**20."""
    defs = {f"a{n}": {keyword: [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(20)}
    assert root({"$ref": "#/$defs/a0", "$defs": defs | {"a20": {"type": "null"}}}) == "null"


def test_doubling_of_unlike_types() -> None:
    """B69: a union whose branches double at each step is still read in few steps."""
    defs: dict[str, Any] = {}
    for n in range(20):
        step = {"$ref": f"#/$defs/a{n + 1}"}
        defs[f"a{n}"] = {"anyOf": [{"items": step}, {"additionalProperties": step}]}
    schema = read({"$ref": "#/$defs/a0", "$defs": defs | {"a20": {"type": "null"}}})
    assert len(list(model.walk(schema.root))) < 100


def test_steps_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """B69: more work than the budget is refused."""
    monkeypatch.setattr(jsonfacts, "MAX_STEPS", 10)
    with pytest.raises(SchemaError, match="more than 10 steps"):
        read(beside(**{f"p{n}": {"type": "null"} for n in range(20)}))


def test_patterns_are_never_evaluated() -> None:
    """B70: a pattern that backtracks for ages, or is no regular expression, is passed over."""
    text = {"type": "string", "pattern": "(a+)+$", "default": "a" * 40 + "!"}
    assert fields(beside(a=text, b={"type": "string", "pattern": "("})) == {"a": "string", "b": "string"}


def nested(depth: int, wrap: str) -> str:
    opening = {"items": '{"items":', "properties": '{"properties":{"a":', "allOf": '{"allOf":[', "not": '{"not":'}[wrap]
    closing = {"items": "}", "properties": "}}", "allOf": "]}", "not": "}"}[wrap]
    return opening * depth + "{}" + closing * depth


@pytest.mark.parametrize("wrap", ["items", "properties", "allOf", "not"])
def test_depth(wrap: str) -> None:
    """A document 5,000 deep is refused; one 50 deep is read."""
    with pytest.raises(SchemaError, match=r"nested|more than"):
        read(nested(5000, wrap))
    assert read(nested(50, wrap)).root


def test_depth_of_parsed_documents() -> None:
    """A parsed document that is too deep, contains itself, or is shared beyond measure is refused."""
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"items": deep}
    loop: dict[str, Any] = {}
    loop["items"] = loop
    double: dict[str, Any] = {}
    for _ in range(40):
        double = {"properties": {"a": double, "b": double}}
    for document in (deep, loop, double):
        with pytest.raises(SchemaError, match=r"nested|more than"):
            read(document)


def test_deep_records() -> None:
    """Properties a hundred objects deep are read, as are definitions five hundred references deep."""
    assert len(read(nested(100, "properties")).names) == 100
    defs = {f"a{n}": beside(next={"$ref": f"#/$defs/a{n + 1}"}) for n in range(500)}
    assert len(read({"$ref": "#/$defs/a0", "$defs": defs | {"a500": {}}}).names) == 500


def test_long_chain_without_a_record() -> None:
    """Arrays of arrays beyond the limit are refused also where references make them."""
    defs = {f"a{n}": {"type": "array", "items": {"$ref": f"#/$defs/a{n + 1}"}} for n in range(500)}
    with pytest.raises(SchemaError, match="without a record"):
        read({"$ref": "#/$defs/a0", "$defs": defs | {"a500": {}}})


REFUSED = [
    ("{", "not JSON"),
    ('{"a": NaN}', "not JSON"),
    ('{"minimum": 1e999}', "not finite"),
    ('{"type": "null", "type": "string"}', "'type' stands twice"),
    ('"string"', "an object, true or false"),
    ("[]", "an object, true or false"),
    (b"\xff\xfe\xfd", "not JSON"),
    ('{"title": "\\ud800"}', "surrogate"),
    ({"title": {1, 2}}, "set is not a JSON value"),
    ({"properties": {1: {}}}, "not str"),
    (False, "no value satisfies"),
    ({"$ref": "#/$defs/never", "$defs": {"never": False}}, "no value satisfies"),
    ({"anyOf": [False, False]}, "no value satisfies"),
    ({"type": "strng"}, "#/type: 2020-12"),
    ({"properties": {"a": {"type": 5}}}, "#/properties/a/type: 2020-12"),
    ({"properties": {"a": 5}}, "#/properties/a: 2020-12"),
    ({"$schema": DRAFT_07, "items": 5}, "#/items: draft-07"),
    ({"$schema": DRAFT_04, "properties": {"a": True}}, "isn't a schema"),
    ({"$schema": DRAFT_07, "required": ["a", "a"]}, "twice"),
    ({"$schema": "http://json-schema.org/draft-03/schema#"}, "before 04"),
    ({"$ref": "#/nowhere"}, "points nowhere"),
    ({"$ref": "#nowhere"}, "points nowhere"),
    ({"$ref": "#/title/0", "title": "x"}, "isn't a schema"),
    ({"$ref": "#/components/A", "components": {"A": {"type": 5}}}, "#/components/A/type: 2020-12"),
]


@pytest.mark.parametrize(("document", "message"), REFUSED, ids=lambda each: str(each)[:50])
def test_refused(document: Any, message: str) -> None:
    """What isn't JSON, isn't a schema, or that no value satisfies is refused with its place."""
    with pytest.raises(SchemaError) as caught:
        read(document)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


def test_conditions_alone_are_noted() -> None:
    """Conditions type nothing; where there is nothing else, a warning says so."""
    assert read({"if": {}, "then": beside(a={})}).warnings
    assert not read(beside(a={}) | {"if": {}, "then": beside(b={}), "not": {"required": ["x"]}}).warnings


def test_cloudevents() -> None:
    """The CloudEvents schema (draft-07) is read whole."""
    path = DATA / "cloudevents" / "cloudevents.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    schema = read(path.read_bytes())
    assert not schema.warnings
    found = fields(path.read_bytes())
    assert found["id"] == "string"
    assert found["time"] == {"one of": ["timestamp-ns", "null"]}
    assert found["data_base64"] == {"one of": ["bytes", "null"]}
    assert isinstance(schema.root, model.Record)
    required = [each.name for each in schema.root.fields if each.presence is model.Presence.REQUIRED]
    assert required == ["id", "source", "specversion", "type"]


@pytest.mark.parametrize("uri", METASCHEMAS)
def test_metaschemas(uri: str) -> None:
    """Every metaschema is itself a schema that can be read."""
    schema = read(jsonschema_specifications.REGISTRY[uri].contents)
    records = [each for each in schema.names.values() if isinstance(each, model.Record)]
    assert records
    assert all(each.fields for each in records)


def test_pickle() -> None:
    """A schema with a recursive record survives pickling: it still contains itself, and MISSING is MISSING."""
    schema = pickle.loads(pickle.dumps(read({"title": "T", **beside(n={"type": "array", "items": {"$ref": "#"}})})))
    assert isinstance(schema.root, model.Record)
    field = schema.root.fields[0]
    assert isinstance(field.type, model.Array)
    assert field.type.items is schema.root is schema.names["T"]
    assert field.default is model.MISSING


def test_reading_twice_gives_the_same() -> None:
    """Names and order don't depend on chance."""
    document = beside(a={"enum": ["x"]}, b=beside(c={"enum": ["y"]}), d={"anyOf": [beside(e={}), {"type": "null"}]})
    assert repr(read(document)) == repr(read(json.loads(json.dumps(document))))


NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(
    st.booleans(),
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"]),
            "format": st.sampled_from(["date-time", "uuid", "int32", "float", "byte"]),
            "minimum": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
            "exclusiveMaximum": st.integers(),
            "enum": st.lists(st.none() | st.booleans() | st.integers() | st.text(max_size=2), min_size=1, max_size=3),
            "const": st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=2),
            "nullable": st.booleans(),
            "title": st.text(max_size=4),
            "default": st.integers(),
            "required": st.lists(NAMES, unique=True),
            "$ref": st.sampled_from(["#", "#/$defs/a", "#/$defs/b", "#/$defs/c", "#/properties/a", "http://x.test/"]),
        },
    ),
)
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["array", "object", ["object", "null"], ["integer", "number", "array"]]),
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "patternProperties": st.dictionaries(NAMES, inner, max_size=2),
            "additionalProperties": inner,
            "items": inner,
            "allOf": st.lists(inner, min_size=1, max_size=3),
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "$defs": st.dictionaries(NAMES, inner, max_size=3),
            "$ref": st.sampled_from(["#", "#/$defs/a", "#/$defs/b"]),
            "if": inner,
        },
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=SCHEMAS, draft=st.sampled_from([None, DRAFT_07, DRAFT_2019, DRAFT_2020]))
def test_random_schemas(document: Any, draft: str | None) -> None:
    """Whatever the schema, it is read or refused with SchemaError; what is read is finite, named once, picklable."""
    if draft and isinstance(document, dict):
        document = {"$schema": draft, **document}
    try:
        schema = read(document)
    except SchemaError:
        return
    types = list(model.walk(schema.root))
    named = [each.name for each in types if isinstance(each, model.Record | model.Enum)]
    assert sorted(named) == sorted(schema.names)
    assert not any(
        isinstance(inner, model.Union) for each in types if isinstance(each, model.Union) for inner in each.branches
    )
    assert repr(pickle.loads(pickle.dumps(schema))) == repr(schema)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "$ref", "$id", "items", "enum", "allOf", "properties", "$anchor", "$schema"]),
            inner,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=300, deadline=None)
@given(document=st.dictionaries(st.sampled_from(["type", "$ref", "$id", "items", "$defs", "allOf", "x"]), JUNK))
def test_junk(document: Any) -> None:
    """Values in the wrong places are refused with SchemaError, never another exception."""
    with contextlib.suppress(SchemaError):
        read(document | {"properties": {"p": {"$ref": "#/x"}}})
