"""Mapping into every target format: presence, nested records, maps, unions, oneofs, and whole records."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

import translator
from tests.translator.mapping.support import (
    AVRO,
    BARE,
    INTEGER,
    NUMBER,
    ORDER,
    SOURCES,
    TEXT,
    avro_bytes,
    avro_value,
    mapped,
    message,
    objects,
    proto,
    record,
    refused,
    source,
    to_json,
)

ADDRESS = record(("city", "string"), ("zip", ["null", "string"]), name="Address")
PERSON = record(
    ("name", "string"), ("age", ["null", "int"]), ("address", ["null", ADDRESS]),
    ("home", record(("x", ["null", "int"]), name="H")),
    ("labels", {"type": "map", "values": "string"}), ("maybe", ["null", {"type": "map", "values": ["null", "string"]}]),
    ("any", ["null", "string", "long", "double"]), name="Person",
)  # fmt: skip
TO_PERSON = {
    "name": "customer.name", "age": "customer.age", "address.city": "customer.address.city",
    "address.zip": "customer.address.zip", "home.x": "customer.age", "labels.site": "labels.site",
    'labels["a b"]': 'labels["a b"]', "maybe.x": "labels.site", "any": "note",
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_to_avro(name: str) -> None:
    """Nullable records, maps and unions are null where nothing in them has a value; required ones are there."""
    plan = mapped(source(name), PERSON, TO_PERSON)
    assert avro_value(PERSON, plan.translate(message(name, ORDER))) == {
        "name": "Ada", "age": 36, "address": {"city": "Bern", "zip": None}, "home": {"x": 36},
        "labels": {"site": "hall", "a b": "x"}, "maybe": {"x": "hall"}, "any": "Größe",
    }  # fmt: skip
    assert avro_value(PERSON, plan.translate(message(name, BARE))) == {
        "name": "Bob", "age": None, "address": None, "home": {"x": None}, "labels": {}, "maybe": None, "any": None,
    }  # fmt: skip


PEOPLE = """
syntax = "proto3";
package p;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message Person {
  string name = 1; optional int32 age = 2; Address address = 3; map<string, Address> homes = 4;
  oneof contact { string mail = 5; Address post = 6; google.protobuf.Timestamp since = 7; }
  google.protobuf.Int64Value count = 8; repeated Line lines = 9; map<int32, string> numbered = 10;
  Address whole = 11; uint64 big = 12; bytes raw = 13;
}
message Address { string city = 1; Inner inner = 2; }
message Inner { string zip = 1; }
message Line { double value = 1; optional string unit = 2; }
"""


@pytest.mark.parametrize("name", SOURCES)
def test_to_protobuf(name: str) -> None:
    """Submessages, map entries, wrappers, lists of messages; presence is kept."""
    fields = {
        "name": "customer.name", "age": "customer.age", "address.inner.zip": "customer.address.city",
        "homes.first.city": "customer.address.city", 'homes["none"].city': "customer.address.zip",
        "post.city": "customer.address.city", "count": "count", "lines": "readings", "whole": "customer.address",
        "big": "epoch", "raw": {"path": "id", "cast": "bytes"},
    }  # fmt: skip
    plan = mapped(source(name), proto(PEOPLE), fields)
    shown = translator.compile(proto(PEOPLE), ("protojson", proto(PEOPLE)))
    assert json.loads(shown.translate(plan.translate(message(name, ORDER)))) == {
        "name": "Ada", "age": 36, "address": {"inner": {"zip": "Bern"}}, "homes": {"first": {"city": "Bern"}},
        "post": {"city": "Bern"}, "count": "9007199254740993", "whole": {"city": "Bern"}, "big": "1700000000",
        "lines": [{"value": 0.5, "unit": "K"}, {"value": -1.25}], "raw": "QS0x",
    }  # fmt: skip
    without = json.loads(shown.translate(plan.translate(message(name, BARE))))
    assert without == {"name": "Bob", "count": "9007199254740993", "big": "1700000000", "raw": "QS0x"}


@pytest.mark.parametrize("name", SOURCES)
def test_to_a_signal(name: str) -> None:
    """The neuron signal: required parts of required parts, an optional gradient, its own default strength."""
    fields: dict[str, Any] = {
        "signal_id": {"uuid5": ["id"]}, "batch_id": {"const": "AAAAAAAA-0000-0000-0000-000000000001"},
        "from_neuron": "customer.name", "to_neuron": {"const": "x"}, "layer_from": {"const": "L1"},
        "layer_to": {"path": "level", "enum": {"low": "L1", "mid": "L1", "high": "L2"}},
        "propagation_type": {"const": "Backward"}, "timestamp": "at", "payload.activation.content": "id",
        "payload.gradient.error_type": "note",
        "payload.gradient.magnitude": {"const": 0.1, "when": {"path": "note", "present": True}},
        "payload.gradient.loss": {"const": 2, "when": {"path": "note", "equals": "Größe"}}, "metadata": "labels",
    }  # fmt: skip
    plan = mapped(source(name), "neuron:NeuronSignal", fields)
    signal = plan.decode(message(name, ORDER), translator.NeuronSignal)
    assert (signal.layer_to, signal.metadata, signal.timestamp) == ("L2", ORDER["labels"], ORDER["at"])
    assert signal.payload.gradient is not None
    assert (signal.payload.gradient.error_type, signal.payload.gradient.loss) == ("Größe", 2.0)
    assert str(signal.batch_id) == "aaaaaaaa-0000-0000-0000-000000000001"
    if name not in ("protobuf", "untyped msgpack"):
        bare = plan.decode(message(name, BARE), translator.NeuronSignal)
        assert (bare.payload.gradient, bare.payload.activation.strength) == (None, 1.0)


@pytest.mark.parametrize("name", SOURCES)
def test_to_msgpack(name: str) -> None:
    """MessagePack by an Avro schema: whole lists, maps and records, paired by name."""
    line = record(("unit", ["null", "string"]), ("value", "double"), name="Line")
    target = record(("lines", {"type": "array", "items": line}), ("labels", {"type": "map", "values": "string"}),
                    ("tags", {"type": "array", "items": "string"}), ("n", {"type": "array", "items": "long"}),
                    ("who", record(("name", "string"), name="Who")))  # fmt: skip
    fields = {"lines": "readings", "labels": "labels", "tags": "tags", "n": "numbers", "who": "customer"}
    found = msgspec.msgpack.decode(mapped(source(name), ("msgpack", target), fields).translate(message(name, ORDER)))
    lines = [{"unit": "K", "value": 0.5}, {"unit": None, "value": -1.25}]
    assert found == {
        "lines": lines, "labels": ORDER["labels"], "tags": ORDER["tags"], "n": ORDER["numbers"], "who": {"name": "Ada"},
    }  # fmt: skip


def test_required_parts_of_an_optional_record() -> None:
    """An optional record whose required member's record has nothing is absent; with something it must be whole."""
    inner = objects(("must",), must=TEXT, other=TEXT)
    outer = objects(("inner",), inner={**inner, "title": "I"}, extra=TEXT)
    schema = objects(("id",), id=TEXT, outer={**outer, "title": "O"})
    fields = {"id": "id", "outer.inner.must": "a", "outer.inner.other": "b", "outer.extra": "c"}
    plan = mapped("json", schema, fields)
    assert json.loads(plan.translate(b'{"id": "x"}')) == {"id": "x"}
    assert json.loads(plan.translate(b'{"id": "x", "a": "1"}')) == {"id": "x", "outer": {"inner": {"must": "1"}}}
    assert refused(plan, b'{"id": "x", "b": "1"}')[0] == "MISSING"
    assert refused(plan, b'{"id": "x", "c": "1"}')[0] == "MISSING"
    assert refused(plan, b'{"a": "1"}') == ("MISSING", "fields.id")


def test_oneof_of_the_target() -> None:
    """S20: one member of a oneof, whichever; a second one is refused, by its rule's key."""
    fields = {
        "mail": "note",
        "post.city": "customer.address.city",
        "since": {"path": "at", "when": {"path": "small", "equals": 9}},
    }
    plan = mapped(AVRO, proto(PEOPLE), fields)
    assert plan.decode(message("avro", {**ORDER, "note": None})) == {"post": {"city": "Bern"}}
    assert plan.decode(message("avro", {**BARE, "note": "n"})) == {"mail": "n"}
    assert plan.decode(message("avro", {**BARE, "small": 9})) == {"since": ORDER["at"]}
    assert refused(plan, message("avro", ORDER)) == ("DUPLICATE", 'fields."post.city"')
    assert "another member of contact" in plan.losses["mail"].reason


def test_boxed_targets() -> None:
    """An optional nullable property is left out where its value is absent, a choice of kinds too."""
    choice = {"type": ["string", "number", "null"]}
    object_, text = {"type": ["object", "null"]}, {"type": ["string", "null"]}
    inner = {**objects((), x=choice), **object_, "title": "O"}
    schema = objects((), n=text, c=choice, o=inner, m={**object_, "additionalProperties": text})
    fields = {"n": "a", "c": "a", "o.x": "b", "m.k": "a"}
    plan = mapped(record(("a", ["null", "string"]), ("b", ["null", "double"])), schema, fields)
    assert json.loads(plan.translate(b"\x02\x02z\x02" + b"\0" * 6 + b"\xf8\x3f")) == {
        "n": "z", "c": "z", "o": {"x": 1.5}, "m": {"k": "z"}
    }  # fmt: skip
    assert json.loads(plan.translate(b"\0\0")) == {}
    consts = {"n": {"const": "s"}, "c": {"const": 5}, "o.x": {"const": "t"}, "m.k": {"const": "v"}}
    assert json.loads(mapped("json", schema, consts).translate(b"{}")) == {
        "n": "s",
        "c": 5,
        "o": {"x": "t"},
        "m": {"k": "v"},
    }


UNION = record(
    ("u", ["null", "string", "long",
           record(("f", "string"), ("sub", record(("g", ["null", "int"]), name="S")), name="Rec"),
           {"type": "array", "items": "int"}, {"type": "map", "values": "string"}]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, {}),
        ("s", {"s": "s"}),
        (7, {"n": 7}),
        ({"f": "F", "sub": {"g": 5}}, {"f": "F", "g": 5, "rec": {"f": "F"}}),
        ({"f": "F", "sub": {"g": None}}, {"f": "F", "rec": {"f": "F"}}),
        ([4, -5], {"item": -5, "items": [4, -5]}),
    ],
    ids=str,
)
def test_union_branches(value: Any, expected: Any) -> None:
    """Each branch by its type's name, what is inside it, and the union as a whole where the target is one."""
    fields = {
        "s": "u:string", "n": "u:long", "f": "u:Rec.f", "g": "u:Rec.sub.g", "item": "u:array[1]", "items": "u:array",
        "rec": "u:Rec",
    }  # fmt: skip
    types = {"s": TEXT, "n": INTEGER, "f": TEXT, "g": INTEGER, "item": INTEGER, "rec": objects(f=TEXT)}
    types |= {"items": {"type": "array", "items": NUMBER}}
    assert to_json(UNION, avro_bytes(UNION, {"u": value}), fields, **types) == expected


def test_union_to_union() -> None:
    """A union becomes one by branches; null is absent, so that a default takes its place."""
    source_ = record(("u", ["null", "long", "string"]))
    target = record(("a", ["null", "string", "double", "long"]), ("b", ["string", "long"]), ("c", ["null", "string"]))
    plan = mapped(source_, target, {"a": "u", "b": {"path": "u", "default": "none"}, "c": "u:string"})
    for value, b, c in ((None, "none", None), (5, 5, None), ("x", "x", "x")):
        assert avro_value(target, plan.translate(avro_bytes(source_, {"u": value}))) == {"a": value, "b": b, "c": c}


def test_untyped_targets() -> None:
    """An untyped value of a self-describing source goes where the target says no more."""
    schema = objects((), a={}, b={"type": "object"}, c={"type": "array"})
    data = b'{"p": {"x": [1, 2.50, null]}, "q": [1e400], "n": null}'
    fields = {"a": "q", "b": "p", "c": "p.x"}
    found = mapped("json", schema, fields).translate(data)
    assert found == b'{"a":[1e400],"b":{"x":[1,2.50,null]},"c":[1,2.50,null]}'
    assert mapped("json", schema, {"a": {"path": "n", "default": "d"}}).translate(data) == b'{"a":"d"}'
    assert refused(mapped("json", schema, {"c": "p"}), data) == ("TYPE", "p")


def test_a_recursive_record_as_a_whole() -> None:
    """A record that contains itself, mapped as a whole and as an item of a list."""
    node = record(("v", "int"), ("next", ["null", "Node"]), name="Node")
    source_ = record(("head", node), ("all", {"type": "array", "items": "Node"}))
    target = record(("first", node), ("second", ["null", "Node"]), name="T")
    value = {"v": 1, "next": {"v": 2, "next": None}}
    plan = mapped(source_, target, {"first": "head", "second": "all[1]"})
    data = avro_bytes(source_, {"head": value, "all": [value, {"v": 3, "next": value}]})
    assert avro_value(target, plan.translate(data)) == {"first": value, "second": {"v": 3, "next": value}}
