"""Values that are lists, maps and records of the target; what selectors find; whole values as text or untyped."""

from __future__ import annotations

import base64
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
    mapping,
    message,
    objects,
    problems,
    proto,
    record,
    refused,
    source,
    to_json,
)

TEXTS = {"type": "array", "items": TEXT}
NUMBERS = {"type": "array", "items": NUMBER}
LABELS = {"type": "object", "additionalProperties": TEXT}
LINES = {"type": "array", "items": {**objects(("what",), what=TEXT, n=NUMBER), "title": "Line"}}


@pytest.mark.parametrize("name", SOURCES)
def test_lists_and_maps(name: str) -> None:
    """A list of each item, a map of each key and value, of what `where` holds for, from every format."""
    line = {"fields": {"what": {"first": ["r.unit", "id"]}, "n": "r.value"}}
    fields: dict[str, Any] = {
        "texts": {"for_each": "t in tags", "item": {"path": "t", "upper": True}},
        "numbers": {"for_each": "i in numbers", "item": "i", "where": {"path": "i", "greater": 0}},
        "values": {"for_each": "r in readings", "item": "r.value"},
        "labels": {"for_each": "k, v in labels", "key": {"join": [{"const": "l."}, "k"]}, "value": "v"},
        "by_tag": {"for_each": ["t in tags", "r in readings"], "key": {"join": ["t", "r.value"]}, "value": "id"},
        "lines": {"for_each": "r in readings", "item": line},
        "entries": {"entries": {"a": "id", "b": "note", "c": {"const": "x"}}},
    }  # fmt: skip
    types = {"texts": TEXTS, "numbers": NUMBERS, "values": NUMBERS, "labels": LABELS, "by_tag": LABELS, "lines": LINES,
             "entries": LABELS}  # fmt: skip
    found = to_json(source(name), message(name, ORDER), fields, **types)
    assert found["by_tag"].keys() == {"red0.5", "red-1.25", "blue0.5", "blue-1.25"}
    del found["by_tag"]
    assert found == {
        "texts": ["RED", "BLUE"], "numbers": [1, 3], "values": [0.5, -1.25],
        "labels": {f"l.{key}": value for key, value in ORDER["labels"].items()},
        "lines": [{"what": "K", "n": 0.5}, {"what": "A-1", "n": -1.25}],
        "entries": {"a": "A-1", "b": "Größe", "c": "x"},
    }  # fmt: skip
    bare = to_json(source(name), message(name, BARE), fields, **types)
    assert bare["texts"] == bare["values"] == bare["lines"] == []
    assert (bare["labels"], bare["entries"]) == ({}, {"a": "A-1", "c": "x"})


@pytest.mark.parametrize("name", SOURCES)
def test_merge(name: str) -> None:
    """Maps of the source, made ones and named entries in one."""
    merge = {"merge": [
        "labels",
        {"for_each": "t in tags", "key": "t", "value": {"const": "tag"}},
        {"entries": {"level": "level", "none": "labels.nothing"}},
    ]}  # fmt: skip
    found = to_json(source(name), message(name, ORDER), {"labels": merge}, labels=LABELS)
    assert found == {"labels": {**ORDER["labels"], "red": "tag", "blue": "tag", "level": "high"}}


def test_absent_collections() -> None:
    """What is made of an absent list is absent, or empty where the target must have it; an empty list makes an empty
    one."""
    fields = {
        "t": {"for_each": "x in tags", "item": "x"},
        "m": {"merge": ["labels", {"for_each": "k, v in more", "key": "k", "value": "v"}]},
        "e": {"entries": {"a": "none"}}, "r": {"fields": {"what": "none"}},
    }  # fmt: skip
    types = {"t": TEXTS, "m": LABELS, "e": LABELS, "r": {**objects(("what",), what=TEXT), "title": "W"}}
    assert to_json("json", b"{}", fields, **types) == {}
    assert to_json("json", b'{"tags": [], "more": {}}', fields, **types) == {"t": [], "m": {}}
    del fields["r"]
    assert to_json("json", b"{}", fields, ("t", "m", "e"), **types) == {"t": [], "m": {}, "e": {}}
    target = record(("t", {"type": "array", "items": "string"}), ("m", ["null", {"type": "map", "values": "string"}]))
    plan = mapped("json", target, {"t": fields["t"], "m": fields["m"]})
    assert avro_value(target, plan.translate(b"{}")) == {"t": [], "m": None}
    required = {"t": {**fields["t"], "required": True}}
    assert refused(mapped("json", objects(t=TEXTS), required), b"{}") == ("CONDITION", "fields.t")


def test_absent_items() -> None:
    """An item, key or value that is absent is left out; so is a record without any value."""
    data = json.dumps({"l": [{"k": "a", "v": "1"}, {"k": "b"}, {"v": "3"}, None, {"k": "d", "v": "4"}]}).encode()
    fields = {
        "t": {"for_each": "x in l", "item": "x.v"}, "m": {"for_each": "x in l", "key": "x.k", "value": "x.v"},
        "r": {"for_each": "x in l", "item": {"fields": {"what": "x.k"}}},
        "w": {"for_each": "x in l", "item": "x.k", "when": {"path": "none", "present": True}},
    }  # fmt: skip
    found = to_json("json", data, fields, t=TEXTS, m=LABELS, r=LINES, w=TEXTS)
    assert found == {
        "t": ["1", "3", "4"],
        "m": {"a": "1", "d": "4"},
        "r": [{"what": "a"}, {"what": "b"}, {"what": "d"}],
    }
    assert problems("json", objects(r=LINES), {"r": {"for_each": "x in l", "item": {"fields": {"n": "x.n"}}}}) == [
        ("fields.r.item.fields.what", "the target requires it, and no rule writes it")
    ]


def test_nullable_items() -> None:
    """Items and values that may be null are what they are where they are there."""
    target = record(
        ("l", {"type": "array", "items": ["null", "long"]}), ("m", {"type": "map", "values": ["null", "string"]}),
        ("u", {"type": "array", "items": ["null", "long", "string"]}),
    )  # fmt: skip
    fields = {
        "l": {"for_each": "i in numbers", "item": "i"}, "m": {"for_each": "k, v in labels", "key": "k", "value": "v"},
        "u": {"for_each": "t in tags", "item": "t"},
    }  # fmt: skip
    for name in ("avro", "json", "protobuf"):
        found = avro_value(target, mapped(source(name), target, fields).translate(message(name, ORDER)))
        assert found == {"l": [1, -2, 3], "m": ORDER["labels"], "u": ["red", "blue"]}, name


def test_to_protobuf() -> None:
    """Repeated fields and maps of messages, with keys that are numbers."""
    schema = proto("""
        syntax = "proto3"; package p;
        message M { repeated Line lines = 1; map<int32, Line> numbered = 2; repeated int32 packed = 3; }
        message Line { string what = 1; double n = 2; }""")
    line = {"fields": {"what": {"const": "w"}, "n": "r.value"}}
    key = {"path": "r.value", "scale": 4, "cast": "int32"}
    fields = {
        "lines": {"for_each": "r in readings", "item": line},
        "numbered": {"for_each": "r in readings", "key": key, "value": line},
        "packed": {"for_each": "i in numbers", "item": "i"},
    }  # fmt: skip
    shown = translator.compile(schema, ("json", schema))
    data = mapped(AVRO, schema, fields).translate(message("avro", ORDER))
    lines = [{"what": "w", "n": 0.5}, {"what": "w", "n": -1.25}]
    assert json.loads(shown.translate(data)) == {
        "lines": lines, "numbered": {"2": lines[0], "-5": lines[1]}, "packed": [1, -2, 3],
    }  # fmt: skip


def test_keys_twice() -> None:
    """S15: a key twice is refused in a map that is made, or by policy the last one counts."""
    fields = {"m": {"merge": ["a", {"for_each": "x in l", "key": "x.k", "value": "x.v"}]}}
    data = b'{"a": {"k": "1", "z": "2"}, "l": [{"k": "k", "v": "3"}]}'
    assert refused(mapped("json", objects(m=LABELS), fields), data) == ("DUPLICATE", "fields.m.merge")
    document = mapping(fields, policies={"duplicates": "last"})
    found = json.loads(translator.compile("json", objects(m=LABELS), document).translate(data))
    assert found == {"m": {"k": "3", "z": "2"}}
    fields = {"m": {"for_each": "x in l", "key": "x.k", "value": "x.v"}}
    twice = b'{"l": [{"k": "k", "v": "3"}, {"k": "k", "v": "4"}]}'
    assert refused(mapped("json", objects(m=LABELS), fields), twice) == ("DUPLICATE", "fields.m.for_each")


WRONG: list[tuple[Any, Any, str, str]] = [
    ({"for_each": "t in tags", "item": "t"}, TEXT, ".for_each", "makes a list, where string is wanted"),
    ({"for_each": "t in tags", "item": "t"}, LABELS, ".for_each", "makes a list, where map is wanted"),
    ({"entries": {"a": "id"}}, TEXTS, ".entries", "makes a map, where array is wanted"),
    ({"fields": {"what": "id"}}, LABELS, ".fields", "makes a record, where map is wanted"),
    ({"for_each": "t in tags", "item": "x"}, TEXTS, ".item", "has no field 'x'"),
    ({"for_each": "t in tags", "item": "t.x"}, TEXTS, ".item", "string has no x"),
    ({"for_each": "t in tag", "item": "t"}, TEXTS, ".for_each", 'did you mean "tags"?'),
    ({"for_each": "t in tags", "item": "t"}, NUMBERS, ".item", "string can't become float64"),
    ({"join": [{"for_each": "t in tags", "item": "t"}]}, TEXT, ".join[0].for_each", "where a single value is wanted"),
    ({"merge": ["tags"]}, LABELS, ".merge[0]", "array can't become map"),
    ({"for_each": "r in readings", "item": {"fields": {"wat": "r.unit"}}}, LINES, ".item.fields.wat", 'mean "what"?'),
    ('readings[unit="K"]', TEXT, "", "what is selected can't be taken as a whole"),
    ('labels[unit="K"].x', TEXT, "", "map is not a list"),
    ('readings[x="K"].value', NUMBER, "", "has no field 'x'"),
    ({"entries": {"a": "id"}}, {"type": "object"}, ".entries", "where an untyped value is wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "type_", "key", "reason"), WRONG, ids=range(len(WRONG)))
def test_what_does_not_compile(value: Any, type_: Any, key: str, reason: str) -> None:
    """The problem has the document's key and says what is wrong."""
    found = problems(AVRO, objects(f=type_), {"f": value})
    assert [each for each in found if each[0] == f"fields.f{key}" and reason in each[1]], found


# --- selectors ---

PAIRS = {"attributes": [
    {"name": "b", "text": "B", "n": 1}, {"name": "a", "text": "A", "n": None}, {"name": "a", "text": "A2", "n": 3},
]}  # fmt: skip
PAIRS_AVRO = record(("attributes", {"type": "array", "items": record(
    ("name", "string"), ("text", "string"), ("n", ["null", "int"]), name="Pair")}))  # fmt: skip


@pytest.mark.parametrize("name", ["avro", "json", "msgpack", "protobuf"])
def test_selectors(name: str) -> None:
    """`[name="text"]` is the list's first record with that member; where there is none, nothing in it is there."""
    pb = proto("""
        syntax = "proto3"; message M { repeated Pair attributes = 1; }
        message Pair { string name = 1; string text = 2; optional int32 n = 3; }""")
    clean = [{key: value for key, value in each.items() if value is not None} for each in PAIRS["attributes"]]
    data = {
        "avro": lambda: avro_bytes(PAIRS_AVRO, PAIRS), "json": lambda: json.dumps(PAIRS).encode(),
        "msgpack": lambda: msgspec.msgpack.encode(PAIRS),
        "protobuf": lambda: translator.compile(("json", pb), pb).translate(json.dumps({"attributes": clean}).encode()),
    }  # fmt: skip
    fields = {
        "a": 'attributes[name="a"].text', "n": 'attributes[name="b"].n', "none": 'attributes[name="x"].text',
        "null": 'attributes[name="a"].n', "by_text": 'attributes[text="A2"].n',
        "there": {"const": "yes", "when": {"path": 'attributes[name="a"]', "present": True}},
        "not": {"const": "yes", "when": {"path": 'attributes[name="x"]', "present": True}},
    }  # fmt: skip
    schema = {"avro": PAIRS_AVRO, "protobuf": pb}.get(name, name)
    types: dict[str, Any] = {**dict.fromkeys(fields, TEXT), "n": INTEGER, "null": INTEGER, "by_text": INTEGER}
    assert to_json(schema, data[name](), fields, **types) == {"a": "A", "n": 1, "by_text": 3, "there": "yes"}
    assert to_json(schema, b"\0" if name == "avro" else {"json": b"{}", "msgpack": b"\x80"}.get(name, b""), fields,
                   **types) == {}  # fmt: skip


def test_selectors_without_a_schema() -> None:
    """What a neighbour of the selected item holds doesn't matter: the value is converted once it is found."""
    data = b'{"l": [{"k": "a", "v": "text"}, {"k": "n", "v": 5}, {"v": [1]}, {"k": "r", "v": {"x": 1}}, null]}'
    fields = {"a": 'l[k="a"].v', "n": 'l[k="n"].v', "r": {"path": 'l[k="r"].v', "cast": "string"}}
    assert to_json("json", data, fields, a=TEXT, n=INTEGER, r=TEXT) == {"a": "text", "n": 5, "r": '{"x":1}'}
    nested = b'{"l": [{"k": "a", "in": [{"k": "x", "v": "1"}, {"k": "y", "v": "2"}]}]}'
    assert to_json("json", nested, {"a": 'l[k="a"].in[k="y"].v'}, a=TEXT) == {"a": "2"}


# --- whole values ---


@pytest.mark.parametrize("name", SOURCES)
def test_json_text(name: str) -> None:
    """A record, list or map as text is its JSON, in the schema's names, alone or in a text."""
    fields = {
        "tags": {"path": "tags", "cast": "string"}, "map": {"path": "labels", "cast": "string"},
        "list": {"join": [{"const": "> "}, "readings"]}, "customer": {"path": "customer", "cast": "string"},
        "none": {"path": "customer.nothing" if "untyped" in name else "note", "cast": "string"},
    }  # fmt: skip
    found = to_json(source(name), message(name, ORDER), fields, **dict.fromkeys(fields, TEXT))
    assert json.loads(found["tags"]) == ORDER["tags"]
    assert json.loads(found["map"]) == ORDER["labels"]
    readings = json.loads(found["list"].removeprefix("> "))
    assert [(each["value"], each.get("unit")) for each in readings] == [(0.5, "K"), (-1.25, None)]
    customer = json.loads(found["customer"])
    assert (customer["name"], customer["age"], customer["address"]["city"]) == ("Ada", 36, "Bern")


def test_json_text_of_what_json_has_not() -> None:
    """S4, S8: NaN is refused where it is read, also on the way to a format that has it; bytes are base64."""
    schema = record(("r", record(("v", "double"), ("raw", "bytes"), name="V")), ("v", "double"))
    target = record(("t", "string"), ("v", "double"))
    plan = mapped(schema, target, {"t": {"path": "r", "cast": "string"}, "v": "v"})
    value = {"r": {"v": 1.5, "raw": b"\xff\0"}, "v": float("nan")}
    found = avro_value(target, plan.translate(avro_bytes(schema, value)))
    assert json.loads(found["t"]) == {"v": 1.5, "raw": base64.b64encode(b"\xff\0").decode()}
    assert refused(plan, avro_bytes(schema, {**value, "r": {"v": float("inf"), "raw": b""}})) == ("NOT_FINITE", "r.v")


ODD = record(
    ("r", record(("n", "long"), ("t", {"type": "long", "logicalType": "timestamp-millis"}), ("o", ["null", "string"]),
                 ("l", {"type": "array", "items": "int"}), name="V")), ("n", "long"), ("d", "double"),
)  # fmt: skip
ODD_VALUE = {"r": {"n": 2**60, "t": 0, "o": None, "l": [1, 2]}, "n": 7, "d": 0.5}


def test_typed_values_into_untyped_ones() -> None:
    """A whole typed value goes where the target says no more, in JSON and in MessagePack."""
    target = objects((), r={}, n={}, d={}, o={"type": "object"})
    data = avro_bytes(ODD, ODD_VALUE)
    fields = {"r": "r", "n": "n", "d": {"path": "d", "scale": 2}, "o": "r"}
    expected = {"n": 2**60, "t": "1970-01-01T00:00:00Z", "o": None, "l": [1, 2]}
    assert json.loads(mapped(ODD, target, fields).translate(data)) == {"r": expected, "n": 7, "d": 1.0, "o": expected}
    packed = msgspec.msgpack.decode(mapped(ODD, ("msgpack", target), fields).translate(data))
    assert (packed["r"]["n"], packed["r"]["t"].isoformat()) == (2**60, "1970-01-01T00:00:00+00:00")


def test_typed_values_into_a_struct() -> None:
    """S34: a Struct's numbers are doubles; a larger integer is refused, by the rule."""
    schema = proto("""
        syntax = "proto3"; package p; import "google/protobuf/struct.proto";
        message M { google.protobuf.Struct s = 1; google.protobuf.Value v = 2; }""")
    plan = mapped(ODD, schema, {"s": "r", "v": "n"})
    shown = translator.compile(schema, ("protojson", schema))
    data = avro_bytes(ODD, {**ODD_VALUE, "r": {**ODD_VALUE["r"], "n": 5}})
    assert json.loads(shown.translate(plan.translate(data))) == {
        "s": {"n": 5.0, "t": "1970-01-01T00:00:00Z", "o": None, "l": [1.0, 2.0]}, "v": 7.0,
    }  # fmt: skip
    odd = avro_bytes(ODD, {**ODD_VALUE, "r": {**ODD_VALUE["r"], "n": 2**60 + 1}})
    assert refused(plan, odd) == ("INEXACT", "fields.s[?]")
    plan = mapped(ODD, schema, {"s": {"path": "r", "when": {"path": "n", "equals": 0}}, "v": "d"})
    assert json.loads(shown.translate(plan.translate(data))) == {"v": 0.5}


def test_text_forms_of_bytes() -> None:
    """`encode` makes text of bytes, `decode` bytes of text, before all other modifiers."""
    schema = record(("id", "bytes"), ("text", "string"), ("key", {"type": "fixed", "name": "F", "size": 4}))
    raw = bytes(range(16))
    data = avro_bytes(schema, {"id": raw, "text": raw.hex(), "key": b"\xde\xad\xbe\xef"})
    fields = {
        "hex": {"path": "id", "encode": "hex"}, "upper": {"path": "key", "encode": "hex", "upper": True},
        "b64": {"path": "id", "encode": "base64"}, "uuid": {"path": "text", "decode": "hex", "cast": "uuid"},
        "again": {"path": "text", "decode": "hex", "encode": "base64"},
        "joined": {"join": [{"path": "key", "encode": "hex"}]},
    }  # fmt: skip
    found = to_json(schema, data, fields, **dict.fromkeys(fields, TEXT))
    b64 = base64.b64encode(raw).decode()
    assert found == {
        "hex": raw.hex(), "upper": "DEADBEEF", "b64": b64, "uuid": "00010203-0405-0607-0809-0a0b0c0d0e0f", "again": b64,
        "joined": "deadbeef",
    }  # fmt: skip
    plan = mapped("json", objects(f=TEXT), {"f": {"path": "t", "decode": "base64", "encode": "hex"}})
    assert plan.translate(b'{"t": "3q0="}') == b'{"f":"dead"}'
    assert refused(plan, b'{"t": "?"}') == ("BYTES", "fields.f")


def test_counts_of_time() -> None:
    """A count of time is one in any integer, and in a text's digits (OTLP's JSON)."""
    pb = proto('syntax = "proto3"; message M { fixed64 t = 1; uint64 u = 2; string s = 3; }')
    time = {"type": "string", "format": "date-time"}
    fields = {name: {"path": name, "time": "ns"} for name in ("t", "u", "s")}
    value = {"t": 1544712660300000000, "u": 1544712660300000000, "s": "1544712660300000000"}
    expected = dict.fromkeys(fields, "2018-12-13T14:51:00.300Z")
    data = translator.compile(("json", pb), pb).translate(json.dumps(value).encode())
    assert to_json(pb, data, fields, **dict.fromkeys(fields, time)) == expected
    for name in ("json", "msgpack"):
        packed = json.dumps(value).encode() if name == "json" else msgspec.msgpack.encode(value)
        assert to_json(name, packed, fields, **dict.fromkeys(fields, time)) == expected
    assert refused(mapped("json", objects(t=time), {"t": fields["t"]}), b'{"t": "soon"}') == ("NUMBER", "fields.t")
