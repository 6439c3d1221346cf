"""Typed values where the target has no type: plain JSON's forms, or MessagePack's own (S34)."""

from __future__ import annotations

import json
import struct

import msgspec
import pytest

from tests.translator.semantics.support import UUID, av, js, m, plan, refused, run, unplanned

DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
INSTANT = {"type": "long", "logicalType": "timestamp-micros"}
RECORD = {"type": "record", "name": "X", "fields": [{"name": "d", "type": DECIMAL}, {"name": "t", "type": INSTANT}]}
TYPED = av(
    "long", ["null", "string"], {"type": "array", "items": ["null", "double", "bytes"]},
    {"type": "map", "values": RECORD}, {"type": "enum", "name": "E", "symbols": ["P", "Q"]}, "bytes", "float",
    {"type": "string", "logicalType": "uuid"},
)  # fmt: skip
MESSAGE = (
    b"\x0a\x02\x04hi\x06\x00\x02" + struct.pack("<d", 1.5) + b"\x04\x02\xff\x00\x02\x02k\x04\x04\xd2\x02\x00"
    b"\x02\x04\xff\xfe" + struct.pack("<f", 0.1) + b"\x48" + UUID.encode()
)
SHOWN = {
    "a": 5, "b": "hi", "c": [None, 1.5, "/w=="], "d": {"k": {"d": "12.34", "t": "1970-01-01T00:00:00.000001Z"}},
    "e": "Q", "f": "//4=", "g": 0.1, "h": UUID,
}  # fmt: skip
ANYTHING = js(**{name: {} for name in "abcdefgh"})
VALUES = m(
    " ".join(f"google.protobuf.Value {name} = {i};" for i, name in enumerate("abcdefgh", 1)),
    imports=["google/protobuf/struct.proto"],
)
TAGGED = m(
    "int32 a = 1; int64 b = 2; bytes c = 3; repeated string d = 4; map<int32, int64> e = 5; M f = 6;"
    " google.protobuf.Timestamp g = 7; repeated M h = 8;",
    imports=["google/protobuf/timestamp.proto"],
)


def test_s34_typed_into_json() -> None:
    """Into JSON they are what plain JSON makes of them, as with a type (S8, S23, S26)."""
    assert json.loads(run("avro", TYPED, "json", ANYTHING, MESSAGE)) == SHOWN
    assert run("avro", TYPED, "json", ANYTHING, MESSAGE) == run("avro", TYPED, "json", TYPED, MESSAGE)


def test_s34_typed_into_msgpack() -> None:
    """Into MessagePack they are what it has itself: bytes, timestamps."""
    made = run("avro", TYPED, "msgpack", ANYTHING, MESSAGE)
    assert made == run("avro", TYPED, "msgpack", TYPED, MESSAGE)
    assert msgspec.msgpack.decode(made)["f"] == b"\xff\xfe"


def test_s34_typed_into_values() -> None:
    """Into google.protobuf.Value they are JSON's, and numbers are doubles exactly."""
    there = plan("avro", TYPED, "protobuf", VALUES)
    assert json.loads(run("protobuf", VALUES, "json", VALUES, there.translate(MESSAGE))) == SHOWN
    large = b"\x82\x80\x80\x80\x80\x80\x80\x20" + MESSAGE[1:]  # 2^53 + 1
    assert refused(there, large) == ("INEXACT", 0, "a")


@pytest.mark.parametrize("source", ["protobuf", "protojson"])
def test_s34_from_a_message(source: str) -> None:
    """Protobuf's messages, lists, maps by numbers and recursion."""
    text = b"""{"a":5,"b":"-7","c":"/w==","d":["x",""],"e":{"1":"2"},"f":{"a":1,"h":[{},{"b":"3"}]},
        "g":"1970-01-01T00:00:01Z"}"""
    seed = run("protojson", TAGGED, source, TAGGED, text)
    wanted = {
        "a": 5, "b": -7, "c": "/w==", "d": ["x", ""], "e": {"1": 2}, "f": {"a": 1, "h": [{}, {"b": 3}]},
        "g": "1970-01-01T00:00:01Z",
    }  # fmt: skip
    found = json.loads(run(source, TAGGED, "json", ANYTHING, seed))
    assert {name: found[name] for name in wanted} == wanted
    packed = msgspec.msgpack.decode(run(source, TAGGED, "msgpack", ANYTHING, seed))
    assert packed["c"] == b"\xff"
    assert packed["e"] == {"1": 2}
    assert packed["f"] == {"a": 1, "h": [{}, {"b": 3}]}


def test_s34_presence() -> None:
    """A zero that isn't written is one; what is absent stays so; null is a value (S11, S12)."""
    found = json.loads(run("protobuf", TAGGED, "json", ANYTHING, b""))
    assert found == {"a": 0, "b": 0, "c": "", "d": [], "e": {}, "h": []}
    nulls = av(["null", "int"], ["null", "int", "string"])
    assert run("avro", nulls, "json", ANYTHING, b"\x00\x00") == b'{"a":null,"b":null}'
    assert run("avro", nulls, "protobuf", VALUES, b"\x00\x02\x02") == run(
        "json", None, "protobuf", VALUES, b'{"a":null,"b":1}'
    )


def test_s34_shapes() -> None:
    """An untyped object or list takes what is one, and nothing else."""
    shaped = js(a={"type": "object"}, b={"type": "array"})
    good = av({"type": "map", "values": "int"}, {"type": "array", "items": "int"})
    assert run("avro", good, "json", shaped, b"\x02\x02k\x04\x00\x02\x06\x00") == b'{"a":{"k":2},"b":[3]}'
    assert "can't become" in unplanned("avro", av("int"), "json", shaped)
    assert "can't become" in unplanned("avro", av({"type": "map", "values": "int"}, "int"), "json", shaped)


def test_s34_what_json_cannot_say() -> None:
    """It is refused where the value stands, or is by policy what it is with a type (S4)."""
    nan = struct.pack("<d", float("nan"))
    doubles = plan("avro", av({"type": "array", "items": "double"}), "json", ANYTHING)
    assert refused(doubles, b"\x02" + nan + b"\x00") == ("NOT_FINITE", 1, "a[0]")
    assert run("avro", av("double"), "json", ANYTHING, nan, nan="quote") == b'{"a":"NaN"}'
    assert run("avro", av("bytes"), "json", ANYTHING, b"\x02\xff", bytes="hex") == b'{"a":"ff"}'


def test_s34_an_any_message() -> None:
    """google.protobuf.Any is in JSON the message that is in it (S39)."""
    held = m("google.protobuf.Any a = 1; M b = 2;", imports=["google/protobuf/any.proto"])
    message = b"\x0a\x22\x0a\x1cx/google.protobuf.Int32Value\x12\x02\x08\x03"
    assert run("protobuf", held, "json", ANYTHING, message) == (
        b'{"a":{"@type":"x/google.protobuf.Int32Value","value":3}}'
    )
    nested = b"\x12" + bytes([len(message)]) + message
    assert json.loads(run("protobuf", held, "json", ANYTHING, nested))["b"]["a"]["value"] == 3
    assert msgspec.msgpack.decode(run("protobuf", held, "msgpack", ANYTHING, message))["a"]["value"] == b"\x08\x03"
