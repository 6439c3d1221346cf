"""S29 to S31 and S34: MessagePack's and Avro's forms, matching by name, untyped values."""

from __future__ import annotations

import msgspec
import pytest

from schemas import avro, jsonschema
from tests.translator.semantics.support import av, double, m, plan, refused, run, text, unplanned, zigzag

LONG = av("long")
STRUCT = "google/protobuf/struct.proto"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "cc80"),
        (255, "ccff"),
        (256, "cd0100"),
        (65535, "cdffff"),
        (65536, "ce00010000"),
        (2**32, "cf0000000100000000"),
        (2**63 - 1, "cf7fffffffffffffff"),
        (-1, "ff"),
        (-32, "e0"),
        (-33, "d0df"),
        (-128, "d080"),
        (-129, "d1ff7f"),
        (-32769, "d2ffff7fff"),
        (-(2**31) - 1, "d3ffffffff7fffffff"),
        (-(2**63), "d38000000000000000"),
    ],
)
def test_s29_messagepack_s_integers_take_the_smallest_form(value, form):
    """And every form of an integer is read, which is then the smallest."""
    written = b"\x81\xa1a" + bytes.fromhex(form)
    assert run("avro", LONG, "msgpack", LONG, zigzag(value)) == written
    assert run("msgpack", LONG, "avro", LONG, written) == zigzag(value)
    wide = b"\x81\xa1a\xd3" + value.to_bytes(8, "big", signed=True)
    assert run("msgpack", LONG, "msgpack", LONG, wide) == written
    assert run("msgpack", None, "msgpack", None, wide) == written


def test_s29_unsigned_integers_to_their_end():
    """2^64 - 1 is one; there is no more."""
    s = m("uint64 a = 1;")
    wire = b"\x08" + b"\xff" * 9 + b"\x01"
    assert run("protobuf", s, "msgpack", s, wire) == b"\x81\xa1a\xcf" + b"\xff" * 8
    assert run("msgpack", s, "protobuf", s, b"\x81\xa1a\xcf" + b"\xff" * 8) == wire
    assert refused(plan("msgpack", LONG, "avro", LONG), b"\x81\xa1a\xcf" + b"\xff" * 8) == ("RANGE", 3, "a")
    assert run("json", None, "msgpack", None, b"18446744073709551615") == b"\xcf" + b"\xff" * 8
    assert refused(plan("json", None, "msgpack", None), b"18446744073709551616") == ("RANGE", 0, "")


def test_s29_timestamps_are_extension_minus_one():
    """In the smallest of its three forms."""
    s = av({"type": "long", "logicalType": "timestamp-micros"})
    for micros, form in (
        (0, "d6ff00000000"),
        (1, "d7ff00000fa000000000"),
        (-1_000_000, "c70cff00000000ffffffffffffffff"),
    ):
        assert run("avro", s, "msgpack", s, zigzag(micros)) == b"\x81\xa1a" + bytes.fromhex(form)
        assert run("msgpack", s, "avro", s, b"\x81\xa1a" + bytes.fromhex(form)) == zigzag(micros)
    assert refused(plan("msgpack", s, "avro", s), b"\x81\xa1a\xd7\xff" + b"\xff" * 8) == ("TIME", 3, "a")
    assert refused(plan("msgpack", s, "avro", s), b"\x81\xa1a\xd6\x05" + bytes(4)) == ("TYPE", 3, "a")


def test_s30_avro_s_blocks():
    """Several blocks, with or without their size, are read; one is written, and none for nothing."""
    array, maps = av({"type": "array", "items": "int"}), av({"type": "map", "values": "int"})
    one = b"\x06\x02\x04\x06\0"
    for blocks in (one, b"\x02\x02\x02\x04\x02\x06\0", b"\x03\x04\x02\x04\x02\x06\0", b"\x05\x06\x02\x04\x06\0"):
        assert run("avro", array, "avro", array, blocks) == one
    assert run("avro", array, "avro", array, b"\0") == b"\0"
    entries = b"\x01\x06\x02k\x02\x02\x02j\x04\0"
    assert run("avro", maps, "avro", maps, entries) == b"\x04\x02k\x02\x02j\x04\0"
    assert refused(plan("avro", array, "avro", array), b"\x03\x06\x02\x04\0") == ("BLOCK", 4, "a")
    skipped = plan(
        "avro", av({"type": "array", "items": "int"}, "int"), "avro", av({"name": "b", "type": "int"}), drop="*"
    )
    assert skipped.translate(b"\x03\x04\x02\x04\0\x0e") == b"\x0e"


def test_s31_names_match_unqualified_aliases_on_the_reader_s_side():
    """Records and enums of other namespaces are the same; fields meet by name, in any order."""
    s = av(
        {"type": "record", "name": "x.S", "fields": [{"name": "p", "type": "int"}, {"name": "q", "type": "string"}]},
        "long",
    )
    t = avro.read(
        {
            "type": "record",
            "name": "y.R",
            "fields": [
                {"name": "b", "type": "double"},
                {
                    "name": "n",
                    "aliases": ["a"],
                    "type": ["null", {"type": "record", "name": "y.S", "fields": [{"name": "q", "type": "bytes"}]}],
                },
            ],
        }
    )
    data = zigzag(1) + text("hi") + zigzag(3)
    assert run("avro", s, "avro", t, data, drop=["n.p"]) == double(3.0) + b"\x02" + text("hi")
    assert "n.p: would be dropped" in unplanned("avro", s, "avro", t)
    other = av(["null", {"type": "record", "name": "z.T", "fields": [{"name": "q", "type": "string"}]}], "long")
    union = av(["null", {"type": "record", "name": "x.S", "fields": [{"name": "q", "type": "string"}]}, "int"], "long")
    assert "no branch" in unplanned("avro", union, "avro", av("boolean", "long"))
    assert other is not None


@pytest.mark.parametrize(
    ("writer", "reader", "data", "expected"),
    [
        ("int", "long", zigzag(-7), zigzag(-7)),
        ("int", "float", zigzag(3), b"\0\0\x40\x40"),
        ("long", "double", zigzag(3), double(3)),
        ("float", "double", b"\0\0\x40\x40", double(3)),
        ("string", "bytes", text("é"), text("é")),
        ("bytes", "string", text("é"), text("é")),
    ],
)
def test_s31_promotions(writer, reader, data, expected):
    """int to long to float to double, string to bytes and back; not the other way round where it could lose."""
    assert run("avro", av(writer), "avro", av(reader), data) == expected
    assert run(
        "avro",
        av({"type": "array", "items": writer}),
        "avro",
        av({"type": "array", "items": reader}),
        b"\x02" + data + b"\0",
    ) == (b"\x02" + expected + b"\0")
    assert "can't become" in unplanned("avro", av("boolean"), "avro", av(reader))


def test_s34_numbers_keep_their_digits():
    """An untyped JSON number goes to JSON as it stands; elsewhere exactly or not at all."""
    for number in (b"1e400", b"0.1000", b"-0", b"123456789012345678901234567890", b"1E+2", b"1.0"):
        assert run("json", None, "json", None, b'{"x":[' + number + b"]}") == b'{"x":[' + number + b"]}"
    assert refused(plan("json", None, "msgpack", None), b"[1e400]")[0] == "RANGE"
    assert run("json", None, "msgpack", None, b"-0") == b"\xcb\x80" + bytes(7)
    assert (
        run("msgpack", None, "json", None, b"\x93\xca\x3d\xcc\xcc\xcd\xcb\x3f\xf0" + bytes(6) + b"\xd0\x80")
        == b"[0.1,1.0,-128]"
    )


def test_s34_any_into_protobuf_s_value():
    """A double holds what it holds: 2^53 + 1 is refused; a Struct is a map, a ListValue a list, from JSON and
    MessagePack."""
    s = m(
        "google.protobuf.Value a = 1; google.protobuf.Struct b = 2; google.protobuf.ListValue c = 3;", imports=[STRUCT]
    )
    t = jsonschema.read({"type": "object", "properties": {"a": {}, "b": {"type": "object"}, "c": {"type": "array"}}})
    shown = b'{"a":[1,"x",null,true],"b":{"k":{"l":1.5}},"c":[[],{}]}'
    for schema in (t, s):
        wire = run("json", schema, "protobuf", s, shown)
        assert msgspec.json.decode(run("protobuf", s, "protojson", s, wire)) == msgspec.json.decode(shown)
        assert msgspec.json.decode(run("protobuf", s, "json", schema, wire)) == msgspec.json.decode(shown)
        packed = msgspec.msgpack.encode(msgspec.json.decode(shown))
        assert run("msgpack", schema, "protobuf", s, packed) == wire
    assert plan("json", t, "protobuf", s).losses["a"].verdict == "checked"
    for bad, place in (
        (b'{"a":9007199254740993}', ("INEXACT", 5, "a")),
        (b'{"b":[]}', ("TYPE", 5, "b")),
        (b'{"c":{}}', ("TYPE", 5, "c")),
    ):
        assert refused(plan("json", t, "protobuf", s), bad) == place
    assert run("json", t, "protobuf", s, b'{"a":9007199254740992}')
    assert refused(plan("msgpack", t, "protobuf", s), b"\x81\xa1a\xc4\x01x") == ("TYPE", 3, "a")
    assert refused(plan("msgpack", t, "protobuf", s), b"\x81\xa1a\xcb\x7f\xf8" + bytes(6)) == ("NOT_FINITE", 3, "a")


def test_s34_any_into_avro_does_not_compile():
    """It has nothing untyped."""
    t = jsonschema.read({"type": "object", "properties": {"a": {}}, "required": ["a"]})
    assert "can't become" in unplanned(
        "protobuf", m("google.protobuf.Value a = 1;", imports=[STRUCT]), "avro", av("string")
    )
    assert run("json", t, "avro", av("string"), b'{"a":"x"}') == text("x")
    assert refused(plan("json", t, "avro", av("string")), b'{"a":1}') == ("TYPE", 5, "a")


def test_s34_messagepack_s_own_values_in_json():
    """A timestamp is RFC 3339, bytes are text; another extension, NaN and keys that are not text are refused."""
    each = plan("msgpack", None, "json", None)
    assert each.translate(b"\x92\xd6\xff\0\0\0\x01\xc4\x02\xff\xfe") == b'["1970-01-01T00:00:01Z","//4="]'
    assert refused(each, b"\x92\x01\xd4\x05x") == ("EXTENSION", 2, "[1]")
    assert refused(each, b"\xcb\x7f\xf0" + bytes(6)) == ("NOT_FINITE", 0, "")
    assert refused(each, b"\x81\x01\x02") == ("KEY", 1, "")
    assert run("msgpack", None, "msgpack", None, b"\xd4\x05x") == b"\xd4\x05x"


def test_s34_the_empty_untyped_fields_of_a_message():
    """A repeated or map field that is absent is an empty list or object where the target is untyped."""
    s = m("repeated int32 a = 1; map<string, int32> b = 2;")
    t = jsonschema.read(
        {"type": "object", "properties": {"a": {"type": "array"}, "b": {"type": "object"}}, "required": ["a", "b"]}
    )
    for target, empty in (("json", b'{"a":[],"b":{}}'), ("msgpack", b"\x82\xa1a\x90\xa1b\x80")):
        assert run("protojson", s, target, t, b"{}") == empty
