"""The JSON Schema reader: what is typed, and by which rules."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import jsonschema_specifications  # type: ignore[import-untyped]
import pytest

from native.errors import SchemaError
from schemas import model
from schemas.jsonschema import read
from tests.schemas.jsonschema_shapes import (
    DRAFT_04,
    DRAFT_07,
    DRAFT_2019,
    DRAFT_2020,
    beside,
    fields,
    record,
    root,
    shape,
)

DATA = Path(__file__).parents[2].parent / "shared" / "data"
METASCHEMAS = sorted(uri for uri in jsonschema_specifications.REGISTRY if "draft-03" not in uri)


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
