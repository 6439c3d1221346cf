"""S17 to S22: enums, unions, oneofs, Protobuf's wire, map keys."""

from __future__ import annotations

import msgspec
import pytest

from tests.translator.semantics.support import (
    av,
    double,
    m,
    pb,
    plan,
    refused,
    run,
    text,
    unplanned,
    varint,
    zigzag,
)

ABC = {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}
OPEN = m("E a = 1; enum E { A = 0; B = 5; }")
CLOSED = pb(
    "message M { optional E a = 1; repeated E b = 2; map<string, E> c = 3; enum E { A = 0; B = 5; } }", syntax="proto2"
)


def test_s17_enums_map_by_name():
    """Whatever their numbers; an unknown name is an error."""
    assert run("avro", av(ABC), "protobuf", OPEN, zigzag(1)) == b"\x08\x05"
    assert run("protobuf", OPEN, "avro", av(ABC), b"\x08\x05") == zigzag(1)
    assert refused(plan("avro", av(ABC), "protobuf", OPEN), zigzag(2)) == ("SYMBOL", 0, "a")
    assert "C" in plan("avro", av(ABC), "protobuf", OPEN).losses["a"].reason
    assert plan("protobuf", OPEN, "protobuf", OPEN).losses["a"].verdict == "exact"
    for source, data in (("json", b'{"a":"Z"}'), ("msgpack", b"\x81\xa1a\xa1Z")):
        assert refused(plan(source, av(ABC), "avro", av(ABC)), data)[0] == "SYMBOL"


def test_s17_protojson_writes_names_and_reads_numbers_too():
    """An open enum keeps an unknown number and prints it; out of int32 is an error."""
    assert run("protobuf", OPEN, "protojson", OPEN, b"\x08\x05") == b'{"a":"B"}'
    for data in (b'{"a":"B"}', b'{"a":5}', b'{"a":5.0}'):
        assert run("protojson", OPEN, "protobuf", OPEN, data) == b"\x08\x05"
    assert run("protobuf", OPEN, "protojson", OPEN, b"\x08\x07") == b'{"a":7}'
    assert run("protojson", OPEN, "protobuf", OPEN, b'{"a":7}') == b"\x08\x07"
    assert refused(plan("protojson", OPEN, "protobuf", OPEN), b'{"a":2147483648}') == ("RANGE", 5, "a")
    assert refused(plan("protojson", OPEN, "protobuf", OPEN), b'{"a":"Z"}') == ("SYMBOL", 5, "a")
    assert refused(plan("protojson", OPEN, "avro", av(ABC)), b'{"a":7}') == ("SYMBOL", 5, "a")


def test_s17_an_open_enum_s_number_in_plain_json():
    """It is written where it has no name, so it is read; a closed enum's isn't."""
    assert run("protobuf", OPEN, "json", OPEN, b"\x08\x07") == b'{"a":7}'
    assert run("json", OPEN, "protobuf", OPEN, b'{"a":7}') == b"\x08\x07"
    assert run("json", OPEN, "protobuf", OPEN, b'{"a":"B"}') == b"\x08\x05"
    assert refused(plan("json", CLOSED, "protobuf", CLOSED), b'{"a":5}') == ("TYPE", 5, "a")
    assert refused(plan("json", av(ABC), "avro", av(ABC)), b'{"a":1}') == ("TYPE", 5, "a")


def test_s17_closed_enums_make_unknown_fields():
    """An unknown number is an unknown field, a map entry wholly."""
    wire = b"\x08\x07\x10\x05\x10\x07" + b"\x1a\x05\n\x01k\x10\x07"
    assert run("protobuf", CLOSED, "protojson", CLOSED, wire) == b'{"b":["B"]}'
    kept = run("protobuf", CLOSED, "protobuf", CLOSED, wire)
    assert sorted(kept) == sorted(wire)
    assert kept.startswith(b"\x10\x05")


def test_s17_avro_s_wire_number_is_the_writer_s_index():
    """The reader's default serves a symbol that it lacks; without one it is refused; an index out of range always."""
    plain, reader = {**ABC, "symbols": ["C", "A"]}, {**ABC, "symbols": ["C", "A"], "default": "A"}
    assert run("avro", av(ABC), "avro", av(plain), zigzag(2)) == zigzag(0)
    assert refused(plan("avro", av(ABC), "avro", av(plain)), zigzag(1)) == ("SYMBOL", 0, "a")
    assert run("avro", av(ABC), "avro", av(reader), zigzag(1)) == zigzag(1)
    for index in (-1, 3):
        assert refused(plan("avro", av(ABC), "avro", av(reader)), zigzag(index)) == ("SYMBOL", 0, "a")


def test_s17_an_enum_and_its_name_as_text():
    """There and back."""
    assert run("avro", av(ABC), "avro", av("string"), zigzag(1)) == text("B")
    assert run("avro", av("string"), "avro", av(ABC), text("B")) == zigzag(1)
    assert refused(plan("avro", av("string"), "avro", av(ABC)), text("Z")) == ("SYMBOL", 0, "a")


def test_s18_the_first_branch_that_matches():
    """Between Avro schemas, promotion included; a branch without a place is refused at its index."""
    s, t = av(["null", "int", "string"]), av(["double", "int", "null"])
    assert run("avro", s, "avro", t, b"\x02" + zigzag(7)) == b"\0" + double(7.0)
    assert run("avro", s, "avro", t, b"\0") == b"\x04"
    assert refused(plan("avro", s, "avro", t), b"\x04" + text("x")) == ("BRANCH", 0, "a")
    assert run("avro", av("int"), "avro", t, zigzag(7)) == b"\0" + double(7.0)
    assert run("avro", av("bytes"), "avro", av(["int", "string"]), text("x")) == b"\x02" + text("x")
    assert run("avro", s, "avro", av("long"), b"\x02" + zigzag(7)) == zigzag(7)
    assert refused(plan("avro", s, "avro", av("long")), b"\0") == ("NULL", 0, "a")
    for index in (-1, 3, 1 << 40):
        assert refused(plan("avro", s, "avro", s), zigzag(index)) == ("BRANCH", 0, "a")
    assert "is not a branch" in unplanned("avro", av("boolean"), "avro", av(["null", "int", "string"]))


@pytest.mark.parametrize(
    "branches",
    [
        ["int", "long"],
        [ABC, "string"],
        ["string", "bytes"],
        [{"type": "map", "values": "int"}, {"type": "record", "name": "S", "fields": []}],
        ["float", "double"],
    ],
)
def test_s19_branches_that_json_can_t_tell_apart(branches):
    """There is no plan, there or back, until a policy is named; MessagePack has bytes of their own."""
    s = av(branches)
    assert "look alike in json" in unplanned("avro", s, "json", s)
    assert "look alike in json" in unplanned("json", s, "avro", s)
    assert plan("avro", s, "json", s, unions="first")
    assert plan("json", s, "avro", s, unions="first")


def test_s19_plain_json_does_not_wrap_unions():
    """A value is its branch's; the kind tells which: integers and floats too, as floats have a point."""
    s = av(
        [
            "null",
            "int",
            "double",
            "string",
            "boolean",
            {"type": "array", "items": "int"},
            {"type": "map", "values": "int"},
        ]
    )
    cases = {
        b"null": b"\0",
        b"7": b"\x02" + zigzag(7),
        b"7.0": b"\x04" + double(7),
        b'"x"': b"\x06" + text("x"),
        b"true": b"\x08\x01",
        b"[1]": b"\x0a\x02\x02\0",
        b'{"k":1}': b"\x0c\x02\x02k\x02\0",
    }
    for shown, data in cases.items():
        assert run("avro", s, "json", s, data) == b'{"a":' + shown + b"}"
        assert run("json", s, "avro", s, b'{"a":' + shown + b"}") == data
        packed = run("avro", s, "msgpack", s, data)
        assert run("msgpack", s, "avro", s, packed) == data
    assert refused(plan("json", av(["int", "string"]), "avro", av(["int", "string"])), b'{"a":[1]}') == (
        "BRANCH",
        5,
        "a",
    )


def test_s19_messagepack_tells_bytes_and_times_from_text():
    """They have kinds of their own there."""
    s = av(["string", "bytes", {"type": "long", "logicalType": "timestamp-micros"}])
    for data in (b"\0" + text("x"), b"\x02" + text(b"\xff"), b"\x04" + zigzag(1)):
        assert run("msgpack", s, "avro", s, run("avro", s, "msgpack", s, data)) == data
    assert "look alike in msgpack" in unplanned("avro", av([ABC, "string"]), "msgpack", av([ABC, "string"]))


ONEOF = m("oneof o { int32 a = 1; string b = 2; S c = 3; } message S { int32 x = 1; int32 y = 2; }")


def test_s20_oneof():
    """The last member on the wire wins, the same message twice merges; two in one JSON object are an error."""
    assert run("protobuf", ONEOF, "protojson", ONEOF, b"\x08\x01\x12\x01x") == b'{"b":"x"}'
    assert run("protobuf", ONEOF, "protojson", ONEOF, b"\x1a\x02\x08\x01\x1a\x02\x10\x02") == b'{"c":{"x":1,"y":2}}'
    assert run("protobuf", ONEOF, "protojson", ONEOF, b"\x1a\x02\x08\x01\x08\x07\x1a\x02\x10\x02") == b'{"c":{"y":2}}'
    for source in ("json", "protojson"):
        assert refused(plan(source, ONEOF, "protobuf", ONEOF), b'{"a":1,"b":"x"}') == ("DUPLICATE", 7, "b")
        assert run(source, ONEOF, "protobuf", ONEOF, b'{"a":0}') == b"\x08\0"
    assert run("protojson", ONEOF, "protobuf", ONEOF, b'{"a":1,"b":null}') == b"\x08\x01"
    assert refused(plan("msgpack", ONEOF, "protobuf", ONEOF), b"\x82\xa1a\x01\xa1b\xa0") == ("DUPLICATE", 4, "b")
    nullable = av(["null", "int"], ["null", "string"])
    assert run("avro", nullable, "protobuf", ONEOF, b"\0\x02" + text("x")) == b"\x12\x01x"
    assert refused(plan("avro", nullable, "protobuf", ONEOF), b"\x02\x02\x02" + text("x")) == ("DUPLICATE", 2, "b")


def test_s21_protobuf_s_wire():
    """Singular last wins, submessages merge, repeated fields interleave, packed and unpacked are both read."""
    s = m(
        "int32 a = 1; S b = 2; repeated int32 c = 3; map<string, S> d = 4;"
        " message S { int32 x = 1; repeated int32 y = 2; }"
    )
    wire = (
        b"\x08\x01"
        + b"\x18\x01"
        + b"\x12\x02\x08\x01"
        + b"\x1a\x02\x02\x03"
        + b"\x08\x02"
        + b"\x12\x03\x12\x01\x05"
        + b"\x18\x04"
    )
    assert run("protobuf", s, "json", s, wire) == b'{"a":2,"b":{"x":1,"y":[5]},"c":[1,2,3,4]}'
    entries = b'"\x05\n\x01k\x12\0' + b'"\0' + b'"\x07\n\x01k\x12\x02\x08\x03'
    assert msgspec.json.decode(run("protobuf", s, "json", s, entries)) == {"d": {"k": {"x": 3}, "": {}}}
    assert refused(plan("protobuf", s, "json", s), b"\x1a\x02\x02") == ("TRUNCATED", 3, "c")


KEYED = {
    "int32": (b"\x08\x05", b"5"),
    "sint64": (b"\x08\x09", b"-5"),
    "uint64": (b"\x08" + varint(2**64 - 1), b"18446744073709551615"),
    "bool": (b"\x08\x01", b"true"),
    "fixed32": (b"\x0d\x05\0\0\0", b"5"),
    "string": (b"\n\x015", b"5"),
}


@pytest.mark.parametrize("kind", KEYED)
def test_s22_map_keys_are_canonical_text(kind):
    """Integers and booleans print as text where keys are text, and are read back."""
    s, (key, shown) = m(f"map<{kind}, int32> a = 1;"), KEYED[kind]
    wire = b"\n" + bytes([len(key) + 2]) + key + b"\x10\x07"
    t = av({"type": "map", "values": "int"})
    as_json = b'{"a":{"' + shown + b'":7}}'
    in_avro = b"\x02" + text(shown) + zigzag(7) + b"\0"
    for target in ("json", "protojson"):
        assert run("protobuf", s, target, s, wire) == as_json
        assert run(target, s, "protobuf", s, as_json) == wire
        assert run(target, s, "avro", t, as_json) == in_avro
    assert run("protobuf", s, "avro", t, wire) == in_avro
    assert run("avro", t, "protobuf", s, in_avro) == wire
    assert run("msgpack", s, "protobuf", s, run("protobuf", s, "msgpack", s, wire)) == wire
    assert run("msgpack", s, "avro", t, run("protobuf", s, "msgpack", s, wire)) == in_avro


@pytest.mark.parametrize(
    ("key", "code"), [("1.0", "KEY"), ("1e2", "KEY"), ("x", "KEY"), ("", "KEY"), ("4294967296", "RANGE"), (" 1", "KEY")]
)
def test_s22_a_key_that_is_no_integer(key, code):
    """Neither a point nor an exponent, and in range, whatever becomes of it."""
    s = m("map<int32, int32> a = 1;")
    data = b'{"a":{"' + key.encode() + b'":1}}'
    for target, t in (
        ("protobuf", s),
        ("avro", av({"type": "map", "values": "int"})),
        ("protobuf", m("map<int64, int32> a = 1;")),
    ):
        assert refused(plan("protojson", s, target, t), data) == (code, 6, f'a["{key}"]')


def test_s22_two_keys_that_become_one():
    """`-0` and `0` are one integer, `1` and `"1"` one text."""
    s, t = m("map<int32, int32> a = 1;"), av({"type": "map", "values": "int"})
    assert refused(plan("json", s, "avro", t), b'{"a":{"0":1,"-0":2}}') == ("DUPLICATE", 5, "a")
    assert refused(plan("avro", t, "protobuf", s), b"\x04" + text("0") + b"\x02" + text("-0") + b"\x02\0") == (
        "DUPLICATE",
        0,
        "a",
    )
    packed = b"\x81\xa1a\x82\x01\x01\xa11\x02"
    assert refused(plan("msgpack", s, "avro", t), packed)[0] == "DUPLICATE"
    assert refused(plan("msgpack", None, "json", None), packed)[0] == "KEY"


def test_s18_a_record_out_of_a_union_of_several():
    """Into a target that has just the record; its other members follow."""
    record = {"type": "record", "name": "X", "fields": [{"name": "i", "type": "int"}, {"name": "s", "type": "string"}]}
    s, t = av(["null", "string", record], "int"), av(record, "int")
    assert run("avro", s, "avro", t, b"\x04\x06" + text("x") + b"\x02") == b"\x06" + text("x") + b"\x02"
    assert run("json", s, "avro", t, b'{"a":{"i":3,"s":"x"},"b":1}') == b"\x06" + text("x") + b"\x02"
    assert refused(plan("avro", s, "avro", t), b"\x02" + text("x") + b"\x02")[0] == "BRANCH"
    assert refused(plan("avro", s, "avro", t), b"\0\x02")[0] in ("NULL", "MISSING")


MANY = m("E a = 1; repeated E b = 2; map<string, E> c = 3; oneof o { E d = 4; int32 e = 5; } enum E { A = 0; B = 5; }")


@pytest.mark.parametrize("source", ["protojson", "json", "msgpack"])
@pytest.mark.parametrize(
    ("message", "result", "ignored"),
    [
        ({"a": "NEW"}, {}, {"a": 1}),
        ({"b": ["NEW", "B", "NEW", "A"]}, {"b": ["B", "A"]}, {"b": 2}),
        ({"b": ["NEW"], "a": "B"}, {"a": "B"}, {"b": 1}),
        ({"c": {"x": "B", "y": "NEW", "z": "A"}}, {"c": {"x": "B", "z": "A"}}, {"c": 1}),
        ({"d": "NEW"}, {}, {"d": 1}),
        ({"d": "NEW", "e": 3}, {"e": 3}, {"d": 1}),
    ],
)
def test_s17_an_unknown_symbol_is_passed_over(source, message, result, ignored):
    """Under unknown=ignore its field, item or entry is as if it weren't there, and is counted by field."""
    data = msgspec.msgpack.encode(message) if source == "msgpack" else msgspec.json.encode(message)
    each = plan(source, MANY, "protojson", MANY, unknown="ignore")
    assert (msgspec.json.decode(each.translate(data)), each.ignored()) == (result, ignored)
    assert refused(plan(source, MANY, "protojson", MANY), data)[0] == "SYMBOL"


def test_s17_what_is_missing_or_known_is_refused_nevertheless():
    """A symbol that only the target lacks is no unknown one, and what the target requires is missing."""
    s, t = av(ABC), av({"type": "enum", "name": "E", "symbols": ["A"]})
    each = plan("json", s, "avro", t, unknown="ignore")
    assert refused(each, b'{"a":"C"}') == ("SYMBOL", 5, "a")
    assert refused(each, b'{"a":"NEW"}') == ("MISSING", 0, "a")
    listed = av({"type": "array", "items": ["null", ABC]})
    assert run("json", listed, "json", listed, b'{"a":["B","NEW",null]}', unknown="ignore") == b'{"a":["B",null]}'
