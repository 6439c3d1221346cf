"""S11 to S16: presence, null, defaults, unknown members, duplicates, names."""

from __future__ import annotations

import msgspec
import pytest

from schemas import jsonschema
from tests.translator.semantics.support import av, js, m, pb, plan, refused, run, text, unplanned, varint, zigzag

VALUE = "google/protobuf/struct.proto"
NULLABLE = av(["null", "string"], "int")


def pack(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


def test_s11_explicit_presence_is_kept():
    """A field that is set is written, zero or not; an implicit one's zero isn't."""
    s = m("optional int32 a = 1; int32 b = 2; optional string c = 3;")
    assert run("protobuf", s, "protojson", s, b"\x08\0\x10\0\x1a\0") == b'{"a":0,"c":""}'
    assert run("protojson", s, "protobuf", s, b'{"a":0,"b":0,"c":""}') == b"\x08\0\x1a\0"
    assert run("protobuf", s, "json", s, b"") == b"{}"
    assert run("protobuf", s, "msgpack", s, b"\x08\0") == pack({"a": 0})


def test_s11_null_needs_presence():
    """Avro's null is absence where a field has presence; elsewhere it is refused, or zero by policy."""
    with_presence, without = m("optional string a = 1; int32 b = 2;"), m("string a = 1; int32 b = 2;")
    absent, there = b"\x00" + zigzag(7), b"\x02" + text("") + zigzag(7)
    assert run("avro", NULLABLE, "protobuf", with_presence, absent) == b"\x10\x07"
    assert run("avro", NULLABLE, "protobuf", with_presence, there) == b"\n\0\x10\x07"
    assert run("protobuf", with_presence, "avro", NULLABLE, b"\x10\x07") == absent
    assert run("protobuf", with_presence, "avro", NULLABLE, b"\n\0\x10\x07") == there
    assert refused(plan("avro", NULLABLE, "protobuf", without), absent) == ("NULL", 0, "a")
    assert run("avro", NULLABLE, "protobuf", without, absent, null="zero") == b"\x10\x07"
    assert run("protobuf", without, "avro", NULLABLE, b"\x10\x07") == there


def test_s11_an_absent_implicit_field_is_its_zero():
    """Also where the target has it in a union, as text, as a decimal, or nullable."""
    s = m(
        "int32 a = 1; E b = 2; bytes c = 3; repeated int32 d = 4; map<string, int32> e = 5; enum E { NO = 0; YES = 1; }"
    )
    decimal = {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}
    t = av(
        ["int", "string"],
        "string",
        ["null", "bytes"],
        {"type": "array", "items": "int"},
        {"type": "map", "values": "int"},
    )
    assert run("protobuf", s, "avro", t, b"") == b"\0\0" + text("NO") + b"\x02\0" + b"\0" + b"\0"
    assert run("protobuf", s, "avro", t, b"\x08\x05\x10\x01") == b"\0\x0a" + text("YES") + b"\x02\0" + b"\0" + b"\0"
    assert run("protobuf", m("int32 a = 1;"), "avro", av(decimal), b"") == b"\x02\0"
    enum = {"type": "enum", "name": "E", "symbols": ["YES", "NO"]}
    assert run("protobuf", m("E a = 1; enum E { NO = 0; YES = 1; }"), "avro", av(enum), b"") == zigzag(1)
    odd = {"type": "enum", "name": "E", "symbols": ["YES"]}
    each = plan("protobuf", m("E a = 1; enum E { NO = 0; YES = 1; }"), "avro", av(odd))
    assert refused(each, b"") == ("MISSING", 0, "a")


def test_s12_null_unsets_in_protojson():
    """Null means unset, in a list it is an error; Value and NullValue have it as a value."""
    body = "optional int32 a = 1; repeated int32 b = 2; google.protobuf.Value c = 3; google.protobuf.NullValue d = 4;"
    s = m(body + "oneof o { google.protobuf.NullValue e = 5; int32 f = 6; }", imports=[VALUE])
    both = plan("protojson", s, "protobuf", s)
    assert both.translate(b'{"a":null,"b":null,"d":null}') == b""
    assert both.translate(b'{"c":null}') == b"\x1a\x02\x08\0"
    assert both.translate(b'{"e":null}') == b"\x28\0"
    assert run("protobuf", s, "protojson", s, b"\x1a\x02\x08\0\x28\0") == b'{"c":null,"e":null}'
    assert refused(both, b'{"b":[1,null]}') == ("NULL", 8, "b[1]")
    lists = m("repeated google.protobuf.Value a = 1; google.protobuf.ListValue b = 2;", imports=[VALUE])
    shown = b'{"a":[null,[null,[1.5]]],"b":[null]}'
    assert run("protobuf", lists, "protojson", lists, run("protojson", lists, "protobuf", lists, shown)) in (
        shown,
        shown.replace(b"1.5", b"1.5"),
    )


def test_s12_arrays_hold_null_where_the_schema_says_so():
    """In plain JSON, Avro and MessagePack."""
    s = av({"type": "array", "items": ["null", "int"]})
    data = b"\x06" + b"\x02\x02" + b"\0" + b"\x02\x04" + b"\0"
    assert run("avro", s, "json", s, data) == b'{"a":[1,null,2]}'
    assert run("json", s, "avro", s, b'{"a":[1,null,2]}') == data
    assert run("avro", s, "msgpack", s, data) == pack({"a": [1, None, 2]})
    t = av({"type": "array", "items": "int"})
    assert refused(plan("json", t, "avro", t), b'{"a":[1,null]}') == ("NULL", 8, "a[1]")
    assert refused(plan("avro", s, "avro", t), data)[0] == "NULL"
    assert refused(plan("msgpack", t, "json", t), pack({"a": [None]})) == ("NULL", 4, "a[0]")


DEFAULTS = [
    ("int", 5, b"5"),
    (["null", "int"], None, b"null"),
    (["int", "null"], 5, b"5"),
    (["string", "int"], "x", b'"x"'),
    (["int", "string"], 5, b"5"),
    (["boolean", "long", "string"], 2**40, b"1099511627776"),
    ({"type": "array", "items": "int"}, [1, 2], b"[1,2]"),
    ({"type": "map", "values": ["null", "int"]}, {"k": None}, b'{"k":null}'),
    ("bytes", "ÿ", b'"/w=="'),
    ({"type": "fixed", "name": "F", "size": 2}, "\u0000ÿ", b'"AP8="'),
    ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, "B", b'"B"'),
    ({"type": "int", "logicalType": "date"}, -719162, b'"0001-01-01"'),
    ({"type": "int", "logicalType": "time-millis"}, 1, b'"00:00:00.001"'),
    ({"type": "long", "logicalType": "timestamp-micros"}, -1, b'"1969-12-31T23:59:59.999999Z"'),
    (["null", {"type": "long", "logicalType": "timestamp-millis"}], None, b"null"),
    ({"type": "array", "items": {"type": "int", "logicalType": "date"}}, [-719162], b'["0001-01-01"]'),
    (
        {"type": "bytes", "logicalType": "decimal", "precision": 40, "scale": 38},
        "\u0001" + "\0" * 15,
        b'"0.01329227995784915872903807060280344576"',
    ),
    (
        {"type": "string", "logicalType": "uuid"},
        "0F0E0D0C-0B0A-0908-0706-050403020100",
        b'"0f0e0d0c-0b0a-0908-0706-050403020100"',
    ),
    (
        {
            "type": "record",
            "name": "S",
            "fields": [
                {"name": "x", "type": "int", "default": 1},
                {"name": "y", "type": ["null", "string"], "default": None},
            ],
        },
        {},
        b'{"x":1,"y":null}',
    ),
    ({"type": "record", "name": "S", "fields": [{"name": "x", "type": ["int", "long"]}]}, {"x": 3}, b'{"x":3}'),
]


@pytest.mark.parametrize(("type_", "default", "shown"), DEFAULTS)
@pytest.mark.parametrize("source", ["avro", "json", "msgpack"])
def test_s13_avro_defaults_fill_in(type_, default, shown, source):
    """A field that the writer lacked takes the reader's default, of whatever type, in the branch that it matches."""
    s, t = (
        av({"name": "z", "type": "int"}),
        av({"name": "a", "type": type_, "default": default}, {"name": "z", "type": "int"}),
    )
    message = run("avro", s, source, s, b"\x02")
    policies = {"unions": "first"}
    written = run(source, s, "avro", t, message)
    assert run("avro", t, "json", t, written, **policies) == b'{"a":' + shown + b',"z":1}'


def test_s13_without_a_default_there_is_no_plan():
    """The reason names the field; a field that may be null is null."""
    assert "a: the target requires it" in unplanned(
        "avro", av({"name": "z", "type": "int"}), "avro", av("int"), drop="*"
    )
    assert (
        run("avro", av({"name": "z", "type": "int"}), "json", av(["null", "int"]), b"\x02", drop="z") == b'{"a":null}'
    )


def test_s13_a_field_is_always_written():
    """A member that the schema requires must be met, even where it may be null; what is null by default may be
    left out."""
    s = av(["null", "int"], {"name": "b", "type": ["null", "int"], "default": None}, "int")
    for source, write in (("json", msgspec.json.encode), ("msgpack", pack)):
        for t, target in ((s, "avro"), (m("optional int32 a = 1; optional int32 b = 2; int32 c = 3;"), "protobuf")):
            each = plan(source, s, target, t)
            assert each.translate(write({"a": None, "c": 1}))
            assert refused(each, write({"b": 1, "c": 1})) == ("MISSING", 0, "a")
            assert refused(each, write({"a": 1})) == ("MISSING", 0, "c")
    nested = av({"type": "record", "name": "S", "fields": [{"name": "x", "type": "int"}]})
    assert refused(plan("json", nested, "msgpack", nested), b'{"a": {}}') == ("MISSING", 6, "a.x")


def test_s14_unknown_fields_are_kept_between_protobufs():
    """In wire order, unless the target uses the number otherwise."""
    s, t = m("int32 a = 1;"), m("int32 a = 1; string c = 3;")
    wire = b"\x12\x01x" + b"\x08\x05" + b"\x25\0\0\0\0" + b"\x12\x01y"
    assert run("protobuf", s, "protobuf", s, wire) == b"\x08\x05" + b"\x12\x01x" + b"\x25\0\0\0\0" + b"\x12\x01y"
    assert run("protobuf", s, "protobuf", t, b"\x08\x05\x10\x01") == b"\x08\x05\x10\x01"
    assert run("protobuf", s, "protobuf", s, wire, unknown="ignore") == b"\x08\x05"
    assert refused(plan("protobuf", s, "protobuf", s, unknown="refuse"), wire)[0] == "UNKNOWN_FIELD"


def test_s14_unknown_members_of_text():
    """ProtoJSON refuses them; plain JSON and MessagePack pass over them in an open schema, and count them."""
    s = m("int32 a = 1;")
    assert refused(plan("protojson", s, "protobuf", s), b'{"a":1,"x":2}') == ("UNKNOWN_FIELD", 7, '["x"]')
    assert run("protojson", s, "protobuf", s, b'{"x":{"y":[1]},"a":1}', unknown="ignore") == b"\x08\x01"
    opened, closed, t = js(a={"type": "integer"}), js(a={"type": "integer"}, closed=True), m("optional int64 a = 1;")
    for source, write in (("json", msgspec.json.encode), ("msgpack", pack)):
        each = plan(source, opened, "protobuf", t)
        assert each.translate(write({"x": [1, {"y": None}], "a": 1})) == b"\x08\x01"
        assert each.translate(write({"x": 3})) == b""
        assert each.ignored()["x"] >= 2
        assert refused(plan(source, closed, "protobuf", t), write({"a": 1, "x": 1}))[::2] == ("UNKNOWN_FIELD", '["x"]')
        assert refused(plan(source, opened, "protobuf", t, unknown="refuse"), write({"x": 1}))[0] == "UNKNOWN_FIELD"
        assert run(source, closed, "protobuf", t, write({"a": 1, "x": 1}), unknown="ignore") == b"\x08\x01"


@pytest.mark.parametrize("value", [b'{"b":01}', b'{"b":[1,}', b'{"b":"\\x"}', b'{"b":nul}', b'{"b":[}'])
def test_s14_what_is_passed_over_is_still_checked(value):
    """For its structure."""
    assert refused(plan("json", js(a={"type": "integer"}), "json", js(a={"type": "integer"})), value)


def test_s15_a_key_twice_is_refused():
    """In records, maps and untyped values of every format that has maps; by policy the last wins."""
    s, maps, nested = (
        av("int"),
        av({"type": "map", "values": "int"}),
        av(
            {
                "type": "record",
                "name": "S",
                "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": ["null", "int"], "default": None}],
            }
        ),
    )
    assert refused(plan("json", s, "avro", s), b'{"a":1,"a":2}') == ("DUPLICATE", 7, "a")
    assert run("json", s, "avro", s, b'{"a":1,"a":2}', duplicates="last") == zigzag(2)
    assert refused(plan("json", maps, "avro", maps), b'{"a":{"k":1,"k":2}}') == ("DUPLICATE", 5, "a")
    assert run("json", maps, "json", maps, b'{"a":{"k":1,"j":0,"k":2}}', duplicates="last") == b'{"a":{"k":2,"j":0}}'
    assert refused(plan("json", None, "msgpack", None), b'{"k":1,"k":2}') == ("DUPLICATE", 7, '["k"]')
    assert run("json", None, "json", None, b'{"k":[1],"j":0,"k":{}}', duplicates="last") == b'{"k":{},"j":0}'
    twice = b"\x81\xa1a\x82\xa1k\x01\xa1k\x02"
    assert refused(plan("msgpack", maps, "avro", maps), twice)[0] == "DUPLICATE"
    assert run("msgpack", maps, "json", maps, twice, duplicates="last") == b'{"a":{"k":2}}'
    assert refused(plan("msgpack", None, "json", None), twice)[0] == "DUPLICATE"
    assert run("msgpack", None, "json", None, twice, duplicates="last") == b'{"a":{"k":2}}'
    assert refused(plan("avro", maps, "avro", maps), b"\x04\x02k\x02\x02k\x04\x00") == ("DUPLICATE", 0, "a")
    assert run("avro", maps, "avro", maps, b"\x04\x02k\x02\x02k\x04\x00", duplicates="last") == b"\x02\x02k\x04\x00"
    again = b'{"a":{"x":1,"y":2},"a":{"x":3}}'
    assert run("json", nested, "json", nested, again, duplicates="last") == b'{"a":{"x":3,"y":null}}'


def test_s15_one_field_under_two_spellings():
    """`fooBar` and `foo_bar` are one field."""
    s = m("int32 foo_bar = 1;")
    assert refused(plan("protojson", s, "protobuf", s), b'{"fooBar":1,"foo_bar":1}') == ("DUPLICATE", 12, "foo_bar")
    assert run("protojson", s, "protobuf", s, b'{"fooBar":1,"foo_bar":2}', duplicates="last") == b"\x08\x02"


def test_s16_names_that_a_field_is_found_by():
    """ProtoJSON: JSON name or original one; plain JSON: its name, then an Avro alias; Protobuf: its number."""
    s = m('int32 foo_bar = 1; int32 b = 2 [json_name = "Bee"];')
    to = plan("protojson", s, "protobuf", s)
    assert to.translate(b'{"foo_bar":1,"b":2}') == to.translate(b'{"Bee":2,"fooBar":1}') == b"\x08\x01\x10\x02"
    assert run("protobuf", s, "protojson", s, b"\x08\x01\x10\x02") == b'{"fooBar":1,"Bee":2}'
    assert run("protobuf", s, "json", s, b"\x08\x01\x10\x02") == b'{"foo_bar":1,"b":2}'
    assert refused(to, b'{"FooBar":1}') == ("UNKNOWN_FIELD", 1, '["FooBar"]')
    renamed = m("int32 other = 1;")
    assert run("protobuf", s, "protobuf", renamed, b"\x08\x01", drop=["b"]) == b"\x08\x01"
    aliased = av({"name": "new", "type": "int", "aliases": ["old"]})
    assert (
        run("json", aliased, "avro", aliased, b'{"old":1}')
        == run("json", aliased, "avro", aliased, b'{"new":1}')
        == b"\x02"
    )
    assert refused(plan("json", aliased, "avro", aliased), b'{"old":1,"new":2}') == ("DUPLICATE", 9, "new")


def test_s16_the_same_names_meet_across_languages():
    """A JSON Schema's property, an Avro field and a Protobuf field of one name; others would be dropped."""
    s, t = js(["a"], a={"type": "integer"}, z={"type": "string"}), pb("message M { int64 a = 9; }")
    assert "z: would be dropped" in unplanned("json", s, "protobuf", t)
    assert run("json", s, "protobuf", t, b'{"z":"x","a":3}', drop=["z"]) == b"\x48" + varint(3)
    schema = jsonschema.read({"type": "object", "properties": {"camelName": {"type": "integer"}}})
    assert (
        run("json", schema, "protobuf", m("optional int64 camel_name = 1;"), b'{"camelName":3}', naming="camel")
        == b"\x08\x03"
    )
    assert "camelName: would be dropped" in unplanned("json", schema, "protobuf", m("optional int64 camel_name = 1;"))


@pytest.mark.parametrize("source", ["protojson", "json"])
def test_s12_null_unsets_a_struct_and_a_list_value(source):
    """Null is a value of google.protobuf.Value alone; in a list of lists it stays an error."""
    imports = ["google/protobuf/struct.proto"]
    google = "google.protobuf"
    s = m(f"{google}.Struct a = 1; {google}.ListValue b = 2; {google}.Value c = 3;", imports=imports)
    assert run(source, s, "protobuf", s, b'{"a":null,"b":null}') == b""
    assert run(source, s, "protojson", s, b'{"a":null,"c":null}') == b'{"c":null}'
    lists = m(f"repeated {google}.ListValue a = 1;", imports=imports)
    assert refused(plan(source, lists, "protobuf", lists), b'{"a":[null]}') == ("NULL", 6, "a[0]")
