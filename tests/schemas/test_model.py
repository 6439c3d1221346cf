"""The type model: schemas pickle at any depth, and stay what they were."""

from __future__ import annotations

import copy
import pickle

import pytest

from schemas import avro, neuron
from schemas.canonical import same
from schemas.model import (
    MISSING,
    Array,
    Field,
    Fixed,
    Int,
    Language,
    Map,
    Null,
    Presence,
    Record,
    Schema,
    String,
    Type,
    Union,
    walk,
)

DEPTH = 5000


def again(schema: Schema) -> Schema:
    found = pickle.loads(pickle.dumps(schema))
    assert isinstance(found, Schema)
    return found


def chain() -> Schema:
    """Records inside each other, the last of which holds the first."""
    records = [Record(f"r{i}") for i in range(DEPTH)]
    for each, inner in zip(records, [*records[1:], records[0]], strict=True):
        each.fields = [Field("next", Union((Null(), inner)))]
    return Schema(records[0], "avro", {each.name: each for each in records})


def test_deep_chain() -> None:
    """5,000 records inside each other pickle and copy, and still hold each other."""
    for found in (again(chain()), copy.deepcopy(chain())):
        at: Type = found.root
        for i in range(DEPTH):
            assert isinstance(at, Record)
            assert at is found.names[f"r{i}"]
            union = at.fields[0].type
            assert isinstance(union, Union)
            at = union.branches[1]
        assert at is found.root


def test_deep_arrays() -> None:
    """So do 5,000 lists and maps inside each other."""
    type_: Type = Int(32)
    for _ in range(DEPTH):
        type_ = Map(String(), Array(type_))
    kinds = [type(each).__name__ for each in walk(again(Schema(type_, "jsonschema")).root)]
    assert kinds == [*["Map", "String", "Array"] * DEPTH, "Int"]


def test_mutual_recursion() -> None:
    """Two records that hold each other in lists and unions do so afterwards; a shared type stays one."""
    a, b, shared = Record("a"), Record("b"), Fixed(4, "f", ("g",))
    a.fields = [Field("bs", Array(b)), Field("x", shared)]
    b.fields = [Field("a", Union((Null(), a, b))), Field("y", Map(String(), shared))]
    found = again(Schema(a, "avro", {"b": b, "a": a, "f": shared}, ["a warning"]))
    assert same(found.root, a)
    assert found.warnings == ["a warning"]
    assert list(found.names) == ["b", "a", "f"]
    assert {id(each) for each in walk(found.root)} >= {id(each) for each in found.names.values()}


def test_fields_keep_everything() -> None:
    """Every property of a field survives, MISSING and nested defaults included."""
    field = Field(
        "n",
        Int(8, signed=False),
        Presence.IMPLICIT,
        7,
        "N",
        ("m",),
        {"k": [b"\0", None, 1.5]},
        "group",
        True,
        True,
        "doc",
    )
    plain = Field("p", String(validated=False))
    record = Record("r", [field, plain], ("s",), open=False, doc="all of it")
    found = again(Schema(record, "protobuf"))
    assert repr(found.root) == repr(record)
    assert isinstance(found.root, Record)
    assert found.root.fields[1].default is MISSING


def test_names_beside_the_root() -> None:
    """A named type that the root doesn't reach is kept too."""
    found = again(Schema(String(), "avro", {"alone": Record("alone")}))
    assert isinstance(found.names["alone"], Record)


@pytest.mark.parametrize("language", ["avro", "protobuf", "jsonschema"])
@pytest.mark.parametrize("name", neuron.NAMES)
def test_built_in(name: str, language: Language) -> None:
    """The built-in schemas pickle."""
    schema = neuron.load(name, language)
    assert same(again(schema).root, schema.root)


def test_pickled_twice() -> None:
    """Pickling doesn't change what is pickled."""
    schema = avro.read({"type": "array", "items": {"type": "record", "name": "R", "fields": []}})
    assert pickle.dumps(schema) == pickle.dumps(schema)
    assert pickle.dumps(again(schema)) == pickle.dumps(schema)
