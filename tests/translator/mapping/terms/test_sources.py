"""Every construct of a mapping from every source format: the same values, whatever the order was written in."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.translator.mapping.support import (
    BARE,
    INTEGER,
    NUMBER,
    ORDER,
    SOURCES,
    TEXT,
    mapped,
    message,
    objects,
    proto,
    refused,
    source,
    to_json,
)
from translator.mapping.document import DEFAULT_NAMESPACE

TRUTH = {"type": "boolean"}
TIME = {"type": "string", "format": "date-time"}
FLOAT = {"type": "number", "format": "float"}
ANY_INTEGER = {"type": "integer"}
ABSENT = object()


def uuid5(*texts: str) -> str:
    data = b"".join(len(text.encode()).to_bytes(4, "big") + text.encode() for text in texts)
    digest = bytearray(hashlib.sha1(DEFAULT_NAMESPACE.bytes + data).digest()[:16])
    return str(UUID(bytes=bytes(digest), version=5))


def cast(path: str, to: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "cast": to, **more}


CASES: list[tuple[Any, Any, Any]] = [
    # value, type of the target, what becomes of ORDER
    ("id", TEXT, "A-1"),
    ("count", INTEGER, 2**53 + 1),
    ("small", INTEGER, -7),
    ("price", NUMBER, 2.5),
    ("small", NUMBER, -7.0),
    ("ok", TRUTH, True),
    ("at", TIME, "2026-11-22T09:30:00.250Z"),
    ("level", TEXT, "high"),
    ("level", {"enum": ["none", "high", "mid", "low"]}, "high"),
    ("note", TEXT, "Größe"),
    ("customer.name", TEXT, "Ada"),
    ("customer.age", INTEGER, 36),
    ("customer.address.city", TEXT, "Bern"),
    ("customer.address.zip", TEXT, ABSENT),
    ("labels.site", TEXT, "hall"),
    ('labels["a b"]', TEXT, "x"),
    ("labels.nothing", TEXT, ABSENT),
    (cast("labels.n", "int64"), INTEGER, 5),
    ("readings[0].value", NUMBER, 0.5),
    ("readings[1].value", NUMBER, -1.25),
    ("readings[0].unit", TEXT, "K"),
    ("readings[1].unit", TEXT, ABSENT),
    ("readings[2].value", NUMBER, ABSENT),
    ("tags[1]", TEXT, "blue"),
    ("numbers[1]", INTEGER, -2),
    ("tags", {"type": "array", "items": TEXT}, ["red", "blue"]),
    ("numbers", {"type": "array", "items": NUMBER}, [1, -2, 3]),
    ("labels", {"type": "object", "additionalProperties": TEXT}, ORDER["labels"]),
    ("readings", {"type": "array", "items": objects(value=NUMBER)}, [{"value": 0.5}, {"value": -1.25}]),
    ("customer", objects(name=TEXT, age=INTEGER), {"name": "Ada", "age": 36}),
    ("readings[1]", objects(value=NUMBER), {"value": -1.25}),
    ({"const": 5}, INTEGER, 5),
    ({"const": True}, TRUTH, True),
    ({"const": 0.1}, FLOAT, pytest.approx(0.1)),
    ({"const": "2026-01-01T00:00:00+01:00"}, TIME, "2025-12-31T23:00:00Z"),
    ({"first": ["customer.address.zip", "labels.nothing", "tags[0]"]}, TEXT, "red"),
    ({"first": ["note", "id"]}, TEXT, "Größe"),
    ({"first": ["labels.nothing", "tags[9]"], "default": "d"}, TEXT, "d"),
    ({"path": "labels.nothing", "default": "d"}, TEXT, "d"),
    ({"path": "labels.site", "default": "d", "required": True}, TEXT, "hall"),
    (cast("count", "string"), TEXT, "9007199254740993"),
    (cast("price", "string"), TEXT, "2.5"),
    (cast("ok", "string"), TEXT, "true"),
    (cast("small", "float64"), NUMBER, -7.0),
    (cast("price", "int32", truncate=True), INTEGER, 2),
    (cast("price", "int32", rounding="round"), INTEGER, 2),
    (cast("readings[1].value", "int64", rounding="round"), INTEGER, -1),
    (cast("id", "string", lower=True), TEXT, "a-1"),
    ({"path": "note", "upper": True}, TEXT, "GRößE"),
    ({"path": "small", "scale": 0.5, "offset": 10}, NUMBER, 6.5),
    ({"path": "price", "scale": 4}, INTEGER, 10),
    ({"path": "epoch", "time": "s"}, TIME, "2023-11-14T22:13:20Z"),
    ({"path": "epoch", "time": "ms"}, TIME, "1970-01-20T16:13:20Z"),
    ({"path": "epoch", "time": "us"}, TIME, "1970-01-01T00:28:20Z"),
    ({"path": "epoch", "time": "ns"}, TIME, "1970-01-01T00:00:01.700Z"),
    ({"join": ["id", {"const": "/"}, "count", {"const": "/"}, "ok"]}, TEXT, "A-1/9007199254740993/true"),
    ({"join": ["level", {"const": " "}, "price"]}, TEXT, "high 2.5"),
    ({"join": ["at"]}, TEXT, "2026-11-22T09:30:00.250Z"),
    ({"join": ["id", "labels.nothing"]}, TEXT, ABSENT),
    ({"join": ["id", {"path": "labels.nothing", "default": "?"}]}, TEXT, "A-1?"),
    ({"uuid5": ["id", "count"]}, TEXT, uuid5("A-1", "9007199254740993")),
    ({"uuid5": ["id", "at"]}, {"type": "string", "format": "uuid"}, uuid5("A-1", "2026-11-22T09:30:00.250Z")),
    ({"uuid5": ["id", "labels.nothing"]}, TEXT, ABSENT),
    ({"path": "level", "enum": {"low": "L", "high": "H"}, "otherwise": "?"}, TEXT, "H"),
    ({"path": "level", "enum": {"low": "L"}, "otherwise": "?"}, TEXT, "?"),
    ({"path": "level", "enum": {"low": 1, "high": -3}, "otherwise": 0}, INTEGER, -3),
    ({"path": "level", "enum": {"low": 1, "high": 2**40}}, INTEGER, 2**40),
    ({"path": "level", "enum": {"low": 1, "high": 2.5}}, NUMBER, 2.5),
    ({"path": "level", "enum": {"high": True}, "otherwise": False}, TRUTH, True),
    ({"path": "level", "enum": {"high": "on"}, "otherwise": "off"}, {"enum": ["on", "off"]}, "on"),
    ({"path": "id", "enum": {"A-1": "one", "B": "two"}}, TEXT, "one"),
    ({"path": "small", "enum": {"-7": "seven", "0": "zero"}}, TEXT, "seven"),
    ({"path": "ok", "enum": {"true": "yes", "false": "no"}}, TEXT, "yes"),
    ({"path": "id", "when": "ok"}, TEXT, "A-1"),
    ({"path": "id", "when": {"path": "level", "equals": "low"}}, TEXT, ABSENT),
]  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_each_construct(name: str) -> None:
    """A value is the same from every format, each by itself and all in one mapping."""
    data = message(name, ORDER)
    together = {f"f{i}": value for i, (value, _, _) in enumerate(CASES)}
    types = {f"f{i}": type_ for i, (_, type_, _) in enumerate(CASES)}
    expected = {f"f{i}": result for i, (_, _, result) in enumerate(CASES) if result is not ABSENT}
    found = to_json(source(name), data, together, **types)
    assert {key: found.get(key) for key in expected} == expected
    assert found.keys() == expected.keys()


@pytest.mark.parametrize("name", ["avro", "untyped json", "protobuf"])
@pytest.mark.parametrize(("value", "type_", "expected"), CASES, ids=[str(case[0]) for case in CASES])
def test_construct_alone(name: str, value: Any, type_: Any, expected: Any) -> None:
    """A value doesn't depend on what else is wanted."""
    found = to_json(source(name), message(name, ORDER), {"f": value}, f=type_)
    assert found == ({} if expected is ABSENT else {"f": expected})


ABSENCE = {
    "note": "note", "age": "customer.age", "city": "customer.address.city", "label": "labels.site",
    "value": "readings[0].value", "tag": {"path": "tags[0]", "upper": True},
    "join": {"join": ["id", "note"]}, "cast": cast("customer.age", "string"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_absence(name: str) -> None:
    """Null, a missing member, entry or item, and a missing record on the way are all the same absence."""
    types: dict[str, Any] = {**dict.fromkeys(ABSENCE, TEXT), "age": INTEGER, "value": NUMBER}
    assert to_json(source(name), message(name, BARE), ABSENCE, **types) == {}
    present = {"p": {"const": "yes", "when": {"path": "customer.address", "present": True}}}
    assert to_json(source(name), message(name, ORDER), present, p=TEXT) == {"p": "yes"}
    assert to_json(source(name), message(name, BARE), present, p=TEXT) == {}


@pytest.mark.parametrize("name", ["untyped json", "msgpack", "untyped msgpack"])
def test_null_is_absent(name: str) -> None:
    """A null member of a self-describing message is absent, in a record on the way too."""
    value = {**BARE, "customer": {"name": "x", "age": None, "address": None}, "at": ORDER["at"], "note": None}
    value["readings"] = [{"value": 1.5, "unit": None}]
    data = json.dumps(value).encode() if "json" in name else msgspec.msgpack.encode(value)
    fields = {**ABSENCE, "value": "readings[0].unit"}
    del fields["label"]
    types: dict[str, Any] = {**dict.fromkeys(fields, TEXT), "age": INTEGER}
    assert to_json(source(name), data, fields, **types) == {}


def test_one_member_in_several_types() -> None:
    """A member is read once for each type that is wanted of it, nested ones too, without a schema too."""
    fields = {"i": "customer.age", "f": "customer.age", "t": cast("customer.age", "string"), "c": "customer.name"}
    fields |= {"whole": "customer"}
    types = {"i": INTEGER, "f": NUMBER, "t": TEXT, "c": TEXT, "whole": objects(name=TEXT)}
    for name in SOURCES:
        found = to_json(source(name), message(name, ORDER), fields, **types)
        assert found == {"i": 36, "f": 36.0, "t": "36", "c": "Ada", "whole": {"name": "Ada"}}, name


def test_protobuf_zero_and_twice() -> None:
    """An implicit field that is absent has its zero; of one that comes twice the last counts, a submessage merges."""
    schema = proto("""
        syntax = "proto3"; package p;
        message M {
          string s = 1; int32 n = 2; optional int32 o = 3; Sub sub = 4; oneof one { string a = 5; Sub b = 6; } E e = 7;
        }
        message Sub { string x = 1; int32 y = 2; }
        enum E { ZERO = 0; ONE = 1; }""")
    types = {"s": TEXT, "n": INTEGER, "o": INTEGER, "x": TEXT, "y": INTEGER, "a": TEXT, "b": TEXT, "e": TEXT, "t": TEXT}
    fields = {
        "s": "s",
        "n": "n",
        "o": "o",
        "x": "sub.x",
        "y": "sub.y",
        "a": "a",
        "b": "b.x",
        "e": "e",
        "t": cast("n", "string"),
    }
    zero = {"s": "", "n": 0, "e": "ZERO", "t": "0"}
    assert to_json(schema, b"", fields, **types) == zero
    assert to_json(schema, b"\x22\x00", fields, **types) == {**zero, "x": "", "y": 0}
    twice = b"\x0a\x01a\x0a\x01b\x10\x01\x10\x02" + b"\x22\x03\x0a\x01x\x22\x02\x10\x05" + b"\x2a\x01o\x32\x03\x0a\x01z"
    found = to_json(schema, twice, fields, **types)
    assert found == {**zero, "s": "b", "n": 2, "t": "2", "x": "x", "y": 5, "b": "z"}
    assert to_json(schema, b"\x32\x03\x0a\x01z\x2a\x01o", fields, **types) == {**zero, "a": "o"}


def test_protobuf_open_enum() -> None:
    """A number without a name is just another one to conditions and tables; as text it is refused."""
    schema = proto('syntax = "proto3"; package p; message M { E e = 1; } enum E { ZERO = 0; ONE = 1; }')
    fields = {
        "a": {"path": "e", "enum": {"ONE": "one"}, "otherwise": "other"},
        "b": {"const": "same", "when": {"path": "e", "equals": "ONE"}},
        "c": {"const": "other", "when": {"path": "e", "not_equals": "ONE"}},
    }
    assert to_json(schema, b"\x08\x63", fields, a=TEXT, b=TEXT, c=TEXT) == {"a": "other", "c": "other"}
    assert to_json(schema, b"\x08\x01", fields, a=TEXT, b=TEXT, c=TEXT) == {"a": "one", "b": "same"}
    plan = mapped(schema, objects(t=TEXT), {"t": {"join": ["e"]}})
    assert refused(plan, b"\x08\x63") == ("SYMBOL", "fields.t.join[0]")


def test_neighbours_do_not_matter() -> None:
    """What an entry or item beside the wanted one can't become refuses nothing."""
    id_ = {"type": "string", "format": "uuid"}
    fields = {"id": "labels.id", "n": cast("labels.n", "int64")}
    value = {**ORDER, "labels": {"id": "00000000-0000-0000-0000-000000000001", "n": "5", "odd": "x"}}
    for name in SOURCES:
        found = to_json(source(name), message(name, value), fields, id=id_, n=INTEGER)
        assert found == {"id": value["labels"]["id"], "n": 5}, name


def test_verdicts_of_untyped_values() -> None:
    """What is read without a schema may be refused, and a map made of several may have a key twice: the report says
    so."""
    types = {"n": NUMBER, "t": TEXT, "m": {"type": "object", "additionalProperties": TEXT}, "x": {}, "one": TEXT}
    fields = {"n": 'f["a"]', "t": "t", "m": {"merge": ["a", "b"]}, "x": "x", "one": {"path": "t", "cast": "string"}}
    found = {loss.path: loss for loss in mapped("json", objects((), **types), fields).losses}
    assert {path: loss.verdict for path, loss in found.items()} == {
        "n": "checked", "t": "checked", "m": "checked", "x": "exact", "one": "exact",
    }  # fmt: skip
    assert "no float64" in found["n"].reason
    assert "a key comes twice" in found["m"].reason
