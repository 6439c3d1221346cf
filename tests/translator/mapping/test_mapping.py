"""A mapped plan as its user sees it: conditions, ids, what doesn't compile, what is refused, what it says it loses."""

from __future__ import annotations

import json
import pickle
import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

import translator
from native.errors import PlanError
from tests.pace import in_time
from tests.translator.mapping.support import (
    AVRO,
    BARE,
    INTEGER,
    JSON,
    ORDER,
    PROTO,
    SOURCES,
    TEXT,
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

CONDITIONS: list[tuple[Any, bool]] = [
    ("ok", True),
    ({"path": "ok", "equals": False}, False),
    ({"path": "id", "equals": "A-1"}, True),
    ({"path": "id", "not_equals": "A-1"}, False),
    ({"path": "id", "starts_with": "A"}, True),
    ({"path": "id", "ends_with": "-2"}, False),
    ({"path": "note", "contains": "röß"}, True),
    ({"path": "id", "less": "B"}, True),
    ({"path": "id", "greater": "A-10"}, False),
    ({"path": "count", "equals": 2**53 + 1}, True),
    ({"path": "count", "equals": 2**53}, False),
    ({"path": "small", "less": -6}, True),
    ({"path": "small", "less_equal": -7}, True),
    ({"path": "small", "greater": -7}, False),
    ({"path": "small", "greater_equal": -7}, True),
    ({"path": "price", "greater": 2}, True),
    ({"path": "price", "in": [1, 2.5]}, True),
    ({"path": "price", "in": [1]}, False),
    ({"path": "level", "in": ["low", "high"]}, True),
    ({"path": "level", "not_equals": "mid"}, True),
    ({"path": "level", "starts_with": "hi"}, True),
    ({"path": "tags[0]", "equals": "red"}, True),
    ({"path": "labels.nothing", "equals": "x"}, False),
    ({"path": "labels.nothing", "not_equals": "x"}, False),
    ({"not": {"path": "labels.nothing", "equals": "x"}}, True),
    ({"path": "labels.nothing", "present": True}, False),
    ({"path": "labels.nothing", "present": False}, True),
    ({"path": "customer", "present": True}, True),
    ({"path": "readings[1]", "present": True}, True),
    ({"path": "count", "present": True}, True),
    ({"path": "labels.nothing", "default": "d", "equals": "d"}, True),
    ({"path": "id", "lower": True, "equals": "a-1"}, True),
    ({"path": "small", "scale": 2, "equals": -14}, True),
    ({"path": "small", "cast": "string", "equals": "-7"}, True),
    ({"path": "epoch", "time": "s", "less": "2024-01-01T00:00:00Z"}, True),
    ({"path": "level", "enum": {"high": "H"}, "otherwise": "?", "equals": "H"}, True),
    ({"join": ["id", {"const": "!"}], "equals": "A-1!"}, True),
    ({"all": ["ok", {"path": "id", "equals": "A-1"}]}, True),
    ({"all": ["ok", {"path": "id", "equals": "B"}]}, False),
    ({"any": [{"path": "id", "equals": "B"}, "ok"]}, True),
    ({"any": [{"path": "id", "equals": "B"}, {"not": "ok"}]}, False),
    ({"not": {"any": [{"all": ["ok", {"not": "ok"}]}, {"path": "id", "in": ["C"]}]}}, True),
]  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_conditions(name: str) -> None:
    """Every operator and every combination, from every format."""
    fields = {f"f{i}": {"const": "x", "when": condition} for i, (condition, _) in enumerate(CONDITIONS)}
    found = to_json(source(name), message(name, ORDER), fields, **dict.fromkeys(fields, TEXT))
    assert [condition for i, (condition, holds) in enumerate(CONDITIONS) if (f"f{i}" in found) is not holds] == []


def test_conditions_on_times() -> None:
    """A timestamp, a date and a UUID compare as what they are."""
    time_, day = {"type": "long", "logicalType": "timestamp-micros"}, {"type": "int", "logicalType": "date"}
    types = record(("t", time_), ("d", day), ("u", {"type": "string", "logicalType": "uuid"}))
    conditions = {
        "a": {"path": "t", "greater": "1970-01-01T00:00:01Z"},
        "b": {"path": "t", "equals": "1970-01-01T01:00:02+01:00"},
        "c": {"path": "d", "less": "1970-01-01"}, "e": {"path": "d", "equals": "1970-01-02"},
        "f": {"path": "u", "equals": "ABCDEF00-0000-0000-0000-000000000000"},
    }  # fmt: skip
    fields = {key: {"const": "x", "when": condition} for key, condition in conditions.items()}
    data = b"\x80\x92\xf4\x01" + b"\x02" + b"\x48abcdef00-0000-0000-0000-000000000000"
    assert to_json(types, data, fields, **dict.fromkeys(fields, TEXT)) == {"a": "x", "b": "x", "e": "x", "f": "x"}


def test_mixed_kinds_without_a_schema() -> None:
    """An untyped member is compared and joined as text whatever its kind; where a number is wanted it must be one."""
    fields = {"a": {"const": "x", "when": {"path": "v", "equals": "5"}}, "j": {"join": ["v", {"const": "!"}]}}
    fields["u"] = {"uuid5": ["v"]}
    for value, text in ((5, "5"), ("5", "5"), (True, "true"), (1.5, "1.5"), ([1, "a"], '[1,"a"]')):
        found = to_json("json", json.dumps({"v": value}).encode(), fields, a=TEXT, j=TEXT, u=TEXT)
        assert (found["j"], found.get("a")) == (f"{text}!", "x" if text == "5" else None)
        packed = to_json("msgpack", msgspec.msgpack.encode({"v": value}), fields, a=TEXT, j=TEXT, u=TEXT)
        assert packed == found
    plan = mapped("json", objects(n=INTEGER), {"n": "v"})
    assert refused(plan, b'{"v": "x"}') == ("TYPE", "v")
    assert to_json("json", b'{"v": null}', fields, a=TEXT, j=TEXT, u=TEXT) == {}


# --- ids and the time ---


def test_uuid5_differs() -> None:
    """No two lists of texts give one id, nor two namespaces."""
    fields: dict[str, Any] = {
        "a": {"uuid5": ["x", "y"]},
        "b": {"uuid5": [{"join": ["x", "y"]}]},
        "c": {"uuid5": ["y", "x"]},
    }
    fields["d"] = {"uuid5": ["x", "y"], "namespace": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}
    types = dict.fromkeys(fields, TEXT)
    found = [*to_json("json", b'{"x": "ab", "y": "c"}', fields, **types).values()]
    found += to_json("json", b'{"x": "a", "y": "bc"}', {"a": fields["a"]}, **types).values()
    found += to_json("json", b'{"x": "' + b"z" * 300 + b'", "y": ""}', {"a": fields["a"]}, **types).values()
    assert len(set(found)) == 6
    assert all(UUID(each).version == 5 and UUID(each).variant == "specified in RFC 4122" for each in found)


def test_generated() -> None:
    """Random ids are of version 4 and never the same; the time is now, in any form."""
    schema = record(("id", {"type": "string", "logicalType": "uuid"}), ("text", "string"),
                    ("at", {"type": "long", "logicalType": "timestamp-millis"}))  # fmt: skip
    fields = {"id": {"generate": "uuid4"}, "text": {"generate": "uuid4"}, "at": {"generate": "now", "truncate": True}}
    plan = mapped("json", ("json", schema), fields)
    found = [json.loads(each) for each in plan.translate_many([b"{}"] * 500)]
    ids = {each[key] for each in found for key in ("id", "text")}
    assert len(ids) == 1000
    assert {(UUID(each).version, UUID(each).variant) for each in ids} == {(4, "specified in RFC 4122")}
    now = datetime.fromisoformat(found[0]["at"])
    assert abs((now - datetime.now(UTC)).total_seconds()) < 60


# --- what doesn't compile ---

WRONG: list[tuple[Any, Any, str, str]] = [
    # value, type of the target, key after "fields.f", reason
    ("idd", TEXT, "", 'record shop.Order has no field \'idd\'; did you mean "id"?'),
    ("customer.nam", TEXT, "", 'did you mean "name"?'),
    ("id.x", TEXT, "", "string has no x"),
    ("tags.x", TEXT, "", "array has no x"),
    ("labels[0]", TEXT, "", "map has no [0]"),
    ("note:int", TEXT, "", "has no branch 'int'; it has string"),
    ({"path": "x"}, TEXT, ".path", "has no field 'x'"),
    ("id", INTEGER, "", 'string can\'t become int64; cast = "int64" does that'),
    ("count", TEXT, "", 'int64 can\'t become string; cast = "string" does that'),
    ("epoch", {"type": "string", "format": "date-time"}, "", 'say what it counts, as time = "ms"'),
    ("tags", TEXT, "", "array can't become string"),
    ("customer", TEXT, "", "record shop.Customer can't become string"),
    ({"path": "at", "time": "ms"}, TEXT, "", 'is a timestamp already: leave "time" out'),
    ({"path": "ok", "scale": 2}, {"type": "number"}, "", "bool can't become float64"),
    ({"path": "tags", "scale": 2}, {"type": "number"}, "", "array can't become float64"),
    ({"const": "x"}, INTEGER, ".const", "'x' is not an int64"),
    ({"const": 1}, TEXT, ".const", "1 is not a string"),
    ({"const": True}, INTEGER, ".const", "true is not an int64"),
    ({"const": 2.5}, INTEGER, ".const", "2.5 is not an int64"),
    ({"const": "2026-13-01T00:00:00Z"}, {"type": "string", "format": "date-time"}, ".const", "is not a timestamp"),
    ({"const": "2026-01-01T00:00:00"}, {"type": "string", "format": "date-time"}, ".const", "is not a timestamp"),
    ({"const": "no"}, {"type": "string", "format": "uuid"}, ".const", "'no' is not a uuid"),
    ({"const": "hihg"}, {"enum": ["low", "high"]}, ".const", 'did you mean "high"?'),
    ({"const": "zzz"}, {"enum": ["low", "high"]}, ".const", "it has low, high"),
    ({"const": "x"}, {"type": "array", "items": TEXT}, ".const", "'x' is not an array"),
    ({"path": "note", "default": 5}, TEXT, ".default", "5 is not a string"),
    ({"path": "level", "enum": {"high": "H", "hgih": "X"}}, TEXT, ".enum.hgih", 'did you mean "high"?'),
    ({"path": "level", "enum": {"high": "H", "low": 1}}, TEXT, ".enum", "'H' and 1 are of different kinds"),
    ({"path": "level", "enum": {"high": 1}}, TEXT, ".enum", "1 is not a string"),
    ({"path": "level", "enum": {"high": "H"}}, INTEGER, ".enum", "'H' is not an int64"),
    ({"path": "level", "enum": {"high": "on"}}, {"enum": ["off", "one"]}, "", "'on' is not an enum"),
    ({"path": "id", "when": {"path": "count", "equals": "5"}}, TEXT, ".when", "'5' is not an int64"),
    ({"path": "id", "when": {"path": "count", "contains": "5"}}, TEXT, ".when", "int64 is not text"),
    ({"path": "id", "when": {"path": "tags", "equals": "5"}}, TEXT, ".when", "array can't be compared"),
    ({"path": "id", "when": {"path": "level", "equals": "hgih"}}, TEXT, ".when", 'did you mean "high"?'),
    ({"path": "id", "when": "count"}, TEXT, ".when", "int64 can't become bool"),
    ({"path": "id", "when": {"all": ["ok", "okk"]}}, TEXT, ".when.all[1]", 'did you mean "ok"?'),
    ("customer", TEXT, "", 'cast = "string" does that'),
    ({"first": ["id", {"path": "tagz[0]"}]}, TEXT, ".first[1].path", 'did you mean "tags"?'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "type_", "key", "reason"), WRONG, ids=[f"{each[0]}" for each in WRONG])
def test_what_does_not_compile(value: Any, type_: Any, key: str, reason: str) -> None:
    """The problem has the document's key and says what is wrong."""
    found = problems(AVRO, objects(f=type_), {"f": value})
    assert [each[0] for each in found] == [f"fields.f{key}"]
    assert reason in found[0][1]


def test_wrong_targets() -> None:
    """A target that isn't there, is needed, or has no schema; all problems at once."""
    target = objects(("need", "sub"), need=TEXT, sub={**objects(("x",), x=TEXT, y=TEXT), "title": "S"}, name=TEXT)
    found = problems(AVRO, target, {"nam": "id", "sub.z": "id", "name.x": "id", "sub.y": "idd"})
    assert dict(found) == {
        "fields.nam": "record R has no field 'nam'; did you mean \"name\"?",
        'fields."sub.z"': "record S has no field 'z'",
        'fields."name.x"': "string has no field 'x'",
        'fields."sub.y"': "record shop.Order has no field 'idd'; did you mean \"id\"?",
    }
    assert problems(AVRO, target, {"sub.y": "id"}) == [
        ('fields."sub.x"', "the target requires it, and no rule writes it"),
        ("fields.need", "the target requires it, and no rule writes it"),
    ]
    assert problems(AVRO, "json", {"a": "id"}) == [("", "a mapping writes fields of a schema: name the target's")]
    assert "must be a record, not string" in problems(AVRO, ("json", {"type": "string"}), {"a": "id"})[0][1]
    assert "must be a record, not string" in problems({"type": "string"}, target, {"need": "id"})[0][1]
    numbered = proto('syntax = "proto3"; message M { map<int32, string> m = 1; }')
    assert "keys of int32" in problems(AVRO, numbered, {'m["1"]': "id"})[0][1]


def test_a_record_that_does_not_fit() -> None:
    """What a whole record lacks is told by the rule that wants it."""
    target = objects(c=objects(("name", "iban"), name=TEXT, iban=TEXT))
    found = problems(AVRO, target, {"c": "customer"})
    assert found == [("fields.c", "the target requires it, and the source has no such field")]
    clash = objects(c=objects(name=INTEGER))
    assert problems(AVRO, clash, {"c": "customer"})[0][0] == "fields.c"


def test_protobuf_untyped() -> None:
    """A Struct's members have no path; as a whole it is text."""
    schema = proto("""
        syntax = "proto3"; package p; import "google/protobuf/struct.proto";
        message M { google.protobuf.Struct s = 1; }""")
    assert "has no x" in problems(schema, objects(f=TEXT), {"f": "s.x"})[0][1]
    data = translator.compile(("json", schema), schema).translate(b'{"s": {"x": [1, "a"]}}')
    assert to_json(schema, data, {"f": {"path": "s", "cast": "string"}}, f=TEXT) == {"f": '{"x":[1.0,"a"]}'}


# --- what is refused ---


@pytest.mark.parametrize("name", ["avro", "untyped json", "protobuf", "msgpack"])
def test_what_is_refused(name: str) -> None:
    """A required value that is absent, a text that isn't in the table, a cast that doesn't hold: code and key."""
    data, schema = message(name, {**BARE, "price": 2.5}), source(name)

    def why(value: Any, type_: Any = TEXT) -> tuple[str, str]:
        return refused(mapped(schema, objects(f=type_), {"f": value}), data)

    assert why({"path": "labels.site", "required": True}) == ("CONDITION", "fields.f")
    assert why({"first": ["labels.a", "tags[0]"], "required": True}) == ("CONDITION", "fields.f")
    assert why({"path": "id", "enum": {"B": "b"}}) == ("SYMBOL", "fields.f")
    assert why({"path": "level", "enum": {"low": "b"}}) == ("SYMBOL", "fields.f")
    assert why({"path": "id", "cast": "int64"}, INTEGER) == ("NUMBER", "fields.f")
    assert why({"path": "id", "cast": "uuid"}) == ("UUID", "fields.f")
    assert why({"path": "price", "cast": "int64"}, INTEGER) == ("INEXACT", "fields.f")
    assert why({"path": "count", "cast": "int32"}, INTEGER) == ("RANGE", "fields.f")
    assert why({"join": ["id"], "cast": "timestamp"}) == ("TIME", "fields.f")
    plan = mapped(schema, objects(("f",), f=TEXT), {"f": "labels.site"})
    assert refused(plan, data) == ("MISSING", "fields.f")


def test_neighbours_of_a_refused_message() -> None:
    """One refused message leaves the others alone."""
    plan = mapped("json", objects(f=TEXT), {"f": {"path": "a", "required": True}})
    batch = plan.translate_many([b'{"a": "1"}', b"{}", b'{"a": "2"}'])
    assert [bytes(each) for each in batch] == [b'{"f":"1"}', b"", b'{"f":"2"}']
    assert [(each.index, each.code, each.path) for each in batch.errors] == [(1, "CONDITION", "fields.f")]


def test_rounding_and_cutting() -> None:
    """To the nearest even or towards zero, numbers and texts, and never beyond the range."""
    cases = {2.5: (2, 2), 3.5: (4, 3), -2.5: (-2, -2), -2.7: (-3, -2), 0.4: (0, 0), 2.0: (2, 2)}
    rounds, cuts = ({"path": "v", "cast": "int32", **how} for how in ({"rounding": "round"}, {"truncate": True}))
    for schema in (record(("v", "double")), "json", ("json", objects(v=TEXT))):
        for value, expected in cases.items():
            import struct

            data = struct.pack("<d", value) if isinstance(schema, dict) else json.dumps({"v": value}).encode()
            data = json.dumps({"v": str(value)}).encode() if isinstance(schema, tuple) else data
            found = to_json(schema, data, {"r": rounds, "c": cuts}, r=INTEGER, c=INTEGER)
            assert (found["r"], found["c"]) == expected, (schema, value)
    plan = mapped("json", objects(r=INTEGER), {"r": rounds})
    assert refused(plan, b'{"v": 2147483647.9}') == ("RANGE", "fields.r")
    times = {"path": "t", "time": "rfc3339", "truncate": True}
    target = record(("a", {"type": "long", "logicalType": "timestamp-millis"}))
    cut = mapped("json", ("json", target), {"a": times})
    assert cut.translate(b'{"t": "1969-12-31T23:59:59.9999Z"}') == b'{"a":"1969-12-31T23:59:59.999Z"}'
    assert refused(mapped("json", target, {"a": "t"}), b'{"t": "1969-12-31T23:59:59.9999Z"}') == ("INEXACT", "t")


# --- the plan ---


def test_pickle_and_threads() -> None:
    """A mapped plan pickles as its documents, and many threads share it."""
    plan = mapped(
        AVRO, JSON | {"required": []}, {"id": {"uuid5": ["id"]}, "customer.name": "customer.name", "labels.x": "level"}
    )
    data = message("avro", ORDER)
    again = pickle.loads(pickle.dumps(plan))
    expected = plan.translate(data)
    assert again.translate(data) == expected
    assert [*again.losses] == [*plan.losses]
    results: list[bytes] = []

    def work() -> None:
        batch = plan.translate_many([data] * 2000)
        results.extend({bytes(each) for each in batch})

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert results == [expected] * 4


def test_losses() -> None:
    """Each rule's target has a verdict, so has what no rule writes or reads; nothing of the view shows."""
    target = objects(
        ("id", "n"), id=TEXT, n=INTEGER, city=TEXT, f=TEXT, city2=TEXT, when={"type": "string", "format": "date-time"}
    )
    fields = {"id": "id", "n": {"path": "customer.age"}, "city": "customer.address.city", "when": "at",
              "city2": {"path": "small", "enum": {"1": "x"}}}  # fmt: skip
    plan = mapped(AVRO, target, fields)
    found = {loss.path: (loss.verdict, loss.reason) for loss in plan.losses}
    assert found.pop("id") == ("exact", "")
    assert found.pop("n") == ("checked", "refused where absent")
    assert found.pop("city") == ("exact", "")
    assert found.pop("when") == ("checked", "refused where json can't say it")
    assert found.pop("city2") == ("checked", "what is not in the table is refused")
    assert found.pop("f") == ("exact", "absent: no rule writes it")
    dropped = {"count", "price", "ok", "epoch", "level", "note", "labels", "readings", "tags", "numbers"}
    dropped |= {"customer.name", "customer.address.zip"}
    assert found == dict.fromkeys(dropped, ("dropped", "no rule reads it"))
    same = mapped(record(("id", "string"), ("ab", "long")), objects(id=TEXT, a=TEXT, ab=INTEGER), {
        "id": "id", "a": {"path": "id", "cast": "uuid"}, "ab": "ab"})  # fmt: skip
    assert [(loss.path, loss.verdict) for loss in same.losses] == [("id", "exact"), ("a", "checked"), ("ab", "exact")]


def test_policies_of_the_document() -> None:
    """A document's policies hold for its plan, over those of the call."""
    schema = record(("v", "double"))
    target = record(("v", "float"))
    data = b"\x9a\x99\x99\x99\x99\x99\xb9\x3f"
    assert refused(mapped(schema, ("json", target), {"v": "v"}), data) == ("INEXACT", "v")
    document = mapping({"v": "v"}, policies={"rounding": "round"})
    assert translator.compile(schema, ("json", target), document).translate(data) == b'{"v":0.1}'
    with pytest.raises(PlanError):
        translator.compile(schema, target, document, policies={"rounding": "up"})


def test_everything_at_once_is_quick_to_compile() -> None:
    """Two hundred rules compile within a second or two, also on a busy machine."""
    names = [f"f{i}" for i in range(200)]
    fields = {
        name: {"join": ["id", {"const": name}, "customer.name"], "when": {"path": "ok", "equals": True}}
        for name in names
    }
    with in_time(10):
        found = to_json(proto(PROTO), message("protobuf", ORDER), fields, **dict.fromkeys(names, TEXT))
        assert found == {name: f"A-1{name}Ada" for name in names}


def test_which_part_is_absent() -> None:
    """A text or UUID that the target requires and that isn't there names the part that is absent."""
    fields = {
        "signal_id": {"uuid5": ["a", {"const": "x"}, "c", "b"]},
        "text": {"path": "a", "default": "", "cast": "string"},
        "name": {"join": ["a", {"path": "b", "upper": True}], "when": {"path": "c", "present": True}},
    }
    types = {"signal_id": TEXT, "text": TEXT, "name": TEXT}
    plan = mapped("json", objects(("signal_id", "name"), **types), fields)
    assert plan.translate(b'{"a": 1, "b": "b", "c": true}')
    assert refused(plan, b'{"a": 1, "b": "b"}') == ("MISSING", "fields.signal_id.uuid5[2]")
    assert refused(plan, b'{"a": 1, "c": 1}') == ("MISSING", "fields.signal_id.uuid5[3]")
    del fields["signal_id"]
    one = objects(("name",), **types)
    assert refused(mapped("json", one, fields), b"{}") == ("MISSING", "fields.name")
    del fields["name"]["when"]
    assert refused(mapped("json", one, fields), b'{"a": 1}') == ("MISSING", "fields.name.join[1]")
